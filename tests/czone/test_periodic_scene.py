"""Scenes that repeat: counts, distances and precedence across the faces of any cell."""

import numpy as np
import pytest
from ase.neighborlist import neighbor_list

from czone.generator import AmorphousGenerator, Generator, NullGenerator
from czone.molecule import Molecule
from czone.scene import PeriodicScene, Scene
from czone.transform import Rotation, Translation, rot_v
from czone.types import BaseScene
from czone.util.voxel import Voxel
from czone.volume import MultiVolume, Sphere, Volume, make_rect_prism

A = 4.0
GOLD = Generator.from_spacegroup(["Au"], [[0, 0, 0]], [A] * 3, [90] * 3, sgn=225)
TITANIUM = Generator.from_spacegroup(
    ["Ti"], [[1 / 3, 2 / 3, 0.25]], [2.95, 2.95, 4.68], [90, 90, 120], sgn=194
)


def populated(scene):
    scene.populate()
    return scene


def box(size=12.0, low=(0, 0, 0), generator=GOLD, **kwargs):
    points = make_rect_prism(*np.broadcast_to(size, 3)) + low
    return Volume(points, generator=generator, tolerance=1e-6, **kwargs)


def ball(radius, center, generator=GOLD, **kwargs):
    return Volume(alg_objects=Sphere(radius, center), generator=generator, **kwargs)


def cube(size=12.0, **kwargs):
    return Voxel(size * np.eye(3), **kwargs)


def shells(scene, cutoff):
    """Neighbours nearer than the cutoff, per atom, and the nearest distance of all."""
    first, distances = neighbor_list("id", scene.ase_atoms, cutoff)
    return set(np.bincount(first, minlength=len(scene.all_atoms)).tolist()), distances.min()


@pytest.mark.parametrize("origin", [(0, 0, 0), (1.0, -2.0, 0.5)])
@pytest.mark.parametrize("low", [(0, 0, 0), (12, -24, 36), (1, 2, 3), (-4, 6, 0.5)])
def test_a_block_that_fills_the_cell_is_the_bulk(low, origin):
    scene = populated(PeriodicScene(cube(origin=origin), box(low=low)))
    assert len(scene.all_atoms) == 4 * 3**3
    assert shells(scene, 0.8 * A) == ({12}, pytest.approx(A / np.sqrt(2)))
    fractions = scene.domain.get_voxel_coords(scene.all_atoms)
    assert (fractions > -1e-9).all() and (fractions < 1 - 1e-9).all()


@pytest.mark.parametrize("pbc", [(True, True, False), (False, True, False), (False, False, False)])
def test_directions_that_do_not_repeat_keep_their_faces(pbc):
    scene = populated(PeriodicScene(cube(), box(), pbc))
    # fcc, n cells of which k directions repeat: sites with an even sum on a grid of half cells
    half = [6 if repeats else 7 for repeats in pbc]
    grid = np.indices(half).reshape(3, -1).sum(axis=0)
    assert len(scene.all_atoms) == np.count_nonzero(grid % 2 == 0)


@pytest.mark.parametrize(
    "center", [(0, 0, 0), (12, 0, 0), (6, 0, 12), (36, -24, 12), (11.3, 0.2, 5), (3, 3, 3)]
)
def test_a_ball_is_the_same_wherever_it_lies(center):
    def atoms(at):
        crystal = GOLD.from_generator(transformation=Rotation(rot_v([1, 2, 3], 0.7)))
        inside = ball(4.5, at, gen_origin=at, generator=crystal)
        return populated(PeriodicScene(cube(), inside)).all_atoms

    moved = atoms((6, 6, 6)) - 6 + np.array(center)
    apart = (atoms(center)[:, None] - moved[None]) / 12
    apart -= np.rint(apart)
    distances = 12 * np.linalg.norm(apart, axis=2)
    assert len(moved) == len(atoms(center)) and distances.min(axis=0).max() < 1e-9


