"""Types in the reference of the API link to the pages of the projects they come from."""

import importlib
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KNOWN = runpy.run_path(str(ROOT / "docs" / "inventories.py"))
PAGE = """
import collections.abc, pathlib
import ase, numpy, numpy.typing, pandas
import keras
import matplotlib.figure
from scipy.spatial.transform import Rotation

def made(a: ase.Atoms, r: numpy.random.Generator, t: pandas.DataFrame, n: numpy.ndarray,
         m: keras.Model, o: Rotation, f: matplotlib.figure.Figure, p: pathlib.Path,
         s: collections.abc.Sequence[int]) -> None:
    '''Made.'''
"""
CONF = """
import sys
sys.path[:0] = [{docs!r}, {here!r}]
import inventories
from pathlib import Path
extensions = ["sphinx.ext.autodoc", "sphinx.ext.intersphinx"]
autodoc_typehints = "description"
nitpicky = True
intersphinx_mapping = inventories.write(Path({here!r}) / "inventories")
"""


def test_every_name_is_where_autodoc_meets_it():
    for name in [name for names in KNOWN["NAMES"].values() for name in names]:
        module, _, last = name.rpartition(".")
        if module == "numpy.typing":
            continue  # a union; the pages give it this name
        kind = getattr(importlib.import_module(module), last)
        met = f"{kind.__module__}.{kind.__qualname__}"
        assert met in (name, KNOWN["DEFINED"].get(name, name)), name


def test_a_page_links_to_all_of_them_without_network(tmp_path):
    build = pytest.importorskip("sphinx.cmd.build")
    (tmp_path / "linked.py").write_text(PAGE)
    (tmp_path / "conf.py").write_text(CONF.format(docs=str(ROOT / "docs"), here=str(tmp_path)))
    (tmp_path / "index.rst").write_text("Page\n====\n\n.. autofunction:: linked.made\n")
    assert build.main(["-q", "-W", "-b", "html", str(tmp_path), str(tmp_path / "out")]) == 0
    html = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    for project, (address, _) in KNOWN["PROJECTS"].items():
        assert f'href="{address}' in html, project
    assert (
        "https://numpy.org/doc/stable/reference/random/generator.html#numpy.random.Generator"
        in html
    )
    assert 'href="https://keras.io/api/models/model/"' in html
