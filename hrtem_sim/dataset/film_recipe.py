"""Ranges of the amorphous film: thickness, matter, relief, order."""

from dataclasses import dataclass, field

from hrtem_sim.provenance import (
    Checked,
    Distribution,
    added,
    any_of,
    between,
    checked,
    checks,
    optional,
    physical,
    positive,
    that,
    whole,
)
from hrtem_sim.specimen.builders import FORMULA
from hrtem_sim.specimen.film_order import RADIUS, check_order
from hrtem_sim.specimen.films import Distances, film_matter

ZERO = Distribution("constant", (0.0,))

NANOMETRES = {"nm": 10.0}
THICKNESS = physical(1, 1e4, "angstrom", usual=(6, 500), units=NANOMETRES)
LATERAL = physical(2, 1e4, "angstrom", usual=(4, 2000), units=NANOMETRES)

DENSITY = optional(
    any_of(
        positive("atoms per cubic angstrom"),
        that("a text such as '2.2 g/cm3'", lambda density: isinstance(density, str)),
    )
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
    folds
        Number of folds, in which the film lies thrice upon itself, away from the particles; each
        runs along x, along y or across the field.
    fold_width
        Width of each fold, in angstrom.
    """

    unevenness: Distribution = checked(ZERO, between(0, 100, "angstrom"))
    waviness: Distribution = checked(Distribution("constant", (50.0,)), LATERAL)
    holes: Distribution = checked(ZERO, between(0, 0.8))
    hole_radius: Distribution = checked(Distribution("constant", (50.0,)), LATERAL)
    contamination: Distribution = checked(ZERO, between(0, 0.9))
    dome_radius: Distribution = checked(Distribution("constant", (30.0,)), LATERAL)
    dome_height: Distribution = checked(Distribution("constant", (10.0,)), LATERAL)
    adatoms: Distribution = checked(ZERO, between(0, 5, "per square nanometre"))
    folds: Distribution = checked(ZERO, whole(0), between(0, 10), added=True)
    fold_width: Distribution = checked(Distribution("constant", (30.0,)), LATERAL, added=True)


@dataclass(frozen=True)
class OrderRecipe(Checked):
    """Medium-range order of a film: small strained grains of its element in an amorphous matrix.

    Parameters
    ----------
    share
        Part of the film that is ordered, the degree of order.
    radius
        Radius of the grains, in angstrom.
    strain
        rms of the components of each grain's random strain.
    """

    share: Distribution = field(metadata=checks(between(0, 1)))
    radius: Distribution = checked(Distribution("constant", (7.0,)), RADIUS)
    strain: Distribution = checked(Distribution("constant", (0.02,)), between(0, 0.1))


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
    order
        Medium-range order of films of C, Si and Ge; none for a random packing.
    """

    thickness: Distribution = field(metadata=checks(THICKNESS))
    material: str = checked("C", FORMULA)
    density: float | str | None = checked(None, DENSITY)
    min_distance: float | None = checked(None, optional(positive("angstrom")))
    relief: ReliefRecipe | None = added(None)
    order: OrderRecipe | None = added(None)

    def _check_together(self) -> None:
        _ = self.matter
        if self.order is not None:
            check_order(self.material)

    @property
    def matter(self) -> tuple[float, Distances]:
        """Atoms per cubic angstrom and smallest distances in angstrom; from a table by default."""
        return film_matter(self.material, self.density, self.min_distance)
