"""Configuration of the documentation; every public object must be on a page of the API."""

import sys
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import NewType

import numpy.typing

sys.path.insert(0, str(Path(__file__).parent))

import api_pages
import docstrings
import inventories

# numpy's own is a union of six types; pages are to say "ArrayLike"
numpy.typing.ArrayLike = NewType("ArrayLike", object)
numpy.typing.ArrayLike.__module__ = "numpy.typing"

project = "Micrograph Foundry"
author = "The Micrograph Foundry developers"
copyright = "2026, The Micrograph Foundry developers"
version = release = installed_version("micrograph-foundry")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.intersphinx",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
    "sphinx_gallery.gen_gallery",
    "formulas",
]
html_math_renderer = "mathml"
html_theme = "furo"
html_title = "Micrograph Foundry"
html_static_path = ["_static"]
html_css_files = ["wide.css"]
exclude_patterns = ["_build", "gallery/*.ipynb", "gallery/*.py"]

intersphinx_mapping = inventories.write(Path(__file__).parent / "_build" / "inventories")

autodoc_typehints = "description"
autodoc_member_order = "bysource"
autosummary_generate = False
napoleon_google_docstring = False
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
default_role = "literal"
suppress_warnings = ["ref.python"]  # names of return values that are also names of attributes

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "gallery",
    "filename_pattern": r"/\d\d_",
    "ignore_pattern": r"/runs/",
    "within_subsection_order": "FileNameSortKey",
    "image_scrapers": ("matplotlib", "gallery_figures"),
    "ignore_repr_types": r"matplotlib",
    "abort_on_example_error": True,
    "write_computation_times": False,
    "show_signature": False,
    "remove_config_comments": True,
    "first_notebook_cell": "%matplotlib inline",
}


def setup(app):
    docstrings.connect(app)
    app.connect("env-check-consistency", api_pages.PublicNames().check)
    api_pages.write(Path(__file__).with_name("api"))
