"""All that one micrograph says of its microscope."""

from dataclasses import dataclass

import numpy as np

from hrtem_sim.measure.estimates import UNKNOWN, Estimate
from hrtem_sim.measure.fringes import measure_fringes
from hrtem_sim.measure.given import check_film, check_microscope, checked_image
from hrtem_sim.measure.rings import Rings, measure_rings
from hrtem_sim.measure.spectrum import NoFilm, film_spectrum
from hrtem_sim.specimen.materials import Material

__all__ = ["Measurement", "is_absolute", "measure_micrograph"]

OF_RINGS = ("dose", "camera's cut", "defocus", "astigmatism", "film's thickness")


@dataclass(frozen=True)
class Measurement:
    """What a micrograph says of its microscope.

    Parameters
    ----------
    pixel_size
        By the lattice fringes, in angstrom; unknown without crystals.
    used_pixel_size
        Pixel size of the other numbers, in angstrom: the one that was stated, unless the fringes
        contradict it.
    rings
        Dose, camera, film and defocus; None if hardly any film is seen.
    absolute
        Whether the zero of the micrograph is where no electron came. Otherwise its contrast, and
        with it dose and thickness, is unknown.
    """

    pixel_size: Estimate
    used_pixel_size: float
    rings: Rings | None
    absolute: bool = True

    @property
    def table(self) -> dict[str, Estimate]:
        """Every estimate by its name."""
        rings = self.rings
        if rings is None:
            return {"pixel size": self.pixel_size, **dict.fromkeys(OF_RINGS, UNKNOWN)}
        return {
            "pixel size": self.pixel_size,
            "dose": rings.dose if self.absolute else UNKNOWN,
            "camera's cut": rings.cut,
            "defocus": rings.defocus,
            "astigmatism": rings.astigmatism,
            "film's thickness": rings.thickness if self.absolute else UNKNOWN,
        }


def measure_micrograph(
    image: np.ndarray,
    pixel_size: float,
    *,
    energy: float,
    material: Material | None = None,
    film: str = "C",
    particles: np.ndarray | None = None,
    spherical: float = 0.0,
    gain: float | None = None,
    absolute: bool | None = None,
) -> Measurement:
    """Measure pixel size, dose, camera, film and defocus of a micrograph.

    Parameters
    ----------
    image
        Micrograph as it was recorded, (ny, nx).
    pixel_size
        Stated pixel size in angstrom.
    energy
        In eV.
    material
        Crystal of the particles; default: none, and the pixel size is taken as it is stated.
    film
        Symbol or formula of the film.
    particles
        Mask of the particles, (ny, nx), not 0 inside; default: all is film.
    spherical
        Spherical aberration C30 in angstrom.
    gain
        Digital units per electron, if it is known.
    absolute
        Whether the zero of the micrograph is where no electron came; default: unless it has 8 bits
        or lies between 0 and 1, as pictures do that were stretched to be looked at.

    Returns
    -------
    measurement
        Estimates with their intervals.

    Examples
    --------
    >>> noise = np.random.default_rng(1).poisson(64, (256, 256))
    >>> measured = measure_micrograph(noise, 0.4, energy=300e3, gain=1.0)
    >>> 400.0 in measured.table["dose"], measured.table["pixel size"].known
    (True, False)
    """
    absolute = is_absolute(image) if absolute is None else absolute
    image = checked_image(image, pixel_size, particles)
    check_microscope(energy, spherical, gain)
    check_film(film)
    fringes = UNKNOWN if material is None else measure_fringes(image, pixel_size, material)
    contradicted = fringes.known and pixel_size not in fringes
    used = fringes.value if contradicted else pixel_size
    try:
        spectrum = film_spectrum(image, used, particles)
    except NoFilm:
        return Measurement(fringes, used, None, absolute)
    rings = measure_rings(spectrum, energy=energy, film=film, spherical=spherical, gain=gain)
    return Measurement(fringes, used, rings, absolute)


def is_absolute(image: np.ndarray) -> bool:
    """Say whether the zero of a micrograph is likely to be where no electron came.

    Parameters
    ----------
    image
        Micrograph as its file holds it, (ny, nx).

    Returns
    -------
    absolute
        False for 8 bits, for true and false, and for numbers between 0 and 1, as pictures have that
        were stretched or cut at a threshold.

    Examples
    --------
    >>> is_absolute(np.array([[812, 790]], np.uint16)), is_absolute(np.array([[0.1, 0.9]]))
    (True, False)
    """
    image = np.asarray(image)
    if image.dtype in (bool, np.uint8):
        return False
    return not (image.dtype.kind == "f" and float(image.min()) >= 0 and float(image.max()) <= 1)
