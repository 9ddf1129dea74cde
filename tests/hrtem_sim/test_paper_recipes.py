"""The paper's data sets and studies have its numbers (archived scripts, Table 1)."""

import pandas as pd
import pytest

from hrtem_sim.dataset import read_dataset_recipe
from hrtem_sim.provenance import rows_that_meet
from seg_train.study import read_study_recipe

LARGE, MIDDLE, SMALL = (40, 10, 30, 50), (25, 7.5, 15, 35), (10, 2.5, 7.5, 12.5)
"""Radii: mean, standard deviation, least and most, in angstrom."""

SETS = {
    "baseline": ([LARGE], (0, 3), 512, 20),
    "thermal": ([LARGE], (0, 3), 512, 20),
    "smaller_nanoparticles": ([MIDDLE, SMALL], (0, 1), 512, 11),
    "varying_substrate": ([LARGE], (0, 3), 2048, 11),
}


@pytest.mark.parametrize("name", SETS)
def test_particles_are_the_papers(name):
    radii, defects, structures, images = SETS[name]
    recipe = read_dataset_recipe(name)
    assert [part.values for part in recipe.particle.radius.parts] == radii
    assert (recipe.particle.defects.low, recipe.particle.defects.high) == defects
    assert (recipe.structures, recipe.images_per_structure) == (structures, images)
    assert recipe.placement.field == (128.0, 128.0)
    assert recipe.placement.burial.values == (0.2,)


@pytest.mark.parametrize("name", ["smaller_nanoparticles", "varying_substrate"])
def test_foci_are_eleven_and_each_is_spread(name):
    foci = read_dataset_recipe(name).imaging.defocus.parts
    assert [focus.values for focus in foci] == [(100.0 * k, 20.0) for k in range(-5, 6)]


STUDIES = {
    "dose": (12, 512), "effects": (8, 512), "foci": (5, 1024), "learning_rate": (3, 512),
    "size": (7, None), "structures": (4, 1024), "substrate": (5, 1024), "table1": (8, None),
}  # fmt: skip


@pytest.mark.parametrize("name", STUDIES)
def test_studies_train_the_papers_network_as_the_paper_does(name):
    study = read_study_recipe(f"studies/{name}")
    conditions, images = STUDIES[name]
    assert len(study.conditions) == conditions and study.repeats == 5
    for condition in study.conditions:
        training = condition.training
        assert (training.patch, training.pixel_size, training.batch_size) == (512, 0.2, 16)
        assert (training.model.backbone, training.model.stages) == ("resnet18", 5)
        assert (training.preprocessing.median, training.loss) == (3, "cce_dice")
        assert images is None or training.n_images == images


def test_table_1_has_the_papers_rows_and_numbers_of_images():
    study = read_study_recipe("studies/table1")
    images = [condition.training.n_images for condition in study.conditions]
    assert images == [512, 512, 512, 1024, 1024, 8000, 8000, 8000]


def test_the_dose_study_finds_its_doses_in_the_data():
    doses = read_dataset_recipe("dose_series").imaging.dose.values
    wanted = {float(condition.name) for condition in read_study_recipe("studies/dose").conditions}
    assert wanted == set(doses) == {100.0 * k for k in range(1, 13)}


def test_conditions_of_foci_take_each_focus_once():
    table = pd.DataFrame({"defocus": [100.0 * k for k in range(-5, 6)]})
    for condition in read_study_recipe("studies/foci").conditions:
        assert rows_that_meet(condition.training.select, table).sum() == int(condition.name)
