"""Atomic structures of nanoscale objects: crystals and amorphous matter, cut by shapes and joined.

From the bottom up: `geometry`, `transform`, `matter`, `generator`, `volume`, `molecule` and `viz`,
`scene`; above the scene `prefab` and `surface`; below all `util`. Values that never change
(`Region`, `Crystal`, `Atoms`) do the work; generators, volumes, molecules and scenes are their
faces, which may be changed at any time. The sub-packages load when first used.
"""

import importlib
from importlib.metadata import PackageNotFoundError, version
from typing import Any

__all__ = [
    "blueprint",
    "generator",
    "geometry",
    "io",
    "matter",
    "molecule",
    "prefab",
    "scene",
    "surface",
    "transform",
    "types",
    "util",
    "viz",
    "volume",
]

try:
    __version__ = version("micrograph-foundry")
except PackageNotFoundError:  # a source tree that was never installed
    __version__ = "0+unknown"


def __getattr__(name: str) -> Any:
    if name in __all__:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
