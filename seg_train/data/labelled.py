"""Labelled micrographs as a source: networks that learn from what people have drawn."""

from collections.abc import Sequence

import numpy as np

from hrtem_sim.provenance import identity, number_held_out, rng_for
from hrtem_sim.refusal import Refusal
from seg_train.data.examples import Example, ListedExamples
from seg_train.data.micrographs import LabelledMicrograph


class LabelledSource:
    """Labelled micrographs of any shapes and pixels, some held out for validation.

    Parameters
    ----------
    micrographs
        Micrographs, at least two if some are held out.
    seed
        Chooses those held out.
    held_out
        Part of the micrographs that validates, at least one; 0: none.

    Notes
    -----
    Whole micrographs are held out: patches of one share its film, its focus and its camera.

    Examples
    --------
    >>> from seg_train import load_experimental_sample
    >>> source = LabelledSource(load_experimental_sample(), seed=1, held_out=0.25)
    >>> len(source.epoch(0)), len(source.validation()), round(source.pixel_size, 2)
    (12, 4, 0.77)
    """

    def __init__(
        self, micrographs: Sequence[LabelledMicrograph], *, seed: int, held_out: float = 0.25
    ) -> None:
        if not 0 <= held_out < 1:
            raise Refusal(f"held_out must be in [0, 1); got {held_out!r}")
        least = 2 if held_out else 1
        if len(micrographs) < least:
            raise Refusal(
                f"micrographs must be at least {least} with held_out = {held_out:g}; "
                f"got {len(micrographs)}"
            )
        order = rng_for(seed, "held out").permutation(len(micrographs))
        held = number_held_out(held_out, len(order))
        self._validation = _listed(micrographs, np.sort(order[:held]))
        self._training = _listed(micrographs, np.sort(order[held:]))
        self.pixel_size = max(micrograph.pixel_size for micrograph in micrographs)
        self.identity = identity(
            [[micrograph.identity for micrograph in micrographs], order[:held]], "labelled"
        )

    def epoch(self, number: int) -> ListedExamples:
        """Return the micrographs that train: the same in every epoch."""
        return self._training

    def validation(self) -> ListedExamples:
        """Return the micrographs held out."""
        return self._validation


def _listed(micrographs: Sequence[LabelledMicrograph], chosen: np.ndarray) -> ListedExamples:
    found = [micrographs[k] for k in chosen]
    return ListedExamples(tuple(Example(m.image, m.mask, m.pixel_size) for m in found))