def test_a_hexagonal_cell_is_the_bulk():
    bases = TITANIUM.voxel.bases * [3, 3, 2]
    cell = Voxel(bases, origin=[0.3, 0.1, 0.2])
    block = Volume(
        np.array([bases @ c for c in np.indices((2, 2, 2)).reshape(3, -1).T]),
        generator=TITANIUM,
        tolerance=1e-6,
    )
    scene = populated(PeriodicScene(cell, block))
    assert len(scene.all_atoms) == 2 * 3 * 3 * 2
    # c/a below the ideal: 6 in the plane at a, 6 beside it
    assert shells(scene, 3.2) == ({12}, pytest.approx(np.hypot(2.95 / np.sqrt(3), 2.34)))
    fractions = cell.get_voxel_coords(scene.all_atoms)
    assert (fractions > -1e-9).all() and (fractions < 1 - 1e-9).all()
    assert scene.ase_atoms.cell[:] == pytest.approx(bases.T) and scene.ase_atoms.pbc.all()


@pytest.mark.parametrize("signs", [(1, 1, -1), (-1, 1, 1), (-1, -1, -1)])
def test_a_cell_that_runs_backwards_holds_the_bulk(signs):
    bases = np.diag(np.array(signs) * [8.0, 8.0, 12.0])
    corners = np.indices((2, 2, 2)).reshape(3, -1).T @ bases
    block = Volume(corners, generator=GOLD, tolerance=1e-6)
    scene = populated(PeriodicScene(Voxel(bases), block))
    assert len(scene.all_atoms) == 4 * 2 * 2 * 3
    fractions = scene.all_atoms @ np.linalg.inv(bases)
    assert (fractions > -1e-9).all() and (fractions < 1 - 1e-9).all()


def test_an_oblique_ball_in_the_corner_is_that_in_the_middle():
    bases = np.array([[12.0, 3, 0], [0, 11, 2], [0, 0, 13]])

    def atoms(at):
        inside = ball(4.0, at, gen_origin=at)
        return populated(PeriodicScene(Voxel(bases), inside)).all_atoms

    middle = bases @ [0.5, 0.5, 0.5]
    moved = np.linalg.solve(bases, (atoms(middle) - middle).T).T
    there = np.linalg.solve(bases, atoms([0, 0, 0]).T).T
    apart = there[:, None] - moved[None]
    apart -= np.rint(apart)
    assert len(there) == len(moved)
    assert np.linalg.norm(apart @ bases.T, axis=2).min(axis=1).max() < 1e-9


@pytest.mark.parametrize("loser", [(0, 6, 6), (12, 6, 6), (-12, 6, 6), (24, -6, 18), (13, 6, 6)])
@pytest.mark.parametrize("winner", [(1, 6, 6), (13, 6, 6), (-11, 6, -6), (1, 30, 6)])
def test_precedence_holds_wherever_the_two_lie(loser, winner):
    scene = populated(
        PeriodicScene(
            cube(),
            [
                ball(4, loser, priority=2),
                ball(1.5, winner, NullGenerator(), priority=1),
            ],
        )
    )
    apart = (scene.all_atoms - np.array([1.0, 6, 6])) / 12
    apart -= np.rint(apart)
    assert 12 * np.linalg.norm(apart, axis=1).min() > 1.5
    alone = populated(PeriodicScene(cube(), ball(4, loser)))
    if loser != (13, 6, 6):
        inside = (alone.all_atoms - np.array([1.0, 6, 6])) / 12
        inside -= np.rint(inside)
        lost = np.count_nonzero(12 * np.linalg.norm(inside, axis=1) <= 1.5)
        assert lost > 0 and len(scene.all_atoms) == len(alone.all_atoms) - lost


def test_a_grain_boundary_across_the_cell_leaves_no_gap_and_no_overlap():
    turned = GOLD.from_generator(transformation=Rotation(rot_v([0, 0, 1], np.arctan(3 / 4))))
    # sigma 5 about [001]: both grains repeat along y and z after 5 and 1 cells
    left, right = box((10, 20, 4), priority=1), box((10, 20, 4), (10, 0, 0), turned, priority=2)
    scene = populated(PeriodicScene(Voxel(np.diag([20.0, 20, 4])), [left, right], min_distance=2.0))
    density = len(scene.all_atoms) / (20 * 20 * 4)
    assert 0.9 < density / (4 / A**3) <= 1.0
    first, second, distances = neighbor_list("ijd", scene.ase_atoms, 3.2)
    assert distances.min() >= 2.0 - 1e-9
    across = scene.labels[first] != scene.labels[second]
    offsets = neighbor_list("D", scene.ase_atoms, 3.2)[across]
    x = scene.all_atoms[first[across], 0]
    # both boundaries, that in the middle and that at the face, have bonds
    assert ((x > 7) & (x < 13)).any() and ((x < 3) | (x > 17)).any() and len(offsets) > 0


