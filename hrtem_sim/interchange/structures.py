"""The labels of a database's micrographs, from the plans that it stores."""

from collections.abc import Iterator, Sequence

import numpy as np

from hrtem_sim.database import Database, PooledDatabase
from hrtem_sim.database.selecting import checked_rows
from hrtem_sim.dataset import DatasetRecipe, StructurePlan
from hrtem_sim.dataset.again import stored_plan, stored_recipe
from hrtem_sim.mask import InstanceMap, Mask, along_beam, instance_map
from hrtem_sim.provenance.doors import typed
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen import Specimen
from hrtem_sim.specimen.builders import ParticlesOnFilm, bounds_of, place, plan_volumes


@typed
def particles_of(plan: StructurePlan) -> Specimen:
    """Build the particles of a structure without their film.

    Parameters
    ----------
    plan
        As the database stores it.

    Returns
    -------
    specimen
        Objects particle-0, particle-1, ... in the cell of the whole specimen. What labels need,
        without the time that a film takes.

    Examples
    --------
    >>> from hrtem_sim.database import open_database
    >>> from hrtem_sim.dataset import stored_plan
    >>> plan = stored_plan(open_database("data"), 0)
    >>> particles_of(plan).objects
    ('particle-0',)
    """
    if not isinstance(plan.specimen, ParticlesOnFilm):
        raise Refusal(
            f"plan must be of particles on a film; got one of the builder {plan.specimen.builder}, "
            "whose atoms a data set keeps with storage.atoms = true"
        )
    placed = place(plan.specimen, plan.rng)
    atoms = np.concatenate([np.zeros((0, 3)), *(particle.atoms for particle in placed)])
    low, high = bounds_of(plan.specimen, placed)
    atoms[:, 2] -= low
    numbers = np.concatenate([np.zeros(0, int), *(particle.species for particle in placed)])
    sizes = np.array([len(particle.atoms) for particle in placed], int)
    labels = np.repeat(np.arange(len(placed)), sizes)
    names = tuple(f"particle-{i}" for i in range(len(placed)))
    cell = (*plan.specimen.field, high - low)
    return Specimen(atoms, numbers, cell, labels, names)


@typed
def stored_instances(
    database: Database, rows: Sequence[int]
) -> Iterator[tuple[int, StructurePlan, InstanceMap]]:
    """Yield the row, the structure's plan and the instances within the mask of micrographs.

    Parameters
    ----------
    database
        Data set; its stored plans tell where the particles are.
    rows
        Positions in its catalogue.

    Notes
    -----
    Rows of one structure that follow each other cost its particles once. Structures of a builder
    are not built again, as it may be a program of somebody's: their labels are those that the data
    set keeps.

    Examples
    --------
    >>> from hrtem_sim.database import open_database
    >>> database = open_database("data")
    >>> [instances.names for _, _, instances in stored_instances(database, [0])]
    [('particle-0',)]
    """
    recipe = stored_recipe(database)
    if recipe.specimen is not None:
        yield from _kept_instances(database, rows, recipe)
        return
    tilt = recipe.wave.tilt
    known: tuple[str, StructurePlan, InstanceMap] | None = None
    for row in map(int, rows):
        here = database.catalogue.iloc[row]["structure"]
        if known is None or here != known[0]:
            plan = stored_plan(database, row)
            mask = Mask(database.masks([row])[0], database.classes, database.pixel_size)
            (ny, nx), pixel = database.shape, database.pixel_size
            assert isinstance(plan.specimen, ParticlesOnFilm)  # there is no builder
            volumes = plan_volumes(plan.specimen)
            particles = along_beam(particles_of(plan), tilt)
            known = (
                here,
                plan,
                instance_map(
                    particles,
                    (ny, nx),
                    pixel,
                    objects=particles.objects,
                    volumes=volumes,
                    within=mask,
                ),
            )
        yield row, known[1], known[2]


def _kept_instances(
    database: Database, rows: Sequence[int], recipe: DatasetRecipe
) -> Iterator[tuple[int, StructurePlan, InstanceMap]]:
    if "instances" not in recipe.storage.labels:
        raise Refusal(
            "storage.labels must hold 'instances' for structures of a builder; "
            f"got {list(recipe.storage.labels)}: build into a new folder with it"
        )
    for row in map(int, rows):
        ids = database.labels([row])[0]
        names = tuple(f"instance-{i}" for i in range(int(ids.max())))
        yield row, stored_plan(database, row), InstanceMap(ids, names, database.pixel_size)


def rows_of(database: Database | PooledDatabase, rows: Sequence[int] | None) -> list[int]:
    """Return the rows to export: those given, or all.

    Raises
    ------
    ValueError
        If there are none or one is not in the catalogue.
    """
    if rows is None:
        return list(range(len(database)))
    chosen: list[int] = checked_rows(rows, len(database)).tolist()
    if not chosen:
        raise Refusal(
            f"rows must be at least one of 0..{len(database) - 1}, the rows of the catalogue; "
            f"got {rows!r}"
        )
    return chosen
