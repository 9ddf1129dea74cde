"""The paper's mask: where the particle alone shifts the phase of the wave."""

import math
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from scipy.ndimage import gaussian_filter

from hrtem_sim.frozen import freeze
from hrtem_sim.grid import Grid, nearest_pixel, pixels_over
from hrtem_sim.provenance import Checked, checks, positive
from hrtem_sim.provenance.doors import typed
from hrtem_sim.refusal import Refusal
from hrtem_sim.shown import Shown
from hrtem_sim.wave import ExitWave

PAPER_THRESHOLD = math.pi / 16
"""rad; the group's later work uses pi/16 on the exit wave, the archived scripts pi/12."""

PAPER_CUT = 0.1
"""Of the smoothed mask, in the archived scripts: the mask grows by about 1.3 blurs."""


def check_map(name: str, pixels: np.ndarray, most: int) -> None:
    """Refuse pixels that are no image of whole numbers up to the last that has a name."""
    if pixels.ndim != 2:
        raise Refusal(f"{name} must have shape (ny, nx); got {pixels.shape}")
    if pixels.dtype.kind not in "biu":
        raise Refusal(f"{name} must be whole numbers; got {pixels.dtype}")
    if pixels.size and not (pixels.min() >= 0 and pixels.max() <= most):
        raise Refusal(
            f"{name} must be from 0 to {most}, which have names; got {pixels.min()} to "
            f"{pixels.max()}"
        )


@dataclass(frozen=True, eq=False, repr=False)
class Mask(Shown, Checked):
    """Classes of the pixels of a micrograph.

    Parameters
    ----------
    classes
        uint8, shape (ny, nx), read-only; indices into `names`.
    names
        Names of the classes; 0 is the background.
    pixel_size
        In angstrom.
    """

    classes: np.ndarray
    names: tuple[str, ...]
    pixel_size: float = field(metadata=checks(positive("angstrom")))

    def _check_together(self) -> None:
        freeze(self, "classes")
        check_map("classes", self.classes, len(self.names) - 1)

    def _facts(self) -> dict[str, str]:
        ny, nx = self.classes.shape
        found = np.bincount(self.classes.ravel(), minlength=len(self.names)) / self.classes.size
        shares = {name: f"{share:.1%}" for name, share in zip(self.names, found, strict=False)}
        return {"pixels": f"{ny} x {nx} of {self.pixel_size:.4g} angstrom", **shares}

    def plot(self) -> Any:
        """Return a figure of the classes, each in a colour of its own."""
        from hrtem_sim.drawing import draw_classes  # loads when someone looks

        return draw_classes(self.classes, self.names, self.pixel_size)


@typed
def phase_mask(
    wave: ExitWave,
    pixel_size: float | None = None,
    *,
    threshold: float = PAPER_THRESHOLD,
    blur: float = 1.0,
    cut: float = PAPER_CUT,
) -> Mask:
    """Return the particle's mask from the exit wave of the particle alone in vacuum.

    Parameters
    ----------
    wave
        Exit wave of the particle in vacuum.
    pixel_size
        Pixel size of the mask, in angstrom, a multiple of the wave's pixel; default: the wave's.
    threshold
        Phase in rad above which a pixel belongs to the particle.
    blur
        Standard deviation in angstrom of the Gaussian that smooths the thresholded phase.
    cut
        Smoothed value above which a pixel is kept, 0 to 1.

    Returns
    -------
    mask
        Classes 0 background, 1 particle.

    Notes
    -----
    The phase is that of the mean wave over the frozen phonons, in (-pi, pi]; its absolute value is
    compared, so that heavy columns whose phase exceeds pi stay inside. Threshold and blur:
    Rangel DaCosta et al., npj Comput. Mater. 10 (2024), Methods, and later work of the same group.

    Pixel (i, j) covers y from i to i + 1 and x from j to j + 1 pixels, as in images. With a tilted
    beam the mask is where the image is.

    Examples
    --------
    >>> from hrtem_sim.specimen import Specimen
    >>> from hrtem_sim.wave import compute_exit_wave
    >>> wave = compute_exit_wave(Specimen([[8.0, 8.0, 5.0]], [79], (16.0, 16.0, 10.0)))
    >>> int(phase_mask(wave, blur=0.0).classes[40, 40])
    1
    """
    if not 0 < threshold < math.pi:
        raise Refusal(f"threshold must be between 0 and pi, in rad; got {threshold!r}")
    if not 0 <= blur < math.inf:
        raise Refusal(f"blur must be >= 0, in angstrom; got {blur!r}")
    if not 0 < cut < 1:
        raise Refusal(f"cut must be between 0 and 1; got {cut!r}")
    pixel = wave.grid.pixel_size
    inside = np.abs(np.angle(wave.array.mean(axis=0))) > threshold
    smooth = inside.astype(float)
    if blur:
        smooth = gaussian_filter(smooth, [blur / p for p in pixel], mode="wrap")
    if pixel_size is None:
        pixel_size = pixel[0]
    positive("angstrom").refuse("pixel_size", pixel_size)
    shape = _binned_shape(wave.grid, pixel_size)
    if shape is None:
        py, px = pixel
        raise Refusal(
            f"pixel_size must be a multiple of the wave's ({py:.6g}, {px:.6g}) angstrom that "
            f"divides its extent; got {pixel_size!r}"
            f"{nearest_pixel(wave.grid, pixel_size, partial(_binned_shape, wave.grid))}"
        )
    fy, fx = (n // m for n, m in zip(wave.grid.shape, shape, strict=True))
    # the wave is known at the corners of its pixels: by the trapezoidal rule over each pixel
    for axis in (0, 1):
        smooth = 0.5 * (smooth + np.roll(smooth, -1, axis))
    binned = smooth.reshape(shape[0], fy, shape[1], fx).mean(axis=(1, 3))
    return Mask((binned > cut).astype(np.uint8), ("background", "particle"), float(pixel_size))


def _binned_shape(grid: Grid, pixel_size: float) -> tuple[int, int] | None:
    """Return how many pixels an extent has, if each is a whole number of the grid's."""
    shape = pixels_over(grid, pixel_size)
    whole = shape and all(n % m == 0 for n, m in zip(grid.shape, shape, strict=True))
    return shape if whole else None
