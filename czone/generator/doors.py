"""What may be handed over as a crystal: structures of pymatgen and ASE, files, our own cells."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from czone.checks import as_points
from czone.generator.cif import read_cif
from czone.geometry.elements import SYMBOLS
from czone.matter.cell import UnitCell
from czone.matter.occupancy import as_contents

__all__ = ["ACCEPTED", "CAUSES", "as_cell", "as_sites"]

ACCEPTED = (
    "a pymatgen Structure, periodic ASE Atoms, or the path of a file (CIF, POSCAR, whatever ASE "
    "reads)"
)
"""What is a crystal, in words."""

CAUSES = (
    "rounded coordinates of a special position, lengths in nanometres, the wrong space group or "
    "setting, or a site given twice"
)
"""Why atoms of a crystal may be too close to each other."""


def as_cell(structure: Any) -> UnitCell:
    """Return the unit cell of anything that is a crystal.

    Parameters
    ----------
    structure
        A pymatgen Structure, ASE Atoms that are periodic in all three directions, the path of a
        file, or a `UnitCell`. Partial occupancies are kept as shares.

    Raises
    ------
    TypeError
        If it is none of these.
    FileNotFoundError
        If it names no file.
    ValueError
        If it holds no atoms, no lattice, numbers that are none, or two whole atoms in one place.
    """
    if isinstance(structure, UnitCell):
        return structure
    if isinstance(structure, (str, Path)):
        return _of_file(Path(structure))
    if hasattr(structure, "lattice") and hasattr(structure, "frac_coords"):
        return UnitCell.from_structure(structure)
    if hasattr(structure, "get_scaled_positions") and hasattr(structure, "pbc"):
        return _of_ase(structure)
    raise TypeError(f"structure must be {ACCEPTED}; got {structure!r}")


def _of_file(path: Path) -> UnitCell:
    if not path.is_file():
        raise FileNotFoundError(f"structure must be {ACCEPTED}; there is no file {str(path)!r}")
    if path.suffix.lower() in (".cif", ".mcif"):
        return read_cif(path)
    from ase.io import read

    try:
        atoms = read(path)
    except Exception as error:  # readers raise many kinds
        raise ValueError(f"structure: ASE cannot read {str(path)!r}: {error!r}") from error
    try:
        return _of_ase(atoms)
    except ValueError as error:
        raise ValueError(f"structure from {str(path)!r}: {error}") from error


def _of_ase(atoms: Any) -> UnitCell:
    matrix = np.array(atoms.cell[:], dtype=float)
    if len(atoms) == 0:
        raise ValueError("structure must hold at least one atom; got none")
    if not all(atoms.pbc):
        raise ValueError(
            "structure must be periodic along all three vectors of its cell, as a crystal is; got "
            f"pbc {np.array(atoms.pbc).tolist()}. For a crystal set atoms.pbc = True; a molecule "
            "or a slab is a czone.molecule.Molecule"
        )
    contents = as_contents("structure", _occupants(atoms))
    rank = np.linalg.matrix_rank(matrix)
    coords = atoms.get_scaled_positions(wrap=False) if rank == 3 else atoms.positions
    return UnitCell.of_listed(contents, coords, matrix)


def _occupants(atoms: Any) -> list:
    """Return element or shares of each atom; ASE keeps shares by kind of site, as text."""
    known = {str(kind): shares for kind, shares in atoms.info.get("occupancy", {}).items()}
    kinds = atoms.arrays.get("spacegroup_kinds", np.full(len(atoms), -1))
    return [
        known.get(str(kind), SYMBOLS[number])
        for kind, number in zip(kinds, atoms.numbers, strict=True)
    ]


def as_sites(coords: ArrayLike, count: int) -> np.ndarray:
    """Return fractional coordinates (n, 3), one row for each of so many sites."""
    sites = as_points("coords", coords)
    if len(sites) != count:
        raise ValueError(f"Z and coords must have the same length; got {count} and {len(sites)}")
    return sites