def test_grains_of_one_volume_meet_across_the_faces_by_their_own_priorities():
    def grains():
        turned = GOLD.from_generator(transformation=Rotation(rot_v([0, 0, 1], 0.3)))
        return [box((10, 20, 4), priority=1), box((12, 20, 4), (9, 0, 0), turned, priority=2)]

    cell = Voxel(np.diag([20.0, 20, 4]))
    apart = populated(PeriodicScene(cell, grains(), (True, False, False)))
    together = populated(PeriodicScene(cell, MultiVolume(grains()), (True, False, False)))
    one, two = (s.all_atoms[np.lexsort(s.all_atoms.T)] for s in (apart, together))
    np.testing.assert_array_equal(one, two)


def test_a_ball_larger_than_the_cell_gives_way_to_itself_half_way():
    # commensurate: every way to cut it is the bulk
    assert len(populated(PeriodicScene(cube(), ball(11, (6, 6, 6)))).all_atoms) == 108
    turned = GOLD.from_generator(transformation=Rotation(rot_v([1, 2, 3], 0.7)))
    scene = populated(PeriodicScene(cube(), ball(11, (6, 6, 6), turned)))
    assert 0.85 < len(scene.all_atoms) / 108 < 1.15  # nowhere twice


def test_an_amorphous_block_that_repeats_keeps_its_distances():
    solid = AmorphousGenerator(rng=1, density=0.08)
    scene = populated(PeriodicScene(cube(), box(generator=solid), (True, True, False)))
    assert len(scene.all_atoms) == round(0.08 * 12**3)
    assert neighbor_list("d", scene.ase_atoms, 2.0).min() >= 1.4 - 1e-9


def test_unresolved_scenes_keep_all_atoms():
    objects = [box(generator=GOLD), box(low=(1, 1, 1), generator=GOLD)]
    scene = Scene(cube(), objects)
    scene.populate_no_collisions()
    every = len(scene.all_atoms)
    assert every == sum(len(ob.atoms) for ob in objects)
    scene.populate(check_collisions=False)
    assert len(scene.all_atoms) == every and all(mask.all() for mask in scene._checks)
    scene.populate()
    assert len(scene.all_atoms) < every
    periodic = PeriodicScene(cube(), objects)
    periodic.populate_no_collisions()
    assert len(periodic.all_atoms) == every
    assert (periodic.all_atoms >= 0).all() and (periodic.all_atoms < 12).all()


def test_overlap_of_equals_is_emptied():
    # two boxes that share half: 32 + 32 atoms, 32 of them shared
    one = box((8, 8, 8), (0.5, 0.5, 0.5))
    two = box((8, 8, 8), (4.5, 0.5, 0.5))
    scene = populated(Scene(cube(), [one, two]))
    assert len(one.atoms) == len(two.atoms) == 32
    assert len(scene.all_atoms) == 32
    scene.populate_no_collisions()
    assert len(scene.all_atoms) == 64


def test_atoms_are_checked_against_objects_and_their_images():
    inside = np.array([[0.5, 6, 6], [11.5, 6, 6], [6, 6, 6], [23.5, 6, 6]])
    straddling = ball(2, (0, 6, 6))
    assert PeriodicScene(cube(), straddling).check_against_object(inside, 0).tolist() == [
        False, False, True, False,
    ]  # fmt: skip
    assert Scene(cube(), straddling).check_against_object(inside, 0).tolist() == [
        False, True, True, True,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("center", "count"),
    [((6, 6, 6), 0), ((0, 6, 6), 1), ((0, 12, 6), 3), ((0, 0, 0), 7), ((24, 6, 6), 2)],
)
def test_images_that_reach_into_the_cell(center, count):
    volume = ball(2, center)
    scene = PeriodicScene(cube(), volume)
    images = scene.periodic_images[id(volume)]
    # one whole cell away and across a face: the image in the cell and the one beside it
    assert len(images) == count
    for image in images:
        assert type(image) is Volume and image.get_bounding_box().max(axis=0).min() > 0


