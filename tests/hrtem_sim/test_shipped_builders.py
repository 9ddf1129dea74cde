"""Builders of the package: atoms as they should be, labels where the atoms are."""

from dataclasses import replace
from fnmatch import fnmatchcase

import numpy as np
import pytest
from scipy.spatial import cKDTree

from czone.matter import contact_distance, find_contacts
from hrtem_sim.dataset import plan_structure, read_dataset_recipe, simulate_structure
from hrtem_sim.dataset.simulate import build_structure
from hrtem_sim.provenance import rng_for, shipped_recipes
from hrtem_sim.specimen import Specimen
from hrtem_sim.specimen.builders import SHIPPED, as_builder
from hrtem_sim.specimen.builders.at_hole import EdgeParticle, ParticlesAtHole
from hrtem_sim.specimen.builders.core_shell import CoreShell, CoreShellParticle
from hrtem_sim.specimen.builders.nanoislands import Island, Nanoislands
from hrtem_sim.specimen.builders.on_crystal import FACES, CrystalParticle, ParticlesOnCrystal
from hrtem_sim.specimen.builders.polycrystal import Polycrystal
from hrtem_sim.specimen.builders.rim import Rim
from hrtem_sim.specimen.builders.sheet import SHEETS, Sheet

FIELD = (64.0, 64.0)


def streams(*key):
    return rng_for(5, *key)


def of(built, *names):
    return built.specimen.only(*names).positions


def together(built, name):
    """Atoms of an object that the border cuts, side by side, the middle of the field in theirs."""
    places, field = of(built, name).copy(), np.array(built.specimen.cell[:2])
    middle = np.angle(np.exp(2j * np.pi * places[:, :2] / field).mean(axis=0)) / (2 * np.pi) * field
    places[:, :2] = (places[:, :2] - middle + field / 2) % field
    return places


def recipes():
    """The shipped recipes with a builder, by its name."""
    found = {}
    for name in shipped_recipes():
        if "/" not in name:
            recipe = read_dataset_recipe(name)
            if recipe.specimen is not None:
                found[recipe.specimen.builder] = recipe
    return found


RECIPES = recipes()


def test_every_builder_has_a_recipe():
    assert set(RECIPES) == set(SHIPPED)
    for name in SHIPPED:
        builder = as_builder(name)
        assert builder.version and not builder.source


@pytest.mark.parametrize("name", SHIPPED)
def test_no_two_atoms_are_impossibly_close_and_all_fill_the_field(name):
    recipe = RECIPES[name]
    for index in (0, 1):
        plan = plan_structure(recipe, index)
        built = build_structure(plan)
        specimen = built.specimen
        found = find_contacts(
            specimen.positions,
            specimen.numbers,
            cell=np.array(specimen.cell),
            periodic=(True, True, False),
        )
        assert not len(found.first)
        assert specimen.cell[:2] == tuple(plan.specimen.numbers["field"])
        assert built.particles and all(specimen.selection(one).any() for one in built.particles)
        again = build_structure(plan).specimen
        np.testing.assert_array_equal(again.positions, specimen.positions)
    other = build_structure(plan_structure(recipe, 2)).specimen
    assert len(other) != len(specimen) or (other.positions != specimen.positions).any()


@pytest.mark.parametrize("name", SHIPPED)
def test_labels_lie_where_the_atoms_are(name):
    recipe = RECIPES[name]
    quick = replace(
        recipe, images_per_structure=1, wave=replace(recipe.wave, phonons=0, slice_thickness=6.0)
    )
    plan = plan_structure(quick, 1)
    simulated = simulate_structure(quick, plan)
    specimen, mask = simulated.built.specimen, simulated.mask
    pixels = np.floor(specimen.positions[:, 1::-1] / mask.pixel_size).astype(int)
    under = mask.classes[tuple((pixels % mask.classes.shape).T)]
    classes = recipe.mask.classes or tuple(("p", one) for one in simulated.built.particles)
    for number, (_, pattern) in enumerate(classes, start=1):
        names = [one for one in specimen.objects if fnmatchcase(one, pattern)]
        own = specimen.selection(*names)
        if own.any():  # the first class of the table lies over the others
            right = under[own] == number if recipe.mask.classes else under[own] > 0
            covered = (under[own] < number) & (under[own] > 0) & bool(recipe.mask.classes)
            assert (right | covered).mean() > 0.97
    free = mask.classes == 0
    if free.mean() > 0.02:  # no particle's atom is projected onto what is left
        particles = specimen.selection(*simulated.built.particles)
        assert (under[particles] == 0).mean() < 0.03


