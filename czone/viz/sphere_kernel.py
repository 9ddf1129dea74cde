"""Compiled drawing of spheres into a depth buffer."""

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def draw_spheres(centers, radii, depth, owner):
    """Keep, for every pixel, the sphere nearest to the viewer.

    Parameters
    ----------
    centers
        Column, row and height towards the viewer, (n, 3), in pixels.
    radii
        In pixels, (n,).
    depth
        Height of what is seen, (rows, columns); -inf where nothing is. Changed in place.
    owner
        Index of the sphere that is seen, (rows, columns); -1 where none is. Changed in place.
    """
    rows, columns = depth.shape
    for s in range(centers.shape[0]):
        x, y, z, radius = centers[s, 0], centers[s, 1], centers[s, 2], radii[s]
        for i in range(max(int(np.ceil(y - radius)), 0), min(int(y + radius) + 1, rows)):
            dy = i - y
            reach = radius * radius - dy * dy
            if reach <= 0:
                continue
            half = np.sqrt(reach)
            for j in range(max(int(np.ceil(x - half)), 0), min(int(x + half) + 1, columns)):
                dx = j - x
                height = z + np.sqrt(max(reach - dx * dx, 0.0))
                if height > depth[i, j]:
                    depth[i, j] = height
                    owner[i, j] = s
