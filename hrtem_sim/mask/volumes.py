"""How much space an atom of an object takes, for objects of any shape and size.

Thickness and labels need it. Builders know it of their crystals; of hollow, thin or tiny objects it
is measured among all atoms, as a shell is bounded by its core, or taken from the elements.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from ase.data import covalent_radii, reference_states
from scipy.spatial import ConvexHull, QhullError, Voronoi, cKDTree

from hrtem_sim.specimen import Specimen

SAMPLE = 400
"""Atoms of an object that are enough."""

AROUND = 8.0
"""angstrom; atoms so near bound the cells of those that are measured."""

ROOMIEST = 1.05
"""Farthest corner of a cell in distances between neighbours; the largest empty spheres of common
crystals have at most the radius 1. Cells with farther ones stand at a surface."""

CLOSE_PACKED = 0.74
"""Part of space that touching spheres fill in close packing."""


def known_volumes(
    specimen: Specimen, objects: Sequence[str], volumes: Mapping[str, float]
) -> dict[str, float]:
    """Return the volume per atom of objects in cubic angstrom, measured where it is not known.

    Parameters
    ----------
    specimen
        Atoms.
    objects
        Names of the objects.
    volumes
        Volumes that are known.

    Notes
    -----
    The mean Voronoi cell of atoms that others, of whatever object, surround. An object of which
    there are none gets the volumes of its elements, or of spheres of their covalent radii in close
    packing.

    Examples
    --------
    >>> gold = Specimen([[2, 2, 2]], [79], (4, 4, 4), objects=("atom",))
    >>> round(known_volumes(gold, ["atom"], {})["atom"], 1)
    17.0
    """
    return {
        name: volumes[name] if name in volumes else _measured(specimen, name) for name in objects
    }


def _measured(specimen: Specimen, name: str) -> float:
    own = np.flatnonzero(specimen.selection(name))
    if not len(own):
        return 0.0
    positions = specimen.positions
    tree = cKDTree(positions)
    _, chosen = cKDTree(positions[own]).query(
        np.median(positions[own], axis=0), k=min(SAMPLE, len(own))
    )
    atoms = own[np.atleast_1d(chosen)]
    near = np.unique(np.concatenate(tree.query_ball_point(positions[atoms], AROUND)).astype(int))
    cells = _cells(positions[near], np.searchsorted(near, atoms))
    if len(cells):
        return float(np.mean(cells))
    return float(np.mean([_of_element(number) for number in specimen.numbers[own].tolist()]))


def _cells(points: np.ndarray, chosen: np.ndarray) -> list[float]:
    """Volumes of the Voronoi cells of chosen points, if others surround them."""
    if len(points) < 5:
        return []
    nearest = np.median(cKDTree(points).query(points[chosen], k=2)[0][:, 1])
    try:
        diagram = Voronoi(points)
    except QhullError:  # all in one plane
        return []
    volumes = []
    for i in chosen:
        region = diagram.regions[diagram.point_region[i]]
        if -1 in region:
            continue
        corners = diagram.vertices[region]
        if np.linalg.norm(corners - points[i], axis=1).max() < ROOMIEST * nearest:
            volumes.append(float(ConvexHull(corners).volume))
    return volumes


def _of_element(number: int) -> float:
    """Volume of an atom in the element's own crystal, in cubic angstrom."""
    state: dict[str, Any] = reference_states[number] or {}
    a, symmetry = state.get("a"), state.get("symmetry")
    shares = {"fcc": 4, "bcc": 2, "diamond": 8, "sc": 1}
    if a and symmetry in shares:
        return float(a**3 / shares[symmetry])
    if a and symmetry == "hcp":
        return float(np.sqrt(3) / 4 * a**3 * state["c/a"])
    return float(4 / 3 * np.pi * covalent_radii[number] ** 3 / CLOSE_PACKED)
