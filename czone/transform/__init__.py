"""Moving things, straining crystals, and changing the atoms they supply.

A transform is an affine map (`matrix`, `shift`); a strain field displaces the atoms of a crystal; a
post transform changes them (substitution, ...).
"""

from czone.spelling import names_from
from czone.transform.post import (
    ArbitraryPostTransform,
    BasePostTransform,
    ChemicalSubstitution,
    CustomPostTransform,
    PostSequence,
)
from czone.transform.strain import BaseStrain, HStrain, IStrain
from czone.transform.transform import (
    AffineTransform,
    BaseTransform,
    Inversion,
    MatrixTransform,
    MultiTransform,
    Reflection,
    Rotation,
    Translation,
    rot_align,
    rot_v,
    rot_vtv,
    rot_zxz,
    s2s_alignment,
)

__all__ = [
    "AffineTransform",
    "ArbitraryPostTransform",
    "BasePostTransform",
    "BaseStrain",
    "BaseTransform",
    "ChemicalSubstitution",
    "CustomPostTransform",
    "HStrain",
    "IStrain",
    "Inversion",
    "MatrixTransform",
    "MultiTransform",
    "PostSequence",
    "Reflection",
    "Rotation",
    "Translation",
    "rot_align",
    "rot_v",
    "rot_vtv",
    "rot_zxz",
    "s2s_alignment",
]

__getattr__ = names_from(__name__, "czone.geometry")
