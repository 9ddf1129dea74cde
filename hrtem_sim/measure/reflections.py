"""Spacings of lattice planes that a crystal may show as fringes, and how strongly."""

from dataclasses import dataclass

import numpy as np

from hrtem_sim.potential import scattering_factor
from hrtem_sim.specimen.materials import Material, crystal_of

__all__ = ["Reflections", "reflections_of"]

SAME = 2e-4
"""1/angstrom within which planes count as one family."""

WEAKEST = 0.03
"""Share of the strongest below which a family shows no fringes."""


@dataclass(frozen=True)
class Reflections:
    """Families of lattice planes.

    Parameters
    ----------
    frequencies
        1/d of each family, rising, in 1/angstrom.
    strengths
        Kinematic intensity of one plane of it, the strongest 1.
    """

    frequencies: tuple[float, ...]
    strengths: tuple[float, ...]


def reflections_of(material: Material, highest: float) -> Reflections:
    """Return the families of planes of a crystal that scatter.

    Parameters
    ----------
    material
        Name, or a crystal that was read from a file.
    highest
        Largest 1/d, in 1/angstrom.

    Notes
    -----
    Intensities are |sum_j f_j(k) exp(2 pi i g r_j)|^2 of the atoms at rest.

    Examples
    --------
    >>> [round(1 / k, 3) for k in reflections_of("Au", 0.75).frequencies]  # {111}, {200}, {220}
    [2.355, 2.039, 1.442]
    """
    structure = crystal_of(material).structure
    reciprocal = np.linalg.inv(structure.lattice.matrix)  # columns
    most = np.ceil(highest * np.linalg.norm(structure.lattice.matrix, axis=1)).astype(int)
    axes = [np.arange(-n, n + 1) for n in most]
    indices = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    k = np.linalg.norm(indices @ reciprocal.T, axis=1)
    near = (k > 0) & (k < highest)
    if not near.any():  # all planes are finer
        return Reflections((), ())
    indices, k = indices[near], k[near]
    waves = np.zeros(len(k), complex)
    for site in structure:
        phase = np.exp(2j * np.pi * indices @ site.frac_coords)
        for element, share in site.species.items():
            waves += share * scattering_factor(element.Z, k**2) * phase
    power = np.abs(waves) ** 2
    order = np.argsort(k)
    k, power = k[order], power[order]
    family = np.cumsum(np.r_[True, np.diff(k) > SAME]) - 1
    strongest = np.zeros(family.max() + 1)
    np.maximum.at(strongest, family, power)
    middle = np.bincount(family, k) / np.bincount(family)
    seen = strongest > WEAKEST * strongest.max()
    strengths = strongest[seen] / strongest.max()
    return Reflections(tuple(middle[seen].tolist()), tuple(strengths.tolist()))
