"""Medium-range order: small strained grains of a crystal in an amorphous matrix.

Diffraction of amorphous films hardly tells a random network from one with ordered regions of 1 to
2 nm; fluctuation microscopy does, and found them in films of silicon, germanium and carbon (M. M.
J. Treacy, J. M. Gibson and P. J. Keblinski, J. Non-Cryst. Solids 231, 99 (1998)). The model is
theirs: paracrystalline grains, each in an orientation and with a strain of its own.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from czone.checks import as_between, as_points, as_positive, as_vector
from czone.generator.grains import folded_in, grain_atoms, grain_middles
from czone.generator.voids import filled_voids
from czone.matter.atoms import Atoms
from czone.randomness import Seed, as_rng

__all__ = ["with_grains"]


def with_grains(
    positions: np.ndarray,
    numbers: np.ndarray,
    crystal: Any,
    *,
    share: float,
    radius: float,
    min_distance: float,
    strain: float = 0.02,
    edges: Sequence[float],
    rng: Seed = None,
) -> tuple[Atoms, float]:
    """Return an amorphous slab, part of whose atoms stand in small grains of a crystal.

    Parameters
    ----------
    positions, numbers
        Atoms of the slab (n, 3), in angstrom, and their atomic numbers (n,). The slab repeats along
        x and y.
    crystal
        Crystal of the grains, a `Generator` of the same density as the slab to some per cent.
    share
        Part of the slab that is ordered, 0 to 1: grains are added until one more would lead away
        from it. Above 0.3 they begin to touch.
    radius
        Radius of the grains, in angstrom.
    min_distance
        Smallest distance between atoms of the matrix and of grains, and of two grains, in angstrom.
    strain
        rms of the components of each grain's random strain.
    edges
        Edges of the slab along x and y, in angstrom.
    rng
        Seed, `numpy.random.Generator`, or None for fresh entropy.

    Returns
    -------
    atoms : Atoms
        Atoms of the matrix and of the grains. As many atoms as the seams between them cost are
        packed into what voids there are, so that the density stays.
    share : float
        Part of the slab that is ordered.

    Examples
    --------
    >>> from czone.generator import AmorphousGenerator, Generator
    >>> from czone.volume import Volume, make_rect_prism
    >>> amorphous = AmorphousGenerator(species="Si", rng=1)
    >>> film = Volume(points=make_rect_prism(40, 40, 20), generator=amorphous)
    >>> film.populate_atoms()
    >>> silicon = Generator.from_spacegroup(["Si"], [[0, 0, 0]], [5.431] * 3, [90] * 3, sgn=227)
    >>> atoms, share = with_grains(film.atoms, film.species, silicon, share=0.2, radius=6.0,
    ...                            min_distance=2.3, edges=(40, 40), rng=2)
    >>> 0.15 < share < 0.25, abs(len(atoms.positions) / len(film.atoms) - 1) < 0.05
    (True, True)
    """
    points = as_points("positions", positions)
    if not len(points):
        raise ValueError("positions must hold at least one atom; got none")
    share, radius = as_between("share", share, 0, 1), as_positive("radius", radius)
    apart = as_positive("min_distance", min_distance)
    strain = as_positive("strain", strain, or_zero=True)
    field = np.asarray(as_vector("edges", [*edges, 1.0]))[:2]
    if 2 * radius > field.min():
        raise ValueError(
            f"radius must leave a grain apart from its own image, {field.min():g} angstrom away; "
            f"got {radius:g}"
        )
    rng = as_rng(rng)
    folded = folded_in(points, field)
    tree = cKDTree(folded, boxsize=[*field, 0])
    heights = float(folded[:, 2].min()), float(folded[:, 2].max())
    middles, ordered = grain_middles(tree, share, radius, field, heights, rng)
    grains, elements = grain_atoms(crystal, middles, radius, apart, strain, field, heights, rng)
    stays = ~ordered
    if len(grains):
        stays &= cKDTree(grains, boxsize=[*field, 0]).query(folded)[0] >= apart
    kinds = np.asarray(numbers, np.int64)
    found = np.concatenate([folded[stays], grains])
    more = filled_voids(found, len(points) - len(found), apart, field, heights, rng)
    lost = rng.permutation(kinds[~stays])[: len(more)]
    atoms = Atoms.owned(
        np.concatenate([points[stays], grains, more]),
        np.concatenate([kinds[stays], elements, lost]),
    )
    return atoms, float(ordered.mean())
