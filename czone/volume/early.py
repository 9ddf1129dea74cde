"""What the notebooks of 2021 call: a function where volumes have a method today."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from czone.transform.affine import Rotation, Translation
from czone.volume.base import BaseVolume

__all__ = ["from_volume"]


def from_volume(
    volume: BaseVolume,
    translate: ArrayLike | None = None,
    rotate: ArrayLike | None = None,
    **kwargs: Any,
) -> BaseVolume:
    """Return a copy of a volume, turned about its middle and moved, its crystal with it.

    Parameters
    ----------
    volume
        Volume to copy; it stays as it is.
    translate
        Vector (3,) by which the copy is moved, in angstrom.
    rotate
        Rotation matrix (3, 3), about the middle of the volume.
    **kwargs
        As of `Volume.from_volume`.

    Examples
    --------
    >>> from czone.generator import BasicStructure
    >>> from czone.volume import Volume, makeRectPrism
    >>> box = Volume(points=makeRectPrism(5, 5, 10), generator=BasicStructure())
    >>> from_volume(box, translate=[10, 0, 0]).get_bounding_box().min(axis=0)
    array([10.,  0.,  0.])
    """
    copy = volume.from_volume(**kwargs)
    if rotate is not None:
        corners = copy.get_bounding_box()
        middle = (corners.min(axis=0) + corners.max(axis=0)) / 2
        copy.transform(Rotation(np.asarray(rotate), origin=middle))
    if translate is not None:
        copy.transform(Translation(translate))
    return copy
