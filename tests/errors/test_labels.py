"""Labels and zeros of focus that cannot be are refused in words."""

import numpy as np
import pytest
from ase.build import bulk

from hrtem_sim.grid import Grid
from hrtem_sim.imaging import ImagingConditions, Micrograph, minimum_contrast_defocus
from hrtem_sim.interchange import classes_of
from hrtem_sim.mask import InstanceMap, Mask, agreement, class_map, instance_map
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave import ExitWave
from tests.errors.table import refusal as Row
from tests.errors.table import refused, table

GRID = Grid((16, 16), 0.2)
SOFT = np.linspace(0, 255, 94).astype(np.uint8).reshape(2, 47)


def drawn(values, **meaning):
    return lambda: classes_of(np.array(values), **meaning, name="gold_mask")


# fmt: off
MASKS = (
    Row("drawn", "gold_mask", "0 and 255", "0, 256", drawn([[0, 256]])),
    Row("drawn", "gold_mask", 'labels = "instances"', "300, 600, 900", drawn([[0, 300], [600, 900]])),
    Row("drawn", "gold_mask", "threshold = 127", "94 values", lambda: classes_of(SOFT, name="gold_mask")),
    Row("drawn", "gold_mask", "threshold = 0.5", "0.1, 0.8", drawn([[0.1, 0.8]])),
    Row("drawn", "gold_mask", "whole numbers from 0", "-1, 1", drawn([[-1, 1]])),
    Row("drawn", "gold_mask", "finite", "nan", drawn([[0, np.nan]])),
    Row("drawn", "gold_mask", "classes up to 15", "0, 16", drawn([[0, 16]])),
    Row("drawn", "gold_mask", "to 255", "256", drawn([[0, 256]], labels="classes")),
    Row("drawn", "gold_mask", "one channel per class", "2 pixels", drawn([[[0, 0, 0], [255, 255, 255]]])),
    Row("drawn", "gold_mask", "one number per pixel", "(1, 1, 2)", drawn([[[0, 1]]], threshold=0.5)),
    Row("drawn", "gold_mask", "(ny, nx)", "(3,)", drawn([0, 1, 1])),
    Row("drawn", "labels", '"classes" or "instances"', "'ids'", drawn([[0, 1]], labels="ids")),
    Row("drawn", "threshold", "must be absent", "3", drawn([[0, 1]], labels="instances", threshold=3)),
)
# fmt: on


@table(*MASKS)
def test_a_mask_that_no_rule_reads_is_refused(row):
    refused(row)


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


def one_class(classes) -> Mask:
    return Mask(classes, ("background", "particle"), 0.5)


def pair(**values):
    gold = Specimen(
        [[2.0, 2.0, 2.0], [4.5, 2.0, 2.0]], [79, 79], (8.0, 8.0, 4.0), None, ["particle"]
    )
    return class_map(gold, (16, 16), 0.5, by="object", **{"volumes": {"particle": 17.0}} | values)


# fmt: off
ROWS = (
    Row("Mask", "classes", "whole numbers", "float64", lambda: one_class(np.ones((4, 4)))),
    Row("Mask", "classes", "from 0 to 1, which have names", "7 to 7", lambda: one_class(np.full((4, 4), 7))),
    Row("InstanceMap", "ids", "from 0 to 1, which have names", "0 to 2", lambda: InstanceMap(np.arange(3)[None], ("a",), 0.5)),
    Row("agreement", "other", "pixels of 0.5 angstrom", "1", lambda: agreement(one_class(np.eye(4, dtype=int)), Mask(np.eye(4, dtype=int), ("a", "b"), 1.0))),
    Row("class_map", "outline", "must be >= 0", "nan", lambda: pair(outline=float("nan"))),
    Row("class_map", "volumes", "at least 1 cubic angstrom", "0.017", lambda: pair(volumes={"particle": 0.017})),
    Row("class_map", "volumes", "hold the one of particle", "film", lambda: pair(volumes={"film": 17.0})),
    Row("Micrograph", "counts", "real numbers of shape (ny, nx)", "(4,)", lambda: Micrograph(np.ones(4), 0.5, ImagingConditions())),
    Row("Micrograph", "pixel_size", "must be positive", "0", lambda: Micrograph(np.ones((4, 4)), 0, ImagingConditions())),
)
# fmt: on


@table(*ROWS)
def test_maps_of_nothing_are_refused_in_words(row):
    refused(row)
