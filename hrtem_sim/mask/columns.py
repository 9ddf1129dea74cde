"""Atom columns: where grains on a zone axis have their atoms one behind the other."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from hrtem_sim.frozen import freeze
from hrtem_sim.mask.classes import composition
from hrtem_sim.mask.grains import CrystalStructure, find_grains
from hrtem_sim.mask.orientation import ZoneAxis, zone_axis
from hrtem_sim.mask.unfolding import unfolded
from hrtem_sim.provenance.doors import typed
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen import Specimen

TOLERANCE = 0.02
"""rad; over a grain of 50 angstrom the ends of its columns are then at most 1 angstrom apart."""

WIDTH = 0.3
"""angstrom between the axes of atoms of one column; above distortions, below half a spacing."""


@dataclass(frozen=True, eq=False)
class AtomColumns:
    """Atom columns along the beam; arrays are read-only and have one entry per column.

    Parameters
    ----------
    x, y
        Mean position in angstrom, inside the cell.
    heights
        Number of atoms, int.
    elements
        Symbols of the column's elements, `"Au"` or `"CdSe"`.
    grain_of
        Index into `find_grains(...).grains`.
    axes
        For each grain of the specimen its zone axis, or None if it shows no columns.
    """

    x: np.ndarray
    y: np.ndarray
    heights: np.ndarray
    elements: np.ndarray
    grain_of: np.ndarray
    axes: tuple[ZoneAxis | None, ...]

    def __post_init__(self) -> None:
        freeze(self, "x", "y", "heights", "elements", "grain_of")

    def __len__(self) -> int:
        return len(self.x)


@typed
def atom_columns(
    specimen: Specimen,
    structure: CrystalStructure | None = None,
    *,
    tolerance: float = TOLERANCE,
    max_index: int = 2,
) -> AtomColumns:
    """Return the atom columns of the grains that lie on a zone axis.

    Parameters
    ----------
    specimen
        Atoms at rest.
    structure
        Result of `find_grains(specimen)`; give it the bases of crystals that are not fcc. Default:
        found here.
    tolerance
        Largest angle in rad between beam and zone axis.
    max_index
        Largest index of a zone axis with columns far enough apart to be seen.

    Returns
    -------
    columns
        None at all for particles in other orientations.

    Notes
    -----
    Atoms are of one column if they coincide along the zone axis within 0.3 angstrom. Grains of a
    particle with the same axis, such as twins seen along their common <110>, share their columns;
    each column is of the grain of most of its atoms.

    Examples
    --------
    >>> from ase.build import bulk
    >>> atoms = bulk("Au", a=4.08, cubic=True) * (4, 4, 4)
    >>> particle = Specimen(atoms.positions + 4, atoms.numbers, (24, 24, 24), objects=["particle"])
    >>> columns = atom_columns(particle)
    >>> len(columns), int(columns.heights.sum()), columns.axes[0].indices
    (64, 256, (0, 0, 1))
    """
    if not 0 <= tolerance < np.pi / 2:
        raise Refusal(f"tolerance must be an angle >= 0 in rad; got {tolerance!r}")
    structure = find_grains(specimen) if structure is None else structure
    axes = []
    for grain in structure.grains:
        axis = None if grain.bases is None else zone_axis(grain.bases, max_index=max_index)
        axes.append(axis if axis is not None and axis.misorientation <= tolerance else None)
    parts = [
        part
        for members, direction in _together(structure, axes)
        for part in _columns(specimen, structure.grain_of, members, direction)
    ]
    x, y, heights, elements, grain_of = zip(*parts, strict=True) if parts else ([],) * 5
    return AtomColumns(
        np.array(x, float) % specimen.cell[0],
        np.array(y, float) % specimen.cell[1],
        np.array(heights, int),
        np.array(elements, "<U8"),
        np.array(grain_of, int),
        tuple(axes),
    )


def _together(
    structure: CrystalStructure, axes: list[ZoneAxis | None]
) -> list[tuple[list[int], np.ndarray]]:
    """Grains of one particle whose columns have the same direction, and that direction."""
    groups: list[tuple[list[int], np.ndarray]] = []
    for i, axis in enumerate(axes):
        if axis is None:
            continue
        own = np.array(axis.direction)
        for members, direction in groups:
            same = structure.grains[members[0]].object == structure.grains[i].object
            if same and np.linalg.norm(np.cross(own, direction)) < 1e-3:
                members.append(i)
                break
        else:
            groups.append(([i], own))
    return groups


def _columns(
    specimen: Specimen, grain_of: np.ndarray, members: list[int], direction: np.ndarray
) -> Any:
    """Yield x, y, height, elements and grain of each column of some grains."""
    atoms = np.flatnonzero(np.isin(grain_of, members))
    positions = unfolded(specimen.positions[atoms], specimen.cell)
    # along the axis onto a plane across the beam; the middle of the grain stays where it is
    height = positions[:, 2] - positions[:, 2].mean()
    flat = positions[:, :2] - height[:, None] * direction[:2] / direction[2]
    pairs = cKDTree(flat).query_pairs(WIDTH, output_type="ndarray")
    graph = coo_array((np.ones(len(pairs), bool), tuple(pairs.T)), shape=(len(atoms),) * 2)
    n, column_of = connected_components(graph, directed=False)
    order = np.argsort(column_of, kind="stable")
    ends = np.cumsum(np.bincount(column_of, minlength=n))[:-1]
    for column in np.split(order, ends):
        x, y = positions[column, :2].mean(axis=0) % specimen.cell[:2]
        grains, votes = np.unique(grain_of[atoms[column]], return_counts=True)
        elements = composition(specimen.numbers[atoms[column]])
        yield x, y, len(column), elements, grains[votes.argmax()]
