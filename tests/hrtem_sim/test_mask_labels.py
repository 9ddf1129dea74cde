"""Instances, classes and thickness against what was put in."""

import numpy as np
import pytest
from ase.build import bulk
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

from hrtem_sim.mask import (
    atom_columns,
    atomic_volume,
    class_map,
    find_grains,
    instance_map,
    phase_mask,
    projected_thickness,
)
from hrtem_sim.mask.lattice import STRUCTURES
from hrtem_sim.specimen import Specimen
from hrtem_sim.specimen.particles import ParticlePlan, build_particle
from hrtem_sim.wave import WaveSettings, compute_exit_wave

GOLD = 4.07825
UPRIGHT = (0.0, 0.0, 0.0, 1.0)


def particle(material="Au", radius=12.0, *, shape="sphere", turn=UPRIGHT, defects=0, seed=1):
    plan = ParticlePlan(material, shape, radius, tuple(turn), (0.0, 0.0), defects, 0.5)
    volume, kinds = build_particle(plan, np.random.default_rng(seed))
    volume.populate_atoms()
    return np.array(volume.atoms), np.array(volume.species), kinds


def specimen(*parts, cell=(60.0, 60.0, 60.0)):
    """Particles given as (atoms, numbers, centre)."""
    positions = np.concatenate([atoms + np.array(centre) for atoms, _, centre in parts])
    numbers = np.concatenate([numbers for _, numbers, _ in parts])
    labels = np.repeat(np.arange(len(parts)), [len(numbers) for _, numbers, _ in parts])
    names = tuple(f"particle-{i}" for i in range(len(parts)))
    return Specimen(positions, numbers, cell, labels, names)


@pytest.fixture(scope="module")
def pair():
    """A large and a small sphere that touch no border and overlap in projection."""
    large, small = particle(radius=14.0), particle("CdSe", radius=8.0)
    return specimen((*large[:2], (22, 30, 20)), (*small[:2], (38, 30, 44)))


@pytest.mark.parametrize(("material", "volume"), [("Au", GOLD**3 / 4), ("CdSe", 14.03)])
def test_the_volume_of_an_atom_is_the_cells(material, volume):
    if material == "CdSe":
        a, c = 4.2985, 7.0152
        volume = np.sqrt(3) / 2 * a**2 * c / 4
    atoms, numbers, _ = particle(material, 14.0)
    made = specimen((atoms, numbers, (30, 30, 30)))
    # wurtzite's cells differ by element; both are in the mean of a sphere to a few per mille
    assert atomic_volume(made, "particle-0") == pytest.approx(volume, rel=5e-3)


def test_a_flat_object_has_no_volume_of_its_own():
    flat = Specimen(np.c_[np.random.default_rng(0).random((50, 2)) * 9, np.ones(50)], [6] * 50,
                    (9.0, 9.0, 2.0), objects=["particle"])  # fmt: skip
    with pytest.raises(ValueError, match="volumes must be given"):
        projected_thickness(flat, (9, 9), 1.0)
    maps = projected_thickness(flat, (9, 9), 1.0, volumes={"particle": 5.0})
    assert maps.total.sum() == pytest.approx(250.0, rel=1e-5)


def test_thickness_is_that_of_the_sphere():
    radius, pixel = 20.0, 0.5
    made = specimen((*particle(radius=radius)[:2], (30, 30, 30)))
    maps = projected_thickness(made, (120, 120), pixel)
    assert maps.thickness.sum() * pixel**2 == pytest.approx(len(made) * GOLD**3 / 4, rel=1e-5)
    y, x = (np.indices((120, 120)) + 0.5) * pixel - 30
    chord = 2 * np.sqrt(np.clip(radius**2 - x**2 - y**2, 0, None))
    inside = np.hypot(x, y) < 0.8 * radius
    # the sphere ends in whole atoms and its columns are blurred: an angstrom or two of 40
    assert np.abs(maps.total - chord)[inside].mean() < 1.0
    # and on average blur^2 / 2 times the curvature of the chord: 0.3 angstrom less
    assert (maps.total - chord)[inside].mean() == pytest.approx(-0.3, abs=0.1)


def test_thickness_wraps_around_the_cell():
    made = specimen((*particle(radius=10.0)[:2], (30, 30, 30)))
    moved = Specimen(
        (made.positions + [30, 0, 0]) % 60, made.numbers, made.cell, None, ["particle"]
    )
    volumes = {"particle-0": 17.0, "particle": 17.0}
    here, there = (projected_thickness(s, (60, 60), 1.0, volumes=volumes) for s in (made, moved))
    np.testing.assert_allclose(np.roll(here.total, 30, axis=1), there.total, atol=1e-5)


