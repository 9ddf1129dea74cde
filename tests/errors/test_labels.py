"""Labels and zeros of focus that cannot be are refused in words."""

import numpy as np
import pytest
from ase.build import bulk

from hrtem_sim.grid import Grid
from hrtem_sim.imaging import minimum_contrast_defocus
from hrtem_sim.mask import Mask, instance_map
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave import ExitWave

GRID = Grid((16, 16), 0.2)


@pytest.fixture(scope="module")
def cube():
    atoms = bulk("Au", cubic=True) * (3, 3, 3)
    return Specimen(atoms.positions + 20, atoms.numbers, (60.0, 60.0, 60.0), None, ["particle"])


def test_pixels_must_cover_the_cell(cube):
    with pytest.raises(ValueError, match="shape must cover the cell"):
        instance_map(cube, (50, 60), 1.0)


def test_a_mask_of_other_pixels_is_refused(cube):
    other = Mask(np.zeros((60, 60), np.uint8), ("background", "particle"), 1.0)
    with pytest.raises(ValueError, match="within must have"):
        instance_map(cube, (120, 120), 0.5, within=other)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "wave must show contrast at some focus"),
        ({"search": (5, 5)}, r"search must be a range .* got \(5, 5\)"),
        ({"tolerance": 0}, "tolerance must be positive, in angstrom; got 0"),
    ],
)
def test_impossible_searches_for_the_focus_are_refused(arguments, message):
    flat = ExitWave(np.ones((1, 16, 16), np.complex64), GRID, 300e3)
    with pytest.raises(ValueError, match=message):
        minimum_contrast_defocus(flat, **arguments)