def test_scenes_with_a_cell_of_their_own():
    slanted = Voxel([[3.0, 1, 0], [0, 4, 0], [0, 0, 5]], origin=[1, 2, 3])
    scene = populated(Scene(slanted, Molecule(["C", "O"], [[1, 2, 3], [2, 3, 4.0]])))
    assert scene.domain is slanted
    np.testing.assert_array_equal(scene.bounds, [[1, 2, 3], [5, 6, 8]])
    np.testing.assert_array_equal(scene.cell, slanted.sbases.T)
    np.testing.assert_array_equal(scene.ase_atoms.positions, [[0, 0, 0], [1, 1, 1]])
    slanted.origin = [0, 0, 0]  # the caller's own
    scene.populate()
    np.testing.assert_array_equal(scene.ase_atoms.positions, [[1, 2, 3], [2, 3, 4]])
    scene.bounds = [[0, 0, 0], [2, 2, 2]]
    np.testing.assert_array_equal(scene.domain.sbases, 2 * np.eye(3))
    clipped = Scene(Voxel([[4.0, 4, 0], [0, 4, 0], [0, 0, 4]]), clip=True)
    clipped.add_object(Molecule(["C", "O"], [[1, 3, 1], [4.5, 3, 1]]))
    assert populated(clipped).all_species.tolist() == [8]
    assert isinstance(scene, BaseScene) and Scene(cube(), None).objects == []
    assert len(Scene(cube(), (ball(2, (x, 0, 0)) for x in (1, 2))).objects) == 2


def test_a_molecule_fills_volumes():
    rng = np.random.default_rng(3)
    molecule = Molecule(rng.integers(1, 90, 40), rng.uniform(0, 12, (40, 3)))
    positions, species = molecule.supply_atoms(np.zeros((8, 3)), unused=1)
    assert positions is molecule.atoms and species is molecule.species
    cut = Volume(make_rect_prism(12, 12, 6), generator=molecule)
    cut.populate_atoms()
    np.testing.assert_array_equal(cut.atoms, molecule.atoms[molecule.atoms[:, 2] <= 6])
    whole = Volume(generator=molecule)
    whole.populate_atoms(unused=1)
    np.testing.assert_array_equal(whole.atoms, molecule.atoms)
    # it takes up the space of its atoms, not all of space
    assert whole.check_if_interior(molecule.atoms).all()
    assert not whole.check_if_interior([[40, 0, 0]]).any()
    other = ball(2, (40, 0, 0))
    assert len(populated(Scene(cube(), [whole, other])).atoms_from_object(1)) == len(other.atoms)
    whole.transform(Translation([0, 0, 3]))
    whole.populate_atoms()
    np.testing.assert_allclose(whole.atoms, molecule.atoms + [0, 0, 3])
    whole.transform(Translation([0, 0, 3], locked=False))
    whole.populate_atoms()
    np.testing.assert_allclose(whole.atoms, molecule.atoms + [0, 0, 3])
    copy = molecule.from_generator(transformation=[Translation([0, 0, 3])])
    np.testing.assert_allclose(copy.atoms, molecule.atoms + [0, 0, 3])
    wrapped = populated(PeriodicScene(cube(), whole))
    assert len(wrapped.all_atoms) == 40 and (wrapped.all_atoms < 12).all()


class Talking(Generator):
    """Tells what it was asked."""

    def supply_atoms(self, bbox, **kwargs):
        self.asked = kwargs
        return super().supply_atoms(bbox)


def test_arguments_reach_the_generators():
    volume = ball(2, (0, 0, 0), Talking(structure=GOLD.structure))
    MultiVolume([volume, ball(1, (9, 0, 0), NullGenerator())]).populate_atoms(word=3)
    assert volume.generator.asked == {"word": 3}
