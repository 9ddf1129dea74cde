"""Atoms that stand impossibly close to each other: found, told, refused.

Two atoms of a real structure are never nearer than about two thirds of the sum of their covalent
radii (of 9,134 published crystals 1.3 % have a nearer pair, nearly all of them misprints; uranyl,
dense nitrogen and triple bonds begin at 0.67). What is nearer than half is a mistake: a rounded
coordinate, a length in nanometres, two objects in one place. The rule looks at positions at rest;
thermal displacements come on top of them.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
from ase.data import covalent_radii

from czone.checks import as_points, read_only
from czone.compiled import compiled_pays
from czone.equality import Value
from czone.geometry.elements import SYMBOLS, atomic_numbers
from czone.util.cells import as_flags, as_lattice

__all__ = [
    "BUILT",
    "IMPOSSIBLE",
    "SHORT",
    "Contacts",
    "contact_distance",
    "find_contacts",
    "searched_quickly",
]

IMPOSSIBLE = 0.5
"""Share of the sum of the covalent radii below which two atoms are refused."""

SHORT = 0.65
"""Share below which two atoms are warned of; `SHORT_OF_HYDROGEN` where one is hydrogen."""

SHORT_OF_HYDROGEN = 0.55
"""X-ray structures place hydrogen up to a third too near to its carrier."""

NUCLEI = 0.4
"""Distance in angstrom below which any two atoms are refused."""

BUILT = 0.85
"""Share that atoms of different objects keep when contacts are resolved: they are not bonded by
design, so they lie between the closest bond (0.65) and an ordinary one (1)."""


def contact_distance(first: int | str, second: int | str, share: float = BUILT) -> float:
    """Return the distance of two elements at a share of the sum of their covalent radii.

    Parameters
    ----------
    first, second
        Elements, as atomic numbers or symbols.
    share
        Share of the sum; the default is what objects keep from each other in a scene with
        ``min_distance="contact"``.

    Returns
    -------
    distance
        Length in angstrom.

    Notes
    -----
    Radii of B. Cordero et al., Dalton Trans. 2832 (2008).

    Examples
    --------
    >>> round(contact_distance("Au", "C"), 2)
    1.8
    """
    numbers = atomic_numbers("elements", [first, second])
    return float(share * covalent_radii[numbers].sum())


@dataclass(frozen=True, eq=False)
class Contacts(Value):
    """Pairs of atoms that are closer than `SHORT` of the sum of their radii, the worst first.

    Attributes
    ----------
    first, second
        Indices of the two atoms, (p,).
    distances
        Distances in angstrom, (p,).
    shares
        Distances over the sums of the covalent radii, (p,).
    across
        Whether the pair meets across a face of the periodic cell, (p,), not where the atoms were
        given.
    sites
        Positions of the two atoms as they were given, in angstrom, (p, 2, 3).
    numbers
        Atomic numbers of the two atoms, (p, 2).
    """

    first: np.ndarray
    second: np.ndarray
    distances: np.ndarray
    shares: np.ndarray
    across: np.ndarray
    sites: np.ndarray
    numbers: np.ndarray

    def __post_init__(self) -> None:
        for name, array in vars(self).items():
            self.__dict__[name] = read_only(array)

    @property
    def impossible(self) -> np.ndarray:
        """Which pairs (p,) are refused."""
        return (self.shares < IMPOSSIBLE) | (self.distances < NUCLEI)

    def __len__(self) -> int:
        return len(self.first)

    def __str__(self) -> str:
        """Describe the worst pair, and say how many there are."""
        if len(self) == 0:
            return "no close atoms"
        one, other = (
            f"{SYMBOLS[n]} at ({', '.join(f'{x:.3f}' for x in site)})"
            for n, site in zip(self.numbers[0], self.sites[0], strict=True)
        )
        where = " across the periodic edge" if self.across[0] else ""
        more = f"; {len(self)} such pairs" if len(self) > 1 else ""
        return (
            f"{one} and {other} are {self.distances[0]:.3f} angstrom apart{where}, "
            f"{self.shares[0]:.2f} of the sum of their covalent radii{more}"
        )


def find_contacts(
    positions: np.ndarray,
    numbers: np.ndarray,
    *,
    cell: np.ndarray | None = None,
    periodic: bool | tuple[bool, bool, bool] = False,
    occupancies: np.ndarray | None = None,
    share: float = SHORT,
) -> Contacts:
    """Return the pairs of atoms that are closer than atoms can be.

    Parameters
    ----------
    positions
        Positions (n, 3), in angstrom.
    numbers
        Atomic numbers or symbols (n,).
    cell
        Edge lengths (3,) or lattice vectors as rows (3, 3), in angstrom; needed where something
        repeats.
    periodic
        Whether the cell repeats, for all axes or one by one.
    occupancies
        Probabilities (n,) that the sites are filled. Two sites whose occupancies add up to 1 or
        less are never filled together and are passed over.
    share
        Share of the sum of the covalent radii below which a pair counts; hydrogen's is smaller in
        proportion.

    Returns
    -------
    contacts
        Pairs, the smallest share first.

    Examples
    --------
    >>> contacts = find_contacts([[0, 0, 0], [0, 0, 0.9]], ["Au", "C"])
    >>> print(contacts)
    Au at (0.000, 0.000, 0.000) and C at (0.000, 0.000, 0.900) are 0.900 angstrom apart, 0.42 of the sum of their covalent radii
    """  # noqa: E501
    points = as_points("positions", positions)
    elements = atomic_numbers("numbers", numbers) if len(points) else np.zeros(0, dtype=np.int64)
    flags = as_flags(periodic)
    radii = covalent_radii[elements]
    limit = max(2 * share * radii.max(initial=0.0), NUCLEI)
    source, everything, away = _with_images(points, cell, flags, limit)
    pairs = _candidates(everything, share * radii[source], limit)
    pairs = pairs[(~away[pairs]).any(axis=1)]
    pairs.sort(axis=1)  # atoms of the cell come before their images
    i, j = source[pairs[:, 0]], source[pairs[:, 1]]
    vectors = everything[pairs[:, 1]] - everything[pairs[:, 0]]
    distances = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    sums = radii[i] + radii[j]
    hydrogen = (elements[i] == 1) | (elements[j] == 1)
    wanted = share * np.where(hydrogen, SHORT_OF_HYDROGEN / SHORT, 1.0)
    close = (distances < wanted * sums) | (distances < NUCLEI)
    if occupancies is not None:
        filled = np.asarray(occupancies, dtype=float)
        close &= filled[i] + filled[j] > 1 + 1e-6
    # A pair with an image is found from both sides: keep it once.
    close &= ~away[pairs[:, 1]] | (i < j) | ((i == j) & (vectors @ [1.0, 1e-3, 1e-6] > 0))
    found = np.flatnonzero(close)
    shares = distances[found] / sums[found]
    order = np.lexsort((*pairs[found].T[::-1], shares))  # whatever the way of searching
    found, shares = found[order], shares[order]
    i, j = i[found], j[found]
    return Contacts(
        i,
        j,
        distances[found],
        shares,
        np.abs(np.linalg.norm(points[i] - points[j], axis=1) - distances[found]) > 1e-9,
        np.stack([points[i], points[j]], axis=1),
        np.stack([elements[i], elements[j]], axis=1),
    )


def searched_quickly(count: int, bodies: int = 1) -> bool:
    """Tell whether so many points, of so many bodies, are searched with compiled code."""
    return count > _MANY or (count > _FEW and compiled_pays(bodies))


_FEW, _MANY = 1000, 200_000
"""A tree of fewer points is made at once; that of more takes longer than loading the compiler."""


def _candidates(points: np.ndarray, share_of_radii: np.ndarray, limit: float) -> np.ndarray:
    """Return pairs (p, 2) of points, among them all that are closer than their shares add up to."""
    if searched_quickly(len(points)):
        from czone.matter.contact_kernel import close_pairs  # loads numba

        return np.asarray(close_pairs(points, share_of_radii, NUCLEI))
    from scipy.spatial import cKDTree

    # Neither sorting for balance nor tight boxes pay for a single search.
    tree = cKDTree(points, balanced_tree=False, compact_nodes=False)
    return np.asarray(tree.query_pairs(limit, output_type="ndarray").reshape(-1, 2))


def _with_images(
    points: np.ndarray, cell: np.ndarray | None, flags: np.ndarray, limit: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return source (m,), position (m, 3) of all atoms and images near them; whether an image."""
    source = np.arange(len(points))
    if not flags.any() or len(points) == 0:
        return source, points, np.zeros(len(points), dtype=bool)
    if cell is None:
        raise ValueError("cell must be given where the atoms repeat, in angstrom; got None")
    lattice = as_lattice(cell)
    inverse = np.linalg.inv(lattice)
    fractional = points @ inverse
    fractional = np.where(flags, fractional - np.floor(fractional), fractional)
    inside = fractional @ lattice
    margin = np.where(flags, limit * np.linalg.norm(inverse, axis=0), 0.0)
    reach = np.ceil(margin).astype(int)
    sources, images = [source], [inside]
    for shift in product(*(range(-n, n + 1) for n in reach)):
        if not any(shift):
            continue
        moved = fractional + shift
        near = ((moved > -margin) & (moved < 1 + margin) | ~flags).all(axis=1)
        sources.append(source[near])
        images.append(moved[near] @ lattice)
    everything = np.concatenate(images)
    return np.concatenate(sources), everything, np.arange(len(everything)) >= len(points)
