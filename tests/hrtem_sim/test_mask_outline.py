"""The outline mask: a disc about a sphere, whatever the elements, the energy and the pixels."""

import dataclasses
import warnings

import numpy as np
import pytest
from ase.build import bulk
from scipy.ndimage import binary_fill_holes
from scipy.spatial.transform import Rotation as SpatialRotation

from czone.generator import Generator
from czone.transform import Rotation
from czone.volume import Sphere, Volume
from hrtem_sim import Refusal
from hrtem_sim.dataset import build_dataset
from hrtem_sim.dataset.recipe import MaskRecipe
from hrtem_sim.mask import Mask, agreement, outline_mask, phase_mask
from hrtem_sim.provenance import identity, to_table
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave import WaveSettings, compute_exit_wave
from tests.hrtem_sim.test_mask_labels import particle, specimen

TURN = tuple(SpatialRotation.random(random_state=2).as_quat())


BESIDES = {
    "Si": bulk("Si", cubic=True),
    "MgO": bulk("MgO", "rocksalt", a=4.212, cubic=True),
}


def sphere(material, radius, turn=TURN):
    made = (
        particle(material, radius, turn=turn) if material not in BESIDES else ball(material, radius)
    )
    return specimen((*made[:2], (20, 20, 20)), cell=(40.0, 40.0, 40.0))


def ball(material, radius):
    """A sphere of a crystal that recipes have no name for, turned about an atom in its middle."""
    crystal = Generator(structure=BESIDES[material])
    crystal.transform(Rotation(SpatialRotation.from_quat(TURN).as_matrix()))
    volume = Volume(alg_objects=[Sphere(radius, np.zeros(3))], generator=crystal)
    volume.populate_atoms()
    return volume.atoms, volume.species


def area(mask, radius):
    """Area over that of the disc."""
    return mask.classes.sum() * mask.pixel_size**2 / (np.pi * radius**2)


@pytest.mark.parametrize(
    ("material", "radius", "outline", "phase"),
    [
        ("Au", 6.0, 1.14, (0.97, 0.84, 0.81)),
        ("CdSe", 6.0, 0.84, (0.53, 0.36, 0.28)),
        ("Al", 6.0, 1.13, (0.71, 0.37, 0.04)),
        ("Si", 6.0, 1.06, (0.62, 0.29, 0.12)),
        ("MgO", 6.0, 1.04, (0.86, 0.59, 0.42)),
        ("CdSe", 12.0, 0.98, (0.93, 0.87, 0.84)),
        ("Si", 12.0, 1.04, (0.92, 0.81, 0.76)),
        ("MgO", 12.0, 1.04, (1.01, 0.91, 0.85)),
    ],
)
def test_the_outline_is_the_disc_and_the_phase_rule_depends_on_energy(
    material, radius, outline, phase
):
    made = sphere(material, radius)
    assert area(outline_mask(made, (160, 160), 0.25), radius) == pytest.approx(outline, abs=0.02)
    for energy, expected in zip((80e3, 200e3, 300e3), phase, strict=True):
        wave = compute_exit_wave(made, WaveSettings(energy=energy, pixel_size=0.125))
        assert area(phase_mask(wave, 0.25), radius) == pytest.approx(expected, abs=0.03)


@pytest.mark.parametrize("pixel", [0.125, 0.5, 1.0])
def test_the_outline_does_not_depend_on_the_pixels(pixel):
    made, n = sphere("Au", 12.0), round(40 / pixel)
    assert area(outline_mask(made, (n, n), pixel), 12.0) == pytest.approx(1.10, abs=0.03)


@pytest.mark.parametrize("material", ["Au", "CdSe", "Al", "ZnO"])
@pytest.mark.parametrize("turn", [(0.0, 0.0, 0.0, 1.0), (0.0, 0.3826834, 0.0, 0.9238795), TURN])
def test_columns_of_a_crystal_leave_no_holes(material, turn):
    inside = outline_mask(sphere(material, 12.0, turn), (160, 160), 0.25).classes
    np.testing.assert_array_equal(inside, binary_fill_holes(inside))


def test_an_atom_is_a_disc_where_it_is_and_across_the_border():
    atom = Specimen([[0.3, 5.0, 5.0]], [79], (16.0, 16.0, 10.0), objects=("particle",))
    mask = outline_mask(atom, (64, 64), 0.25, margin=2.0)
    y, x = (np.indices((64, 64)) + 0.5) * 0.25
    x = (x - 0.3 + 8) % 16 - 8
    assert (mask.classes != (np.hypot(x, y - 5.0) < 2.0)).sum() <= 16
    wide = outline_mask(atom, (64, 64), 0.25, margin=3.0)
    assert wide.classes.sum() / mask.classes.sum() == pytest.approx(9 / 4, rel=0.05)
    with pytest.raises(Refusal, match=r"margin must be >= 0, in angstrom; got -1\.0"):
        outline_mask(atom, (64, 64), 0.25, margin=-1.0)


def test_agreement_is_intersection_over_union():
    def mask(row):
        return Mask(np.array([row], np.uint8), ("background", "particle"), 0.5)

    assert agreement(mask([1, 1, 0, 0]), mask([0, 1, 1, 0])) == pytest.approx(1 / 3)
    assert agreement(mask([0, 0]), mask([0, 0])) == 1.0
    with pytest.raises(Refusal, match="other must have"):
        agreement(mask([1]), mask([1, 0]))


def test_recipes_choose_the_rule_and_old_ones_keep_their_id(tiny, tmp_path):
    assert "rule" not in to_table(tiny)["mask"]
    outlined = dataclasses.replace(tiny, mask=MaskRecipe(rule="outline", margin=1.5))
    assert identity(outlined, "recipe") != identity(tiny, "recipe")
    old = build_dataset(tiny, tmp_path / "old", progress=False)
    new = build_dataset(outlined, tmp_path / "new", progress=False)
    assert list(old.catalogue["micrograph"]) == list(new.catalogue["micrograph"])
    assert old.catalogue["mask_agreement"].between(0, 1).all()
    assert (old.masks([0])[0] != new.masks([0])[0]).any()
    with pytest.raises(Refusal, match=r'margin must be left out unless rule = "outline"; got 1\.5'):
        MaskRecipe(margin=1.5)


@pytest.mark.follows("takes the outlines")
def test_masks_that_miss_the_particles_are_told_of(tiny, tmp_path):
    particle = dataclasses.replace(tiny.particle, materials=("Al",))
    light = dataclasses.replace(tiny, structures=1, particle=particle)
    with pytest.warns(UserWarning, match=r"agree with the outlines .* less than 0\.7"):
        database = build_dataset(light, tmp_path / "phase", progress=False)
    assert (database.catalogue["mask_agreement"] < 0.7).all()
    advised = dataclasses.replace(light, mask=MaskRecipe(rule="outline"))
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        build_dataset(advised, tmp_path / "outline", progress=False)


def test_a_pair_of_atoms_across_the_border_has_the_outline_of_one_inside():
    def area(*columns):
        pair = Specimen([[x, 10.0, 2.0] for x in columns], [79, 79], (20.0, 20.0, 4.0))
        return int(outline_mask(pair, (80, 80), 0.25, objects=["specimen"]).classes.sum())

    assert area(18.5, 21.4) == area(18.5, 1.4) == area(8.5, 11.4) > 0
