"""How much of each object lies over a pixel: the projected thickness, from the atoms' volumes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter
from scipy.spatial import ConvexHull, Delaunay, QhullError, Voronoi, cKDTree

from hrtem_sim.frozen import freeze
from hrtem_sim.grid import Grid
from hrtem_sim.mask.unfolding import unfolded
from hrtem_sim.provenance.doors import typed
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen import Specimen

PARTICLE = "particle"
"""Objects whose names begin with it are particles."""

SAMPLE = 800
"""Atoms of an object that are enough to measure its volume per atom."""


LEAST_VOLUME = 1.0
"""Cubic angstrom per atom that no matter has; diamond has 5.7."""


@dataclass(frozen=True, eq=False)
class ThicknessMaps:
    """Projected thickness of objects.

    Parameters
    ----------
    thickness
        In angstrom along the beam, float32, shape (objects, ny, nx), read-only.
    names
        Names of the objects.
    pixel_size
        In angstrom.
    """

    thickness: np.ndarray
    names: tuple[str, ...]
    pixel_size: float

    def __post_init__(self) -> None:
        freeze(self, "thickness")

    @property
    def total(self) -> np.ndarray:
        """Of all objects together, (ny, nx)."""
        return self.thickness.sum(axis=0)


@typed
def projected_thickness(
    specimen: Specimen,
    shape: tuple[int, int],
    pixel_size: float,
    *,
    objects: Sequence[str] | None = None,
    volumes: Mapping[str, float] | None = None,
    blur: float = 1.5,
) -> ThicknessMaps:
    """Return how thick objects are along the beam.

    Parameters
    ----------
    specimen
        Atoms.
    shape
        Pixels along y and x; with `pixel_size` they cover the cell.
    pixel_size
        In angstrom.
    objects
        Names of objects; default: all.
    volumes
        Volume per atom of each object, in cubic angstrom; default: `atomic_volume`.
    blur
        Standard deviation in angstrom of the Gaussian that an atom's volume is spread over. The
        default hides the columns of common crystals; smaller ones show them.

    Returns
    -------
    maps

    Raises
    ------
    ValueError
        If the pixels do not cover the cell, an object is unknown or too small to be measured.

    Notes
    -----
    t(x, y) = sum_a v G(x - x_a, y - y_a) with the volume v per atom and G of integral 1: the
    integral of t is the volume of the object, whatever its shape.

    Pixel (i, j) covers y from i to i + 1 and x from j to j + 1 pixels.

    Examples
    --------
    >>> cube = np.stack(np.meshgrid(*[np.arange(0, 24, 3.0)] * 3), axis=-1).reshape(-1, 3)
    >>> specimen = Specimen(cube, [26] * 512, (24.0, 24.0, 24.0))
    >>> maps = projected_thickness(specimen, (24, 24), 1.0)
    >>> bool(np.allclose(maps.total, 24.0, rtol=0.02))
    True
    """
    check_pixels(specimen, shape, pixel_size)
    names = specimen.objects if objects is None else tuple(objects)
    stack = np.zeros((len(names), *shape), np.float32)
    for layer, name in zip(stack, names, strict=True):
        positions = specimen.positions[specimen.selection(name)]
        if len(positions):
            volume = volume_of(specimen, name, volumes)
            layer[...] = volume * spread_atoms(positions, shape, pixel_size, blur)
    return ThicknessMaps(stack, names, float(pixel_size))


def volume_of(specimen: Specimen, name: str, volumes: Mapping[str, float] | None) -> float:
    """Return the volume per atom of an object in cubic angstrom: the one given, or measured.

    Parameters
    ----------
    specimen
        Atoms.
    name
        Name of the object.
    volumes
        Volumes by name; none: they are measured.
    """
    if not volumes:
        return atomic_volume(specimen, name)
    if name not in volumes:
        raise Refusal(f"volumes must hold the one of {name}; got {', '.join(volumes)}")
    if not LEAST_VOLUME <= volumes[name] < np.inf:
        raise Refusal(
            f"volumes must be at least {LEAST_VOLUME:g} cubic angstrom per atom; got "
            f"{volumes[name]!r} for {name} (1 nm^3 is 1000 cubic angstrom)"
        )
    return float(volumes[name])


def check_outline(outline: float) -> None:
    """Refuse outlines that are no thickness."""
    if not 0 <= outline < np.inf:
        raise Refusal(f"outline must be >= 0, in angstrom; got {outline!r}")


def particle_names(specimen: Specimen) -> tuple[str, ...]:
    """Return the objects of a specimen that are particles, by their names.

    Raises
    ------
    ValueError
        If there are none.
    """
    names = tuple(name for name in specimen.objects if name.startswith(PARTICLE))
    if not names:
        raise Refusal(
            f"objects must be given when no object is named {PARTICLE}...; got {specimen.objects}"
        )
    return names


@typed
def atomic_volume(specimen: Specimen, name: str) -> float:
    """Return the volume per atom of an object, in cubic angstrom, from its inner atoms.

    Parameters
    ----------
    specimen
        Atoms.
    name
        Name of the object.

    Raises
    ------
    ValueError
        If no atom of the object is surrounded by others on all sides.

    Notes
    -----
    The mean volume of the Voronoi cells that lie wholly inside the object, of the atoms about its
    middle: exact for perfect crystals, compounds included. Cells larger than twice the smallest
    stand beside holes and are left out.

    Examples
    --------
    >>> from ase.build import bulk
    >>> gold = Specimen.from_ase(bulk("Au", a=4.08, cubic=True) * (4, 4, 4))
    >>> round(atomic_volume(gold, "specimen") - 4.08**3 / 4, 9)
    0.0
    """
    positions = unfolded(specimen.positions[specimen.selection(name)], specimen.cell)
    size = min(len(positions), SAMPLE)
    if size > 4:
        middle = np.median(positions, axis=0)
        _, nearest = cKDTree(positions).query(middle, k=size)
        cells = _inner_cells(positions[nearest])
        if len(cells):
            return float(cells[cells < 2 * cells.min()].mean())
    raise Refusal(
        f"volumes must be given for objects without inner atoms; got {name!r} of "
        f"{len(positions)} atoms"
    )


def _inner_cells(points: np.ndarray) -> np.ndarray:
    """Volumes of the Voronoi cells whose corners lie inside the points' convex hull."""
    try:
        hull, diagram = Delaunay(points), Voronoi(points)
    except QhullError:  # all in one plane
        return np.zeros(0)
    inside = hull.find_simplex(diagram.vertices) >= 0
    radius = np.linalg.norm(points - points[0], axis=1).max()
    volumes = []
    for point, region in zip(points, diagram.point_region, strict=True):
        corners = diagram.regions[region]
        central = np.linalg.norm(point - points[0]) < 0.7 * radius
        if central and -1 not in corners and inside[corners].all():
            volumes.append(ConvexHull(diagram.vertices[corners]).volume)
    return np.array(volumes)