def test_instances_are_the_discs_and_the_thicker_particle_wins(pair):
    found = instance_map(pair, (120, 120), 0.5)
    assert found.names == ("particle-0", "particle-1") and found.ids.dtype == np.uint8
    y, x = (np.indices((120, 120)) + 0.5) * 0.5
    large, small = np.hypot(x - 22, y - 30), np.hypot(x - 38, y - 30)
    chord = [2 * np.sqrt(np.clip(r**2 - d**2, 0, None)) for r, d in ((14, large), (8, small))]
    truth = np.where(chord[0] > chord[1], 1, 2) * (np.maximum(*chord) > 0)
    # the outline lies up to an atom's radius outside the sphere of the centres
    assert (found.ids != truth).sum() * 0.5**2 < 2 * np.pi * (14 + 8) * 1.0
    assert found.ids[60, 44] == 1 and found.ids[60, 76] == 2 and found.ids[5, 5] == 0
    assert found.mask_of("particle-1").sum() == (found.ids == 2).sum()
    with pytest.raises(ValueError, match="read-only"):
        found.ids[0, 0] = 1


def test_instances_share_out_the_phase_mask(pair):
    wave = compute_exit_wave(pair, WaveSettings(pixel_size=0.25))
    mask = phase_mask(wave, 0.5)
    plain = instance_map(pair, mask.classes.shape, 0.5)
    found = instance_map(pair, mask.classes.shape, 0.5, within=mask)
    np.testing.assert_array_equal(found.ids > 0, mask.classes > 0)
    both = (plain.ids > 0) & (mask.classes > 0)
    np.testing.assert_array_equal(found.ids[both], plain.ids[both])
    # the atoms' own outline lies within 1 angstrom of the wave's: 135 of 850 square angstrom
    overlap = ((plain.ids > 0) & (mask.classes > 0)).sum()
    assert overlap / ((plain.ids > 0) | (mask.classes > 0)).sum() > 0.85


