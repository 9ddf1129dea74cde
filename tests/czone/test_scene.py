"""Scenes: precedence, distances, the box, and what leaves them."""

import pickle
import subprocess
import sys
from copy import deepcopy

import numpy as np
import pytest
from ase.io import read
from scipy.spatial import cKDTree

from czone.generator import Generator
from czone.molecule import Molecule
from czone.scene import Scene
from czone.transform import Rotation, Translation, rot_v
from czone.volume import MultiVolume, Sphere, Volume, make_rect_prism
from tests.solids import A_AU, gold


def ball(radius=10.0, center=(20.0, 20, 20), generator=None, **kwargs):
    return Volume(alg_objects=[Sphere(radius, center)], generator=generator or gold(), **kwargs)


def slab(size=40.0, height=10.0, number=29, **kwargs):
    return Volume(
        make_rect_prism(size, size, height),
        generator=Generator.from_unit_cell([number], [[0, 0, 0]], [2, 2, 2], [90] * 3),
        tolerance=1e-6,
        **kwargs,
    )


def filled(*objects, bounds=((0, 0, 0), (40, 40, 40)), **kwargs):
    scene = Scene(bounds, list(objects), **kwargs)
    scene.populate()
    return scene


def nearest_between(scene, first, second):
    tree = cKDTree(scene.atoms_from_object(first))
    return tree.query(scene.atoms_from_object(second))[0].min()


def test_objects_keep_their_order():
    particle, support = ball(priority=5), slab(priority=1)
    scene = filled(particle, support)
    assert scene.objects == [particle, support]
    assert scene.objects[0] is particle
    assert set(scene.species_from_object(0)) == {79}
    assert set(scene.species_from_object(1)) == {29}
    assert (np.diff(scene.labels) >= 0).all()
    np.testing.assert_array_equal(scene.atoms_from_object(-1), scene.atoms_from_object(1))


def test_smaller_priority_number_wins():
    scene = filled(ball(center=(20, 20, 10), priority=5), slab(priority=1))
    assert len(scene.atoms_from_object(1)) == 21 * 21 * 6
    assert scene.atoms_from_object(0)[:, 2].min() > 10


def test_equal_priorities_empty_the_overlap():
    scene = filled(ball(), ball(generator=gold(47)))
    assert len(scene.all_atoms) == 0


def test_objects_stay_the_callers():
    particle = ball()
    scene = filled(particle)
    particle.transform(Translation([5, 0, 0]))
    scene.populate()
    assert scene.all_atoms[:, 0].mean() == pytest.approx(25, abs=0.5)


@pytest.mark.follows("call populate() first")
def test_atoms_before_populate_are_an_error_that_says_what_to_do():
    scene = Scene(objects=[ball()])
    for name in ("all_atoms", "all_species", "labels", "ase_atoms", "_checks"):
        with pytest.raises(RuntimeError, match=r"call populate\(\) first"):
            getattr(scene, name)
    scene.populate()
    assert len(scene.all_atoms) == len(scene._checks[0]) > 0
    scene.add_object(slab())
    with pytest.raises(RuntimeError, match=r"call populate\(\) first"):
        _ = scene.all_atoms


def test_objects_can_be_removed():
    scene = filled(ball(), slab())
    scene.remove_object(0)
    scene.populate()
    assert set(scene.all_species) == {29}


def test_molecule_of_higher_precedence_displaces_atoms():
    adsorbate = Molecule(
        ["C", "O"], [[20, 20, 20], [20, 20, 21.13]], priority=-1, exclusion_radius=2.0
    )
    scene = filled(ball(), adsorbate)
    assert len(scene.atoms_from_object(1)) == 2
    assert nearest_between(scene, 0, 1) >= 2.0
    weak = filled(ball(priority=-2), adsorbate)
    assert len(weak.atoms_from_object(1)) == 0


