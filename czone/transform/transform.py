"""All transforms under one path, as Construction Zone has it."""

from czone.geometry import rot_align, rot_v, rot_vtv, rot_zxz
from czone.transform.affine import Inversion, MatrixTransform, Reflection, Rotation, Translation
from czone.transform.alignment import s2s_alignment
from czone.transform.base import AffineTransform, BaseTransform
from czone.transform.multi import MultiTransform

__all__ = [
    "AffineTransform",
    "BaseTransform",
    "Inversion",
    "MatrixTransform",
    "MultiTransform",
    "Reflection",
    "Rotation",
    "Translation",
    "rot_align",
    "rot_v",
    "rot_vtv",
    "rot_zxz",
    "s2s_alignment",
]
