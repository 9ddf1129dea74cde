"""Bad input to recipes of data sets and to the command lines: one line, code 2, nothing left."""

import copy
import dataclasses
import re
import tomllib
import typing
from pathlib import Path

import pytest

from hrtem_sim.cli import main as hrtem_sim
from hrtem_sim.database import DatabaseError
from hrtem_sim.dataset import DatasetRecipe
from hrtem_sim.provenance import Distribution, RecipeError, Refusal, from_table, to_toml
from hrtem_sim.wave.prismatic import PrismaticError
from seg_train.cli import main as seg_train
from seg_train.recipe import TrainingRecipe
from tests.errors.table import Row, refused, said, table

NAN, INF = float("nan"), float("inf")
DEMO = tomllib.loads((Path(__file__).parents[2] / "hrtem_sim/recipes/demo.toml").read_text())[
    "dataset"
]
ABSENT = object()


def changed(path: str, value) -> dict:
    """The table of the demo with one field changed, or left out."""
    recipe = copy.deepcopy(DEMO)
    *folders, name = path.split(".")
    at = recipe
    for folder in folders:
        at = at.setdefault(folder, {})
    at.pop(name, None) if value is ABSENT else at.update({name: value})
    return recipe


def field(path: str, value, rule: str, shown: str | None = None) -> Row:
    def read():
        return from_table(DatasetRecipe, changed(path, value), "dataset")

    return Row("dataset", path, rule, repr(value) if shown is None else shown, read, RecipeError)


def coarse():
    """Grains of a film that are wider than its field."""
    film = {"thickness": 20.0, "order": {"share": 0.2, "radius": 45.0}}
    table = {**changed("film", film), "placement": {"field": [79.2, 79.2]}}
    return from_table(DatasetRecipe, table, "dataset")


