"""Ranges of a recipe, from which the plan draws its numbers."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from hrtem_sim.provenance.identity import added
from hrtem_sim.provenance.recipes import RecipeError
from hrtem_sim.refusal import Refusal


@dataclass(frozen=True)
class Distribution:
    """A one-dimensional distribution as a recipe writes it.

    Parameters
    ----------
    kind
        `"constant"`, `"uniform"`, `"log_uniform"`, `"normal"`, `"truncated_normal"`, `"choice"`
        or `"integers"`.
    values
        constant: (value,); uniform, log_uniform: (low, high); normal: (mean, std);
        truncated_normal: (mean, std, low, high); choice: the values; integers: (low, high),
        both included. Of several populations those of one after the other.
    populations
        Number of populations, each drawn from as often as the others.

    Notes
    -----
    In TOML a bare number is a constant, anything else a table of one key; populations are a list of
    lists::

        dose = 400.0
        radius = { truncated_normal = [40.0, 10.0, 30.0, 50.0] }
        n_defects = { integers = [0, 3] }
        defocus = { normal = [[-300.0, 20.0], [0.0, 20.0], [300.0, 20.0]] }

    Examples
    --------
    >>> round(Distribution("uniform", (2.0, 3.0)).draw(np.random.default_rng(1)), 6)
    2.511822
    """

    kind: str
    values: tuple[float, ...]
    populations: int = added(1)

    COUNTS: ClassVar[dict[str, int | None]] = {
        "constant": 1,
        "uniform": 2,
        "log_uniform": 2,
        "normal": 2,
        "truncated_normal": 4,
        "choice": None,
        "integers": 2,
    }

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", tuple(self.values))
        problem = self._problem()
        if problem:
            raise Refusal(problem)

    def _problem(self) -> str | None:
        """Say what is wrong with this distribution, or None."""
        kind, values = self.kind, self.values
        if kind not in self.COUNTS:
            return f"kind must be one of {', '.join(self.COUNTS)}; got {kind!r}"
        if not all(_is_number(value) for value in values):
            return f"{kind} takes finite numbers; got {list(values)}"
        count = self.COUNTS[kind]
        if self.populations != 1:
            return self._problem_of_populations()
        if count is not None and len(values) != count:
            return f"{kind} takes {count} numbers; got {list(values)}"
        if not values:
            return f"{kind} takes at least one number; got none"
        if kind == "integers" and any(value != int(value) for value in values):
            return f"integers takes whole numbers; got {list(values)}"
        if kind in ("uniform", "log_uniform", "integers") and values[0] > values[1]:
            return f"{kind} takes [low, high] with low <= high; got {list(values)}"
        if kind == "log_uniform" and values[0] <= 0:
            return f"log_uniform takes positive numbers; got {list(values)}"
        if kind in ("normal", "truncated_normal") and values[1] < 0:
            return f"{kind} takes [mean, std, ...] with std >= 0; got {list(values)}"
        if kind == "truncated_normal":
            mean, std, low, high = values
            if not low <= high:
                return f"truncated_normal takes low <= high; got {list(values)}"
            if std == 0 and not low <= mean <= high:
                return f"truncated_normal with std 0 takes low <= mean <= high; got {list(values)}"
        return None

    def _problem_of_populations(self) -> str | None:
        number, count = self.populations, self.COUNTS[self.kind]
        if isinstance(number, bool) or not isinstance(number, int) or number < 1:
            return f"populations must be a whole number of at least 1; got {number!r}"
        if self.kind in ("constant", "choice") or count is None:
            return f"populations must be 1 for {self.kind}; got {number}"
        if len(self.values) != number * count:
            return f"{self.kind} takes {count} numbers for each population; got {self.to_recipe()}"
        return next((problem for part in self.parts if (problem := part._problem())), None)

    @property
    def parts(self) -> tuple["Distribution", ...]:
        """Its populations, each a distribution of its own."""
        if self.populations == 1:
            return (self,)
        each = len(self.values) // self.populations
        rows = (self.values[k : k + each] for k in range(0, len(self.values), each))
        return tuple(Distribution(self.kind, row) for row in rows)

    def draw(self, rng: np.random.Generator) -> float:
        """Draw one value; an int for `integers`, otherwise a float."""
        if self.populations > 1:
            return self.parts[int(rng.integers(self.populations))].draw(rng)
        values = self.values
        match self.kind:
            case "constant":
                return values[0]
            case "uniform":
                return float(rng.uniform(values[0], values[1]))
            case "log_uniform":
                return float(np.exp(rng.uniform(np.log(values[0]), np.log(values[1]))))
            case "normal":
                return float(rng.normal(values[0], values[1]))
            case "truncated_normal":
                return _truncated_normal(rng.uniform(), *values)
            case "choice":
                return values[int(rng.integers(len(values)))]
            case _:
                return int(rng.integers(int(values[0]), int(values[1]) + 1))

    @property
    def low(self) -> float:
        """Smallest value that can be drawn; -inf for `normal`."""
        return self._bounds()[0]

    @property
    def high(self) -> float:
        """Largest value that can be drawn; inf for `normal`."""
        return self._bounds()[1]

    def _bounds(self) -> tuple[float, float]:
        if self.populations > 1:
            ends = [part._bounds() for part in self.parts]
            return min(low for low, _ in ends), max(high for _, high in ends)
        if self.kind == "normal":
            mean, std = self.values
            return (mean, mean) if std == 0 else (-np.inf, np.inf)
        if self.kind == "truncated_normal":
            return self.values[2], self.values[3]
        return min(self.values), max(self.values)

    @classmethod
    def from_recipe(cls, value: Any, path: str) -> "Distribution":
        """Read the TOML form: a number, or a table with the kind as its only key.

        Parameters
        ----------
        value
            As `tomllib` returns it.
        path
            Place of the value in the file, for messages.
        """
        if _is_number(value):
            return cls("constant", (value,))
        if not isinstance(value, dict) or len(value) != 1:
            kinds = ", ".join(cls.COUNTS)
            raise RecipeError(
                f"{path} must be a number or a table with one key out of {kinds}; got {value!r}"
            )
        ((kind, numbers),) = value.items()
        try:
            if isinstance(numbers, list) and numbers and all(isinstance(n, list) for n in numbers):
                parts = [cls(kind, tuple(row)) for row in numbers]
                values = tuple(number for part in parts for number in part.values)
                return cls(kind, values, len(parts))
            return cls(kind, tuple(numbers) if isinstance(numbers, list) else (numbers,))
        except Refusal as error:
            raise RecipeError(f"{path}: {error}") from None

    def to_recipe(self) -> Any:
        """Return the TOML form that `from_recipe` reads."""
        if self.populations > 1 and len(self.values) % self.populations == 0:
            return {self.kind: [list(part.values) for part in self.parts]}
        return self.values[0] if self.kind == "constant" else {self.kind: list(self.values)}


def _is_number(value: Any) -> bool:
    return (
        isinstance(value, int | float | np.integer | np.floating)
        and not isinstance(value, bool)
        and bool(np.isfinite(value))
    )


def _truncated_normal(u: float, mean: float, std: float, low: float, high: float) -> float:
    """Map a uniform number to the truncated normal by the inverse distribution function."""
    from scipy.special import ndtr, ndtri

    if std == 0 or low == high:
        return float(np.clip(mean, low, high))
    start, stop = ndtr((low - mean) / std), ndtr((high - mean) / std)
    return float(np.clip(mean + std * ndtri(start + u * (stop - start)), low, high))
