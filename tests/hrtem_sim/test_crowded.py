"""Particles as micrographs have them: none, many, upon each other, cut by the border."""

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import cKDTree

from hrtem_sim.dataset import (
    build_dataset,
    check_dataset,
    plan_structure,
    read_dataset_recipe,
    regenerate,
    simulate_structure,
)
from hrtem_sim.dataset.particles import asked_coverage, coverage_of
from hrtem_sim.dataset.recipe import ParticleRecipe
from hrtem_sim.dataset.simulate import build_structure
from hrtem_sim.interchange import to_coco
from hrtem_sim.interchange.coco import decode_rle
from hrtem_sim.mask import find_grains, instance_map, outline_mask, plan_volumes
from hrtem_sim.provenance import Distribution, rng_for
from hrtem_sim.specimen.builders import (
    RESTING,
    ParticlesOnFilm,
    build_particles_on_film,
    place,
)
from hrtem_sim.specimen.particles import ParticlePlan
from hrtem_sim.wave import WaveSettings, compute_exit_waves
from tests.physics.reference import scattered_error


def constant(value):
    return Distribution("constant", (value,))


def streams(*key):
    return rng_for(3, *key)


def gold(offset, radius=10.0, shape="sphere"):
    return ParticlePlan("Au", shape, radius, (0.1, 0.2, 0.3, 0.9273618495495703), offset, 0, 0.0)


def on_film(*particles, field=(64.0, 64.0), **more):
    return ParticlesOnFilm(field, particles, 0.2, "exit", 2.0, "C", 6.0, 0.11, 1.4, **more)


def test_structures_of_recipes_without_the_new_fields_are_what_they_were():
    """Ids that were given before there were any of these fields."""
    recipe = read_dataset_recipe("optimized_mixed")
    assert plan_structure(recipe, 3).structure_id == "structure-5a3dbb2b821190fe"


@pytest.fixture(scope="module")
def bare(tiny, tmp_path_factory):
    """Two structures, of which one is bare film."""
    storage = replace(tiny.storage, labels=("instances", "structure"), structures_per_shard=2)
    imaging = replace(tiny.imaging, focus_reference="minimum_contrast")
    wave = replace(tiny.wave, particle_pixel=0.1)
    particle = replace(tiny.particle, count=Distribution("choice", (0, 0, 1)))
    mask = replace(tiny.mask, rule="outline")
    recipe = replace(tiny, structures=2, seed=14, storage=storage, imaging=imaging, mask=mask)
    recipe = replace(recipe, particle=particle, wave=wave)
    return build_dataset(recipe, tmp_path_factory.mktemp("bare"), progress=False)


@pytest.mark.filterwarnings("ignore:the zero of focus is uncertain")
def test_bare_film_is_a_micrograph_like_any_other(bare, tmp_path):
    table = bare.catalogue
    empty = np.flatnonzero(table["n_particles"] == 0)
    assert 0 < len(empty) < len(table)
    assert not bare.masks(empty).any()
    assert not bare.labels(empty).any() and not bare.labels(empty, "structure").any()
    film = table.iloc[empty]
    assert (film["material"] == "none").all() and film["radius"].isna().all()
    assert (film["mask_agreement"] == 1).all() and (film["n_particle_atoms"] == 0).all()
    assert film["focus_zero"].nunique() == film["structure"].nunique()  # found from the film
    check_dataset(bare)
    again = regenerate(bare, film["micrograph"].iloc[1])
    np.testing.assert_array_equal(again.counts, bare.counts(empty[1:2])[0])
    content = json.loads(to_coco(bare, None, tmp_path / "coco").read_text())
    assert len(content["images"]) == len(table)
    assert {a["image_id"] for a in content["annotations"]} == set(
        (np.setdiff1d(np.arange(len(table)), empty) + 1).tolist()
    )


@pytest.mark.filterwarnings("ignore:the zero of focus is uncertain")
def test_the_wave_of_bare_film_runs_on_its_own_pixels(bare, tiny):
    """Fine pixels are for particles: where there are none the wave is that without them."""
    from hrtem_sim.dataset.again import stored_recipe

    recipe = stored_recipe(bare)
    index = int(bare.catalogue.loc[bare.catalogue["n_particles"] == 0, "structure_index"].iloc[0])
    plan = plan_structure(recipe, index)
    coarse = replace(recipe, wave=replace(recipe.wave, particle_pixel=None))
    one, other = (simulate_structure(r, plan) for r in (recipe, coarse))
    np.testing.assert_array_equal(one.wave.array, other.wave.array)
    assert (one.particle_wave.array == 1).all()


@pytest.fixture(scope="module")
def crowded():
    recipe = read_dataset_recipe("demo")
    particle = ParticleRecipe(
        Distribution("uniform", (8.0, 16.0)),
        shapes=("sphere", "wulff"),
        coverage=Distribution("uniform", (0.0, 0.6)),
        gap=1.0,
    )
    placement = replace(recipe.placement, field=(102.4, 102.4), border="cut", overlap=0.5)
    return replace(recipe, particle=particle, placement=placement, structures=200)


