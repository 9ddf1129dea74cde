"""How training examples are varied: as specimens, microscopes and cameras vary."""

from dataclasses import dataclass, field
from typing import Literal

from hrtem_sim.provenance import (
    Checked,
    Distribution,
    Refusal,
    added,
    at_least,
    between,
    checked,
    checks,
    optional,
    physical,
    positive,
    say_doubt,
)

DOSE = physical(0.1, 1e6, "electrons per square angstrom", usual=(1, 1e5))
CUTOFF = physical(0.05, 10, "1/angstrom", usual=(0.2, 2))


@dataclass(frozen=True)
class LowPassRecipe(Checked):
    """A camera, or a file resampled for display, that cuts fine detail off sharply.

    Parameters
    ----------
    cutoff
        Frequency in 1/angstrom at which the amplitude is halved.
    sharpness
        Exponent p of the transfer 1 / (1 + (k / cutoff)^p). 4 falls gently, 40 is nearly a step.
    share
        Part of the patches that pass it.
    """

    cutoff: Distribution = field(metadata=checks(CUTOFF))
    sharpness: Distribution = checked(Distribution("constant", (16.0,)), between(1, 100))
    share: float = checked(1.0, between(0, 1))


@dataclass(frozen=True)
class TextureRecipe(Checked):
    """Coloured noise: what films have beyond independent atoms, and contamination.

    Parameters
    ----------
    amplitude
        Standard deviation, as a share of the film's.
    length
        Correlation length in angstrom: white noise after a Gaussian of this standard deviation.
    share
        Part of the patches that get it.
    """

    amplitude: Distribution = field(metadata=checks(at_least(0)))
    length: Distribution = field(metadata=checks(positive("angstrom")))
    share: float = checked(1.0, between(0, 1))


@dataclass(frozen=True)
class AugmentationRecipe(Checked):
    """How training examples are varied, anew at every epoch.

    Parameters
    ----------
    symmetries
        Apply one of the eight symmetries of the square to image and mask together.
    blur
        Standard deviation of a Gaussian blur in angstrom, drawn per image; absent: no blur. It
        stands for the transfer function and the resampling of cameras that differ from ours. It
        takes lattice fringes away: of the amplitude of gold {111} 0.6 angstrom leave 0.28, 1.2
        angstrom 0.006. `low_pass` keeps them.
    magnification
        Factor by which an image is enlarged, drawn per image; absent: 1. It stands for the
        calibration error of the microscope and costs a resampling per image.
    shading
        Standard deviation of a smooth random field that multiplies the image, drawn per image;
        absent: none. Its features measure a quarter of the patch or more. It stands for films of
        uneven thickness and uneven illumination, which simulated films, flat and evenly lit, do
        not have.
    shading_of
        Measure of the shading: the `"mean"` of the image, or the rms of its `"film"`, see
        `seg_train.data.variations.film_rms`.
    dose
        Electrons per square angstrom at which the noise of expected images
        (`storage.images = "expected"`) is drawn for each patch; absent: the dose of each image.
    low_pass
        Camera that cuts fine detail off, see `LowPassRecipe`; absent: none.
    texture
        Coloured noise, see `TextureRecipe`; absent: none.
    median
        Part of the patches that pass a median filter of 3 x 3 pixels of the camera, as micrographs
        often do before they are shown.
    hot_pixels
        Part of the camera's pixels that are bright by up to twenty times the image's standard
        deviation, drawn per image; absent: none.
    gamma
        Exponent of the grey values between the image's darkest and brightest thousandth, as
        displays apply it, drawn per image; absent: 1.
    """

    symmetries: bool = True
    blur: Distribution | None = checked(None, optional(at_least(0, "angstrom")))
    magnification: Distribution | None = checked(None, optional(between(0.5, 2)))
    shading: Distribution | None = checked(None, optional(between(0, 1)), added=True)
    shading_of: Literal["mean", "film"] = added("mean")
    dose: Distribution | None = checked(None, optional(DOSE), added=True)
    low_pass: LowPassRecipe | None = added(None)
    texture: TextureRecipe | None = added(None)
    median: float = checked(0.0, between(0, 1), added=True)
    hot_pixels: Distribution | None = checked(None, optional(between(0, 0.01)), added=True)
    gamma: Distribution | None = checked(None, optional(between(0.2, 5)), added=True)

    def _check_together(self) -> None:
        if self.shading is None and self.shading_of != "mean":
            say_doubt("AugmentationRecipe: shading_of changes nothing without shading")
        if self.shading is not None and self.shading_of == "mean" and self.shading.high > 0.2:
            raise Refusal(
                'shading must be at most 0.2 of the mean (shading_of = "film" measures it by the '
                f"film's rms); got {self.shading.to_recipe()!r}"
            )

    @property
    def at_camera(self) -> bool:
        """Whether patches are varied on the pixels of the camera, before they are resampled."""
        return self.low_pass is not None or self.median > 0 or self.hot_pixels is not None
