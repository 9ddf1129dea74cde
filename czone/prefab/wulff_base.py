"""What all equilibrium shapes share: a crystal, surface energies, a size."""

from __future__ import annotations

import warnings
from abc import abstractmethod
from collections.abc import Mapping
from copy import deepcopy
from numbers import Real
from typing import Any

import numpy as np

from czone.generator.given import as_generator
from czone.geometry import Plane
from czone.prefab.base import BasePrefab, whole_number
from czone.prefab.closed import check_closed
from czone.prefab.standard_frame import StandardFrame
from czone.transform import AffineTransform
from czone.util.miller import plane_indices

__all__ = ["FACET_TOL", "WulffBase", "energy_number"]

FACET_TOL = 1e-5
"""Padding of facets in angstrom, as in WulffPack."""


class WulffBase(BasePrefab):
    """A particle whose shape follows from its surface energies.

    Parameters
    ----------
    generator
        The crystal; copied. Its orientation turns the particle, its origin is the middle. A
        homogeneous strain of the crystal deforms the facets with it, so the particle keeps its
        atoms.
    surface_energies
        Energies by Miller indices, ``{(1, 0, 0): 1.0, (1, 1, 1): 0.9}``, in any unit; four indices
        for hexagonal crystals. The indices are those of the crystal's standard setting, as spglib
        finds it; a warning says where they mean another plane in the cell of the generator.
    natoms
        Number of atoms that sets the volume. The number that lies inside the facets differs from
        it.

    Examples
    --------
    >>> from czone.generator import Generator
    >>> from czone.prefab import WulffSingle
    >>> gold = Generator.from_spacegroup(["Au"], [[0, 0, 0]], [4.078] * 3, [90] * 3, sgn=225)
    >>> issubclass(WulffSingle, WulffBase), WulffSingle.cube(gold, 500).natoms
    (True, 500)
    """

    _transient = ("_wulff",)

    def __init__(self, generator: Any, surface_energies: Mapping, natoms: int = 1000) -> None:
        self._wulff = None
        self.generator = generator
        self.surface_energies = surface_energies
        self.natoms = natoms

    @property
    def generator(self) -> Any:
        """The crystal."""
        return self._generator

    @generator.setter
    def generator(self, value: Any) -> None:
        value = as_generator(value)
        if not hasattr(value, "voxel"):
            raise TypeError(f"generator must be a Generator, a crystal; got {value!r}")
        self._generator = deepcopy(value)
        self._wulff = None

    @property
    def p_atoms(self) -> Any:
        """The untransformed unit cell as ASE Atoms."""
        return StandardFrame(self._generator).cell_atoms

    @property
    def natoms(self) -> int:
        """Number of atoms that sets the volume."""
        return self._natoms

    @natoms.setter
    def natoms(self, value: Any) -> None:
        self._natoms = whole_number("natoms", value, 1)
        self._wulff = None

    @property
    def surface_energies(self) -> dict[tuple[int, ...], float]:
        """Energies by Miller indices."""
        return dict(self._surface_energies)

    @surface_energies.setter
    def surface_energies(self, value: Any) -> None:
        if not isinstance(value, Mapping) or not value:
            raise ValueError(f"surface_energies must map Miller indices to energies; got {value!r}")
        energies = {}
        for indices, energy in value.items():
            key = tuple(indices)
            if len(key) not in (3, 4) or not any(key) or any(int(i) != i for i in key):
                raise ValueError(
                    f"surface_energies keys must be 3 or 4 whole Miller indices; got {indices!r}"
                )
            if len(key) == 4:
                plane_indices("surface_energies keys", key)
                if not StandardFrame(self._generator).hexagonal:
                    raise ValueError(
                        "surface_energies keys must be three indices for a crystal that is not "
                        f"hexagonal; got {indices!r}"
                    )
            energies[tuple(int(i) for i in key)] = energy_number(
                f"surface_energies of {key}", energy, 0.0
            )
        self._surface_energies = energies
        self._wulff = None

    @property
    def wulff(self) -> Any:
        """The WulffPack particle."""
        if self._wulff is None:
            frame = StandardFrame(self._generator)
            check_closed(frame, self._surface_energies)
            other = [key for key in self._surface_energies if frame.means_another(key)]
            if other:
                warnings.warn(
                    "surface_energies go by the indices of the standard setting, edges "
                    f"{frame.edges()} angstrom; {other[0]} is another plane in the cell of the "
                    "generator",
                    stacklevel=3,
                )
            self._wulff = self._make_wulff()
        return self._wulff

    @abstractmethod
    def _make_wulff(self) -> Any:
        """Return a new WulffPack particle."""

    @staticmethod
    def planes_from_wulff(wulff: Any) -> list[Plane]:
        """Return the planes of all facets of a WulffPack particle, in its own frame."""
        return [plane for form in wulff.forms for plane in WulffBase.planes_from_form(form)]

    @staticmethod
    def planes_from_form(wulff_form: Any) -> list[Plane]:
        """Return the planes of the facets of one form of a WulffPack particle."""
        return [Plane(facet.normal, facet.vertices[0]) for facet in wulff_form.facets]

    @abstractmethod
    def get_construction(self) -> Any:
        """Return the particle as a Volume or MultiVolume."""

    def build_object(self) -> Any:
        """Return the particle: see `get_construction`."""
        return self.get_construction()

    def _strained(self) -> AffineTransform:
        """Return the map from the crystal at rest to the crystal as strained.

        Raises
        ------
        ValueError
            If the strain is not homogeneous.
        """
        strain = self._generator.strain_field
        affine = (np.eye(3), np.zeros(3)) if strain is None else strain.affine()
        if affine is None:
            raise ValueError(
                "generator must carry a homogeneous strain (HStrain) or none, for others bend the "
                f"facets; got {strain!r}. Build the particle from the crystal without it; "
                "particle.generator.strain_field = ... then strains what the flat facets hold"
            )
        return AffineTransform(*affine)

    def get_areas(self) -> dict[tuple[int, ...], float]:
        """Return the share of the surface area of every form of facets."""
        return dict(self.wulff.facet_fractions)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({self._surface_energies}, natoms={self.natoms}, "
            f"generator={self._generator!r})"
        )


def energy_number(name: str, value: Any, above: float) -> float:
    """Return a number above a limit, or say what was wrong."""
    if isinstance(value, bool) or not isinstance(value, Real) or not above < float(value) < np.inf:
        raise ValueError(f"{name} must be a number above {above:g}; got {value!r}")
    return float(value)