def test_cores_and_shells_are_spheres_about_one_middle():
    plan = CoreShell(FIELD, 8.0, (CoreShellParticle(10.0, 6.0),), core_material="Pd")
    built = plan.build(streams)
    core, shell = (together(built, name) for name in ("core-0", "shell-0"))
    middle = (shell.min(axis=0) + shell.max(axis=0)) / 2
    # points of a lattice in a ball; a shell of another lattice leaves a gap of 1 to 2 angstrom
    for atoms, low, high, volume in ((core, 0, 10, 14.72), (shell, 11.5, 16, 16.96)):
        radii = np.linalg.norm(atoms - middle, axis=1)
        assert low - 2.5 < radii.min() and radii.max() < high + 1.0
        expected = 4 / 3 * np.pi * (high**3 - low**3) / volume
        assert len(atoms) == pytest.approx(expected, rel=0.15)
    film = of(built, "film")
    assert film[:, 2].min() > middle[2] + 16 * 0.7  # beyond the particle, which is buried by 0.2
    assert built.facts["n_placed"] == 1


@pytest.mark.parametrize("epitaxy", [True, False])
def test_epitaxy_is_one_orientation_of_core_and_shell(epitaxy):
    from hrtem_sim.mask import find_grains, misorientation

    plan = CoreShell(FIELD, 8.0, (CoreShellParticle(11.0, 10.0),), "Pd", "Au", epitaxy=epitaxy)
    built = plan.build(streams)
    grains = find_grains(built.specimen.only("core-0", "shell-0"), objects=["core-0", "shell-0"])
    bases = {
        name: next(grain.bases for grain in grains.grains if grain.object == name)
        for name in ("core-0", "shell-0")
    }
    angle = misorientation(bases["core-0"], bases["shell-0"])
    assert angle < 0.02 if epitaxy else angle > 0.1


def test_islands_stand_on_sulfur_in_close_packed_layers():
    islands = (Island(9.0, 9.6, 0.0),)
    field = (19 * 3.19, 11 * 3.19 * 3**0.5)
    built = Nanoislands(field, islands).build(streams)
    sheet = built.specimen.only("support")
    assert (sheet.numbers == 16).sum() == 2 * (sheet.numbers == 42).sum() == 4 * 19 * 11 * 2
    assert built.facts["support_strain"] < 1e-9
    gold, sulfur = together(built, "island-0"), sheet.positions[sheet.numbers == 16]
    layers = np.unique(np.round(gold[:, 2], 3))
    np.testing.assert_allclose(np.diff(layers), 4.07825 / 3**0.5, atol=2e-3)
    # the island meets the beam first; its foot lies above the sulfur by the sum of the radii
    assert sulfur[:, 2].min() - gold[:, 2].max() == pytest.approx(
        contact_distance("Au", "S", share=1.0), abs=1e-6
    )
    sizes = [(np.abs(gold[:, 2] - layer) < 0.1).sum() for layer in layers]
    assert sizes == sorted(sizes)  # wider towards the foot, which is the last that the beam meets
    nearest = cKDTree(gold).query(gold, k=2)[0][:, 1]
    np.testing.assert_allclose(nearest, 4.07825 / 2**0.5, atol=1e-6)


@pytest.mark.parametrize("support", FACES)
def test_particles_on_a_face_keep_their_relation_and_distance(support):
    face = FACES[support]
    field = tuple(
        round(60 / (face.edge * n)) * face.edge * n for n in face.period
    )  # whole cells of the face
    particle = CrystalParticle(11.0, 0.0, 0.0)
    built = ParticlesOnCrystal(field, (particle,), support=support, layers=3).build(streams)
    metal, slab = of(built, "particle-0"), built.specimen.only("support")
    oxygen = slab.positions[slab.numbers == 8]
    assert slab.positions[:, 2].min() - metal[:, 2].max() == pytest.approx(
        contact_distance("Pt", "O", share=1.0), abs=1e-6
    )
    whole = together(built, "particle-0")
    assert cKDTree(oxygen).query(metal)[0].min() > 0.85 * contact_distance("Pt", "O", share=1.0)
    count = (slab.numbers == 8).sum() / (slab.numbers != 8).sum()
    assert count == (2 if "CeO2" in support else 1)  # stoichiometric, so without charge
    # cube on cube: the direction along x of the face is one of the metal as well
    step = 3.9242 / 2**0.5 if face.along == (1, -1, 0) else 3.9242
    inner = whole[np.linalg.norm(whole - whole.mean(axis=0), axis=1) < 6.0]
    found = cKDTree(whole).query(inner + [step, 0.0, 0.0])[0]
    assert np.median(found) < 1e-6
    expected = 4 / 3 * np.pi * 11.0**3 / (3.9242**3 / 4)
    assert 0.3 * expected < len(metal) < 1.3 * expected  # the interface cuts some off


