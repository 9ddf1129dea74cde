"""Atomic numbers from numbers or symbols, without loading a chemistry library."""

from typing import Any

import numpy as np

__all__ = ["SYMBOLS", "atomic_numbers"]

# Index = atomic number; 0 is the placeholder X.
SYMBOLS = tuple(
    "X H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se "
    "Br Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy "
    "Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf "
    "Es Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og".split()
)
_NUMBERS = {symbol: number for number, symbol in enumerate(SYMBOLS) if number}


def atomic_numbers(name: str, value: Any) -> np.ndarray:
    """Return atomic numbers (n,) as integers, from numbers or symbols, one or many.

    Examples
    --------
    >>> atomic_numbers("species", ["Au", 8])
    array([79,  8])
    >>> atomic_numbers("species", "Xx")
    Traceback (most recent call last):
        ...
    ValueError: species must be atomic numbers 1 to 118 or symbols; got 'Xx'
    """
    if isinstance(value, np.ndarray) and value.dtype.kind in "iuf":
        numbers = value.reshape(-1)
        if numbers.size == 0:
            return np.zeros(0, dtype=np.int64)
        whole = np.rint(numbers) if np.isfinite(numbers).all() else np.zeros(1)
        if (whole < 1).any() or (whole > 118).any() or (whole != numbers).any():
            raise ValueError(f"{name} must be atomic numbers 1 to 118 or symbols; got {value!r}")
        return whole.astype(np.int64)
    many = [value] if isinstance(value, str) or np.ndim(value) == 0 else list(np.ravel(value))
    return np.array([_one(name, item) for item in many], dtype=np.int64)


def _one(name: str, item: Any) -> int:
    if isinstance(item, str):
        # A list that mixes symbols and numbers becomes all text in NumPy.
        number = _NUMBERS.get(item, int(item) if item.isdigit() else 0)
    elif isinstance(item, (int, float, np.integer, np.floating)) and not isinstance(item, bool):
        number = int(item) if np.isfinite(item) and item == int(item) else 0
    else:
        raise TypeError(f"{name} must be atomic numbers 1 to 118 or symbols; got {item!r}")
    if not 1 <= number <= 118:
        shown = str(item) if isinstance(item, str) else item
        raise ValueError(f"{name} must be atomic numbers 1 to 118 or symbols; got {shown!r}")
    return number
