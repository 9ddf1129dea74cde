"""Which particle a pixel shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.spatial import cKDTree

from hrtem_sim.frozen import freeze
from hrtem_sim.mask.phase import Mask, check_map
from hrtem_sim.mask.thickness import (
    check_outline,
    check_pixels,
    particle_names,
    projected_thickness,
)
from hrtem_sim.provenance import Checked, checks, positive
from hrtem_sim.provenance.doors import typed
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen import Specimen

OUTLINE = 1.0
"""angstrom of projected thickness from which on a pixel belongs to an object."""

BLUR = 1.0
"""angstrom; as the paper's mask is smoothed."""


@dataclass(frozen=True, eq=False)
class InstanceMap(Checked):
    """The particle of each pixel of a micrograph.

    Parameters
    ----------
    ids
        uint8 (uint16 for more than 255 particles), shape (ny, nx), read-only; 0 is the background
        and id i the particle `names[i - 1]`.
    names
        Names of the particles.
    pixel_size
        In angstrom.
    """

    ids: np.ndarray
    names: tuple[str, ...]
    pixel_size: float = field(metadata=checks(positive("angstrom")))

    def _check_together(self) -> None:
        freeze(self, "ids")
        check_map("ids", self.ids, len(self.names))

    def __len__(self) -> int:
        return len(self.names)

    def mask_of(self, name: str) -> np.ndarray:
        """Return the pixels of a particle, bool (ny, nx)."""
        if name not in self.names:
            raise Refusal(f"name must be among {self.names}; got {name!r}")
        return self.ids == self.names.index(name) + 1


@typed
def instance_map(
    specimen: Specimen,
    shape: tuple[int, int],
    pixel_size: float,
    *,
    objects: Sequence[str] | None = None,
    volumes: Mapping[str, float] | None = None,
    within: Mask | None = None,
    blur: float = BLUR,
    outline: float = OUTLINE,
) -> InstanceMap:
    """Return which particle each pixel shows; of overlapping ones the thickest.

    Parameters
    ----------
    specimen
        Atoms with their objects.
    shape
        Pixels along y and x; with `pixel_size` they cover the cell.
    pixel_size
        In angstrom.
    objects
        Particles, in the order of their ids; default: all objects named particle...
    volumes
        Volume per atom of each particle in cubic angstrom; default: `atomic_volume`.
    within
        Semantic mask that the instances share out: pixels of class 0 become background, all
        others go to the particle over them or else to the nearest one.
    blur
        Standard deviation in angstrom of the Gaussian that spreads the atoms.
    outline
        Thickness of all particles in angstrom from which on a pixel belongs to one.

    Returns
    -------
    instances

    Raises
    ------
    ValueError
        If the pixels do not cover the cell, `within` has others, or an object is unknown.

    Notes
    -----
    Without `within` the outlines are those of the atoms, about 1.4 angstrom beyond the outermost
    centres, and independent of the electrons' energy; with it those of `phase_mask`.

    Examples
    --------
    >>> cube = np.stack(np.meshgrid(*[np.arange(4, 20, 2.88)] * 3), axis=-1).reshape(-1, 3)
    >>> gold = Specimen(cube, [79] * len(cube), (24.0, 24.0, 24.0), objects=("particle",))
    >>> instances = instance_map(gold, (48, 48), 0.5, volumes={"particle": 17.0})
    >>> bool(instances.mask_of("particle")[24, 24])
    True
    """
    check_outline(outline)
    names = particle_names(specimen) if objects is None else tuple(objects)
    dtype = np.uint8 if len(names) < 256 else np.uint16
    if not names:
        check_pixels(specimen, shape, pixel_size)
        return InstanceMap(np.zeros(shape, dtype), (), float(pixel_size))
    maps = projected_thickness(
        specimen, shape, pixel_size, objects=names, volumes=volumes, blur=blur
    )
    ids = np.where(maps.total > outline, maps.thickness.argmax(axis=0) + 1, 0).astype(dtype)
    if within is not None:
        ids = shared_out(ids, within, pixel_size)
    return InstanceMap(ids, names, float(pixel_size))


def shared_out(labels: np.ndarray, within: Mask, pixel_size: float) -> np.ndarray:
    """Return labels that are positive exactly where a mask is: its own or the nearest, periodic.

    Raises
    ------
    ValueError
        If mask and labels have different pixels.
    """
    if within.classes.shape != labels.shape or abs(within.pixel_size / pixel_size - 1) > 1e-3:
        raise Refusal(
            f"within must have {labels.shape} pixels of {pixel_size:g} angstrom; got "
            f"{within.classes.shape} of {within.pixel_size:g}"
        )
    out = np.where(within.classes > 0, labels, 0).astype(labels.dtype)
    known, missing = np.argwhere(labels > 0), np.argwhere((within.classes > 0) & (labels == 0))
    if len(known) and len(missing):
        _, nearest = cKDTree(known, boxsize=labels.shape).query(missing)
        out[tuple(missing.T)] = labels[tuple(known[nearest].T)]
    return out
