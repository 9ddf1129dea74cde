"""The reach of atoms: the space around a molecule that counts as its inside."""

from dataclasses import dataclass

import numpy as np

from czone.geometry.base import point_rows

__all__ = ["Reach"]

# Corners of a cube, 0 the lower and 1 the upper side.
_CORNERS = np.array([[k & 1, k >> 1 & 1, k >> 2 & 1] for k in range(8)], dtype=bool)


@dataclass(frozen=True, eq=False)
class Reach:
    """Balls around atoms.

    Attributes
    ----------
    positions
        Centres (n, 3), in angstrom.
    radii
        Radii (n,), in angstrom.
    """

    positions: np.ndarray
    radii: np.ndarray

    @classmethod
    def of(cls, positions: np.ndarray, numbers: np.ndarray, radius: float | None) -> "Reach":
        """Return the reach of atoms: one radius, or the covalent radius of each element."""
        if radius is not None:
            return cls(positions, np.full(len(numbers), radius))
        from ase.data import covalent_radii

        return cls(positions, covalent_radii[numbers])

    def check_if_interior(self, points: np.ndarray) -> np.ndarray:
        """Tell which points lie within reach of an atom: (n, 3) gives (n,) booleans."""
        from scipy.spatial import cKDTree

        rows = point_rows(points)
        inside = np.zeros(rows.shape[:-1], dtype=bool)
        for radius in np.unique(self.radii):
            tree = cKDTree(self.positions[self.radii == radius])
            distance, _ = tree.query(rows, distance_upper_bound=radius)
            inside = inside | np.isfinite(distance)
        return inside

    def outer_box(self) -> np.ndarray:
        """Return two corners (2, 3) of the box around all balls, in angstrom; (0, 3) for none."""
        if len(self.positions) == 0:
            return np.zeros((0, 3))
        reach = self.radii[:, None]
        low, high = self.positions - reach, self.positions + reach
        return np.array([low.min(axis=0), high.max(axis=0)])

    def span(self, directions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the lowest and highest x . d over all balls, for directions d as rows (k, 3)."""
        heights = directions @ self.positions.T
        reach = np.linalg.norm(directions, axis=1)[:, None] * self.radii
        low = (heights - reach).min(axis=1, initial=np.inf)
        return low, (heights + reach).max(axis=1, initial=-np.inf)

    def chords(self, starts: np.ndarray, direction: np.ndarray) -> None:
        """Return None: balls apart are cut in several pieces."""

    def flat_faces(self) -> None:
        """Return None: balls are round."""

    def get_bounding_box(self) -> np.ndarray:
        """Return the corners (8, 3) of the box around all balls, in angstrom; (0, 3) for none."""
        return self.corners() if len(self.positions) else np.zeros((0, 3))

    def corners(self) -> np.ndarray:
        """Return the corners (8, 3) of that box, in angstrom."""
        low, high = self.outer_box()
        return np.where(_CORNERS, high, low)
