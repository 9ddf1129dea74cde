"""The recipes that come with the project can be read, planned and simulated."""

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from hrtem_sim.dataset import plan_structure, read_dataset_recipe, simulate_structure
from hrtem_sim.provenance import read_recipe

RECIPES = Path(__file__).parents[2] / "hrtem_sim" / "recipes"
ALL = sorted(p for p in RECIPES.rglob("*.toml") if "dataset" in read_recipe(p))
IMAGES = {  # of the paper and its archived scripts
    "baseline": 10240,
    "thermal": 10240,
    "smaller_nanoparticles": 5632,
    "varying_substrate": 22528,
    "optimized_au": 8000,
    "optimized_cdse": 8000,
    "optimized_mixed": 8000,
}


@pytest.mark.parametrize("path", ALL, ids=lambda p: str(p.relative_to(RECIPES)))
def test_recipes_can_be_planned(path):
    recipe = read_dataset_recipe(path)
    for index in (0, recipe.structures - 1):
        plan = plan_structure(recipe, index)
        assert len(plan.images) == recipe.images_per_structure
        assert plan.specimen.numbers if recipe.specimen else plan.specimen.particles
    assert recipe.scaled(0.001).structures == max(1, round(recipe.structures / 1000))


@pytest.mark.parametrize("name", IMAGES)
def test_recipes_have_the_papers_counts(name):
    recipe = read_dataset_recipe(RECIPES / f"{name}.toml")
    assert recipe.structures * recipe.images_per_structure == IMAGES[name]


def test_simulation_effects_share_their_structures():
    recipes = [read_dataset_recipe(p) for p in (RECIPES / "simulation_effects").glob("*.toml")]
    assert len(recipes) == 8
    plans = [plan_structure(recipe, 3) for recipe in recipes]
    assert len({plan.structure_id for plan in plans}) == 1
    assert len({plan.images[0].defocus for plan in plans}) == 1


def test_drawn_numbers_follow_the_recipe():
    recipe = read_dataset_recipe(RECIPES / "varying_substrate.toml")
    plans = [plan_structure(recipe, index) for index in range(400)]
    radii = [plan.specimen.particles[0].radius for plan in plans]
    films = [plan.specimen.film_thickness for plan in plans]
    foci = [image.defocus for plan in plans for image in plan.images]
    assert stats.kstest(radii, stats.truncnorm(-1, 1, 40, 10).cdf).pvalue > 1e-3
    assert stats.kstest(films, stats.uniform(20, 60).cdf).pvalue > 1e-3
    assert stats.kstest(foci, eleven_foci).pvalue > 1e-3


def eleven_foci(defocus):
    """The paper's: -500 to 500 angstrom in steps of 100, each with a spread of 20."""
    return np.mean([stats.norm(100 * k, 20).cdf(defocus) for k in range(-5, 6)], axis=0)


@pytest.mark.slow
def test_the_largest_recipe_can_be_simulated():
    import dataclasses

    recipe = read_dataset_recipe(RECIPES / "optimized_mixed.toml")
    wave = dataclasses.replace(recipe.wave, phonons=1, particle_pixel=None)
    recipe = dataclasses.replace(recipe, wave=wave, images_per_structure=1)
    simulated = simulate_structure(recipe, plan_structure(recipe, 0))
    assert simulated.micrographs[0].counts.shape == (640, 640)
    assert 0.001 < simulated.mask.classes.mean() < 0.6
