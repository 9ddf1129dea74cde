"""Compiled test of which points a probe sphere can touch.

Point p is touched when a sphere of the probe's radius goes through p and no other point lies
inside. The centres of the spheres through p form a sphere around p; every neighbour q forbids the
centres c with |c - q| < radius, a cap of that sphere: 2 c.q > q.q with q seen from p. The point is
exposed when the caps leave something free.

Two quick answers come first, from a fixed set of directions: a direction in no cap proves exposure,
and if every direction lies deeper in a cap than the largest gap between directions, the caps cover
all. What remains is decided exactly: a free region has a corner where two caps meet, or the whole
rim of one cap.
"""

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def gather(points, start, n_cells, low, edge, reach, p, neighbors):
    """Collect vectors to the points closer than `reach`; return how many, and their store."""
    nx, ny, nz = n_cells[0], n_cells[1], n_cells[2]
    x, y, z = points[p, 0], points[p, 1], points[p, 2]
    ci = min(int((x - low[0]) / edge), nx - 1)
    cj = min(int((y - low[1]) / edge), ny - 1)
    ck = min(int((z - low[2]) / edge), nz - 1)
    found = 0
    square = reach * reach
    for i in range(max(ci - 1, 0), min(ci + 2, nx)):
        for j in range(max(cj - 1, 0), min(cj + 2, ny)):
            # Cells along z lie one after the other in the sorted points.
            row = (i * ny + j) * nz
            first = start[row + max(ck - 1, 0)]
            last = start[row + min(ck + 1, nz - 1) + 1]
            if found + last - first > neighbors.shape[0]:
                larger = np.empty((2 * (found + last - first), 4))
                larger[:found] = neighbors[:found]
                neighbors = larger
            # Written first and kept by counting on: no branch to mispredict.
            for q in range(first, last):
                dx = points[q, 0] - x
                dy = points[q, 1] - y
                dz = points[q, 2] - z
                d = dx * dx + dy * dy + dz * dz
                neighbors[found, 0] = dx
                neighbors[found, 1] = dy
                neighbors[found, 2] = dz
                neighbors[found, 3] = d
                found += (d < square) & (d > 1e-12)
    return found, neighbors


@njit(cache=True, nogil=True)
def _is_free(x, y, z, neighbors, count, slack):
    """Tell whether a probe centred at (x, y, z) has no neighbour inside."""
    for k in range(count):
        inner = x * neighbors[k, 0] + y * neighbors[k, 1] + z * neighbors[k, 2]
        if 2 * inner > neighbors[k, 3] + slack:
            return False
    return True


@njit(cache=True, nogil=True)
def _free_corner(neighbors, count, radius):
    """Tell whether the rims of the caps have a free point."""
    slack = 1e-9 * radius * radius
    for a in range(count):
        ax, ay, az, aa = neighbors[a, 0], neighbors[a, 1], neighbors[a, 2], neighbors[a, 3]
        # One point of the rim of a, for caps that meet no other.
        middle = 0.5
        px, py, pz = -ay, ax, 0.0
        if abs(az) > 0.9 * np.sqrt(aa):
            px, py, pz = 0.0, -az, ay
        away = np.sqrt(max(radius * radius - aa / 4, 0.0) / (px * px + py * py + pz * pz))
        if _is_free(
            middle * ax + away * px, middle * ay + away * py, middle * az + away * pz,
            neighbors, count, slack,
        ):  # fmt: skip
            return True
        for b in range(a):
            bx, by, bz, bb = neighbors[b, 0], neighbors[b, 1], neighbors[b, 2], neighbors[b, 3]
            nx, ny, nz = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
            nn = nx * nx + ny * ny + nz * nz
            if nn < 1e-12 * aa * bb:
                continue
            vx, vy, vz = aa * bx - bb * ax, aa * by - bb * ay, aa * bz - bb * az
            cx = (vy * nz - vz * ny) / (2 * nn)
            cy = (vz * nx - vx * nz) / (2 * nn)
            cz = (vx * ny - vy * nx) / (2 * nn)
            height = radius * radius - (cx * cx + cy * cy + cz * cz)
            if height < 0:
                continue
            t = np.sqrt(height / nn)
            if _is_free(cx + t * nx, cy + t * ny, cz + t * nz, neighbors, count, slack):
                return True
            if _is_free(cx - t * nx, cy - t * ny, cz - t * nz, neighbors, count, slack):
                return True
    return False


@njit(cache=True, nogil=True)
def exposed(points, start, n_cells, low, edge, radius, directions, gap):
    """Return for every point, sorted into cells of `edge` = 2 radius, whether a probe can touch it.

    Parameters
    ----------
    points, start, n_cells, low, edge
        Sorted points, first point of every cell, cells per axis, lower corner, edge of a cell.
    radius
        Radius of the probe, in angstrom.
    directions
        Unit vectors as columns, (3, k).
    gap
        Largest angle from any direction in space to the nearest of them, in radians.
    """
    n_points = points.shape[0]
    n_directions = directions.shape[1]
    result = np.zeros(n_points, np.bool_)
    depth = np.empty(n_directions, np.float32)
    ux = directions[0].astype(np.float32)
    uy = directions[1].astype(np.float32)
    uz = directions[2].astype(np.float32)
    neighbors = np.empty((256, 4))
    cos_gap, sin_gap = np.cos(gap), np.sin(gap)
    for p in range(n_points):
        count, neighbors = gather(points, start, n_cells, low, edge, 2 * radius, p, neighbors)
        depth[:] = -1.0
        for k in range(count):
            distance = np.sqrt(neighbors[k, 3])
            cosine = distance / (2 * radius)
            if cosine >= cos_gap:  # the cap is smaller than the gap
                continue
            limit = np.float32(cosine * cos_gap + np.sqrt(1 - cosine * cosine) * sin_gap)
            x = np.float32(neighbors[k, 0] / distance)
            y = np.float32(neighbors[k, 1] / distance)
            z = np.float32(neighbors[k, 2] / distance)
            for u in range(n_directions):
                inner = ux[u] * x + uy[u] * y + uz[u] * z - limit
                depth[u] = inner if inner > depth[u] else depth[u]
        sure = True
        for u in range(n_directions):
            if depth[u] < 0:
                sure = False
                if _is_free(
                    radius * directions[0, u], radius * directions[1, u], radius * directions[2, u],
                    neighbors, count, 0.0,
                ):  # fmt: skip
                    result[p] = True
                    break
        if not sure and not result[p]:
            result[p] = _free_corner(neighbors, count, radius)
    return result


@njit(cache=True, nogil=True)
def outward_sums(points, start, n_cells, low, edge, targets):
    """Return minus the weighted sum of unit vectors to the neighbours within `edge`, (t, 3)."""
    result = np.zeros((targets.shape[0], 3))
    neighbors = np.empty((256, 4))
    for t in range(targets.shape[0]):
        count, neighbors = gather(points, start, n_cells, low, edge, edge, targets[t], neighbors)
        for k in range(count):
            distance = np.sqrt(neighbors[k, 3])
            weight = (1 - distance / edge) / distance
            for axis in range(3):
                result[t, axis] -= weight * neighbors[k, axis]
    return result
