"""Wurtzite particles with basal stacking faults."""

from __future__ import annotations

from typing import Any

import numpy as np

from czone.checks import Checked
from czone.prefab.base import FilledPrefab, PlanarDefect, none_or_more, one_or_more
from czone.prefab.layers import Layers, crystal_heights, draw_planes, layers_between, stack
from czone.randomness import Seed
from czone.transform import Translation
from czone.volume import BaseVolume, MultiVolume

__all__ = ["WurtziteStackingFault"]

_KINDS = ("I1", "I2", "E")


class WurtziteStackingFault(FilledPrefab):
    """Wurtzite particle with stacking faults on basal planes.

    Parameters
    ----------
    generator
        The crystal: two elements in a hexagonal cell of four atoms whose last axis is c, anywhere
        and in any orientation. None to take that of `volume`.
    volume
        The particle's shape, a Volume or MultiVolume anywhere in space.
    N
        Number of faults.
    min_sep
        Smallest number of (002) planes between two faults, and between a fault and either end; 2 or
        more where E faults are drawn, which take a plane of their own.
    kind
        ``"I1"``, ``"I2"`` or ``"E"`` for all faults, or several of them to draw from.
    rng
        Seed, `numpy.random.Generator`, or None. Every call of `build_object` draws on.

    Notes
    -----
    In letters for the bilayers of a perfect crystal ..ABABAB..: I1 is ..ABAB|CBCB.. (a growth
    fault), I2 ..ABAB|CACA.. (slip), E ..ABAB|C|ABAB.. (an inserted bilayer), with displacements
    1/6<20-23>, 1/3<1-100> and 1/2<0001> (Hirth and Lothe, Theory of Dislocations, chapter 11).
    Crystals are cut between the two close atomic planes, where every atom keeps its four unlike
    neighbours.

    Examples
    --------
    >>> from czone.generator import Generator
    >>> from czone.volume import Sphere, Volume
    >>> sites = [[1/3, 2/3, 0], [2/3, 1/3, 0.5], [1/3, 2/3, 0.376], [2/3, 1/3, 0.876]]
    >>> cdse = Generator.from_unit_cell(
    ...     ["Cd", "Cd", "Se", "Se"], sites, [4.299, 4.299, 7.01], [90, 90, 120])
    >>> ball = Volume(alg_objects=[Sphere(30, [0, 0, 0])], generator=cdse)
    >>> prefab = WurtziteStackingFault(volume=ball, kind="I2", rng=1)
    >>> len(prefab.build_object().volumes)
    2
    """

    N = Checked(none_or_more, "Number of faults.")
    min_sep = Checked(
        one_or_more, "Least number of (002) planes between faults, and between one and either end."
    )

    def __init__(
        self,
        generator: Any = None,
        volume: BaseVolume | None = None,
        N: int = 1,
        min_sep: int = 6,
        *,
        kind: str | tuple[str, ...] = "I1",
        rng: Seed = None,
    ) -> None:
        super().__init__(generator, volume, rng)
        self.N = N
        self.min_sep = min_sep
        self.kind = kind

    @property
    def kind(self) -> tuple[str, ...]:
        """The kinds to draw from: ``"I1"``, ``"I2"``, ``"E"``."""
        return self._kind

    @kind.setter
    def kind(self, value: Any) -> None:
        kinds = (value,) if isinstance(value, str) else tuple(value)
        if not kinds or any(kind not in _KINDS for kind in kinds):
            raise ValueError(f"kind must be among {_KINDS}, one or several; got {value!r}")
        self._kind = kinds

    @property
    def plane(self) -> tuple[int, int, int]:
        """Miller indices of the fault planes."""
        return (0, 0, 2)

    def build_object(
        self, return_defect_types: bool = False, *, return_defects: bool = False
    ) -> Any:
        """Return a particle with new random faults.

        Parameters
        ----------
        return_defect_types
            Also return ``{"stacking_fault": bool}``.
        return_defects
            Also return the faults, a tuple of `PlanarDefect` from the bottom up.

        Returns
        -------
        particle : MultiVolume
            One volume for every grain (two for an E fault), or a tuple with what was asked for
            besides.

        Raises
        ------
        ValueError
            If the generator or volume is missing or empty, the crystal is not wurtzite, or so many
            faults do not fit.
        """
        if "E" in self._kind and self.min_sep < 2:
            raise ValueError(
                "min_sep must be 2 or more where kind has 'E', a fault that inserts a plane of its "
                f"own; got {self.min_sep} with kind {self._kind}"
            )
        crystal, volume = self._ingredients()
        layers, shear = wurtzite_layers(crystal, volume)
        planes = draw_planes(self.N, self.min_sep, layers, self.rng)
        drawn = self.rng.integers(len(self._kind), size=self.N)
        kinds = [self._kind[k] for k in drawn]
        particle = _build(crystal, volume, layers, shear, planes, kinds)
        self._defects = tuple(
            PlanarDefect(kind, k, layers.point(k + layers.gap), layers.normal)
            for kind, k in zip(kinds, planes, strict=True)
        )
        result: list[Any] = [particle]
        if return_defect_types:
            result.append({"stacking_fault": bool(kinds)})
        if return_defects:
            result.append(self._defects)
        return result[0] if len(result) == 1 else tuple(result)

    def __repr__(self) -> str:
        return (
            f"WurtziteStackingFault(N={self.N}, min_sep={self.min_sep}, kind={self.kind}, "
            f"generator={self.generator!r}, volume={self.volume!r})"
        )


