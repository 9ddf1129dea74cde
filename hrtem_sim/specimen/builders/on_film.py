"""Structures of data sets, built with `czone`: particles on an amorphous film."""

import dataclasses
from dataclasses import dataclass
from typing import Literal

import numpy as np
from ase.data import atomic_numbers
from ase.formula import Formula
from scipy.spatial.transform import Rotation

from czone.generator import AmorphousGenerator
from czone.molecule import Molecule
from czone.scene import Scene
from czone.transform import Translation
from czone.volume import BaseVolume, Volume, make_rect_prism
from hrtem_sim.provenance import Checked, added, at_least, between, checks, each, positive, that
from hrtem_sim.specimen.builders.built import Built, Streams
from hrtem_sim.specimen.builders.film_relief import FilmRelief
from hrtem_sim.specimen.builders.packed import packed_film
from hrtem_sim.specimen.builders.placed import PlacedParticle, place
from hrtem_sim.specimen.builders.relief import Relief, as_molecule
from hrtem_sim.specimen.builders.shells import LIGANDS, ligands_on
from hrtem_sim.specimen.film_order import FilmOrder, check_order
from hrtem_sim.specimen.films import Distances, by_pairs, film_matter
from hrtem_sim.specimen.ligands import LigandShell
from hrtem_sim.specimen.materials import crystal_of
from hrtem_sim.specimen.particles import ParticlePlan
from hrtem_sim.specimen.specimen import Specimen

ADATOMS, DIRT = "adatoms", "contamination"
"""Names of single atoms and of dirt on a film that is not flat and clean."""

FILM = "film"
"""Name of the film among the objects of a specimen; particles are particle-0, particle-1, ..."""


def _is_formula(text: str) -> bool:
    try:
        symbols = list(Formula(text).count())
    except ValueError:
        return False
    return bool(symbols) and all(symbol in atomic_numbers for symbol in symbols)


FORMULA = that("a symbol or formula such as C or SiO2", _is_formula)
"""Check of a film's material."""


@dataclass(frozen=True)
class ParticlesOnFilm(Checked):
    """Particles on an amorphous film, in numbers.

    Parameters
    ----------
    field
        Edges of the periodic cell along x and y, in angstrom.
    particles
        Particles; none for bare film.
    burial
        Depth of the particles in the film, in radii.
    side
        Face of the film that carries the particles.
    margin
        Vacuum above and below, in angstrom.
    film_material, film_thickness, film_density, film_min_distance
        Film's symbol or formula, thickness in angstrom, density in atoms per cubic angstrom, and
        smallest distance between its atoms in angstrom: one number, or `("Si", "O", 1.5)` and so
        on for every pair of elements.
    border
        Whether particles lie whole within the field, or reach across its periodic border.
    piled
        Whether a particle that overlaps earlier ones in projection rests on them.
    relief
        What makes the film other than flat and clean; None for a flat one.
    film_order
        Medium-range order of the film; None for none.
    ligands
        Ligands on the particles; None for bare ones.
    """

    field: tuple[float, float] = dataclasses.field(metadata=checks(each(positive("angstrom"), 2)))
    particles: tuple[ParticlePlan, ...]
    burial: float = dataclasses.field(metadata=checks(between(0, 2, "radii")))
    side: Literal["entrance", "exit"]
    margin: float = dataclasses.field(metadata=checks(at_least(0, "angstrom")))
    film_material: str = dataclasses.field(metadata=checks(FORMULA))
    film_thickness: float = dataclasses.field(metadata=checks(at_least(1, "angstrom")))
    film_density: float = dataclasses.field(metadata=checks(positive("atoms per cubic angstrom")))
    film_min_distance: Distances
    border: Literal["inside", "cut"] = added("inside")
    piled: bool = added(False)
    relief: FilmRelief | None = added(None)
    film_order: FilmOrder | None = added(None)
    ligands: LigandShell | None = added(None)

    def _check_together(self) -> None:
        film_matter(self.film_material, self.film_density, self.film_min_distance)
        if self.film_order is not None:
            check_order(self.film_material)

    def build(self, streams: Streams) -> Built:
        """Return the specimen of these numbers; see `build_particles_on_film`."""
        return build_particles_on_film(self, streams)


