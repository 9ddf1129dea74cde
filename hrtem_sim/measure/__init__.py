"""What micrographs say of the microscope that took them.

* `film_spectrum` gives the power of the film in a micrograph, particles left out.
* `measure_rings` reads dose, camera, defocus and film off it.
* `measure_fringes` compares the lattice fringes with a crystal and corrects the pixel size.
* `measure_micrograph` does all of it; every number is an `Estimate` with its interval.
"""

from hrtem_sim.measure.estimates import Estimate
from hrtem_sim.measure.fringes import Fringe, find_fringes, measure_fringes
from hrtem_sim.measure.micrograph import Measurement, is_absolute, measure_micrograph
from hrtem_sim.measure.reflections import Reflections, reflections_of
from hrtem_sim.measure.rings import Rings, measure_rings
from hrtem_sim.measure.spectrum import FilmSpectrum, NoFilm, film_spectrum

__all__ = [
    "Estimate",
    "FilmSpectrum",
    "Fringe",
    "Measurement",
    "NoFilm",
    "Reflections",
    "Rings",
    "film_spectrum",
    "find_fringes",
    "is_absolute",
    "measure_fringes",
    "measure_micrograph",
    "measure_rings",
    "reflections_of",
]
