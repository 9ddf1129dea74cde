"""The abstract bases in one place, as in Construction Zone's code of 2024."""

from czone.types.types import (
    BaseAlgebraic,
    BaseGenerator,
    BasePostTransform,
    BasePrefab,
    BaseScene,
    BaseStrain,
    BaseTransform,
    BaseVolume,
)

__all__ = [
    "BaseAlgebraic",
    "BaseGenerator",
    "BasePostTransform",
    "BasePrefab",
    "BaseScene",
    "BaseStrain",
    "BaseTransform",
    "BaseVolume",
]
