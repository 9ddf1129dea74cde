"""Draw first: the particles of one structure, each where the earlier ones leave room."""

import math
from collections.abc import Iterator, Sequence
from typing import TypeVar

import numpy as np

from hrtem_sim.dataset.films import Disc, disc_coverage, drawing_from, plan_relief
from hrtem_sim.dataset.recipe import DatasetRecipe
from hrtem_sim.provenance import rng_for
from hrtem_sim.specimen.ligands import LigandShell
from hrtem_sim.specimen.materials import Material
from hrtem_sim.specimen.particles import ParticlePlan, most_defects, reach

T = TypeVar("T")

EDGE = 1.0
"""Least distance in angstrom of a particle's sphere from the border of the field."""

TRIES = 100
"""Places that are tried for a particle before it is left out."""

PATIENCE = 20
"""Particles left out one after another from which on a field is full."""

LAYERS = 3
"""Particles that may lie one upon another."""


def plan_particles(recipe: DatasetRecipe, index: int) -> tuple[ParticlePlan, ...]:
    """Draw the particles of a structure.

    Parameters
    ----------
    recipe
        Ranges.
    index
        Index of the structure.

    Returns
    -------
    particles
        As many as `asked_count` says, or as it takes to cover `asked_coverage`; fewer where they
        find no room.
    """
    asked = asked_coverage(recipe, index)
    if asked is None:
        count = asked_count(recipe, index)
        drawn = (particle for particle in _particles(recipe, index, count) if particle)
        return tuple(drawn)
    placed: list[ParticlePlan] = []
    field, failures, before = recipe.on_film.placement.field, 0, 0.0
    for particle in _particles(recipe, index, None):
        failures = 0 if particle else failures + 1
        if failures >= PATIENCE or not asked:
            break
        if particle is None:
            continue
        after = coverage_of([*placed, particle], field)
        if after - asked < asked - before:  # nearer with it than without
            placed.append(particle)
        if after >= asked:
            break
        before = after
    return tuple(placed)


def asked_count(recipe: DatasetRecipe, index: int) -> int:
    """Return the number of particles that was drawn for a structure, whether they found room.

    Parameters
    ----------
    recipe
        Ranges.
    index
        Index of the structure.
    """
    return int(recipe.on_film.particle.count.draw(rng_for(recipe.seed, "count", index)))


def asked_coverage(recipe: DatasetRecipe, index: int) -> float | None:
    """Return the coverage that was drawn for a structure; None if its particles are counted.

    Parameters
    ----------
    recipe
        Ranges.
    index
        Index of the structure.
    """
    if recipe.on_film.particle.coverage is None:
        return None
    return float(recipe.on_film.particle.coverage.draw(rng_for(recipe.seed, "coverage", index)))


def material_of(recipe: DatasetRecipe, index: int) -> Material:
    """Return the material that was drawn for the particles of a structure.

    Parameters
    ----------
    recipe
        Ranges.
    index
        Index of the structure.
    """
    return _one_of(recipe.on_film.particle.materials, rng_for(recipe.seed, "material", index))


def is_piled(recipe: DatasetRecipe, index: int) -> bool:
    """Return whether the particles of a structure may overlap in projection.

    Parameters
    ----------
    recipe
        Ranges.
    index
        Index of the structure.
    """
    share = recipe.on_film.placement.overlap
    return bool(share and rng_for(recipe.seed, "overlap", index).random() < share)


def plan_ligands(recipe: DatasetRecipe, index: int) -> LigandShell | None:
    """Draw the ligands on the particles of a structure; None for bare ones.

    Parameters
    ----------
    recipe
        Ranges.
    index
        Index of the structure.
    """
    ligands = recipe.on_film.particle.ligands
    if ligands is None:
        return None
    draw = drawing_from(ligands, "ligand", recipe, index)
    return LigandShell(ligands.head, int(draw("carbons")), draw("coverage"))


