"""Ranges of particles on an amorphous film."""

import dataclasses
from dataclasses import dataclass, field
from typing import Literal

from hrtem_sim.provenance import (
    Checked,
    Distribution,
    Refusal,
    added,
    any_of,
    between,
    checked,
    checks,
    each,
    optional,
    physical,
    positive,
    that,
    whole,
)
from hrtem_sim.specimen.builders import FORMULA
from hrtem_sim.specimen.films import Distances, film_matter
from hrtem_sim.specimen.materials import FCC, Material, as_material, name_of
from hrtem_sim.specimen.particles import ANY_CRYSTAL, CORNERS, Shape, reach

ZERO = Distribution("constant", (0.0,))
ONE = Distribution("constant", (1.0,))
PAPER_BURIAL = Distribution("constant", (0.2,))
ANYWHERE = Distribution("uniform", (-1.0, 1.0))

NANOMETRES = {"nm": 10.0}
RADIUS = physical(4, 1000, "angstrom", usual=(6, 300), units=NANOMETRES)
THICKNESS = physical(1, 1e4, "angstrom", usual=(6, 500), units=NANOMETRES)
FIELD = physical(5, 2e4, "angstrom", usual=(20, 4000), units=NANOMETRES)
LATERAL = physical(2, 1e4, "angstrom", usual=(4, 2000), units=NANOMETRES)

MOST_COVERED = 0.7
"""Random places cover 0.55 of a field at most where discs must not overlap (random sequential
addition, Feder, J. Theor. Biol. 87 (1980) 237), and more where they may."""

VACUUM = physical(0, 1000, "angstrom", usual=(0, 100), zero=True)

DENSITY = optional(
    any_of(
        positive("atoms per cubic angstrom"),
        that("a text such as '2.2 g/cm3'", lambda density: isinstance(density, str)),
    )
)
NOT_EMPTY = that(
    "a list of at least one name", lambda names: isinstance(names, tuple | list) and bool(names)
)


@dataclass(frozen=True)
class ParticleRecipe(Checked):
    """Random particles.

    Parameters
    ----------
    radius
        In angstrom; of faceted shapes that of the sphere of equal volume.
    materials
        Names (Ag, Al, Au, Cu, Ni, Pd, Pt, CdSe, ZnO) or paths of crystals (CIF files and the like;
        partial occupancies become alloys, each particle by its own draw); one is drawn for every
        structure, or for every particle where they are `mixed`. A file is read at once, and the
        crystal in it takes the place of its path.
    shapes
        `"sphere"`, `"wulff"`, `"rod"`, of fcc metals also `"decahedron"`, `"icosahedron"`, `"cube"`
        and `"octahedron"`; one is drawn for every particle.
    count
        Particles of a structure, 0 for bare film; those that find no room are left out.
    gap
        Least distance between the spheres about two particles, in angstrom.
    defects
        Number of planar defects of a particle: {111} twins and stacking faults of fcc metals, (002)
        stacking faults of wurtzite. A particle too small for those drawn gets as many as fit;
        shapes other than spheres and `"wulff"`, and crystals from CIF files, get none.
    stacking_fault_ratio
        Probability that a defect of an fcc particle is a stacking fault and not a twin.
    coverage
        Part of the field that the discs of the particles cover, in place of `count`: particles are
        drawn until one more would lead away from it, so that small ones leave bare film.
    mixed
        Whether each particle of a structure is of a material of its own.
    """

    radius: Distribution = field(metadata=checks(RADIUS))
    materials: tuple[Material, ...] = checked(("Au",), NOT_EMPTY)
    shapes: tuple[Shape, ...] = checked(("sphere",), NOT_EMPTY)
    count: Distribution = checked(ONE, whole(0))
    gap: float = checked(10.0, VACUUM)
    defects: Distribution = checked(ZERO, whole(0))
    stacking_fault_ratio: float = checked(0.5, between(0, 1))
    coverage: Distribution | None = checked(None, optional(between(0, MOST_COVERED)), added=True)
    mixed: bool = added(False)

    def _check_together(self) -> None:
        if self.coverage is not None and self.count != ONE:
            raise Refusal(
                "count must be left out where coverage says how many particles there are; "
                f"got {self.count.to_recipe()!r}"
            )
        object.__setattr__(self, "materials", tuple(map(as_material, self.materials)))
        for material in self.materials:
            if material not in FCC and not set(self.shapes) <= set(ANY_CRYSTAL):
                raise Refusal(
                    f"shapes must be sphere, wulff or rod for {name_of(material)!r}; "
                    f"got {list(self.shapes)}"
                )


