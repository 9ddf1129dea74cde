"""Metal islands on a bilayer of molybdenum disulfide."""

import dataclasses
import math
from dataclasses import dataclass

import numpy as np

from czone.generator import Generator
from czone.matter import contact_distance
from czone.transform import Rotation, rot_v
from czone.volume import BaseVolume, Plane, Volume, snap_plane_near_point
from hrtem_sim.provenance import (
    Checked,
    between,
    checked,
    checks,
    each,
    one_of,
    physical,
    positive,
    whole,
)
from hrtem_sim.specimen.builders.assembly import gathered
from hrtem_sim.specimen.builders.built import Built, Streams
from hrtem_sim.specimen.builders.slabs import fitted_slab, standing_on, upright
from hrtem_sim.specimen.faults import with_faults
from hrtem_sim.specimen.materials import FCC, crystal_of

A, C = 3.19, 14.879
"""Lattice constants of 2H MoS2 in angstrom, as in Construction Zone's published figure."""


@dataclass(frozen=True)
class Island(Checked):
    """One island.

    Parameters
    ----------
    radius
        Distance of its sides from its middle, at the foot, in angstrom.
    height
        Height in angstrom; the nearest {111} plane is taken.
    twist
        Angle in degrees between [1-10] of the island and [100] of the sheet.
    defects
        Number of twins and stacking faults, on one set of {111}, or as many as fit: none below nine
        layers.
    """

    radius: float = dataclasses.field(metadata=checks(physical(4, 500, "angstrom", usual=(5, 100))))
    height: float = checked(9.0, physical(3, 200, "angstrom", usual=(4, 60)))
    twist: float = checked(0.0, between(-360, 360, "degrees"))
    defects: int = checked(0, whole(0), added=True)


@dataclass(frozen=True)
class Nanoislands(Checked):
    """Truncated triangles of an fcc metal, (111) on the (001) of a MoS2 bilayer.

    Objects are island-0, island-1, ... and support.

    Parameters
    ----------
    field
        Edges of the field along x and y, in angstrom. The sheet is stretched to fill it with whole
        cells, by 2 % at most; the strain is told.
    islands
        Islands; those without room are left out.
    metal
        Name of an fcc metal.
    gap
        Least distance between two islands, in angstrom.
    stacking_fault_ratio
        Probability that a defect is a stacking fault and not a twin.

    Notes
    -----
    The structure of Rangel DaCosta et al., npj Comput. Mater. 10 (2024), Fig. 1: three sloping
    {111} sides and a {111} roof. The lowest layer stands above the sulfur by the sum of the
    covalent radii.
    """

    VERSION = "1"

    field: tuple[float, float] = dataclasses.field(metadata=checks(each(positive("angstrom"), 2)))
    islands: tuple[Island, ...]
    metal: str = checked("Au", one_of(*FCC))
    gap: float = checked(3.0, between(0, 1000, "angstrom"))
    stacking_fault_ratio: float = checked(0.5, between(0, 1), added=True)

    def build(self, streams: Streams) -> Built:
        """Return the specimen; see `hrtem_sim.specimen.builders.Built`.

        Parameters
        ----------
        streams
            Random streams of the places ("places") and defects ("defect planes", i).
        """
        sheet = fitted_slab(_disulfide(), (A, math.sqrt(3) * A), self.field, 0.0, C)
        made = [
            self._island(island, streams("defect planes", i))
            for i, island in enumerate(self.islands)
        ]
        level = sheet.top + contact_distance(self.metal, "S", share=1.0)
        free = [volume for volume, _ in made]
        found = standing_on(level, free, self.field, streams("places"), gap=self.gap)
        islands = {f"island-{i}": volume for i, volume in enumerate(found.values())}
        metal = FCC[self.metal] ** 3 / 4
        return gathered(
            {**islands, "support": sheet.atoms},
            self.field,
            upright=True,
            defects=tuple(made[i][1] for i in found),
            facts={
                "n_asked": len(self.islands),
                "n_placed": len(islands),
                "support_strain": sheet.strain,
            },
            volumes={**dict.fromkeys(islands, metal), "support": sheet.volume},
        )

    def _island(
        self, island: Island, rng: np.random.Generator
    ) -> tuple[BaseVolume, tuple[str, ...]]:
        """Island about the origin, turned, its foot on a plane of atoms; its defects."""
        metal = upright(crystal_of(self.metal), (1, 1, 1), (1, -1, 0))
        roof = snap_plane_near_point([0.0, 0.0, island.height], metal, (1, 1, 1))
        faces = [Plane([0.0, 0.0, -1.0], [0.0, 0.0, -1.0]), roof]
        for hkl in ((-1, 1, 1), (1, -1, 1), (1, 1, -1)):
            outward = snap_plane_near_point([0.0, 0.0, 0.0], metal, hkl).normal
            flat = np.array([outward[0], outward[1], 0.0])
            foot = island.radius * flat / np.linalg.norm(flat)
            faces.append(snap_plane_near_point(foot, metal, hkl))
        solid = Volume(alg_objects=faces, generator=metal)
        (volume,), kinds = with_faults(metal, solid, island.defects, self.stacking_fault_ratio, rng)
        volume.transform(Rotation(rot_v([0.0, 0.0, 1.0], math.radians(island.twist))))
        return volume, kinds


def _disulfide() -> Generator:
    """2H MoS2 with its layers across z and [100] along x."""
    return Generator.from_spacegroup(
        Z=["Mo", "S"],
        coords=[[1 / 3, 2 / 3, 0.25], [1 / 3, 2 / 3, 0.6448]],
        cell_dims=[A, A, C],
        cell_angs=[90, 90, 120],
        sym="P6_3/mmc",
    )
