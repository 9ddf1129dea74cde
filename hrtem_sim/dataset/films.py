"""Draw first: holes, dirt, single atoms, folds and order of a film."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from ase.data import atomic_numbers

from hrtem_sim.dataset.film_recipe import ReliefRecipe
from hrtem_sim.dataset.recipe import DatasetRecipe
from hrtem_sim.provenance import Distribution, rng_for
from hrtem_sim.specimen.builders.film_relief import FilmRelief
from hrtem_sim.specimen.film_order import FilmOrder
from hrtem_sim.specimen.materials import Material, amounts_in

Disc = tuple[float, float, float]
"""x and y from the middle of the field and radius, in angstrom."""

DIRECTIONS = ((1, 0), (0, 1), (1, 1), (1, -1))
"""How often folds wind round the field, along x and along y."""

RASTER = 0.004
"""Step of the raster on which coverage is measured, in edges of the field."""

MOST = 1000
"""Discs that are drawn at most."""


def plan_relief(recipe: DatasetRecipe, index: int, material: Material) -> FilmRelief | None:
    """Draw what makes the film of a structure other than flat and clean; None for a flat one.

    Parameters
    ----------
    recipe
        Ranges.
    index
        Index of the structure.
    material
        Material of its particles.
    """
    relief, field = recipe.on_film.film.relief, recipe.on_film.placement.field
    if relief is None:
        return None

    draw = drawing_from(relief, "relief", recipe, index)

    def rng(name: str) -> np.random.Generator:
        return rng_for(recipe.seed, f"relief {name}", index)

    domes = _discs(draw("contamination"), relief.dome_radius, field, rng("domes"))
    patches = tuple(
        (*disc, _height(relief, rng_for(recipe.seed, "relief dome", index, i)))
        for i, disc in enumerate(domes)
    )
    return FilmRelief(
        unevenness=draw("unevenness"),
        waviness=draw("waviness"),
        holes=tuple(_discs(draw("holes"), relief.hole_radius, field, rng("discs"))),
        patches=patches,
        adatoms=round(draw("adatoms") * math.prod(field) / 100),
        adatom=max(amounts_in(material), key=lambda symbol: atomic_numbers[symbol]),
        folds=tuple(
            _fold(relief, rng_for(recipe.seed, "relief fold", index, i))
            for i in range(int(draw("folds")))
        ),
    )


def plan_order(recipe: DatasetRecipe, index: int) -> FilmOrder | None:
    """Draw the order of the film of a structure; None for a random packing.

    Parameters
    ----------
    recipe
        Ranges.
    index
        Index of the structure.
    """
    order = recipe.on_film.film.order
    if order is None:
        return None
    draw = drawing_from(order, "order", recipe, index)
    return FilmOrder(draw("share"), draw("radius"), draw("strain"))


def drawing_from(
    table: Any, word: str, recipe: DatasetRecipe, index: int
) -> Callable[[str], float]:
    """Return what draws the fields of a table by their names, each from a stream of its own.

    Parameters
    ----------
    table
        Ranges of a part of the specimen.
    word
        Name of the part, in the names of the streams.
    recipe
        Recipe of the data set.
    index
        Index of the structure.
    """
    return lambda name: float(
        getattr(table, name).draw(rng_for(recipe.seed, f"{word} {name}", index))
    )


def _fold(relief: ReliefRecipe, rng: np.random.Generator) -> tuple[int, int, float, float]:
    """How a fold winds round the field, where it lies, and its width."""
    along_x, along_y = DIRECTIONS[int(rng.integers(len(DIRECTIONS)))]
    return along_x, along_y, float(rng.random()), float(relief.fold_width.draw(rng))


def _height(relief: ReliefRecipe, rng: np.random.Generator) -> float:
    """Height of a dome, negative on the face away from the particles."""
    height = float(relief.dome_height.draw(rng))
    return height if rng.random() < 0.5 else -height


def _discs(
    coverage: float, radius: Distribution, field: tuple[float, float], rng: np.random.Generator
) -> Iterator[Disc]:
    """Yield discs at random until one more would lead away from a coverage; they may overlap."""
    discs: list[Disc] = []
    before = 0.0
    while before < coverage and len(discs) < MOST:
        x, y = ((rng.random(2) - 0.5) * field).tolist()
        discs.append((x, y, float(radius.draw(rng))))
        after = disc_coverage(discs, field)
        if after - coverage >= coverage - before:
            return
        yield discs[-1]
        before = after


def disc_coverage(discs: Sequence[Disc], field: tuple[float, float]) -> float:
    """Return the part of a field that discs cover.

    Parameters
    ----------
    discs
        Discs; where they overlap they count once, and beyond the border on the other side.
    field
        Edges of the field along x and y, in angstrom.

    Examples
    --------
    >>> round(disc_coverage([(50.0, 0.0, 20.0)], (100.0, 100.0)), 2), round(math.pi * 0.2**2, 2)
    (0.13, 0.13)
    """
    middles = np.arange(RASTER / 2, 1, RASTER) - 0.5
    under = np.zeros((len(middles), len(middles)), bool)
    for x, y, radius in discs:
        across, down = (
            ((middles - shift / edge + 0.5) % 1 - 0.5) * edge
            for shift, edge in zip((x, y), field, strict=True)
        )
        under |= across[None, :] ** 2 + down[:, None] ** 2 < radius**2
    return float(under.mean())