def wurtzite_layers(crystal: Any, volume: BaseVolume) -> tuple[Layers, np.ndarray]:
    """Return the (002) planes of a wurtzite crystal in a volume, and the step from A to B.

    Plane k is the lower of the two atomic planes of a bilayer that are far apart, its gap the place
    above the upper one. The step is in the plane, (3,), in angstrom.

    Raises
    ------
    ValueError
        If the crystal is not wurtzite with the c axis last.
    """
    bases = crystal.voxel.sbases
    numbers, sites = np.array(crystal.species), crystal.coords @ bases.T
    first, second, axis = bases.T
    spacing = np.linalg.norm(axis) / 2
    normal = axis / (2 * spacing)
    side = np.linalg.norm(first)
    hexagonal = (
        np.allclose([first @ normal, second @ normal], 0, atol=1e-3 * side)
        and np.isclose(np.linalg.norm(second), side, rtol=1e-3)
        and np.isclose(abs(first @ second), side**2 / 2, rtol=1e-3)
    )
    kinds, counts = np.unique(numbers, return_counts=True)
    if not hexagonal or counts.tolist() != [2, 2]:
        raise _no_wurtzite(crystal)
    # The two atoms of an element lie half a cell apart along c, on different sites.
    one, two = sites[numbers == kinds[0]]
    shear = _shortest_in_plane(two - one, first, second, normal)
    levels = np.array([site @ normal / spacing for site in sites])
    lower, upper = levels[numbers == kinds[0]][0], levels[numbers == kinds[1]][0]
    if (upper - lower) % 1 < 0.5:
        lower, upper = upper, lower
    gap = (upper - lower) % 1
    same_site = all(
        np.linalg.norm(_shortest_in_plane(other - one, first, second, normal)) < 1e-3 * side
        or np.linalg.norm(_shortest_in_plane(other - two, first, second, normal)) < 1e-3 * side
        for other in sites[numbers == kinds[1]]
    )
    halves = [np.ptp(levels[numbers == kind]) % 2 for kind in kinds]
    if (
        not np.isclose(np.linalg.norm(shear), side / np.sqrt(3), rtol=1e-3)
        or not np.allclose(halves, 1, atol=1e-3)
        or not same_site
        or not 0.5 < gap < 1
    ):
        raise _no_wurtzite(crystal)
    middle, low, high = crystal_heights(crystal, volume, normal)
    phase = crystal.voxel.origin @ normal + lower * spacing
    layers = layers_between(normal, float(spacing), phase, middle, low, high, gap=(1 + gap) / 2)
    return layers, shear


def _no_wurtzite(crystal: Any) -> ValueError:
    return ValueError(
        "generator must be a wurtzite crystal: two elements in a hexagonal cell of four atoms, "
        f"c axis last; got {crystal!r}"
    )


def _shortest_in_plane(
    vector: np.ndarray, first: Any, second: Any, normal: np.ndarray
) -> np.ndarray:
    """Return the in-plane part of a vector, less lattice vectors, as short as it gets."""
    flat = vector - (vector @ normal) * normal
    steps = np.array([i * first + j * second for i in range(-3, 4) for j in range(-3, 4)])
    options = flat - steps
    return options[np.linalg.norm(options, axis=1).argmin()]


def _build(
    crystal: Any,
    volume: BaseVolume,
    layers: Layers,
    shear: np.ndarray,
    planes: list[int],
    kinds: list[str],
) -> MultiVolume:
    """Return a particle with faults above given planes.

    A grain is the crystal moved by `turns` steps in the plane (A to B, B to C, C to A) and by
    `lifts` bilayers along c. The letters A, B, C of its bilayers are counted 0, 1, 2.
    """
    first = _first_bilayer(crystal, layers)

    def letter(layer: int, turns: int, lifts: int) -> int:
        return ((layer - first - lifts) % 2 + turns) % 3

    def grain(turns: int, lifts: int) -> Any:
        shift = turns * shear + lifts * layers.spacing * layers.normal
        return crystal.from_generator(transformation=[Translation(shift)])

    turns = lifts = 0
    grains, tops = [grain(0, 0)], []
    for plane, kind in zip(planes, kinds, strict=True):
        here, following = letter(plane, turns, lifts), letter(plane + 1, turns, lifts)
        third = 3 - here - following
        lift = lifts + 1 if kind == "I1" else lifts
        new_turns = next(t for t in range(3) if letter(plane + 1, t, lift) == third)
        grains.append(grain(new_turns, lift))
        tops.append(plane)
        if kind == "E":  # one bilayer on the third site, then the old sequence, one bilayer later
            lift = lifts + 1
            new_turns = next(t for t in range(3) if letter(plane + 2, t, lift) == following)
            grains.append(grain(new_turns, lift))
            tops.append(plane + 1)
        turns, lifts = new_turns, lift
    return stack(volume, grains, tops, layers)


def _first_bilayer(crystal: Any, layers: Layers) -> int:
    """Return a bilayer with the atom from which the step leads to the other site."""
    numbers = np.array(crystal.species)
    fraction = crystal.coords[numbers == np.unique(numbers)[0]][0]
    site = crystal.voxel.sbases @ fraction + crystal.voxel.origin
    return int(np.floor((site @ layers.normal - layers.height) / layers.spacing + 1e-3))
