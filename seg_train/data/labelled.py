"""Labelled micrographs as a source: networks that learn from what people have drawn."""

import warnings
from collections.abc import Sequence

import numpy as np

from hrtem_sim.provenance import identity, number_held_out, rng_for
from hrtem_sim.refusal import Refusal
from seg_train.data.examples import Example, ListedExamples
from seg_train.data.mending import Blemished, mend
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
    piece
        Edge in angstrom of the pieces into which micrographs held out are cut, side by side;
        absent: they stay whole.

    Notes
    -----
    Whole micrographs are held out: patches of one share its film, its focus and its camera. Copies
    of an image, whatever their names, are all on one side. What
    `seg_train.predict` would mend in them is mended here as well (`seg_train.data.mend`).

    Examples
    --------
    >>> from seg_train import load_experimental_sample
    >>> source = LabelledSource(load_experimental_sample(), seed=1, held_out=0.25)
    >>> len(source.epoch(0)), len(source.validation()), round(source.pixel_size, 2)
    (12, 4, 0.77)
    """

    def __init__(
        self,
        micrographs: Sequence[LabelledMicrograph],
        *,
        seed: int,
        held_out: float = 0.25,
        piece: float | None = None,
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
        images = np.array([identity(micrograph.image, "image") for micrograph in micrographs])
        distinct = list(dict.fromkeys(images[order].tolist()))
        if held_out and len(distinct) < 2:
            raise Refusal("micrographs must be at least 2 that differ; got copies of one")
        kept_out = distinct[: number_held_out(held_out, len(distinct))]
        held = np.isin(images, kept_out)
        self.structures = frozenset(images[~held].tolist()), frozenset(kept_out)
        whole = [Example(_mended(m), m.mask, m.pixel_size) for m in micrographs]
        kept = [whole[k] for k in np.flatnonzero(held)]
        if piece is not None:
            kept = [part for example in kept for part in _pieces(example, piece)]
        self._validation = ListedExamples(tuple(kept))
        self._training = ListedExamples(tuple(whole[k] for k in np.flatnonzero(~held)))
        self.pixel_size = max(micrograph.pixel_size for micrograph in micrographs)
        self.identity = identity(
            [[micrograph.identity for micrograph in micrographs], order[held[order]]], "labelled"
        )

    def epoch(self, number: int) -> ListedExamples:
        """Return the micrographs that train: the same in every epoch."""
        return self._training

    def validation(self) -> ListedExamples:
        """Return the micrographs held out."""
        return self._validation


def _mended(micrograph: LabelledMicrograph) -> np.ndarray:
    mended = mend(micrograph.image)
    if mended.found:
        warnings.warn(f"{micrograph.name}: {'; '.join(mended.found)}", Blemished, stacklevel=4)
    return mended.image


def _pieces(example: Example, edge: float) -> list[Example]:
    """Cut an example into squares, as many as fit side by side; one too small for two stays."""
    size = int(np.ceil(edge / example.pixel_size - 1e-6))
    numbers = [max(1, length // size) for length in example.image.shape]
    if max(numbers) == 1:
        return [example]
    found = []
    for k in np.ndindex(*numbers):
        area = tuple(
            slice(0, length) if number == 1 else _span(length, size, number, i)
            for length, number, i in zip(example.image.shape, numbers, k, strict=True)
        )
        found.append(example._replace(image=example.image[area], mask=example.mask[area]))
    return found


def _span(length: int, size: int, number: int, i: int) -> slice:
    start = (length - size) * i // (number - 1)
    return slice(start, start + size)
