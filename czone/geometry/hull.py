"""Convex bodies: the hull of points, and the body that half spaces enclose."""

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from czone.checks import as_points
from czone.equality import Value
from czone.geometry.lines import half_space_chords
from czone.geometry.primitives import Plane

__all__ = [
    "Hull",
    "convex_hull_to_planes",
    "enclosed_corners",
    "encloses",
    "get_bounding_box",
    "make_rect_prism",
]


def make_rect_prism(a: float, b: float, c: float, center: ArrayLike | None = None) -> np.ndarray:
    """Return the corners of a box with edges along x, y and z.

    Parameters
    ----------
    a, b, c
        Edge lengths along x, y and z, in angstrom.
    center
        Centre (3,) of the box; None puts one corner at the origin.

    Returns
    -------
    corners
        Array (8, 3), in angstrom.

    Examples
    --------
    >>> make_rect_prism(1, 2, 3).max(axis=0)
    array([1., 2., 3.])
    """
    from czone.checks import as_positive, as_vector

    edges = np.array([as_positive(n, v) for n, v in zip("abc", (a, b, c), strict=True)])
    unit = np.array(
        [[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 0, 1], [1, 0, 1], [0, 1, 1], [1, 1, 1]],
        dtype=float,
    )
    corners = unit * edges
    return corners if center is None else corners - edges / 2 + as_vector("center", center)