# fmt: off
FIELDS = (
    field("seed", -1, "at least 0"),
    field("seed", "one", "integer"),
    field("structures", 0, "at least 1"),
    field("structures", 2.5, "integer"),
    field("images_per_structure", -3, "at least 1"),
    field("name", 7, "string"),
    field("particles", {}, "did you mean 'particle'", "allowed"),
    field("film.thicknes", 20.0, "did you mean 'thickness'", "allowed"),
    field("particle.radius", ABSENT, "missing", "dataset.particle"),
    field("particle.radius", -5.0, "4 to 1000 angstrom"),
    field("particle.radius", "2 nm", "a number or a table"),
    field("particle.radius", NAN, "a number or a table", "nan"),
    field("particle.radius", {"uniform": [30.0, 200.0]}, "stay below", "{ uniform = [30.0, 200.0] }"),
    field("particle.radius", {"gauss": [30.0, 5.0]}, "kind must be one of", "'gauss'"),
    field("particle.radius", {"truncated_normal": [18.0, 9.0]}, "takes 4 numbers", "[18.0, 9.0]"),
    field("particle.radius", {"normal": [[18.0, 9.0], [8.0]]}, "takes 2 numbers", "[8.0]"),
    field("particle.radius", {"choice": [[18.0, 9.0], [8.0]]}, "populations must be 1", "got 2"),
    field("particle.materials", ["Unobtainium"], "paths of CIF files", "'Unobtainium'"),
    field("particle.materials", [], "at least one", "[]"),
    field("particle.shapes", ["prism"], "one of 'sphere'", "'prism'"),
    field("particle", {"radius": 20.0, "materials": ["CdSe"], "shapes": ["cube"]}, "sphere, wulff or rod for 'CdSe'", "['cube']"),
    field("particle.shapes", ["rod"], "corners within placement.field", "['rod']"),
    field("particle.count", {"uniform": [1.0, 4.0]}, "whole number of at least 0", "{ uniform = [1.0, 4.0] }"),
    field("particle.coverage", 0.9, "in [0, 0.7]"),
    field("particle", {"radius": 20.0, "count": 4, "coverage": 0.3}, "count must be left out", "4"),
    field("placement.border", "open", "'inside', 'cut'"),
    field("placement", {"field": [79.2, 79.2], "border": "cut"}, "across the border", "[18.0"),
    field("placement.overlap", 1.5, "in [0, 1]"),
    field("particle.gap", -1.0, "0 to 1000 angstrom"),
    field("particle.defects", 1.5, "whole number of at least 0"),
    field("particle.stacking_fault_ratio", 2.0, "in [0, 1]"),
    field("particle", {"radius": 20.0, "ligands": {"carbons": 40}}, "in [1, 30]", "40"),
    field("particle", {"radius": 20.0, "ligands": {"head": "thiol"}}, "'thiolate', 'amine', 'carboxylate'", "'thiol'"),
    field("film.thickness", 0.0, "1 to 10000 angstrom"),
    field("film.density", -0.1, "positive"),
    field("film.density", INF, "finite number", "inf"),
    field("film.material", "Qq", "symbol or formula"),
    field("film.min_distance", 0.0, "positive"),
    Row("dataset", "film.order.radius", "at most 39.6 angstrom, half of an edge", "45.0", coarse, RecipeError),
    field("film", {"thickness": 20.0, "material": "SiO2", "order": {"share": 0.2}}, "order must be left out for films other than C, Si, Ge", "'SiO2'"),
    field("film", {"thickness": 20.0, "order": {"share": 1.2}}, "in [0, 1]", "1.2"),
    field("film", {"thickness": 20.0, "relief": {"folds": 1.5}}, "whole number of at least 0", "1.5"),
    field("placement.field", [102.4], "list of 2", "[102.4]"),
    field("placement.field", [102.4, -1.0], "5 to 20000 angstrom", "-1.0"),
    field("placement.burial", 3.0, "in [0, 2] radii"),
    field("placement.offset", 2.0, "in [-1, 1]"),
    field("placement.side", "left", "'entrance', 'exit'"),
    field("placement.margin", -2.0, "0 to 1000 angstrom"),
    field("wave.energy", 0.0, "10 to 3000 keV, in eV"),
    field("wave.energy", "300 kV", "finite number"),
    field("wave.pixel_size", -0.1, "0.005 to 10 angstrom"),
    field("wave.phonons", 2.5, "integer"),
    field("wave.rms", -0.1, "in [0, 0.6] angstrom"),
    field("wave.rms", "einstein", "'debye'"),
    field("imaging.dose", -300.0, "0.01 to 1e+08 e/angstrom^2"),
    field("imaging.dose", {"log_uniform": [0.0, 3.0]}, "positive numbers", "[0.0, 3.0]"),
    field("imaging.dose", {"uniform": [3.0, 1.0]}, "low <= high", "[3.0, 1.0]"),
    field("imaging.defocus", {"normal": [0.0, -1.0]}, "std >= 0", "[0.0, -1.0]"),
    field("imaging.focal_spread", -3.0, "0 to 500 angstrom"),
    field("imaging.plasmon_weight", 1.5, "in [0, 1]"),
    field("imaging.aberrations.C99", 1.0, "not an aberration", "allowed"),
    field("imaging.aberrations.C10", 1.0, "not an aberration", "allowed"),
    field("detector.pixel_size", 0.3, "multiple of the wave's pixel"),
    field("detector.noise_transfer", "white", "'mtf', 'flat'"),
    field("detector.mtf_half", 0.0, "positive, in Nyquist"),
    field("mask.threshold", 4.0, "in (0, pi) rad"),
    field("mask.cut", 0.0, "in (0, 1)"),
    field("storage.structures_per_shard", 0, "at least 1"),
    field("storage.waves", "yes", "true or false"),
)
# fmt: on


@table(*FIELDS)
def test_a_bad_field_of_a_data_set_is_named_by_its_path(row):
    refused(row)


BAD = (True, [], -1, {"uniform": [3.0, 1.0]}, "x", [[1.0, 2.0]])
PYTHON = re.compile(r"\b(None|True|False|tuple|dict|float|int|str)\b|got \(|got \{'")


