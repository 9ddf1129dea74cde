"""Bad input to builders and to the table that names them."""

from dataclasses import dataclass

import numpy as np
import pytest

from czone.scene import Scene
from hrtem_sim.dataset import DatasetRecipe
from hrtem_sim.dataset.specimen_recipe import SpecimenRecipe
from hrtem_sim.provenance import RecipeError, Refusal, from_table
from hrtem_sim.specimen import Specimen
from hrtem_sim.specimen.builders import Built, Signature, as_builder
from hrtem_sim.specimen.builders.at_hole import EdgeParticle, ParticlesAtHole
from hrtem_sim.specimen.builders.core_shell import CoreShell, CoreShellParticle
from tests.errors.table import Row, refusal, refused, table
from tests.errors.test_command_lines import changed


@dataclass(frozen=True)
class Part:
    """A part of a specimen."""

    radius: float
    element: int = 79


@dataclass(frozen=True)
class Counted:
    """A part that counts something itself."""

    count: int


def parts(radius: float, kind: str = "a", parts: tuple[Part, ...] = ()) -> None:
    """A builder by its parameters."""


def no_type(radius):
    """A parameter without an annotation."""


def any_list(radii: list):
    """A parameter that no recipe holds."""


def counted(parts: tuple[Counted, ...]):
    """Parts with a field of the name that says how many there are."""


def many(*radii: float):
    """Parameters without names."""


ATOM = Specimen([[1.0, 1.0, 1.0]], [79], (4.0, 4.0, 4.0), objects=("gold",))


def built(**known) -> Built:
    return Built(ATOM, **known)


def checked(**ranges):
    return Signature.of(parts, "parts").checked({"radius": 1.0, **ranges}, "specimen")


def row(argument: str, rule: str, value: str, **ranges) -> Row:
    return Row("ranges", argument, rule, value, lambda: checked(**ranges), RecipeError)


def dataset(specimen) -> DatasetRecipe:
    return from_table(DatasetRecipe, changed("specimen", specimen), "dataset")


def alone(specimen) -> DatasetRecipe:
    whole = {k: v for k, v in changed("seed", 1).items() if k not in ("particle", "film")}
    del whole["placement"]
    return from_table(DatasetRecipe, {**whole, **specimen}, "dataset")


def with_builder(builder, given=None) -> SpecimenRecipe:
    return SpecimenRecipe(builder, ranges={"radius": 1.0}).with_builder(given)


