"""Crystals from CIF files (Hall, Allen and Brown, Acta Cryst. A47, 655 (1991)).

The file is taken at its word: its operations if it lists them, else its Hall symbol, else its
Hermann-Mauguin symbol in the setting that it names, else its number. Rounded special positions are
one site, occupancies become shares. What it leaves open is told, what is missing is refused. Groups
of disorder are told: sites are drawn one by one.
"""

import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from czone.checks import read_only
from czone.generator.sites import fill_cell
from czone.generator.spacegroup import SpaceGroup, group_of_hall, settings_of, space_group
from czone.geometry.elements import SYMBOLS
from czone.matter.cell import UnitCell, lattice_matrix
from czone.matter.occupancy import Content

__all__ = ["read_cif"]

_OPERATIONS = ("_space_group_symop_operation_xyz", "_symmetry_equiv_pos_as_xyz")
_HALL = ("_space_group_name_hall", "_symmetry_space_group_name_hall")
_NAME = (
    "_space_group_name_h-m_alt",
    "_symmetry_space_group_name_h-m",
    "_space_group_name_h-m_full",
)
_NUMBER = ("_space_group_it_number", "_symmetry_int_tables_number")
_CODE = ("_space_group_it_coordinate_system_code",)

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
    return UnitCell.of_contents(*fill_cell(contents, coords, matrix, _group(block)), matrix)


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


def _first(block: Block, names: tuple[str, ...]) -> str | None:
    """Return the first value that is given; "?" and "." mean that none is."""
    for name in names:
        value = block.get(name)
        value = value[0] if isinstance(value, list) and value else value
        if isinstance(value, str) and value.strip("'\" ") not in ("", "?", "."):
            return value.strip("'\" ")
    return None


def _group(block: Block) -> SpaceGroup:
    number = int(_first(block, _NUMBER) or 0)
    for name in _OPERATIONS:
        if name in block:
            listed = block[name]
            return _of_operations([listed] if isinstance(listed, str) else listed, number)
    if (hall := _first(block, _HALL)) is not None and (known := group_of_hall(hall)) is not None:
        return known
    symbol, code = _first(block, _NAME), _first(block, _CODE)
    if symbol is None and not 1 <= number <= 230:
        warnings.warn("the file says nothing of symmetry: its atoms are taken as all", stacklevel=5)
        return space_group(1)
    code = None if code is None else code.upper() if code in "hr" else code
    found = _named(symbol, code) if symbol is not None else space_group(number, setting=code)
    origins = [other for other in settings_of(found.number) if other.symbol.endswith((":1", ":2"))]
    if origins and code is None and not re.search("[:12SZ ]+[12SZ]$", symbol or ""):
        warnings.warn(
            f"{found.symbol[:-2]} has two origins, and the file does not say which: choice 1 is "
            "taken. If atoms come too close it was choice 2",
            stacklevel=5,
        )
    return found


def _named(symbol: str, code: str | None) -> SpaceGroup:
    try:
        return space_group(sym=symbol, setting=code)
    except ValueError:
        if code is None:
            raise
    return space_group(sym=symbol)  # the symbol says it already


def _of_operations(texts: list[str], number: int) -> SpaceGroup:
    from pymatgen.core.operations import SymmOp

    try:
        listed = [SymmOp.from_xyz_str(text.strip("'\" ").lower()) for text in texts]
    except Exception as error:
        raise ValueError(f"operations must read like 'x,-y,z+1/2'; got {texts[0]!r}...") from error
    rotations = np.rint([each.rotation_matrix for each in listed]).astype(int)
    # All translations of space groups are 24ths; files round thirds.
    translations = np.rint(np.array([each.translation_vector for each in listed]) * 24) / 24 % 1.0
    group = SpaceGroup(
        number if 1 <= number <= 230 else 0,
        "the operations as listed",
        read_only(rotations),
        read_only(translations),
    )
    if not _closed(group):
        raise ValueError(
            f"operations must form a group; of the {len(texts)} listed some are missing or wrong"
        )
    return group


def _closed(group: SpaceGroup) -> bool:
    turns, steps = group.rotations, group.translations
    products = np.einsum("aij,bjk->abik", turns, turns).reshape(-1, 9)
    moved = (np.einsum("aij,bj->abi", turns, steps) + steps[:, None]).reshape(-1, 3)
    return _coded(products, moved) == _coded(turns.reshape(-1, 9), steps)


def _coded(turns: np.ndarray, steps: np.ndarray) -> set[bytes]:
    rows = np.column_stack([turns, np.rint(steps * 24).astype(int) % 24]).astype(np.int8)
    return {row.tobytes() for row in np.unique(rows, axis=0)}


def _asymmetric_unit(block: Block) -> tuple[list[Content], np.ndarray]:
    columns = [_column(block, f"_atom_site_fract_{axis}") for axis in "xyz"]
    count = len(columns[0])
    labels = _column(block, "_atom_site_label", "_atom_site_type_symbol")
    types = _column(block, "_atom_site_type_symbol", default=[None] * count)
    shares = _column(block, "_atom_site_occupancy", default=["1"] * count)
    _tell_disorder(block, labels)
    contents: list[Content] = []
    sites: list[list[float]] = []
    for k, label in enumerate(labels):
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


def _tell_disorder(block: Block, labels: list) -> None:
    """Warn of disorder groups of several atoms, which are not drawn as a whole."""
    nothing = ["."] * len(labels)
    members: dict[tuple[str, str], list[str]] = {}
    assemblies = _column(block, "_atom_site_disorder_assembly", default=nothing)
    groups = _column(block, "_atom_site_disorder_group", default=nothing)
    for label, assembly, group in zip(labels, assemblies, groups, strict=True):
        if group not in (".", "?", "0"):
            members.setdefault((assembly, group), []).append(str(label))
    several = [atoms for atoms in members.values() if len(atoms) > 1]
    if several:
        shown = " or ".join(", ".join(atoms[:3]) for atoms in several[:2])
        warnings.warn(
            f"_atom_site_disorder_group says that atoms stand together or not at all ({shown}); "
            "here sites are drawn by their occupancies (overlapping ones together), so groups mix. "
            "Keep the atoms of one group, with occupancy 1, for an ordered model",
            stacklevel=5,
        )


def _column(block: Block, *names: str, default: list | None = None) -> list:
    for name in names:
        if name in block:
            value = block[name]
            return [value] if isinstance(value, str) else list(value)
    if default is None:
        raise ValueError(f"{names[0]} must be given; it is missing")
    return default


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