@pytest.mark.parametrize("material", SHEETS)
def test_sheets_have_the_density_of_their_lattice_and_the_defects_asked_for(material):
    lattice = SHEETS[material]
    plan = Sheet((90.0, 90.0), material, turn=13.0, vacancies=0.05, substitutions=0.1, dopant="Se")
    built = plan.build(streams)
    cell = lattice.edge**2 * 3**0.5 / 2
    sites = 90.0**2 / cell * len(lattice.motif)
    found = len(built.specimen) + built.facts["n_vacancies"]
    assert found == pytest.approx(sites, rel=0.04)  # the border is a seam
    share = sum(symbol == lattice.vacancies for symbol, *_ in lattice.motif) / len(lattice.motif)
    spread = 4 / (sites * share) ** 0.5
    assert built.facts["n_vacancies"] / (sites * share) == pytest.approx(
        0.05, abs=0.06 * spread + 0.01
    )
    assert built.facts["n_dopants"] / (sites * share) == pytest.approx(
        0.1, abs=0.08 * spread + 0.01
    )
    assert (built.specimen.numbers == 34).sum() == built.facts["n_dopants"]
    assert built.specimen.selection("dopants").sum() == built.facts["n_dopants"]


def test_two_grains_of_a_sheet_share_the_field_and_differ_by_the_angle():
    built = Sheet((90.0, 90.0), "graphene", turn=5.0, misorientation=20.0).build(streams)
    atoms = [of(built, name) for name in ("grain-0", "grain-1")]
    assert len(atoms[0]) == pytest.approx(len(atoms[1]), rel=0.05)
    angles = []
    for places in atoms:
        tree = cKDTree(places)
        pairs = tree.query_pairs(1.5, output_type="ndarray")
        bonds = places[pairs[:, 0]] - places[pairs[:, 1]]
        turns = np.exp(6j * np.arctan2(bonds[:, 1], bonds[:, 0]))
        angles.append(np.degrees(np.angle(turns.mean())) / 6)
    assert abs(angles[0] - angles[1]) % 60 == pytest.approx(20.0, abs=0.5)


def test_grains_and_pockets_fill_a_film():
    plan = Polycrystal(FIELD, 20.0, 8, "Si", pockets=0.4)
    built = plan.build(streams)
    assert built.facts["n_pockets"] + built.facts["n_placed"] == 8 and built.facts["n_pockets"]
    volume = FIELD[0] * FIELD[1] * 20.0
    assert len(built.specimen) * 5.431**3 / 8 == pytest.approx(volume, rel=0.1)
    assert built.particles == tuple(f"grain-{i}" for i in range(built.facts["n_placed"]))
    # inside a grain every atom has four neighbours at the bond of the crystal
    grain = max((of(built, name) for name in built.particles), key=len)
    distances = cKDTree(grain).query(grain, k=5)[0]
    assert (np.abs(distances[:, 1:] - 5.431 * 3**0.5 / 4) < 1e-3).all(axis=1).mean() > 0.4
    film = of(built, "film")
    assert (np.abs(cKDTree(film).query(film, k=5)[0][:, 1:] - 2.352) < 1e-3).all(
        axis=1
    ).mean() < 0.01


def test_a_polycrystal_of_metal_has_no_pockets():
    built = Polycrystal(FIELD, 15.0, 6, "Au", pockets=0.5).build(streams)
    assert "film" not in built.specimen.objects and len(built.particles) == 6


@pytest.mark.parametrize("edge", ["straight", "round"])
def test_a_hole_holds_no_film_and_the_rest_is_the_film(edge):
    plan = ParticlesAtHole(FIELD, 20.0, 0.3, (), edge, 2.0, 10.0)
    built = plan.build(streams)
    film = of(built, "film")
    rim = Rim.of(edge, FIELD, 0.3, 2.0, 10.0, streams)
    assert not rim.is_open(film[:, :2]).any()
    places = (np.indices((128, 128)).reshape(2, -1).T + 0.5) * 0.5
    share = rim.is_open(places).mean()
    assert share == pytest.approx(0.3, abs=0.04)
    density = len(of(ParticlesAtHole(FIELD, 20.0, 0.05, (), edge).build(streams), "film")) / 0.95
    assert len(film) == pytest.approx((1 - share) * density, rel=0.03)
    for side, along in ((0, 0.1), (1, 0.6)):
        corner, outward = rim.point(side, along)
        assert rim.is_open(np.array([corner + 0.3 * outward]))[0]
        assert not rim.is_open(np.array([corner - 0.3 * outward]))[0]


