"""The camera: pixels, point spread, efficiency, coloured noise, gain, readout, saturation.

Why: a scintillator spreads the light of an electron over many pixels, and some electrons give much
light, some little. So it blurs signal and noise, but not alike: electrons that shine bright blur
as they do, and what differs from electron to electron is noise that the signal does not have. The
efficiency DQE says what is left of the electrons' own statistics.

How: signal and noise pass with transfers of their own, MTF and NTF, and DQE(u) = DQE(0) MTF(u)^2 /
NTF(u)^2. Any two of the three measured curves describe a camera.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from hrtem_sim.imaging.cameras import camera_settings
from hrtem_sim.provenance import (
    Checked,
    added,
    at_least,
    between,
    checked,
    optional,
    physical,
    positive,
)
from hrtem_sim.provenance.doubts import say
from hrtem_sim.refusal import Refusal

PIXEL = physical(0.01, 10, "angstrom", usual=(0.05, 3), units={"nm": 10.0, "pm": 0.01})

Curve = tuple[tuple[float, float], ...]

SAFE = 6.0
"""Standard deviations of the readout noise that the pedestal lifts the darkest pixel by."""


class Clipped(UserWarning):
    """An image of which pixels are cut off at the camera's largest value."""


@dataclass(frozen=True)
class Detector(Checked):
    """A pixel detector.

    Parameters
    ----------
    pixel_size
        In angstrom at the specimen; the pixels must divide the wave's extent. A pixel integrates
        over its area, whose transfer sinc(u / 2) is always there.
    mtf_half
        Frequency, in units of Nyquist, where the modulation transfer beyond the pixel's own falls
        to one half, MTF(u) = 1 / (1 + (u / mtf_half)^mtf_power); None: a perfect camera.
    mtf_power
        Exponent of that fall.
    mtf_curve
        Curve instead: pairs (frequency in units of Nyquist, MTF) from (0, 1) on, interpolated
        linearly and held beyond the last.
    noise_transfer
        Transfer of the noise: `"mtf"`: as the signal's, all electrons alike; `"flat"`: none, the
        noise stays white.
    gain
        Digital units per electron.
    readout_noise
        Standard deviation per pixel in digital units.
    dark
        Mean dark signal per pixel in digital units; it has Poisson noise.
    saturation
        Largest digital value; a `Clipped` warning says where it cuts.
    mtf_with_pixel
        Whether `mtf_curve` is of the whole camera, its pixels included, as it is measured from
        edges; otherwise it is what comes beyond them.
    nnps_curve
        Normalised noise power spectrum measured from flat images, pairs (frequency, NNPS) from (0,
        1) on; NTF is its root. Takes the place of `noise_transfer`.
    dqe_curve
        Detective quantum efficiency measured instead, pairs (frequency, DQE) from (0, DQE(0)) on;
        NTF follows from it and the MTF.
    dqe_zero
        Efficiency at frequency 0. Electrons give responses that vary by 1 / DQE(0) - 1 of their
        mean squared, or a counting camera misses 1 - DQE(0) of them.
    counting
        Whether electrons are counted, one by one, instead of the charge they leave.
    pedestal
        Digital value added before the readout noise, so that nothing is cut off at 0; default: 6
        standard deviations of the readout noise. See `zero`.

    Notes
    -----
    Signal and noise pass with their own transfer functions: the recorded image is gain (MTF * n0 +
    NTF * (n - n0)) + pedestal + dark + readout, with n0 the expected and n the Poisson-distributed
    electrons per pixel (R. R. Meyer and A. I. Kirkland, Microsc. Res. Tech. 49, 269 (2000)); MTF(0)
    = NTF(0) = 1. n is replaced by the sum of gamma-distributed responses of mean 1 and variance 1 /
    DQE(0) - 1, or by the electrons that a counting camera does not miss.

    Examples
    --------
    >>> camera = Detector.preset("k2_counting", 300e3, pixel_size=0.4)
    >>> round(float(camera.dqe(0.5)), 2)
    0.56
    """

    pixel_size: float = checked(0.4, PIXEL)
    mtf_half: float | None = checked(None, optional(positive("Nyquist")))
    mtf_power: float = checked(2.0, positive())
    mtf_curve: Curve | None = None
    noise_transfer: Literal["mtf", "flat"] = "mtf"
    gain: float = checked(1.0, positive("digital units per electron"))
    readout_noise: float = checked(0.0, at_least(0, "digital units"))
    dark: float = checked(0.0, at_least(0, "digital units"))
    saturation: int = checked(65535, between(1, 2**32 - 1, "digital units"))
    mtf_with_pixel: bool = added(False)
    nnps_curve: Curve | None = added(None)
    dqe_curve: Curve | None = added(None)
    dqe_zero: float = checked(1.0, between(0, 1, open_low=True), added=True)
    counting: bool = added(False)
    pedestal: float | None = checked(None, optional(at_least(0, "digital units")), added=True)

    @classmethod
    def preset(cls, name: str, energy: float, **changes: Any) -> "Detector":
        """Return a camera with the transfer, efficiency and noise that were measured of it.

        Parameters
        ----------
        name
            Name of `hrtem_sim.imaging.cameras.CAMERAS`, such as "us1000" or "k2_counting".
        energy
            Energy of the electrons in eV: curves were measured at some.
        changes
            Fields with other values, `pixel_size` first of all.

        Raises
        ------
        ValueError
            If there is no such camera, or no curve for the energy.
        """
        return cls(**{**camera_settings(name, energy), **changes})

    def _check_together(self) -> None:
        if self.mtf_half is not None and self.mtf_curve is not None:
            raise Refusal("mtf_curve must be left out where mtf_half is given; got both")
        if self.mtf_with_pixel and self.mtf_curve is None:
            raise Refusal("mtf_curve must be given with mtf_with_pixel; got None")
        if self.dqe_curve is not None and (self.nnps_curve is not None or self.dqe_zero != 1):
            raise Refusal(
                "dqe_curve must be given without nnps_curve and dqe_zero, which follow from it; "
                "got both"
            )
        check_curve("mtf_curve", "MTF", self.mtf_curve, 1.0)
        check_curve("nnps_curve", "NNPS", self.nnps_curve, 1.0)
        check_curve("dqe_curve", "DQE", self.dqe_curve, None)
        if self.mtf_with_pixel and self.mtf_curve is not None and self.mtf_curve[-1][0] >= 2:
            raise Refusal(
                "mtf_curve must end before 2 Nyquist, where the pixel's own transfer is 0; "
                f"got {self.mtf_curve[-1][0]}"
            )

    @property
    def blurs(self) -> bool:
        """Whether its modulation transfer goes beyond that of its pixels."""
        return self.mtf_half is not None or self.mtf_curve is not None

    @property
    def is_perfect(self) -> bool:
        """Whether the camera counts electrons and nothing else."""
        colours = self.nnps_curve is not None or self.efficiency < 1 or bool(self.pedestal)
        return not (self.blurs or colours or self.readout_noise or self.dark) and self.gain == 1

    @property
    def efficiency(self) -> float:
        """DQE at frequency 0."""
        return self.dqe_zero if self.dqe_curve is None else self.dqe_curve[0][1]

    @property
    def per_electron(self) -> float:
        """Mean digital units for each electron that arrives."""
        return self.gain * (self.efficiency if self.counting else 1.0)

    @property
    def zero(self) -> float:
        """Mean digital value of a pixel that no electron hits: pedestal and dark signal."""
        pedestal = self.pedestal
        if pedestal is None:
            pedestal = float(math.ceil(SAFE * self.readout_noise))
        return pedestal + self.dark

    def mtf(self, frequency: np.ndarray | float) -> np.ndarray:
        """Return the modulation transfer beyond the pixel's at frequencies in units of Nyquist."""
        frequency = np.asarray(frequency, dtype=float)
        if self.mtf_curve is not None:
            at, values = np.array(self.mtf_curve, dtype=float).T
            if self.mtf_with_pixel:
                values, frequency = np.interp(frequency, at, values), np.minimum(frequency, at[-1])
                return values / np.sinc(frequency / 2)
            return np.interp(frequency, at, values)
        if self.mtf_half is None:
            return np.ones_like(frequency)
        return 1 / (1 + (frequency / self.mtf_half) ** self.mtf_power)

    def transfer(self, frequency: np.ndarray | float) -> np.ndarray:
        """Return the modulation transfer, pixels included, at frequencies in units of Nyquist."""
        return self.mtf(frequency) * np.sinc(np.asarray(frequency, dtype=float) / 2)

    def ntf(self, frequency: np.ndarray | float) -> np.ndarray:
        """Return the transfer of the noise at frequencies in units of Nyquist; 1 at 0."""
        frequency = np.asarray(frequency, dtype=float)
        if self.nnps_curve is not None:
            return np.sqrt(np.interp(frequency, *np.array(self.nnps_curve, dtype=float).T))
        if self.dqe_curve is not None:
            at, values = np.array(self.dqe_curve, dtype=float).T
            inner = np.minimum(frequency, at[-1])
            return self.transfer(inner) * np.sqrt(values[0] / np.interp(inner, at, values))
        return self.mtf(frequency) if self.noise_transfer == "mtf" else np.ones_like(frequency)

    def dqe(self, frequency: np.ndarray | float) -> np.ndarray:
        """Return the efficiency DQE(0) MTF^2 / NTF^2 at frequencies in units of Nyquist.

        Readout and dark noise come on top, and matter at low dose.
        """
        return self.efficiency * (self.transfer(frequency) / self.ntf(frequency)) ** 2

    def blur(self, image: np.ndarray) -> np.ndarray:
        """Return an image (ny, nx) after the modulation transfer; periodic."""
        if not self.blurs:
            return image
        return _filtered(image, self.mtf)

    def record(
        self, electrons: np.ndarray, rng: np.random.Generator, *, shown: np.ndarray | None = None
    ) -> np.ndarray:
        """Return the digital image of a mean number of electrons per pixel.

        Parameters
        ----------
        electrons
            Expected electrons per pixel, shape (ny, nx).
        rng
            Source of shot, dark and readout noise, drawn in this order.
        shown
            Electrons that are left of them after the modulation transfer; default:
            `blur(electrons)`, right where all that is blurred is coarser than the pixels.

        Returns
        -------
        values
            uint16, or uint32 where a value or `saturation` needs it.
        """
        if self.is_perfect:
            values: np.ndarray = rng.poisson(electrons)
        else:
            signal = self.blur(electrons) if shown is None else shown
            values = self.gain * self._responses(electrons, signal, rng) + (self.zero - self.dark)
            if self.dark:
                values = values + rng.poisson(self.dark, electrons.shape)
            if self.readout_noise:
                values = values + rng.normal(0, self.readout_noise, electrons.shape)
            values = np.rint(values)
        cut = np.count_nonzero(values > self.saturation)
        if cut:
            say(
                f"{cut / values.size:.2%} of the pixels are above {self.saturation} digital units "
                "and cut off there; take a lower dose or gain, or a camera with a larger "
                "saturation",
                Clipped,
            )
        values = np.clip(values, 0, self.saturation)
        dtype = np.uint16 if values.max(initial=0) < 2**16 else np.uint32
        return values.astype(dtype)

    def _responses(
        self, electrons: np.ndarray, signal: np.ndarray, rng: np.random.Generator
    ) -> np.ndarray:
        """What electrons leave in each pixel, in units of one electron's."""
        white = self.nnps_curve is None and self.dqe_curve is None and self.noise_transfer == "flat"
        if white:  # electrons come where the signal is, each to one pixel
            return self._respond(np.maximum(signal, 0), rng)
        missed = self.efficiency if self.counting else 1.0
        noise = self._respond(electrons, rng) - missed * electrons
        return missed * signal + _filtered(noise, self.ntf)

    def _respond(self, electrons: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Responses to Poisson-distributed electrons, without any spread over pixels."""
        efficiency = self.efficiency
        if self.counting:
            return rng.poisson(efficiency * electrons)
        shot = rng.poisson(electrons)
        if efficiency == 1:
            return shot
        each = efficiency / (1 - efficiency)  # gamma: mean 1, variance 1 / each
        return rng.gamma(each * shot) / each


def check_curve(name: str, quantity: str, curve: Curve | None, first: float | None) -> None:
    """Refuse a curve that does not rise in frequency, begin at 0 and stay positive or 0."""
    if curve is None:
        return
    pairs = np.array(curve, dtype=float)
    good = (
        pairs.ndim == 2
        and pairs.shape[1:] == (2,)
        and np.isfinite(pairs).all()
        and pairs[0, 0] == 0
        and (pairs[0, 1] == first if first is not None else 0 < pairs[0, 1] <= 1)
        and (np.diff(pairs[:, 0]) > 0).all()
        and (pairs[:, 1] >= 0).all()
        and (quantity == "MTF" or (pairs[:, 1] > 0).all())
    )
    if not good:
        begin = f"{first:g}" if first is not None else "0 to 1"
        raise Refusal(
            f"{name} must be pairs of frequency and {quantity} with rising frequencies, from 0 and "
            f"{begin} on; got {curve!r}"
        )


def _filtered(image: np.ndarray, transfer: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """An image, periodic, after a transfer of frequencies in units of Nyquist."""
    ky, kx = (np.fft.fftfreq(n) * 2 for n in image.shape)
    kx = np.abs(kx[: image.shape[1] // 2 + 1])
    values = transfer(np.hypot(ky[:, None], kx[None]))
    return np.fft.irfft2(np.fft.rfft2(image) * values, s=image.shape)
