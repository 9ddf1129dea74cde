"""What measurements are given: an image of numbers, its pixel, the microscope in its units."""

from typing import Any

import numpy as np

from hrtem_sim.provenance.doubts import say_doubt
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen.films import film_matter
from hrtem_sim.wave.ranges import ENERGY, PIXEL, SPHERICAL


def checked_image(image: Any, pixel_size: float, particles: Any = None) -> np.ndarray:
    """Return a micrograph as float64 (ny, nx), or refuse what is none.

    Parameters
    ----------
    image
        Finite real numbers, (ny, nx).
    pixel_size
        In angstrom; unusual ones warn.
    particles
        Mask of the same shape, or None.

    Examples
    --------
    >>> checked_image([[1, 2], [3, 4]], 0.4).dtype
    dtype('float64')
    """
    given = np.asarray(image)
    if given.ndim != 2 or given.dtype.kind not in "buif":
        raise Refusal(
            f"image must be real numbers of shape (ny, nx); got {given.dtype} of {given.shape}"
        )
    checked = given.astype(float)
    if not np.isfinite(checked).all():
        raise Refusal(
            f"image must be finite; got {np.count_nonzero(~np.isfinite(checked))} pixels that are "
            "not: `seg_train.data.mend` fills them"
        )
    number = isinstance(pixel_size, float | int | np.number) and not isinstance(pixel_size, bool)
    if not number or not 0 < pixel_size < np.inf:
        raise Refusal(f"pixel_size must be positive, in angstrom; got {pixel_size!r}")
    if words := PIXEL.doubt(pixel_size):
        say_doubt(f"measure: pixel_size is {words}")
    if particles is not None and np.shape(particles) != given.shape:
        raise Refusal(
            f"particles must have the shape of the image, {given.shape}; got {np.shape(particles)}"
        )
    return checked


def check_microscope(energy: float, spherical: float, gain: float | None) -> None:
    """Refuse what no microscope has.

    Parameters
    ----------
    energy
        In eV.
    spherical
        C30 in angstrom.
    gain
        Digital units per electron; None if it is not known.
    """
    ENERGY.enforce("measure", "energy", energy)
    SPHERICAL.enforce("measure", "spherical", spherical)
    if gain is not None and not 0 < gain < np.inf:
        raise Refusal(f"gain must be positive, in digital units per electron; got {gain!r}")


def check_film(film: str) -> None:
    """Refuse a film whose matter no table knows.

    Parameters
    ----------
    film
        Symbol or formula.
    """
    try:
        film_matter(film, None, None)
    except Refusal:
        raise
    except (ValueError, TypeError) as error:
        raise Refusal(f"film must be a symbol or formula, such as C or SiO2; {error}") from None
