"""A mask that no microscope changes: the projected outline of the particles' atoms."""

import math
from collections.abc import Sequence

import numpy as np
from ase.data import covalent_radii
from scipy.ndimage import distance_transform_edt
from scipy.spatial import cKDTree

from hrtem_sim.mask.phase import Mask
from hrtem_sim.mask.thickness import check_pixels, particle_names
from hrtem_sim.provenance.doors import typed
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen import Specimen

FINE = 0.125
"""angstrom; the outline is drawn on pixels at most so large and averaged over the mask's."""


@typed
def outline_mask(
    specimen: Specimen,
    shape: tuple[int, int],
    pixel_size: float,
    *,
    objects: Sequence[str] | None = None,
    margin: float | None = None,
) -> Mask:
    """Return the projected outline of the particles' atoms.

    Parameters
    ----------
    specimen
        Atoms at rest with their objects; with a tilted beam those of `along_beam`.
    shape
        Pixels along y and x; with `pixel_size` they cover the cell.
    pixel_size
        In angstrom.
    objects
        Particles; default: all objects named particle...
    margin
        Distance in angstrom by which the outline passes outside the outermost atoms' centres;
        default: half the distance between nearest neighbours of each particle, the radius of its
        atoms as touching spheres.

    Returns
    -------
    mask
        Classes 0 background, 1 particle.

    Notes
    -----
    Discs about all projected atoms of a particle, of the margin plus one distance between nearest
    neighbours d, whose union is then shrunk by d: a closing, so that no column of atoms leaves
    a hole (the largest empty sphere of close-packed, rocksalt and diamond crystals has at most the
    radius d). Particles are outlined one by one and joined. A pixel, which covers y from i to i + 1
    and x from j to j + 1 pixels, is inside if more than half of it is. Neither energy nor
    sampling nor the elements enter, other than by the margin.

    Examples
    --------
    >>> specimen = Specimen([[8.0, 8.0, 5.0]], [79], (16.0, 16.0, 10.0), objects=("particle",))
    >>> mask = outline_mask(specimen, (64, 64), 0.25, margin=2.0)
    >>> bool(abs(mask.classes.sum() * 0.25**2 / (np.pi * 2.0**2) - 1) < 0.05)
    True
    """
    check_pixels(specimen, shape, pixel_size)
    if margin is not None and not 0 <= margin < math.inf:
        raise Refusal(f"margin must be >= 0, in angstrom; got {margin!r}")
    names = particle_names(specimen) if objects is None else tuple(objects)
    factor = 2 * math.ceil(pixel_size / FINE / 2 - 1e-9) + 1  # odd: no pixel is half inside
    fine = tuple(n * factor for n in shape)
    inside = np.zeros(fine, bool)
    for name in names:
        own = specimen.selection(name)
        if own.any():
            bond = _bond(specimen.positions[own], specimen.numbers[own], specimen.cell)
            reach = bond / 2 if margin is None else margin
            inside |= _closed(
                specimen.positions[own, 1::-1], fine, pixel_size / factor, reach, bond
            )
    share = inside.reshape(shape[0], factor, shape[1], factor).mean(axis=(1, 3))
    return Mask((share > 0.5).astype(np.uint8), ("background", "particle"), float(pixel_size))


@typed
def agreement(one: Mask, other: Mask) -> float:
    """Return the intersection over union of the particles of two masks; 1 if both are empty.

    Parameters
    ----------
    one, other
        Masks with the same pixels.

    Examples
    --------
    >>> mask = Mask(np.eye(4, dtype=np.uint8), ("background", "particle"), 0.5)
    >>> agreement(mask, mask)
    1.0
    """
    if one.classes.shape != other.classes.shape:
        raise Refusal(f"other must have {one.classes.shape} pixels; got {other.classes.shape}")
    if abs(other.pixel_size / one.pixel_size - 1) > 1e-3:
        raise Refusal(
            f"other must have pixels of {one.pixel_size:g} angstrom; got {other.pixel_size:g}"
        )
    first, second = one.classes > 0, other.classes > 0
    union = int((first | second).sum())
    return int((first & second).sum()) / union if union else 1.0


def _bond(positions: np.ndarray, numbers: np.ndarray, cell: tuple[float, float, float]) -> float:
    """Median distance to the nearest neighbour, across the border too; of a single atom twice its
    covalent radius."""
    if len(positions) == 1:
        return float(2 * covalent_radii[numbers[0]])
    edges = (cell[0], cell[1], 0.0)  # not periodic along the beam
    folded = positions.copy()
    folded[:, :2] %= edges[:2]
    tree = cKDTree(folded, boxsize=edges)
    return float(np.median(tree.query(folded, k=2)[0][:, 1]))


def _closed(
    centres: np.ndarray, shape: tuple[int, ...], pixel: float, margin: float, closing: float
) -> np.ndarray:
    """Pixels whose middle is inside the closed outline of points (n, 2) as y and x; periodic."""
    extent = np.array(shape) * pixel
    tree = cKDTree(centres % extent, boxsize=extent)
    y, x = ((np.arange(n) + 0.5) * pixel for n in shape)
    points = np.stack(np.meshgrid(y, x, indexing="ij"), axis=-1)
    distance, _ = tree.query(points, distance_upper_bound=margin + closing)
    wide = np.isfinite(distance)
    pad = min(math.ceil(closing / pixel) + 1, *shape)
    padded = np.pad(wide, pad, mode="wrap")
    if padded.all():
        return wide
    left = distance_transform_edt(padded)[pad:-pad, pad:-pad]
    # the nearest pixel outside is a quarter pixel beyond the outline, on average over directions
    kept: np.ndarray = (left - 0.25) * pixel >= closing
    return kept
