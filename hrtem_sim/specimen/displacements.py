"""How far atoms stray from their sites: measured values by material, and the Debye model.

An element vibrates otherwise in every crystal: selenium by 0.12 angstrom in CdSe, by 0.26 as an
element. So values go by what an object consists of, and what nobody has measured is asked for.
"""

import csv
import math
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from ase.data import atomic_masses, atomic_numbers
from ase.formula import Formula
from scipy import constants
from scipy.integrate import quad

from hrtem_sim.refusal import Refusal

Rms = float | str | Mapping[str, float] | tuple[tuple[str, float], ...]
"""Displacements as they are given: one for all, ``"measured"``, ``"debye"``, or by element."""

LARGEST = 0.6
"""In angstrom: no solid at room temperature comes near it (caesium 0.48)."""

ROOM_TEMPERATURE = 293.0
"""In kelvin."""

_OFF_STOICHIOMETRY = 0.12
"""Share of atoms by which a cut crystal may miss the formula of its material."""

ORGANIC = 0.22
"""angstrom, of all atoms of organic molecules at room temperature, in whose crystals mean square
displacements of 0.04 to 0.06 square angstrom are usual. A stand-in for molecules on surfaces."""

_MOLECULES = frozenset("H C N O S P".split())

_NONMETALS = frozenset("H He B C N O F Ne Si P S Cl Ar Ge As Se Br Kr Sb Te I Xe".split())


class Entry(NamedTuple):
    """Displacement of an element in a material, and the source of the value."""

    u: float
    source: str


def displacements_in(
    amounts: Mapping[str, float], rms: Rms, *, beside: Iterable[str] = ()
) -> dict[str, float]:
    """Return the rms displacement along one axis of every element of a material.

    Parameters
    ----------
    amounts
        Amounts of the elements, in any unit.
    rms
        One number for all (0.1 is what Construction Zone writes), numbers by element, in angstrom;
        ``"measured"`` for the values of a table at room temperature; ``"debye"`` for the Debye
        model of the element.
    beside
        Elements of the other materials of a specimen, which values of the caller's own must cover.

    Returns
    -------
    u
        Displacements in angstrom, by element.

    Raises
    ------
    ValueError
        If an element has no value, or a value is none.

    Notes
    -----
    Measured values are those of the compound with these elements whose composition is nearest. Of
    alloys of metals, and of elements that the table lacks, they are those of the elements; of
    molecules of C, H and N, O, S or P 0.22 angstrom. Values of a compound that is not there are not made up of those of its elements, which err by a factor
    of two (Se in CdSe).

    Examples
    --------
    >>> {symbol: round(u, 3) for symbol, u in displacements_in({"Cd": 1, "Se": 1}, "measured").items()}
    {'Cd': 0.141, 'Se': 0.12}
    """  # noqa: E501
    if isinstance(rms, tuple):
        rms = dict(rms)
    if isinstance(rms, Mapping):
        return {symbol: _given(symbol, rms) for symbol in amounts}
    if rms == "measured":
        return _measured(amounts, beside)
    if rms == "debye":
        return _by_debye(amounts, beside)
    if isinstance(rms, bool | str) or not 0 <= rms <= LARGEST:
        raise Refusal(
            f"rms must be a number from 0 to {LARGEST} in angstrom, a mapping of such by element, "
            f'"measured" or "debye"; got {rms!r}'
        )
    return dict.fromkeys(amounts, float(rms))


def _given(symbol: str, rms: Mapping[str, float]) -> float:
    if symbol not in rms:
        raise Refusal(f"rms must hold a value for {symbol}; got {', '.join(rms)}")
    value = rms[symbol]
    if isinstance(value, bool | str) or not 0 <= value <= LARGEST:
        raise Refusal(f"rms of {symbol} must be from 0 to {LARGEST} angstrom; got {value!r}")
    return float(value)


def _measured(amounts: Mapping[str, float], beside: Iterable[str]) -> dict[str, float]:
    total = sum(amounts.values())
    shares = {symbol: amount / total for symbol, amount in amounts.items()}
    best, distance = None, _OFF_STOICHIOMETRY
    for material, composition in _compositions().items():
        if composition.keys() == shares.keys():
            off = max(abs(composition[symbol] - shares[symbol]) for symbol in shares)
            if off <= distance:
                best, distance = material, off
    if best is not None:
        return {symbol: entry.u for symbol, entry in table()[best].items()}
    if {"C", "H"} <= shares.keys() <= _MOLECULES:
        return dict.fromkeys(shares, ORGANIC)
    if len(shares) == 1 or _NONMETALS.isdisjoint(shares):
        return {symbol: _of_element(symbol) for symbol in shares}
    raise _unknown(shares, beside, "no measured values for")


