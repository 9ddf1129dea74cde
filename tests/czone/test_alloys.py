"""Crystals whose sites are shared by chance, and substitutions that belong to the site."""

import time
import warnings
from copy import deepcopy

import numpy as np
import pytest
from pymatgen.core import Lattice, Structure
from scipy.spatial import cKDTree

from czone.generator import Generator
from czone.matter import Crystal, UnitCell
from czone.prefab import FCCTwin, WulffDecahedron
from czone.randomness import _mixed, uniforms
from czone.transform import (
    ArbitraryPostTransform,
    ChemicalSubstitution,
    HStrain,
    IStrain,
    PostSequence,
    Reflection,
    Rotation,
    Translation,
    rot_v,
)
from czone.volume import Plane, Sphere, Volume, make_rect_prism

CUBE = [90, 90, 90]
TURN = Rotation(rot_v([1, 2, 3], 0.7))


def platinum_cobalt(**keywords):
    # Disordered Pt3Co, A1: one fcc site with 3/4 Pt.
    structure = Structure.from_spacegroup(
        "Fm-3m", Lattice.cubic(3.854), [{"Pt": 0.75, "Co": 0.25}], [[0, 0, 0]]
    )
    return Generator(structure=structure, **{"rng": 5, **keywords})


def wustite(**keywords):
    return Generator.from_spacegroup(
        [{"Fe": 0.95}, "O"],
        [[0, 0, 0], [0.5] * 3],
        [4.30] * 3,
        CUBE,
        sgn=225,
        **{"rng": 5, **keywords},
    )


def gold(**keywords):
    return Generator.from_spacegroup([79], [[0, 0, 0]], [4.078] * 3, CUBE, sgn=225, **keywords)


def substituted(**keywords):
    swap = ChemicalSubstitution("Au", "Ag", 0.3, rng=2, **keywords)
    return gold(post_transform=PostSequence([swap, ChemicalSubstitution("Ag", "Cu", 0.5, rng=2)]))


def filled(*surfaces, generator, **keywords):
    volume = Volume(alg_objects=list(surfaces), generator=generator, **keywords)
    volume.populate_atoms()
    return volume


def same_atoms(one, other, tolerance=1e-6):
    """Tell whether two sets of atoms are the same, in any order."""
    (here, these), (there, those) = one, other
    if len(here) != len(there):
        return False
    distances, match = cKDTree(there).query(here)
    return bool(distances.max() < tolerance and (those[match] == these).all())


def test_the_mixing_is_that_of_splitmix():
    # The generator of Steele, Lea and Flood (2014) from seed 1234567, its first three numbers.
    golden = 0x9E3779B97F4A7C15
    states = np.array([(1234567 + k * golden) % 2**64 for k in (1, 2, 3)], dtype=np.uint64)
    with np.errstate(over="ignore"):
        found = _mixed(states).tolist()
    assert found == [6457827717110365317, 3203168211198807973, 9817491932198370423]


def test_draws_of_neighbouring_sites_are_independent():
    i, j = np.divmod(np.arange(250_000), 500)
    draw = uniforms(3, i, j, 0, 1).reshape(500, 500)
    bound = 5 / np.sqrt(250_000)  # five standard deviations of a correlation
    assert abs(draw.mean() - 0.5) < bound / np.sqrt(12)
    assert np.histogram(draw, 10, (0, 1))[0].std() < 3 * np.sqrt(25_000 * 0.9)
    assert draw.min() >= 0 and draw.max() < 1
    others = [
        draw[1:].ravel(),
        draw[:, 1:].ravel(),
        uniforms(4, i, j, 0, 1),
        uniforms(3, i, j, 1, 0),
    ]
    for one, other in zip(
        [draw[:-1].ravel(), draw[:, :-1].ravel(), draw.ravel(), draw.ravel()], others, strict=True
    ):
        assert abs(np.corrcoef(one, other)[0, 1]) < bound
    np.testing.assert_array_equal(uniforms(3, i[::-1], j[::-1], 0, 1)[::-1], draw.ravel())


def test_a_disordered_structure_becomes_an_alloy_of_its_composition():
    particle = filled(Sphere(25, [0, 0, 0]), generator=platinum_cobalt())
    cobalt, count = (particle.species == 27).sum(), len(particle.species)
    assert set(particle.species.tolist()) == {27, 78}
    assert count > 4000
    assert abs(cobalt - count / 4) < 4 * np.sqrt(count * 3 / 16)
    assert "Co1Pt3" in str(platinum_cobalt())


