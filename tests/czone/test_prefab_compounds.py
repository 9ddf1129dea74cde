"""Twins and stacking faults of compounds keep their bonds, and put nothing on top of anything."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymatgen.core import Structure
from scipy.spatial import cKDTree

from czone.generator import Generator
from czone.matter import find_contacts
from czone.prefab import FCCMixedTwinSF, FCCStackingFault, FCCTwin, SimpleGrainBoundary
from czone.transform import Reflection, Rotation
from czone.util import neighbor_pairs, random_rotations
from czone.volume import Plane
from tests.solids import ball

MIDDLE = np.array([3.0, 1.0, 2.0])
RADIUS = 24.0


def cubic(elements, sites, edge, group):
    return Generator.from_spacegroup(elements, sites, [edge] * 3, [90] * 3, sgn=group)


QUARTER = [[0, 0, 0], [0.25, 0.25, 0.25]]
# Crystal and nearest distance: bonds along a quarter of the diagonal, half of the face's diagonal.
CRYSTALS = {
    "diamond": (cubic(["Si"], [[0, 0, 0]], 5.431, 227), 5.431 * np.sqrt(3) / 4),
    "zincblende": (cubic(["Ga", "As"], QUARTER, 5.653, 216), 5.653 * np.sqrt(3) / 4),
    "fluorite": (cubic(["Ce", "O"], QUARTER, 5.411, 225), 5.411 * np.sqrt(3) / 4),
    "L1_2": (cubic(["Au", "Cu"], [[0, 0, 0], [0.5, 0.5, 0]], 3.75, 221), 3.75 / np.sqrt(2)),
}
ATOMS = {"diamond": {14: 4}, "zincblende": {31: 4, 33: 4}, "L1_2": {29: 12, 79: 12}}


def built(name, prefab, *, turned=False, plane=(1, 1, 1), **kwargs):
    """Return the filled particle and the record of its defects."""
    crystal = CRYSTALS[name][0].from_generator()
    if turned:
        crystal.transform(Rotation(random_rotations(rng=5), origin=[1.0, 0, 2]))
    recipe = prefab(crystal, ball(RADIUS, MIDDLE, crystal), plane=plane, **kwargs)
    particle = recipe.build_object()
    particle.populate_atoms()
    return particle, recipe.defects


def nearest_by_elements(positions, numbers):
    """Return the smallest distance of every two elements."""
    found = {}
    for one in set(numbers):
        tree = cKDTree(positions[numbers == one])
        for other in set(numbers):
            distances, _ = tree.query(positions[numbers == other], k=2)
            found[one, other] = distances[:, 1 if one == other else 0].min()
    return found


CASES = [
    *((name, FCCTwin, {}) for name in CRYSTALS),
    *((name, FCCStackingFault, {}) for name in ATOMS),
    *((name, FCCMixedTwinSF, {"ratio": 0.5}) for name in ATOMS),
]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("plane", [(1, 1, 1), (1, -1, -1)])
@pytest.mark.parametrize(("name", "prefab", "more"), CASES)
def test_no_two_elements_are_nearer_than_in_the_crystal(name, prefab, more, plane, turned):
    """`FCCTwin` of fluorite put oxygen 1.56 angstrom above oxygen."""
    crystal, bond = CRYSTALS[name]
    particle, _ = built(name, prefab, turned=turned, plane=plane, N=3, rng=3, **more)
    perfect = ball(RADIUS, MIDDLE, crystal)
    perfect.populate_atoms()
    wanted = nearest_by_elements(perfect.atoms, perfect.species)
    for pair, distance in nearest_by_elements(particle.atoms, particle.species).items():
        assert distance > 0.95 * wanted[pair], pair
    assert neighbor_pairs(particle.atoms, 0.999 * bond).distances.size == 0
    assert len(find_contacts(particle.atoms, particle.species)) == 0


@pytest.mark.parametrize(("name", "prefab", "more"), [case for case in CASES if case[0] in ATOMS])
def test_every_atom_keeps_its_bonds(name, prefab, more):
    """Four of 2.352 angstrom in silicon (Hirth and Lothe, chapter 11), twelve in Cu3Au."""
    bond = CRYSTALS[name][1]
    particle, _ = built(name, prefab, N=3, rng=3, **more)
    pairs = neighbor_pairs(particle.atoms, 1.1 * bond)
    np.testing.assert_allclose(pairs.distances, bond, atol=1e-6)
    inside = np.linalg.norm(particle.atoms - MIDDLE, axis=1) < RADIUS - 1.1 * bond
    for number, bonds in ATOMS[name].items():
        assert set(pairs.coordination[inside & (particle.species == number)]) == {bonds}


def test_mirror_of_a_diamond_twin_is_the_middle_of_bonds():
    particle, (defect,) = built("diamond", FCCTwin, rng=1)
    mirror = Reflection(Plane(defect.normal, defect.point))
    near = particle.atoms[np.linalg.norm(particle.atoms - defect.point, axis=1) < 12]
    gaps, _ = cKDTree(particle.atoms).query(mirror.apply_transformation(near))
    np.testing.assert_allclose(gaps, 0, atol=1e-6)
    heights = np.abs((near - defect.point) @ defect.normal)
    assert heights.min() == pytest.approx(CRYSTALS["diamond"][1] / 2)


@pytest.mark.parametrize("prefab", [FCCTwin, FCCStackingFault])
def test_zincblende_keeps_its_polarity(prefab):
    """All bonds are unlike, and those along the normal point the same way in every grain."""
    particle, defects = built("zincblende", prefab, N=3, rng=2)
    pairs = neighbor_pairs(particle.atoms, 2.6)
    assert (particle.species[pairs.first] != particle.species[pairs.second]).all()
    up = pairs.vectors @ defects[0].normal
    up = np.where(particle.species[pairs.first] == 31, up, -up)  # from gallium to arsenic
    along = up[np.abs(up) > 2.3]
    assert len(along) > 500
    assert len(set(np.sign(along))) == 1


def test_cations_of_a_fluorite_twin_are_mirrored_in_one_of_their_planes():
    """Those of the plane across the cut have seven anions in place of eight."""
    particle, (defect,) = built("fluorite", FCCTwin, rng=1)
    cations = particle.atoms[particle.species == 58]
    anions = particle.atoms[particle.species == 8]
    inside = np.linalg.norm(cations - MIDDLE, axis=1) < RADIUS - 3
    counts = np.array([len(near) for near in cKDTree(anions).query_ball_point(cations, 2.5)])
    lacking = cations[inside & (counts == 7)]
    assert set(counts[inside]) == {7, 8}
    heights = lacking @ defect.normal
    assert np.ptp(heights) < 1e-6
    # The cut lies in the middle between two planes of cations.
    across = 2 * (defect.point @ defect.normal - heights[0])
    assert abs(across) == pytest.approx(5.411 / np.sqrt(3))
    mirror = Reflection(Plane(defect.normal, lacking[0] + across * defect.normal))
    near = cations[np.linalg.norm(cations - defect.point, axis=1) < 12]
    gaps, _ = cKDTree(cations).query(mirror.apply_transformation(near))
    np.testing.assert_allclose(gaps, 0, atol=1e-6)


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), name=st.sampled_from(sorted(ATOMS)))
def test_the_choice_of_the_cell_changes_nothing(seed, name):
    """Cells of the same lattice that are long and skewed, of edges up to a dozen times as long."""
    rng = np.random.default_rng(seed)
    crystal = CRYSTALS[name][0]
    lower, upper = (np.tril(rng.integers(-3, 4, (3, 3)), -1) + np.eye(3) for _ in range(2))
    skew = lower @ upper.T  # of determinant 1
    structure = crystal.structure
    skewed = Generator(
        structure=Structure(
            skew.T @ structure.lattice.matrix, list(crystal.species),
            crystal.coords @ np.linalg.inv(skew).T,
        )
    )  # fmt: skip
    found = []
    for each, plane in [(crystal, [1, 1, 1]), (skewed, [1, 1, 1] @ skew)]:
        particle = FCCTwin(each, ball(14, MIDDLE, each), plane=np.rint(plane), rng=1).build_object()
        particle.populate_atoms()
        found.append(particle.filling)
    distances, same = cKDTree(found[0].positions).query(found[1].positions)
    assert distances.max() < 1e-6
    assert np.array_equal(np.sort(same), np.arange(len(found[0])))
    assert np.array_equal(found[0].numbers[same], found[1].numbers)
    twist = SimpleGrainBoundary([0, 0, 1], 0.3, r2=-0.3, volume=ball(14), generator=skewed)
    nearest = CRYSTALS[name][1]
    assert twist.build_object().min_distance == pytest.approx(0.8 * nearest)
