"""Fresh micrographs at every epoch, formed from exit waves while the network trains.

Apart from the other modules of this package because it needs the whole of `hrtem_sim`.
"""

from collections.abc import Callable, Sequence

import numpy as np

from hrtem_sim.imaging import Detector, ImagingConditions, form_images
from hrtem_sim.provenance import identity, number_held_out, rng_for
from hrtem_sim.refusal import Refusal
from hrtem_sim.wave import ExitWave


class FreshMicrographs:
    """A stream for `seg_train.fit`: the same structures, new conditions and noise at every epoch.

    Parameters
    ----------
    waves
        Exit waves of one grid, one per structure.
    masks
        Classes in the pixels of the detector, (ny, nx) each.
    draw
        Draws the conditions of one micrograph from a generator; it must draw a dose.
    detector
        Detector whose pixels divide the waves' extent.
    seed
        Root of all draws: those of epoch i, structure k, image j have a stream of their own.
    per_wave
        Micrographs of each structure in an epoch.
    held_out
        Part of the structures kept for validation, at least one.
    """

    def __init__(
        self,
        waves: Sequence[ExitWave],
        masks: Sequence[np.ndarray],
        *,
        draw: Callable[[np.random.Generator], ImagingConditions],
        detector: Detector,
        seed: int,
        per_wave: int = 1,
        held_out: float = 0.25,
    ) -> None:
        if len(waves) != len(masks):
            raise Refusal(f"masks must be as many as waves, {len(waves)}; got {len(masks)}")
        if len(waves) < 2:
            raise Refusal(f"waves must be at least 2, one is held out; got {len(waves)}")
        if not 0 < held_out < 1:
            raise Refusal(f"held_out must be between 0 and 1; got {held_out}")
        self.pixel_size = detector.pixel_size
        self._waves, self._masks = list(waves), [np.asarray(mask) for mask in masks]
        self._draw, self._detector = draw, detector
        self._seed, self._per_wave = seed, per_wave
        order = rng_for(seed, "held out").permutation(len(waves))
        held = number_held_out(held_out, len(waves))
        self._held, self._kept = np.sort(order[:held]), np.sort(order[held:])

    @property
    def identity(self) -> str:
        """Id of the structures and of the micrographs of the validation, which `draw` decides."""
        images, masks = self.validation()
        return identity([self._seed, self._per_wave, self._kept, images, masks], "stream")

    def epoch(self, i: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the micrographs of epoch i and their masks, (n, ny, nx) each."""
        return self._form(self._kept, "epoch", i)

    def validation(self) -> tuple[np.ndarray, np.ndarray]:
        """Return micrographs of the structures held out, always the same."""
        return self._form(self._held, "validation", 0)

    def _form(self, chosen: np.ndarray, *key: str | int) -> tuple[np.ndarray, np.ndarray]:
        images, masks = [], []
        for k in chosen.tolist():
            keys = [(*key, k, j) for j in range(self._per_wave)]
            conditions = [self._draw(rng_for(self._seed, "conditions", *at)) for at in keys]
            noise = [rng_for(self._seed, "noise", *at) for at in keys]
            micrographs = form_images(self._waves[k], conditions, self._detector, noise)
            images += [micrograph.counts for micrograph in micrographs]
            masks += [self._masks[k]] * self._per_wave
        return np.stack(images), np.stack(masks)
