"""Molecules stand on the surface, upright, apart from everything, where they are allowed."""

import pickle

import numpy as np
import pytest
from ase.data import covalent_radii
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist

from czone.generator import Generator
from czone.molecule import Molecule
from czone.scene import Scene
from czone.surface import add_adsorbate, add_adsorbates, ligand_shell, surface_atoms
from czone.volume import Plane, Sphere, Volume, makeRectPrism
from tests.solids import gold

CO = Molecule(["C", "O"], [[0, 0, 0], [0, 0, 1.13]])
THIOL = Molecule(["S", "C", "C", "C"], [[0, 0, 0], [0, 1.3, 1.3], [0, 0.9, 2.75], [0, 2.2, 3.6]])


def filled(**bounds):
    volume = Volume(**bounds, generator=gold())
    volume.populate_atoms()
    return volume


@pytest.fixture(scope="module")
def ball():
    return filled(alg_objects=[Sphere(18, [5, -3, 40])])


def assert_apart(molecules, target, distance, anchor=0):
    """No atom too close to the target or to another molecule, except the anchors to their sites."""
    gold = cKDTree(target)
    atoms = np.concatenate([molecule.atoms for molecule in molecules])
    owner = np.repeat(np.arange(len(molecules)), [len(molecule.atoms) for molecule in molecules])
    nearest, _ = gold.query(atoms, k=2)
    is_anchor = np.concatenate([np.arange(len(m.atoms)) == anchor for m in molecules])
    assert (nearest[~is_anchor, 0] >= distance - 1e-9).all()
    pairs = cKDTree(atoms).query_pairs(distance - 1e-9, output_type="ndarray")
    assert (owner[pairs[:, 0]] == owner[pairs[:, 1]]).all()


@pytest.mark.parametrize("molecule", [CO, THIOL])
def test_many_molecules_stand_upright_and_apart(ball, molecule):
    placed = add_adsorbates(molecule, ball, number=25, bond_length=2.1, rng=1)
    assert len(placed) == 25
    assert_apart(placed, ball.atoms, 2.0)
    surface = ball.atoms[surface_atoms(ball.atoms)]
    for copy in placed:
        distance, site = cKDTree(surface).query(copy.origin)
        assert distance == pytest.approx(2.1, abs=1e-9)
        outward = copy.origin - [5, -3, 40]
        upright = (copy.orientation @ [0, 0, 1]) @ outward / np.linalg.norm(outward)
        assert upright > np.cos(np.radians(25))
        assert np.linalg.norm(surface[site] - [5, -3, 40]) > 13


def test_molecule_keeps_its_shape(ball):
    (copy,) = add_adsorbates(THIOL, ball, number=1, mol_vector=(1, 1, 0), anchor=2, rng=3)
    for i in range(4):
        for j in range(i):
            expected = np.linalg.norm(THIOL.atoms[i] - THIOL.atoms[j])
            assert np.linalg.norm(copy.atoms[i] - copy.atoms[j]) == pytest.approx(expected)
    assert np.linalg.det(copy.orientation) == pytest.approx(1)


def test_spacing_of_anchors(ball):
    placed = add_adsorbates(CO, ball, number=20, min_spacing=7.0, rng=1)
    anchors = np.array([copy.origin for copy in placed])
    assert cKDTree(anchors).query(anchors, k=2)[0][:, 1].min() >= 7.0


def test_coverage_counts_surface_atoms(ball):
    placed = add_adsorbates(CO, ball, coverage=0.1, rng=1)
    assert len(placed) == round(0.1 * len(surface_atoms(ball.atoms)))


def test_same_seed_same_molecules(ball):
    def atoms(rng):
        return np.vstack([m.atoms for m in add_adsorbates(CO, ball, number=5, rng=rng)])

    assert np.array_equal(atoms(4), atoms(4))
    assert not np.array_equal(atoms(4), atoms(5))
    assert not np.array_equal(atoms(None), atoms(None))


def test_facet_region_and_index_filters(ball):
    up = add_adsorbates(CO, ball, number=4, facet=(0, 0, 1), facet_angle=0.5, rng=1)
    assert all(copy.origin[2] > 40 + 10 for copy in up)
    half = Plane([1, 0, 0], [5, -3, 40])
    left = add_adsorbates(CO, ball, number=10, region=half, rng=1)
    assert all(copy.origin[0] < 5 + 2 for copy in left)
    by_function = add_adsorbates(CO, ball, number=10, region=half.check_if_interior, rng=1)
    assert all(np.array_equal(a.atoms, b.atoms) for a, b in zip(left, by_function, strict=True))
    _, site = cKDTree(ball.atoms).query(up[0].origin)
    (one,) = add_adsorbates(CO, ball, number=1, indices=[site], bond_length=2.0, rng=1)
    assert np.linalg.norm(one.origin - ball.atoms[site]) == pytest.approx(2.0)
    mask = np.zeros(len(ball.atoms), dtype=bool)
    mask[site] = True
    (same,) = add_adsorbates(CO, ball, number=1, mask=mask, bond_length=2.0, rng=1)
    assert np.array_equal(same.atoms, one.atoms)


