"""What a CIF file says of the symmetry of its crystal.

Its operations if it lists them, else its Hall symbol, else its Hermann-Mauguin symbol in the
setting that it names, else its number. Magnetic files list operations with the sign of time and
centrings apart; for the atoms, operations in space are all that counts. Modulated ones list
operations of superspace, whose first three coordinates are those of the average structure.
"""

import re
import warnings
from typing import Any

import numpy as np

from czone.checks import read_only
from czone.generator.spacegroup import SpaceGroup, group_of_hall, settings_of, space_group

__all__ = ["group_of"]

_OPERATIONS = (
    "_space_group_symop_operation_xyz",
    "_symmetry_equiv_pos_as_xyz",
    "_space_group_symop_ssg_operation_algebraic",
)
_MAGNETIC = "_space_group_symop_magn_operation_xyz"
_CENTRINGS = "_space_group_symop_magn_centering_xyz"
_MODULATED = ("_cell_modulation_dimension",)
_HALL = ("_space_group_name_hall", "_symmetry_space_group_name_hall")
_NAME = (
    "_space_group_name_h-m_alt",
    "_symmetry_space_group_name_h-m",
    "_space_group_name_h-m_full",
)
_NUMBER = ("_space_group_it_number", "_symmetry_int_tables_number")
_CODE = ("_space_group_it_coordinate_system_code",)


def _first(block: dict[str, Any], names: tuple[str, ...]) -> str | None:
    """Return the first value that is given; "?" and "." mean that none is."""
    for name in names:
        value = block.get(name)
        value = value[0] if isinstance(value, list) and value else value
        if isinstance(value, str) and value.strip("'\" ") not in ("", "?", "."):
            return value.strip("'\" ")
    return None


def group_of(block: dict[str, Any], matrix: np.ndarray) -> SpaceGroup:
    """Return the space group of a block.

    Parameters
    ----------
    block
        Names in small letters, with values.
    matrix
        Lattice vectors as rows (3, 3), in angstrom: they tell rhombohedral axes from hexagonal.

    Raises
    ------
    ValueError
        If the operations form no group, or a symbol is none.
    """
    number = int(_first(block, _NUMBER) or 0)
    if _first(block, _MODULATED) not in (None, "0"):
        warnings.warn("the crystal is modulated: its average structure is taken", stacklevel=6)
    for name in _OPERATIONS:
        if name in block:
            group = _of_operations(*_read(_listed(block, name)), number)
            _tell_contradiction(group, number or _number_named(_first(block, _NAME)))
            return group
    if _MAGNETIC in block:
        turns, steps = _read(_listed(block, _MAGNETIC))
        centrings = np.zeros((1, 3))
        if _CENTRINGS in block:
            centrings = _read(_listed(block, _CENTRINGS))[1]
        turns = np.repeat(turns, len(centrings), axis=0)
        return _of_operations(turns, (steps[:, None] + centrings).reshape(-1, 3), 0)
    if (hall := _first(block, _HALL)) is not None and (known := group_of_hall(hall)) is not None:
        return known
    symbol, code = _first(block, _NAME), _first(block, _CODE)
    if symbol is None and not 1 <= number <= 230:
        warnings.warn("the file says nothing of symmetry: its atoms are taken as all", stacklevel=5)
        return space_group(1)
    code = None if code is None else code.upper() if code in "hr" else code
    found = _named(symbol, code) if symbol is not None else space_group(number, setting=code)
    if code is None and found.symbol.endswith(":H") and not found.fits(matrix):
        other = space_group(found.number, setting="R")
        found = other if other.fits(matrix) and not _says_axes(symbol) else found
    if symbol is not None and number not in (0, found.number):
        warnings.warn(
            f"the file says space group {number} and {symbol!r}, which is {found.number}: the "
            "symbol counts",
            stacklevel=6,
        )
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


def _says_axes(symbol: str | None) -> bool:
    return re.search("[:hH ]H$", symbol or "") is not None


def _listed(block: dict[str, Any], name: str) -> list[str]:
    listed = block[name]
    return [listed] if isinstance(listed, str) else list(listed)


def _read(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return rotations (n, 3, 3) and translations (n, 3) of operations in words."""
    from pymatgen.core.operations import SymmOp

    # x1, x2, x3 are x, y, z of superspace; what follows them is time or a phase.
    plain = [text.strip("'\" ").lower().replace(" ", "") for text in texts]
    for old, new in (("x1", "x"), ("x2", "y"), ("x3", "z")):
        plain = [text.replace(old, new) for text in plain]
    try:
        listed = [SymmOp.from_xyz_str(",".join(text.split(",")[:3])) for text in plain]
    except Exception as error:
        raise ValueError(f"operations must read like 'x,-y,z+1/2'; got {texts[0]!r}...") from error
    rotations = np.rint([each.rotation_matrix for each in listed]).astype(int)
    return rotations, np.array([each.translation_vector for each in listed])


def _of_operations(rotations: np.ndarray, steps: np.ndarray, number: int) -> SpaceGroup:
    # All translations of space groups are 24ths; files round thirds.
    translations = np.rint(steps * 24) / 24 % 1.0
    rows = np.column_stack([rotations.reshape(-1, 9), np.rint(translations * 24) % 24])
    _, first = np.unique(rows, axis=0, return_index=True)  # with and without time, say
    first.sort()
    group = SpaceGroup(
        number if 1 <= number <= 230 else 0,
        "the operations as listed",
        read_only(rotations[first]),
        read_only(translations[first]),
    )
    if not _closed(group):
        raise ValueError(
            f"operations must form a group; of the {len(steps)} listed some are missing or wrong"
        )
    return group


def _number_named(symbol: str | None) -> int:
    """Return the number of the space group of a symbol; 0 if it is none that is known."""
    try:
        return 0 if symbol is None else space_group(sym=symbol).number
    except ValueError:
        return 0


def _tell_contradiction(group: SpaceGroup, number: int) -> None:
    """Warn where a file lists other rotations than its space group has."""
    if not 1 <= number <= 230:
        return
    listed, named = (len(np.unique(g.rotations, axis=0)) for g in (group, space_group(number)))
    if listed != named:
        warnings.warn(
            f"the file says space group {number}, which has {named} rotations, and lists {listed}: "
            "the list counts. If atoms are missing it was the group",
            stacklevel=7,
        )


def _closed(group: SpaceGroup) -> bool:
    turns, steps = group.rotations, group.translations
    products = np.einsum("aij,bjk->abik", turns, turns).reshape(-1, 9)
    moved = (np.einsum("aij,bj->abi", turns, steps) + steps[:, None]).reshape(-1, 3)
    return _coded(products, moved) == _coded(turns.reshape(-1, 9), steps)


def _coded(turns: np.ndarray, steps: np.ndarray) -> set[bytes]:
    rows = np.column_stack([turns, np.rint(steps * 24).astype(int) % 24]).astype(np.int8)
    return {row.tobytes() for row in np.unique(rows, axis=0)}