def refusals(cls, table, name, path=()):
    """What is said of bad values of every field of a recipe, and of the tables in it."""
    hints = typing.get_type_hints(cls)
    for item in dataclasses.fields(cls):
        for value in BAD:
            changed = copy.deepcopy(table)
            at = changed
            for key in path:
                at = at.setdefault(key, {})
            at[item.name] = value
            try:
                from_table(
                    {"dataset": DatasetRecipe, "training": TrainingRecipe}[name], changed, name
                )
            except RecipeError as error:
                yield str(error)
        for kind in (hints[item.name], *typing.get_args(hints[item.name])):
            if dataclasses.is_dataclass(kind) and kind is not Distribution:
                yield from refusals(kind, table, name, (*path, item.name))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("cls", "table", "name"),
    [(DatasetRecipe, DEMO, "dataset"), (TrainingRecipe, {"seed": 1}, "training")],
)
def test_no_refusal_of_a_recipe_speaks_python(cls, table, name):
    told = list(refusals(cls, table, name))
    assert len(told) > 100
    assert [message for message in told if PYTHON.search(message)] == []


def recipe_file(folder: Path, path: str = "seed", value=1) -> str:
    file = folder / "recipe.toml"
    file.write_text(to_toml({"dataset": changed(path, value), "training": {"seed": 1}}))
    return str(file)


# What to type, with {recipe} for a good one and {bad} for one with seed = -1; what is said.
# fmt: off
LINES = (
    (hrtem_sim, "build gone.toml --out {out}", "recipe", "cannot be read", "gone.toml"),
    (hrtem_sim, "build {bad} --out {out}", "dataset.seed", "at least 0", "-1"),
    (hrtem_sim, "build {text} --out {out}", "recipe", "not valid TOML", "text.toml"),
    (hrtem_sim, "build {recipe} --out {out} --workers 0", "--workers", "at least 1", "0"),
    (hrtem_sim, "build {recipe} --out {out} --workers two", "--workers", "whole number", "'two'"),
    (hrtem_sim, "build {recipe} --out {out} --scale -1", "--scale", "positive", "-1"),
    (hrtem_sim, "build {recipe} --out {out} --scale nan", "--scale", "positive", "nan"),
    (hrtem_sim, "build {recipe} --out {out} --scale big", "--scale", "number", "'big'"),
    (hrtem_sim, "build {recipe} --out {out} --share 3/2", "--share", "i/n", "'3/2'"),
    (hrtem_sim, "build {recipe} --out {out} --share one", "--share", "i/n", "'one'"),
    (hrtem_sim, "build {recipe}", "--out", "must name the folder", "none"),
    (hrtem_sim, "build demos --out {out}", "recipe", "names that come with the package", "demos"),
    (hrtem_sim, "recipes demos", "name", "one of baseline", "'demos'"),
    (hrtem_sim, "bild {recipe}", "command", "choose from", "'bild'"),
    (hrtem_sim, "show gone", "folder", "data set", "gone"),
    (hrtem_sim, "preview {recipe} --out atoms.xyz", "--out", "be a picture", "'atoms.xyz'"),
    (hrtem_sim, "preview {recipe} --out empty", "--out", "be a picture", "'empty'"),
    (hrtem_sim, "check {empty}", "folder", "shard-*.h5", "empty"),
    (hrtem_sim, "export gone --format coco --out {out}", "folder", "data set", "gone"),
    (seg_train, "fit gone.toml data --out {out}", "recipe", "cannot be read", "gone.toml"),
    (seg_train, "fit {recipe} gone --out {out}", "folder", "data set", "gone"),
    (seg_train, "run {bad} --out {out}", "dataset.seed", "at least 0", "-1"),
    (seg_train, "run {recipe} --out {out} --workers 0", "--workers", "at least 1", "0"),
    (seg_train, "benchmark gone", "folder", "training run", "gone"),
    (seg_train, "benchmark gone --images a.h5", "--masks", "together", "a.h5"),
    (seg_train, "benchmark gone --folder here", "folder", "must be a folder", "here"),
    (seg_train, "benchmark gone --images a.h5 --masks b.h5", "--pixel-size", "must be given", "a.h5"),
    (seg_train, "benchmark gone --folder here --pixel-size -1", "--pixel-size", "positive", "-1"),
    (seg_train, "predict gone a.tif --above 1.5 --out {out}", "--above", "between 0 and 1", "1.5"),
    (seg_train, "predict gone a.tif --pixel-size nan --out {out}", "--pixel-size", "positive", "nan"),
    (seg_train, "predict gone a.tif --pixel-size 0.5 --out {out}", "folder", "training run", "gone"),
    (seg_train, "predict gone a.tif --pixel-size 1 --min-area -1 --out {out}", "--min-area", "zero or more", "-1"),
    (seg_train, "predict gone *.tif --out {out}", "images", "must match", "'*.tif'"),
    (seg_train, "predict real_micrographs a.tif b.tif --out {out}", "path", "must be a file", "a.tif (1 more"),
    (seg_train, "reproduce fig4b --images text.toml --masks text.toml --pixel-size 1 --out {out}", "images", "must be an HDF5 file", "text.toml"),
    (seg_train, "fit {recipe} d[ab]ta --out {out}", "database", "must match", "'d[ab]ta'"),
    (seg_train, "study {recipe} data --out {out}", "study", "missing", "recipe.toml"),
    (seg_train, "reproduce fig4b", "--out", "--dry-run", "neither"),
    (seg_train, "import gone.h5 --out {out}", "gone.h5", "", ""),
    (seg_train, "pack gone --out {out}", "folder", "training run", "gone"),
    (seg_train, "fit {recipe} gone --out {out} --seeds 0", "--seeds", "at least 1", "0"),
    (seg_train, "show gone", "folder", "training run", "gone"),
    (seg_train, "show empty", "folder", "training run", "empty"),
)
# fmt: on


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[1])
def test_a_bad_line_is_answered_in_one_line(line, tmp_path, monkeypatch, capsys):
    program, text, argument, rule, value = line
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad").mkdir()
    (tmp_path / "text.toml").write_text("[dataset\n")
    names = {
        "recipe": recipe_file(tmp_path),
        "bad": recipe_file(tmp_path / "bad", "seed", -1),
        "text": "text.toml",
        "empty": "empty",
        "out": "out",
    }
    try:
        code = program(text.format(**names).split())
    except SystemExit as end:  # argparse
        code = end.code
    message = capsys.readouterr().err.strip().splitlines()[-1]
    said(Row(text, argument, rule, value, None), message)
    assert code == 2
    assert message.startswith(("hrtem-sim", "seg-train"))
    assert not (tmp_path / "out").exists()


