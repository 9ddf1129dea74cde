"""Molecules: atoms, origin, orientation, precedence."""

import pickle
import warnings
from copy import deepcopy

import numpy as np
import pytest

from czone.molecule import BaseMolecule, Molecule
from czone.transform import MultiTransform, Reflection, Rotation, Translation, rot_v
from czone.volume import MultiVolume, Plane, make_rect_prism


def water(**kwargs):
    return Molecule(["O", "H", "H"], [[0, 0, 0], [0.96, 0, 0], [-0.24, 0.93, 0]], **kwargs)


def test_species_may_be_symbols_or_numbers():
    assert water().species.tolist() == [8, 1, 1]
    assert Molecule([8, "H"], np.zeros((2, 3))).species.tolist() == [8, 1]
    assert Molecule("Au", [[0, 0, 0]]).species.tolist() == [79]
    assert Molecule(np.array([[8], [1]]), np.zeros((2, 3))).species.tolist() == [8, 1]


def test_one_atom_may_come_as_a_column():
    assert Molecule([1], np.zeros((3, 1))).atoms.shape == (1, 3)


def test_molecule_copies_what_it_is_given():
    positions = np.zeros((1, 3))
    molecule = Molecule([6], positions)
    positions[:] = 5
    assert molecule.atoms.tolist() == [[0, 0, 0]]


def test_atoms_can_be_replaced():
    molecule = water()
    molecule.update_positions(np.ones((3, 3)))
    molecule.update_species(["S", "H", "H"])
    assert molecule.atoms.sum() == 9 and molecule.species[0] == 16
    molecule.set_atoms([6], [[0, 0, 0]])
    assert len(molecule) == 1


def test_origin_is_a_point_or_an_atom():
    assert water().origin.tolist() == [0, 0, 0]
    assert water(origin=[1, 2, 3]).origin.tolist() == [1, 2, 3]
    tracked = water(origin=1)
    assert tracked.origin.tolist() == [0.96, 0, 0]
    assert tracked._origin_tracking and tracked._origin_idx == 1
    assert water(origin=-3).origin.tolist() == [0, 0, 0]
    tracked.set_origin(point=[0, 0, 1])
    assert not tracked._origin_tracking
    tracked._origin_idx = 2
    assert tracked.origin.tolist() == [-0.24, 0.93, 0]


def test_tracked_origin_survives_removal():
    molecule = water(origin=2)
    molecule.remove_atoms([0])
    assert molecule.origin.tolist() == [-0.24, 0.93, 0] and molecule._origin_idx == 1
    molecule = water(origin=0)
    molecule.remove_atoms(-1)
    assert molecule._origin_idx == 0 and molecule.species.tolist() == [8, 1]


def test_removing_the_tracked_atom_needs_a_new_one():
    molecule = water(origin=0)
    with pytest.raises(ValueError, match="new_origin_idx must name an atom that stays"):
        molecule.remove_atoms([0])
    assert len(molecule) == 3
    molecule.remove_atoms([0], new_origin_idx=2)
    assert molecule._origin_idx == 1 and molecule.origin.tolist() == [-0.24, 0.93, 0]


def test_orientation_follows_rotations():
    molecule, turn = water(origin=0), rot_v([1, 2, 3], 0.7)
    molecule.transform(MultiTransform([Translation([1, 0, 0]), Rotation(turn, origin=[5, 5, 5])]))
    np.testing.assert_allclose(molecule.orientation, turn, atol=1e-12)
    np.testing.assert_allclose(molecule.atoms - molecule.origin, water().atoms @ turn.T, atol=1e-12)
    molecule.reset_orientation()
    np.testing.assert_allclose(molecule.orientation, np.eye(3))
    molecule.transform(Reflection(Plane([0, 0, 1], [0, 0, 0])))
    assert np.linalg.det(molecule.orientation) == pytest.approx(-1)


def test_point_origin_moves_only_when_asked():
    molecule = water(origin=[1, 0, 0])
    molecule.transform(Translation([0, 0, 2]), transform_origin=False)
    assert molecule.origin.tolist() == [1, 0, 0]
    molecule.transform(Translation([0, 0, 2]))
    assert molecule.origin.tolist() == [1, 0, 2]


def test_warns_only_when_the_origin_cannot_stay():
    molecule = water(origin=0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        molecule.transform(Translation([0, 0, 1]))
    with pytest.warns(UserWarning, match="origin is atom 0"):
        molecule.transform(Translation([0, 0, 1]), transform_origin=False)
    molecule.print_warnings = False
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        molecule.transform(Translation([0, 0, 1]), transform_origin=False)


def test_interior_is_within_reach_of_an_atom():
    points = np.array([[0, 0, 0.6], [0, 0, 0.7], [0, 0, 9.0]])
    # The covalent radius of oxygen is 0.66 angstrom.
    assert water().check_if_interior(points).tolist() == [True, False, False]
    wide = water(exclusion_radius=2.0)
    assert wide.checkIfInterior(testPoints=points).tolist() == [True, True, False]
    wide.exclusion_radius = None
    assert wide.check_if_interior(points[0]).shape == ()
    low, high = wide.outer_box()
    box = make_rect_prism(*(high - low)) + low
    np.testing.assert_allclose(np.sort(wide.get_bounding_box(), axis=0), np.sort(box, axis=0))


def test_ase_atoms_come_and_go_whole():
    from ase import Atoms

    atoms = Atoms("OH2", positions=water().atoms, cell=[5, 6, 7], pbc=True)
    atoms.set_initial_charges([-0.8, 0.4, 0.4])
    molecule = Molecule.from_ase_atoms(atoms)
    assert molecule.ase_atoms == atoms
    np.testing.assert_allclose(molecule.ase_atoms.get_initial_charges(), [-0.8, 0.4, 0.4])
    molecule.remove_atoms([1])
    np.testing.assert_allclose(molecule.ase_atoms.get_initial_charges(), [-0.8, 0.4])


def test_pymatgen_molecules_come_in(tmp_path):
    from pymatgen.core import Molecule as PymatgenMolecule

    molecule = Molecule.from_pmg_molecule(PymatgenMolecule(["O", "H"], [[0, 0, 0], [1, 0, 0]]))
    assert molecule.species.tolist() == [8, 1]
    molecule.to_file(tmp_path / "oh.xyz")
    from ase.io import read

    assert len(read(tmp_path / "oh.xyz")) == 2


def test_from_molecule_copies_and_changes():
    molecule = water(origin=0)
    moved = molecule.from_molecule(transformation=[Translation([0, 0, 3])], priority=-1)
    assert moved.origin.tolist() == [0, 0, 3] and moved.priority == -1
    assert molecule.origin.tolist() == [0, 0, 0]
    assert molecule.from_molecule(origin=2)._origin_idx == 2
    with pytest.raises(TypeError, match="colour"):
        molecule.from_molecule(colour=1)


def test_molecule_copies_pickles_compares_and_names_itself():
    molecule = water(origin=1, priority=2)
    assert deepcopy(molecule) == molecule == pickle.loads(pickle.dumps(molecule))
    assert molecule != water(origin=1)
    assert str(molecule) == "Molecule(H2O1, priority=2)"
    assert isinstance(molecule, BaseMolecule)


def test_molecule_can_be_part_of_a_multivolume():
    union = MultiVolume([water(), water().from_molecule(transformation=Translation([9, 0, 0]))])
    moved = union.from_volume(transformation=[Translation([0, 0, 5])])
    moved.populate_atoms()
    assert len(moved.atoms) == 6
    np.testing.assert_allclose(moved.atoms[:, 2], 5)