def test_element_filter_and_scene_as_target():
    salt = Generator.from_spacegroup(
        ["Na", "Cl"], [[0, 0, 0], [0.5, 0.5, 0.5]], [5.64] * 3, [90] * 3, sgn=225
    )
    scene = Scene(
        [[0, 0, 0], [30, 30, 30]], [Volume(points=makeRectPrism(28, 28, 28), generator=salt)]
    )
    scene.populate()
    placed = add_adsorbates(CO, scene, number=8, elements="Na", rng=1)
    _, nearest = cKDTree(scene.all_atoms).query([copy.origin for copy in placed])
    assert set(scene.all_species[nearest].tolist()) == {11}


def test_bonds_and_distances_follow_the_elements():
    """Without numbers: a bond is as long as the radii, what is not bonded 0.45 angstrom farther."""
    salt = Generator.from_spacegroup(
        ["Na", "Cl"], [[0, 0, 0], [0.5, 0.5, 0.5]], [5.64] * 3, [90] * 3, sgn=225
    )
    block = Volume(points=makeRectPrism(28, 28, 28), generator=salt)
    block.populate_atoms()
    radii = covalent_radii
    placed = add_adsorbates(CO, block, rng=1)
    assert len(placed) > 100
    distances, nearest = cKDTree(block.atoms).query([copy.origin for copy in placed])
    under = block.species[nearest]
    assert set(under.tolist()) == {11, 17}
    np.testing.assert_allclose(distances, radii[6] + radii[under], rtol=1e-6)
    atoms, numbers = np.vstack([copy.atoms for copy in placed]), np.tile([6, 8], len(placed))
    apart = cdist(atoms, block.atoms) - radii[numbers][:, None] - radii[block.species]
    assert apart[0::2].min() >= -1e-6  # carbon binds
    assert apart[1::2].min() >= 0.45


def test_molecules_that_are_not_bonded_stand_as_far_as_asked_for(ball):
    counts = []
    for asked, share, more in [(None, 1.0, 0.45), ("contact", 0.85, 0.0), (3.0, 0.0, 3.0)]:
        placed = add_adsorbates(THIOL, ball, min_distance=asked, rng=1)
        numbers = np.tile(THIOL.species, len(placed))
        atoms = np.vstack([copy.atoms for copy in placed])
        sums = covalent_radii[numbers][:, None] + covalent_radii[numbers]
        owner = np.arange(len(atoms)) // len(THIOL.atoms)
        beyond = (cdist(atoms, atoms) - share * sums - more)[owner[:, None] != owner]
        assert 0 <= beyond.min() < 0.1, asked
        counts.append(len(placed))
    dense, denser, loose = counts
    assert denser > dense > loose


def test_shell_is_one_molecule_as_dense_as_it_gets(ball):
    shell = ligand_shell(THIOL, ball, min_spacing=4.5, bond_length=2.3, priority=2, rng=1)
    n_ligands = len(shell.atoms) // 4
    assert n_ligands > 60
    assert shell.priority == 2
    assert shell.species[:4].tolist() == [16, 6, 6, 6]
    parts = [Molecule(THIOL.species, part) for part in shell.atoms.reshape(-1, 4, 3)]
    assert_apart(parts, ball.atoms, 2.0)
    anchors = shell.atoms[::4]
    assert cKDTree(anchors).query(anchors, k=2)[0][:, 1].min() >= 4.5
    assert len(pickle.loads(pickle.dumps(shell)).atoms) == len(shell.atoms)


def test_given_objects_stay_as_they_are(ball):
    before, atoms = CO.atoms.copy(), ball.atoms.copy()
    add_adsorbates(CO, ball, number=3, rng=1)
    add_adsorbate(CO, 0, 2.0, ball, seed=1)
    assert np.array_equal(CO.atoms, before)
    assert np.array_equal(ball.atoms, atoms)


def test_old_call_always_finds_a_site_on_a_ball(ball):
    for seed in range(30):
        molecule, ok = add_adsorbate(CO, 0, 2.0, ball, seed=seed)
        assert ok
        assert cKDTree(ball.atoms).query(molecule.atoms[0])[0] == pytest.approx(2.0)
        assert cKDTree(ball.atoms).query(molecule.atoms[1])[0] > 2.0


def test_old_call_with_its_filters_and_debug(ball):
    filters = {
        "element": ["Au"],
        "indices": np.arange(len(ball.atoms)),
        "spatial_1": lambda points: points[:, 2] > 45,
        "mask": np.ones(len(ball.atoms), dtype=bool),
    }
    molecule, site, near, positions = add_adsorbate(
        CO, 0, 2.0, ball, np.array([0, 0, 1]), 0.3, 2.5, filters, debug=True, N_shells=2, seed=4
    )
    assert ball.atoms[site, 2] > 45
    assert np.linalg.norm(molecule.atoms[0] - ball.atoms[site]) == pytest.approx(2.0)
    assert np.array_equal(ball.atoms[near], positions)


def test_old_call_reports_when_no_site_is_free(ball):
    molecule, ok = add_adsorbate(CO, 0, 2.0, ball, filters={"element": ["C"]}, seed=1)
    assert not ok
    assert np.array_equal(molecule.atoms, CO.atoms)
