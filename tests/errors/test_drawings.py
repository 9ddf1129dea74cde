"""Bad input to what draws atoms."""

import sys

import numpy as np
import pytest

from czone.molecule import Molecule
from czone.scene import Scene
from czone.viz import plot, view
from tests.errors.table import Row, refused, table

pytest.importorskip("matplotlib")

ATOM = Molecule("Au", [[0, 0, 0]])


def drawn(source=ATOM, **more):
    return plot(source, **more)


# fmt: off
ROWS = (
    Row("plot", "source", "Scene, Volume, Molecule, ASE Atoms", "3", lambda: drawn(3), TypeError),
    Row("plot", "source", "positions (n, 3) and atomic numbers (n,)", "(2, 3)", lambda: drawn((np.zeros((2, 3)), [1]))),
    Row("plot", "source", "at least one atom", "none", lambda: drawn((np.zeros((0, 3)), []))),
    Row("plot", "scene", "call populate() first", "no atoms yet", lambda: drawn(Scene([[0, 0, 0], [10, 10, 10]], [ATOM])), RuntimeError),
    Row("plot", "projections", "'xy', 'top', 'xz', 'yz'", "'zz'", lambda: drawn(projections="zz")),
    Row("plot", "projections", "'xy', 'top', 'xz', 'yz'", "()", lambda: drawn(projections=())),
    Row("plot", "projections", "single one when ax", "('xy', 'xz')", lambda: drawn(projections=("xy", "xz"), ax=1)),
    Row("plot", "colors", "element symbols", "'Xx'", lambda: drawn(colors={"Xx": "red"})),
    Row("plot", "radius_scale", "positive", "0", lambda: drawn(radius_scale=0)),
)
# fmt: on


@table(*ROWS)
def test_a_bad_input_is_refused_in_words(row):
    refused(row)


@pytest.mark.parametrize(("module", "draw"), [("matplotlib.pyplot", plot), ("py3Dmol", view)])
def test_a_missing_library_says_how_to_install_it(monkeypatch, module, draw):
    monkeypatch.setitem(sys.modules, module, None)
    name = module.partition(".")[0]
    rule = 'pip install "micrograph-foundry[viz]"'
    refused(Row("viz", name, rule, "install", lambda: draw(ATOM), ImportError))
