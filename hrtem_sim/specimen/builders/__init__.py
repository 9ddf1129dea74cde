"""Builders: from drawn numbers to a specimen.

A builder is a frozen dataclass of numbers with a method `build(streams)`, or a function of typed
keyword parameters. Recipes name it and give every parameter a value or a range.

* `Built` is what it returns: atoms, which objects are particles, facts for the catalogue; a `czone`
  scene or a `Specimen` does where every object is a particle.
* `Builder` is one that was found: its name, version and source, which ids cover;
  `as_builder` takes a name, a file or a function; `SHIPPED` lists those of the package.
* `Signature` reads the parameters: it checks ranges, draws numbers, and turns them into arguments.
* `ParticlesOnFilm` are particles on an amorphous film, what most data sets hold.
"""

from hrtem_sim.specimen.builders.assembly import gathered
from hrtem_sim.specimen.builders.builder import Builder, BuilderError
from hrtem_sim.specimen.builders.built import Built
from hrtem_sim.specimen.builders.found import SHIPPED, as_builder, is_file
from hrtem_sim.specimen.builders.on_film import (
    FILM,
    FORMULA,
    ParticlesOnFilm,
    bounds_of,
    build_particles_on_film,
    particle_scene,
    plan_bases,
    plan_volumes,
)
from hrtem_sim.specimen.builders.parts import film_slab, turned_crystal
from hrtem_sim.specimen.builders.placed import RESTING, PlacedParticle, place
from hrtem_sim.specimen.builders.places import free_places
from hrtem_sim.specimen.builders.signature import Signature

__all__ = [
    "FILM",
    "FORMULA",
    "RESTING",
    "SHIPPED",
    "Builder",
    "BuilderError",
    "Built",
    "ParticlesOnFilm",
    "PlacedParticle",
    "Signature",
    "as_builder",
    "bounds_of",
    "build_particles_on_film",
    "film_slab",
    "free_places",
    "gathered",
    "is_file",
    "particle_scene",
    "place",
    "plan_bases",
    "plan_volumes",
    "turned_crystal",
]