def coverage_of(particles: Sequence[ParticlePlan], field: tuple[float, float]) -> float:
    """Return the part of a field that the discs of particles cover.

    Parameters
    ----------
    particles
        Particles; discs that overlap count once, and what lies beyond the border on the other side.
    field
        Edges of the field along x and y, in angstrom.

    Examples
    --------
    >>> gold = ParticlePlan("Au", "sphere", 20.0, (0.0, 0.0, 0.0, 1.0), (50.0, 0.0), 0, 0.0)
    >>> round(coverage_of([gold], (100.0, 100.0)), 2), round(math.pi * 0.2**2, 2)
    (0.13, 0.13)
    """
    return disc_coverage([(*one.offset, one.radius) for one in particles], field)


def _particles(
    recipe: DatasetRecipe, index: int, count: int | None
) -> Iterator[ParticlePlan | None]:
    """Yield the particles of a structure without end or count, None for one without room."""
    particle = recipe.on_film.particle
    material = material_of(recipe, index)
    piled = is_piled(recipe, index)
    relief = plan_relief(recipe, index, material)
    holes = relief.holes if relief else ()
    placed: list[ParticlePlan] = []
    layers: list[int] = []
    i = -1
    while count is None or i + 1 < count:
        i += 1

        def rng(name: str, i: int = i) -> np.random.Generator:
            return rng_for(recipe.seed, name, index, i)

        if particle.mixed:
            material = _one_of(particle.materials, rng("material"))
        radius = float(particle.radius.draw(rng("radius")))
        shape = _one_of(particle.shapes, rng("shape"))
        found = _free_place(
            recipe, reach(shape, radius), placed, layers if piled else None, holes, rng("offset")
        )
        if found is None:
            yield None
            continue
        offset, layer = found
        layers.append(layer)
        room = most_defects(material, radius) if shape in ("sphere", "wulff") else 0
        quaternion = rng("orientation").standard_normal(4)
        w, x, y, z = (quaternion / np.linalg.norm(quaternion)).tolist()
        placed.append(
            ParticlePlan(
                material=material,
                shape=shape,
                radius=radius,
                orientation=(w, x, y, z),
                offset=offset,
                defects=min(int(particle.defects.draw(rng("defects"))), room),
                stacking_fault_ratio=particle.stacking_fault_ratio,
            )
        )
        yield placed[-1]


def _free_place(
    recipe: DatasetRecipe,
    extent: float,
    placed: list[ParticlePlan],
    layers: list[int] | None,
    holes: Sequence[Disc],
    rng: np.random.Generator,
) -> tuple[tuple[float, float], int] | None:
    """Draw a centre with room for a particle and return its layer too; None after `TRIES`.

    Room means film under the centre and the gap to all particles placed. Where these have
    `layers`, particles may lie upon each other, and room means that fewer than `LAYERS` do.
    """
    placement, cut = recipe.on_film.placement, recipe.on_film.placement.border == "cut"
    edges = np.array(placement.field)
    rooms = [n / 2 if cut else max(0.0, n / 2 - extent - EDGE) for n in placement.field]
    reaches = [extent + reach(other.shape, other.radius) for other in placed]
    for _ in range(TRIES):
        x, y = (float(r * placement.offset.draw(rng)) for r in rooms)
        if any(_away(x - a, y - b, placement.field) < radius for a, b, radius in holes):
            continue
        away = np.array([x, y]) - np.array([p.offset for p in placed]).reshape(-1, 2)
        if cut:
            away -= edges * np.round(away / edges)
        distances = [math.hypot(*shift) for shift in away.tolist()]
        if layers is None:
            gap = recipe.on_film.particle.gap
            if all(d >= r + gap for d, r in zip(distances, reaches, strict=True)):
                return (x, y), 0
            continue
        below = [layer + 1 for layer, d, r in zip(layers, distances, reaches, strict=True) if d < r]
        if max(below, default=0) < LAYERS:
            return (x, y), max(below, default=0)
    return None


def _away(x: float, y: float, field: tuple[float, float]) -> float:
    """Length of a vector in the periodic field."""
    return math.hypot(*(d - n * round(d / n) for d, n in zip((x, y), field, strict=True)))


def _one_of(values: tuple[T, ...], rng: np.random.Generator) -> T:
    return values[int(rng.integers(len(values)))]