def test_coverage_is_what_was_asked_to_half_a_disc(crowded):
    half = np.pi * 16**2 / 102.4**2 / 2
    wrong, found = [], []
    for index in range(40):
        plan = plan_structure(crowded, index).specimen
        found.append(coverage_of(plan.particles, plan.field))
        wrong.append(found[-1] - asked_coverage(crowded, index))
    assert max(wrong) < half + 0.005
    assert np.mean(np.array(wrong) < -half - 0.005) < 0.2  # the fullest find no room
    assert abs(np.mean(wrong)) < 0.02 and min(found) == 0.0 and max(found) > 0.45


def test_coverage_of_discs_that_overlap_and_of_those_across_the_border():
    whole = coverage_of([gold((0.0, 0.0))], (64.0, 64.0))
    assert whole == pytest.approx(np.pi * 100 / 64**2, rel=0.01)
    assert coverage_of([gold((32.0, -32.0))], (64.0, 64.0)) == pytest.approx(whole, rel=0.01)
    assert coverage_of([gold((0.0, 0.0)), gold((0.0, 0.0))], (64.0, 64.0)) == whole


def test_the_share_of_structures_with_overlap_is_that_of_the_recipe(crowded):
    piled = [plan_structure(crowded, index).specimen.piled for index in range(200)]
    assert abs(np.mean(piled) - 0.5) < 4 * (0.25 / 200) ** 0.5


def closest(specimen, one, other):
    """Least distance between atoms of two objects, across the border too."""
    cell = np.array([*specimen.cell[:2], 1e4])
    places = [np.mod(specimen.only(name).positions, cell) for name in (one, other)]
    return cKDTree(places[0], boxsize=cell).query(places[1])[0].min()


@pytest.mark.parametrize("shape", ["sphere", "wulff"])
@pytest.mark.parametrize("side", ["entrance", "exit"])
def test_a_particle_let_down_on_another_rests_on_it(shape, side):
    plan = on_film(gold((0.0, 0.0), 12.0, shape), gold((9.0, 5.0)), piled=True)
    plan = replace(plan, side=side)
    built = build_particles_on_film(plan, streams)
    assert closest(built.specimen, "particle-0", "particle-1") == pytest.approx(RESTING, abs=1e-6)
    # none of its atoms gave way
    for name, placed in zip(built.particles, place(plan, streams), strict=True):
        assert built.specimen.selection(name).sum() == len(placed.atoms)
    low, high = (built.specimen.only(name).positions[:, 2] for name in built.particles)
    outward = 1 if side == "exit" else -1
    assert outward * (high.mean() - low.mean()) > 10  # above it, seen from the film


def test_a_particle_rests_on_one_across_the_border():
    beside = on_film(gold((-5.0, 0.0)), gold((5.0, 0.0)), piled=True, border="cut")
    across = on_film(gold((27.0, 0.0)), gold((-27.0, 0.0)), piled=True, border="cut")
    heights = [place(plan, streams)[1].atoms[:, 2] for plan in (beside, across)]
    np.testing.assert_allclose(heights[0], heights[1], atol=1e-9)
    apart = on_film(gold((-20.0, 0.0)), gold((5.0, 0.0)), piled=True)
    assert heights[0].min() > place(apart, streams)[1].atoms[:, 2].min() + 1


def test_particles_of_a_pile_never_interpenetrate(crowded):
    recipe = replace(crowded, placement=replace(crowded.placement, overlap=1.0))
    touching = 0
    for index in range(4):
        built = build_structure(plan_structure(recipe, index))
        for i, one in enumerate(built.particles):
            for other in built.particles[:i]:
                distance = closest(built.specimen, one, other)
                assert distance > RESTING - 1e-6
                touching += distance < RESTING + 1e-6
    assert touching > 4


def test_a_particle_across_the_border_is_the_one_inside_rolled_round():
    """Mask, instances and grains of a particle are those of the same one in the middle."""
    inside = on_film(gold((0.0, 0.0)), gold((20.0, 3.0), 6.0), border="cut")
    moved = tuple(
        replace(particle, offset=(particle.offset[0] - 32.0, particle.offset[1] + 32.0))
        for particle in inside.particles
    )
    across = replace(inside, particles=moved)
    pictures = []
    for plan in (inside, across):
        built = build_particles_on_film(plan, streams)
        seen = built.specimen.only(*built.particles)
        assert (seen.positions[:, :2] >= 0).all() and (seen.positions[:, :2] < 64.0).all()
        mask = outline_mask(seen, (160, 160), 0.4)
        ids = instance_map(seen, (160, 160), 0.4, volumes=plan_volumes(plan), within=mask).ids
        grains = [(grain.object, grain.size) for grain in find_grains(seen).grains]
        pictures.append((mask.classes, ids, grains, len(built.specimen)))
    (mask, ids, grains, _), (other_mask, other_ids, other_grains, _) = pictures
    np.testing.assert_array_equal(np.roll(mask, (80, 80), (0, 1)), other_mask)
    np.testing.assert_array_equal(np.roll(ids, (80, 80), (0, 1)), other_ids)
    assert grains == other_grains
    corners = other_ids[[0, 0, -1, -1], [0, -1, 0, -1]]
    assert (corners == 1).all()  # one particle, one number, in all four corners


