"""The camera: pixels, point spread, coloured noise, gain, readout, saturation."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from hrtem_sim.provenance import Checked, at_least, between, checked, optional, positive
from hrtem_sim.refusal import Refusal

Curve = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Detector(Checked):
    """A pixel detector.

    Parameters
    ----------
    pixel_size
        In angstrom at the specimen; the pixels must divide the wave's extent. A pixel integrates
        over its area: the image is summed over the finer pixels of the wave.
    mtf_half
        Frequency, in units of Nyquist, where the modulation transfer beyond the pixel's own falls
        to one half, MTF(u) = 1 / (1 + (u / mtf_half)^mtf_power); None: a perfect camera.
    mtf_power
        Exponent of that fall.
    mtf_curve
        Measured instead: pairs (frequency in units of Nyquist, MTF) from (0, 1) on, interpolated
        linearly and held beyond the last.
    noise_transfer
        `"mtf"`: shot noise is blurred like the image (a scintillator); `"flat"`: it stays white (a
        counting camera).
    gain
        Digital units per electron.
    readout_noise
        Standard deviation per pixel in digital units.
    dark
        Mean dark signal per pixel in digital units; it has Poisson noise.
    saturation
        Largest digital value.

    Notes
    -----
    Signal and noise pass with their own transfer functions: the recorded image is gain (MTF * n0 +
    NTF * (n - n0)) + dark + readout, with n0 the expected and n the Poisson-distributed electrons
    per pixel (R. R. Meyer and A. I. Kirkland, Microsc. Res. Tech. 49, 269 (2000)). MTF(0) = NTF(0)
    = 1, so electrons are conserved.
    """

    pixel_size: float = checked(0.4, positive("angstrom"))
    mtf_half: float | None = checked(None, optional(positive("Nyquist")))
    mtf_power: float = checked(2.0, positive())
    mtf_curve: Curve | None = None
    noise_transfer: Literal["mtf", "flat"] = "mtf"
    gain: float = checked(1.0, positive("digital units per electron"))
    readout_noise: float = checked(0.0, at_least(0, "digital units"))
    dark: float = checked(0.0, at_least(0, "digital units"))
    saturation: int = checked(65535, between(1, 2**32 - 1, "digital units"))

    def _check_together(self) -> None:
        if self.mtf_half is not None and self.mtf_curve is not None:
            raise Refusal("mtf_curve must be left out where mtf_half is given; got both")
        self._check_curve()

    def _check_curve(self) -> None:
        if self.mtf_curve is None:
            return
        curve = np.array(self.mtf_curve, dtype=float)
        good = (
            curve.ndim == 2
            and curve.shape[1:] == (2,)
            and np.isfinite(curve).all()
            and tuple(curve[0]) == (0.0, 1.0)
            and (np.diff(curve[:, 0]) > 0).all()
            and (curve[:, 1] >= 0).all()
        )
        if not good:
            raise Refusal(
                "mtf_curve must be pairs (frequency, MTF) from (0, 1) on with rising frequencies; "
                f"got {self.mtf_curve!r}"
            )

    @property
    def blurs(self) -> bool:
        """Whether its modulation transfer goes beyond that of its pixels."""
        return self.mtf_half is not None or self.mtf_curve is not None

    @property
    def is_perfect(self) -> bool:
        """Whether the camera counts electrons and nothing else."""
        return not (self.blurs or self.readout_noise or self.dark) and self.gain == 1

    def mtf(self, frequency: np.ndarray) -> np.ndarray:
        """Return the modulation transfer at frequencies in units of Nyquist."""
        frequency = np.asarray(frequency, dtype=float)
        if self.mtf_curve is not None:
            at, values = np.array(self.mtf_curve, dtype=float).T
            return np.interp(frequency, at, values)
        if self.mtf_half is None:
            return np.ones_like(frequency)
        return 1 / (1 + (frequency / self.mtf_half) ** self.mtf_power)

    def blur(self, image: np.ndarray) -> np.ndarray:
        """Return an image (ny, nx) after the modulation transfer; periodic."""
        if not self.blurs:
            return image
        ky, kx = (np.fft.fftfreq(n) * 2 for n in image.shape)
        kx = np.abs(kx[: image.shape[1] // 2 + 1])
        transfer = self.mtf(np.hypot(ky[:, None], kx[None]))
        return np.fft.irfft2(np.fft.rfft2(image) * transfer, s=image.shape)

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
        shot = rng.poisson(electrons)
        values: np.ndarray = shot
        if self.is_perfect:
            pass
        else:
            if self.noise_transfer == "mtf":
                signal = self.blur(shot.astype(float))
            else:
                signal = self.blur(electrons) + shot - electrons
            values = self.gain * signal
            if self.dark:
                values = values + rng.poisson(self.dark, electrons.shape)
            if self.readout_noise:
                values = values + rng.normal(0, self.readout_noise, electrons.shape)
            values = np.rint(values)
        values = np.clip(values, 0, self.saturation)
        dtype = np.uint16 if values.max(initial=0) < 2**16 else np.uint32
        return values.astype(dtype)