def test_minimum_distance_between_objects():
    particle = ball(center=(20.3, 20.1, 15.7), priority=0)
    support = slab(priority=1)
    close = filled(particle, support)
    assert nearest_between(close, 0, 1) < 2.5
    apart = filled(particle, support, min_distance=2.5)
    assert nearest_between(apart, 0, 1) >= 2.5
    # The particle has precedence and stays whole; the support keeps its own spacing of 2.
    assert len(apart.atoms_from_object(0)) == len(close.atoms_from_object(0))
    assert 0 < len(apart.atoms_from_object(1)) < len(close.atoms_from_object(1))


def test_minimum_distance_at_equal_priority_keeps_the_earlier_object():
    one = Molecule(["C"], [[5, 5, 5.0]], exclusion_radius=0.1)
    two = Molecule(["O"], [[5, 5, 6.0]], exclusion_radius=0.1)
    three = Molecule(["N"], [[5, 5, 7.0]], exclusion_radius=0.1)
    scene = filled(one, two, three, min_distance=1.5)
    # Oxygen goes, so nitrogen, 2 angstrom from carbon, stays.
    assert scene.all_species.tolist() == [6, 7]
    exact = filled(one, two, min_distance=1.0)
    assert len(exact.all_atoms) == 2


def test_clipping_keeps_the_atoms_in_the_box():
    bounds = [[0, 0, 0], [20, 40, 40]]
    whole, clipped = filled(ball(), bounds=bounds), filled(ball(), bounds=bounds, clip=True)
    inside = (whole.all_atoms[:, 0] <= 20 + 1e-5).sum()
    assert len(clipped.all_atoms) == inside < len(whole.all_atoms)


def test_periodic_box_brings_atoms_inside_and_counts_faces_once():
    size = 10 * A_AU
    block = Volume(make_rect_prism(size, size, 3 * A_AU), generator=gold(), tolerance=1e-6)
    bounds = [[0, 0, 0], [size, size, 20]]
    scene = filled(block, bounds=bounds, periodic=True)
    # Two atoms per square and layer, seven layers: nothing is counted twice.
    assert len(scene.all_atoms) == 10 * 10 * 2 * 7
    inside = scene.all_atoms[:, :2]
    assert inside.min() >= 0 and inside.max() < size
    tree = cKDTree(scene.all_atoms, boxsize=[size, size, 0])
    counts = tree.query_ball_point(scene.all_atoms, 3.0, return_length=True) - 1
    middle = (scene.all_atoms[:, 2] > 1) & (scene.all_atoms[:, 2] < 3 * A_AU - 1)
    assert set(counts[middle]) == {12}
    assert scene.ase_atoms.pbc.tolist() == [True, True, False]


def test_objects_displace_each_other_across_the_faces_of_a_periodic_box():
    across = ball(center=(0, 20, 5), generator=gold(), priority=0)
    scene = filled(across, slab(priority=1), periodic=True, min_distance=2.0)
    gold_atoms = scene.atoms_from_object(0)
    assert (gold_atoms[:, 0] > 30).any() and (gold_atoms[:, 0] < 10).any()
    tree = cKDTree(gold_atoms, boxsize=[40, 40, 0])
    assert tree.query(scene.atoms_from_object(1))[0].min() >= 2.0
    one_side = filled(across, slab(priority=1), periodic=(False, True))
    assert one_side.pbc == (False, True, False)
    assert one_side.atoms_from_object(0)[:, 0].min() < 0


def test_box_that_does_not_begin_at_zero():
    bounds = [[10, 10, 10], [30, 30, 30]]
    scene = filled(ball(), bounds=bounds)
    np.testing.assert_allclose(scene.ase_atoms.positions, scene.all_atoms - 10)
    np.testing.assert_allclose(scene.ase_atoms.cell.lengths(), 20)
    wrapped = filled(ball(center=(12, 20, 20)), bounds=bounds, periodic=True)
    assert wrapped.all_atoms[:, :2].min() >= 10 and wrapped.all_atoms[:, :2].max() < 30


def test_nothing_moves_when_a_scene_is_populated_again():
    scene = filled(ball(priority=1), slab())
    before = scene.all_atoms
    scene.populate()
    np.testing.assert_array_equal(scene.all_atoms, before)


