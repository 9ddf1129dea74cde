"""Twins and stacking faults keep the close packing, wherever and however the particle lies."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from czone.generator import Generator
from czone.prefab import FCCMixedTwinSF, FCCStackingFault, FCCTwin, fccMixedTwinSF
from czone.prefab.fcc import build_with_defects, fcc_layers
from czone.transform import AffineTransform, Reflection, Rotation, Translation
from czone.util import coordination_numbers, neighbor_pairs, random_rotations
from czone.volume import MultiVolume, Plane, Sphere, Volume, makeRectPrism
from tests.solids import A_AU, gold

BOND = A_AU / np.sqrt(2)  # 2.8838


def ball(radius=25.0, center=(0, 0, 0)):
    return Volume(alg_objects=[Sphere(radius, center)])


def assert_close_packed(particle, center, depth):
    """Every atom deeper than `depth` has 12 neighbours at the bulk distance, and none is closer."""
    particle.populate_atoms()
    atoms = particle.atoms
    pairs = neighbor_pairs(atoms, 3.4)
    np.testing.assert_allclose(pairs.distances, BOND, atol=1e-6)
    inside = np.linalg.norm(atoms - center, axis=1) < depth
    assert inside.sum() > 100
    assert (pairs.coordination[inside] == 12).all()


@given(
    seed=st.integers(0, 2**32),
    n_defects=st.integers(0, 4),
    ratio=st.sampled_from([0.0, 0.5, 1.0]),
    signs=st.tuples(*[st.sampled_from([-1, 1])] * 3),
    handed=st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_any_place_orientation_and_plane_gives_a_close_packed_particle(
    seed, n_defects, ratio, signs, handed
):
    rng = np.random.default_rng(seed)
    crystal, center = gold(), rng.uniform(-80, 80, 3)
    crystal.transform(Rotation(random_rotations(rng=rng), origin=rng.uniform(-5, 5, 3)))
    crystal.transform(Translation(rng.uniform(-5, 5, 3)))
    if handed:
        crystal.transform(Reflection(Plane(rng.normal(size=3), [0, 0, 0])))
    prefab = FCCMixedTwinSF(crystal, ball(20, center), ratio, n_defects, 3, signs, rng=rng)
    assert_close_packed(prefab.build_object(), center, 20 - 3.5)
    assert len(prefab.defects) == n_defects


@pytest.mark.parametrize(
    ("kind", "counts"),
    [
        (
            "twin",
            "3925 3910 3907 3925 3913 3883 3925 3907 3877 3925 3883 3880 3925 3874 3874 3925",
        ),
        (
            "stacking_fault",
            "3915 3907 3907 3900 3883 3883 3888 3877 3877 3870 3880 3880 3879 3874 3874 3864",
        ),
    ],
)
def test_counts_of_a_gold_ball_with_one_defect_are_those_known(kind, counts):
    """Known from Construction Zone, whose planes are counted from the other end."""
    layers = fcc_layers(gold(), ball(), (1, 1, 1))
    assert layers.count == 21
    highest = 16 if kind == "twin" else 15
    found = []
    for index in range(highest, highest - 16, -1):
        particle = build_with_defects(gold(), ball(), layers, [index], [kind])
        particle.populate_atoms()
        found.append(len(particle.atoms))
    assert found == [int(count) for count in counts.split()]


def stacking(particle, normal):
    """Number of planes stacked as in hcp: neighbours above and below are mirror images."""
    particle.populate_atoms()
    atoms = particle.atoms
    pairs = neighbor_pairs(atoms, 3.4)
    source = np.concatenate([pairs.first, pairs.second])
    vectors = np.concatenate([pairs.vectors, -pairs.vectors])
    heights = vectors @ normal
    flat = vectors - heights[:, None] * normal
    hexagonal = set()
    for i in np.flatnonzero(np.linalg.norm(atoms - atoms.mean(axis=0), axis=1) < 8):
        mine = source == i
        up, down = flat[mine & (heights > 1)], flat[mine & (heights < -1)]
        mirrored = np.linalg.norm(up[:, None] - down[None], axis=-1).min(axis=1).max() < 0.1
        if mirrored:
            hexagonal.add(round(float(atoms[i] @ normal), 3))
    return len(hexagonal)


@pytest.mark.parametrize(("kind", "planes"), [("twin", 1), ("stacking_fault", 2)])
def test_twin_has_one_hexagonal_plane_and_stacking_fault_two(kind, planes):
    layers = fcc_layers(gold(), ball(), (1, 1, 1))
    particle = build_with_defects(gold(), ball(), layers, [10], [kind])
    assert stacking(particle, layers.normal) == planes


def test_defects_are_where_the_record_says():
    prefab = FCCTwin(gold(), ball(25, (3, 1, -7)), plane=(1, -1, 1), rng=2)
    particle, types, defects = prefab.build_object(True, return_defects=True)
    assert types == {"twin": True, "stacking_fault": False}
    (defect,) = defects
    particle.populate_atoms()
    atoms = particle.atoms
    mirrored = Reflection(Plane(defect.normal, defect.point)).apply_transformation(atoms)
    gap = neighbor_pairs(np.vstack([atoms, mirrored]), 0.01)
    near = np.abs((atoms - defect.point) @ defect.normal) < 8
    middle = near & (np.linalg.norm(atoms - [3, 1, -7], axis=1) < 12)
    # Mirrored in the recorded plane every atom near it meets another.
    assert set(np.flatnonzero(middle)) <= set(gap.first.tolist() + gap.second.tolist())
    assert f"plane {defect.plane_index}" in repr(defect)


def test_order_and_separation_of_the_record():
    prefab = FCCMixedTwinSF(gold(), ball(), N=4, min_sep=4, rng=0)
    for _ in range(20):
        prefab.build_object()
        indices = [defect.plane_index for defect in prefab.defects]
        assert (np.diff(indices) >= 4).all()
        assert indices[0] >= 4
        assert indices[-1] < 21 - 4


def test_ratio_is_the_share_of_faults():
    prefab = FCCMixedTwinSF(gold(), ball(15), ratio=0.25, rng=0)
    kinds = [prefab.build_object(return_defects=True)[1][0].kind for _ in range(400)]
    # Binomial: standard deviation 0.022.
    assert kinds.count("stacking_fault") / 400 == pytest.approx(0.25, abs=0.09)


def test_same_seed_same_particles_and_a_stream_goes_on():
    def record(rng):
        prefab = FCCMixedTwinSF(gold(), ball(), N=2, rng=rng)
        for _ in range(3):
            prefab.build_object()
            yield [(d.kind, d.plane_index) for d in prefab.defects]

    assert list(record(1)) == list(record(1)) == list(record(np.random.default_rng(1)))
    assert list(record(1)) != list(record(2))


def test_no_defect_gives_the_perfect_crystal():
    particle = fccMixedTwinSF(generator=gold(), volume=ball(), N=0).build_object()
    particle.populate_atoms()
    assert len(particle.atoms) == 3925


def test_box_and_compound_volumes_work():
    box = Volume(points=makeRectPrism(40, 40, 40), generator=gold())
    assert_close_packed(FCCTwin(volume=box, rng=1).build_object(), [20, 20, 20], 16)
    pair = MultiVolume([ball(14, (x, 0, 0)) for x in (0, 20)], priority=3)
    pair.volumes[1].priority = 1
    particle = FCCStackingFault(gold(), pair, plane=(1, 1, -1), rng=1).build_object()
    assert particle.priority == 3
    particle.populate_atoms()
    np.testing.assert_allclose(neighbor_pairs(particle.atoms, 3.4).distances, BOND, atol=1e-6)


def test_rock_salt_can_be_twinned():
    salt = Generator.from_spacegroup(
        ["Na", "Cl"], [[0, 0, 0], [0.5, 0.5, 0.5]], [5.64] * 3, [90] * 3, sgn=225
    )
    particle = FCCTwin(salt, ball(22), rng=1).build_object()
    particle.populate_atoms()
    inside = np.linalg.norm(particle.atoms, axis=1) < 18
    assert (coordination_numbers(particle.atoms, 3.2)[inside] == 6).all()
    with pytest.raises(ValueError, match="one atom at every lattice point"):
        FCCStackingFault(salt, ball(22), rng=1).build_object()


def test_primitive_cell_is_as_good():
    half = A_AU / np.sqrt(2)
    primitive = Generator.from_unit_cell(["Au"], [[0, 0, 0]], [half] * 3, [60] * 3)
    assert_close_packed(FCCTwin(primitive, ball(), rng=1).build_object(), (0, 0, 0), 21)


def test_atom_away_from_the_lattice_origin():
    crystal = Generator.from_spacegroup(
        ["Au"], [[0.5, 0.5, 0.5]], [A_AU] * 3, [90] * 3, sgn=225, origin=[1, 2, 3]
    )
    assert_close_packed(FCCTwin(crystal, ball(), rng=1).build_object(), (0, 0, 0), 21)


def test_copies_and_pickles_build_the_same():
    prefab = FCCMixedTwinSF(gold(), ball(), N=3, rng=5)
    twins = copy.deepcopy(prefab), pickle.loads(pickle.dumps(prefab))
    assert all(twin == prefab for twin in twins)
    expected = prefab.build_object()
    assert twins[0] != prefab  # its stream has not moved on
    expected.populate_atoms()
    for twin in twins:
        particle = twin.build_object()
        particle.populate_atoms()
        assert np.array_equal(particle.atoms, expected.atoms)
    assert repr(prefab).startswith("FCCMixedTwinSF(ratio=0.5, N=3, min_sep=3, plane=(1, 1, 1)")


def test_given_objects_stay_as_they_are():
    crystal, shape = gold(), ball()
    crystal_before, shape_before = copy.deepcopy(crystal), copy.deepcopy(shape)
    FCCMixedTwinSF(crystal, shape, N=3, rng=5).build_object()
    assert crystal == crystal_before
    assert shape == shape_before


def test_advice_for_strained_crystals_works():
    particle = FCCTwin(gold(), ball(), rng=2).build_object()
    particle.populate_atoms()
    still = particle.atoms
    gradient = np.diag([1.01, 1.0, 0.98])
    particle.transform(AffineTransform(gradient))
    particle.populate_atoms()
    assert len(particle.atoms) == len(still)
    gaps, _ = cKDTree(particle.atoms).query(still @ gradient)
    np.testing.assert_allclose(gaps, 0, atol=1e-8)
