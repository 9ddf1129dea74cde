"""Looking at structures.

`plot` draws a still picture, `view` a 3D one for Jupyter. The point views of Construction Zone
(`simple_scene_view`, ...) are here and in `viz`. matplotlib and py3Dmol are loaded when first
needed.
"""

from czone.spelling import names_from
from czone.viz.interactive import view
from czone.viz.still import plot
from czone.viz.viz import (
    simple_scene_view,
    simple_scene_view_with_rotate,
    simple_scene_widget,
    simple_view_widget,
    simple_view_with_rotate,
)

__all__ = [
    "plot",
    "simple_scene_view",
    "simple_scene_view_with_rotate",
    "simple_scene_widget",
    "simple_view_widget",
    "simple_view_with_rotate",
    "view",
]

__getattr__ = names_from(__name__, "czone.scene")
