"""Multiply twinned particles: decahedra and icosahedra."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np

from czone.geometry import Plane
from czone.prefab.base import drawn_anew
from czone.prefab.standard_frame import StandardFrame
from czone.prefab.wulff_base import FACET_TOL, WulffBase, energy_number
from czone.transform import AffineTransform, MultiTransform, rot_v
from czone.volume import MultiVolume, Volume

__all__ = ["WulffDecahedron", "WulffIcosahedron"]

_TWIN_TOL = (
    1e-3  # angstrom; so wide that the atoms of a twin plane are in both grains, to stay once
)


class _MultiplyTwinned(WulffBase):
    """Particle of strained grains that share twin planes and an axis or a middle."""

    def __init__(
        self, generator: Any, surface_energies: Any, twin_energy: float, natoms: int = 1000
    ) -> None:
        super().__init__(generator, surface_energies, natoms)
        self.twin_energy = twin_energy

    @property
    def twin_energy(self) -> float:
        """Energy of a twin boundary, below half of the lowest surface energy."""
        return self._twin_energy

    @twin_energy.setter
    def twin_energy(self, value: Any) -> None:
        self._twin_energy = energy_number("twin_energy", value, 0.0)
        self._wulff = None

    def _check_twin_energy(self) -> None:
        lowest = min(self._surface_energies.values())
        if self._twin_energy > lowest / 2:
            raise ValueError(
                f"twin_energy must be at most half of the lowest surface energy ({lowest:g}); "
                f"got {self._twin_energy}"
            )

    def _check_lattice(self) -> None:
        """Refuse crystals whose grains would crowd atoms where they meet, such as bcc metals."""
        frame = StandardFrame(self._generator)
        alone = len(np.unique(frame.numbers)) == 1 and frame.atoms_per_lattice_point == 1
        if not alone or frame.cubic not in ("F", "P"):
            raise ValueError(
                "generator must have one atom at every lattice point of a cubic crystal that is "
                f"not body-centred, for grains that meet in {{111}}; got {self._generator!r}"
            )

    @abstractmethod
    def _grain_maps(self) -> list[np.ndarray]:
        """Return the deformation and rotation of every grain, (3, 3) each."""

    def get_construction(self) -> MultiVolume:
        """Return the particle, one volume for every grain.

        Notes
        -----
        Grains touch in twin planes, whose atoms belong to both; the priorities of the grains see to
        it that they stay once. A strain of the crystal deforms the particle as a whole, along the
        axes of the crystal as it was given: grains strained each along its own axes would part.
        """
        frame = StandardFrame(self._generator)
        facets = [
            (facet, form.parent_miller_indices == "twin")
            for form in self.wulff.forms
            for facet in form.facets
            if facet.original_grain
        ]
        planes = [
            Plane(
                facet.original_normal,
                facet.distance_from_origin * facet.original_normal,
                tol=_TWIN_TOL if twin else FACET_TOL,
            )
            for facet, twin in facets
        ]
        turn = frame.rotation_of(self.wulff.standardized_structure)
        strained = self._strained()
        grains = []
        for index, deform in enumerate(self._grain_maps()):
            place = AffineTransform(frame.orientation @ deform, self._generator.origin)
            crystal = frame.crystal_at_origin()
            for _ in range(index):
                crystal = drawn_anew(crystal)
            crystal.strain_field = None  # the lattice of the grain takes it instead
            crystal.transform(AffineTransform(place.matrix @ turn, place.shift))
            crystal.transform(strained)
            steps = MultiTransform([place, strained])
            bounds = [plane.from_alg_object(transformation=steps) for plane in planes]
            grains.append(Volume(alg_objects=bounds, generator=crystal, priority=index))
        return MultiVolume(grains)

    def __repr__(self) -> str:
        return f"{super().__repr__()[:-1]}, twin_energy={self.twin_energy})"


class WulffDecahedron(_MultiplyTwinned):
    """Marks decahedron: five grains around a fivefold axis.

    Parameters
    ----------
    generator, surface_energies, natoms
        As in `WulffBase`; the crystal is cubic with one atom at every lattice point, and not
        body-centred. The fivefold axis is z for a crystal that was not turned.
    twin_energy
        Energy of a twin boundary, at most half of the lowest surface energy.

    Notes
    -----
    Five tetrahedra leave a gap of 7.35 degrees; each is stretched across the axis to close it
    (Marks, Philos. Mag. A 49, 81 (1984)).

    Examples
    --------
    >>> from czone.generator import Generator
    >>> gold = Generator.from_spacegroup(["Au"], [[0, 0, 0]], [4.07825] * 3, [90] * 3, sgn=225)
    >>> energies = {(1, 0, 0): 1.0, (1, 1, 1): 0.9}
    >>> particle = WulffDecahedron(gold, energies, 0.04, natoms=500).get_construction()
    >>> len(particle.volumes)
    5
    """

    def _make_wulff(self) -> Any:
        from wulffpack import Decahedron

        self._check_lattice()
        self._check_twin_energy()
        energies = dict(self._surface_energies)
        return Decahedron(energies, self._twin_energy, self.p_atoms, self.natoms)

    def _grain_maps(self) -> list[np.ndarray]:
        # The angle of a tetrahedron, arccos(1/3), becomes a fifth of a turn.
        stretch = np.diag([np.tan(np.pi / 5) * np.sqrt(2), 1.0, 1.0])
        return [rot_v([0, 0, 1], 2 * np.pi * k / 5) @ stretch for k in range(5)]


class WulffIcosahedron(_MultiplyTwinned):
    """Icosahedron: twenty grains around a point.

    Parameters
    ----------
    generator, surface_energies, twin_energy, natoms
        As in `WulffDecahedron`. One threefold axis is [111] for a crystal that was not turned.

    Notes
    -----
    Twenty tetrahedra around a point leave gaps; each is stretched across its [111] to close them
    (Mackay, Acta Crystallogr. 15, 916 (1962); Howie and Marks, Philos. Mag. A 49, 95 (1984)).

    Examples
    --------
    >>> from czone.generator import Generator
    >>> gold = Generator.from_spacegroup(["Au"], [[0, 0, 0]], [4.07825] * 3, [90] * 3, sgn=225)
    >>> particle = WulffIcosahedron(gold, {(1, 1, 1): 1.0}, 0.04, natoms=561).get_construction()
    >>> len(particle.volumes)
    20
    """

    @property
    def icosahedral_scale_factor(self) -> float:
        """Stretch across [111] that makes twenty tetrahedra fill space: 1.0804."""
        return float(np.sqrt(2 / (3 * (5 + np.sqrt(5)) / 8 - 1)))

    def _make_wulff(self) -> Any:
        from wulffpack import Icosahedron

        self._check_lattice()
        self._check_twin_energy()
        energies = dict(self._surface_energies)
        return Icosahedron(energies, self._twin_energy, self.p_atoms, self.natoms)

    def _grain_maps(self) -> list[np.ndarray]:
        axis = np.ones(3) / np.sqrt(3)
        along = np.outer(axis, axis)
        stretch = along + self.icosahedral_scale_factor * (np.eye(3) - along)
        edges = [
            stretch @ edge for edge in np.array([[0, 1, 1], [1, 0, 1], [1, 1, 0]]) / np.sqrt(2)
        ]
        # The edges of the stretched tetrahedron are fivefold axes; they generate the rotations.
        turns = [rot_v(edge, 2 * np.pi / 5) for edge in edges]
        found = [np.eye(3)]
        for matrix in found:
            for turn in turns:
                new = turn @ matrix
                # A turn about the grain's own [111] gives the same grain.
                if not any(np.allclose(new @ axis, old @ axis) for old in found):
                    found.append(new)
        assert len(found) == 20
        return [matrix @ stretch for matrix in found]
