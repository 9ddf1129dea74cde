"""Wurtzite faults keep every atom among four unlike neighbours and stack as their name says."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from czone.generator import Generator
from czone.prefab import WurtziteStackingFault, wurtziteStackingFault
from czone.prefab.wurtzite import wurtzite_layers
from czone.transform import Reflection, Rotation, Translation
from czone.util import neighbor_pairs, random_rotations
from czone.volume import Plane, Sphere, Volume

A, C, U = 4.299, 7.010, 0.376
SITES = np.array(
    [[1 / 3, 2 / 3, 0], [2 / 3, 1 / 3, 0.5], [1 / 3, 2 / 3, U], [2 / 3, 1 / 3, U + 0.5]]
)


def cdse(sites=SITES, **keywords):
    return Generator.from_unit_cell(
        ["Cd", "Cd", "Se", "Se"], sites, [A, A, C], [90, 90, 120], **keywords
    )


def ball(radius=26.0, center=(0, 0, 0)):
    return Volume(alg_objects=[Sphere(radius, center)])


def assert_tetrahedral(particle, center, depth):
    particle.populate_atoms()
    pairs = neighbor_pairs(particle.atoms, 3.0)
    numbers = particle.species
    assert (numbers[pairs.first] != numbers[pairs.second]).all()
    np.testing.assert_allclose(pairs.distances, 2.63, atol=0.01)
    inside = np.linalg.norm(particle.atoms - center, axis=1) < depth
    assert inside.sum() > 200
    assert (pairs.coordination[inside] == 4).all()


@given(
    seed=st.integers(0, 2**32),
    kind=st.sampled_from(["I1", "I2", "E", ("I1", "I2", "E")]),
    n_faults=st.integers(0, 3),
    upside_down=st.booleans(),
    handed=st.booleans(),
)
@settings(max_examples=30, deadline=None)
def test_any_place_and_orientation_keeps_the_bonds(seed, kind, n_faults, upside_down, handed):
    rng = np.random.default_rng(seed)
    crystal = cdse(SITES * [1, 1, -1] if upside_down else SITES)
    center = rng.uniform(-60, 60, 3)
    crystal.transform(Rotation(random_rotations(rng=rng), origin=rng.uniform(-5, 5, 3)))
    crystal.transform(Translation(rng.uniform(-5, 5, 3)))
    if handed:
        crystal.transform(Reflection(Plane(rng.normal(size=3), [0, 0, 0])))
    prefab = WurtziteStackingFault(crystal, ball(24, center), n_faults, 3, kind=kind, rng=rng)
    assert_tetrahedral(prefab.build_object(), center, 20)
    assert len(prefab.defects) == n_faults


def stacking(particle):
    """Letters of the bilayers near the axis, from the bottom up, named in order of appearance."""
    particle.populate_atoms()
    cadmium = particle.atoms[particle.species == 48]
    near = cadmium[np.linalg.norm(cadmium[:, :2], axis=1) < 8]
    heights = np.round(near[:, 2] / (C / 2)).astype(int)
    bases = np.array([[A, -A / 2], [0, A * np.sqrt(3) / 2]])
    names, letters = {}, ""
    for height in range(heights.min(), heights.max() + 1):
        place = np.linalg.solve(bases, near[heights == height][0, :2])
        site = tuple((np.round(3 * place).astype(int)) % 3)
        letters += names.setdefault(site, "ABC?"[len(names)])
    return letters


@pytest.mark.parametrize(
    ("kind", "sequence"),
    [("I1", "ABABCBCB"), ("I2", "ABABCACA"), ("E", "ABABCABAB")],
)
def test_faults_have_their_textbook_stacking(kind, sequence):
    prefab = WurtziteStackingFault(cdse(), ball(), kind=kind, rng=3)
    letters = stacking(prefab.build_object())
    swapped = sequence.translate(str.maketrans("AB", "BA"))
    assert sequence in letters or swapped in letters
    # Away from the fault the stacking is that of wurtzite.
    hexagonal = [a == c for a, c in zip(letters, letters[2:], strict=False)]
    assert hexagonal.count(False) == {"I1": 1, "I2": 2, "E": 3}[kind]


def test_faults_on_neighbouring_planes_leave_no_plane_as_it_was():
    """Every place there is taken: two I1 faults in a row are one I2, three the cubic stacking."""
    crystal, volume = cdse(), ball(16)
    layers, _ = wurtzite_layers(crystal, volume)
    prefab = WurtziteStackingFault(crystal, volume, layers.count - 2, 1, rng=1)
    particle = prefab.build_object()
    assert np.diff([defect.plane_index for defect in prefab.defects]).tolist() == [1] * (
        layers.count - 3
    )
    assert_tetrahedral(particle, (0, 0, 0), 12)
    letters = stacking(particle)
    assert all(len(set(letters[k : k + 3])) == 3 for k in range(len(letters) - 2)), letters


def test_no_fault_is_the_perfect_crystal():
    particle = wurtziteStackingFault(cdse(), ball(), N=0).build_object()
    letters = stacking(particle)
    assert letters == ("AB" * 20)[: len(letters)]


def test_counts_are_those_of_the_true_lattice():
    """4038 atoms in a ball of 30 angstrom (independent count)."""
    particle = Volume(alg_objects=[Sphere(30, [0, 0, 0])], generator=cdse())
    particle.populate_atoms()
    assert len(particle.atoms) == 4038


def test_record_says_where_the_faults_are():
    prefab = WurtziteStackingFault(cdse(), ball(30, (5, 6, 70)), 2, 4, kind=("I1", "I2"), rng=1)
    _, types, defects = prefab.build_object(True, return_defects=True)
    assert types == {"stacking_fault": True}
    assert {defect.kind for defect in defects} <= {"I1", "I2"}
    assert defects[1].plane_index - defects[0].plane_index >= 4
    assert all(abs(defect.normal[2]) == pytest.approx(1) for defect in defects)
    assert all(abs(defect.point[2] - 70) < 30 for defect in defects)
    assert prefab.plane == (0, 0, 2)
    assert wurtziteStackingFault(cdse(), ball(), N=0).build_object(True)[1] == {
        "stacking_fault": False
    }


def test_same_seed_same_particle_also_in_copies():
    prefab = WurtziteStackingFault(cdse(), ball(), N=2, min_sep=3, rng=4)
    twins = copy.deepcopy(prefab), pickle.loads(pickle.dumps(prefab))
    expected = prefab.build_object()
    expected.populate_atoms()
    for twin in twins:
        particle = twin.build_object()
        particle.populate_atoms()
        assert np.array_equal(particle.atoms, expected.atoms)