def test_vacancies_are_left_out_of_their_own_sublattice_only():
    block = filled(Sphere(30, [0, 0, 0]), generator=wustite())
    whole = filled(Sphere(30, [0, 0, 0]), generator=wustite_without_vacancies())
    iron, oxygen = (np.array([(v.species == n).sum() for v in (block, whole)]) for n in (26, 8))
    assert oxygen[0] == oxygen[1]
    assert abs(iron[0] - 0.95 * iron[1]) < 4 * np.sqrt(iron[1] * 0.95 * 0.05)
    assert cKDTree(whole.atoms).query(block.atoms)[0].max() < 1e-9


def wustite_without_vacancies():
    return Generator.from_spacegroup(["Fe", "O"], [[0, 0, 0], [0.5] * 3], [4.30] * 3, CUBE, sgn=225)


@pytest.mark.parametrize("make", [platinum_cobalt, wustite, substituted])
def test_a_particle_that_is_turned_and_moved_keeps_its_atoms(make):
    particle = filled(Sphere(15, [1, 2, 3]), generator=make())
    atoms, species = particle.atoms, particle.species
    assert len(set(species.tolist())) > 1
    steps = [TURN, Translation([40, -7, 5.5])]
    for step in steps:
        particle.transform(step)
        atoms = step.apply_transformation(atoms)
    particle.populate_atoms()
    assert same_atoms((particle.atoms, particle.species), (atoms, species))


@pytest.mark.parametrize("make", [platinum_cobalt, wustite, substituted])
def test_a_site_holds_one_atom_whatever_is_cut(make):
    crystal = make()
    small = filled(Sphere(8, [3, 0, 0]), generator=crystal)
    ways = {
        "larger ball": filled(Sphere(16, [0, 0, 0]), generator=crystal),
        "flat faces": filled(
            generator=crystal, points=make_rect_prism(40, 40, 40, center=[0, 0, 0])
        ),
    }
    around = make_rect_prism(40, 40, 40, center=[0, 0, 0])
    supplied = dict(zip(("atoms", "species"), crystal.supply_atoms(around), strict=True))
    for whole in (*[vars_of(volume) for volume in ways.values()], supplied):
        distances, match = cKDTree(whole["atoms"]).query(small.atoms)
        assert distances.max() < 1e-6
        assert (whole["species"][match] == small.species).all()
        inside = np.linalg.norm(whole["atoms"] - [3, 0, 0], axis=1) <= 8
        assert inside.sum() == len(small.species)


def vars_of(volume):
    return {"atoms": volume.atoms, "species": volume.species}


@pytest.mark.parametrize(
    "strain",
    [HStrain([1.02, 0.99, 1.01]), IStrain(lambda points: points + 0.1 * np.sin(points / 9))],
)
def test_strain_moves_the_atoms_and_changes_none(strain):
    crystal = platinum_cobalt()
    rest = crystal.supply_atoms(make_rect_prism(60, 60, 60, center=[0, 0, 0]))
    crystal.strain_field = strain
    particle = filled(Sphere(15, [0, 0, 0]), generator=crystal)
    distances, match = cKDTree(crystal.strain_field.apply_strain(rest[0])).query(particle.atoms)
    assert distances.max() < 1e-6
    assert (rest[1][match] == particle.species).all()


def test_seeds_make_alloys_and_copies_keep_them():
    def atoms(crystal):
        return crystal.supply_atoms(make_rect_prism(30, 30, 30))[1].tolist()

    first = platinum_cobalt(rng=1)
    assert atoms(first) == atoms(platinum_cobalt(rng=1)) == atoms(deepcopy(first))
    assert atoms(first) != atoms(platinum_cobalt(rng=2))
    assert platinum_cobalt(rng=None).seed != platinum_cobalt(rng=None).seed
    assert first == platinum_cobalt(rng=1) != platinum_cobalt(rng=2)
    assert gold(rng=1) == gold(rng=2)  # nothing is left to chance
    again = platinum_cobalt(rng=2)
    again.seed = first.seed
    assert atoms(again) == atoms(first)
    moved = first.from_generator(transformation=Translation([1, 1, 1]))
    assert moved.seed == first.seed
    assert first.crystal.seed == first.seed
    with pytest.raises(ValueError, match="seed must be a whole number"):
        Crystal(first.crystal.cell)


