"""One nanoparticle about the origin: material, shape, planar defects, orientation."""

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from scipy.spatial.transform import Rotation as SpatialRotation

from czone.generator import Generator
from czone.prefab import (
    FCCMixedTwinSF,
    WulffDecahedron,
    WulffIcosahedron,
    WulffSingle,
    WurtziteStackingFault,
)
from czone.transform import Rotation
from czone.volume import BaseVolume, Cylinder, Sphere, Volume
from hrtem_sim.provenance import Checked, between, checks, each, finite, positive, whole
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen.materials import (
    FCC,
    WURTZITE,
    AnyMaterial,
    Material,
    as_material,
    crystal_of,
)

Shape = Literal["sphere", "wulff", "decahedron", "icosahedron", "cube", "octahedron", "rod"]

ANY_CRYSTAL: tuple[Shape, ...] = ("sphere", "wulff", "rod")
"""Shapes that crystals other than fcc metals have too."""

ASPECT = 3.0
"""Length of a rod in diameters."""

FCC_ENERGIES = {(1, 1, 1): 1.0, (1, 0, 0): 1.15}
"""Relative surface energies of the faceted shapes: truncated octahedra, as of clean fcc metals."""

HEXAGONAL_ENERGIES = {(1, 0, 0): 1.0, (0, 0, 1): 1.1, (0, 0, -1): 1.1}
"""Relative surface energies of faceted wurtzite: hexagonal prisms, capped by both polar faces."""

TWIN_ENERGY = 0.02
"""Of the decahedron's and icosahedron's boundaries, relative to the (111) surface."""

MIN_SEPARATION = 3
"""Planes between two defects, and between a defect and the surface."""

CORNERS = 1.25
"""Farthest corner of a faceted shape in radii of the sphere of equal volume, rounded up: 1.22 for
the hexagonal prism, 1.18 for the decahedron."""

REACH = {"sphere": 1.0, "cube": 1.45, "octahedron": 1.52, "rod": 1.95}
"""The same of shapes that reach less or farther: a sphere of radius 1 has the volume of a cube with
corners at 1.40, of an octahedron with corners at 1.46, of a rod with rims at 1.91."""


@dataclass(frozen=True)
class ParticlePlan(Checked):
    """One particle in numbers.

    Parameters
    ----------
    material
        A name of `FCC` or `WURTZITE`, or a crystal that was read from a file.
    shape
        `"sphere"`, or of that volume: `"wulff"`, `"decahedron"`, `"icosahedron"`, `"cube"` ({100}),
        `"octahedron"` ({111}), `"rod"` (a cylinder along [001], three times as long as wide).
    radius
        In angstrom; of faceted shapes that of the sphere of equal volume.
    orientation
        Unit quaternion (x, y, z, w) that turns the crystal.
    offset
        Centre from the middle of the field along x and y, in angstrom.
    defects
        Number of planar defects.
    stacking_fault_ratio
        Probability that a defect of an fcc particle is a stacking fault and not a twin.
    """

    material: AnyMaterial
    shape: Shape
    radius: float = field(metadata=checks(positive("angstrom")))
    orientation: tuple[float, float, float, float] = field(metadata=checks(each(finite(), 4)))
    offset: tuple[float, float] = field(metadata=checks(each(finite("angstrom"), 2)))
    defects: int = field(metadata=checks(whole(0)))
    stacking_fault_ratio: float = field(metadata=checks(between(0, 1)))

    def _check_together(self) -> None:
        object.__setattr__(self, "material", as_material(self.material))