# fmt: off
ROWS = (
    refusal("Signature", "radius", "must say its type", "none", lambda: Signature.of(no_type, "f")),
    refusal("Signature", "radii", "must be float, int, bool, str, Literal", "list", lambda: Signature.of(any_list, "f")),
    refusal("Signature", "parts", "without a field count", "Counted", lambda: Signature.of(counted, "f")),
    refusal("Signature", "radii", "have a name", "*radii", lambda: Signature.of(many, "f")),
    refusal("Signature", "builder", "a dataclass with a method build", "class f", lambda: Signature.of(Part, "f")),
    refusal("Signature", "builder", "must be a function", "7", lambda: Signature.of(7, "f")),
    row("specimen.radiuss", "did you mean 'radius'", "parts(radius: float, kind: str", radiuss=1.0),
    row("specimen.radius", "number or a table", "'two'; the builder is parts(radius: float", radius="two"),
    row("specimen.radius", "low <= high", "[3.0, 1.0]", radius={"uniform": [3.0, 1.0]}),
    row("specimen.kind", "a string", "1; the builder is", kind=1),
    row("specimen.kind", "at least one", "{ choice = [] }", kind={"choice": []}),
    row("specimen.parts", "a table with count", "{ radius = 1.0 }", parts={"radius": 1.0}),
    row("specimen.parts.count", "whole number", "1.5", parts={"radius": 1.0, "count": 1.5}),
    row("specimen.parts.count", "at least 0", "-1", parts={"radius": 1.0, "count": -1}),
    row("specimen.parts.radius", "missing", "specimen.parts", parts={"count": 2}),
    row("specimen.parts.size", "one of radius, element", "'size'", parts={"count": 2, "radius": 1.0, "size": 2.0}),
    row("specimen.parts[0].element", "whole number", "79.5", parts=[{"radius": 1.0, "element": 79.5}]),
    Row("ranges", "specimen.radius", "missing", "parts(radius: float", lambda: Signature.of(parts, "parts").checked({}, "specimen"), RecipeError),
    refusal("as_builder", "builder", "must be one of", "'moire'", lambda: as_builder("moire")),
    refusal("as_builder", "builder", "cannot be read", "gone.py", lambda: as_builder("gone.py:f")),
    refusal("as_builder", "builder", "name what to run", "'gone.py'", lambda: as_builder("gone.py")),
    refusal("as_builder", "builder", "a source that ids can cover", "not read from a file", lambda: as_builder(eval("lambda radius: 1"))),
    refusal("specimen", "builder", "runs none by itself", "'my.py:f'", lambda: with_builder("my.py:f")),
    refusal("specimen", "builder", "must name a builder", "none", lambda: with_builder("")),
    refusal("specimen", "builder", "the recipe names, 'my.py:f'", "'parts'", lambda: with_builder("my.py:f", parts)),
    Row("dataset", "specimen", "must stand alone", "particle, film, placement", lambda: dataset({"builder": "x"}), RecipeError),
    Row("dataset", "dataset.particle", "is missing", "specimen, which may stand for it", lambda: alone({}), RecipeError),
    Row("dataset", "dataset.specimen", "a table with a builder", "7", lambda: alone({"specimen": 7}), RecipeError),
    Row("dataset", "dataset.specimen.builder", "a text", "7", lambda: alone({"specimen": {"builder": 7}}), RecipeError),
    refusal("dataset", "builder", "left out for a recipe without a table specimen", "'my.py'", lambda: from_table(DatasetRecipe, changed("seed", 1), "dataset").with_builder("my.py")),
    refusal("ParticlesAtHole", "vacuum", "at most 0.5 where the edge is round", "0.6", lambda: ParticlesAtHole((64.0, 64.0), 10.0, 0.6, (), "round")),
    refusal("ParticlesAtHole", "shape", "sphere or wulff for 'CdSe'", "'decahedron'", lambda: ParticlesAtHole((64.0, 64.0), 10.0, 0.3, (EdgeParticle(12.0, shape="decahedron"),), material="CdSe")),
    refusal("EdgeParticle", "overhang", "in [-3, 1] radii", "1.5", lambda: EdgeParticle(12.0, 1.5)),
    refusal("CoreShell", "defects", "no fcc metal", "'CdSe'", lambda: CoreShell((64.0, 64.0), 8.0, (CoreShellParticle(8.0, 4.0, 1),), "CdSe")),
    refusal("Built", "particles", "name objects of the specimen, gold", "'silver'", lambda: built(particles=("silver",))),
    refusal("Built", "volumes", "name objects of the specimen, gold", "'silver'", lambda: built(volumes={"silver": 17.0})),
    refusal("Built", "facts", "numbers or texts", "'size': [1, 2]", lambda: built(facts={"size": [1, 2]})),
    refusal("Built", "facts", "names that can be columns", "'a size'", lambda: built(facts={"a size": 1})),
    refusal("Built", "names", "left out for a Specimen", "['silver']", lambda: built(names=["silver"])),
    Row("Built", "specimen", "a czone scene", "ndarray", lambda: Built(np.eye(3)), TypeError),
    Row("mask", "mask.classes", "a table of patterns", "'core'", lambda: from_table(DatasetRecipe, changed("mask.classes", "core"), "dataset"), RecipeError),
    Row("mask", "mask.classes.core", "a pattern", "3", lambda: from_table(DatasetRecipe, changed("mask.classes", {"core": 3}), "dataset"), RecipeError),
    Row("mask", "mask.classes", "other than 'background'", "'background'", lambda: from_table(DatasetRecipe, changed("mask.classes", {"background": "film"}), "dataset"), RecipeError),
)
# fmt: on


@table(*ROWS)
def test_what_cannot_be_built_is_said_with_the_signature(row):
    refused(row)


def test_advice_about_the_flag_is_right(tmp_path):
    """A file that a recipe names is found where the refusal says to give it."""
    (tmp_path / "my.py").write_text("def f(radius: float):\n    pass\n")
    with pytest.raises(Refusal, match=r'builder="my\.py"'):
        with_builder("my.py:f")
    assert with_builder("my.py:f", tmp_path / "my.py").builder == "my.py:f"


def test_an_empty_scene_is_no_specimen():
    with pytest.raises(ValueError, match="objects must hold at least one object"):
        Built(Scene([[0, 0, 0], [4, 4, 4]], []))
