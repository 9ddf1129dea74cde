"""Cost of one micrograph beside abTEM: 8 phonons, a focal spread, 512 x 512 pixels.

Usage: python benchmarks/imaging/compare_abtem.py [FOLDER]

FOLDER is where abTEM lies if it is not installed here (pip install --target FOLDER abtem). One
thread, CPU seconds, median of seven interleaved repeats. abTEM averages the foci of
`focal_series_weights`, as many as `number_of_foci` says for the wave's band, and in the last
columns a Gaussian of nine. Errors are rms differences from the average over 121 foci (+-5 standard
deviations), in units of the contrast; that average and abTEM's over the same foci agree to 2e-6.
"""

import os
import sys
import time

for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"
sys.path[:0] = sys.argv[1:]

import abtem
import numpy as np
from abtem.core.axes import FrozenPhononsAxis
from abtem.distributions import from_values
from abtem.transfer import CTF
from abtem.waves import Waves

from hrtem_sim.grid import Grid, aperture
from hrtem_sim.imaging import (
    Aberrations,
    Detector,
    ImageFormer,
    ImagingConditions,
    focal_series_weights,
    number_of_foci,
)
from hrtem_sim.wave import ExitWave

PIXELS, PIXEL, PHONONS, ENERGY = 512, 0.2, 8, 300e3
BAND, DEFOCUS, CS = 1.4, 200.0, -1.0e4
LENS = Aberrations(C30=CS)


def random_waves() -> np.ndarray:
    """Phase gratings with a white spectrum up to `BAND`."""
    band = aperture(Grid((PIXELS, PIXELS), PIXEL), BAND, 0.1)
    noise = np.random.default_rng(0).normal(size=(PHONONS, PIXELS, PIXELS))
    phases = np.fft.ifft2(np.fft.fft2(noise) * band).real
    return np.fft.ifft2(np.fft.fft2(np.exp(0.9j * phases)) * band).astype(np.complex64)


def gaussian(spread: float, number: int, width: float) -> tuple[np.ndarray, np.ndarray]:
    """Foci over +-width standard deviations, and normalised weights."""
    foci = np.linspace(-width, width, number) * spread
    weights = np.exp(-0.5 * (foci / spread) ** 2)
    return foci, weights / weights.sum()


def main() -> None:
    abtem.config.set({"fft": "fftw", "fftw.threads": 1, "diagnostics.progress_bar": False})
    array = random_waves()
    former = ImageFormer(ExitWave(array, Grid((PIXELS, PIXELS), PIXEL), ENERGY), Detector(PIXEL))
    theirs = Waves(
        array=array.transpose(0, 2, 1).copy(),
        energy=ENERGY,
        sampling=PIXEL,
        ensemble_axes_metadata=[FrozenPhononsAxis()],
    )

    def by_abtem(foci, weights):
        ctf = CTF(defocus=from_values(DEFOCUS + foci, weights=weights), Cs=CS, energy=ENERGY)
        return theirs.apply_ctf(ctf).intensity().array

    def mean_of(images, weights):
        """Weighted mean over foci and phonons; abTEM may have applied the weights already."""
        images = images.mean(axis=1).transpose(0, 2, 1)
        applied = images.mean() < 0.5
        return images.sum(axis=0) if applied else np.tensordot(weights, images, 1)

    print(
        "| focal spread / Å | here / s | error | abTEM: foci | s | ratio | error "
        "| nine foci: ratio | error |\n|---|---|---|---|---|---|---|---|---|"
    )
    for spread in (5.0, 10.0, 15.0, 30.0):
        conditions = ImagingConditions(defocus=DEFOCUS, focal_spread=spread, aberrations=LENS)
        number = number_of_foci(spread, former.wave.wavelength, BAND)
        series = {
            "same": focal_series_weights(spread, number),
            "nine": focal_series_weights(spread, 9),
        }
        exact = 0.0
        for focus, weight in zip(*gaussian(spread, 121, 5), strict=True):
            sharp = ImagingConditions(defocus=DEFOCUS + focus, aberrations=LENS)
            exact = exact + weight * former.expected(sharp)

        def error(image, exact=exact):
            return np.sqrt(np.mean((image - exact) ** 2)) / exact.std()

        runs = {key: lambda s=s: by_abtem(*s) for key, s in series.items()}
        runs["here"] = lambda c=conditions: former.expected(c)
        seconds: dict[str, list[float]] = {key: [] for key in runs}
        for _ in range(8):
            for key, run in runs.items():
                start = time.process_time()
                run()
                seconds[key].append(time.process_time() - start)
        cost = {key: float(np.median(values[1:])) for key, values in seconds.items()}
        errors = {key: error(mean_of(by_abtem(*s), s[1])) for key, s in series.items()}
        print(
            f"| {spread:g} | {cost['here']:.3f} | {error(former.expected(conditions)):.1e} "
            f"| {number} | {cost['same']:.3f} | {cost['same'] / cost['here']:.1f} "
            f"| {errors['same']:.1e} | {cost['nine'] / cost['here']:.1f} | {errors['nine']:.1e} |"
        )


if __name__ == "__main__":
    main()