def build_particle(
    plan: ParticlePlan, rng: np.random.Generator, sites: np.random.Generator | None = None
) -> tuple[BaseVolume, tuple[str, ...]]:
    """Return a particle about the origin, turned, and its defects in order.

    Parameters
    ----------
    plan
        Numbers of the particle.
    rng
        Source of the defect planes.
    sites
        Source of what stands on sites that elements share, see `crystal_of`.
    """
    crystal = crystal_of(plan.material, sites)
    shape = _shape(plan, crystal)
    defects: tuple[str, ...] = ()
    if plan.defects:
        if plan.material in FCC:
            prefab: FCCMixedTwinSF | WurtziteStackingFault = FCCMixedTwinSF(
                generator=crystal,
                volume=shape,
                ratio=plan.stacking_fault_ratio,
                N=plan.defects,
                min_sep=MIN_SEPARATION,
                rng=rng,
            )
        else:
            prefab = WurtziteStackingFault(
                generator=crystal, volume=shape, N=plan.defects, min_sep=MIN_SEPARATION, rng=rng
            )
        shape = prefab.build_object()
        defects = tuple(defect.kind for defect in prefab.defects)
    shape.transform(Rotation(SpatialRotation.from_quat(plan.orientation).as_matrix()))
    return shape, defects


def most_defects(material: Material, radius: float) -> int:
    """Return how many planar defects surely fit a sphere, three planes apart.

    Parameters
    ----------
    material
        As in `ParticlePlan`; only fcc and wurtzite have defects.
    radius
        In angstrom.

    Notes
    -----
    A sphere has 2 floor(r / d) + 1 planes about its centre, the outermost of which may hold no
    atom; as many defects fit as planes three apart with three left at either end. d is the spacing
    of {111}, or of (002).

    Examples
    --------
    >>> most_defects("Au", 25.0), most_defects("Au", 9.0)
    (5, 0)
    """
    if material in FCC:
        spacing = FCC[material] / math.sqrt(3)
    elif material in WURTZITE:
        spacing = WURTZITE[material][3] / 2
    else:
        return 0
    planes = 2 * math.floor(radius / spacing) - 1
    return max(0, (planes - MIN_SEPARATION - 1) // MIN_SEPARATION)


def reach(shape: str, radius: float) -> float:
    """Return how far a particle extends from its centre, in angstrom: facets have corners.

    Parameters
    ----------
    shape, radius
        As in `ParticlePlan`.

    Examples
    --------
    >>> reach("sphere", 20.0), reach("wulff", 20.0)
    (20.0, 25.0)
    """
    return REACH.get(shape, CORNERS) * radius


def _shape(plan: ParticlePlan, crystal: Generator) -> BaseVolume:
    if plan.shape == "sphere":
        return Volume(alg_objects=[Sphere(plan.radius, np.zeros(3))], generator=crystal)
    if plan.shape == "rod":
        return _rod(plan.radius, crystal)
    if plan.shape != "wulff" and plan.material not in FCC:
        raise Refusal(f"shape {plan.shape!r} needs an fcc metal; got material {plan.material!r}")
    hexagonal = plan.material in WURTZITE
    energies = HEXAGONAL_ENERGIES if hexagonal else FCC_ENERGIES
    volume = 4 / 3 * np.pi * plan.radius**3
    lattice = crystal.structure.lattice
    natoms = max(1, round(volume / lattice.volume * len(crystal.structure)))
    if plan.shape == "wulff":
        return WulffSingle(crystal, energies, natoms).get_construction()
    if plan.shape in ("cube", "octahedron"):
        solid = {"cube": WulffSingle.cube, "octahedron": WulffSingle.octahedron}[plan.shape]
        return solid(crystal, natoms).get_construction()
    twinned = {"decahedron": WulffDecahedron, "icosahedron": WulffIcosahedron}[plan.shape]
    return twinned(crystal, energies, TWIN_ENERGY, natoms).get_construction()


def _rod(radius: float, crystal: Generator) -> Volume:
    """A cylinder along [001] of the volume of a sphere."""
    wide = radius * (16 / (3 * ASPECT)) ** (1 / 3)  # pi/4 wide^2 ASPECT wide = 4/3 pi radius^3
    axis = crystal.voxel.bases @ [0.0, 0.0, 1.0]
    return Volume(
        alg_objects=[Cylinder(axis, np.zeros(3), wide / 2, ASPECT * wide)], generator=crystal
    )