def test_structures_come_back_with_their_shares():
    structure = platinum_cobalt().structure
    assert structure[0].species.as_dict() == {"Co": 0.25, "Pt": 0.75}
    mixed_states = Structure(Lattice.cubic(4), [{"Fe2+": 0.5, "Fe3+": 0.5}], [[0, 0, 0]])
    assert Generator(structure=mixed_states).seed is None  # iron is iron


def test_one_place_given_for_several_elements_is_shared():
    shared = Generator.from_spacegroup(
        [{"Pt": 0.75}, {"Co": 0.25}],
        [[0, 0, 0], [0.5, 0.5001, 0]],
        [3.854] * 3,
        CUBE,
        sgn=225,
        rng=5,
    )
    assert shared.crystal.cell.contents == platinum_cobalt().crystal.cell.contents
    assert len(shared.species) == 4
    with pytest.raises(ValueError, match=r"\(Co\) falls on one of Pt0.75.*give their shares"):
        Generator.from_spacegroup([{"Pt": 0.75}, "Co"], [[0, 0, 0]] * 2, [3.854] * 3, CUBE, sgn=225)


def test_rounded_shares_fill_their_site():
    thirds = Generator.from_unit_cell(
        [{"Au": 0.333, "Ag": 0.333, "Cu": 0.333}], [[0, 0, 0]], [2.5] * 3, CUBE, rng=1
    )
    assert len(thirds.supply_atoms(make_rect_prism(100, 100, 100))[1]) >= 40**3


def split(shares, rng=1):
    """A chain of cells with one position that is split in two, 0.6 angstrom apart."""
    return Generator.from_unit_cell(
        [{"Li": shares[0]}, {"Li": shares[1]}, "O"],
        [[0.95, 0, 0], [0.05, 0, 0], [0.5, 0.5, 0.5]], [6, 6, 6], CUBE, rng=rng,
    )  # fmt: skip


def test_of_a_split_position_one_half_is_filled():
    positions, numbers = split([0.5, 0.4]).supply_atoms(make_rect_prism(100, 100, 100))
    lithium = positions[numbers == 3]
    assert cKDTree(lithium).query(lithium, k=2)[0][:, 1].min() > 3
    cells = (numbers == 8).sum()
    assert abs(len(lithium) - 0.9 * cells) < 4 * np.sqrt(cells * 0.9 * 0.1)
    upper = np.isclose(lithium[:, 0] % 6, 0.3)
    assert abs(upper.sum() - 0.4 * cells) < 4 * np.sqrt(cells * 0.24)


def test_split_positions_that_hold_more_than_one_atom_are_told():
    # Of three in a row any two have room for their shares, all three have not.
    row = [[0.9, 0, 0], [0, 0, 0], [0.1, 0, 0]]
    crystal = Generator.from_unit_cell([{"Li": 0.5}] * 3, row, [6] * 3, CUBE, rng=1)
    with pytest.warns(UserWarning, match=r"sites \[0, 1, 2\] .* hold 1.5 atoms together"):
        crystal.supply_atoms(make_rect_prism(10, 10, 10))


def test_grains_of_a_twinned_alloy_are_no_images_of_each_other():
    ball = Volume(alg_objects=[Sphere(25, [0, 0, 0])], generator=platinum_cobalt())
    twin = FCCTwin(volume=ball, generator=platinum_cobalt(), rng=1).build_object()
    (plane,) = [p for p in twin.volumes[0].alg_objects if hasattr(p, "normal")]
    lower, upper = twin.volumes
    twin.populate_atoms()
    normal = plane.normal / np.linalg.norm(plane.normal)
    heights = lower.atoms @ normal
    mirror = Reflection(Plane(normal, heights.max() * normal))  # the last plane of the lower grain
    distances, match = cKDTree(lower.atoms).query(mirror.apply_transformation(upper.atoms))
    same = lower.species[match][distances < 1e-3] == upper.species[distances < 1e-3]
    # Of independent atoms 1 - 2 (3/4) (1/4) are alike.
    assert len(same) > 1000
    assert abs(same.mean() - 0.625) < 4 * np.sqrt(0.625 * 0.375 / len(same))

    grains = WulffDecahedron(platinum_cobalt(), {(1, 1, 1): 1.0}, 0.02, 3000).build_object()
    assert len({grain.generator.seed for grain in grains.volumes}) == 5
    again = WulffDecahedron(platinum_cobalt(), {(1, 1, 1): 1.0}, 0.02, 3000).build_object()
    assert [g.generator.seed for g in grains.volumes] == [g.generator.seed for g in again.volumes]


