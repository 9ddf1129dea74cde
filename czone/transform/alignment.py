"""Bringing the surface of one object onto the surface of another."""

import numpy as np
from numpy.typing import ArrayLike

from czone.checks import as_vector
from czone.geometry import Plane, rot_vtv
from czone.transform.affine import Rotation, Translation
from czone.transform.multi import MultiTransform

__all__ = ["s2s_alignment"]


def s2s_alignment(
    M_plane: Plane, T_plane: Plane, M_point: ArrayLike, T_point: ArrayLike
) -> MultiTransform:
    """Return the transform that puts a moving surface onto a target surface.

    Both normals point out of their objects, so afterwards they are opposite. The foot of `M_point`
    on the moving plane lands on the foot of `T_point` on the target plane.

    Parameters
    ----------
    M_plane
        Surface of the object that moves.
    T_plane
        Surface it is put onto.
    M_point, T_point
        Points (3,), in angstrom, whose feet on their planes meet; the centre of a particle and the
        centre of a substrate, for example.

    Returns
    -------
    alignment
        A rotation, then a translation. The planes handed in stay as they are.

    Examples
    --------
    >>> bottom, top = Plane([0, 0, -1], [0, 0, -20]), Plane([0, 0, 1], [0, 0, 50])
    >>> s2s_alignment(bottom, top, [0, 0, 0], [60, 60, 0]).apply_transformation([0, 0, 0])
    array([60., 60., 70.])
    """
    foot = M_plane.project_point(as_vector("M_point", M_point))
    target = T_plane.project_point(as_vector("T_point", T_point))
    turn = Rotation(matrix=rot_vtv(M_plane.normal, -T_plane.normal), origin=foot)
    return MultiTransform([turn, Translation(shift=np.asarray(target - foot))])
