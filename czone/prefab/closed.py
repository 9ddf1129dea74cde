"""Whether the facets of an equilibrium shape enclose a particle, and which ones are missing."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

import numpy as np

from czone.geometry.hull import encloses
from czone.prefab.standard_frame import StandardFrame

__all__ = ["check_closed"]


def check_closed(frame: StandardFrame, facets: Iterable[tuple[int, ...]]) -> None:
    """Refuse facets that leave the shape open, with some that would close it.

    Parameters
    ----------
    frame
        The crystal, whose symmetry makes a family of every facet.
    facets
        Miller indices in the standard cell, three or four.
    """
    given = list(facets)
    normals = np.vstack([frame.family(indices) for indices in given])
    if encloses(normals):
        return
    missing = []
    for indices in _low_indices():
        family = frame.family(indices)
        # Facets help that face a direction to which the shape is open.
        if (family @ _open_direction(normals)).max() < 0.1:
            continue
        normals = np.vstack([normals, family])
        missing.append(frame.written(indices))
        if encloses(normals):
            break
    raise ValueError(
        f"surface_energies must name facets that enclose a particle; got {given}, which leave it "
        f"open. Missing are facets such as {' and '.join(map(str, missing))}"
    )


def _low_indices() -> list[tuple[int, int, int]]:
    """Return Miller indices, the simplest first."""
    found = [(i[0], i[1], i[2]) for i in product((0, 1, -1), repeat=3) if any(i)]
    return sorted(found, key=lambda i: (sum(map(abs, i)), -sum(i), [-abs(x) for x in i]))


def _open_direction(normals: np.ndarray) -> np.ndarray:
    """Return a unit vector along which the shape has no end, (3,)."""
    from scipy.optimize import linprog

    found = [
        linprog(-axis, A_ub=normals, b_ub=np.zeros(len(normals)), bounds=[(-1, 1)] * 3).x
        for axis in np.vstack([np.eye(3), -np.eye(3)])
    ]
    direction = max(found, key=np.linalg.norm)
    return direction / np.linalg.norm(direction)
