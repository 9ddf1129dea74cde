"""The layers of a viewer as micrographs and their particles, and the table of all of them.

What is seen counts: of several layers of particles of a micrograph the topmost visible one is in
the table, is saved and trains.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
from napari.layers import Image, Labels
from scipy.ndimage import mean

from hrtem_sim.refusal import Refusal
from seg_train.data import LabelledMicrograph
from seg_train.particles import instance_table
from seg_train.viewer.finding import FoundParticles
from seg_train.viewer.layers import ROLE, length_scale, particles_layer, pixel_size_of
from seg_train.viewer.saving import calibrated

OF, RIGHT = "of", "right"
"""Keys in the metadata of a layer: id of its micrograph; whether a person says it is right."""


class Desk:
    """The micrographs in a viewer, what was found in them and what is right.

    Parameters
    ----------
    viewer
        Viewer of napari, or its model.
    changed
        Function that is called when layers or particles change.
    """

    def __init__(self, viewer: Any, changed: Callable[[], None] = lambda: None) -> None:
        self.viewer = viewer
        self._changed = changed
        self._tables: dict[str, pd.DataFrame] = {}
        for name in ("inserted", "removed", "reordered"):
            getattr(viewer.layers.events, name).connect(self._listed)
        for layer in viewer.layers:
            self._watch(layer)

    @property
    def micrographs(self) -> list[Any]:
        """Layers that are micrographs: gray images of two axes."""
        return [
            layer
            for layer in self.viewer.layers
            if isinstance(layer, Image)
            and not layer.rgb
            and layer.ndim == 2
            and layer.metadata.get(ROLE, "micrograph") == "micrograph"
        ]

    def particles_of(self, micrograph: Any) -> Any | None:
        """Return the layer of particles of a micrograph that counts, None if there is none."""
        own = [layer for layer in self.viewer.layers if self._belongs(layer, micrograph)]
        seen = [layer for layer in own if layer.visible]
        return (seen or own or [None])[-1]

    def pairs(self, *, right: bool = False) -> Iterator[tuple[Any, Any]]:
        """Yield micrographs with their particles; `right`: of those alone that are right."""
        for micrograph in self.micrographs:
            particles = self.particles_of(micrograph)
            if particles is not None and (particles.metadata.get(RIGHT) or not right):
                yield micrograph, particles

    def calibrate(self, micrograph: Any, pixel_size: float) -> None:
        """Give a micrograph, and what lies on it, a pixel size in angstrom."""
        if not 0 < pixel_size < np.inf:
            raise Refusal(f"pixel_size must be positive, in angstrom; got {pixel_size!r}")
        shape = length_scale(pixel_size)
        for layer in self.viewer.layers:
            if layer is micrograph or layer.metadata.get(OF) == micrograph.unique_id:
                layer.units, layer.scale = shape["units"], shape["scale"]

    def show(self, micrograph: Any, found: FoundParticles) -> Any:
        """Show what was found; what a person has corrected before is hidden and stays.

        Returns
        -------
        particles
            The new layer of particles.
        """
        for layer in list(self.viewer.layers):
            if layer.metadata.get(OF) == micrograph.unique_id or self._belongs(layer, micrograph):
                if layer.metadata.get(RIGHT):
                    layer.visible = False
                else:
                    self.viewer.layers.remove(layer)
        place = {"translate": micrograph.translate}
        of = {OF: micrograph.unique_id}
        pixel_size = pixel_size_of(micrograph)
        if found.uncertainty is not None:
            self.viewer.add_image(
                found.uncertainty,
                name=f"{micrograph.name} uncertainty",
                metadata={ROLE: "uncertainty", **of},
                colormap="inferno",
                contrast_limits=(0, 0.5),
                blending="additive",
                opacity=0.6,
                **length_scale(pixel_size),
                **place,
            )
        data, settings, _ = particles_layer(
            found.labels, pixel_size=pixel_size, name=micrograph.name
        )
        settings["metadata"] |= of
        layer = self.viewer.add_labels(data, **settings, **place)
        layer.contour = outline_width(data.shape)
        self.viewer.layers.selection.active = layer
        return layer

    def table(self) -> pd.DataFrame:
        """Return the particles of all micrographs that have some, lengths in angstrom.

        Returns
        -------
        table
            Table as of `seg_train.particles.instance_table`, with `image` before it, and
            `uncertainty` after it: the mean over the particle of how far the looks disagreed.
        """
        tables = []
        for micrograph, particles in self.pairs():
            if (pixel_size := pixel_size_of(micrograph)) is None:
                continue
            key = f"{particles.unique_id} {pixel_size}"
            if key not in self._tables:
                self._tables[key] = self._measured(micrograph, particles, pixel_size)
            tables.append(self._tables[key].assign(image=micrograph.name))
        empty = instance_table(np.zeros((1, 1), int), pixel_size=1.0)
        together = pd.concat(tables, ignore_index=True) if tables else empty.assign(image="")
        return together[["image", *together.columns.drop("image")]]

    def go_to(self, particle: pd.Series) -> None:
        """Show the place of a particle, a row of the table, and take up its number to paint with.

        Parameters
        ----------
        particle
            Row of the table.
        """
        for micrograph, particles in self.pairs():
            if micrograph.name == particle["image"]:
                pixel_size = pixel_size_of(micrograph)
                y, x = (particle[axis] / pixel_size - 0.5 for axis in ("y", "x"))
                self.viewer.camera.center = micrograph.data_to_world((y, x))
                self.viewer.layers.selection.active = particles
                particles.selected_label = int(particle["label"])

    def labelled(self) -> list[LabelledMicrograph]:
        """Return the micrographs whose particles are right, as networks learn from them.

        Raises
        ------
        Refusal
            If there are none, or the pixel size of one is not known.
        """
        made = [
            LabelledMicrograph(
                image=np.asarray(micrograph.data),
                mask=(np.asarray(particles.data) > 0).astype(np.uint8),
                pixel_size=calibrated(micrograph),
                group="corrected",
                name=micrograph.name,
            )
            for micrograph, particles in self.pairs(right=True)
        ]
        if not made:
            raise Refusal(
                "micrographs must be corrected before a network can learn from them; got none: "
                "correct the particles of one, or tick that they are right"
            )
        return made

    def _measured(self, micrograph: Any, particles: Any, pixel_size: float) -> pd.DataFrame:
        labels = np.asarray(particles.data)
        table = instance_table(labels, pixel_size=pixel_size)
        for layer in self.viewer.layers:
            of = layer.metadata.get(OF) == micrograph.unique_id
            if of and layer.metadata.get(ROLE) == "uncertainty" and len(table):
                table["uncertainty"] = mean(np.asarray(layer.data), labels, table["label"])
        return table

    def _belongs(self, layer: Any, micrograph: Any) -> bool:
        """Whether a layer holds the particles of a micrograph: by its id, or its name."""
        if not isinstance(layer, Labels) or layer.data.shape != micrograph.data.shape:
            return False
        of = layer.metadata.get(OF)
        return of == micrograph.unique_id if of else layer.name == f"{micrograph.name} particles"

    def _listed(self, event: Any) -> None:
        layer = getattr(event, "value", None)
        if event.type == "inserted":
            self._watch(layer)
        self._changed()

    def _watch(self, layer: Any) -> None:
        layer.events.visible.connect(lambda: self._changed())
        layer.events.scale.connect(lambda: self._changed())
        if not isinstance(layer, Labels):
            return

        def drawn() -> None:
            layer.metadata[RIGHT] = True

        def stale() -> None:
            for key in [key for key in self._tables if key.startswith(str(layer.unique_id))]:
                del self._tables[key]
            self._changed()

        layer.events.paint.connect(drawn)  # napari's brush, eraser, bucket and polygon
        layer.events.data.connect(drawn)
        layer.events.paint.connect(stale)
        layer.events.set_data.connect(stale)  # and undo


def outline_width(shape: tuple[int, ...]) -> int:
    """Return the width in pixels of outlines that are seen in an image of a shape.

    Parameters
    ----------
    shape
        (ny, nx) in pixels.
    """
    return max(1, round(max(shape) / 500))