def build_particles_on_film(plan: ParticlesOnFilm, streams: Streams) -> Built:
    """Build particles on a film.

    Parameters
    ----------
    plan
        Numbers of film and particles.
    streams
        Random streams of the defect planes ("defect planes", i), of alloys ("shared sites", i), of
        ligands ("ligands", i) and of the film ("film"), its order ("order") and its relief, see
        `Relief`.

    Returns
    -------
    built
        Particles win over the film, earlier ones over later ones, where they overlap.
    """
    scene, defects = particle_scene(plan, streams)
    names = [f"particle-{i}" for i in range(len(plan.particles))]
    beside = [FILM] if plan.relief is None else [ADATOMS, FILM, DIRT]
    if plan.ligands is not None:
        beside = [LIGANDS, *beside]
    return Built(
        Specimen.from_scene(scene, objects=[*names, *beside]),
        particles=tuple(names),
        defects=defects,
        volumes=plan_volumes(plan),
        bases=plan_bases(plan),
    )


def particle_scene(
    plan: ParticlesOnFilm, streams: Streams
) -> tuple[Scene, tuple[tuple[str, ...], ...]]:
    """Return the populated `czone` scene of a plan, and the defects of each particle."""
    placed = place(plan, streams)
    low, high = bounds_of(plan, placed)
    shells = None if plan.ligands is None else ligands_on(plan, placed, streams)
    up = Translation(np.array([0.0, 0.0, -low]))
    objects: list[BaseVolume | Molecule] = []
    for i, particle in enumerate(placed):
        particle.volume.transform(up)
        particle.volume.priority = i
        objects.append(particle.volume)
    if shells is not None:
        objects.append(Molecule(shells[1], shells[0] - [0.0, 0.0, low], priority=len(objects)))
    objects += _film(plan, streams, -low, len(objects))
    return _scene(plan, objects, high - low), tuple(one.defects for one in placed)


def _film(
    plan: ParticlesOnFilm, streams: Streams, up: float, first: int
) -> list[BaseVolume | Molecule]:
    """The film, whose face with the particles lies at `up`, and what else there is on it."""
    if plan.relief is not None:
        return _uneven(plan, streams, up, first)
    low, high = _film_of(plan)
    matter = plan.film_material, plan.film_density, plan.film_min_distance
    if plan.film_order is not None:
        atoms, numbers = packed_film(
            plan.field, 0.0, plan.film_thickness, *matter, plan.film_order, streams
        )
        outward = 1.0 if plan.side == "exit" else -1.0
        return [as_molecule(atoms, numbers, outward, up, first)]
    return [
        Volume(
            points=make_rect_prism(*plan.field, high - low) + [0.0, 0.0, low + up],
            generator=AmorphousGenerator(
                species=plan.film_material,
                density=plan.film_density,
                min_dist=by_pairs(plan.film_min_distance),
                rng=streams("film"),
            ),
            priority=first,
        )
    ]


def _scene(plan: ParticlesOnFilm, objects: list[BaseVolume | Molecule], height: float) -> Scene:
    """Scene of all objects, populated.

    The film is packed as if it were alone: where a particle lies in it or on it, its atoms give way
    to those of the particle by the distance of atoms that are not bonded.
    """
    scene = Scene(
        bounds=np.array([[0.0, 0.0, 0.0], [*plan.field, height]]),
        objects=objects,
        min_distance="contact",
        periodic=plan.border == "cut",
    )
    scene.populate()
    return scene


