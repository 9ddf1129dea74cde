"""Grains, faults, zone axes and columns of particles whose making is known."""

import numpy as np
import pytest
from ase.build import bulk
from scipy.spatial.transform import Rotation

from hrtem_sim.mask import (
    ENVIRONMENTS,
    atom_columns,
    find_grains,
    local_environment,
    misorientation,
    plan_bases,
    plan_volumes,
    zone_axis,
)
from hrtem_sim.specimen.builders import ParticlesOnFilm
from hrtem_sim.specimen.particles import ParticlePlan
from tests.hrtem_sim.test_mask_labels import GOLD, edge_on, particle, specimen

CENTRE = (30, 30, 30)


def random_turn(seed):
    return tuple(Rotation.random(random_state=seed).as_quat())


@pytest.mark.parametrize(
    ("crystal", "kind"), [(("Au", "fcc"), "fcc"), (("Mg", "hcp"), "hcp"), (("Fe", "bcc"), "other")]
)
def test_bulk_atoms_have_the_surrounding_of_their_crystal(crystal, kind):
    # ideal c / a: the twelve neighbours of hcp are at one distance
    options = {"c": 3.2 * np.sqrt(8 / 3), "a": 3.2} if kind == "hcp" else {}
    atoms = bulk(*crystal, orthorhombic=True, **options) * (6, 5, 5)
    lengths = atoms.cell.lengths()
    found = local_environment(atoms.positions, tuple(lengths[:2]))
    z = atoms.positions[:, 2]
    deep = (z > 5) & (z < lengths[2] - 6)
    assert deep.sum() > 50
    assert set(found.kinds[deep]) == {ENVIRONMENTS.index(kind)}
    if kind == "hcp":
        np.testing.assert_allclose(np.abs(found.normals[deep]), [[0, 0, 1]] * deep.sum(), atol=1e-9)


def test_thermal_motion_of_gold_leaves_most_surroundings():
    atoms = bulk("Au", cubic=True) * (6, 6, 6)
    moved = atoms.positions + np.random.default_rng(3).normal(0, 0.08, atoms.positions.shape)
    at_rest, warm = (local_environment(p).kinds for p in (atoms.positions, moved))
    assert ((warm == 1) & (at_rest == 1)).sum() > 0.95 * (at_rest == 1).sum()


@pytest.mark.parametrize("seed", range(6))
def test_the_defects_that_were_built_are_found(seed):
    turn = random_turn(seed)
    atoms, numbers, kinds = particle(radius=22.0, turn=turn, defects=3, seed=seed)
    found = find_grains(specimen((atoms, numbers, CENTRE)))
    assert sorted(fault.kind for fault in found.faults) == sorted(kinds)
    assert len(found.grains) == 1 + kinds.count("twin")
    assert sum(grain.size for grain in found.grains) == len(atoms)
    lattice = GOLD * Rotation.from_quat(turn).as_matrix()
    angles = np.degrees([misorientation(grain.bases, lattice) for grain in found.grains])
    assert all(min(abs(angle), abs(angle - 60)) < 1e-4 for angle in angles)  # a twin: 60 about 111
    assert min(angles) < 1e-4
    planes = np.array([1, 1, 1]) * np.array([[1, 1, 1], [-1, 1, 1], [1, -1, 1], [1, 1, -1]])
    normals = planes / np.sqrt(3) @ Rotation.from_quat(turn).as_matrix().T
    for fault in found.faults:
        assert np.abs(normals @ fault.normal).max() == pytest.approx(1, abs=1e-6)


def test_a_sphere_without_defects_is_one_crystal():
    found = find_grains(specimen((*particle(radius=15.0, turn=random_turn(9))[:2], CENTRE)))
    assert len(found.grains) == 1 and not found.faults
    np.testing.assert_allclose(np.linalg.det(found.grains[0].bases), GOLD**3, rtol=1e-9)


@pytest.mark.parametrize(
    ("shape", "grains", "twins"), [("decahedron", 5, 5), ("icosahedron", 20, 30)]
)
def test_multiply_twinned_particles(shape, grains, twins):
    found = find_grains(specimen((*particle(radius=15.0, shape=shape)[:2], CENTRE)))
    assert len(found.grains) == grains
    assert [fault.kind for fault in found.faults] == ["twin"] * twins


@pytest.mark.parametrize("defects", [0, 1, 2])
def test_wurtzite_is_one_grain_with_its_faults(defects):
    atoms, numbers, kinds = particle("CdSe", 22.0, turn=random_turn(2), defects=defects)
    found = find_grains(specimen((atoms, numbers, CENTRE)))
    assert len(found.grains) == 1 and found.grains[0].bases is None
    assert [fault.kind for fault in found.faults] == ["stacking_fault"] * len(kinds)


@pytest.mark.parametrize("n", [1, 2, 13])
def test_a_few_atoms_are_one_grain_without_lattice(n):
    atoms = np.random.default_rng(n).normal(0, 3, (n, 3))
    made = specimen((atoms, np.arange(n) % 2 + 47, CENTRE))
    found = find_grains(made)
    assert [grain.size for grain in found.grains] == [n] and not found.faults
    assert not len(atom_columns(made, found))


def test_a_random_alloy_is_the_crystal_of_its_sites():
    atoms, numbers, _ = particle(radius=12.0, turn=random_turn(1))
    mixed = np.where(np.random.default_rng(0).random(len(numbers)) < 0.5, 47, 79)
    found = find_grains(specimen((atoms, mixed, CENTRE)))
    assert found.grains[0].bases is not None and not found.faults


