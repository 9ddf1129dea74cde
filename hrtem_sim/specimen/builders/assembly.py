"""From objects by their names to a specimen."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from czone.molecule import Molecule
from czone.scene import Scene
from czone.transform import Translation
from czone.volume import BaseVolume
from hrtem_sim.specimen.builders.built import Built
from hrtem_sim.specimen.specimen import Specimen


def gathered(
    objects: Mapping[str, BaseVolume | Molecule],
    field: tuple[float, float],
    *,
    margin: float = 2.0,
    upright: bool = False,
    **known: Any,
) -> Built:
    """Return a specimen of volumes and molecules by their names, which repeats with its field.

    Parameters
    ----------
    objects
        Objects by their names; where they overlap earlier ones win, and atoms of different objects
        keep 0.85 of the distance of a bond.
    field
        Edges along x and y, in angstrom; what reaches beyond comes in on the other side.
    margin
        Vacuum above and below, in angstrom.
    upright
        Whether z points up, against the beam: the specimen is then turned about x by half a turn,
        so that what stands on top meets the beam first.
    known
        What else is known of the specimen; see `Built`.

    Examples
    --------
    >>> from hrtem_sim.specimen.materials import crystal_of
    >>> from czone.volume import Sphere, Volume
    >>> gold = Volume(alg_objects=[Sphere(8.0, np.zeros(3))], generator=crystal_of("Au"))
    >>> [round(edge, 3) for edge in gathered({"gold": gold}, (30.0, 30.0)).specimen.cell]
    [30.0, 30.0, 20.0]
    """
    boxes = [_box(one) for one in objects.values()]
    corners = np.vstack([box for box in boxes if box is not None and len(box)])
    low, high = corners[:, 2].min() - margin, corners[:, 2].max() + margin
    for priority, volume in enumerate(objects.values()):
        volume.transform(Translation(np.array([0.0, 0.0, -low])))
        volume.priority = priority
    scene = Scene(
        bounds=np.array([[0.0, 0.0, 0.0], [*field, high - low]]),
        objects=list(objects.values()),
        min_distance="contact",
        periodic=True,
    )
    scene.populate()
    specimen = Specimen.from_scene(scene, objects=list(objects))
    if upright:
        x, y, z = specimen.positions.T
        turned = np.column_stack([x, (field[1] - y) % field[1], specimen.cell[2] - z])
        specimen = replace(specimen, positions=turned)
    return Built(specimen, **known)


def _box(one: BaseVolume | Molecule) -> np.ndarray | None:
    if isinstance(one, Molecule):
        return np.array([one.atoms.min(axis=0), one.atoms.max(axis=0)])
    return one.outer_box()