def _of_element(symbol: str) -> float:
    known = table().get(symbol)
    return debye_rms(symbol) if known is None else known[symbol].u


def _by_debye(amounts: Mapping[str, float], beside: Iterable[str]) -> dict[str, float]:
    if len(amounts) > 1 and not _NONMETALS.isdisjoint(amounts):
        why = 'the Debye model of elements ("debye") does not hold for'
        raise _unknown(amounts, beside, why)
    return {symbol: debye_rms(symbol) for symbol in amounts}


def _unknown(symbols: Iterable[str], beside: Iterable[str], why: str) -> Refusal:
    """Return a refusal whose advice can be followed by copying it, into Python or a recipe."""
    guess = dict.fromkeys((*symbols, *beside), 0.08)
    table = ", ".join(f"{symbol} = {u}" for symbol, u in guess.items())

    def told(values: str) -> str:
        return (
            f"rms: {why} {'-'.join(symbols)}; give one number, or values of your own such as "
            f"{values}, in angstrom along one axis"
        )

    refusal = Refusal(told(str(guess)))
    refusal.in_recipe = told(f"{{ {table} }}")
    return refusal


@cache
def table() -> dict[str, dict[str, Entry]]:
    """Return measured displacements at room temperature, by material and element.

    Notes
    -----
    B = 8 pi^2 u^2. Elements: V. F. Sears and S. A. Shelley, Acta Cryst. A 47, 441 (1991), and H. X.
    Gao and L.-M. Peng, Acta Cryst. A 55, 926 (1999); they differ by 5 to 15 % in B. Compounds: the
    refinements named in the table, anisotropic ones averaged over the axes.
    """
    found: dict[str, dict[str, Entry]] = {}
    for row in _rows("displacements.csv"):
        u = math.sqrt(float(row["B"]) / 8) / math.pi
        found.setdefault(row["material"], {})[row["element"]] = Entry(u, row["source"])
    return found


@cache
def _compositions() -> dict[str, dict[str, float]]:
    found = {}
    for material in table():
        counts = Formula(material).count()
        found[material] = {symbol: n / sum(counts.values()) for symbol, n in counts.items()}
    return found


def debye_rms(symbol: str, temperature: float = ROOM_TEMPERATURE) -> float:
    """Return the rms displacement per axis of an element in the Debye model.

    Parameters
    ----------
    symbol
        Chemical symbol.
    temperature
        In kelvin.

    Returns
    -------
    u
        In angstrom.

    Raises
    ------
    ValueError
        If the package has no Debye temperature for the element.

    Notes
    -----
    u^2 = 3 hbar^2 / (m k Theta) [1/4 + (T / Theta)^2 int_0^(Theta/T) x / (e^x - 1) dx]; B. E.
    Warren, X-ray Diffraction (1969), eq. 11.77 (there B = 8 pi^2 u^2); Theta from Kittel's table.
    The Debye model of a monatomic crystal with the Debye temperature of the specific heat, which
    weighs acoustic modes: within a fifth of measured B for Au, Ag, Cu, Ni, Pd, Pt and Al, up to
    half too small for others (Zn, Mg, Ge, Si, Pb; `displacements_in` knows the measured ones).

    Examples
    --------
    >>> round(debye_rms("Au"), 3)
    0.09
    """
    theta = _debye_temperatures().get(symbol)
    if theta is None:
        raise Refusal(_unknown([symbol], (), "no tabulated value for"))
    if not temperature >= 0:
        raise Refusal(f"temperature must not be negative, in kelvin; got {temperature!r}")
    integral = 0.0
    if temperature > 0:
        ratio = theta / temperature
        integral = quad(lambda x: x / np.expm1(x) if x else 1.0, 0, ratio)[0] / ratio**2
    mass = atomic_masses[atomic_numbers[symbol]] * constants.atomic_mass
    scale = 3 * constants.hbar**2 / (mass * constants.k * theta)
    return math.sqrt(scale * (0.25 + integral)) * 1e10


@cache
def _debye_temperatures() -> dict[str, float]:
    rows = _rows("debye_temperatures.csv")
    return {row["symbol"]: float(row["debye_temperature"]) for row in rows}


def _rows(name: str) -> list[dict[str, str]]:
    path = files("hrtem_sim.specimen") / "data" / name
    with path.open(encoding="utf-8") as stream:
        return list(csv.DictReader(line for line in stream if not line.startswith("#")))
