"""How the masks of a data set are made, as its recipe says."""

import math
from dataclasses import dataclass
from typing import Literal

from hrtem_sim.mask.phase import PAPER_CUT, PAPER_THRESHOLD
from hrtem_sim.provenance import Checked, Refusal, added, between, checked, optional, physical

SMOOTHING = physical(0, 20, "angstrom", usual=(0, 3), zero=True)


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
    """

    threshold: float = checked(
        PAPER_THRESHOLD, between(0, math.pi, "rad", open_low=True, open_high=True)
    )
    blur: float = checked(1.0, SMOOTHING)
    cut: float = checked(PAPER_CUT, between(0, 1, open_low=True, open_high=True))
    rule: Literal["phase", "outline"] = added("phase")
    margin: float | None = checked(None, optional(SMOOTHING), added=True)

    def _check_together(self) -> None:
        if self.margin is not None and self.rule != "outline":
            raise Refusal(f'margin must be left out unless rule = "outline"; got {self.margin!r}')
