"""What is trained and how: strict recipes for training runs.

Defaults are those of Rangel DaCosta et al., npj Comput. Mater. 10 (2024),
doi 10.1038/s41524-024-01336-0, unless the field says otherwise.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from hrtem_sim.provenance import (
    Checked,
    Distribution,
    Refusal,
    at_least,
    between,
    checked,
    checks,
    from_table,
    one_of,
    optional,
    parse_condition,
    positive,
    read_file_table,
    whole,
)


@dataclass(frozen=True)
class ModelRecipe(Checked):
    """A segmentation network.

    Parameters
    ----------
    architecture
        Decoder: `"unet"`, `"linknet"` or `"fpn"` of segmentation-models.
    backbone
        Encoder: any backbone of segmentation-models by its name, without pretrained weights; or
        `"plain"`, two 3x3 convolutions per stage, small enough for a laptop.
    stages
        Number of times the image is halved. 5 is what segmentation-models builds; the U-Net can
        be cut to 2, 3 or 4. Images must be multiples of 2**stages pixels.
    classes
        Number of classes of the masks, the background included.
    channels
        Channels of the input image.
    width
        Channels of the first stage of the `"plain"` backbone, doubled at each stage.
    norm_momentum
        Momentum of the moving averages of batch normalisation. Keras' 0.99 needs hundreds of steps
        before validation means anything; small data sets do better with 0.9.
    """

    architecture: Literal["unet", "linknet", "fpn"] = "unet"
    backbone: str = "resnet18"
    stages: int = checked(5, whole(2, 5))
    classes: int = checked(2, whole(2))
    channels: int = checked(1, whole(1))
    width: int = checked(16, whole(1))
    norm_momentum: float = checked(0.99, between(0, 1, open_high=True))

    def _check_together(self) -> None:
        if self.architecture == "unet":
            return
        if self.stages != 5:
            raise Refusal(
                f"stages must be 5 for the architecture {self.architecture!r}; got {self.stages!r}"
            )
        if self.backbone == "plain":
            raise Refusal(
                f"architecture must be 'unet' for the backbone 'plain'; got {self.architecture!r}"
            )

    @property
    def stride(self) -> int:
        """Images must be multiples of this many pixels."""
        return 2**self.stages


@dataclass(frozen=True)
class PreprocessingRecipe(Checked):
    """What is done to an image before the network sees it, in training and in use alike.

    Parameters
    ----------
    median
        Window of a median filter in pixels of the training grid; 1 switches it off, the paper
        uses 3 on pixels of 0.2 angstrom.
    normalisation
        `"min_max"`: to [0, 1]; `"standard"`: mean 0 and standard deviation 1. Per patch.
    """

    median: int = checked(1, one_of(1, 3, 5, 7))
    normalisation: Literal["min_max", "standard"] = "min_max"


@dataclass(frozen=True)
class AugmentationRecipe(Checked):
    """How training examples are varied, anew at every epoch.

    Parameters
    ----------
    symmetries
        Apply one of the eight symmetries of the square to image and mask together.
    blur
        Standard deviation of a Gaussian blur in angstrom, drawn per image; absent: no blur. It
        stands for the transfer function and the resampling of cameras that differ from ours.
    magnification
        Factor by which an image is enlarged, drawn per image; absent: 1. It stands for the
        calibration error of the microscope and costs a resampling per image.
    shading
        Standard deviation, relative to the mean, of a smooth random field that multiplies the
        image, drawn per image; absent: none. Its features measure a quarter of the patch or more.
        It stands for films of uneven thickness and uneven illumination, which simulated films,
        flat and evenly lit, do not have.
    """

    symmetries: bool = True
    blur: Distribution | None = checked(None, optional(at_least(0, "angstrom")))
    magnification: Distribution | None = checked(None, optional(between(0.5, 2)))
    shading: Distribution | None = checked(None, optional(between(0, 0.2)), added=True)


@dataclass(frozen=True)
class TrainingRecipe(Checked):
    """All that decides the weights of a network, except the data set itself.

    Parameters
    ----------
    seed
        Root of every random stream: the weights at the start, the split, the order of the images
        and their augmentation.
    pixel_size
        Pixel of the training grid in angstrom; absent: that of the data set. Images are resampled
        to it, in training and in use.
    patch
        Edge of the square patches in pixels of the training grid, cut at random from each image;
        absent: the whole image. A multiple of 2**stages.
    select
        Condition on the catalogue, for example `"dose > 200 and n_defects == 0"`; see
        `hrtem_sim.provenance.parse_condition`.
    n_images
        Number of images drawn from those selected, validation included; absent: all.
    validation
        Part of the structures held out for validation; no structure is on both sides.
    loss
        `"cce_dice"`: categorical cross-entropy plus Dice loss; or one of the two alone.
    learning_rate, decay
        Rate of the Adam optimiser in the first epoch and its factor per epoch.
    batch_size, epochs
        Images per step; passes over the images.
    precision
        `"float32"`, or mixed precision for GPUs.
    deterministic
        Make TensorFlow use reproducible algorithms (for the whole process, once switched on).
    model, preprocessing, augmentation
        Tables of their own.
    """

    seed: int = field(metadata=checks(whole(0)))
    pixel_size: float | None = checked(None, optional(positive("angstrom")))
    patch: int | None = checked(None, optional(whole(1)))
    select: str | None = None
    n_images: int | None = checked(None, optional(whole(1)))
    validation: float = checked(0.25, between(0, 1, open_high=True))
    loss: Literal["cce_dice", "cce", "dice"] = "cce_dice"
    learning_rate: float = checked(0.001, positive())
    decay: float = checked(0.8, between(0, 1, open_low=True))
    batch_size: int = checked(16, whole(1))
    epochs: int = checked(25, whole(1))
    precision: Literal["float32", "mixed_float16", "mixed_bfloat16"] = "float32"
    deterministic: bool = True
    model: ModelRecipe = field(default_factory=ModelRecipe)
    preprocessing: PreprocessingRecipe = field(default_factory=PreprocessingRecipe)
    augmentation: AugmentationRecipe = field(default_factory=AugmentationRecipe)

    def _check_together(self) -> None:
        stride = self.model.stride
        if self.patch is not None and self.patch % stride:
            raise Refusal(f"patch must be a multiple of {stride} pixels; got {self.patch!r}")
        if self.select is not None:
            try:
                parse_condition(self.select)
            except Refusal as error:
                raise Refusal(f"select must be a condition; {error}") from None


def read_training_recipe(path: str | Path) -> TrainingRecipe:
    """Read the `[training]` table of a recipe file.

    Parameters
    ----------
    path
        Path of the file, or the name of a recipe that comes with the package.

    Raises
    ------
    RecipeError
        If the file cannot be read or a field of the table is unknown, missing, of the wrong type
        or impossible; one line that names the field.

    Examples
    --------
    >>> read_training_recipe("demo").batch_size
    16
    """
    return from_table(TrainingRecipe, read_file_table(path, "training"), "training")
