"""A piece of amorphous film by itself, as microscopes are measured on."""

import numpy as np

from czone.generator import AmorphousGenerator
from czone.volume import Volume, make_rect_prism
from hrtem_sim.specimen.films import by_pairs, film_matter
from hrtem_sim.specimen.specimen import Specimen


def bare_film(
    material: str, edge: float, thickness: float, *, rng: np.random.Generator | int
) -> Specimen:
    """Return a square piece of amorphous film, periodic in x and y.

    Parameters
    ----------
    material
        Symbol or formula of a film that the table of films knows, such as C or SiO2.
    edge, thickness
        In angstrom.
    rng
        Source of the atoms' places.

    Examples
    --------
    >>> len(bare_film("C", 30.0, 10.0, rng=5))
    993
    """
    density, distances = film_matter(material, None, None)
    slab = Volume(
        points=make_rect_prism(edge, edge, thickness),
        generator=AmorphousGenerator(
            species=material, density=density, min_dist=by_pairs(distances), rng=rng, periodic=True
        ),
    )
    slab.populate_atoms()
    positions = np.array(slab.atoms)
    positions[:, :2] %= edge
    return Specimen(positions, slab.species, (edge, edge, thickness), objects=("film",))