def spread_atoms(
    positions: np.ndarray, shape: tuple[int, int], pixel_size: float, blur: float
) -> np.ndarray:
    """Return the projected density of atoms per square angstrom, (ny, nx), periodic.

    Each atom is shared between the four nearest pixels by distance and then spread by a Gaussian
    of standard deviation `blur`, in angstrom.
    """
    if not 0 <= blur < np.inf:
        raise Refusal(f"blur must be >= 0, in angstrom; got {blur!r}")
    place = positions[:, 1::-1] / pixel_size - 0.5
    corner = np.floor(place).astype(int)
    rest = place - corner
    density = np.zeros(shape)
    for dy in (0, 1):
        for dx in (0, 1):
            weight = np.abs(1 - dy - rest[:, 0]) * np.abs(1 - dx - rest[:, 1])
            rows, columns = (corner[:, 0] + dy) % shape[0], (corner[:, 1] + dx) % shape[1]
            np.add.at(density, (rows, columns), weight)
    return gaussian_filter(density, blur / pixel_size, mode="wrap") / pixel_size**2


def check_pixels(specimen: Specimen, shape: tuple[int, int], pixel_size: float) -> None:
    """Raise `ValueError` unless the pixels cover the cell of the specimen."""
    extent = Grid(shape, (pixel_size, pixel_size)).extent
    cell = specimen.cell[1::-1]
    if any(abs(e - c) > 0.5 * pixel_size for e, c in zip(extent, cell, strict=True)):
        raise Refusal(
            f"shape must cover the cell, {cell[0]:g} x {cell[1]:g} angstrom along y and x, with "
            f"pixels of {pixel_size:g}; got {tuple(shape)}"
        )