def _uneven(
    plan: ParticlesOnFilm, streams: Streams, up: float, first: int
) -> list[BaseVolume | Molecule]:
    """Single atoms, film and dirt of a film that is not flat and clean."""
    assert plan.relief is not None
    relief = Relief.of(plan.relief, plan.field, plan.film_thickness, streams)
    outward = 1.0 if plan.side == "exit" else -1.0
    film = relief.film(
        plan.film_material, plan.film_density, plan.film_min_distance, plan.film_order, streams
    )
    parts = (relief.adatoms(streams("adatoms")), film, relief.dirt(streams))
    return [
        as_molecule(atoms, numbers, outward, up, first + i)
        for i, (atoms, numbers) in enumerate(parts)
    ]


def _film_of(plan: ParticlesOnFilm) -> tuple[float, float]:
    """Lowest and highest point of the film, whose face with the particles is z = 0."""
    thickness = plan.film_thickness
    return (0.0, thickness) if plan.side == "entrance" else (-thickness, 0.0)


def bounds_of(plan: ParticlesOnFilm, placed: "tuple[PlacedParticle, ...]") -> tuple[float, float]:
    """Return the lowest and the highest z of the cell about film and particles, margins included.

    Parameters
    ----------
    plan
        Numbers of film and particles.
    placed
        Its particles, as `place` returns them.
    """
    heights = [particle.atoms[:, 2] for particle in placed]
    low, high = _film_of(plan)
    if plan.relief is not None:
        front, back = plan.relief.reach(plan.film_thickness)
        below, above = (front, back) if plan.side == "entrance" else (back, front)
        low, high = low - below, high + above
    reach = plan.ligands.reach if plan.ligands else 0.0
    before, behind = (reach, 0.0) if plan.side == "entrance" else (0.0, reach)
    return (
        min([low, *(z.min() - before for z in heights)]) - plan.margin,
        max([high, *(z.max() + behind for z in heights)]) + plan.margin,
    )


def plan_bases(plan: ParticlesOnFilm) -> dict[str, np.ndarray]:
    """Return the basis vectors of the single crystals of a plan, as they lie in the specimen.

    Parameters
    ----------
    plan
        Plan of a data set; see `hrtem_sim.dataset.plan_structure`.

    Returns
    -------
    bases
        By the name of the object, matrices (3, 3) whose columns are the basis vectors in
        angstrom. Of particles with twins they are those of one of the two orientations; decahedra
        and icosahedra, which have many, are left out.

    Examples
    --------
    >>> from hrtem_sim.dataset import plan_structure, read_dataset_recipe
    >>> plan = plan_structure(read_dataset_recipe("demo"), 0)
    >>> plan_bases(plan.specimen)["particle-0"].shape
    (3, 3)
    """
    return {
        f"particle-{i}": Rotation.from_quat(particle.orientation).as_matrix()
        @ crystal_of(particle.material).voxel.bases
        for i, particle in enumerate(plan.particles)
        if particle.shape not in ("decahedron", "icosahedron")
    }


def plan_volumes(plan: ParticlesOnFilm) -> dict[str, float]:
    """Return the volume per atom of the objects of a plan by name, in cubic angstrom.

    Parameters
    ----------
    plan
        Plan of a data set; see `hrtem_sim.dataset.plan_structure`.

    Notes
    -----
    That of the crystal's unit cell divided by its atoms, exact for particles of any size; of the
    film the inverse of its density.

    Examples
    --------
    >>> from hrtem_sim.dataset import plan_structure, read_dataset_recipe
    >>> plan = plan_structure(read_dataset_recipe("demo"), 0)
    >>> round(plan_volumes(plan.specimen)["particle-0"], 2)  # of gold
    16.96
    """
    structures = [crystal_of(particle.material).structure for particle in plan.particles]
    volumes = {
        f"particle-{i}": structure.lattice.volume / len(structure)
        for i, structure in enumerate(structures)
    }
    return {**volumes, FILM: 1 / plan.film_density}
