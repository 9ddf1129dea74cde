"""The bases under the path that Construction Zone has for them; each lives with what it is for."""

from czone.generator.base import BaseGenerator
from czone.geometry.base import BaseAlgebraic
from czone.prefab.base import BasePrefab
from czone.scene.base import BaseScene
from czone.transform.base import BaseTransform
from czone.transform.post import BasePostTransform
from czone.transform.strain import BaseStrain
from czone.volume.base import BaseVolume

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
