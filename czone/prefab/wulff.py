"""Equilibrium shapes: Wulff and Winterbottom particles, decahedra, icosahedra.

The shapes come from WulffPack (Rahm and Erhart, J. Open Source Softw. 5, 1944 (2020)); here they
become volumes filled by a generator, turned and placed as the generator is.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from copy import deepcopy
from numbers import Real

import numpy as np
from scipy.spatial import ConvexHull

from czone.geometry import Plane, enclosed_corners
from czone.prefab._standard_frame import StandardFrame
from czone.prefab.base import BasePrefab, whole_number
from czone.transform import AffineTransform, Rotation, rot_v, rot_vtv
from czone.volume import MultiVolume, Volume

__all__ = ["WulffBase", "WulffDecahedron", "WulffIcosahedron", "WulffSingle"]

_FACET_TOL = 1e-5  # angstrom; as in WulffPack
_TWIN_TOL = 1e-3  # wider, so that the atoms of a twin plane are in both grains and stay once


class WulffBase(BasePrefab):
    """A particle whose shape follows from its surface energies.

    Parameters
    ----------
    generator
        The crystal; copied. Its orientation turns the particle, its origin is the middle.
    surface_energies
        Energies by Miller indices, ``{(1, 0, 0): 1.0, (1, 1, 1): 0.9}``, in any unit; four indices
        for hexagonal crystals.
    natoms
        Number of atoms that sets the volume. The number that lies inside the facets differs from
        it.
    """

    _transient = ("_wulff",)

    def __init__(self, generator, surface_energies: Mapping, natoms: int = 1000):
        self._wulff = None
        self.generator = generator
        self.surface_energies = surface_energies
        self.natoms = natoms

    @property
    def generator(self):
        """The crystal."""
        return self._generator

    @generator.setter
    def generator(self, value):
        if not hasattr(value, "voxel"):
            raise TypeError(f"generator must be a Generator; got {value!r}")
        self._generator = deepcopy(value)
        self._wulff = None

    @property
    def p_atoms(self):
        """The untransformed unit cell as ASE Atoms."""
        return StandardFrame(self._generator).cell_atoms

    @property
    def natoms(self) -> int:
        """Number of atoms that sets the volume."""
        return self._natoms

    @natoms.setter
    def natoms(self, value):
        self._natoms = whole_number("natoms", value, 1)
        self._wulff = None

    @property
    def surface_energies(self) -> dict[tuple[int, ...], float]:
        """Energies by Miller indices."""
        return dict(self._surface_energies)

    @surface_energies.setter
    def surface_energies(self, value):
        if not isinstance(value, Mapping) or not value:
            raise ValueError(f"surface_energies must map Miller indices to energies; got {value!r}")
        energies = {}
        for indices, energy in value.items():
            key = tuple(indices)
            if len(key) not in (3, 4) or not any(key) or any(int(i) != i for i in key):
                raise ValueError(
                    f"surface_energies keys must be 3 or 4 whole Miller indices; got {indices!r}"
                )
            energies[tuple(int(i) for i in key)] = _energy(
                f"surface_energies of {key}", energy, 0.0
            )
        self._surface_energies = energies
        self._wulff = None

    @property
    def wulff(self):
        """The WulffPack particle."""
        if self._wulff is None:
            self._wulff = self._make_wulff()
        return self._wulff

    @abstractmethod
    def _make_wulff(self):
        """Return a new WulffPack particle."""

    @staticmethod
    def planes_from_wulff(wulff) -> list[Plane]:
        """Return the planes of all facets of a WulffPack particle, in its own frame."""
        return [plane for form in wulff.forms for plane in WulffBase.planes_from_form(form)]

    @staticmethod
    def planes_from_form(wulff_form) -> list[Plane]:
        """Return the planes of the facets of one form of a WulffPack particle."""
        return [Plane(facet.normal, facet.vertices[0]) for facet in wulff_form.facets]

    @abstractmethod
    def get_construction(self):
        """Return the particle as a Volume or MultiVolume."""

    def build_object(self):
        """Return the particle: see `get_construction`."""
        return self.get_construction()

    def get_areas(self) -> dict[tuple[int, ...], float]:
        """Return the share of the surface area of every form of facets."""
        return dict(self.wulff.facet_fractions)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({self._surface_energies}, natoms={self.natoms}, "
            f"generator={self._generator!r})"
        )


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

    def _make_wulff(self):
        from wulffpack import SingleCrystal

        return SingleCrystal(self._surface_energies, self.p_atoms, self.natoms)

    def get_construction(self, return_facet_areas: bool = False):
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
        energy = _energy("interface_energy", interface_energy, -lowest)
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
            turn = rot_vtv(normal, np.array([0.0, 0.0, -1.0]))
            particle.transform(Rotation(turn, origin=self._generator.origin))
        return particle

    def _facets(self) -> tuple[np.ndarray, np.ndarray]:
        """Return normals (f, 3) in the laboratory and distances from the middle (f,)."""
        facets = [facet for form in self.wulff.forms for facet in form.facets]
        normals = np.array([facet.normal for facet in facets])
        distances = np.array([facet.distance_from_origin for facet in facets])
        return StandardFrame(self._generator).to_lab(normals), distances

    def _bounded(self, normals, distances) -> Volume:
        origin = self._generator.origin
        planes = [
            Plane(normal, origin + distance * normal, tol=_FACET_TOL)
            for normal, distance in zip(normals, distances, strict=True)
        ]
        return Volume(alg_objects=planes, generator=self._generator)

    @classmethod
    def cube(cls, generator, natoms: int = 1000) -> WulffSingle:
        """Return the recipe of a cube with {100} facets."""
        return cls(generator, {(1, 0, 0): 1.0}, natoms)

    @classmethod
    def octahedron(cls, generator, natoms: int = 1000) -> WulffSingle:
        """Return the recipe of an octahedron with {111} facets."""
        return cls(generator, {(1, 1, 1): 1.0}, natoms)

    @classmethod
    def cuboctahedron(cls, generator, natoms: int = 1000) -> WulffSingle:
        """Return the recipe of a cuboctahedron: square {100} facets meet at corners."""
        return cls(generator, {(1, 0, 0): np.sqrt(3) / 2, (1, 1, 1): 1.0}, natoms)

    @classmethod
    def truncated_octahedron(cls, generator, natoms: int = 1000) -> WulffSingle:
        """Return the recipe of a truncated octahedron with regular hexagons as {111} facets."""
        return cls(generator, {(1, 0, 0): 2 / np.sqrt(3), (1, 1, 1): 1.0}, natoms)


class _MultiplyTwinned(WulffBase):
    """Particle of strained grains that share twin planes and an axis or a middle."""

    def __init__(self, generator, surface_energies, twin_energy: float, natoms: int = 1000):
        super().__init__(generator, surface_energies, natoms)
        self.twin_energy = twin_energy

    @property
    def twin_energy(self) -> float:
        """Energy of a twin boundary, below half of the lowest surface energy."""
        return self._twin_energy

    @twin_energy.setter
    def twin_energy(self, value):
        self._twin_energy = _energy("twin_energy", value, 0.0)
        self._wulff = None

    def _check_twin_energy(self) -> None:
        lowest = min(self._surface_energies.values())
        if self._twin_energy > lowest / 2:
            raise ValueError(
                f"twin_energy must be at most half of the lowest surface energy ({lowest:g}); "
                f"got {self._twin_energy}"
            )

    @abstractmethod
    def _grain_maps(self) -> list[np.ndarray]:
        """Return the deformation and rotation of every grain, (3, 3) each."""

    def get_construction(self) -> MultiVolume:
        """Return the particle, one volume for every grain.

        Notes
        -----
        Grains touch in twin planes, whose atoms belong to both; the priorities of the grains see to
        it that they stay once.
        """
        frame = StandardFrame(self._generator)
        if len(np.unique(frame.numbers)) > 1 or frame.atoms_per_lattice_point > 1:
            raise ValueError(
                "generator must have one atom at every lattice point of a cubic crystal; "
                f"got {self._generator!r}"
            )
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
                tol=_TWIN_TOL if twin else _FACET_TOL,
            )
            for facet, twin in facets
        ]
        turn = frame.rotation_of(self.wulff.standardized_structure)
        grains = []
        for index, deform in enumerate(self._grain_maps()):
            place = AffineTransform(frame.orientation @ deform, self._generator.origin)
            crystal = frame.crystal_at_origin()
            crystal.transform(AffineTransform(place.matrix @ turn, place.shift))
            bounds = [place.apply_transformation_alg(plane) for plane in planes]
            grains.append(Volume(alg_objects=bounds, generator=crystal, priority=index))
        return MultiVolume(grains)

    def __repr__(self) -> str:
        return f"{super().__repr__()[:-1]}, twin_energy={self.twin_energy})"


class WulffDecahedron(_MultiplyTwinned):
    """Marks decahedron: five grains around a fivefold axis.

    Parameters
    ----------
    generator, surface_energies, natoms
        As in `WulffBase`; the crystal is cubic with one atom at every lattice point. The fivefold
        axis is z for a crystal that was not turned.
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

    def _make_wulff(self):
        from wulffpack import Decahedron

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

    def _make_wulff(self):
        from wulffpack import Icosahedron

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


def _energy(name: str, value, above: float) -> float:
    if isinstance(value, bool) or not isinstance(value, Real) or not above < value < np.inf:
        raise ValueError(f"{name} must be a number above {above:g}; got {value!r}")
    return float(value)
