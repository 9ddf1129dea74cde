"""`AmorphousGenerator` honours what it is told: density, distance, place, transforms and rng."""

import copy
import pickle

import numpy as np
import pytest
from ase.data import atomic_masses
from scipy.spatial import cKDTree

from czone.generator import AmorphousGenerator, ImplausibleDensity, film_of, mass_density
from czone.generator.composition import (
    distance_table,
    number_density,
    parse_composition,
    split_count,
)
from czone.matter import find_contacts
from czone.transform import MultiTransform, Rotation, Translation, rot_v
from czone.volume import Plane, Sphere, Volume, makeRectPrism


def box(low, high):
    low, high = np.array(low, float), np.array(high, float)
    return low + (high - low) * np.array(np.meshgrid([0, 1], [0, 1], [0, 1])).reshape(3, -1).T


FILM = box((0, 0, 0), (40, 40, 10))


@pytest.mark.parametrize("density", [0.03, 0.1103075, 0.15])
def test_density_is_honoured(density):
    positions, numbers = AmorphousGenerator(density=density, rng=0).supply_atoms(FILM)
    assert len(positions) == len(numbers) == round(density * 16000)


def test_minimum_distance_is_honoured():
    positions, _ = AmorphousGenerator(min_dist=2.0, density=0.03, rng=0).supply_atoms(FILM)
    assert cKDTree(positions).query(positions, k=2)[0][:, 1].min() >= 2.0


def test_arrays_have_the_promised_types():
    positions, numbers = AmorphousGenerator(rng=0).supply_atoms(FILM)
    assert positions.dtype == np.float64
    assert numbers.dtype == np.int64


@pytest.mark.parametrize("shift", [(100, 0, 0), (-20, -20, -5), (3.3, -7.1, 55.0)])
def test_box_is_filled_wherever_it_lies(shift):
    positions, _ = AmorphousGenerator(rng=1).supply_atoms(FILM + shift)
    assert len(positions) == round(0.1103075 * 16000)
    assert (positions >= FILM.min(0) + shift).all()
    assert (positions <= FILM.max(0) + shift).all()


