"""Ligand shells on particles of data sets: chemistry, places, labels."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import cKDTree

from czone.matter import contact_distance, find_contacts
from hrtem_sim.dataset import plan_structure, simulate_structure
from hrtem_sim.dataset.mask_recipe import MaskRecipe
from hrtem_sim.dataset.particle_recipe import LigandRecipe
from hrtem_sim.interchange import particles_of
from hrtem_sim.provenance import Distribution
from hrtem_sim.specimen.builders import build_particles_on_film
from hrtem_sim.specimen.displacements import ORGANIC, displacements_in
from hrtem_sim.specimen.ligands import LigandShell, ligand
from tests.hrtem_sim.test_film_relief import FIELD, of, on_film, shape, streams

SHELL = LigandShell("thiolate", 4)
SIZE = 14  # C4H9S


def with_ligands(*offsets, shell=SHELL, relief=None, **numbers):
    return replace(on_film(relief, *offsets, **numbers), ligands=shell)


def neighbours(points):
    edges = np.array(FIELD)
    folded = np.column_stack([points[:, :2] % edges, points[:, 2]])
    return cKDTree(folded, boxsize=[*edges, 0])


@pytest.mark.parametrize(
    ("head", "formula"),
    [
        ("thiolate", {"S": 1, "C": 12, "H": 25}),
        ("amine", {"N": 1, "C": 12, "H": 27}),
        ("carboxylate", {"O": 2, "C": 12, "H": 23}),
    ],
)
def test_ligands_are_the_molecules_they_are_called(head, formula):
    assert LigandShell(head, 12).amounts == formula
    molecule = ligand(head, 12)
    carbon = molecule.atoms[molecule.species == 6]
    steps = np.diff(carbon, axis=0)
    np.testing.assert_allclose(np.linalg.norm(steps, axis=1), 1.53, atol=1e-9)
    cosines = -(steps[1:] * steps[:-1]).sum(axis=1) / 1.53**2
    np.testing.assert_allclose(np.degrees(np.arccos(cosines)), 113.0, atol=1e-6)
    for number, bonds in ((6, 4), (1, 1)):  # valences; the carboxylate's carbon has three bonds
        own = molecule.atoms[molecule.species == number]
        sums = (1.85, 1.2)[number == 1]
        counts = [len(found) - 1 for found in cKDTree(molecule.atoms).query_ball_point(own, sums)]
        expected = [bonds] * len(own)
        if number == 6:
            expected[0] = 3 if head == "carboxylate" else 4
        assert counts == expected
    assert molecule.atoms[:, 2].max() > 15.0 and not molecule.atoms[0].any()


@pytest.mark.parametrize("side", ["entrance", "exit"])
def test_ligands_stand_by_their_heads_on_the_particle_and_leave_the_film_alone(side):
    built = build_particles_on_film(with_ligands((0.0, 0.0), side=side), streams)
    specimen = built.specimen
    assert specimen.objects == ("particle-0", "ligands", "film")
    assert built.particles == ("particle-0",)
    shell = specimen.only("ligands")
    molecules = len(shell) // SIZE
    assert 10 < molecules < 4 * np.pi * 8.0**2 / 16  # at most one on 16 square angstrom
    assert sorted(set(shell.numbers)) == [1, 6, 16] and (shell.numbers == 16).sum() == molecules
    gold = of(built, "particle-0")
    heads = shell.positions[shell.numbers == 16]
    distances = neighbours(gold).query(heads)[0]
    np.testing.assert_allclose(distances, contact_distance("Au", "S", share=1.0), atol=1e-6)
    assert neighbours(heads).query(heads, k=2)[0][:, 1].min() >= 4.3 - 1e-9
    film = of(built, "film")[:, 2]
    outward = -1 if side == "entrance" else 1
    face = film.min() if side == "entrance" else film.max()
    assert (outward * (shell.positions[:, 2] - face)).min() > 1.9
    assert shell.positions[:, 2].min() > 0 and shell.positions[:, 2].max() < specimen.cell[2]
    bare = build_particles_on_film(on_film(None, (0.0, 0.0), side=side), streams)
    np.testing.assert_allclose(  # neither particle nor film changes
        np.ptp(of(built, "film"), axis=0), np.ptp(of(bare, "film"), axis=0)
    )
    assert len(of(built, "film")) == len(of(bare, "film"))


def test_shells_do_not_reach_into_each_other_and_molecules_stay_whole():
    # two particles side by side, one of them cut by the border, on uneven film
    plan = with_ligands((-40.0, 0.0), (-20.0, 0.0), (40.0, 30.0), relief=shape(unevenness=3.0))
    built = build_particles_on_film(plan, streams)
    found = find_contacts(
        built.specimen.positions,
        built.specimen.numbers,
        cell=np.array(built.specimen.cell),
        periodic=(True, True, False),
    )
    assert not len(found.first)
    shell = built.specimen.only("ligands")
    assert len(shell) % SIZE == 0
    counts = np.bincount(shell.numbers, minlength=17)
    assert counts[6] == 4 * counts[16] and counts[1] == 9 * counts[16]
    # every hydrogen has its carbon, no other is nearer than a bond
    carbon = shell.positions[shell.numbers == 6]
    hydrogen = shell.positions[shell.numbers == 1]
    near = neighbours(carbon).query(hydrogen, k=2)[0]
    np.testing.assert_allclose(near[:, 0], 1.09, atol=1e-6)
    assert near[:, 1].min() > 1.4
    # ligands of one particle keep clear of the other's gold
    heads = shell.positions[shell.numbers == 16]
    assert len(heads) > 30


def test_shells_that_meet_their_own_images_keep_clear_of_them():
    plan = replace(with_ligands((0.0, 0.0), shell=LigandShell("thiolate", 12)), field=(34.0, 30.0))
    built = build_particles_on_film(plan, streams)
    shell = built.specimen.only("ligands")
    assert len(shell) // 38 > 3
    carbon = shell.positions[shell.numbers == 6]
    edges = [34.0, 30.0, 0]
    folded = np.column_stack([carbon[:, :2] % edges[:2], carbon[:, 2]])
    nearest = cKDTree(folded, boxsize=edges).query(folded, k=2)[0][:, 1]
    assert nearest.min() > 1.5  # the bond of a chain, across the border too


def test_coverage_is_the_part_of_the_densest_shell():
    counts = []
    for coverage in (1.0, 0.4, 0.0):
        plan = with_ligands((0.0, 0.0), (40.0, 0.0), shell=replace(SHELL, coverage=coverage))
        counts.append(len(build_particles_on_film(plan, streams).specimen.only("ligands")) / SIZE)
    assert counts[2] == 0
    assert counts[1] == pytest.approx(0.4 * counts[0], abs=3 * (0.24 * counts[0]) ** 0.5)


def test_ligands_of_recipes_are_a_class_and_no_part_of_the_particles(tiny):
    numbers = {"carbons": Distribution("integers", (2, 4))}
    particle = replace(tiny.particle, ligands=LigandRecipe(**numbers))
    recipe = replace(
        tiny,
        particle=particle,
        mask=MaskRecipe(rule="outline", classes=(("particle", "particle-*"), ("shell", "ligands"))),
    )
    plain = replace(recipe, mask=MaskRecipe(rule="outline"))
    bare = replace(tiny, mask=MaskRecipe(rule="outline"))
    plan = plan_structure(recipe, 0)
    assert 2 <= plan.specimen.ligands.carbons <= 4
    assert plan.specimen.particles == plan_structure(bare, 0).specimen.particles
    made, without, alone = (
        simulate_structure(one, plan_structure(one, 0)).mask.classes
        for one in (recipe, plain, bare)
    )
    np.testing.assert_array_equal(without, alone)  # a particle is what it was
    both = (made == 1) & (alone == 1)
    assert both.sum() / ((made == 1) | (alone == 1)).sum() > 0.8  # the border is shared out
    assert (made == 2).sum() > 20
    particles = particles_of(plan)
    np.testing.assert_allclose(
        particles.cell, build_particles_on_film(plan.specimen, plan.rng).specimen.cell
    )


def test_molecules_move_as_molecules_do():
    amounts = SHELL.amounts
    assert displacements_in(amounts, "measured") == dict.fromkeys(amounts, ORGANIC)
    assert displacements_in({"C": 1}, "measured")["C"] == pytest.approx(0.08, abs=0.005)
