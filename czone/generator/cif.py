"""Crystals from CIF files (Hall, Allen and Brown, Acta Cryst. A47, 655 (1991)).

The file is taken at its word. Rounded special positions are one site, occupancies become shares.
What it leaves open is told, what is missing is refused. Groups of disorder are told: sites are
drawn one by one. Atoms that the file counts and does not place are told too: its formula is
compared with what stands in the cell.
"""

import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from czone.generator.cif_symmetry import group_of
from czone.generator.cif_told import column, tell_disorder, tell_formula, tell_hydrogen
from czone.generator.sites import fill_cell
from czone.geometry.elements import SYMBOLS
from czone.matter.cell import UnitCell, lattice_matrix
from czone.matter.occupancy import Content

__all__ = ["read_cif"]

Block = dict[str, Any]


def read_cif(path: str | Path) -> UnitCell:
    """Return the unit cell of the first crystal in a CIF file.

    Parameters
    ----------
    path
        Of the file.

    Raises
    ------
    ValueError
        If the file holds no crystal, or a value that it needs is missing or makes no sense.
    """
    from pymatgen.io.cif import CifFile

    try:
        blocks = [_lowered(block.data) for block in CifFile.from_file(str(path)).data.values()]
    except OSError:
        raise
    except Exception as error:  # a parser that raises many kinds
        raise ValueError(
            f"{str(path)!r} must be a CIF file; it cannot be parsed: {error}"
        ) from error
    crystals = [b for b in blocks if "_cell_length_a" in b and "_atom_site_fract_x" in b]
    if not crystals:
        raise ValueError(
            f"{str(path)!r} must hold a crystal: _cell_length_a and _atom_site_fract_x; got neither"
        )
    if len(crystals) > 1:
        warnings.warn(
            f"{str(path)!r} holds {len(crystals)} crystals; the first is taken", stacklevel=2
        )
    try:
        return _crystal(crystals[0])
    except ValueError as error:
        raise ValueError(f"{str(path)!r}: {error}") from error


def _lowered(block: Mapping[str, Any]) -> Block:
    # Names are the same in any case, and with "." for "_" in newer dictionaries.
    return {key.lower().replace(".", "_"): value for key, value in block.items()}


def _crystal(block: Block) -> UnitCell:
    dims = [_number(block, f"_cell_length_{axis}") for axis in "abc"]
    angles = [_number(block, f"_cell_angle_{angle}") for angle in ("alpha", "beta", "gamma")]
    matrix = lattice_matrix(dims, angles)
    contents, coords = _asymmetric_unit(block)
    filled, places = fill_cell(contents, coords, matrix, group_of(block, matrix))
    tell_formula(block, filled)
    return UnitCell.of_contents(filled, places, matrix)


def _number(block: Block, name: str) -> float:
    return _float(name, block.get(name, "nothing"))


def _float(name: str, text: Any) -> float:
    # 1.234(5): the digits in parentheses are the uncertainty of the last ones.
    try:
        value = float(re.sub(r"\(\d*\)?", "", str(text)))
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        raise ValueError(f"{name} must be a number; got {text!r}")
    return value


def _asymmetric_unit(block: Block) -> tuple[list[Content], np.ndarray]:
    columns = [column(block, f"_atom_site_fract_{axis}") for axis in "xyz"]
    count = len(columns[0])
    labels = column(block, "_atom_site_label", "_atom_site_type_symbol")
    types = column(block, "_atom_site_type_symbol", default=[None] * count)
    shares = column(block, "_atom_site_occupancy", default=["1"] * count)
    flags = column(block, "_atom_site_calc_flag", default=["."] * count)
    tell_disorder(block, labels)
    tell_hydrogen(block, labels)
    contents: list[Content] = []
    sites: list[list[float]] = []
    for k, label in enumerate(labels):
        if flags[k] == "dum":  # a point of the drawing, no atom
            continue
        share = 1.0 if shares[k] in ("?", ".") else _float(f"occupancy of {label}", shares[k])
        if share == 0:
            continue
        if not 0 < share <= 1.01:
            raise ValueError(f"occupancy of {label} must be between 0 and 1; got {shares[k]}")
        contents.append(((_element(label, types[k]), min(share, 1.0)),))
        sites.append([_float(f"coordinates of {label}", column[k]) for column in columns])
    if not contents:
        raise ValueError("_atom_site must hold atoms; got none")
    return contents, np.array(sites)


def _element(label: str, kind: str | None) -> int:
    """Return the atomic number of a type such as ``Fe3+``, or else of a label such as ``FeM1``."""
    text = str(label) if kind in (None, "?", ".") else str(kind)
    symbol = _of_type(text) if kind not in (None, "?", ".") else _of_label(text)
    symbol = "H" if symbol in ("D", "T") else symbol
    if symbol not in SYMBOLS[1:]:
        raise ValueError(
            f"_atom_site_type_symbol must be a chemical element; got {text!r} for {label}"
        )
    return SYMBOLS.index(symbol)


def _of_type(text: str) -> str:
    letters = re.match("[A-Za-z]*", text)
    return letters.group().capitalize() if letters else ""


def _of_label(text: str) -> str:
    """Return the element that a label begins with; none where it may be read in two ways."""
    if re.match("[A-Z][a-z](?![a-z])", text):  # FeM1, but not Wat
        return text[:2]
    if re.match("[A-Z](?![a-z])", text):
        # OW1 is oxygen; CA1 is an alpha carbon, or calcium.
        return "" if re.match("[A-Z]{2}", text) and text[:2].capitalize() in SYMBOLS else text[:1]
    return ""
