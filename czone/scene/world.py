"""The world of a scene: a cell of any shape that may repeat, and where in it things meet."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

__all__ = ["World"]

SAME_SITE = 0.05
"""In angstrom: no two atoms are ever this close."""

_SEAM = 1e-9
"""In angstrom: what is this close to the upper face of the cell lies on the lower one."""


@dataclass(frozen=True, eq=False)
class World:
    """A cell and the directions in which it repeats.

    Parameters
    ----------
    bases
        Cell vectors as columns (3, 3), in angstrom.
    origin
        Corner (3,) of the cell, in angstrom.
    pbc
        Whether the cell repeats along each of its vectors.

    Examples
    --------
    >>> bases = np.array([[3, -1.5, 0], [0, 2.6, 0], [0, 0, 5]])
    >>> hexagonal = World(bases, np.zeros(3), (True, True, True))
    >>> hexagonal.folded(np.array([[3.0, 0, -1]]))
    array([[0., 0., 4.]])
    """

    bases: np.ndarray
    origin: np.ndarray
    pbc: tuple[bool, bool, bool]

    @cached_property
    def heights(self) -> np.ndarray:
        """Distances (3,) between opposite faces, in angstrom."""
        return 1 / np.linalg.norm(np.linalg.inv(self.bases), axis=1)

    @cached_property
    def repeats(self) -> bool:
        """Whether the cell repeats at all."""
        return any(self.pbc)

    def fractions(self, points: np.ndarray) -> np.ndarray:
        """Return points (n, 3) in units of the cell vectors, from the corner."""
        return (points - self.origin) @ np.linalg.inv(self.bases).T

    def folded(self, positions: np.ndarray) -> np.ndarray:
        """Return positions (n, 3) brought into the cell where it repeats, in angstrom.

        The lower face belongs to the cell, the upper one to the next.
        """
        if not self.repeats:
            return positions
        edges = np.diag(self.bases)
        if (edges > 0).all() and np.array_equal(self.bases, np.diag(edges)):
            return self._folded_straight(positions)
        fractions = self.fractions(positions)
        cells = np.floor(fractions + _SEAM / self.heights)
        cells[:, ~np.array(self.pbc)] = 0
        folded = positions - cells @ self.bases.T
        on_face = np.abs(fractions - cells) * self.heights <= _SEAM
        snapped = (on_face & np.array(self.pbc)).any(axis=1)
        exact = np.where(on_face & np.array(self.pbc), 0.0, fractions - cells)[snapped]
        folded[snapped] = exact @ self.bases.T + self.origin
        return folded

    def _folded_straight(self, positions: np.ndarray) -> np.ndarray:
        """Return the same for a cell along x, y and z."""
        inside = positions - self.origin
        for axis in np.flatnonzero(self.pbc):
            length = self.bases[axis, axis]
            inside[:, axis] %= length
            # x % L can round up to L itself.
            inside[inside[:, axis] >= length - _SEAM, axis] = 0.0
        return inside + self.origin

    def inside(self, positions: np.ndarray, slack: float = 1e-5) -> np.ndarray:
        """Tell which positions (n, 3) lie in the cell, or within `slack` (angstrom) of it."""
        heights = self.fractions(positions) * self.heights
        return ((heights >= -slack) & (heights <= self.heights + slack)).all(axis=1)

    def shifts(self, points: np.ndarray) -> np.ndarray:
        """Return the shifts (k, 3) under which things among these points can meet, in angstrom.

        Parameters
        ----------
        points
            Points (n, 3) around all of them, in angstrom.
        """
        steps = [np.zeros(1)] * 3
        if len(points):
            width = np.ptp(self.fractions(points), axis=0)
            for axis in np.flatnonzero(self.pbc):
                reach = 1 + int(width[axis])
                steps[axis] = np.arange(-reach, reach + 1.0)
        return np.array(np.meshgrid(*steps, indexing="ij")).reshape(3, -1).T @ self.bases.T

    def surrounded(self, positions: np.ndarray, reach: float) -> tuple[np.ndarray, np.ndarray]:
        """Return folded positions and their images near the cell, and which (m,) each is of.

        Parameters
        ----------
        positions
            Array (n, 3), in the cell where it repeats, in angstrom; they come first.
        reach
            How far around the cell images count, in angstrom.
        """
        points, sources = [positions], [np.arange(len(positions))]
        if self.repeats and len(positions):
            heights = self.fractions(positions) * self.heights
            steps = [np.arange(-n, n + 1.0) for n in np.where(self.pbc, self._cells(reach), 0)]
            for step in np.array(np.meshgrid(*steps, indexing="ij")).reshape(3, -1).T:
                if not step.any():
                    continue
                moved = heights + step * self.heights
                low = np.where(self.pbc, -reach, -np.inf)
                high = np.where(self.pbc, self.heights + reach, np.inf)
                near = np.flatnonzero(((moved >= low) & (moved <= high)).all(axis=1))
                points.append(positions[near] + step @ self.bases.T)
                sources.append(near)
        return np.concatenate(points), np.concatenate(sources)

    def _cells(self, reach: float) -> np.ndarray:
        return np.ceil(reach / self.heights).astype(int)

    def repeated(self, positions: np.ndarray) -> np.ndarray:
        """Return the later index of every two folded atoms (n, 3) that share a site at a seam."""
        from scipy.spatial import cKDTree

        if not self.repeats or len(positions) == 0:
            return np.zeros(0, dtype=np.int64)
        points, sources = self.surrounded(positions, SAME_SITE)
        pairs = cKDTree(points).query_pairs(SAME_SITE, output_type="ndarray")
        first, second = sources[pairs].T
        return np.unique(np.maximum(first, second)[first != second])
