"""Face-centred cubic particles with twins and stacking faults."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from czone.checks import Checked, as_between
from czone.geometry import Plane
from czone.prefab.base import FilledPrefab, PlanarDefect, drawn_anew, none_or_more, one_or_more
from czone.prefab.interfaces import CLOSEST, Interface, Stacking
from czone.prefab.layers import (
    Layers,
    crystal_heights,
    draw_planes,
    layers_between,
    plane_normal,
    stack,
    translations,
)
from czone.randomness import Seed
from czone.transform import BaseTransform, MultiTransform, Reflection, Rotation, Translation
from czone.volume import BaseVolume, MultiVolume

__all__ = ["FCCMixedTwinSF", "FCCStackingFault", "FCCTwin"]


class FCCMixedTwinSF(FilledPrefab):
    """Face-centred cubic particle with twins and stacking faults on one set of {111} planes.

    Parameters
    ----------
    generator
        The crystal, face-centred cubic with any origin and orientation. None to take that of
        `volume`.
    volume
        The particle's shape, a Volume or MultiVolume anywhere in space.
    ratio
        Probability of a defect to be a stacking fault; the others are twins.
    N
        Number of defects.
    min_sep
        Smallest number of planes between two defects, and between a defect and either end.
    plane
        Miller indices of the planes, any of the eight {111} of the conventional cell.
    rng
        Seed, `numpy.random.Generator`, or None. Every call of `build_object` draws on.

    Notes
    -----
    A twin is a mirror image in an atomic plane, which both sides share: ..ABC B A... An intrinsic
    stacking fault moves one side by a Shockley partial a/6<112>, as if one plane were taken out:
    ..ABC|BCA... (Hirth and Lothe, Theory of Dislocations, chapter 10). Both keep 12 neighbours at
    the bulk distance around every atom. The part below the first defect keeps the given crystal.

    In compounds the twin is turned by half a turn about the normal, which keeps the order of the
    layers and so the polarity of zincblende, about the column of atoms and above the layer that
    leave the most bonds: diamond and zincblende keep all four (the mirror is the middle of the
    bonds along the normal; Hirth and Lothe, chapter 11), in fluorite the cations are mirrored in
    one of their planes, and those of the next one lose one of eight anions. Ordered alloys such as
    Cu3Au are twinned and faulted (by a/3<112>, the superlattice intrinsic fault) with like atoms
    apart as in the crystal. What would bring two elements below 0.95 of their nearest distance is
    refused.

    Examples
    --------
    >>> from czone.generator import Generator
    >>> from czone.volume import Sphere, Volume
    >>> gold = Generator.from_spacegroup(["Au"], [[0, 0, 0]], [4.07825] * 3, [90] * 3, sgn=225)
    >>> ball = Volume(alg_objects=[Sphere(25, [60, 60, 76])], generator=gold)
    >>> prefab = FCCMixedTwinSF(gold, ball, N=2, rng=3)
    >>> particle = prefab.build_object()
    >>> [(defect.kind, defect.plane_index) for defect in prefab.defects]
    [('twin', 4), ('twin', 14)]
    """

    N = Checked(none_or_more, "Number of defects.")
    min_sep = Checked(
        one_or_more, "Least number of planes between defects, and between one and either end."
    )

    def __init__(
        self,
        generator: Any = None,
        volume: BaseVolume | None = None,
        ratio: float = 0.5,
        N: int = 1,
        min_sep: int = 3,
        plane: Sequence[int] = (1, 1, 1),
        *,
        rng: Seed = None,
    ) -> None:
        super().__init__(generator, volume, rng)
        self.ratio = ratio
        self.N = N
        self.min_sep = min_sep
        self.plane = plane

    @property
    def plane(self) -> tuple[int, int, int]:
        """Miller indices of the defect planes."""
        return self._plane

    @plane.setter
    def plane(self, value: Any) -> None:
        indices = np.asarray(value)
        if indices.shape != (3,) or not np.issubdtype(indices.dtype, np.number):
            raise ValueError(
                f"plane must be three Miller indices of a {{111}} plane; got {value!r}"
            )
        if not np.array_equal(indices, np.round(indices)) or not indices.any():
            raise ValueError(f"plane must be three whole Miller indices, not all 0; got {value!r}")
        h, k, l = (int(index) for index in indices)  # noqa: E741
        self._plane = (h, k, l)

    @property
    def ratio(self) -> float:
        """Probability of a defect to be a stacking fault."""
        return self._ratio

    @ratio.setter
    def ratio(self, value: Any) -> None:
        self._ratio = as_between("ratio", value, 0, 1)

    def build_object(
        self, return_defect_types: bool = False, *, return_defects: bool = False
    ) -> Any:
        """Return a particle with new random defects.

        Parameters
        ----------
        return_defect_types
            Also return ``{"twin": bool, "stacking_fault": bool}``.
        return_defects
            Also return the defects, a tuple of `PlanarDefect` from the bottom up.

        Returns
        -------
        particle : MultiVolume
            One volume for every grain, or a tuple with what was asked for besides.

        Raises
        ------
        ValueError
            If the generator or volume is missing or empty, the crystal is not face-centred cubic,
            or so many defects do not fit.
        """
        crystal, volume = self._ingredients()
        layers = fcc_layers(crystal, volume, self.plane)
        planes = draw_planes(self.N, self.min_sep, layers, self.rng)
        faulted = self.rng.random(self.N) < self.ratio
        kinds = ["stacking_fault" if fault else "twin" for fault in faulted]
        particle = build_with_defects(crystal, volume, layers, planes, kinds)
        place = {kind: _place(interface_of(crystal, layers, kind)) for kind in sorted(set(kinds))}
        self._defects = tuple(
            PlanarDefect(kind, k, layers.point(k + place[kind]), layers.normal)
            for kind, k in zip(kinds, planes, strict=True)
        )
        result: list[Any] = [particle]
        if return_defect_types:
            result.append({kind: kind in kinds for kind in ("twin", "stacking_fault")})
        if return_defects:
            result.append(self._defects)
        return result[0] if len(result) == 1 else tuple(result)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(ratio={self.ratio:g}, N={self.N}, min_sep={self.min_sep}, "
            f"plane={self.plane}, generator={self.generator!r}, volume={self.volume!r})"
        )


class _OneKind(FCCMixedTwinSF):
    """Defects of one kind only."""

    _only: float

    def __init__(
        self,
        generator: Any = None,
        volume: BaseVolume | None = None,
        N: int = 1,
        min_sep: int = 3,
        plane: Sequence[int] = (1, 1, 1),
        *,
        rng: Seed = None,
    ) -> None:
        super().__init__(generator, volume, self._only, N, min_sep, plane, rng=rng)

    @property
    def ratio(self) -> float:
        """Probability of a defect to be a stacking fault: fixed."""
        return self._only

    @ratio.setter
    def ratio(self, value: Any) -> None:
        if value != self._only:
            raise ValueError(
                f"ratio of {type(self).__name__} is {self._only:g}; got {value!r}; "
                "FCCMixedTwinSF takes any"
            )


class FCCStackingFault(_OneKind):
    """Face-centred cubic particle with stacking faults: `FCCMixedTwinSF` with ratio 1.

    Parameters
    ----------
    generator, volume, N, min_sep, plane, rng
        As in `FCCMixedTwinSF`.

    Examples
    --------
    >>> from czone.generator import Generator
    >>> from czone.volume import Sphere, Volume
    >>> gold = Generator.from_spacegroup(["Au"], [[0, 0, 0]], [4.078] * 3, [90] * 3, sgn=225)
    >>> ball = Volume(alg_objects=[Sphere(12, [0, 0, 0])], generator=gold)
    >>> prefab = FCCStackingFault(volume=ball, rng=1)
    >>> particle = prefab.build_object()
    >>> [defect.kind for defect in prefab.defects]
    ['stacking_fault']
    """

    _only = 1.0


class FCCTwin(_OneKind):
    """Face-centred cubic particle with twins: `FCCMixedTwinSF` with ratio 0.

    Parameters
    ----------
    generator, volume, N, min_sep, plane, rng
        As in `FCCMixedTwinSF`.

    Examples
    --------
    >>> from czone.generator import Generator
    >>> from czone.volume import Sphere, Volume
    >>> gold = Generator.from_spacegroup(["Au"], [[0, 0, 0]], [4.078] * 3, [90] * 3, sgn=225)
    >>> ball = Volume(alg_objects=[Sphere(12, [0, 0, 0])], generator=gold)
    >>> prefab = FCCTwin(volume=ball, rng=1)
    >>> particle = prefab.build_object()
    >>> [defect.kind for defect in prefab.defects]
    ['twin']
    """

    _only = 0.0


def fcc_layers(crystal: Any, volume: BaseVolume, miller: Sequence[int]) -> Layers:
    """Return the close-packed planes (hkl) of a face-centred cubic crystal in a volume.

    Raises
    ------
    ValueError
        If the planes are not close-packed planes of a face-centred cubic lattice, or of sites that
        form one whatever stands on them, as in Cu3Au.
    """
    normal = plane_normal(crystal, miller)
    packed = [
        _close_packed(translations(crystal, any_element=any_element), normal)
        for any_element in (False, True)
    ]
    if not any(packed):
        raise ValueError(
            f"plane must be a {{111}} plane of a face-centred cubic crystal; got {tuple(miller)} "
            f"of {crystal!r}"
        )
    heights = translations(crystal) @ normal
    spacing = heights[heights > 1e-3].min()
    phase = (crystal.voxel.origin + crystal.coords[0] @ crystal.voxel.sbases.T) @ normal
    levels = Stacking(crystal, normal, spacing).levels
    middle, low, high = crystal_heights(crystal, volume, normal)
    return layers_between(normal, spacing, phase, middle, low, high, gap=levels[1] / 2)


def _close_packed(vectors: np.ndarray, normal: np.ndarray) -> bool:
    """Tell whether three nearest neighbours lie in the next plane, 60 degrees from each other."""
    heights = vectors @ normal
    spacing = heights[heights > 1e-3].min()
    steps = vectors[np.abs(heights - spacing) < 1e-3]
    lengths = np.linalg.norm(steps, axis=1)
    steps = steps[lengths < lengths.min() + 1e-3]
    cosines = steps @ steps.T / lengths.min() ** 2
    return len(steps) == 3 and np.allclose(cosines, 0.5 + 0.5 * np.eye(3), atol=1e-3)


def _place(interface: Interface) -> float:
    """Return where a defect lies above its plane: the mirror, else the cut."""
    return 0.0 if interface.kind == "mirror" else interface.gap


def interface_of(crystal: Any, layers: Layers, kind: str) -> Interface:
    """Return how a twin or a stacking fault is made in a crystal.

    Raises
    ------
    ValueError
        If every way would crowd atoms.
    """
    stacking = Stacking(crystal, layers.normal, layers.spacing)
    found = stacking.twin() if kind == "twin" else stacking.fault()
    if found is None:
        raise ValueError(
            "generator must have one atom at every lattice point, or others that keep their "
            f"distances, for a {kind.replace('_', ' ')}; every way to cut and shift {crystal!r} on "
            f"these planes brings two elements below {CLOSEST} of their nearest distance"
        )
    return found


def build_with_defects(
    crystal: Any, volume: BaseVolume, layers: Layers, planes: Sequence[int], kinds: Sequence[str]
) -> MultiVolume:
    """Return a particle with given defects.

    Parameters
    ----------
    crystal
        Generator of the part below the first defect.
    volume
        Shape of the particle.
    layers
        Close-packed planes, from `fcc_layers`.
    planes
        Plane index of every defect, in increasing order.
    kinds
        ``"twin"`` or ``"stacking_fault"`` for every defect.

    Notes
    -----
    Slabs meet between two atomic planes, so no atom lies on a boundary.
    """
    interfaces = {kind: interface_of(crystal, layers, kind) for kind in sorted(set(kinds))}
    stacking = Stacking(crystal, layers.normal, layers.spacing)
    atom = crystal.voxel.origin + crystal.coords[0] @ crystal.voxel.sbases.T
    lowest = round(float((atom @ layers.normal - layers.height) / layers.spacing))
    grains, cuts, moves = [crystal], [], MultiTransform([])
    handed = 1.0  # a twin stacks the other way round
    for index, kind in zip(planes, kinds, strict=True):
        interface = interfaces[kind]
        if interface.kind == "mirror":
            step: BaseTransform = Reflection(Plane(layers.normal, layers.point(index)))
        elif interface.kind == "turn":
            column = atom + (index - lowest) * stacking.step + interface.offset
            half = 2 * np.outer(layers.normal, layers.normal) - np.eye(3)
            # The axis stands in the grain below, which has been moved already.
            axis = moves.apply_transformation(column[None])[0]
            step = Rotation(half, origin=axis)
        else:
            step = Translation(handed * interface.offset)
        grain = grains[-1].from_generator(transformation=[step])
        grains.append(drawn_anew(grain) if kind == "twin" else grain)
        moves.add_transform(step)
        handed = -handed if kind == "twin" else handed
        cuts.append(index + interface.gap)
    return stack(volume, grains, cuts, replace(layers, gap=0.0))