def test_same_seed_same_film_other_seed_other_film():
    first, again, other = (AmorphousGenerator(rng=s).supply_atoms(FILM)[0] for s in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_one_stream_gives_each_generator_its_own_film_reproducibly():
    def films():
        rng = np.random.default_rng(3)
        return [AmorphousGenerator(rng=rng).supply_atoms(FILM)[0] for _ in range(2)]

    first, second = films()
    assert not np.array_equal(first, second)
    assert np.array_equal(films()[1], second)


def test_no_rng_means_fresh_entropy_and_the_seed_can_be_read_back():
    one, two = AmorphousGenerator(), AmorphousGenerator()
    assert not np.array_equal(one.supply_atoms(FILM)[0], two.supply_atoms(FILM)[0])
    again = AmorphousGenerator(rng=one.seed)
    assert np.array_equal(one.supply_atoms(FILM)[0], again.supply_atoms(FILM)[0])


def test_repeated_supply_gives_the_same_atoms():
    generator = AmorphousGenerator()
    assert np.array_equal(generator.supply_atoms(FILM)[0], generator.supply_atoms(FILM)[0])


def test_caller_cannot_spoil_the_kept_block():
    generator = AmorphousGenerator(rng=1)
    positions, numbers = generator.supply_atoms(FILM)
    kept = positions.copy()
    positions[:] = 0
    numbers[:] = 0
    assert np.array_equal(generator.supply_atoms(FILM)[0], kept)
    assert set(generator.old_result[1].tolist()) == {6}


def test_old_result_is_reused_only_where_it_covers_the_box():
    generator = AmorphousGenerator(rng=1)
    assert generator.old_result is None
    whole, _ = generator.supply_atoms(FILM)
    generator.use_old_result = True
    part, _ = generator.supply_atoms(box((5, 5, 1), (20, 20, 9)))
    assert np.array_equal(part, whole)
    larger, _ = generator.supply_atoms(box((0, 0, 0), (60, 40, 10)))
    assert len(larger) == round(0.1103075 * 24000)


def test_changed_density_makes_a_new_block():
    generator = AmorphousGenerator(rng=1)
    generator.supply_atoms(FILM)
    generator.density = 0.05
    assert len(generator.supply_atoms(FILM)[0]) == 800


def test_rigid_motion_moves_the_atoms_rigidly():
    turn = Rotation(rot_v(np.array([1.0, 2.0, 3.0]), 0.7), origin=np.array([5.0, 1.0, -2.0]))
    shift = Translation(np.array([11.0, -3.0, 40.0]))
    generator, moved = AmorphousGenerator(rng=1), AmorphousGenerator(rng=1)
    corners, expected = FILM, generator.supply_atoms(FILM)[0]
    for transformation in (turn, shift):
        moved.transform(transformation)
        corners = transformation.apply_transformation(corners)
        expected = transformation.apply_transformation(expected)
    found, _ = moved.supply_atoms(corners)
    # Differences come from rounding the edges of the block to 1e-6 A.
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_transform_after_supply_keeps_the_atoms():
    turn = Rotation(rot_v(np.array([0.0, 1.0, 1.0]), 1.1))
    generator = AmorphousGenerator()
    before, _ = generator.supply_atoms(FILM)
    generator.transform(turn)
    after, _ = generator.supply_atoms(turn.apply_transformation(FILM))
    np.testing.assert_allclose(after, turn.apply_transformation(before), atol=1e-9)


@pytest.mark.parametrize(
    "bounds",
    [
        dict(alg_objects=[Sphere(12, [30, 0, 5])]),
        dict(points=makeRectPrism(20, 20, 10)),
        dict(alg_objects=[Sphere(12, [30, 0, 5]), Plane([1, 2, 3], [30, 0, 4])]),
    ],
)
def test_volume_turned_with_its_solid_keeps_its_atoms(bounds):
    volume = Volume(**bounds, generator=AmorphousGenerator(rng=2))
    volume.populate_atoms()
    before = volume.atoms
    assert len(before) > 100
    motion = MultiTransform(
        [Rotation(rot_v([1.0, 2, 3], 0.7), origin=[5.0, 1, -2]), Translation([11.0, -3, 40])]
    )
    volume.transform(motion)
    volume.populate_atoms()
    np.testing.assert_allclose(volume.atoms, motion.apply_transformation(before), atol=1e-5)


def test_unlocked_turn_leaves_the_solid():
    generator = AmorphousGenerator(rng=2)
    volume = Volume(points=makeRectPrism(20, 20, 10), generator=generator)
    volume.transform(Rotation(rot_v([0, 0, 1], 0.5), locked=False))
    volume.populate_atoms()
    assert np.array_equal(volume.generator.supply_atoms(FILM)[0], generator.supply_atoms(FILM)[0])
    # The box of the turned slab is larger; the slab itself keeps the density.
    assert len(volume.atoms) / 4000 == pytest.approx(0.1103, rel=0.1)


def test_seam_is_closed_when_periodic_and_left_open_when_not():
    def smallest_across_seam(periodic):
        film, _ = AmorphousGenerator(rng=4, periodic=periodic).supply_atoms(
            box((0, 0, 0), (40.7, 41.9, 30.0))
        )
        tree = cKDTree(film % [40.7, 41.9, 1e3], boxsize=[40.7, 41.9, 1e3])
        return tree.query(film % [40.7, 41.9, 1e3], k=2)[0][:, 1].min()

    assert smallest_across_seam(True) >= 1.4
    assert smallest_across_seam(False) < 1.4
    assert AmorphousGenerator(periodic=(True, False)).periodic == (True, False)


SILICA = {("Si", "Si"): 2.4, ("Si", "O"): 1.5, ("O", "O"): 2.1}


def test_silica_has_its_composition_and_pair_distances():
    generator = AmorphousGenerator(
        min_dist=SILICA, density=number_density("SiO2", 2.2), species="SiO2", rng=0
    )
    positions, numbers = generator.supply_atoms(FILM)
    assert abs(np.sum(numbers == 8) - 2 * np.sum(numbers == 14)) <= 2
    for first, second, least in ((14, 14, 2.4), (14, 8, 1.5), (8, 8, 2.1)):
        near = cKDTree(positions[numbers == second]).query(positions[numbers == first], k=2)[0]
        assert near[:, 1 if first == second else 0].min() >= least
    assert generator.species == {"Si": pytest.approx(1 / 3), "O": pytest.approx(2 / 3)}


def test_composition_is_understood_in_every_form():
    assert parse_composition(6) == parse_composition("C") == {6: 1.0}
    assert parse_composition("SiO2") == parse_composition({"Si": 1, 8: 2})
    assert split_count(10, {14: 3 / 7, 7: 4 / 7}) == [4, 6]
    assert distance_table(1.5, [14, 8]).tolist() == [[1.5, 1.5], [1.5, 1.5]]


def test_copies_and_pickles_supply_the_same_atoms():
    generator = AmorphousGenerator(rng=9, species="SiO2", density=0.06)
    expected = generator.supply_atoms(FILM)[0]
    for twin in (
        copy.deepcopy(generator),
        pickle.loads(pickle.dumps(generator)),
        generator.from_generator(),
    ):
        assert twin == generator
        assert np.array_equal(twin.supply_atoms(FILM)[0], expected)


def test_copy_with_a_transform_leaves_the_original():
    generator = AmorphousGenerator(rng=9)
    moved = generator.from_generator(transformation=[Translation(np.array([0.0, 0, 7]))])
    assert moved.origin.tolist() == [0, 0, 7]
    assert generator.origin.tolist() == [0, 0, 0]


def test_repr_says_what_it_is():
    assert str(AmorphousGenerator(rng=3)).startswith("AmorphousGenerator(C, density=0.110308")


# Materials.

LITERATURE = {"C": 2.2, "Si": 2.285, "Ge": 5.05, "SiO2": 2.2, "Si3N4": 3.1, "Al2O3": 3.0}
"""Mass densities in g/cm3 of the sources that `czone.generator.films` names."""


@pytest.mark.parametrize("formula", LITERATURE)
def test_films_have_the_density_and_the_distances_of_the_literature(formula):
    film = film_of(formula)
    assert mass_density(formula, film.density) == pytest.approx(LITERATURE[formula], rel=2e-3)
    assert mass_density(formula, film.density) < 1.02 * film.crystal
    generator = AmorphousGenerator(species=formula, rng=4)
    edges = np.array([30.0, 30, 15])
    positions, numbers = generator.supply_atoms(makeRectPrism(*edges))
    mass = atomic_masses[numbers].sum() / 0.602214076  # g/mol to g/cm3 in A^3
    assert mass / edges.prod() == pytest.approx(LITERATURE[formula], rel=4e-3)
    assert len(find_contacts(positions, numbers, cell=edges, periodic=(True, True, False))) == 0


def test_silicon_has_no_longer_the_atoms_of_carbon():
    silicon = AmorphousGenerator(species="Si", rng=1)
    assert silicon.density == 0.0490  # J. S. Custer et al., 4.90e22 atoms/cm3
    silicon.species = "C"
    assert (silicon.density, silicon.min_dist) == (0.1103075, 1.4)
    given = AmorphousGenerator(species="Si", density=0.045, min_dist=2.3, rng=1)
    given.species = "C"
    assert (given.density, given.min_dist) == (0.045, 2.3)


def test_unknown_materials_ask_for_their_density():
    with pytest.raises(ValueError, match="min_dist must be given for materials other than C, Si"):
        AmorphousGenerator(species="Au")
    with pytest.raises(ValueError, match="density must be given"):
        AmorphousGenerator(species="Au", min_dist=2.4)
    gold = AmorphousGenerator(species="Au", min_dist=2.2, density="19 g/cm3")
    assert gold.density == pytest.approx(19 * 0.602214076 / 196.9666, rel=1e-5)


def test_a_density_of_another_material_is_told():
    with pytest.warns(ImplausibleDensity, match=r"2\.329 g/cm3; got 0\.110.* 5\.1\d? g/cm3"):
        AmorphousGenerator(species="Si", min_dist=1.4, density=0.1103075)
