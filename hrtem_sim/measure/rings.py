"""Defocus, dose, camera and film, from the Thon rings and the noise of a micrograph's film.

One model says what the power spectrum of a thin amorphous film is:

    S(k) = T(k)^2 [1 / D + 4 t P(k) B(k) (1 - R(k) cos 2 chi(k)) / 2]

D is the dose, t the film's thickness, P the power that an angstrom of it scatters, T the transfer
of the camera, B the blur of whatever moves, R what is left of the rings after focal spread and
thickness. Its logarithm is fitted to that of the measured profile. Where rings begin nobody knows
beforehand: the defocus is first sought on a ladder, and the best few rungs are climbed.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import OptimizeResult, least_squares

from hrtem_sim.electron import wavelength
from hrtem_sim.measure.estimates import UNKNOWN, Estimate
from hrtem_sim.measure.film import film_power
from hrtem_sim.measure.given import check_microscope
from hrtem_sim.measure.spectrum import FilmSpectrum, ring_contrast

__all__ = ["Rings", "measure_rings"]

LOWEST = 0.06
"""Frequency in 1/angstrom below which uneven films and illumination count for more."""

MOST_DEFOCUS, RUNG, CLIMBED = 2500.0, 10.0, 4
"""Ladder of the defocus in angstrom, and the number of rungs that are climbed."""

NAMES = ("noise", "cut", "fall", "thickness", "blur", "defocus", "damping")
LOW = np.array([-14.0, math.log(0.12), math.log(1.5), math.log(0.01), 0.0, 0.0, -6.0])
HIGH = np.array([3.0, math.log(6.0), math.log(40.0), math.log(800.0), 40.0, MOST_DEFOCUS, 4.0])
"""Bounds of the fit; the logarithm of what is positive."""

SPREAD = {"noise": 6.0, "cut": 5.0, "thickness": 3.0, "defocus": 3.5}
"""Standard errors of the fit in half an interval: they count neighbouring rings as independent and
know nothing of what the model leaves out. Chosen so that nine intervals of ten hold the truth, on
simulated micrographs other than those that test it (benchmarks/measure/intervals.py)."""

COUNTED = {"noise": 0.0, "cut": 3.0}
"""The same where the gain is known."""

FLOOR = {"noise": 0.04, "cut": 0.03, "thickness": 0.25}
"""Least half of an interval, relative: what the model leaves out, such as scattering twice."""

KNOWN_GAIN = 0.02
"""Relative error of a dose that is counted: film scatters some electrons out of the band."""


@dataclass(frozen=True)
class Rings:
    """What noise and rings of a film say.

    Parameters
    ----------
    dose
        Electrons per square angstrom, as the noise says; effective, if the camera adds noise.
    cut
        Frequency in 1/angstrom at which the camera's transfer of the noise falls to one half.
    fall
        Exponent of that fall, T = 1 / (1 + (k / cut)^fall).
    thickness
        Film's thickness in angstrom that explains its contrast.
    vibration
        Standard deviation of random shifts, in angstrom, that explains the blur of the film.
    defocus
        Magnitude of the film's defocus in angstrom; rings do not tell its sign.
    astigmatism
        Twofold astigmatism C12 in angstrom.
    misfit
        Root mean square of the logarithm's residue.
    frequencies, measured, modelled
        Profile in 1/angstrom and its logarithms, for figures.
    """

    dose: Estimate
    cut: Estimate
    fall: float
    thickness: Estimate
    vibration: float
    defocus: Estimate
    astigmatism: Estimate
    misfit: float
    frequencies: tuple[float, ...]
    measured: tuple[float, ...]
    modelled: tuple[float, ...]


@dataclass(frozen=True)
class _Profile:
    """A profile that is fitted, and what is known beforehand."""

    k: np.ndarray
    log_power: np.ndarray
    weights: np.ndarray
    film: np.ndarray
    pixel_size: float
    wavelength: float
    spherical: float
    window: float

    def model(self, x: np.ndarray, rings: bool = True) -> np.ndarray:
        noise, cut, fall, thickness, blur, defocus, damping = x
        k = self.k
        transfer = -2 * np.log1p((k / np.exp(cut)) ** np.exp(fall))
        pixel = np.sinc(k * self.pixel_size / math.sqrt(2)) ** 4
        scattered = 4 * np.exp(thickness) * self.film * np.exp(-blur * k**2) * pixel
        cosine = self.rings(defocus) * np.exp(-((np.exp(damping) * k**2) ** 2)) if rings else 0.0
        return transfer + np.log(np.exp(noise) + scattered * (1 - cosine) / 2)

    def rings(self, defocus: float) -> np.ndarray:
        """Return cos 2 chi as windows leave it."""
        twice = 2 * self.phase(defocus)
        lag = np.gradient(twice, self.k) / (2 * math.pi)
        return np.cos(twice) * ring_contrast(lag, self.window)

    def phase(self, defocus: float) -> np.ndarray:
        third = self.spherical * self.wavelength**2 * self.k**2 / 2
        return math.pi * self.wavelength * self.k**2 * (third - defocus)

    def residue(self, x: np.ndarray, rings: bool = True) -> np.ndarray:
        return self.weights * (self.model(x, rings) - self.log_power)


def measure_rings(
    spectrum: FilmSpectrum,
    *,
    energy: float,
    film: str = "C",
    spherical: float = 0.0,
    gain: float | None = None,
) -> Rings:
    """Measure what noise and Thon rings of a film say.

    Parameters
    ----------
    spectrum
        Power of the film's contrast.
    energy
        In eV.
    film
        Symbol or formula of the film.
    spherical
        Spherical aberration C30 in angstrom; 0 for a corrected microscope.
    gain
        Digital units per electron. With it the dose follows from the mean; default: from the noise,
        which film and camera make harder to tell.

    Returns
    -------
    rings
        Estimates with their intervals.

    Examples
    --------
    >>> from hrtem_sim.measure import film_spectrum
    >>> noise = np.random.default_rng(1).poisson(64, (256, 256))
    >>> 400.0 in measure_rings(film_spectrum(noise, 0.4), energy=300e3, gain=1.0).dose
    True
    """
    check_microscope(energy, spherical, gain)
    profile = _profile(spectrum, energy, film, spherical)
    low, high = LOW.copy(), HIGH.copy()
    if gain is not None:
        counted = math.log(gain * spectrum.pixel_size**2 / spectrum.mean)
        low[0], high[0] = counted - KNOWN_GAIN, counted + KNOWN_GAIN
    without = _without_rings(profile, low, high)
    tries = [_climb(profile, without.x, rung, low, high) for rung in _rungs(profile, without.x)]
    tries.sort(key=lambda found: found.cost)
    best = tries[0]
    errors = _errors(best, len(profile.k))
    value = dict(zip(NAMES, best.x, strict=True))
    error = dict(zip(NAMES, errors, strict=True))
    spread = SPREAD if gain is None else {**SPREAD, **COUNTED}
    half = {name: max(spread[name] * error[name], FLOOR[name]) for name in FLOOR}
    return Rings(
        dose=_exponential(-value["noise"], half["noise"], "e/angstrom^2"),
        cut=_exponential(value["cut"], half["cut"], "1/angstrom"),
        fall=float(np.exp(value["fall"])),
        thickness=_exponential(value["thickness"], half["thickness"], "angstrom"),
        vibration=math.sqrt(value["blur"]) / (2 * math.pi),
        defocus=_defocus(tries, error["defocus"], without.cost),
        astigmatism=_astigmatism(spectrum, best, energy, film, spherical),
        misfit=math.sqrt(2 * best.cost / len(profile.k)),
        frequencies=tuple(profile.k.tolist()),
        measured=tuple(profile.log_power.tolist()),
        modelled=tuple(profile.model(best.x).tolist()),
    )


def _profile(
    spectrum: FilmSpectrum,
    energy: float,
    film: str,
    spherical: float,
    azimuth: float | None = None,
) -> _Profile:
    k, power, count = spectrum.profile(azimuth)
    kept = (k > LOWEST) & (power > 0)
    weights = np.sqrt(np.minimum(count[kept], 400.0))
    return _Profile(
        k[kept],
        np.log(power[kept]),
        weights / weights.mean(),
        film_power(film, energy, k[kept]),
        spectrum.pixel_size,
        wavelength(energy),
        spherical,
        spectrum.window,
    )


def _without_rings(profile: _Profile, low: np.ndarray, high: np.ndarray) -> OptimizeResult:
    """Fit noise, camera and film alone, from cameras of several cuts."""
    nyquist = 0.5 / profile.pixel_size
    found = []
    for share in (1.5, 0.8, 0.5, 0.35):
        at = int(0.3 * len(profile.k)) if share < 1 else -len(profile.k) // 6
        start = [profile.log_power[at:].mean(), math.log(share * nyquist), 1.1, 3.0, 1.0]
        found.append(
            least_squares(
                lambda z: profile.residue(np.r_[z, 0.0, 0.0], rings=False),
                np.clip(start, low[:5] + 1e-6, high[:5] - 1e-6),
                bounds=(low[:5], high[:5]),
                max_nfev=60,
            )
        )
    return min(found, key=lambda result: result.cost)


def _rungs(profile: _Profile, without: np.ndarray) -> list[float]:
    """Return the defoci whose rings are most alike to what is left over."""
    left = profile.log_power - profile.model(np.r_[without, 0.0, 0.0], rings=False)
    ladder = np.arange(2 * RUNG, MOST_DEFOCUS, RUNG)
    alike = np.empty(len(ladder))
    for i, defocus in enumerate(ladder):
        rings = -profile.rings(defocus) * np.exp(-((0.8 * profile.k) ** 2)) * profile.weights
        rings -= rings.mean()
        alike[i] = (rings * left * profile.weights).sum() / np.linalg.norm(rings)
    peaks = np.flatnonzero((alike[1:-1] > alike[:-2]) & (alike[1:-1] > alike[2:])) + 1
    chosen = peaks[np.argsort(-alike[peaks])][:CLIMBED] if len(peaks) else [int(alike.argmax())]
    return [float(ladder[i]) for i in chosen]


def _climb(
    profile: _Profile, without: np.ndarray, rung: float, low: np.ndarray, high: np.ndarray
) -> OptimizeResult:
    start = np.clip(np.r_[without, rung, 0.4], low + 1e-6, high - 1e-6)
    return least_squares(profile.residue, start, bounds=(low, high), max_nfev=80)


def _errors(found: OptimizeResult, number: int) -> np.ndarray:
    variance = 2 * found.cost / max(number - len(found.x), 1)
    return np.sqrt(np.maximum(np.diag(np.linalg.pinv(found.jac.T @ found.jac)) * variance, 0))


VAGUE = math.log(4)
"""Half of an interval, of the logarithm, beyond which nothing is known."""


def _exponential(logarithm: float, half: float, unit: str) -> Estimate:
    if half > VAGUE:
        return UNKNOWN
    middle = math.exp(logarithm)
    return Estimate(middle, middle * math.exp(-half), middle * math.exp(half), unit)


LEAST_DEFOCUS = 8.0
"""Least half of the defocus's interval, in angstrom: a film is some ten thick."""

