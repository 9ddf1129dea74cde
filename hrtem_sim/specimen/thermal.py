"""Thermal motion: rms displacements of atoms and frozen-phonon configurations."""

import math

import numpy as np
from ase.data import chemical_symbols

from hrtem_sim.provenance.doors import typed
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen.displacements import Rms, displacements_in
from hrtem_sim.specimen.specimen import Specimen


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


@typed
def rms_displacements(specimen: Specimen, rms: Rms = "measured") -> np.ndarray:
    """Return the rms displacement of every atom along each axis.

    Parameters
    ----------
    specimen
        Atoms. Each of its objects is a material of its own.
    rms
        One number for all in angstrom (0.1 is what Construction Zone writes for every element), a
        mapping from element symbols to numbers, ``"measured"`` for the values of the materials at
        room temperature, or ``"debye"`` for the Debye model of elements.

    Returns
    -------
    u
        Shape (n,), in angstrom.

    Raises
    ------
    ValueError
        If an element has no value or a value is negative; see `displacements_in`.

    Examples
    --------
    >>> gold = Specimen([[2.0, 2.0, 2.0]], [79], (4.0, 4.0, 4.0))
    >>> rms_displacements(gold, {"Au": 0.09}), rms_displacements(gold).round(3)
    (array([0.09]), array([0.085]))
    """
    out = np.empty(len(specimen))
    elements = [chemical_symbols[n] for n in np.unique(specimen.numbers)]
    for label in np.unique(specimen.labels):
        members = np.flatnonzero(specimen.labels == label)
        numbers, counts = np.unique(specimen.numbers[members], return_counts=True)
        amounts = dict(zip((chemical_symbols[n] for n in numbers), counts.tolist(), strict=True))
        found = displacements_in(amounts, rms, beside=elements)
        by_number = np.zeros(len(chemical_symbols))
        by_number[numbers] = [found[chemical_symbols[n]] for n in numbers]
        out[members] = by_number[specimen.numbers[members]]
    return out


@typed
def displaced(
    specimen: Specimen,
    rng: np.random.Generator,
    *,
    rms: Rms = "measured",
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
        Same cell, labels and objects. Atoms near a face may stand beyond it.

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
    return specimen.displaced(shift, filled)
