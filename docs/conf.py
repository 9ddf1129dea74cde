"""Configuration of the documentation."""

from importlib.metadata import version as installed_version

project = "Micrograph Foundry"
author = "The Micrograph Foundry developers"
copyright = "2026, The Micrograph Foundry developers"
version = release = installed_version("micrograph-foundry")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
]
html_theme = "furo"
html_title = "Micrograph Foundry"
exclude_patterns = ["_build"]

autodoc_typehints = "description"
autodoc_member_order = "bysource"
autodoc_mock_imports = ["tensorflow", "keras", "segmentation_models"]
napoleon_google_docstring = False
myst_heading_anchors = 3
default_role = "literal"
suppress_warnings = ["ref.python"]  # names of return values that are also names of attributes


def escape_bars(app, what, name, obj, options, lines):
    """Keep |x| an absolute value where reStructuredText would see a substitution."""
    lines[:] = [line.replace("|", r"\|") if "``" not in line else line for line in lines]


def setup(app):
    app.connect("autodoc-process-docstring", escape_bars)
