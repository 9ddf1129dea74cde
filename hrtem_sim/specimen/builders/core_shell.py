"""Core-shell spheres on an amorphous film."""

import dataclasses
from dataclasses import dataclass

import numpy as np

from czone.generator import Generator
from czone.transform import Rotation
from czone.volume import BaseVolume, Sphere, Volume
from hrtem_sim.provenance import (
    Checked,
    between,
    checked,
    checks,
    each,
    physical,
    positive,
    whole,
)
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen.builders.assembly import gathered
from hrtem_sim.specimen.builders.built import Built, Streams
from hrtem_sim.specimen.builders.parts import film_slab, random_turn
from hrtem_sim.specimen.builders.places import free_places
from hrtem_sim.specimen.faults import with_faults
from hrtem_sim.specimen.materials import FCC, as_material, crystal_of

NANOMETRES = {"nm": 10.0}


@dataclass(frozen=True)
class CoreShellParticle(Checked):
    """One sphere in a shell.

    Parameters
    ----------
    core
        Radius of the core, in angstrom.
    shell
        Thickness of the shell, in angstrom.
    defects
        Number of twins and stacking faults of the shell, on one set of {111}, or as many as fit;
        through core and shell where these are parallel.
    """

    core: float = dataclasses.field(
        metadata=checks(physical(3, 1000, "angstrom", usual=(5, 300), units=NANOMETRES))
    )
    shell: float = dataclasses.field(
        metadata=checks(physical(1, 500, "angstrom", usual=(2, 100), units=NANOMETRES))
    )
    defects: int = checked(0, whole(0), added=True)


@dataclass(frozen=True)
class CoreShell(Checked):
    """Core-shell spheres on the face of an amorphous film where the beam enters.

    Objects are core-0, shell-0, core-1, ... and film.

    Parameters
    ----------
    field
        Edges of the field along x and y, in angstrom; it repeats, and cuts particles.
    film
        Thickness of the film, in angstrom.
    particles
        Sizes of the particles; those without room are left out.
    core_material, shell_material
        Names of materials, see `hrtem_sim.specimen.materials.as_material`.
    film_material
        Symbol or formula of the film, see `film_slab`.
    epitaxy
        Whether the lattice of the shell lies parallel to that of the core, or at random.
    burial
        Depth of the particles in the film, in outer radii.
    gap
        Least distance between two particles in projection, in angstrom.
    stacking_fault_ratio
        Probability that a defect is a stacking fault and not a twin.

    Notes
    -----
    Atoms of the shell give way to those of the core by 0.85 of the distance of a bond, so that the
    misfit of both lattices leaves no impossible pair. The interface is not relaxed.
    """

    VERSION = "1"

    field: tuple[float, float] = dataclasses.field(metadata=checks(each(positive("angstrom"), 2)))
    film: float = dataclasses.field(metadata=checks(positive("angstrom")))
    particles: tuple[CoreShellParticle, ...]
    core_material: str = "Pd"
    shell_material: str = "Au"
    film_material: str = "C"
    epitaxy: bool = True
    burial: float = checked(0.2, between(0, 1, "radii"))
    gap: float = checked(5.0, between(0, 1000, "angstrom"))
    stacking_fault_ratio: float = checked(0.5, between(0, 1), added=True)

    def _check_together(self) -> None:
        strange = [m for m in (self.core_material, self.shell_material) if m not in FCC]
        if strange and any(particle.defects for particle in self.particles):
            raise Refusal(
                "defects must be 0 where core or shell is no fcc metal, whose {111} they are of; "
                f"got {strange[0]!r}"
            )

    def build(self, streams: Streams) -> Built:
        """Return the specimen; see `hrtem_sim.specimen.builders.Built`.

        Parameters
        ----------
        streams
            Random streams of places ("places"), orientations ("turn", i), defects ("defect
            planes", i) and the film ("film").
        """
        radii = [particle.core + particle.shell for particle in self.particles]
        places = free_places(self.field, radii, streams("places"), gap=self.gap)
        objects: dict[str, BaseVolume] = {}
        volumes: dict[str, float] = {}
        defects: list[tuple[str, ...]] = []
        for i, (particle, radius, place) in enumerate(
            zip(self.particles, radii, places, strict=True)
        ):
            if place is None:
                continue
            middle = np.array([*place, (self.burial - 1) * radius])
            crystals = self._crystals(streams("turn", i), middle)
            inner, outer = (
                Volume(alg_objects=[Sphere(reach, middle)], generator=crystal)
                for crystal, reach in zip(crystals, (particle.core, radius), strict=True)
            )
            (shell, *core), kinds = with_faults(
                crystals[1],
                outer,
                particle.defects,
                self.stacking_fault_ratio,
                streams("defect planes", i),
                inside=[(crystals[0], inner)] if self.epitaxy else [],
            )
            number = len(defects)
            objects |= {f"core-{number}": core[0] if core else inner, f"shell-{number}": shell}
            for name, crystal in zip(("core", "shell"), crystals, strict=True):
                cell = crystal.structure
                volumes[f"{name}-{number}"] = cell.lattice.volume / len(cell)
            defects.append(kinds)
        objects["film"] = film_slab(
            self.field, self.film, streams("film"), material=self.film_material
        )
        facts = {"n_asked": len(self.particles), "n_placed": len(defects)}
        return gathered(objects, self.field, facts=facts, volumes=volumes, defects=tuple(defects))

    def _crystals(
        self, rng: np.random.Generator, middle: np.ndarray
    ) -> tuple[Generator, Generator]:
        """Crystals of core and shell about a point, turned together or each for itself."""
        materials = (self.core_material, self.shell_material)
        inner, outer = (crystal_of(as_material(material), rng) for material in materials)
        turns = [random_turn(rng), random_turn(rng)]
        for crystal, turn in ((inner, turns[0]), (outer, turns[0 if self.epitaxy else 1])):
            crystal.origin = middle
            crystal.transform(Rotation(turn, origin=middle))
        return inner, outer
