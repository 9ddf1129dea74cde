"""Writing many atoms quickly: extended XYZ with the columns and digits of ASE, and for Prismatic.

ASE's own writer of Prismatic's input keeps six significant digits, so a coordinate beyond 100
angstrom loses its fourth decimal; here all have eight.
"""

from functools import cache
from typing import Any

import numpy as np

from czone.geometry.elements import SYMBOLS
from czone.whole import whole

__all__ = ["fits", "write_prismatic", "write_xyz"]

_LARGEST = 10_000  # angstrom; larger coordinates would need wider columns


def fits(positions: np.ndarray) -> bool:
    """Tell whether all coordinates fit the columns."""
    return bool((np.abs(positions) < _LARGEST - 1).all())


_NUMBER = np.dtype(
    {
        "names": ["whole", "point", "upper", "lower"],
        "formats": [np.uint64, np.uint8, np.uint32, np.uint32],
        "offsets": [0, 8, 9, 13],
        "itemsize": 17,
    }
)
"""A number of 17 columns: the whole part with its sign in 8, the point, twice four decimals. Text
is moved as the integers that its bytes make, which is quicker than byte by byte."""


@cache
def _tables() -> tuple[np.ndarray, np.ndarray]:
    """Return the text of 4 digits, and of whole parts in 8 columns for either sign, as integers."""
    four = np.array([f"{k:04d}" for k in range(10_000)], dtype="S4")
    signed = [f"{sign + str(k):>8}" for sign in ("", "-") for k in range(_LARGEST)]
    return four.view(np.uint32), np.array(signed, dtype="S8").view(np.uint64)


def _fixed_point(values: np.ndarray) -> np.ndarray:
    """Return numbers as text, one blank and 16 columns with 8 decimals: bytes (n, 17)."""
    four, whole_parts = _tables()
    scaled = np.rint(np.abs(values) * 1e8).astype(np.int64)
    # NumPy divides whole arrays by a number in SIMD; its divmod does not.
    whole = scaled // 100_000_000
    rest = (scaled - whole * 100_000_000).astype(np.int32)
    upper = rest // 10_000
    text = np.empty(len(values), dtype=_NUMBER)
    text["whole"] = whole_parts[whole + _LARGEST * (np.signbit(values) & (scaled > 0))]
    text["point"] = ord(".")
    text["upper"] = four[upper]
    text["lower"] = four[rest - upper * 10_000]
    return text.view(np.uint8).reshape(-1, 17)


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
    names = [f"{symbol:<2}" for symbol in SYMBOLS]
    tags = [f"{k:>9}" for k in range(int(labels.max(initial=-1)) + 1)]
    with whole(fname) as part, part.open("wb") as file:
        file.write(header.encode())
        file.write(_rows(_chosen(names, numbers), positions, _chosen(tags, labels)))


def write_prismatic(
    fname: Any, numbers: np.ndarray, positions: np.ndarray, cell: np.ndarray, rms: np.ndarray
) -> None:
    """Write atoms as the input of Prismatic: Z, x, y, z, occupancy 1, rms displacement.

    Parameters
    ----------
    fname
        Path of the file.
    numbers, positions
        Atomic numbers (n,), positions (n, 3) in angstrom.
    cell
        Cell vectors as rows (3, 3), in angstrom; Prismatic wants them along x, y and z.
    rms
        Displacement along one axis by atomic number (119,), in angstrom.
    """
    lengths = " ".join(str(float(x)) for x in np.linalg.norm(cell, axis=1))
    names = [f"{number:<3}" for number in range(len(SYMBOLS))]
    tails = [f" 1 {rms[number]:.8f}" for number in range(len(SYMBOLS))]
    with whole(fname) as part, part.open("wb") as file:
        file.write(f"{len(numbers)} atoms, written by czone\n{lengths}\n".encode())
        file.write(_rows(_chosen(names, numbers), positions, _chosen(tails, numbers)))
        file.write(b"-1\n")


def _chosen(words: list[str], which: np.ndarray) -> np.ndarray:
    """Return words of one width as bytes (n, width)."""
    width = max(map(len, words), default=1)
    table = np.array([word.encode() for word in words], dtype=f"S{width}")
    return table.view(np.uint8).reshape(-1, width)[which]


def _rows(before: np.ndarray, positions: np.ndarray, after: np.ndarray) -> bytes:
    """Return lines of text: what stands before the coordinates, these, what stands after."""
    columns = [before, *map(_fixed_point, positions.T), after]
    end = np.full((len(positions), 1), ord("\n"), dtype=np.uint8)
    return np.hstack([*columns, end]).tobytes()