@pytest.mark.parametrize("pixel", [0.25, 0.5, 1.0])
def test_the_wave_lies_half_its_pixel_beyond_the_labels(pixel):
    made = specimen((*particle(radius=8.0)[:2], (20, 20, 20)), cell=(40.0, 40.0, 40.0))
    wave = compute_exit_wave(made, WaveSettings(pixel_size=0.25))
    phase = np.abs(np.angle(wave.array.mean(axis=0)))
    n = round(40 / pixel)
    phase = phase.reshape(n, len(phase) // n, n, -1).mean(axis=(1, 3))
    thickness = projected_thickness(made, (n, n), pixel).total
    centres = [(a.sum(axis=0) @ np.arange(n)) / a.sum() * pixel for a in (phase, thickness)]
    # coarse pixels sample the columns unevenly
    assert centres[0] - centres[1] == pytest.approx(0.125, abs=0.05 * pixel + 0.01)
    assert centres[1] + pixel / 2 == pytest.approx(20, abs=1e-3)


def test_classes_by_object_and_by_material(pair):
    objects = class_map(pair, (120, 120), 0.5, by="object")
    np.testing.assert_array_equal(objects.classes, instance_map(pair, (120, 120), 0.5).ids)
    materials = class_map(pair, (120, 120), 0.5, by="material")
    assert materials.names == ("background", "Au", "CdSe")
    np.testing.assert_array_equal(materials.classes, objects.classes)
    with pytest.raises(ValueError, match="by must be"):
        class_map(pair, (120, 120), 0.5, by="colour")


def test_the_film_is_background():
    film = bulk("Fe", cubic=True, a=3.0) * (20, 20, 2)
    ball = particle(radius=10.0)
    positions = np.concatenate([film.positions, ball[0] + [30, 30, 30]])
    numbers = np.concatenate([film.numbers, ball[1]])
    labels = np.repeat([1, 0], [len(film), len(ball[1])])
    made = Specimen(positions, numbers, (60.0, 60.0, 60.0), labels, ("particle-0", "film"))
    found = class_map(made, (60, 60), 1.0, by="object")
    assert found.names == ("background", "particle-0") and found.classes[30, 30] == 1
    assert found.classes[5, 5] == 0
    with pytest.raises(ValueError, match="objects must be given"):
        instance_map(Specimen(film.positions, film.numbers, made.cell), (60, 60), 1.0)


def edge_on(kind):
    """fcc gold with one fault in the plane x = 30: {111} planes seen along a common <110>."""
    spacing, n = GOLD / np.sqrt(3), 24
    plane = GOLD / np.sqrt(2)
    # stacking along the normal: A B C ..., mirrored or with one layer left out
    step, shift, shifts = 1, 0, []
    for layer in range(n):
        shifts.append(shift)
        if kind == "twin" and layer == n // 2:
            step = -1
        shift += -step if kind == "stacking_fault" and layer == n // 2 else step
    rows = np.arange(-12, 12)
    a, b = np.meshgrid(rows, rows, indexing="ij")
    atoms = []
    for layer, s in enumerate(shifts):
        u = a * plane + (b % 2) * plane / 2
        v = b * plane * np.sqrt(3) / 2 + (s % 3) * plane / np.sqrt(3)
        atoms.append(np.stack([np.full(u.shape, (layer - n // 2) * spacing), v, u], -1))
    atoms = np.concatenate([layer.reshape(-1, 3) for layer in atoms])
    return atoms[np.linalg.norm(atoms, axis=1) < 22.0]


@pytest.mark.parametrize(("kind", "layers"), [("twin", 1), ("stacking_fault", 2)])
def test_a_fault_seen_edge_on_is_a_straight_band(kind, layers):
    atoms = edge_on(kind)
    made = specimen((atoms, np.full(len(atoms), 79), (30, 30, 30)))
    found = class_map(made, (240, 240), 0.25)
    fault = found.classes == found.names.index(kind)
    assert set(np.unique(found.classes)) == {0, 1, found.names.index(kind)}
    _, x = np.nonzero(fault)
    spacing = GOLD / np.sqrt(3)
    middle = 30 + (spacing / 2 if layers == 2 else 0)
    assert abs((x.mean() + 0.5) * 0.25 - middle) < 0.3
    width = fault.sum() * 0.25**2 / (2 * 22)
    assert width == pytest.approx(layers * spacing, abs=1.0)  # blurred by 1 angstrom


@pytest.mark.parametrize(
    ("degrees", "shown"), [(0, True), (3, True), (10, False), (35, False), (54.7, False)]
)
def test_faults_are_shown_edge_on_and_inclined_ones_nowhere(degrees, shown):
    """Not even at the rim, where an inclined fault is most of what little there is."""
    turn = Rotation.from_euler("y", degrees, degrees=True)
    atoms = turn.apply(edge_on("twin"))
    made = specimen((atoms, np.full(len(atoms), 79), (30, 30, 30)))
    structure = find_grains(made)
    found = class_map(made, (120, 120), 0.5, structure=structure)
    assert (found.classes == found.names.index("twin")).any() == shown
    assert [fault.kind for fault in structure.faults] == ["twin"]
    twinned = structure.structure_of == STRUCTURES.index("twin")
    np.testing.assert_array_equal(structure.fault_of == 0, twinned)


def test_grains_on_both_sides_of_a_twin():
    atoms = edge_on("twin")
    made = specimen((atoms, np.full(len(atoms), 79), (30, 30, 30)))
    found = class_map(made, (120, 120), 0.5, by="grain")
    assert found.names == ("background", "particle-0 grain 0", "particle-0 grain 1")
    assert len({found.classes[60, 40], found.classes[60, 80]}) == 2


def test_a_particle_across_the_border_has_the_volume_and_the_columns_of_one_inside():
    """As border = "cut" has them: its atoms lie in all four corners of the cell."""
    atoms, numbers, _ = particle(turn=Rotation.from_rotvec([0.012, 0.008, 0.3]).as_quat())
    inside = specimen((atoms, numbers, (30, 30, 20)))
    folded = inside.positions + [30, 30, 0]
    folded[:, :2] %= 60
    across = Specimen(folded, numbers, (60.0, 60.0, 60.0), objects=["particle-0"])
    assert atomic_volume(across, "particle-0") == pytest.approx(GOLD**3 / 4, rel=1e-6)
    whole, cut = atom_columns(inside), atom_columns(across)
    assert sorted(cut.heights) == sorted(whole.heights)
    moved = np.c_[whole.x + 30, whole.y + 30] % 60
    assert cKDTree(moved, boxsize=60).query(np.c_[cut.x, cut.y])[0].max() < 1e-9
