"""The paper's tables and figures by one command: what is built, trained and put side by side."""

import re
from dataclasses import replace
from functools import cache

import pandas as pd
import pytest

import seg_train.reproduce as made
from hrtem_sim.dataset import read_dataset_recipe
from hrtem_sim.dataset.plan import plan_structure
from hrtem_sim.provenance import rows_that_meet, shipped_recipes
from hrtem_sim.refusal import Refusal
from seg_train.cli import PARTS as NAMES
from seg_train.cli import main
from seg_train.reproduce import PARTS, TABLE_1, cost, reproduce
from seg_train.study import read_study_recipe

STUDIES = [name for part in PARTS.values() for name in part.studies]


def test_the_command_knows_every_part():
    assert tuple(PARTS) == NAMES


@pytest.mark.parametrize("home", ["studies", "studies/two_cores"])
@pytest.mark.parametrize("name", STUDIES)
def test_every_study_names_data_sets_that_are_there_and_hold_what_it_selects(home, name):
    study = read_study_recipe(f"{home}/{name}")
    assert set(study.data) == {condition.database or "" for condition in study.conditions}
    assert set(study.data.values()) <= set(shipped_recipes())
    for condition in study.conditions:
        data = read_dataset_recipe(study.data[condition.database or ""])
        wanted = condition.training.n_images
        assert wanted is None or wanted <= data.structures * data.images_per_structure


@cache
def drawn(source, structures):
    """The part of a data set's catalogue that studies select by, from its plans."""
    recipe = read_dataset_recipe(source)
    rows = [
        {
            "structure_index": plan.index,
            "film_thickness": plan.specimen.film_thickness,
            "dose": image.dose,
            "defocus": image.defocus,
            "plasmon_weight": image.plasmon_weight,
            "C30": image.aberrations.C30,
            "C12": image.aberrations.C12,
        }
        for plan in (plan_structure(recipe, index) for index in range(structures))
        for image in plan.images
    ]
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    "home, scale",
    [*(("studies/two_cores", scale) for scale in (1, 0.25, 0.125, 0.1)), ("studies", 0.1)],
)
@pytest.mark.parametrize("name", STUDIES)
def test_every_condition_finds_the_images_that_it_wants_at_any_scale(home, scale, name):
    study = read_study_recipe(f"{home}/{name}")
    for condition in study.scaled(scale).conditions:
        source = study.data[condition.database or ""]
        data = read_dataset_recipe(source).scaled(scale)
        assert (condition.structures or 0) <= data.structures
        if condition.training.select is None:
            micrographs = (condition.structures or data.structures) * data.images_per_structure
            assert (condition.training.n_images or 0) <= micrographs
            continue
        found = rows_that_meet(condition.training.select, drawn(source, data.structures)).sum()
        assert condition.training.n_images <= (1 - study.held_out) * found


def test_rows_of_table_1_are_the_studys_conditions():
    study = read_study_recipe("studies/table1")
    assert [condition.name for condition in study.conditions] == list(TABLE_1.index)


def test_data_sets_are_built_once_and_numbers_of_the_paper_stand_beside(tmp_path, monkeypatch):
    """With the building and the training left out: `test_study` and `test_dataset` do these."""
    built, studied, images = [], [], []

    def build(recipe, folder, **_):
        built.append((recipe.name, recipe.structures, folder.name))
        return folder

    def report(recipe, databases, folder, **_):
        studied.append((recipe.name, dict(databases), folder.name))
        images.append((recipe.conditions[0].training.n_images, recipe.repeats))
        names = [condition.name for condition in recipe.conditions]
        return pd.DataFrame({"f1 all best": 0.5}, index=pd.Index(names, name="condition"))

    monkeypatch.setattr(made, "build_dataset", build)
    monkeypatch.setattr(made, "study_report", report)
    table = reproduce("table1", tmp_path, scale=0.04)
    assert table.loc["optimized-au", "paper f1 5 nm Au"] == 0.915
    assert built[0] == ("baseline", 20, "baseline") and len(built) == 8
    assert pd.read_csv(tmp_path / "table1.csv").shape[0] == 8
    built.clear(), studied.clear()
    table = reproduce("fig6", tmp_path, scale=0.04)
    assert {folder for *_, folder in built} == {"varying_substrate"}  # one data set for all three
    assert [folder for *_, folder in studied] == ["substrate", "foci", "structures"]
    assert all(
        databases == {None: tmp_path / "data" / "varying_substrate"} for _, databases, _ in studied
    )
    built.clear(), images.clear()
    reproduce("table1", tmp_path, scale=0.125, data_scale=0.25, repeats=3)
    assert built[0] == ("baseline", 128, "baseline") and images == [(64, 3)]