# Substitution.


def test_several_substitutes_of_one_target_share_all_its_atoms():
    # Construction Zone gave each a share of what the ones before had left: 200/160/128/102/82.
    alloy = ["Ag", "Cu", "Ni", "Pd", "Pt"], [0.2] * 5
    equal = ChemicalSubstitution(["Au"] * 5, *alloy, exact=True, rng=1)
    found = equal.apply_function(None, np.full(1000, 79))[1]
    assert np.unique(found, return_counts=True)[1].tolist() == [200] * 5
    loose = ChemicalSubstitution(["Au"] * 5, *alloy, rng=1)
    counts = np.unique(loose.apply_function(None, np.full(10_000, 79))[1], return_counts=True)[1]
    assert len(counts) == 5 and np.abs(counts - 2000).max() < 4 * np.sqrt(10_000 * 0.16)


@pytest.mark.parametrize("fractions", [[0.13, 0.4], [0.5, 0.5], [1 / 3, 2 / 3], [0.005, 0]])
@pytest.mark.parametrize("count", [0, 1, 7, 500, 501])
def test_exact_counts_are_the_rounded_ones(fractions, count):
    swap = ChemicalSubstitution(["Au", "Au"], ["Ag", "Cu"], fractions, exact=True, rng=4)
    found = swap.apply_function(None, np.concatenate([np.full(count, 79), np.full(20, 8)]))[1]
    counts = [(found == number).sum() for number in (47, 29)]
    wanted = [round(fraction * count) for fraction in fractions]
    if sum(wanted) > count:  # two halves of seven round to eight
        assert sum(counts) == count and np.abs(np.subtract(counts, wanted)).sum() == 1
    else:
        assert counts == wanted
    assert (found == 8).sum() == 20


def test_exact_counts_are_those_of_the_volume():
    crystal = gold(post_transform=ChemicalSubstitution("Au", "Ag", 0.3, exact=True, rng=2))
    for radius in (10, 11, 12.5):
        particle = filled(Sphere(radius, [0, 0, 0]), generator=crystal)
        assert (particle.species == 47).sum() == round(0.3 * len(particle.species))


def test_a_sequence_with_one_that_moves_atoms_still_substitutes():
    shift = ArbitraryPostTransform(lambda points, species: (points + 0.1, species))
    swap = ChemicalSubstitution("Au", "Ag", 1.0, rng=2)
    particle = filled(
        Sphere(10, [0, 0, 0]), generator=gold(post_transform=PostSequence([swap, shift]))
    )
    assert set(particle.species.tolist()) == {47}
    assert (
        np.abs(
            (particle.atoms[:, 0] - 0.1) / 2.039 - np.rint((particle.atoms[:, 0] - 0.1) / 2.039)
        ).max()
        < 1e-6
    )


class Reversed(ChemicalSubstitution):
    def _replace_species(self, species, seed=None):
        return np.full_like(species, 29)


def test_a_users_own_way_to_replace_counts():
    particle = filled(
        Sphere(10, [0, 0, 0]), generator=gold(post_transform=Reversed("Au", "Ag", 0.5))
    )
    assert set(particle.species.tolist()) == {29}


@pytest.mark.parametrize("make", [platinum_cobalt, substituted])
def test_a_million_atoms_of_an_alloy_take_less_than_a_second(make):
    crystal = make()
    filled(Sphere(20, [0, 0, 0]), generator=crystal)
    best = np.inf
    for _ in range(2):
        start = time.process_time()
        particle = filled(Sphere(160, [0, 0, 0]), generator=crystal)
        best = min(best, time.process_time() - start)
    assert len(particle.atoms) > 1_000_000
    assert best < 1.0


def test_a_cell_of_whole_atoms_has_nothing_to_draw():
    cell = UnitCell.of_contents([((79, 1.0),)], [[0, 0, 0]], 4 * np.eye(3))
    assert cell.contents is None and cell.sharing is None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert Crystal(cell).seed is None