class Hull(Value):
    """Convex hull of points, as the half spaces it is made of; it never changes.

    Parameters
    ----------
    points
        Four or more points (n, 3), not all in one plane, in angstrom.

    Examples
    --------
    >>> Hull([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]).check_if_interior(
    ...     np.array([[0.1, 0.1, 0.1], [1, 1, 1]]), 1e-9
    ... )
    array([ True, False])
    """

    def __init__(self, points: ArrayLike) -> None:
        self.points = as_points("points", points)
        if len(self.points) < 4:
            raise ValueError(f"points must be 4 or more to span a volume; got {len(self.points)}")
        spread = np.linalg.svd(self.points - self.points.mean(axis=0), compute_uv=False)
        if spread[-1] <= 1e-9 * max(spread[0], 1e-300):
            raise ValueError("points must span a volume; got points in one plane or line")
        self.points.setflags(write=False)

    @cached_property
    def qhull(self) -> Any:
        """The scipy.spatial.ConvexHull."""
        from scipy.spatial import ConvexHull

        return ConvexHull(self.points)

    @cached_property
    def delaunay(self) -> Any:
        """The scipy.spatial.Delaunay triangulation."""
        from scipy.spatial import Delaunay

        return Delaunay(self.points)

    @cached_property
    def equations(self) -> np.ndarray:
        """Flat faces as rows (a, b, c, d) with a x + b y + c z + d <= 0 inside."""
        rows = self.qhull.equations
        scale = np.array([1, 1, 1, 1 / max(1.0, np.abs(self.points).max())])
        _, first = np.unique(np.round(rows * scale, 9), axis=0, return_index=True)
        return rows[np.sort(first)]

    def padded(self, tol: float) -> np.ndarray:
        """Return the faces, moved outwards by `tol`, in angstrom."""
        rows = self.equations.copy()
        rows[:, 3] -= tol
        return rows

    @cached_property
    def slabs(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The faces, opposite ones together: normals (k, 3), and lowest and highest x . n (k, 1).

        The first normals have two faces each, the others one; `lowest` counts the former only.
        """
        normals, highest = self.equations[:, :3], -self.equations[:, 3]
        opposite = normals @ normals.T < -1 + 1e-15
        opposite &= np.abs(normals[:, None] + normals).max(axis=2) < 1e-14
        first, second = np.nonzero(np.triu(opposite))
        alone = np.flatnonzero(~opposite.any(axis=1))
        order = np.concatenate([first, alone])
        return normals[order], -highest[second][:, None], highest[order][:, None]

    @cached_property
    def box(self) -> np.ndarray:
        """Two corners (2, 3) of the box along x, y, z around the points."""
        return np.array([self.points.min(axis=0), self.points.max(axis=0)])

    def check_if_interior(self, points: np.ndarray, tol: float) -> np.ndarray:
        """Tell which points are inside or within `tol` (angstrom) of a face."""
        rows = points.reshape(-1, 3)
        normals, lowest, highest = self.slabs
        lowest, highest = lowest - tol, highest + tol
        inside = np.empty(len(rows), dtype=bool)
        # In pieces that stay in the cache: all heights at once are faces times points numbers.
        for begin in range(0, len(rows), 16_384):
            piece = slice(begin, begin + 16_384)
            heights = normals @ rows[piece].T
            within = heights <= highest
            within[: len(lowest)] &= heights[: len(lowest)] >= lowest
            inside[piece] = within.all(axis=0)
        return inside.reshape(points.shape[:-1])[()]

    def span(self, directions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the lowest and highest x . d over the hull, for directions d as rows (k, 3)."""
        heights = directions @ self.points.T
        return heights.min(axis=1), heights.max(axis=1)

    def chords(
        self, starts: np.ndarray, direction: np.ndarray, tol: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return where the lines start + t * direction enter and leave the hull.

        Parameters
        ----------
        starts, direction
            Points (n, 3) of the lines, in angstrom, and the vector (3,) along all of them.
        tol
            Padding, in angstrom.
        """
        return half_space_chords(starts, direction, self.equations, tol)

    def moved(self, matrix: np.ndarray, shift: np.ndarray) -> "Hull":
        """Return the hull after x -> matrix @ x + shift."""
        return Hull(self.points @ np.asarray(matrix).T + shift)

    def __getstate__(self) -> dict:
        # Qhull objects do not pickle; they are made again when asked for.
        return {"points": self.points}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Hull):
            return NotImplemented
        return self is other or np.array_equal(self.points, other.points)

    def __hash__(self) -> int:
        return hash(self.points.tobytes())

    def __repr__(self) -> str:
        return f"Hull({len(self.points)} points)"


def convex_hull_to_planes(points: ArrayLike, **kwargs: Any) -> list[Plane]:
    """Return the outward faces of the convex hull of points, one Plane per flat face.

    Parameters
    ----------
    points
        Four or more points (n, 3), in angstrom.
    **kwargs
        Passed to Plane (`tol`).

    Examples
    --------
    >>> len(convex_hull_to_planes(make_rect_prism(1, 1, 1)))
    6
    """
    rows = Hull(points).equations
    return [Plane(row[:3], -row[3] * row[:3], **kwargs) for row in rows]


def enclosed_corners(half_spaces: np.ndarray) -> tuple[np.ndarray, int]:
    """Return the corners of the body that half spaces enclose, and a status.

    Parameters
    ----------
    half_spaces
        Rows (a, b, c, d) with a x + b y + c z + d <= 0 inside.

    Returns
    -------
    corners
        Array (m, 3); empty unless the status is 0.
    status
        0 bounded, 2 nothing is inside, 3 unbounded (the numbers of scipy.optimize.linprog).

    Examples
    --------
    >>> faces = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1]])
    >>> cube = np.column_stack([np.vstack([faces, -faces]), -np.ones(6)])
    >>> corners, status = enclosed_corners(cube)
    >>> corners.shape, status
    ((8, 3), 0)
    """
    from scipy.optimize import linprog
    from scipy.spatial import HalfspaceIntersection

    rows = np.asarray(half_spaces, dtype=float)
    rows = rows / np.linalg.norm(rows[:, :3], axis=1, keepdims=True)
    # The centre of the largest ball that fits; the radius is capped: an open body has one too.
    ball = np.column_stack([rows[:, :3], np.ones(len(rows))])
    bounds = [(None, None)] * 3 + [(None, 1.0)]
    found = linprog([0, 0, 0, -1], A_ub=ball, b_ub=-rows[:, 3], bounds=bounds)
    if found.status != 0 or found.x[3] < -1e-9:
        return np.zeros((0, 3)), 2
    if not encloses(rows[:, :3]):
        return np.zeros((0, 3)), 3
    # A body without thickness is opened a little: Qhull needs a point strictly inside.
    rows[:, 3] -= max(0.0, 1e-6 - found.x[3])
    return HalfspaceIntersection(rows, found.x[:3]).intersections, 0


def encloses(normals: np.ndarray) -> bool:
    """Tell whether half spaces enclose a body: whether their normals point to all sides.

    Parameters
    ----------
    normals
        Outward unit normals (n, 3).

    Examples
    --------
    >>> encloses(np.vstack([np.eye(3), -np.eye(3)])), encloses(np.eye(3))
    (True, False)
    """
    from scipy.spatial import ConvexHull, QhullError

    if len(normals) < 4:
        return False
    try:
        return bool((ConvexHull(normals).equations[:, 3] < -1e-9).all())
    except QhullError:
        return False


def get_bounding_box(planes: list[Plane]) -> tuple[np.ndarray, int]:
    """Return the corners of the body between planes, and a status.

    Parameters
    ----------
    planes
        Planes whose inner sides enclose the body.

    Returns
    -------
    corners
        Array (m, 3), in angstrom; empty unless the status is 0. The padding of the planes splits
        a corner where more than three meet; what is within ten paddings is one corner again.
    status
        0 bounded, 2 nothing is inside, 3 unbounded.

    Examples
    --------
    >>> corners, status = get_bounding_box(convex_hull_to_planes(make_rect_prism(1, 2, 3)))
    >>> status, corners.max(axis=0).round(4)
    (0, array([1., 2., 3.]))
    """
    if len(planes) == 0:
        raise ValueError("planes must hold at least one Plane; got none")
    corners, status = enclosed_corners(np.vstack([plane.half_spaces() for plane in planes]))
    return _joined(corners, 10 * max(plane.tol for plane in planes)), status


def _joined(points: np.ndarray, reach: float) -> np.ndarray:
    """Return the middles of groups of points (n, 3) that are connected by steps below `reach`."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    if len(points) == 0:
        return points
    first, second = cKDTree(points).query_pairs(reach, output_type="ndarray").T
    links = coo_array((np.ones(len(first)), (first, second)), shape=(len(points),) * 2)
    count, group = connected_components(links, directed=False)
    sums = np.zeros((count, 3))
    np.add.at(sums, group, points)
    return sums / np.bincount(group)[:, None]
