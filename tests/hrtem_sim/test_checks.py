"""Checks that stand on the fields of recipes: run when they are made, readable by programs."""

import math
from dataclasses import dataclass, field
from typing import get_type_hints

import pytest

from hrtem_sim.dataset import DatasetRecipe
from hrtem_sim.dataset.particle_recipe import PlacementRecipe
from hrtem_sim.imaging import ImagingConditions
from hrtem_sim.provenance import (
    Checked,
    Distribution,
    RecipeError,
    Refusal,
    between,
    checked,
    checks,
    each,
    field_checks,
    from_table,
    identity,
    optional,
    positive,
    whole,
)
from hrtem_sim.provenance.described import table_class


@dataclass(frozen=True)
class Beam(Checked):
    energy: float = field(metadata=checks(positive("eV")))
    tilt: tuple[float, float] = checked((0.0, 0.0), each(between(-200, 200, "mrad"), 2))
    spread: Distribution | None = checked(None, optional(between(0, 10, "eV")))
    shots: int = checked(1, whole(1), added=True)

    def _check_together(self) -> None:
        if self.shots > self.energy:
            raise Refusal(f"shots must stay below energy; got {self.shots}")


BAD = [
    ({"energy": 0.0}, "energy must be positive, in eV; got 0.0"),
    ({"energy": math.inf}, "energy must be positive, in eV; got inf"),
    ({"energy": "300"}, "energy must be positive, in eV; got '300'"),
    ({"energy": True}, "energy must be positive, in eV; got True"),
    ({"energy": 1.0, "tilt": (0.0, 300.0)}, "tilt[1] must be in [-200, 200] mrad; got 300.0"),
    ({"energy": 1.0, "tilt": (0.0,)}, "tilt must be a list of 2 values; got (0.0,)"),
    (
        {"energy": 1.0, "spread": Distribution("uniform", (5, 11))},
        "spread must be in [0, 10] eV, or None; got {'uniform': [5, 11]}",
    ),
    ({"energy": 9.0, "shots": 2.5}, "shots must be a whole number of at least 1; got 2.5"),
    ({"energy": 1.0, "shots": 3}, "shots must stay below energy; got 3"),
]


@pytest.mark.parametrize(("values", "message"), BAD, ids=[message for _, message in BAD])
def test_making_a_value_runs_its_checks(values, message):
    with pytest.raises(Refusal) as caught:
        Beam(**values)
    assert str(caught.value) == message


def test_the_reader_of_recipes_runs_the_same_checks_and_puts_the_path_before():
    with pytest.raises(RecipeError) as caught:
        from_table(Beam, {"energy": 1, "tilt": [0, 300]}, "wave.beam")
    assert str(caught.value) == "wave.beam.tilt[1] must be in [-200, 200] mrad; got 300.0"


def test_a_fault_of_a_recipes_class_is_no_refusal():
    @dataclass(frozen=True)
    class Broken:
        energy: float

        def __post_init__(self) -> None:
            raise ValueError("operands could not be broadcast")

    with pytest.raises(ValueError, match="broadcast") as caught:
        from_table(Broken, {"energy": 1.0})
    assert not isinstance(caught.value, Refusal)


def test_checks_are_no_part_of_ids():
    @dataclass(frozen=True)
    class Bare:
        energy: float

    @dataclass(frozen=True)
    class Tight(Checked):
        energy: float = field(metadata=checks(positive("eV")))

    Tight.__name__ = "Bare"
    assert identity(Tight(3.0)) == identity(Bare(3.0))
    assert identity(Beam(3.0, shots=1)) != identity(Beam(3.0, shots=2))


def test_a_program_can_read_unit_bounds_and_words():
    (check,) = field_checks(Beam)["tilt"]
    assert (check.low, check.high, check.unit, check.count) == (-200, 200, "mrad", 2)
    (side,) = field_checks(PlacementRecipe)["side"]
    assert side.choices == ("entrance", "exit")


FREE = {"name", "defocus", "engine", "particles", "aberrations", "atoms", "waves"}
FREE |= {"mixed"} | {"classes", "specimen"}  # the latter are checked by what reads them
FREE |= {"mtf_curve", "nnps_curve", "dqe_curve", "mtf_with_pixel", "counting"}
"""Fields of recipes that may be anything their type allows, or are checked together."""


def inner(cls: type) -> dict[str, type]:
    """Return the recipes that a recipe holds, by the names of their fields."""
    found = {name: table_class(hint) for name, hint in get_type_hints(cls).items()}
    return {name: table for name, table in found.items() if table is not None}


def parts(cls: type) -> list[type]:
    return [cls, *(part for one in inner(cls).values() for part in parts(one))]


@pytest.mark.parametrize("cls", [*parts(DatasetRecipe), ImagingConditions])
def test_every_field_of_a_recipe_says_what_it_allows(cls):
    assert issubclass(cls, Checked)
    silent = {
        name for name, found in field_checks(cls).items() if not found and name not in inner(cls)
    }
    assert silent <= FREE