RIVAL = 1.1
"""Cost, in those of the best, up to which another defocus explains the rings too."""


NO_RINGS = 0.85
"""Cost, in that of a film without rings, above which there are none to be seen."""


def _defocus(tries: list[OptimizeResult], error: float, without: float) -> Estimate:
    """Return the defocus; its interval reaches over all that explain the rings about as well."""
    best = tries[0]
    if best.cost > NO_RINGS * without:
        return Estimate(float(best.x[5]), 0.0, MOST_DEFOCUS, "angstrom")
    half = max(SPREAD["defocus"] * error, LEAST_DEFOCUS)
    rivals = [found.x[5] for found in tries if found.cost <= RIVAL * best.cost]
    low, high = max(0.0, min(rivals) - half), min(MOST_DEFOCUS, max(rivals) + half)
    return Estimate(float(best.x[5]), float(low), float(high), "angstrom")


SECTORS = 8


def _astigmatism(
    spectrum: FilmSpectrum,
    best: OptimizeResult,
    energy: float,
    film: str,
    spherical: float,
) -> Estimate:
    """Fit the defocus of every sector and take its twofold part: |dz| - C12 cos 2 (theta - phi)."""
    angles = np.pi * np.arange(SECTORS) / SECTORS
    found = []
    for angle in angles:
        part = _profile(spectrum, energy, film, spherical, angle)

        def residue(z: np.ndarray, part: _Profile = part) -> np.ndarray:
            x = best.x.copy()
            x[5], x[3] = z
            return part.residue(x)

        start = np.array([best.x[5], best.x[3]])
        found.append(least_squares(residue, start, max_nfev=30).x[0])
    terms = np.column_stack([np.ones(SECTORS), np.cos(2 * angles), np.sin(2 * angles)])
    parts, *_ = np.linalg.lstsq(terms, np.array(found), rcond=None)
    _, cosine, sine = parts
    left = np.array(found) - terms @ parts
    error = math.sqrt(float((left**2).sum()) / (SECTORS - 3) * 2 / SECTORS)
    amplitude = math.hypot(cosine, sine)
    if not math.isfinite(error) or amplitude > 0.8 * best.x[5]:
        return UNKNOWN
    half = max(2.5 * error, 4.0)
    return Estimate(amplitude, max(0.0, amplitude - half), amplitude + half, "angstrom")
