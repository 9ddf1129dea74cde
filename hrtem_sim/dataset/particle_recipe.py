"""Ranges of particles on an amorphous film."""

import dataclasses
from dataclasses import dataclass, field
from typing import Literal

from hrtem_sim.dataset.film_recipe import NANOMETRES, ZERO, FilmRecipe
from hrtem_sim.provenance import (
    Checked,
    Distribution,
    Refusal,
    added,
    between,
    checked,
    checks,
    each,
    optional,
    physical,
    that,
    whole,
)
from hrtem_sim.specimen.ligands import Head
from hrtem_sim.specimen.materials import FCC, AnyMaterial, as_material, name_of
from hrtem_sim.specimen.particles import ANY_CRYSTAL, CORNERS, Shape, reach

ONE = Distribution("constant", (1.0,))
PAPER_BURIAL = Distribution("constant", (0.2,))
ANYWHERE = Distribution("uniform", (-1.0, 1.0))

RADIUS = physical(4, 1000, "angstrom", usual=(6, 300), units=NANOMETRES)
FIELD = physical(5, 2e4, "angstrom", usual=(20, 4000), units=NANOMETRES)

MOST_COVERED = 0.7
"""Random places cover 0.55 of a field at most where discs must not overlap (random sequential
addition, Feder, J. Theor. Biol. 87 (1980) 237), and more where they may."""

VACUUM = physical(0, 1000, "angstrom", usual=(0, 100), zero=True)

NOT_EMPTY = that(
    "a list of at least one name", lambda names: isinstance(names, tuple | list) and bool(names)
)


@dataclass(frozen=True)
class LigandRecipe(Checked):
    """Ligands on the particles, of one kind in a structure.

    Parameters
    ----------
    head
        Group that binds.
    carbons
        Carbon atoms of the stretched tail.
    coverage
        Part of the densest shell, 4.3 angstrom between heads, that is there.
    """

    head: Head = "thiolate"
    carbons: Distribution = checked(Distribution("constant", (12.0,)), whole(1), between(1, 30))
    coverage: Distribution = checked(ONE, between(0, 1))


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
    ligands
        Ligands on the particles, which are no part of them in masks; none for bare particles.
    """

    radius: Distribution = field(metadata=checks(RADIUS))
    materials: tuple[AnyMaterial, ...] = checked(("Au",), NOT_EMPTY)
    shapes: tuple[Shape, ...] = checked(("sphere",), NOT_EMPTY)
    count: Distribution = checked(ONE, whole(0))
    gap: float = checked(10.0, VACUUM)
    defects: Distribution = checked(ZERO, whole(0))
    stacking_fault_ratio: float = checked(0.5, between(0, 1))
    coverage: Distribution | None = checked(None, optional(between(0, MOST_COVERED)), added=True)
    mixed: bool = added(False)
    ligands: LigandRecipe | None = added(None)

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
        edge, order = min(self.placement.field), self.film.order
        if order is not None and 2 * order.radius.high > edge:
            raise Refusal(
                f"film.order.radius must be at most {edge / 2:g} angstrom, half of an edge of "
                f"placement.field; got {order.radius.to_recipe()!r}"
            )
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
