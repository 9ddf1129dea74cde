"""Molecules on surfaces: single adsorbates, many at a time, ligand shells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any, Literal

import numpy as np
from scipy.spatial import cKDTree

from czone.checks import as_between, as_integer, as_positive, as_vector
from czone.geometry.rotations import check_angle
from czone.molecule import BaseMolecule, Molecule
from czone.randomness import Seed, as_rng
from czone.surface.exposure import PROBE_RADIUS, surface_atoms, surface_normals
from czone.surface.graph import (
    find_approximate_normal,
    get_nearest_neighbors,
    sparse_matrix_from_tri,
)
from czone.surface.placement import Placement, Placer
from czone.surface.selection import allowed_atoms, atoms_of, filtered_atoms
from czone.surface.spacing import BOND, CONTACT, NO_BOND, Obstacles, Spacing
from czone.transform import AffineTransform
from czone.volume.separation import as_distance

__all__ = [
    "add_adsorbate",
    "add_adsorbates",
    "find_approximate_normal",
    "get_nearest_neighbors",
    "ligand_shell",
    "sparse_matrix_from_tri",
]

_FACET_CUTOFF = 5.0  # angstrom; small, so that atoms near the edge of a facet still belong to it
_ROUNDS = 6  # turns about the normal that are tried at a site


def add_adsorbates(
    molecule: BaseMolecule,
    target: Any,
    *,
    number: int | None = None,
    coverage: float | None = None,
    anchor: int = 0,
    bond_length: float | None = None,
    mol_vector: Sequence[float] = (0.0, 0.0, 1.0),
    mol_rotation: float | None = None,
    min_spacing: float = 0.0,
    min_distance: float | Literal["contact"] | None = None,
    probe_radius: float = PROBE_RADIUS,
    elements: Any = None,
    indices: Sequence[int] | None = None,
    mask: np.ndarray | None = None,
    region: Any = None,
    facet: Sequence[float] | None = None,
    facet_angle: float = 0.25,
    rng: Seed = None,
) -> list[BaseMolecule]:
    """Return copies of a molecule standing on random surface atoms.

    Parameters
    ----------
    molecule
        Molecule to place; it is copied.
    target
        A populated Volume, MultiVolume or Scene, or a Molecule.
    number
        Number of copies.
    coverage
        Copies per allowed surface atom, 0 to 1, instead of `number`. With neither, as many as fit.
    anchor
        Atom of the molecule that binds to the surface.
    bond_length
        Distance from the surface atom to the anchor, in angstrom; the sum of the covalent radii of
        the two elements if None.
    mol_vector
        Direction in the molecule, (3,), that is to point along the surface normal.
    mol_rotation
        Turn of the molecule about the normal in radians; random if None.
    min_spacing
        Smallest distance of two anchors in angstrom.
    min_distance
        Smallest distance in angstrom between an atom of a molecule and any atom of the target or of
        another molecule; the bond to the surface is exempt. None keeps atoms so far apart that
        programs draw no bond between them: 0.45 angstrom more than the sum of the covalent radii of
        the two elements. ``"contact"`` is 0.85 of that sum, as in scenes.
    probe_radius
        Probe radius of `surface_atoms`, in angstrom.
    elements
        Allow these elements only: an atomic number or symbol, or several.
    indices, mask
        Allow these atoms of the target only: whole numbers, or one boolean for every atom.
    region
        Allow atoms in a region only: anything with `check_if_interior`, or a function of positions
        (n, 3) that returns (n,) booleans.
    facet
        Allow atoms only where the surface normal, seen over 5 angstrom, is within
        `facet_angle` of this direction, (3,).
    facet_angle
        In radians.
    rng
        Seed, `numpy.random.Generator`, or None for fresh entropy.

    Returns
    -------
    molecules : list of BaseMolecule
        Molecules whose origin is the anchor.

    Raises
    ------
    ValueError
        If an argument is out of range, or so many molecules do not fit.

    Notes
    -----
    Covalent radii are those of B. Cordero et al., Dalton Trans. 2832 (2008), the 0.45 angstrom are
    Open Babel's (N. M. O'Boyle et al., J. Cheminf. 3, 33 (2011)).

    The surface is found once. Sites are tried in random order; at each one a random turn about the
    normal, and for sites where it does not fit up to five more. Time and memory grow with the
    number of atoms.

    Examples
    --------
    >>> block = Molecule([79] * 125, np.indices((5, 5, 5)).reshape(3, -1).T * 2.5)
    >>> CO = Molecule(["C", "O"], [[0, 0, 0], [0, 0, 1.13]])
    >>> carbonyls = add_adsorbates(CO, block, number=6, facet=(0, 0, 1), rng=2)
    >>> len(carbonyls), all(CO.atoms[1, 2] > CO.atoms[0, 2] > 10 for CO in carbonyls)
    (6, True)
    """
    if mol_rotation is not None:
        check_angle("mol_rotation", mol_rotation)
    placer = _placer(molecule, anchor, bond_length, mol_vector, min_distance, min_spacing)
    atoms, species = atoms_of(target)
    rng = as_rng(rng)
    sites = surface_atoms(atoms, probe_radius)
    sites = sites[allowed_atoms(atoms, species, elements, indices, mask, region)[sites]]
    normals = surface_normals(atoms, sites)
    if facet is not None:
        local = surface_normals(atoms, sites, cutoff=_FACET_CUTOFF)
        near = local @ _direction("facet", facet) >= np.cos(
            as_between("facet_angle", facet_angle, 0, np.pi, "radians")
        )
        sites, normals = sites[near], normals[near]
    wanted = _wanted(number, coverage, len(sites))
    order = rng.permutation(len(sites))
    surface = atoms, species
    placed = _fill(placer, surface, sites[order], normals[order], wanted, mol_rotation, rng)
    if number is not None and len(placed) < number:
        raise ValueError(
            f"number must be at most {len(placed)} here: {len(sites)} surface atoms are allowed, "
            f"with min_spacing {min_spacing:g} angstrom and min_distance {min_distance!r}; "
            f"got {number}"
        )
    return [_moved(molecule, placed, k, anchor) for k in range(len(placed))]


def ligand_shell(
    molecule: BaseMolecule, target: Any, *, priority: int = 0, **keywords: Any
) -> Molecule:
    """Return a shell of ligands as one Molecule.

    Parameters
    ----------
    molecule, target, **keywords
        As in `add_adsorbates`; without `number` and `coverage` the shell is as dense as it gets.
    priority
        Precedence of the shell in a scene.

    Examples
    --------
    >>> block = Molecule([79] * 125, np.indices((5, 5, 5)).reshape(3, -1).T * 2.5)
    >>> CO = Molecule(["C", "O"], [[0, 0, 0], [0, 0, 1.13]])
    >>> len(ligand_shell(CO, block, number=20, rng=1).atoms)
    40
    """
    copies = add_adsorbates(molecule, target, **keywords)
    species = np.tile(molecule.species, len(copies))
    positions = np.vstack([np.empty((0, 3)), *[copy.atoms for copy in copies]])
    return Molecule(species, positions, priority=priority)


def add_adsorbate(
    mol: BaseMolecule,
    adsorbate_idx: int,
    bond_length: float,
    volume: Any,
    mol_vector: Sequence[float] = (0, 0, 1),
    mol_rotation: float = 0.0,
    probe_radius: float = PROBE_RADIUS,
    filters: Mapping[str, Any] | None = None,
    debug: bool = False,
    use_sampling: bool = True,
    *,
    seed: Seed = None,
    rng: Seed = None,
    min_distance: float = 1.0,
    **kwargs: Any,
) -> tuple:
    """Place one molecule on a random surface atom; Construction Zone's call.

    Parameters
    ----------
    mol, bond_length, mol_vector, mol_rotation, probe_radius, rng
        As in `add_adsorbates`: lengths in angstrom, angles in radians.
    filters
        Filters of the atoms allowed; keys begin with ``"element"`` (list of elements), ``"mask"``
        (booleans), ``"indices"`` (whole numbers) or ``"spatial"`` (function of positions (n, 3)).
    debug
        Return what was decided, see below.
    use_sampling
        Accepted; the surface is exact in either case, see `surface_atoms`.
    seed
        Construction Zone's name for `rng`.
    min_distance
        Smallest distance to other atoms in angstrom.
    **kwargs
        Options of Construction Zone's search for surface and normal (`N_shells`, `surface_only`,
        `N_samples`, `std`, `decay`, `tol`, `margin`, `max_steps`); accepted without effect.
    adsorbate_idx, volume
        `anchor` and `target` of `add_adsorbates`.

    Returns
    -------
    molecule : BaseMolecule
        A copy in place; a copy where it was when no site was free.
    ok : bool
        Whether a site was free. With ``debug=True`` instead: index of the surface atom, indices and
        positions of the atoms around it.

    Examples
    --------
    >>> from czone.generator import Generator
    >>> from czone.volume import Sphere, Volume
    >>> gold = Generator.from_spacegroup(["Au"], [[0, 0, 0]], [4.078] * 3, [90] * 3, sgn=225)
    >>> ball = Volume(alg_objects=[Sphere(8, [0, 0, 0])], generator=gold)
    >>> ball.populate_atoms()
    >>> molecule = Molecule(["C", "O"], [[0, 0, 0], [0, 0, 1.13]])
    >>> placed, found = add_adsorbate(molecule, 0, 2.0, ball, rng=1)
    >>> found, bool(abs(ball.atoms - placed.atoms[0]).min() < 2.0)
    (True, True)
    """
    unknown = set(kwargs) - {
        "N_shells", "surface_only", "N_samples", "std", "decay", "tol", "margin", "max_steps",
    }  # fmt: skip
    if unknown:
        raise TypeError(f"add_adsorbate takes no argument {sorted(unknown)}")
    if seed is not None and rng is not None:
        raise ValueError(f"give seed or rng, not both; got seed={seed!r} and rng={rng!r}")
    rng = as_rng(seed if rng is None else rng)
    check_angle("mol_rotation", mol_rotation)
    placer = _placer(mol, adsorbate_idx, bond_length, mol_vector, min_distance, 0.0)
    atoms, species = atoms_of(volume)
    sites = surface_atoms(atoms, probe_radius)
    sites = rng.permutation(sites[filtered_atoms(atoms, species, filters or {})[sites]])
    tree, obstacles = cKDTree(atoms), Obstacles(atoms, species)
    for start in range(0, len(sites), 16):
        some = sites[start : start + 16]
        normals = surface_normals(atoms, some)
        turns = np.full(len(some), float(mol_rotation))
        placement = placer.place(atoms, species, some, normals, turns)
        free = np.flatnonzero(placer.clear_of(obstacles, placement) & normals.any(axis=1))
        if len(free):
            molecule = _moved(mol, placement, free[0], adsorbate_idx)
            if not debug:
                return molecule, True
            site = int(some[free[0]])
            around = np.array([i for i in tree.query_ball_point(atoms[site], 10.0) if i != site])
            return molecule, site, around, atoms[around]
    return (
        (deepcopy(mol), None, np.empty(0, int), np.empty((0, 3)))
        if debug
        else (deepcopy(mol), False)
    )


def _fill(
    placer: Placer,
    surface: tuple[np.ndarray, np.ndarray],
    sites: np.ndarray,
    normals: np.ndarray,
    wanted: int,
    mol_rotation: Any,
    rng: np.random.Generator,
) -> Placement:
    """Place up to `wanted` copies, trying sites in order and several turns about the normal."""
    upright = normals.any(axis=1)
    sites, normals = sites[upright], normals[upright]
    kept = [placer.place(*surface, sites[:0], normals[:0], np.empty(0))]
    obstacles = Obstacles(*surface)
    for _ in range(_ROUNDS if mol_rotation is None and len(placer.atoms) > 1 else 1):
        missing = wanted - sum(len(part) for part in kept)
        if missing <= 0 or len(sites) == 0:
            break
        if mol_rotation is None:
            angles = rng.uniform(0, 2 * np.pi, len(sites))
        else:
            angles = np.full(len(sites), float(mol_rotation))
        placement = placer.place(*surface, sites, normals, angles)
        others = Placement.joined(kept)
        free = placer.clear_of(obstacles, placement) & placer.clear_of_others(others, placement)
        if placer.min_spacing > 0 and len(others):
            anchors = cKDTree(_anchors(placer, others))
            reach = np.nextafter(placer.min_spacing, 0)
            distance, _ = anchors.query(_anchors(placer, placement), distance_upper_bound=reach)
            free &= ~np.isfinite(distance)
        free = np.flatnonzero(free)
        chosen = free[placer.compatible(placement.pick(free), missing)]
        kept.append(placement.pick(chosen))
        rest = np.setdiff1d(np.arange(len(sites)), chosen)
        sites, normals = sites[rest], normals[rest]
    return Placement.joined(kept)


def _anchors(placer: Placer, placement: Placement) -> np.ndarray:
    return placement.positions(placer.atoms[[placer.anchor]])[:, 0]


def _moved(molecule: Any, placement: Placement, index: int, anchor: int) -> BaseMolecule:
    copy = deepcopy(molecule)
    copy.set_origin(idx=anchor)
    copy.transform(AffineTransform(placement.rotations[index], placement.shifts[index]))
    return copy


def _placer(
    molecule: Any,
    anchor: int,
    bond_length: Any,
    mol_vector: Any,
    min_distance: Any,
    min_spacing: Any,
) -> Placer:
    if not hasattr(molecule, "atoms") or not hasattr(molecule, "set_origin"):
        raise TypeError(f"molecule must be a Molecule; got {molecule!r}")
    count = len(molecule.atoms)
    anchor = as_integer("anchor", anchor)
    if not 0 <= anchor < count:
        raise ValueError(f"anchor must be from 0 to {count - 1}; got {anchor}")
    return Placer(
        molecule.atoms,
        molecule.species,
        anchor,
        _direction("mol_vector", mol_vector),
        BOND if bond_length is None else Spacing(0.0, as_positive("bond_length", bond_length)),
        _apart(min_distance),
        as_positive("min_spacing", min_spacing, or_zero=True),
    )


def _apart(min_distance: Any) -> Spacing:
    length = as_distance("min_distance", min_distance)
    if length is None:
        return NO_BOND
    return CONTACT if length == "contact" else Spacing(0.0, float(length))


def _direction(name: str, value: Any) -> np.ndarray:
    vector = as_vector(name, value, nonzero=True)
    return vector / np.linalg.norm(vector)


def _wanted(number: Any, coverage: Any, n_sites: int) -> int:
    if number is not None and coverage is not None:
        raise ValueError(
            f"give number or coverage, not both; got number={number!r} and coverage={coverage!r}"
        )
    if number is not None:
        if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < 0:
            raise ValueError(f"number must be a whole number of zero or more; got {number!r}")
        return int(number)
    if coverage is not None:
        return round(as_between("coverage", coverage, 0, 1) * n_sites)
    return n_sites