def test_a_dry_run_says_what_it_would_cost_and_leaves_nothing(
    tiny_file, tmp_path, monkeypatch, capsys
):
    """As the docs have it, without a folder; half of four structures are two."""
    dose = read_study_recipe("studies/dose")
    conditions = tuple(
        replace(condition, training=replace(condition.training, n_images=6))
        for condition in dose.conditions
    )
    study = replace(dose, conditions=conditions, data={"": str(tiny_file)})
    monkeypatch.setattr(made, "read_study_recipe", lambda name: study)
    empty = tmp_path / "here"
    empty.mkdir()
    monkeypatch.chdir(empty)
    assert main(["reproduce", "fig4b", "--dry-run", "--scale", "0.5", "--repeats", "2"]) == 0
    *data, networks = capsys.readouterr().out.splitlines()
    assert data[0].startswith(f"{tiny_file}: structures  2")
    assert [line.split()[0] for line in data[1:]] == [
        "micrographs",
        "time",
        "disk",
        "memory",
        "from",
    ]
    number = len(dose.conditions) * 2
    assert networks == (
        f"studies/dose: {number} networks, 6 images each, {dose.conditions[0].training.epochs} "
        "epochs at most"
    )
    assert not list(empty.iterdir())


@pytest.mark.follows("give every condition its images")
@pytest.mark.parametrize("part, two_cores", [("table1", True), ("fig6", True), ("table1", False)])
def test_a_data_scale_that_is_too_small_is_said_before_anything_is_built(
    part, two_cores, tmp_path, monkeypatch
):
    monkeypatch.setattr(made, "estimate", lambda recipe, **_: f"{recipe.structures} structures")
    with pytest.raises(Refusal, match=r"data_scale .* wants .* got 0.002: give") as error:
        reproduce(part, tmp_path / "new", scale=0.25, data_scale=0.002, two_cores=two_cores)
    assert not (tmp_path / "new").exists()
    enough = float(re.search(r"give (\S+) or more", str(error.value))[1])
    assert cost(part, scale=0.25, data_scale=enough, two_cores=two_cores)
    with pytest.raises(Refusal, match="data_scale"):
        cost(part, scale=0.25, data_scale=0.9 * enough, two_cores=two_cores)


@pytest.mark.slow
def test_a_figure_is_made_from_nothing_and_not_twice(tmp_path, monkeypatch):
    tiny = read_study_recipe("studies/two_cores/dose")
    two = tuple(
        replace(
            condition,
            training=replace(
                condition.training,
                epochs=1,
                n_images=8,
                batch_size=4,
                model=replace(condition.training.model, backbone="plain", stages=2, width=4),
            ),
        )
        for condition in tiny.conditions[:2]
    )
    small = replace(tiny, conditions=two, repeats=1, held_out=0.0)
    monkeypatch.setattr(made, "read_study_recipe", lambda name: small)
    table = reproduce("fig4b", tmp_path, scale=8 / 256, two_cores=True, progress=False)
    assert list(table.index) == ["50", "100"] and table["f1 all best"].between(0, 1).all()
    before = {path: path.stat().st_mtime for path in tmp_path.rglob("*.weights.h5")}
    reproduce("fig4b", tmp_path, scale=8 / 256, two_cores=True, progress=False)
    assert before == {path: path.stat().st_mtime for path in tmp_path.rglob("*.weights.h5")}