def test_the_smallest_wurtzite_crystal_has_no_faults():
    atoms, numbers, _ = particle("CdSe", 8.1, shape="wulff", turn=random_turn(34))
    found = find_grains(specimen((atoms, numbers, CENTRE)))
    assert len(atoms) < 120 and not found.faults


def test_other_objects_belong_to_no_grain():
    made = specimen((*particle()[:2], (15, 15, 30)), (*particle()[:2], (45, 45, 30)))
    found = find_grains(made, objects=["particle-1"])
    assert set(found.grain_of[made.labels == 0]) == {-1}
    assert not found.structure_of[made.labels == 0].any()


@pytest.mark.parametrize("uvw", [(0, 0, 1), (0, 1, 1), (1, 1, 1), (1, 1, 2), (0, 1, 3)])
def test_zone_axis_and_misorientation_of_a_turned_crystal(uvw):
    axis = np.array(uvw) / np.linalg.norm(uvw)
    upright, _ = Rotation.align_vectors([[0, 0, 1.0]], [axis])
    tilt = Rotation.from_rotvec(0.03 * np.array([0.6, 0.8, 0]))
    found = zone_axis(GOLD * (tilt * upright).as_matrix())
    assert sorted(map(abs, found.indices)) == sorted(uvw)
    assert found.misorientation == pytest.approx(0.03, abs=1e-9)
    assert found.direction[2] == pytest.approx(np.cos(0.03))


def test_the_bases_of_a_plan_are_those_of_its_atoms():
    turns = [random_turn(4), random_turn(5), random_turn(6)]
    materials, shapes = ("Au", "CdSe", "Au"), ("sphere", "wulff", "icosahedron")
    particles = tuple(
        ParticlePlan(m, s, 12.0, t, (0.0, 0.0), 0, 0.5)
        for m, s, t in zip(materials, shapes, turns, strict=True)
    )
    plan = ParticlesOnFilm((60.0, 60.0), particles, 0.2, "exit", 4.0, "C", 10.0, 0.11, 1.4)
    bases = plan_bases(plan)
    assert set(bases) == {"particle-0", "particle-1"}
    volumes = plan_volumes(plan)
    assert volumes["particle-0"] == volumes["particle-2"] == pytest.approx(GOLD**3 / 4)
    assert volumes["film"] == pytest.approx(1 / 0.11)
    measured = find_grains(specimen((*particle(turn=turns[0])[:2], CENTRE))).grains[0].bases
    assert misorientation(measured, bases["particle-0"]) < 1e-6
    # in wurtzite every atom has another of its kind one basis vector away, but for the surface
    atoms, _, _ = particle("CdSe", turn=turns[1])
    for vector in bases["particle-1"].T:
        distance = np.linalg.norm(atoms[:, None] + vector - atoms[None], axis=-1)
        assert (distance.min(axis=1) < 1e-6).mean() > 0.5


def test_columns_of_a_cube_on_the_zone_axis():
    made = specimen((*particle(radius=12.0)[:2], CENTRE))
    columns = atom_columns(made)
    assert columns.axes[0].indices == (0, 0, 1) and columns.axes[0].misorientation < 1e-9
    assert columns.heights.sum() == len(made) and set(columns.elements) == {"Au"}
    atoms = np.unique(np.round(made.positions[:, :2], 6), axis=0)
    assert len(columns) == len(atoms)
    found = np.column_stack([columns.x, columns.y])
    order = np.lexsort(np.round(found, 6).T[::-1])
    np.testing.assert_allclose(found[order], atoms, atol=1e-5)
    middle = np.argmin(np.hypot(columns.x - 30, columns.y - 30))
    assert columns.heights[middle] == 5  # of 24 angstrom every 4.08, the centre included


def test_no_columns_away_from_zone_axes():
    for angle, some in ((0.0, True), (0.01, True), (0.03, False)):
        turn = Rotation.from_rotvec([angle, 0, 0]).as_quat()
        made = specimen((*particle(radius=12.0, turn=turn)[:2], CENTRE))
        columns = atom_columns(made)
        assert bool(len(columns)) == some == (columns.axes[0] is not None)
        if some:
            assert columns.heights.sum() == len(made)


def test_columns_run_through_a_twin_seen_edge_on():
    atoms = edge_on("twin")
    made = specimen((atoms, np.full(len(atoms), 79), CENTRE))
    columns = atom_columns(made)
    assert [sorted(map(abs, axis.indices)) for axis in columns.axes] == [[0, 1, 1]] * 2
    assert columns.heights.sum() == len(made)
    assert len(columns) == len(np.unique(np.round(atoms[:, :2], 6), axis=0))
    assert set(columns.grain_of[columns.x < 29]) != set(columns.grain_of[columns.x > 31])


def test_columns_of_wurtzite_along_c_hold_both_elements():
    made = specimen((*particle("CdSe", 10.0)[:2], CENTRE))
    bases = plan_bases(
        ParticlesOnFilm((60.0, 60.0), (ParticlePlan("CdSe", "sphere", 10.0, (0.0, 0.0, 0.0, 1.0),
        (0.0, 0.0), 0, 0.5),), 0.2, "exit", 4.0, "C", 10.0, 0.11, 1.4)
    )  # fmt: skip
    assert not len(atom_columns(made))
    columns = atom_columns(made, find_grains(made, bases=bases))
    assert columns.heights.sum() == len(made)
    assert set(columns.elements[columns.heights > 2]) == {"CdSe"}
    with pytest.raises(ValueError, match="tolerance"):
        atom_columns(made, tolerance=-1.0)
