"""Writing scenes, as the notebooks of 2021 call it; a scene does so itself, `Scene.to_file`."""

from typing import Any

__all__ = ["write_scene"]


def write_scene(fname: Any, scene: Any, **kwargs: Any) -> None:
    """Write the kept atoms of a scene.

    Parameters
    ----------
    fname
        Path or open file.
    scene
        A populated scene.
    **kwargs
        As of `Scene.to_file`.
    """
    scene.to_file(fname, **kwargs)
