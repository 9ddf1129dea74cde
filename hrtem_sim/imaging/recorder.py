"""Expected images: what micrographs scatter about, kept so that noise can be drawn at any time.

Why: a stored micrograph is one draw of its noise at one dose. A network that sees it in every
epoch learns that draw too. What is expected costs the same space and gives any number of
micrographs, at any dose. It is kept as contrast, the intensity less that of the incident beam, in
half precision: rounding errs by 2^-11 of the contrast, hundreds of times less than the shot noise
of any dose in use.
"""

from dataclasses import dataclass

import numpy as np

from hrtem_sim.imaging.detector import Detector


def as_contrast(expected: np.ndarray) -> np.ndarray:
    """Return expected intensities as they are kept: float16, less that of the incident beam.

    Parameters
    ----------
    expected
        Mean intensity per pixel, the detector's transfer included; 1 is the incident beam.

    Examples
    --------
    >>> as_contrast(np.array([1.25, 0.5])).tolist()
    [0.25, -0.5]
    """
    return (np.asarray(expected) - 1).astype(np.float16)


def from_contrast(contrast: np.ndarray) -> np.ndarray:
    """Return the expected intensities, float32, of what `as_contrast` kept.

    Parameters
    ----------
    contrast
        Contrast, float16.

    Examples
    --------
    >>> from_contrast(as_contrast(np.array([1.25, 0.5]))).tolist()
    [1.25, 0.5]
    """
    return contrast.astype(np.float32) + np.float32(1)


@dataclass(frozen=True)
class Recorder:
    """A camera and a dose, which make micrographs of expected images.

    Parameters
    ----------
    detector
        Camera.
    dose
        Electrons per square angstrom.

    Notes
    -----
    Expected images hold the intensity after the modulation transfer, so noise whose colour differs
    from the signal's is that of the blurred intensity. Shot noise at a pixel differs by the
    contrast that the camera took away there, and not at all where the camera does not blur.

    Examples
    --------
    >>> recorder = Recorder(Detector(0.5), dose=400.0)
    >>> recorder.record(np.ones((2, 2)), np.random.default_rng(1)).tolist()
    [[100, 94], [111, 101]]
    """

    detector: Detector
    dose: float

    def record(
        self, expected: np.ndarray, rng: np.random.Generator, *, dose: float | None = None
    ) -> np.ndarray:
        """Return a micrograph: digital values, electrons for a perfect camera, uint16 or uint32.

        Parameters
        ----------
        expected
            Expected intensity (ny, nx); 1 is the incident beam.
        rng
            Source of the noise.
        dose
            Dose that takes the place of its own, in electrons per square angstrom.
        """
        per_pixel = (self.dose if dose is None else dose) * self.detector.pixel_size**2
        electrons = np.maximum(np.asarray(expected, float), 0) * per_pixel
        return self.detector.record(electrons, rng, shown=electrons)
