"""Image formation: micrographs from exit waves."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hrtem_sim.frozen import freeze
from hrtem_sim.imaging.conditions import ImagingConditions
from hrtem_sim.imaging.detector import Detector
from hrtem_sim.imaging.former import ImageFormer
from hrtem_sim.imaging.saving import save
from hrtem_sim.provenance import positive
from hrtem_sim.provenance.classes import refuse_other_classes
from hrtem_sim.provenance.doors import typed
from hrtem_sim.refusal import Refusal
from hrtem_sim.shown import Shown
from hrtem_sim.wave import ExitWave

FORMATION = 5
"""Version of what a wave and conditions turn into; part of the id of every micrograph.
1 averaged over 5 to 8 foci, 2 over focal modes on 49 nodes; 3 averages over rings
of k^2, integrates over pixels that begin at the origin, and blurs before it samples; 4 forms
diffuse waves on coarser samples than the mean wave where that serves, 5 all modes of all waves that
do not fold over there."""


_PIXEL = positive("angstrom")


@dataclass(frozen=True, eq=False, repr=False)
class Micrograph(Shown):
    """A recorded image.

    Parameters
    ----------
    counts
        Shape (ny, nx), read-only: what the detector recorded, electrons per pixel for a perfect
        one (uint16, uint32 where needed); without a dose the mean-1 intensity as float32.
    pixel_size
        In angstrom.
    conditions
        Conditions of the microscope.
    """

    counts: np.ndarray
    pixel_size: float
    conditions: ImagingConditions

    def __post_init__(self) -> None:
        freeze(self, "counts")
        refuse_other_classes(self)
        if self.counts.ndim != 2 or self.counts.dtype.kind not in "buif":
            raise Refusal(
                f"counts must be real numbers of shape (ny, nx); got {self.counts.dtype} of "
                f"{self.counts.shape}"
            )
        _PIXEL.refuse("pixel_size", self.pixel_size)

    def _facts(self) -> dict[str, str]:
        ny, nx = self.counts.shape
        dose = self.conditions.dose
        return {
            "pixels": f"{ny} x {nx} of {self.pixel_size:.4g} angstrom",
            "defocus": f"{self.conditions.defocus:g} angstrom",
            "dose": "none" if dose is None else f"{dose:g} e/angstrom^2",
            "mean": f"{self.counts.mean():.4g} {'intensity' if dose is None else 'counts'}",
        }

    def plot(self) -> Any:
        """Return a figure of the image with a scale bar."""
        from hrtem_sim.drawing import Figure, show_micrograph  # loads when someone looks

        figure = Figure(figsize=(4, 4), layout="constrained")
        ax = figure.subplots()
        show_micrograph(ax, self.counts, self.pixel_size)
        ax.set_axis_off()
        return figure

    def save(self, path: str | Path) -> Path:
        """Write the micrograph as .tif, .hspy, .npz or .png; return the path.

        Parameters
        ----------
        path
            Path of the file; its ending says the format, see `hrtem_sim.imaging.saving`.

        Returns
        -------
        path
            Path of what was written.
        """
        return save(self, path)


@typed
def form_image(
    wave: ExitWave,
    conditions: ImagingConditions,
    detector: Detector,
    *,
    rng: np.random.Generator | int | None = None,
) -> Micrograph:
    """Form one micrograph from an exit wave.

    Parameters
    ----------
    wave
        Exit wave; its configurations are averaged incoherently.
    conditions
        Defocus, aberrations, focal spread, losses and dose.
    detector
        Pixels.
    rng
        Source of the shot noise; needed with a dose.

    Returns
    -------
    micrograph
        Poisson counts, or the mean-1 intensity without a dose.

    Raises
    ------
    ValueError
        If the detector's pixels do not divide the wave's extent, or noise has no `rng`.

    Examples
    --------
    >>> from hrtem_sim.specimen import Specimen
    >>> from hrtem_sim.wave import compute_exit_wave
    >>> wave = compute_exit_wave(Specimen([[8.0, 8.0, 5.0]], [79], (16.0, 16.0, 10.0)))
    >>> image = form_image(wave, ImagingConditions(defocus=100.0, dose=400.0), Detector(0.4), rng=1)
    >>> image.counts.shape
    (40, 40)
    """
    return _micrograph(ImageFormer(wave, detector), conditions, rng)


@typed
def form_images(
    wave: ExitWave,
    conditions: Iterable[ImagingConditions],
    detector: Detector,
    rngs: Iterable[np.random.Generator | int | None],
) -> Iterator[Micrograph]:
    """Yield one micrograph per condition and generator from one forward transform of the wave.

    Parameters
    ----------
    wave
        Exit wave.
    conditions
        Conditions of the microscope, one set for each micrograph.
    detector
        Detector with its pixels, in angstrom, and its noise.
    rngs
        One source of noise for each micrograph; None without a dose.

    Examples
    --------
    >>> from hrtem_sim.imaging import Detector, ImagingConditions
    >>> from hrtem_sim.specimen import Specimen
    >>> from hrtem_sim.wave import compute_exit_wave
    >>> wave = compute_exit_wave(Specimen([[8.0, 8.0, 5.0]], [79], (16.0, 16.0, 10.0)))
    >>> series = [ImagingConditions(defocus=df, dose=500.0) for df in (0.0, 50.0, 100.0)]
    >>> [image.conditions.defocus for image in form_images(wave, series, Detector(0.4), [1, 2, 3])]
    [0.0, 50.0, 100.0]
    """
    former = ImageFormer(wave, detector)
    for condition, rng in zip(conditions, rngs, strict=True):
        yield _micrograph(former, condition, rng)


@typed
def expected_image(wave: ExitWave, conditions: ImagingConditions, detector: Detector) -> np.ndarray:
    """Return the intensity that a micrograph scatters about, without noise; float64 (ny, nx).

    Parameters
    ----------
    wave
        Exit wave.
    conditions
        Conditions of the microscope.
    detector
        Detector with its pixels, in angstrom, and its transfer.

    Examples
    --------
    >>> from hrtem_sim.imaging import Detector, ImagingConditions
    >>> from hrtem_sim.specimen import Specimen
    >>> from hrtem_sim.wave import compute_exit_wave
    >>> wave = compute_exit_wave(Specimen([[8.0, 8.0, 5.0]], [79], (16.0, 16.0, 10.0)))
    >>> image = expected_image(wave, ImagingConditions(defocus=100.0), Detector(0.4))
    >>> image.shape, round(float(image.mean()), 3)
    ((40, 40), 1.0)
    """
    return ImageFormer(wave, detector).expected(conditions)


@typed
def quick_look(wave: ExitWave, conditions: ImagingConditions, detector: Detector) -> np.ndarray:
    """Return a quasi-coherent approximation of `expected_image`: one transform per phonon.

    The focal spread becomes an envelope of the lens's transfer, as is often done. That is right for
    weak objects alone, where every scattered beam interferes with the direct one: it damps the
    intensity of what is scattered as well as its interference. For gold particles on carbon it is
    wrong by 8 to 38 % of the contrast at focal spreads of 5 to 30 angstrom: good enough to choose
    a focus by, not to train on.

    Parameters
    ----------
    wave, conditions, detector
        As for `expected_image`.

    Returns
    -------
    image
        Float64 (ny, nx), 1 is the incident beam.

    Notes
    -----
    Envelope exp(-(pi lambda sigma k^2)^2 / 2): P. L. Fejes, Acta Cryst. A 33, 109 (1977).

    Examples
    --------
    >>> from hrtem_sim.imaging import Detector, ImagingConditions
    >>> from hrtem_sim.specimen import Specimen
    >>> from hrtem_sim.wave import compute_exit_wave
    >>> wave = compute_exit_wave(Specimen([[8.0, 8.0, 5.0]], [79], (16.0, 16.0, 10.0)))
    >>> quick_look(wave, ImagingConditions(defocus=100.0, focal_spread=20.0), Detector(0.4)).shape
    (40, 40)
    """
    return ImageFormer(wave, detector).quick_look(conditions)


def _micrograph(
    former: ImageFormer, conditions: ImagingConditions, rng: np.random.Generator | int | None
) -> Micrograph:
    """One micrograph; see `form_image`."""
    collected, shown = former.recorded(conditions)
    if conditions.dose is None:
        return Micrograph(shown.astype(np.float32), former.pixel_size, conditions)
    if rng is None:
        raise Refusal("rng must be given for shot noise; got None with a dose")
    per_pixel = conditions.dose * float(np.prod(former.pixels.pixel_size))
    counts = former.detector.record(
        np.maximum(collected, 0) * per_pixel,
        np.random.default_rng(rng),
        shown=shown * per_pixel,
    )
    return Micrograph(counts, former.pixel_size, conditions)