@pytest.mark.parametrize("overhang", [-1.0, 0.0, 0.5, 1.0])
@pytest.mark.parametrize("edge", ["straight", "round"])
def test_particles_at_a_hole_hang_over_it_as_far_as_asked_and_touch_the_film(edge, overhang):
    size = (96.0, 96.0)
    particle = EdgeParticle(12.0, overhang, "sphere")
    plan = ParticlesAtHole(size, 20.0, 0.3, (particle,), edge, roughness=0.0)
    built = plan.build(streams)
    ball, film = of(built, "particle-0"), of(built, "film")
    rim = Rim.of(edge, size, 0.3, 0.0, 15.0, streams)
    over = rim.is_open(ball[:, :2]).mean()
    # of a ball, the part beyond a plane at a distance of -o radii: (1 + o)^2 (2 - o) / 4; the
    # particle is moved back by its burial, and a round rim curls round it
    sunk = overhang - 0.3 * max(overhang, 0.0)
    assert over == pytest.approx((1 + sunk) ** 2 * (2 - sunk) / 4, abs=0.12)
    edges = np.array(size)
    near = cKDTree(film % [*edges, 1e9], boxsize=[*edges, 1e9])
    gaps = near.query(ball % [*edges, 1e9])[0]
    assert 0.84 * contact_distance("Au", "C", share=1.0) < gaps.min() < 3.0
    assert ball[:, 2].min() < film[:, 2].min()  # and stands on the face where the beam enters


def test_defects_of_supported_particles_are_what_labels_find():
    from hrtem_sim.mask import find_grains

    field = (11 * 4.212,) * 2
    for defects, grains in ((0, 1), (2, 3)):
        particle = CrystalParticle(16.0, adhesion=0.9, defects=defects)
        built = ParticlesOnCrystal(
            field, (particle,), "MgO(100)", 2, "Pt", stacking_fault_ratio=0.0
        ).build(streams)
        assert built.defects == (("twin",) * defects,)
        whole = Specimen(
            together(built, "particle-0"),
            built.specimen.only("particle-0").numbers,
            built.specimen.cell,
            objects=("particle-0",),
        )
        assert len(find_grains(whole, objects=["particle-0"]).grains) == grains


@pytest.mark.parametrize("kind", ["core_shell", "island", "on_crystal", "at_hole"])
def test_defects_are_as_many_as_fit_and_leave_no_impossible_pair(kind):
    built = {
        "core_shell": lambda: CoreShell(FIELD, 8.0, (CoreShellParticle(8.0, 8.0, 9),)),
        "island": lambda: Nanoislands(
            (20 * 3.19, 12 * 3.19 * 3**0.5), (Island(16.0, 30.0, 0.0, 9),)
        ),
        "on_crystal": lambda: ParticlesOnCrystal(
            (11 * 4.212,) * 2, (CrystalParticle(14.0, defects=9),), "MgO(100)", 2
        ),
        "at_hole": lambda: ParticlesAtHole(FIELD, 10.0, 0.3, (EdgeParticle(16.0, 0.0, defects=9),)),
    }[kind]().build(streams)
    (kinds,) = built.defects
    assert 1 <= len(kinds) <= 5
    found = find_contacts(
        built.specimen.positions,
        built.specimen.numbers,
        cell=np.array(built.specimen.cell),
        periodic=(True, True, False),
    )
    assert not len(found.first)


def test_twins_of_an_epitaxial_shell_go_on_through_the_core():
    particle = CoreShellParticle(12.0, 6.0, defects=1)
    plan = CoreShell(FIELD, 8.0, (particle,), "Ag", "Au", stacking_fault_ratio=0.0)
    built = plan.build(streams)
    plain = replace(plan, particles=(CoreShellParticle(12.0, 6.0),)).build(streams)
    assert built.defects == (("twin",),) and plain.defects == ((),)
    for name in ("core-0", "shell-0"):
        twinned, single = (together(one, name) for one in (built, plain))
        # one side keeps the crystal, the other is its mirror image
        same = cKDTree(single - single.mean(axis=0)).query(twinned - single.mean(axis=0))[0]
        assert 0.1 < (same < 0.2).mean() < 0.95


def test_parameters_that_came_later_are_no_part_of_plans_at_their_defaults():
    for name in ("core_shell", "particle_on_crystal", "nanoislands"):
        numbers = plan_structure(RECIPES[name], 0).specimen.numbers
        part = numbers["islands" if name == "nanoislands" else "particles"][0]
        assert "stacking_fault_ratio" not in numbers and "defects" not in part
