"""The table `[dataset.specimen]`: a builder by its name, and ranges of its parameters."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hrtem_sim.provenance import RecipeError, Refusal, require, rng_for, to_value
from hrtem_sim.specimen.builders import Builder, as_builder, is_file

PATH = "dataset.specimen"

RESERVED = ("builder", "builder_version", "builder_source")
"""Keys of the table that are no parameters."""


@dataclass(frozen=True)
class SpecimenRecipe:
    """A builder and ranges of its parameters.

    Every other key of the table is a parameter of the builder: a value, a range, a table of its
    own, or a table with `count` for several parts, whose other keys are drawn anew for each.

    Parameters
    ----------
    builder
        Name of a builder of the package or of an installed one, or `file.py:name`. A file runs only
        where the user names it beside the recipe: `hrtem-sim build RECIPE --builder file.py`.
    version
        Version that the builder declared when the data set was begun.
    source
        SHA-256 of its source then, if it is a user's.
    ranges
        Ranges of its parameters, by their names.
    run
        The builder itself, once it was found.
    """

    builder: str = ""
    version: str = ""
    source: str = ""
    ranges: dict[str, Any] = field(default_factory=dict)
    run: Builder | None = field(default=None, compare=False, repr=False)

    @classmethod
    def from_recipe(cls, value: Any, path: str) -> "SpecimenRecipe":
        """Read the table; nothing is run.

        Parameters
        ----------
        value
            As `tomllib` returns it.
        path
            Place of the table in the file, for messages.
        """
        require(isinstance(value, dict), path, "a table with a builder", value)
        for name in RESERVED:
            text = value.get(name, "")
            require(isinstance(text, str), f"{path}.{name}", "a text", text)
        ranges = {name: item for name, item in value.items() if name not in RESERVED}
        builder, version, source = (value.get(name, "") for name in RESERVED)
        return cls(builder, version, source, ranges)

    def to_recipe(self) -> dict[str, Any]:
        """Return the table that `from_recipe` reads."""
        given = zip(RESERVED, (self.builder, self.version, self.source), strict=True)
        return {**{name: text for name, text in given if text}, **to_value(self.ranges)}

    def with_builder(
        self, given: str | Path | Callable[..., Any] | None = None
    ) -> "SpecimenRecipe":
        """Return the recipe with its builder found and its ranges checked.

        Parameters
        ----------
        given
            The builder, or the file that holds it; needed where it is neither of the package nor
            installed.

        Raises
        ------
        Refusal
            If a file is not given, another builder is given than the recipe names, its source has
            changed since the data set was begun, or it cannot take the ranges.
        """
        found = as_builder(*self._asked(given))
        if self.builder and Path(self.builder).name != found.name:
            raise Refusal(
                f"builder must be the one that the recipe names, {self.builder!r}; "
                f"got {found.name!r}"
            )
        for name, old, new in (
            ("version", self.version, found.version),
            ("source", self.source, found.source),
        ):
            if old and old != new:
                raise Refusal(
                    f"builder {found.name} must have the {name} that the data set was begun with, "
                    f"{old[:16]}; got {new[:16]!r}: it has changed since, so build into an empty "
                    "folder, or give the earlier file"
                )
        ranges = found.signature.checked(self.ranges, PATH)
        return replace(
            self,
            builder=found.name,
            version=found.version,
            source=found.source,
            ranges=ranges,
            run=found,
        )

    def _asked(self, given: Any) -> tuple[Any, str]:
        """What to look for: the builder given, or the one named."""
        name = self.builder
        if given is not None:
            return given, name.rpartition(":")[2]
        if self.run is not None:
            return self.run, ""
        if not name:
            raise Refusal(
                f"{PATH}.builder must name a builder, or one must be given beside the recipe "
                "(--builder, or builder= from Python); got none"
            )
        if is_file(name):
            path = name.rpartition(":")[0] or name
            raise Refusal(
                f"{PATH}.builder names a file, {name!r}, and a recipe runs none by itself: name it "
                f"too, as in hrtem-sim build RECIPE --builder {path}, or in Python "
                f'build_dataset(recipe, folder, builder="{path}")'
            )
        return name, ""

    @property
    def needs_nobody(self) -> bool:
        """Whether the builder goes by a name, so that no one has to give it."""
        return bool(self.builder) and not is_file(self.builder)

    @property
    def runner(self) -> Builder:
        """The builder; found by its name if it was not given."""
        return self.run or self.with_builder().runner

    def drawn(self, seed: int, index: int) -> dict[str, Any]:
        """Draw the numbers of one structure.

        Parameters
        ----------
        seed
            Root seed of the recipe.
        index
            Index of the structure.
        """
        builder = self.runner

        def rng(*path: str | int) -> Any:
            return rng_for(seed, "specimen", index, *path)

        try:
            return builder.numbers(builder.signature.drawn(self.ranges, rng))
        except Refusal as error:  # of a part's own checks
            raise RecipeError(f"{PATH}: structure {index}: {error}") from None


@dataclass(frozen=True)
class BuilderPlan:
    """What one structure is built from, where a builder builds it.

    Parameters
    ----------
    builder, version, source
        As in `SpecimenRecipe`.
    numbers
        Arguments of the builder, those left to its defaults included.
    """

    builder: str
    version: str
    source: str
    numbers: dict[str, Any]

    @classmethod
    def from_recipe(cls, value: Any, path: str) -> "BuilderPlan":
        """Read the table of a plan.

        Parameters
        ----------
        value
            As JSON holds it.
        path
            Its place, for messages.
        """
        require(isinstance(value, dict) and "builder" in value, path, "a table of a builder", value)
        return cls(value["builder"], value["version"], value["source"], value["numbers"])

    def to_recipe(self) -> dict[str, Any]:
        """Return the table that `from_recipe` reads."""
        return {
            "builder": self.builder,
            "version": self.version,
            "source": self.source,
            "numbers": to_value(self.numbers),
        }
