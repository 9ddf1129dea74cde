"""Thermal motion: rms displacements per element and frozen-phonon configurations."""

import csv
import math
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files

import numpy as np
from ase.data import atomic_masses, atomic_numbers, chemical_symbols
from scipy import constants
from scipy.integrate import quad

from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen.specimen import Specimen

ROOM_TEMPERATURE = 293.0
"""In kelvin."""


def u_from_b(b: float) -> float:
    """Return the rms displacement per axis for a Debye-Waller factor B.

    Parameters
    ----------
    b
        B in angstrom^2.

    Returns
    -------
    u
        In angstrom: B = 8 pi^2 u^2 (u^2 is the mean square along one axis).

    Examples
    --------
    >>> round(u_from_b(0.7896), 3)
    0.1
    """
    return math.sqrt(_checked("b", b, "angstrom^2") / 8) / math.pi


def b_from_u(u: float) -> float:
    """Return the Debye-Waller factor B = 8 pi^2 u^2 in angstrom^2 of an rms displacement per axis.

    Parameters
    ----------
    u
        Rms displacement along one axis, in angstrom.

    Examples
    --------
    >>> round(b_from_u(0.1), 4)
    0.7896
    """
    return 8 * math.pi**2 * _checked("u", u, "angstrom") ** 2


def u_from_uiso(uiso: float) -> float:
    """Return the rms displacement per axis for U_iso, the mean square along one axis.

    Parameters
    ----------
    uiso
        U_iso (or U_eq) of a structure file, in angstrom^2.

    Examples
    --------
    >>> round(u_from_uiso(0.01), 3)
    0.1
    """
    return math.sqrt(_checked("uiso", uiso, "angstrom^2"))


def u_from_total(total: float) -> float:
    """Return the rms displacement per axis for the rms length of the displacement in space.

    Parameters
    ----------
    total
        sqrt(<|r|^2>) in angstrom: sqrt(3) times that of one axis where all axes are alike.

    Examples
    --------
    >>> round(u_from_total(0.1732), 3)
    0.1
    """
    return _checked("total", total, "angstrom") / math.sqrt(3)


def _checked(name: str, value: float, unit: str) -> float:
    if isinstance(value, bool) or not 0 <= value < math.inf:
        raise Refusal(f"{name} must be a number >= 0, in {unit}; got {value!r}")
    return float(value)


def rms_displacements(
    specimen: Specimen, rms: float | Mapping[str, float] | str = "debye"
) -> np.ndarray:
    """Return the rms displacement of every atom along each axis.

    Parameters
    ----------
    specimen
        Atoms.
    rms
        One number for all (0.1 is what Construction Zone writes for every element), a mapping from
        element symbols to numbers, in angstrom per axis, or `"debye"`: the Debye model at room
        temperature, see `debye_rms`.

    Returns
    -------
    u
        Shape (n,), in angstrom.

    Raises
    ------
    ValueError
        If an element has no value or a value is negative.

    Examples
    --------
    >>> gold = Specimen([[2.0, 2.0, 2.0]], [79], (4.0, 4.0, 4.0))
    >>> rms_displacements(gold, {"Au": 0.09}), rms_displacements(gold).round(2)
    (array([0.09]), array([0.09]))
    """
    out = np.empty(len(specimen))
    for number in np.unique(specimen.numbers):
        out[specimen.numbers == number] = _rms_of(chemical_symbols[number], rms)
    return out


def _rms_of(symbol: str, rms: float | Mapping[str, float] | str) -> float:
    if isinstance(rms, Mapping):
        if symbol not in rms:
            raise Refusal(f"rms must hold a value for {symbol}; got {', '.join(rms)}")
        rms = rms[symbol]
    elif rms == "debye":
        return debye_rms(symbol)
    if isinstance(rms, bool | str) or not 0 <= rms < math.inf:
        raise Refusal(
            "rms must be a number >= 0 in angstrom, a mapping of such by element, or "
            f'"debye"; got {rms!r}'
        )
    return float(rms)


def displaced(
    specimen: Specimen,
    rng: np.random.Generator,
    *,
    rms: float | Mapping[str, float] | str = "debye",
) -> Specimen:
    """Return one frozen-phonon configuration: every atom off its site by Gaussian draws.

    Parameters
    ----------
    specimen
        Atoms at rest; partially occupied sites are kept or emptied by a draw each.
    rng
        Source of the draws: three normal numbers per atom, then one uniform number.
    rms
        In angstrom, or as `rms_displacements` takes it.

    Returns
    -------
    specimen
        Same cell, labels and objects. Along the beam displacements end at the cell's faces.

    Notes
    -----
    Independent (Einstein) displacements: R. F. Loane, P. Xu and J. Silcox, Acta Cryst. A 47, 267
    (1991).

    Examples
    --------
    >>> gold = Specimen([[2.0, 2.0, 2.0]], [79], (4.0, 4.0, 4.0))
    >>> moved = displaced(gold, np.random.default_rng(1), rms=0.1)
    >>> bool(0 < np.abs(moved.positions - gold.positions).max() < 0.5)
    True
    """
    shift = rng.standard_normal((len(specimen), 3)) * rms_displacements(specimen, rms)[:, None]
    filled = rng.random(len(specimen)) < specimen.occupancies
    positions = specimen.positions + shift
    positions[:, 2] = np.clip(positions[:, 2], 0.0, specimen.cell[2])
    moved = replace(specimen, positions=positions, occupancies=np.ones(len(specimen)))
    return moved if filled.all() else moved.keep(filled)


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
    The Debye model of a monatomic crystal: within 20 % of measured B for metals, a third low for
    silicon; for compounds and amorphous films give values of your own.

    Examples
    --------
    >>> round(debye_rms("Au"), 3)
    0.09
    """
    theta = _debye_temperatures().get(symbol)
    if theta is None:
        raise Refusal(
            f"rms has no tabulated value for {symbol}; give a number, or a mapping with {symbol}"
        )
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
    path = files("hrtem_sim.specimen") / "data" / "debye_temperatures.csv"
    with path.open(encoding="utf-8") as stream:
        rows = csv.DictReader(line for line in stream if not line.startswith("#"))
        return {row["symbol"]: float(row["debye_temperature"]) for row in rows}
