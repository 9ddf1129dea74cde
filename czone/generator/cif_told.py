"""What a CIF file says and a crystal made of it does not hold, as warnings."""

import re
import warnings
from typing import Any

from czone.geometry.elements import SYMBOLS
from czone.matter.occupancy import Content

__all__ = ["column", "tell_disorder", "tell_formula", "tell_hydrogen"]


def tell_disorder(block: dict[str, Any], labels: list) -> None:
    """Warn of disorder groups of several atoms, which are not drawn as a whole."""
    nothing = ["."] * len(labels)
    members: dict[tuple[str, str], list[str]] = {}
    assemblies = column(block, "_atom_site_disorder_assembly", default=nothing)
    groups = column(block, "_atom_site_disorder_group", default=nothing)
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


def tell_hydrogen(block: dict[str, Any], labels: list) -> None:
    """Warn of hydrogen that is counted with another atom and has no place of its own."""
    counts = column(block, "_atom_site_attached_hydrogens", default=["0"] * len(labels))
    with_some = [
        str(label)
        for label, count in zip(labels, counts, strict=True)
        if re.search("[1-9]", str(count))  # else none or unknown
    ]
    if with_some:
        warnings.warn(
            f"_atom_site_attached_hydrogens has hydrogen without coordinates on "
            f"{', '.join(with_some[:4])}: it is left out",
            stacklevel=5,
        )


def tell_formula(block: dict[str, Any], contents: list[Content]) -> None:
    """Warn where the elements of the cell are not in the ratio that the file says."""
    formula = str(block.get("_chemical_formula_sum", ""))
    if re.search(r"[^A-Za-z0-9.\s]", formula):
        return  # brackets, waters of crystallization, charges: no sum of elements
    said: dict[str, float] = {}
    for symbol, count in re.findall(r"([A-Z][a-z]?)(\d+\.?\d*|\.\d+)?", formula):
        symbol = "H" if symbol in ("D", "T") else symbol
        if float(count or 1):
            said[symbol] = said.get(symbol, 0.0) + float(count or 1)
    there: dict[str, float] = {}
    for number, share in (part for content in contents for part in content):
        there[SYMBOLS[number]] = there.get(SYMBOLS[number], 0.0) + share
    if not set(said) <= set(SYMBOLS) or not (set(said) & set(there)):
        return  # no formula that could be compared
    units = sorted(there[symbol] / said[symbol] for symbol in set(said) & set(there))
    unit = units[len(units) // 2]
    wrong = [
        f"{symbol} {there.get(symbol, 0.0) / unit:.4g} in place of {said.get(symbol, 0.0):g}"
        for symbol in sorted({*said, *there})
        if abs(there.get(symbol, 0.0) / unit - said.get(symbol, 0.0))
        > max(0.05, 0.05 * said.get(symbol, 0.0))
    ]
    if wrong:
        warnings.warn(
            f"_chemical_formula_sum is {formula!r}, and the sites of the "
            f"file give {', '.join(wrong[:4])} of these: atoms without coordinates (often "
            "hydrogen), occupancies left out, or a wrong space group",
            stacklevel=6,
        )


def column(block: dict[str, Any], *names: str, default: list | None = None) -> list:
    """Return the values of the first of some names that the file has, else the default."""
    for name in names:
        if name in block:
            value = block[name]
            return [value] if isinstance(value, str) else list(value)
    if default is None:
        raise ValueError(f"{names[0]} must be given; it is missing")
    return default
