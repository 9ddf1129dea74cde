"""Writing many atoms as extended XYZ quickly: the columns and digits are those of ASE."""

from functools import cache
from typing import Any

import numpy as np

from czone.geometry.elements import SYMBOLS

__all__ = ["fits", "write_xyz"]

_LARGEST = 10_000  # angstrom; larger coordinates would need wider columns


def fits(positions: np.ndarray) -> bool:
    """Tell whether all coordinates fit the columns."""
    return bool((np.abs(positions) < _LARGEST - 1).all())


@cache
def _tables() -> tuple[np.ndarray, np.ndarray]:
    """Return the text of 4 digits, and of whole parts in 8 columns for either sign."""
    four = np.array([f"{k:04d}" for k in range(10_000)], dtype="S4")
    signed = [f"{sign + str(k):>8}" for sign in ("", "-") for k in range(_LARGEST)]
    as_bytes = np.array(signed, dtype="S8").view(np.uint8).reshape(2 * _LARGEST, 8)
    return four.view(np.uint8).reshape(10_000, 4), as_bytes


def _fixed_point(values: np.ndarray) -> np.ndarray:
    """Return numbers as text, one blank and 16 columns with 8 decimals: bytes (n, 17)."""
    four, whole_parts = _tables()
    scaled = np.rint(np.abs(values) * 1e8).astype(np.int64)
    whole, rest = np.divmod(scaled, 100_000_000)
    upper, lower = np.divmod(rest, 10_000)
    text = np.empty((len(values), 17), dtype=np.uint8)
    text[:, :8] = whole_parts[whole + _LARGEST * (np.signbit(values) & (scaled > 0))]
    text[:, 8] = ord(".")
    text[:, 9:13] = four[upper]
    text[:, 13:] = four[lower]
    return text


def write_xyz(
    fname: Any,
    numbers: np.ndarray,
    positions: np.ndarray,
    cell: np.ndarray,
    pbc: Any,
    labels: np.ndarray,
) -> None:
    """Write atoms in extended XYZ.

    Parameters
    ----------
    fname
        Path of the file.
    numbers, positions, labels
        Atomic numbers (n,), positions (n, 3) in angstrom, object labels (n,).
    cell
        Cell vectors as rows (3, 3), in angstrom.
    pbc
        Three flags, whether the cell repeats.
    """
    count = len(numbers)
    lattice = " ".join(str(float(x)) for x in np.asarray(cell).ravel())
    flags = " ".join("T" if flag else "F" for flag in pbc)
    header = (
        f'{count}\nLattice="{lattice}" Properties=species:S:1:pos:R:3:labels:I:1 pbc="{flags}"\n'
    )
    names = np.array([f"{symbol:<2}" for symbol in SYMBOLS], dtype="S2")
    tags = np.array([f"{k:>9}" for k in range(int(labels.max(initial=-1)) + 1)], dtype="S9")
    text = np.empty((count, 63), dtype=np.uint8)
    if count:
        text[:, :2] = names.view(np.uint8).reshape(-1, 2)[numbers]
        for axis in range(3):
            text[:, 2 + 17 * axis : 19 + 17 * axis] = _fixed_point(positions[:, axis])
        text[:, 53:62] = tags.view(np.uint8).reshape(-1, 9)[labels]
        text[:, 62] = ord("\n")
    with open(fname, "wb") as file:
        file.write(header.encode())
        file.write(text.tobytes())