def test_amorphous_block_is_made_once():
    generator = pytest.importorskip("czone.generator.amorphous")
    film = Volume(make_rect_prism(30, 30, 10), generator=generator.AmorphousGenerator())
    scene = filled(film)
    before = scene.all_atoms
    scene.add_object(ball(center=(15, 15, 8), priority=-1))
    scene.populate()
    carbon = scene.atoms_from_object(0)
    assert 0 < len(carbon) < len(before)
    assert cKDTree(before).query(carbon)[0].max() == 0


def test_scene_of_a_users_own_object():
    class Dust:
        priority = 0

        def populate_atoms(self):
            self.atoms = np.array([[1.0, 1, 1], [20, 20, 20]])
            self.species = np.array([6.0, 6.0])

        def check_if_interior(self, points):
            return np.zeros(len(points), dtype=bool)

    scene = filled(Dust(), ball())
    assert len(scene.atoms_from_object(0)) == 1
    assert scene.all_species.dtype == np.int64


def test_multivolume_is_one_object():
    scene = filled(MultiVolume([ball(), ball(center=(30, 20, 20), priority=1)]), slab(priority=9))
    assert set(scene.labels) == {0, 1}


def test_scene_copies_pickles_compares_and_names_itself():
    scene = Scene(objects=[slab(), ball(priority=2), Molecule("C", [[0, 0, 0]])], clip=True)
    for copy in (deepcopy(scene), pickle.loads(pickle.dumps(scene)), scene.copy()):
        assert copy == scene
        copy.populate()
        assert copy == scene
        assert len(copy.all_atoms) > 0
    assert scene != Scene()
    assert str(scene) == "Scene(10 x 10 x 10 A, 3 objects, not populated)"


