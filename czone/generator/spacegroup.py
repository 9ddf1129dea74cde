"""Space groups, each in the setting that its symbol or number asks for.

A space group has as many descriptions as there are choices of axes and origin. International Tables
for Crystallography, volume A (6th ed., 2016, chapter 1.5) name 530 of them; their operations come
from spglib's database. Further ones with names in use (``I-1``, ``P4/m(a+b,-a+b,c)``) come from
pymatgen's. A symbol means its own setting, or it is refused.
"""

import difflib
import re
import warnings
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from czone.checks import read_only
from czone.equality import Value

__all__ = ["SpaceGroup", "group_of_hall", "settings_of", "space_group"]


@dataclass(frozen=True, eq=False)
class SpaceGroup(Value):
    """A space group in one setting.

    Parameters
    ----------
    number
        1 to 230.
    symbol
        International symbol; with ``:`` and the choice where it needs one to be told from others.
    rotations
        Matrices (n, 3, 3) that act on fractional coordinates.
    translations
        Fractions (n, 3) of the lattice vectors, added after the rotation.
    """

    number: int
    symbol: str
    rotations: np.ndarray
    translations: np.ndarray

    def fits(self, matrix: np.ndarray) -> bool:
        """Tell whether the operations leave a lattice as it is, to half a per cent of lengths.

        Parameters
        ----------
        matrix
            Lattice vectors as rows (3, 3).
        """
        metric = matrix @ matrix.T
        turned = np.einsum("nji,jk,nkl->nil", self.rotations, metric, self.rotations)
        return bool(np.abs(turned - metric).max() <= 1e-2 * np.abs(metric).max())


def space_group(
    sgn: int | None = None, sym: str | None = None, setting: int | str | None = None
) -> SpaceGroup:
    """Return the space group of a number, a symbol, or both.

    Parameters
    ----------
    sgn
        1 to 230. Without `setting`: unique axis b and cell choice 1, origin choice 1, hexagonal
        axes, the first that International Tables list.
    sym
        International symbol, short or full, with or without blanks and underscores: ``Pbnm``,
        ``P2_1/n``, ``P 1 21/n 1``, ``Fd-3m:2``, ``R-3c:R``; the old ones too (``Cmca``, ``Fm3m``).
        A symbol that says nothing of origin or axes means origin choice 1 and hexagonal axes.
    setting
        Origin choice 1 or 2, axes ``"H"`` or ``"R"``, or a choice of axes such as ``"cab"`` or
        ``"c1"`` as spglib names it; what the symbol says already need not be repeated.

    Examples
    --------
    >>> space_group(227, setting=2).symbol
    'Fd-3m:2'
    >>> space_group(sym="P2_1/n").symbol, space_group(sym="P2_1/n").number
    ('P12_1/n1', 14)
    """
    if sgn is None and sym is None:
        raise ValueError("sgn (1 to 230) or sym (such as 'Fm-3m') must be given; got neither")
    if sgn is None:
        return _named(str(sym), setting)
    if isinstance(sgn, bool) or not isinstance(sgn, (int, np.integer)) or not 1 <= sgn <= 230:
        raise ValueError(f"sgn must be a space group number, 1 to 230; got {sgn!r}")
    if sym is not None:
        named = _named(sym, setting)
        if named.number == sgn:
            return named
        warnings.warn(f"sgn={sgn} is used; sym={sym!r} is group {named.number}", stacklevel=3)
    return _of_hall(_chosen(_listed()[1][int(sgn)], setting, f"space group {sgn}"))


def group_of_hall(symbol: str) -> SpaceGroup | None:
    """Return the space group of a Hall symbol, which says setting and origin; None if unknown.

    Parameters
    ----------
    symbol
        As International Tables B (table A1.4.2.7) list it, such as ``-F 4vw 2vw 3``.
    """
    hall = _of_hall_symbol().get(" ".join(symbol.split()).lower())
    return None if hall is None else _of_hall(hall)


@cache
def _of_hall_symbol() -> dict[str, int]:
    found: dict[str, int] = {}
    for hall in range(1, 531):
        symbol = _spglib("get_spacegroup_type", hall).hall_symbol
        found.setdefault(" ".join(symbol.split()).lower(), hall)
    return found


def settings_of(number: int) -> list[SpaceGroup]:
    """Return all settings of a group that International Tables list.

    Examples
    --------
    >>> [group.symbol for group in settings_of(167)]
    ['R-3c:H', 'R-3c:R']
    """
    return [_of_hall(hall) for hall in _listed()[1].get(number, [])]


# Letters that stood for the double glide plane e before 1992, for each choice of axes; groups 39
# and 41, then 64, 67 and 68 (International Tables A, 6th ed., table 1.5.4.4).
_AXES = ("", "ba-c", "cab", "-cba", "bca", "a-cb")
_FORMER = {
    number: dict(zip(_AXES, letters, strict=True))
    for letters, numbers in (("bacbac", (39, 41)), ("abbcca", (64, 67, 68)))
    for number in numbers
}


