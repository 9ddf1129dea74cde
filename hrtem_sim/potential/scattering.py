"""Electron scattering factors of neutral atoms: the two tables in common use.

Kirkland: E. J. Kirkland, Advanced Computing in Electron Microscopy, 2nd ed. (2010), Appendix C,
f(k) = sum_i a_i / (k^2 + b_i) + c_i exp(-d_i k^2), three terms, Z = 1 to 103.

Lobato: I. Lobato and D. Van Dyck, Acta Cryst. A 70, 636 (2014), Table 1,
f(k) = sum_i a_i (2 + b_i k^2) / (1 + b_i k^2)^2, five terms, Z = 1 to 103; right at large angles,
where it falls off as k^-2 with the coefficient of the bare nucleus.
"""

import csv
from functools import cache
from importlib.resources import files

import numpy as np

from hrtem_sim.refusal import Refusal

PARAMETRIZATIONS = ("lobato", "kirkland")


def scattering_factor(
    number: int, squared_frequency: np.ndarray, parametrization: str = "lobato"
) -> np.ndarray:
    """Return the electron scattering factor of a neutral atom.

    Parameters
    ----------
    number
        Atomic number, 1 to 103.
    squared_frequency
        k^2 in 1/angstrom^2 (k = 2 sin(theta) / lambda = 1/d), any shape.
    parametrization
        `"lobato"` or `"kirkland"`; see the module's docstring for the sources.

    Returns
    -------
    f
        In angstrom (first Born approximation, without the relativistic factor), same shape.

    Raises
    ------
    ValueError
        For an unknown parametrization or an element that the table does not cover.

    Examples
    --------
    >>> float(scattering_factor(79, 0.0, "kirkland").round(3))
    10.553
    """
    k2 = np.asarray(squared_frequency, dtype=float)
    rows = _table(parametrization)
    if number not in rows:
        raise Refusal(
            f"number must be an atomic number from 1 to 103 (table {parametrization}); got {number}"
        )
    factor = np.zeros_like(k2)
    if parametrization == "kirkland":
        for a, b, c, d in rows[number].reshape(3, 4):
            factor += a / (k2 + b) + c * np.exp(-d * k2)
    else:
        for a, b in rows[number].reshape(2, 5).T:
            factor += a * (2 + b * k2) / (1 + b * k2) ** 2
    return factor


@cache
def _table(parametrization: str) -> dict[int, np.ndarray]:
    if parametrization not in PARAMETRIZATIONS:
        raise Refusal(
            f"parametrization must be one of {', '.join(PARAMETRIZATIONS)}; got {parametrization!r}"
        )
    path = files("hrtem_sim.potential") / "data" / f"{parametrization}.csv"
    with path.open(encoding="utf-8") as stream:
        rows = list(csv.reader(stream))[1:]
    return {int(row[0]): np.array([float(value) for value in row[2:]]) for row in rows}
