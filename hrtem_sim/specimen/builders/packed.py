"""Slabs of amorphous matter as atoms, with or without order."""

import numpy as np

from czone.generator import AmorphousGenerator
from czone.volume import Volume, make_rect_prism
from hrtem_sim.specimen.builders.built import Streams
from hrtem_sim.specimen.film_order import FilmOrder, ordered
from hrtem_sim.specimen.films import Distances, by_pairs


def packed(
    field: tuple[float, float],
    low: float,
    high: float,
    material: str,
    density: float,
    distances: Distances,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Return positions (n, 3) in angstrom and atomic numbers (n,) of a slab.

    Parameters
    ----------
    field
        Edges of the field along x and y, which it fills and repeats with, in angstrom.
    low, high
        Range of z, in angstrom.
    material, density, distances
        Symbol or formula, atoms per cubic angstrom, smallest distances in angstrom.
    rng
        Source of the atoms.
    """
    slab = Volume(
        points=make_rect_prism(*field, high - low) + [0.0, 0.0, low],
        generator=AmorphousGenerator(
            species=material, density=density, min_dist=by_pairs(distances), rng=rng
        ),
    )
    slab.populate_atoms()
    return np.array(slab.atoms), np.array(slab.species)


def packed_film(
    field: tuple[float, float],
    low: float,
    high: float,
    material: str,
    density: float,
    distances: Distances,
    order: FilmOrder | None,
    streams: Streams,
) -> tuple[np.ndarray, np.ndarray]:
    """Return a slab of a film as `packed` does, with the order it has.

    Parameters
    ----------
    field, low, high, material, density, distances
        As in `packed`.
    order
        Order of the film; None for none.
    streams
        Random streams of its atoms ("film") and grains ("order").
    """
    atoms, numbers = packed(field, low, high, material, density, distances, streams("film"))
    if order is None:
        return atoms, numbers
    apart = distances if isinstance(distances, float | int) else min(d for *_, d in distances)
    return ordered(atoms, numbers, field, order, float(apart), streams("order"))