def test_film_gives_way_to_a_particle_across_the_border():
    plan = on_film(gold((32.0, 0.0)), border="cut")
    built = build_particles_on_film(plan, streams)
    assert closest(built.specimen, "particle-0", "film") > 1.5
    inside = build_particles_on_film(replace(plan, particles=(gold((0.0, 0.0)),)), streams)
    counts = [one.specimen.selection("film").sum() for one in (built, inside)]
    assert counts[0] == pytest.approx(counts[1], rel=0.02)


def test_windows_of_a_pile_across_the_border_give_the_wave_of_the_whole_cell():
    plan = on_film(
        gold((44.0, 0.0), 8.0),
        gold((-41.0, 6.0), 7.0),
        field=(96.0, 96.0),
        piled=True,
        border="cut",
    )
    built = build_particles_on_film(plan, streams)
    parts = [built.specimen.objects, built.particles]
    windows = WaveSettings(pixel_size=0.2, particle_pixel=0.1, particles=built.particles)
    whole = replace(windows, particles=())
    waves = [compute_exit_waves(built.specimen, parts, each) for each in (windows, whole)]
    # film on its own pixels, and margins about the smallest particles, as in the tests of windows
    for one, other, bound in zip(*waves, (0.012, 0.01), strict=True):
        assert 1e-6 < scattered_error(one.array[0], other.array[0], 1.25) < bound


def test_boxes_of_a_cut_particle_are_those_of_its_parts(crowded, tmp_path):
    storage = replace(crowded.storage, labels=("instances",))
    particle = replace(crowded.particle, coverage=constant(0.25))
    recipe = replace(
        crowded, structures=1, images_per_structure=1, storage=storage, particle=particle
    )
    database = build_dataset(recipe, tmp_path / "set", progress=False)
    content = json.loads(to_coco(database, None, tmp_path / "coco").read_text())
    ids = database.labels([0])[0]
    together = np.zeros_like(ids)
    for annotation in content["annotations"]:
        part = decode_rle(annotation["segmentation"])
        assert not together[part].any()
        together[part] = annotation["particle"]
        assert max(annotation["bbox"][2:]) < 2 * 1.25 * 16 / 0.4 + 8  # never across the image
    np.testing.assert_array_equal(together, ids)
    assert len(content["annotations"]) > len(set(ids.ravel()) - {0})


def test_particles_without_room_are_told_and_counted(tiny, tmp_path):
    particle = replace(tiny.particle, count=constant(9.0))
    recipe = replace(tiny, structures=1, images_per_structure=1, particle=particle)
    with pytest.warns(UserWarning, match=r"1 of 1 structures have fewer particles than asked for"):
        database = build_dataset(recipe, tmp_path / "count", progress=False)
    (row,) = database.catalogue.itertuples()
    assert row.n_asked == 9 and 0 < row.n_particles < 9
    full = replace(particle, count=constant(1.0), coverage=constant(0.7))
    with pytest.warns(UserWarning, match=r"of 0\.70 covered, because no more found room"):
        database = build_dataset(replace(recipe, particle=full), tmp_path / "full", progress=False)
    (row,) = database.catalogue.itertuples()
    assert row.coverage_asked == 0.7 and 0 < row.coverage < 0.6


def test_particles_of_one_structure_can_be_of_several_materials(tiny, tmp_path):
    particle = replace(
        tiny.particle, materials=("Au", "Ag", "CdSe"), count=constant(5.0), gap=0.0, mixed=True
    )
    placement = replace(tiny.placement, field=(76.8, 76.8), border="cut")
    recipe = replace(tiny, particle=particle, placement=placement, structures=12)
    plans = [plan_structure(recipe, index).specimen for index in range(12)]
    assert max(len({one.material for one in plan.particles}) for plan in plans) == 3
    # sizes and places are those of particles that are all alike: every number has its own stream
    alike = replace(recipe, particle=replace(particle, mixed=False))
    for index, plan in enumerate(plans):
        same = plan_structure(alike, index).specimen.particles
        assert [one.radius for one in plan.particles] == [one.radius for one in same]
        assert [one.offset for one in plan.particles] == [one.offset for one in same]
    one = replace(recipe, structures=1, images_per_structure=1)
    database = build_dataset(one, tmp_path / "set", progress=False)
    kinds = {part.material for part in plans[0].particles}
    assert database.catalogue["material"].tolist() == [" ".join(sorted(kinds))]
