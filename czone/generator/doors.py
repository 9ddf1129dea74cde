"""What may be handed over as a crystal: structures of pymatgen and ASE, files, our own cells."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from czone.checks import as_points
from czone.generator.cif import read_cif
from czone.geometry.elements import SYMBOLS
from czone.matter.cell import UnitCell
from czone.matter.occupancy import as_contents

__all__ = ["ACCEPTED", "CAUSES", "as_cell", "as_sites", "tell_sparse", "tell_stretch"]

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

_MOST_STRETCH = 4 / 3  # no crystal bears a third
_MOST_ROOM = 1e5  # cubic angstrom for an atom: one alone in a box of 46 angstrom


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
        _check_periodic(getattr(structure.lattice, "pbc", (True,) * 3))
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

    if path.suffix.lower() in (".pdb", ".ent"):
        _check_whole_cell(path)
    try:
        images = read(path, index=":")
        atoms = images[-1]
    except Exception as error:  # readers raise many kinds
        raise ValueError(f"structure: ASE cannot read {str(path)!r}: {error!r}") from error
    if len(images) > 1:
        warnings.warn(
            f"{str(path)!r} holds {len(images)} crystals; the last is taken", stacklevel=5
        )
    try:
        return _of_ase(atoms)
    except ValueError as error:
        raise ValueError(f"structure from {str(path)!r}: {error}") from error


def _of_ase(atoms: Any) -> UnitCell:
    matrix = np.array(atoms.cell[:], dtype=float)
    if len(atoms) == 0:
        raise ValueError("structure must hold at least one atom; got none")
    _check_periodic(atoms.pbc)
    contents = as_contents("structure", _occupants(atoms))
    rank = np.linalg.matrix_rank(matrix)
    coords = atoms.get_scaled_positions(wrap=False) if rank == 3 else atoms.positions
    return UnitCell.of_listed(contents, coords, matrix)


def _check_periodic(pbc: Any) -> None:
    if not all(pbc):
        raise ValueError(
            "structure must be periodic along all three vectors of its cell, as a crystal is; got "
            f"pbc {np.array(pbc).tolist()}. For a crystal set pbc = True; a molecule or a slab is "
            "a czone.molecule.Molecule"
        )


def _check_whole_cell(path: Path) -> None:
    """Refuse a PDB file that lists an asymmetric unit: ASE reads its atoms as the whole cell."""
    text = path.read_text(encoding="utf-8", errors="replace")
    for line in text.splitlines():
        group = line[55:66].strip() if line.startswith("CRYST1") else ""
        if group.replace(" ", "") not in ("", "P1"):
            raise ValueError(
                f"structure must list all atoms of its cell, space group P 1; got {group!r} in "
                f"{str(path)!r}, whose operations are not applied. Give a CIF file"
            )


def _occupants(atoms: Any) -> list:
    """Return element or shares of each atom; ASE keeps shares by kind of site, as text.

    Those of PDB files are an array.
    """
    shares = atoms.arrays.get("occupancy")
    if shares is not None and ((shares > 0) & (shares < 1)).any() and (shares > 0).all():
        return [{SYMBOLS[n]: float(s)} for n, s in zip(atoms.numbers, shares, strict=True)]
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


def tell_sparse(cell: UnitCell) -> None:
    """Warn of a cell that is a thousand times too large, as one in picometres is."""
    room = abs(float(np.linalg.det(cell.matrix))) / len(cell.numbers)
    if room > _MOST_ROOM:
        warnings.warn(
            f"crystal must be in angstrom; got {room:.3g} cubic angstrom for each of its "
            f"{len(cell.numbers)} atoms. Are its lengths in picometres?",
            stacklevel=5,
        )


def tell_stretch(matrix: np.ndarray) -> None:
    """Warn of a transform that makes another crystal: one that stretches it by a third or more."""
    stretches = np.linalg.svd(matrix, compute_uv=False)
    if stretches[0] > _MOST_STRETCH or stretches[-1] < 1 / _MOST_STRETCH:
        warnings.warn(
            "transformation must leave the crystal about as large as it is; got stretches of "
            f"{stretches.round(3).tolist()}. If the shape alone is meant give locked=False",
            stacklevel=4,
        )