# What a recipe of a training holds; what is said.
FILES = (
    (
        "[training]\nseed = 1\nlearnig_rate = 0.1\n",
        "learnig_rate",
        "did you mean",
        "'learning_rate'",
    ),
    ("[training]\nseed = 1\nepochs = 'ten'\n", "training.epochs", "an integer", "'ten'"),
    ("[training]\nseed = 1\nepochs = 0\n", "training.epochs", "at least 1", "0"),
    ("seed = 1\n", "seed", "not a table of a recipe", "recipe.toml"),
    ("[study]\n", "training", "missing", "recipe.toml"),
    ("[training\n", "recipe", "not valid TOML", "recipe.toml"),
)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file[0])
def test_a_bad_recipe_of_a_training_is_answered_in_one_line(file, tmp_path, monkeypatch, capsys):
    text, argument, rule, value = file
    monkeypatch.chdir(tmp_path)
    (tmp_path / "recipe.toml").write_text(text)
    assert seg_train(["fit", "recipe.toml", "data", "--out", "out"]) == 2
    message = capsys.readouterr().err
    said(Row("fit", argument, rule, value, None), message)
    assert message.startswith("seg-train: ") and message.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("program", "line"), [(hrtem_sim, "show x"), (seg_train, "show x")])
def test_a_fault_of_the_program_is_not_told_as_the_users(program, line, monkeypatch):
    def broken(*_):
        raise ValueError("operands could not be broadcast")

    monkeypatch.setattr("hrtem_sim.database.open_database", broken)
    monkeypatch.setattr("seg_train.ensembles.load_runs", broken)
    with pytest.raises(ValueError, match="broadcast"):
        program(line.split())


@pytest.mark.parametrize("error", [RecipeError, DatabaseError, PrismaticError])
def test_all_that_says_no_is_a_refusal(error):
    assert issubclass(error, Refusal)
