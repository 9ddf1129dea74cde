"""Labelled HRTEM data sets from atomic structures."""