def test_pickled_scene_gives_the_same_atoms_in_another_process(tmp_path):
    scene = Scene([[0, 0, 0], [40, 40, 40]], [slab(priority=1), ball()])
    (tmp_path / "scene.pickle").write_bytes(pickle.dumps(scene))
    code = (
        "import pickle, sys; s = pickle.load(open(sys.argv[1], 'rb')); s.populate(); "
        "print(len(s.all_atoms), round(float(s.all_atoms.sum()), 3))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "scene.pickle")],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    scene.populate()
    assert found == [str(len(scene.all_atoms)), str(round(float(scene.all_atoms.sum()), 3))]


# Files.


def test_xyz_file_is_what_ase_writes(tmp_path):
    scene = filled(ball(center=(-3, 5, 5)), slab(priority=1), bounds=[[-20, 0, 0], [40, 40, 40]])
    scene.to_file(tmp_path / "quick.xyz")
    scene.ase_atoms.write(tmp_path / "ase.xyz", format="extxyz")
    quick = (tmp_path / "quick.xyz").read_text().splitlines()
    slow = (tmp_path / "ase.xyz").read_text().splitlines()
    assert quick[:2] == slow[:2]
    assert [line.split()[0] for line in quick[2:]] == [line.split()[0] for line in slow[2:]]
    back = read(tmp_path / "quick.xyz")
    np.testing.assert_allclose(back.positions, scene.ase_atoms.positions, atol=1e-8)
    np.testing.assert_array_equal(back.numbers, scene.all_species)
    np.testing.assert_array_equal(back.arrays["labels"], scene.labels)
    assert len(quick[2]) == len(slow[2])


@pytest.mark.parametrize("value", [0.0, -0.0, 1e-9, -1e-9, 0.5, -0.99999999, 123.456, -9998.5])
def test_xyz_digits(tmp_path, value):
    scene = filled(Molecule("C", [[value, 0.123456789, 1.0]]), bounds=[[0, 0, 0], [9, 9, 9]])
    scene.to_file(tmp_path / "one.xyz")
    columns = (tmp_path / "one.xyz").read_text().splitlines()[2].split()
    assert float(columns[1]) == pytest.approx(value, abs=1e-8)
    assert columns[2:] == ["0.12345679", "1.00000000", "0"]


def test_far_atoms_are_written_too(tmp_path):
    scene = filled(Molecule("C", [[123456.0, 0, 0]]))
    scene.to_file(tmp_path / "far.xyz")
    assert read(tmp_path / "far.xyz").positions[0, 0] == 123456.0


@pytest.mark.parametrize("format", ["xyz", "extxyz", "cif", "vasp", "proteindatabank", "json"])
def test_every_format_of_ase_writes_all_atoms(tmp_path, format):
    scene = filled(ball(5.0))
    scene.to_file(tmp_path / "out", format=format)
    assert len(read(tmp_path / "out", format=format)) == len(scene.all_atoms)


def prismatic_columns(path):
    return np.loadtxt(path, skiprows=2, comments="-1", usecols=range(6))


def test_prismatic_file(tmp_path):
    scene = filled(ball(5.0), slab(10.0, 2.0))
    path = tmp_path / "scene.xyz"
    scene.to_file(path, format="prismatic")
    rows = prismatic_columns(path)
    assert sorted(rows[:, 0]) == sorted(scene.all_species)
    np.testing.assert_allclose(rows[:, 5], 0.1, rtol=1e-5)
    np.testing.assert_allclose(np.array(path.read_text().splitlines()[1].split(), float), 40)


def test_prismatic_file_is_read_by_ase_with_all_its_digits(tmp_path):
    scene = filled(ball(5.0), bounds=[[-600, 0, 0], [40, 40, 40]])
    scene.to_file(tmp_path / "quick.xyz", format="prismatic")
    atoms = read(tmp_path / "quick.xyz", format="prismatic")
    np.testing.assert_array_equal(atoms.numbers, scene.all_species)
    np.testing.assert_allclose(atoms.positions, scene.all_atoms + [600, 0, 0], rtol=0, atol=6e-9)
    np.testing.assert_allclose(atoms.cell.lengths(), [640, 40, 40])


def test_lammps_data_know_their_elements_again(tmp_path):
    scene = filled(ball(5.0), slab(10.0, 2.0))
    scene.to_file(tmp_path / "scene.data", format="lammps-data")
    atoms = read(tmp_path / "scene.data", format="lammps-data")
    assert sorted(atoms.numbers) == sorted(scene.all_species)


def test_prismatic_file_with_given_debye_waller_factors(tmp_path):
    scene = filled(ball(5.0), slab(10.0, 2.0))
    factors = {"Au": 8 * np.pi**2 * 0.08**2, 29: 8 * np.pi**2 * 0.12**2}
    path = tmp_path / "scene.xyz"
    scene.to_file(path, format="prismatic", debye_waller_factors=factors)
    rows = prismatic_columns(path)
    np.testing.assert_allclose(rows[rows[:, 0] == 79, 5], 0.08, rtol=1e-5)
    np.testing.assert_allclose(rows[rows[:, 0] == 29, 5], 0.12, rtol=1e-5)
    with pytest.raises(ValueError, match=r"must name every element; got none for \['Cu'\]"):
        scene.to_file(path, format="prismatic", debye_waller_factors={"Au": 0.5})
    with pytest.raises(ValueError, match="zero or more"):
        scene.to_file(path, format="prismatic", debye_waller_factors=-1.0)


def test_pymatgen_structure():
    scene = filled(ball(5.0), bounds=[[5, 5, 5], [40, 40, 40]])
    structure = scene.to_pymatgen()
    assert len(structure) == len(scene.all_atoms)
    np.testing.assert_allclose(structure.cart_coords, scene.all_atoms - 5, atol=1e-9)
    assert set(structure.site_properties["labels"]) == {0}


def test_scene_draws_itself():
    pytest.importorskip("matplotlib").use("Agg")
    figure = filled(ball(5.0)).plot(projections="xy")
    assert figure is not None


def test_million_atom_scene_in_seconds():
    import time

    box = Volume(make_rect_prism(270, 270, 270), generator=gold(), priority=1)
    box.transform(Rotation(rot_v([1, 2, 3], 0.5)))
    start = time.perf_counter()
    scene = filled(box, ball(60.0, (100, 100, 100)))
    assert len(scene.all_atoms) > 1_000_000
    assert time.perf_counter() - start < 5
