"""Twins and stacking faults in volumes of fcc crystals, as many as fit."""

from collections.abc import Sequence

import numpy as np

from czone.generator import Generator
from czone.prefab import FCCMixedTwinSF
from czone.prefab.fcc import build_with_defects, fcc_layers
from czone.volume import BaseVolume

SETS = ((1, 1, 1), (-1, 1, 1), (1, -1, 1), (1, 1, -1))
"""The four sets of close-packed planes of an fcc crystal."""

SEPARATION = 3
"""Planes between two defects, and between a defect and the surface."""


def with_faults(
    crystal: Generator,
    volume: BaseVolume,
    count: int,
    ratio: float,
    rng: np.random.Generator,
    inside: Sequence[tuple[Generator, BaseVolume]] = (),
) -> tuple[list[BaseVolume], tuple[str, ...]]:
    """Return volumes with planar defects on one of the four sets of {111}, drawn at random.

    Parameters
    ----------
    crystal, volume
        An fcc crystal as it lies, and what it fills.
    count
        Number of defects; fewer where no more fit, three planes apart.
    ratio
        Probability that a defect is a stacking fault and not a twin.
    rng
        Source of the planes and kinds.
    inside
        Parallel crystals and what they fill, through which the defects go on, each on its own
        nearest plane.

    Returns
    -------
    volumes
        The volume and those of `inside`, with defects.
    kinds
        "twin" or "stacking_fault" for each, in order along the plane normal.

    Examples
    --------
    >>> from czone.volume import Sphere, Volume
    >>> from hrtem_sim.specimen.materials import crystal_of
    >>> ball = Volume(alg_objects=[Sphere(20.0, np.zeros(3))], generator=crystal_of("Au"))
    >>> with_faults(crystal_of("Au"), ball, 9, 0.0, np.random.default_rng(1))[1]
    ('twin', 'twin', 'twin', 'twin')
    """
    whole = [volume, *(other for _, other in inside)]
    if not count:
        return whole, ()
    plane = SETS[int(rng.integers(len(SETS)))]
    layers = fcc_layers(crystal, volume, plane)
    fitting = min(count, max(0, (layers.count - SEPARATION - 1) // SEPARATION))
    if not fitting:
        return whole, ()
    prefab = FCCMixedTwinSF(crystal, volume, ratio, fitting, SEPARATION, plane, rng=rng)
    made = [prefab.build_object()]
    kinds = [defect.kind for defect in prefab.defects]
    for other, region in inside:
        own = fcc_layers(other, region, plane)
        heights = [defect.point @ own.normal for defect in prefab.defects]
        nearest = [round(float((height - own.height) / own.spacing)) for height in heights]
        through = [i for i, k in enumerate(nearest) if 0 < k < own.count - 1]
        cuts, met = [nearest[i] for i in through], [kinds[i] for i in through]
        made.append(build_with_defects(other, region, own, cuts, met) if cuts else region)
    return made, tuple(kinds)