def _spglib(ask: str, hall: int) -> Any:
    """Return what spglib's tables say of a Hall number."""
    import spglib

    with warnings.catch_warnings():  # of another way to tell errors, which there are none of
        warnings.simplefilter("ignore", DeprecationWarning)
        found = getattr(spglib, ask)(hall)
    assert found is not None  # all of 1 to 530 are there
    return found


@cache
def _listed() -> tuple[dict[int, tuple[str, str]], dict[int, list[int]], dict[str, list[int]]]:
    """Return symbol and choice by Hall number, Hall numbers by group, Hall numbers by name."""
    symbols: dict[int, tuple[str, str]] = {}
    of_group: dict[int, list[int]] = {}
    of_name: dict[str, list[int]] = {}
    for hall in range(1, 531):
        found = _spglib("get_spacegroup_type", hall)
        names = [*found.international.split("="), found.international_short]
        names.append(found.international_full)
        if (axes := re.sub("^[12]", "", found.choice)) in _FORMER.get(found.number, {}):
            names += [name.replace("e", _FORMER[found.number][axes]) for name in names]
        if found.number >= 200:  # m-3 and m-3m were m3 and m3m before 1983
            names += [name.replace("-3", "3") for name in names]
        own = names[0].replace(" ", "")
        if 3 <= found.number <= 15:  # monoclinic: which axis is unique is in the full symbol only
            own = found.international_full.replace(" ", "")
            names.append(own[0] + found.international_full.replace(" 1", "")[1:])
        symbols[hall] = own, found.choice
        of_group.setdefault(found.number, []).append(hall)
        for name in dict.fromkeys(map(_plain, names)):
            of_name.setdefault(name, []).append(hall)
    return symbols, of_group, of_name


def _plain(symbol: str) -> str:
    return re.sub(r"[\s_]", "", symbol)


@cache
def _of_hall(hall: int) -> SpaceGroup:
    symbols, of_group, _ = _listed()
    own, choice = symbols[hall]
    number = next(number for number, halls in of_group.items() if hall in halls)
    shared = sum(symbols[other][0] == own for other in of_group[number]) > 1
    shared = shared or choice[:1] in ("1", "2", "H", "R")
    found = _spglib("get_symmetry_from_database", hall)
    return SpaceGroup(
        number,
        f"{own}:{choice}" if choice and shared else own,
        read_only(found["rotations"].astype(int)),
        read_only(found["translations"].astype(float)),
    )


def _chosen(halls: list[int], setting: int | str | None, of: str) -> int:
    """Return the first Hall number of the setting that is asked for."""
    if setting is None:
        return halls[0]
    choices = [_listed()[0][hall][1] for hall in halls]
    wanted = str(setting)
    for fit in (lambda choice: choice == wanted, lambda choice: choice[:1] == wanted):
        for hall, choice in zip(halls, choices, strict=True):
            if fit(choice):
                return hall
    offered = (
        " or ".join(map(repr, dict.fromkeys(filter(None, choices))))
        or "left out (there is one only)"
    )
    raise ValueError(f"setting of {of} must be {offered}; got {setting!r}")


def _named(sym: str, setting: int | str | None) -> SpaceGroup:
    names = _listed()[2]
    plain = _plain(str(sym))
    if plain in names:
        return _of_hall(_chosen(names[plain], setting, str(sym)))
    base, _, choice = plain.partition(":")
    if not choice:  # as the ICSD writes them: R-3cH, Fd-3mS (choice 1), Fd-3mZ (choice 2)
        base, choice = plain[:-1], {"S": "1", "Z": "2"}.get(plain[-1:], plain[-1:])
    if base in names and (":" in plain or plain[-1:] in ("H", "R", "S", "Z")):
        if setting is not None and str(setting) != choice:
            raise ValueError(f"setting must agree with sym={sym!r}; got {setting!r}")
        return _of_hall(_chosen(names[base], choice, base))
    unlisted = _unlisted().get(plain)
    if unlisted is not None and setting is None:
        return unlisted()
    close = difflib.get_close_matches(plain, [n for n in names if len(n) < 9], 3, 0.5)
    raise ValueError(
        f"sym must be an international symbol such as 'Fm-3m', 'P2_1/n', 'Fd-3m:2' or 'R-3c:R'"
        f"{'' if unlisted is None else ', without setting'}; got {sym!r}"
        + (f" (like {', '.join(close)}?)" if close and unlisted is None else "")
    )


@cache
def _unlisted() -> dict[str, Any]:
    """Return makers of the groups that pymatgen names and International Tables do not list."""
    from pymatgen.core.operations import SymmOp
    from pymatgen.symmetry.groups import SpaceGroup as Named

    def maker(entry: dict[str, Any]) -> Any:
        @cache
        def make() -> SpaceGroup:
            found = [SymmOp.from_xyz_str(text) for text in entry["symops"]]
            return SpaceGroup(
                entry["number"],
                entry["universal_h_m"],
                read_only(np.rint([each.rotation_matrix for each in found]).astype(int)),
                read_only(np.array([each.translation_vector for each in found]) % 1.0),
            )

        return make

    makers: dict[str, Any] = {}
    for entry in Named.SYMM_OPS:
        for name in (entry["universal_h_m"], entry["hermann_mauguin"]):
            makers.setdefault(_plain(name), maker(entry))
    return makers
