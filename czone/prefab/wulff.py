"""Equilibrium shapes: Wulff and Winterbottom particles, decahedra, icosahedra.

The shapes come from WulffPack (Rahm and Erhart, J. Open Source Softw. 5, 1944 (2020)); here they
become volumes filled by a generator, turned and placed as the generator is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.spatial import ConvexHull

from czone.geometry import Plane, enclosed_corners
from czone.prefab.standard_frame import StandardFrame
from czone.prefab.wulff_base import FACET_TOL, WulffBase, energy_number
from czone.prefab.wulff_twinned import WulffDecahedron, WulffIcosahedron
from czone.transform import Rotation, rot_vtv
from czone.volume import Volume

__all__ = ["WulffBase", "WulffDecahedron", "WulffIcosahedron", "WulffSingle"]


class WulffSingle(WulffBase):
    """Single crystal in its equilibrium shape.

    Parameters
    ----------
    generator, surface_energies, natoms
        As in `WulffBase`.

    Notes
    -----
    Wulff's theorem: the distance of a facet from the middle is proportional to its energy
    (G. Wulff, Z. Kristallogr. 34, 449 (1901)).

    Examples
    --------
    >>> from czone.generator import Generator
    >>> gold = Generator.from_spacegroup(["Au"], [[0, 0, 0]], [4.07825] * 3, [90] * 3, sgn=225)
    >>> particle = WulffSingle(gold, {(1, 0, 0): 1.0, (1, 1, 1): 0.9}).get_construction()
    >>> particle.populate_atoms()
    >>> len(particle.atoms)
    1139
    """

    _spellings = {  # noqa: RUF012
        "cuboctohedron": "cuboctahedron",
        "octohedron": "octahedron",
        "truncated_octohedron": "truncated_octahedron",
    }

    def _make_wulff(self) -> Any:
        from wulffpack import SingleCrystal

        return SingleCrystal(self._surface_energies, self.p_atoms, self.natoms)

    def get_construction(self, return_facet_areas: bool = False) -> Any:
        """Return the particle.

        Parameters
        ----------
        return_facet_areas
            Also return the share of the surface area of every form, a dictionary.
        """
        normals, distances = self._facets()
        volume = self._bounded(normals, distances)
        return (volume, self.get_areas()) if return_facet_areas else volume

    def winterbottom(
        self, interface: Sequence[int], interface_energy: float, *, face_down: bool = True
    ) -> Volume:
        """Return the particle as it sits on a substrate.

        Parameters
        ----------
        interface
            Miller indices of the facet in contact.
        interface_energy
            Interface energy less the surface energy of the bare substrate, in the unit of the
            surface energies; smaller than all of them in magnitude. Below zero the particle is cut
            above its middle.
        face_down
            Turn shape and crystal about the middle by the smallest rotation that makes the
            interface face -z; otherwise both stay in the orientation of the generator.

        Notes
        -----
        Winterbottom, Acta Metall. 15, 303 (1967). The volume is that of `natoms` atoms, and the
        middle of the uncut shape is the origin of the generator.
        """
        lowest = min(self._surface_energies.values())
        energy = energy_number("interface_energy", interface_energy, -lowest)
        if energy >= lowest:
            raise ValueError(
                f"interface_energy must be below all surface energies ({lowest:g}); "
                f"got {interface_energy}"
            )
        frame = StandardFrame(self._generator)
        normal = frame.normal(interface)
        free_normals, free_distances = self._facets()
        facet = self.wulff.forms[0].facets[0]
        normals = np.vstack([free_normals, normal])
        # Energies are distances on some scale, which follows from the volume.
        energies = np.append(free_distances * facet.energy / facet.distance_from_origin, energy)
        corners, _ = enclosed_corners(np.column_stack([normals, -energies]))
        wanted = self.natoms * frame.volume_per_atom
        scale = (wanted / ConvexHull(corners).volume) ** (1 / 3)
        particle = self._bounded(normals, scale * energies)
        if face_down:
            strained = self._strained()
            facing = np.linalg.inv(strained.matrix).T @ normal
            turn = rot_vtv(facing, np.array([0.0, 0.0, -1.0]))
            middle = strained.apply_transformation(self._generator.origin)
            particle.transform(Rotation(turn, origin=middle))
        return particle

    def _facets(self) -> tuple[np.ndarray, np.ndarray]:
        """Return normals (f, 3) in the laboratory and distances from the middle (f,)."""
        facets = [facet for form in self.wulff.forms for facet in form.facets]
        normals = np.array([facet.normal for facet in facets])
        distances = np.array([facet.distance_from_origin for facet in facets])
        return StandardFrame(self._generator).to_lab(normals), distances

    def _bounded(self, normals: np.ndarray, distances: np.ndarray) -> Volume:
        origin, strained = self._generator.origin, self._strained()
        planes = [
            Plane(normal, origin + distance * normal, tol=FACET_TOL).from_alg_object(
                transformation=strained
            )
            for normal, distance in zip(normals, distances, strict=True)
        ]
        return Volume(alg_objects=planes, generator=self._generator)

    @classmethod
    def cube(cls, generator: Any, natoms: int = 1000) -> WulffSingle:
        """Return the recipe of a cube with {100} facets.

        Parameters
        ----------
        generator
            The crystal.
        natoms
            About how many atoms.
        """
        return cls(generator, {(1, 0, 0): 1.0}, natoms)

    @classmethod
    def octahedron(cls, generator: Any, natoms: int = 1000) -> WulffSingle:
        """Return the recipe of an octahedron with {111} facets.

        Parameters
        ----------
        generator
            The crystal.
        natoms
            About how many atoms.
        """
        return cls(generator, {(1, 1, 1): 1.0}, natoms)

    @classmethod
    def cuboctahedron(cls, generator: Any, natoms: int = 1000) -> WulffSingle:
        """Return the recipe of a cuboctahedron: square {100} facets meet at corners.

        Parameters
        ----------
        generator
            The crystal.
        natoms
            About how many atoms.
        """
        return cls(generator, {(1, 0, 0): np.sqrt(3) / 2, (1, 1, 1): 1.0}, natoms)

    @classmethod
    def truncated_octahedron(cls, generator: Any, natoms: int = 1000) -> WulffSingle:
        """Return the recipe of a truncated octahedron with regular hexagons as {111} facets.

        Parameters
        ----------
        generator
            The crystal.
        natoms
            About how many atoms.
        """
        return cls(generator, {(1, 0, 0): 2 / np.sqrt(3), (1, 1, 1): 1.0}, natoms)
