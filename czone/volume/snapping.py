"""Planes of a crystal near a point."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from czone.checks import as_vector
from czone.geometry import Plane
from czone.util.miller import plane_indices

__all__ = ["snap_plane_near_point"]

_ROUNDERS = {"nearest": np.rint, "floor": np.floor, "ceil": np.ceil}


def snap_plane_near_point(
    point: ArrayLike, generator: Any, miller_indices: Sequence[int], mode: str = "nearest"
) -> Plane:
    """Return the lattice plane (hkl) of a crystal next to a point.

    Parameters
    ----------
    point
        Point (3,), in angstrom.
    generator
        The crystal; its origin, orientation and strain count.
    miller_indices
        Indices h, k, l, or h, k, i, l of a hexagonal cell. Planes lie 1 / |h a* + k b* + l c*|
        apart, starting at the origin of the lattice.
    mode
        "nearest", or "floor" and "ceil" for the next plane against and along the normal. A plane
        through the point itself always is the one returned.

    Returns
    -------
    plane
        Normal along (hkl); its point is the foot of `point`. Under an inhomogeneous strain it is
        the tangent of the bent lattice plane there.

    Examples
    --------
    >>> from czone.generator import Generator
    >>> cubic = Generator.from_unit_cell([29], [[0, 0, 0]], [2, 2, 2], [90, 90, 90])
    >>> float(snap_plane_near_point([0, 0, 4.9], cubic, (0, 0, 1)).point[2].round(6))
    4.0
    """
    if mode not in _ROUNDERS:
        raise ValueError(f"mode must be 'nearest', 'floor' or 'ceil'; got {mode!r}")
    point = as_vector("point", point)
    voxel, strain = generator.voxel, generator.strain_field
    hkl = plane_indices("miller_indices", miller_indices, voxel.sbases)
    if (np.rint(hkl) != hkl).any():
        raise ValueError(
            f"miller_indices must be whole numbers, as lattice planes have; got {miller_indices!r}"
        )
    reciprocal = hkl @ voxel.reciprocal_bases
    source, gradient = point, np.eye(3)
    if strain is not None:
        strain.scrape_params(generator)
        source, gradient = _before_strain(strain, point)
    count = float(reciprocal @ (source - voxel.origin))
    on_plane = abs(count - np.rint(count)) < 1e-6
    wanted = np.rint(count) if on_plane else _ROUNDERS[mode](count)
    source = source + (wanted - count) * reciprocal / (reciprocal @ reciprocal)
    if strain is None:
        return Plane(reciprocal, source)
    on_bent = strain.apply_strain(source[None])[0]
    _, gradient = _before_strain(strain, on_bent)
    plane = Plane(np.linalg.inv(gradient).T @ reciprocal, on_bent)
    plane.point = plane.project_point(point)
    return plane


def _before_strain(strain: Any, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where a point came from, and the deformation gradient (3, 3) there."""
    source = point[None].astype(float)
    step = 1e-4
    shifts = step * np.vstack([np.eye(3), -np.eye(3)])
    for _ in range(50):
        around = strain.apply_strain(source + shifts)
        gradient = (around[:3] - around[3:]).T / (2 * step)
        miss = strain.apply_strain(source) - point
        if np.abs(miss).max() < 1e-10:
            break
        source = source - miss @ np.linalg.inv(gradient).T
    return source[0], gradient
