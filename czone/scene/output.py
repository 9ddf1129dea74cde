"""Handing a scene on: ASE, pymatgen, files."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np

from czone.files import write_atoms
from czone.geometry.elements import SYMBOLS, atomic_numbers
from czone.scene.xyz import fits, write_prismatic, write_xyz

__all__ = ["to_ase", "to_pymatgen", "write_scene"]

_LEAST_FACTOR = 0.1
"""Of diamond, the stiffest crystal, B is 0.14 A^2 at room temperature (Peng, Ren, Dudarev and
Whelan, Acta Cryst. A52, 456 (1996))."""


def _in_box(scene: Any) -> np.ndarray:
    """Return positions with the lower corner of the cell at 0."""
    return scene.all_atoms - scene.domain.origin


def to_ase(scene: Any) -> Any:
    """Return the kept atoms of a scene as ASE Atoms, with the array "labels".

    The cell begins at 0, so the atoms are shifted by minus the corner of the scene's cell.
    """
    from ase import Atoms

    atoms = Atoms(
        numbers=scene.all_species, positions=_in_box(scene), cell=scene.cell, pbc=scene.pbc
    )
    atoms.set_array("labels", scene.labels)
    return atoms


def to_pymatgen(scene: Any) -> Any:
    """Return the kept atoms of a scene as a pymatgen Structure."""
    from pymatgen.core import Lattice, Structure

    return Structure(
        Lattice(scene.cell, pbc=scene.pbc),
        [SYMBOLS[n] for n in scene.all_species],
        _in_box(scene),
        coords_are_cartesian=True,
        site_properties={"labels": scene.labels.tolist()},
    )


def write_scene(scene: Any, fname: Any, *, format: str | None = None, **kwargs: Any) -> None:
    """Write the kept atoms of a scene.

    Parameters
    ----------
    scene
        A populated `Scene`.
    fname
        Path or open file.
    format
        Any format of ASE; None goes by the ending of the name. "prismatic" is the input of
        Prismatic.
    **kwargs
        Passed to ase.io.write. For "prismatic": `debye_waller_factors`, a number or {element:
        number}, B = 8 pi^2 u^2 in square angstrom, u being the rms displacement along one axis.
        Without it u is 0.1 angstrom for every element.
    """
    is_path = isinstance(fname, (str, Path)) and str(fname) != "-"
    quickly = is_path and fits(_in_box(scene))
    if format == "prismatic":
        _tell_outside(scene)
        given = kwargs.pop("debye_waller_factors", None)
        factors = _factors_by_symbol(scene, given)
        if quickly and not kwargs and not _is_skew(scene.cell):
            rms = np.zeros(len(SYMBOLS))
            for symbol, factor in factors.items():
                rms[SYMBOLS.index(symbol)] = np.sqrt(factor / (8 * np.pi**2))
            write_prismatic(fname, scene.all_species, _in_box(scene), scene.cell, rms)
            return
        kwargs["debye_waller_factors"] = factors
    extended = format == "extxyz" or (format is None and str(fname).lower().endswith(".xyz"))
    if quickly and extended and not kwargs:
        write_xyz(fname, scene.all_species, _in_box(scene), scene.cell, scene.pbc, scene.labels)
        return
    write_atoms(fname, to_ase(scene), format=format, **kwargs)


def _tell_outside(scene: Any) -> None:
    """Warn of atoms that Prismatic would look for at another place: it knows its cell alone."""
    fractions = _in_box(scene) @ np.linalg.inv(scene.cell)
    lengths = np.linalg.norm(scene.cell, axis=1)
    beyond = np.maximum(-fractions, fractions - 1) * lengths > 1e-3
    outside = np.count_nonzero(beyond.any(axis=1))
    if outside or (np.diag(scene.cell) < 0).any():
        warnings.warn(
            f"scene must hold its atoms within a cell along +x, +y and +z for Prismatic; got "
            f"{outside} atoms outside of it (clip=True leaves them out, larger bounds keep them)",
            stacklevel=4,
        )


def _is_skew(cell: np.ndarray) -> bool:
    return not np.allclose(cell, np.diag(np.diag(cell)), rtol=0, atol=1e-9)


def _factors_by_symbol(scene: Any, given: Any) -> dict[str, float]:
    """Return a Debye-Waller factor for every element in the scene."""
    present = [SYMBOLS[n] for n in np.unique(scene.all_species)]
    if given is None:
        given = 8 * np.pi**2 * 0.1**2
    if np.ndim(given) == 0 and not isinstance(given, dict):
        given = dict.fromkeys(present, given)
    if not isinstance(given, dict):
        raise TypeError(
            f"debye_waller_factors must be a number or {{element: number}}; got {given!r}"
        )
    factors = {
        SYMBOLS[atomic_numbers("debye_waller_factors", key)[0]]: float(value)
        for key, value in given.items()
    }
    missing = [symbol for symbol in present if symbol not in factors]
    if missing:
        raise ValueError(f"debye_waller_factors must name every element; got none for {missing}")
    wrong = {s: f for s, f in factors.items() if not (np.isfinite(f) and f >= 0)}
    if wrong:
        raise ValueError(f"debye_waller_factors must be zero or more, in A^2; got {wrong}")
    small = {s: f for s, f in factors.items() if 0 < f < _LEAST_FACTOR}
    if small:
        warnings.warn(
            f"debye_waller_factors must be B = 8 pi^2 u^2, in A^2, {_LEAST_FACTOR:g} or more at "
            f"room temperature; got {small}. If these are rms displacements u in angstrom, square "
            "them and multiply by 8 pi^2",
            stacklevel=5,
        )
    return {symbol: factors[symbol] for symbol in present}
