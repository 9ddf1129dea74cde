"""All transforms under one path, as Construction Zone has it."""

from ..geometry import rot_align, rot_v, rot_vtv, rot_zxz
from .affine import Inversion, MatrixTransform, Reflection, Rotation, Translation
from .alignment import s2s_alignment
from .base import AffineTransform, BaseTransform
from .multi import MultiTransform

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
