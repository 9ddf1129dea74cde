"""How the masks of a data set are made, as its recipe says."""

import math
from dataclasses import dataclass, field
from typing import Any, Literal

from hrtem_sim.mask.classes import BACKGROUND
from hrtem_sim.mask.phase import PAPER_CUT, PAPER_THRESHOLD
from hrtem_sim.provenance import (
    Checked,
    Refusal,
    added,
    between,
    checked,
    optional,
    physical,
    require,
)

SMOOTHING = physical(0, 20, "angstrom", usual=(0, 3), zero=True)


MOST = 255
"""Classes that a mask of bytes can tell apart."""


def _read_classes(value: Any, path: str) -> tuple[tuple[str, str], ...]:
    """Read the table of classes, whose order is that of their numbers."""
    require(isinstance(value, dict), path, "a table of patterns by class", value)
    require(len(value) <= MOST, path, f"at most {MOST} classes", len(value))
    for name, pattern in value.items():
        require(isinstance(pattern, str) and bool(pattern), f"{path}.{name}", "a pattern", pattern)
        require(name not in ("", BACKGROUND), path, f"classes other than {BACKGROUND!r}", name)
    return tuple(value.items())


@dataclass(frozen=True)
class MaskRecipe(Checked):
    """How masks are made.

    Parameters
    ----------
    threshold, blur, cut
        Of the rule `"phase"`; see `hrtem_sim.mask.phase_mask`.
    rule
        `"phase"`, as the paper: where the particles shift the phase of the wave; or `"outline"`:
        the projected outline of their atoms, whatever the microscope.
    margin
        Of the rule `"outline"`, in angstrom; see `hrtem_sim.mask.outline_mask`.
    classes
        Classes of the masks, from 1, each with a pattern of the names of the objects that it shows:
        `{ core = "core-*", shell = "shell-*" }`. Where several lie over a pixel it shows the first.
        Without classes there is one, of all particles.
    """

    threshold: float = checked(
        PAPER_THRESHOLD, between(0, math.pi, "rad", open_low=True, open_high=True)
    )
    blur: float = checked(1.0, SMOOTHING)
    cut: float = checked(PAPER_CUT, between(0, 1, open_low=True, open_high=True))
    rule: Literal["phase", "outline"] = added("phase")
    margin: float | None = checked(None, optional(SMOOTHING), added=True)
    classes: tuple[tuple[str, str], ...] = field(
        default=(),
        metadata={"added": True, "read": _read_classes, "write": dict, "kind": "table of texts"},
    )

    def _check_together(self) -> None:
        if self.margin is not None and self.rule != "outline":
            raise Refusal(f'margin must be left out unless rule = "outline"; got {self.margin!r}')

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the classes, the background first."""
        return (BACKGROUND, *(name for name, _ in self.classes or (("particle", "*"),)))