@dataclass(frozen=True)
class ReliefRecipe(Checked):
    """What makes a film other than flat and clean.

    Parameters
    ----------
    unevenness
        rms of the thickness over the field, in angstrom.
    waviness
        Distance in angstrom over which heights are alike: their autocorrelation has fallen to 0.61.
    holes
        Part of the field without film; particles have their middles elsewhere.
    hole_radius
        Radius of each hole, in angstrom.
    contamination
        Part of the field under domes of amorphous carbon, each on either face.
    dome_radius, dome_height
        Radius and height of each dome, in angstrom.
    adatoms
        Single atoms on each square nanometre of the particles' face, of the heaviest element of the
        particles.
    """

    unevenness: Distribution = checked(ZERO, between(0, 100, "angstrom"))
    waviness: Distribution = checked(Distribution("constant", (50.0,)), LATERAL)
    holes: Distribution = checked(ZERO, between(0, 0.8))
    hole_radius: Distribution = checked(Distribution("constant", (50.0,)), LATERAL)
    contamination: Distribution = checked(ZERO, between(0, 0.9))
    dome_radius: Distribution = checked(Distribution("constant", (30.0,)), LATERAL)
    dome_height: Distribution = checked(Distribution("constant", (10.0,)), LATERAL)
    adatoms: Distribution = checked(ZERO, between(0, 5, "per square nanometre"))


@dataclass(frozen=True)
class FilmRecipe(Checked):
    """Amorphous support: random sequential addition, periodic in x and y.

    Parameters
    ----------
    thickness
        In angstrom.
    material
        Chemical symbol or formula, such as C or SiO2.
    density
        Atoms per cubic angstrom, or a text such as "2.2 g/cm3". Known for C, Si, Ge, SiO2, Si3N4
        and Al2O3 (`czone.generator.film_of`), needed for other materials.
    min_distance
        Smallest distance between its atoms, in angstrom; known for the same, for every pair of
        elements.
    relief
        What makes it other than flat and clean; none for a flat one.
    """

    thickness: Distribution = field(metadata=checks(THICKNESS))
    material: str = checked("C", FORMULA)
    density: float | str | None = checked(None, DENSITY)
    min_distance: float | None = checked(None, optional(positive("angstrom")))
    relief: ReliefRecipe | None = added(None)

    def _check_together(self) -> None:
        _ = self.matter

    @property
    def matter(self) -> tuple[float, Distances]:
        """Atoms per cubic angstrom and smallest distances in angstrom; from a table by default."""
        return film_matter(self.material, self.density, self.min_distance)


@dataclass(frozen=True)
class PlacementRecipe(Checked):
    """Where the particle sits.

    Parameters
    ----------
    field
        Edges of the model along x and y, in angstrom.
    burial
        Depth of the particle's lowest point under the film's surface, in radii (0 touches, 1 is
        half buried).
    offset
        Shift of the particle's centre from the middle of the field, in x and in y, as a fraction of
        the room it has.
    border
        `"inside"`: particles lie whole within the field; `"cut"`: centres lie anywhere, and what
        reaches across the border comes in on the other side, as the field is periodic: images
        show a particle cut at both borders, and labels call both parts by its one number.
    overlap
        Part of the structures in which particles may overlap in projection: each is let down on
        those before it and rests on what it touches first, up to three deep.
    side
        Face of the film that carries the particle: the one where the beam enters, or leaves.
    margin
        Vacuum above and below, in angstrom.
    """

    field: tuple[float, float] = dataclasses.field(metadata=checks(each(FIELD, 2)))
    burial: Distribution = checked(PAPER_BURIAL, between(0, 2, "radii"))
    offset: Distribution = checked(ANYWHERE, between(-1, 1))
    side: Literal["entrance", "exit"] = "entrance"
    margin: float = checked(2.0, VACUUM)
    border: Literal["inside", "cut"] = added("inside")
    overlap: float = checked(0.0, between(0, 1), added=True)


@dataclass(frozen=True)
class OnFilmRecipe(Checked):
    """The tables of a recipe that say what is built, where that is particles on a film.

    Parameters
    ----------
    particle, film, placement
        As in `hrtem_sim.dataset.DatasetRecipe`.
    """

    particle: ParticleRecipe
    film: FilmRecipe
    placement: PlacementRecipe

    def _check_together(self) -> None:
        edge = min(self.placement.field)
        room, radius = edge / 2 - 1.0, self.particle.radius  # less the edge that plans keep
        if radius.high > room:
            raise Refusal(
                f"particle.radius must stay below {room:g} angstrom to fit placement.field; "
                f"got {radius.to_recipe()!r}"
            )
        widest = max(reach(shape, radius.high) for shape in self.particle.shapes)
        if widest > max(room, CORNERS * room):  # corners of compact shapes are cut off, no more
            raise Refusal(
                "particle.shapes must have their corners within placement.field; got "
                f"{list(self.particle.shapes)} of radius {radius.to_recipe()!r}"
            )
        if self.placement.border == "cut" and 2 * widest + self.particle.gap > edge:
            raise Refusal(
                "particle.radius must leave the gap between a particle and itself across the "
                f"border of placement.field, {edge:g} angstrom away; got {radius.to_recipe()!r}"
            )
