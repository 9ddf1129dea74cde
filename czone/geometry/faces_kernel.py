"""Compiled tests of points against flat faces and balls."""

from numba import njit


@njit(cache=True, nogil=True, inline="always")
def inside_faces(x, y, z, faces):
    """Tell whether a point is on the inner side of all faces (a, b, c, d), rows (k, 4)."""
    for f in range(faces.shape[0]):
        if faces[f, 0] * x + faces[f, 1] * y + faces[f, 2] * z + faces[f, 3] > 0:
            return False
    return True


@njit(cache=True, nogil=True)
def drop_inside(points, keep, begins, ends, faces):
    """Clear the marks of points inside flat faces.

    Parameters
    ----------
    points
        Array (n, 3), in angstrom.
    keep
        Marks (n,), changed in place; points without one are not looked at.
    begins, ends
        Ranges (r,) of points to look at.
    faces
        Rows (a, b, c, d) with a x + b y + c z + d <= 0 inside.
    """
    for r in range(begins.shape[0]):
        for p in range(begins[r], ends[r]):
            if keep[p] and inside_faces(points[p, 0], points[p, 1], points[p, 2], faces):
                keep[p] = False


@njit(cache=True, nogil=True)
def drop_in_ball(points, keep, begins, ends, shift, ball):
    """Clear the marks of points that lie in a ball when they are moved by a shift (3,).

    Arguments as for `drop_inside`; `ball` holds the centre and the square of the radius, (4,). The
    squares are added in the order in which `Sphere.check_if_interior` adds them.
    """
    for r in range(begins.shape[0]):
        for p in range(begins[r], ends[r]):
            if keep[p]:
                x = points[p, 0] + shift[0] - ball[0]
                y = points[p, 1] + shift[1] - ball[1]
                z = points[p, 2] + shift[2] - ball[2]
                if z * z + (y * y + x * x) < ball[3]:
                    keep[p] = False
