"""The zero of focus of a particle by minimum contrast."""

import math

import numpy as np
from scipy.optimize import minimize_scalar

from hrtem_sim.imaging.aberrations import Aberrations
from hrtem_sim.imaging.conditions import ImagingConditions
from hrtem_sim.imaging.detector import Detector
from hrtem_sim.imaging.former import ImageFormer
from hrtem_sim.provenance.doors import typed
from hrtem_sim.provenance.doubts import say
from hrtem_sim.refusal import Refusal
from hrtem_sim.wave import ExitWave

STEP = 10.0
"""angstrom; of the coarse search. Contrast changes over 1 / (2 lambda k^2), 16 angstrom for 1.25
1/angstrom at 300 kV."""

FARTHEST = 2000.0
"""angstrom; where the search gives up."""

AS_GOOD = 1.05
"""Contrast, in units of the least, below which a focus might be the zero as well."""

WIDEST = 20.0
"""angstrom; range of such foci up to which the zero is the particle's middle to 5 angstrom."""


class UncertainFocus(UserWarning):
    """A zero of focus by minimum contrast that other foci come close to."""


@typed
def minimum_contrast_defocus(
    wave: ExitWave,
    detector: Detector | None = None,
    *,
    aberrations: Aberrations | None = None,
    search: tuple[float, float] = (-100.0, 100.0),
    tolerance: float = 0.1,
) -> float:
    """Return the defocus at which the image of a wave has the least contrast.

    Of a thin phase object that is the plane of its atoms, which is a zero of focus that a
    microscopist can find too; with spherical aberration it moves to underfocus. Of a thick one no
    focus is distinguished: an `UncertainFocus` warning says so.

    Parameters
    ----------
    wave
        Exit wave of particles in vacuum. Its configurations are averaged.
    detector
        Pixels of the image; default: those of the wave.
    aberrations
        Aberrations of the lens; default: none.
    search
        Range of defocus to look in, in angstrom. Where contrast still falls at an end, the search
        goes on beyond it.
    tolerance
        Tolerance of the result, in angstrom.

    Returns
    -------
    defocus
        In angstrom from the middle of the model, positive is underfocus.

    Raises
    ------
    ValueError
        If the wave is flat, or contrast still falls 2000 angstrom away.

    Notes
    -----
    Contrast is the standard deviation over the mean of the image without noise. The least of steps
    of 10 angstrom is refined by Brent's method between its neighbours, to what grids of 1 and 0.1
    angstrom would find: the convention of the group's later data sets (msa-em,
    hrtem-transfer-learning).

    Where contrast stays within 5 % of its least over more than 20 angstrom, the zero is uncertain.
    Below that it was the middle of the particle to 5 angstrom in all of 65 spheres of Au, Cu and Si
    in random orientations (300 kV, 0.2 angstrom pixels). The bound is met by all of gold up to 4
    nm in diameter and copper up to 3 nm, by half of 5 nm gold, by one in five of 8 nm gold, where
    zeros lie between -80 and 25 angstrom.

    Examples
    --------
    >>> from hrtem_sim.specimen import Specimen
    >>> from hrtem_sim.wave import compute_exit_wave
    >>> wave = compute_exit_wave(Specimen([[8.0, 8.0, 5.0]], [14], (16.0, 16.0, 30.0)))
    >>> round(minimum_contrast_defocus(wave) / 10)  # the atom lies 10 angstrom before the middle
    1
    """
    low, high = search
    if not -FARTHEST <= low < high <= FARTHEST:
        raise Refusal(f"search must be a range within +-{FARTHEST:g}, in angstrom; got {search!r}")
    if not 0 < tolerance < math.inf:
        raise Refusal(f"tolerance must be positive, in angstrom; got {tolerance!r}")
    former = ImageFormer(wave, detector or Detector(wave.grid.pixel_size[0]))
    lens = aberrations or Aberrations()

    def contrast(defocus: float) -> float:
        image = former.expected(ImagingConditions(defocus=float(defocus), aberrations=lens))
        return float(image.std() / image.mean())

    number = math.ceil((high - low) / STEP) + 1
    foci = [float(focus) for focus in np.linspace(low, high, max(3, number))]
    values = [contrast(focus) for focus in foci]
    if not max(values) > 1e-6:
        raise Refusal("wave must show contrast at some focus; got a flat one")
    step = foci[1] - foci[0]
    while (end := int(np.argmin(values))) in (0, len(foci) - 1):
        beyond = foci[end] + (step if end else -step)
        if abs(beyond) > FARTHEST:
            raise Refusal(
                f"search must lead to a minimum of contrast; got {search!r}, from where it falls "
                f"as far as {FARTHEST:g} angstrom"
            )
        at = len(foci) if end else 0
        foci.insert(at, beyond)
        values.insert(at, contrast(beyond))
    bounds = (foci[end - 1], foci[end + 1])
    found = minimize_scalar(contrast, bounds=bounds, method="bounded", options={"xatol": tolerance})
    near = [focus for focus, value in zip(foci, values, strict=True) if value < AS_GOOD * found.fun]
    if near and max(near) - min(near) > WIDEST:
        say(
            f"the zero of focus is uncertain: contrast is within 5 % of its least from "
            f"{min(near):.0f} to {max(near):.0f} angstrom, and {found.x:.1f} was taken; thick "
            'particles are better focused from the middle (focus_reference = "middle")',
            UncertainFocus,
        )
    return float(found.x)
