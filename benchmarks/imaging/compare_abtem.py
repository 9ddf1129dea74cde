"""Cost of one micrograph beside abTEM: 8 phonons, a focal spread, 512 x 512 pixels.

Usage: python benchmarks/imaging/compare_abtem.py [FOLDER]

FOLDER is where abTEM lies if it is not installed here (pip install --target FOLDER abtem). One
thread, CPU seconds, median of seven interleaved repeats. Both average the same foci with the same
weights; the last column is the ratio with abTEM's own Gaussian of nine foci, which is what it takes
for the same error.
"""

import os
import sys
import time
from functools import partial

for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"
sys.path[:0] = sys.argv[1:]

import abtem
import numpy as np
from abtem.core.axes import FrozenPhononsAxis
from abtem.distributions import from_values, gaussian
from abtem.transfer import CTF
from abtem.waves import Waves

from hrtem_sim.grid import Grid, aperture
from hrtem_sim.imaging import (
    Aberrations,
    Detector,
    ImagingConditions,
    focal_series_weights,
    number_of_foci,
)
from hrtem_sim.imaging.formation import ImageFormer
from hrtem_sim.wave import ExitWave

PIXELS, PIXEL, PHONONS, ENERGY = 512, 0.2, 8, 300e3
DEFOCUS, CS = 200.0, -1.0e4


def random_waves() -> np.ndarray:
    """Phase gratings with a white spectrum up to 1.4 1/angstrom."""
    band = aperture(Grid((PIXELS, PIXELS), PIXEL), 1.4, 0.1)
    noise = np.random.default_rng(0).normal(size=(PHONONS, PIXELS, PIXELS))
    phases = np.fft.ifft2(np.fft.fft2(noise) * band).real
    return np.fft.ifft2(np.fft.fft2(np.exp(0.9j * phases)) * band).astype(np.complex64)


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
    print(
        "| focal spread / Å | foci | here / s | abTEM / s | ratio | rms difference / contrast "
        "| ratio to nine foci |\n|---|---|---|---|---|---|---|"
    )
    for spread in (5.0, 10.0, 15.0, 30.0):
        conditions = ImagingConditions(
            defocus=DEFOCUS, focal_spread=spread, aberrations=Aberrations(C30=CS)
        )
        number = number_of_foci(spread, former.wave.wavelength, 1.25)
        foci, weights = focal_series_weights(spread, number)
        same = from_values(DEFOCUS + foci, weights=weights)
        nine = gaussian(spread, num_samples=9, center=DEFOCUS, ensemble_mean=False)

        def by_abtem(distribution):
            ctf = CTF(defocus=distribution, Cs=CS, energy=ENERGY)
            return theirs.apply_ctf(ctf).intensity().array

        seconds: dict[str, list[float]] = {"here": [], "same": [], "nine": []}
        for _ in range(8):
            for key, run in (
                ("here", partial(former.expected, conditions)),
                ("same", partial(by_abtem, same)),
                ("nine", partial(by_abtem, nine)),
            ):
                start = time.process_time()
                result = run()
                seconds[key].append(time.process_time() - start)
                if key == "here":
                    image = result
                if key == "same":
                    reference = np.tensordot(weights, result.mean(axis=1), 1).T
                    if abs(reference.mean() * number / image.mean() - 1) < 0.1:
                        reference = result.mean(axis=1).sum(axis=0).T  # weights already applied
        here, same_s, nine_s = (float(np.median(seconds[k][1:])) for k in ("here", "same", "nine"))
        error = np.sqrt(np.mean((image - reference) ** 2)) / image.std()
        print(
            f"| {spread:g} | {number} | {here:.3f} | {same_s:.3f} | {same_s / here:.1f} "
            f"| {error:.1e} | {nine_s / here:.1f} |"
        )


if __name__ == "__main__":
    main()
