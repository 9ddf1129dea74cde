"""What is trained and how: strict recipes for training runs.

Defaults are those of Rangel DaCosta et al., npj Comput. Mater. 10 (2024),
doi 10.1038/s41524-024-01336-0, unless the field says otherwise.
"""

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from hrtem_sim.provenance import (
    Distribution,
    RecipeError,
    added,
    from_table,
    parse_condition,
    read_file_table,
    require,
)


@dataclass(frozen=True)
class ModelRecipe:
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
    stages: int = 5
    classes: int = 2
    channels: int = 1
    width: int = 16
    norm_momentum: float = 0.99

    def __post_init__(self) -> None:
        require(2 <= self.stages <= 5, "stages", "2, 3, 4 or 5", self.stages)
        cut = self.stages == 5 or self.architecture == "unet"
        require(cut, "stages", f"5 for the architecture {self.architecture!r}", self.stages)
        plain = self.backbone == "plain" and self.architecture != "unet"
        require(not plain, "architecture", "'unet' for the backbone 'plain'", self.architecture)
        require(self.classes >= 2, "classes", "at least 2", self.classes)
        require(self.channels >= 1, "channels", "at least 1", self.channels)
        require(self.width >= 1, "width", "at least 1", self.width)
        require(0 <= self.norm_momentum < 1, "norm_momentum", "in [0, 1)", self.norm_momentum)

    @property
    def stride(self) -> int:
        """Images must be multiples of this many pixels."""
        return 2**self.stages


@dataclass(frozen=True)
class PreprocessingRecipe:
    """What is done to an image before the network sees it, in training and in use alike.

    Parameters
    ----------
    median
        Window of a median filter in pixels of the training grid; 1 switches it off, the paper
        uses 3 on pixels of 0.2 angstrom.
    normalisation
        `"min_max"`: to [0, 1]; `"standard"`: mean 0 and standard deviation 1. Per patch.
    """

    median: int = 1
    normalisation: Literal["min_max", "standard"] = "min_max"

    def __post_init__(self) -> None:
        require(self.median in (1, 3, 5, 7), "median", "1, 3, 5 or 7 pixels", self.median)


@dataclass(frozen=True)
class AugmentationRecipe:
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
    blur: Distribution | None = None
    magnification: Distribution | None = None
    shading: Distribution | None = added(None)

    def __post_init__(self) -> None:
        if self.blur is not None:
            require(self.blur.low >= 0, "blur", "never negative", self.blur.low)
        if self.magnification is not None:
            low, high = self.magnification.low, self.magnification.high
            require(low >= 0.5 and high <= 2, "magnification", "within [0.5, 2]", [low, high])
        if self.shading is not None:
            low, high = self.shading.low, self.shading.high
            require(0 <= low and high <= 0.2, "shading", "within [0, 0.2]", [low, high])


@dataclass(frozen=True)
class TrainingRecipe:
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

    seed: int
    pixel_size: float | None = None
    patch: int | None = None
    select: str | None = None
    n_images: int | None = None
    validation: float = 0.25
    loss: Literal["cce_dice", "cce", "dice"] = "cce_dice"
    learning_rate: float = 0.001
    decay: float = 0.8
    batch_size: int = 16
    epochs: int = 25
    precision: Literal["float32", "mixed_float16", "mixed_bfloat16"] = "float32"
    deterministic: bool = True
    model: ModelRecipe = field(default_factory=ModelRecipe)
    preprocessing: PreprocessingRecipe = field(default_factory=PreprocessingRecipe)
    augmentation: AugmentationRecipe = field(default_factory=AugmentationRecipe)

    def __post_init__(self) -> None:
        require(self.seed >= 0, "seed", "a non-negative integer", self.seed)
        if self.pixel_size is not None:
            fits = 0 < self.pixel_size < math.inf
            require(fits, "pixel_size", "positive, in angstrom", self.pixel_size)
        if self.patch is not None:
            stride = self.model.stride
            fits = self.patch > 0 and self.patch % stride == 0
            require(fits, "patch", f"a positive multiple of {stride} pixels", self.patch)
        if self.select is not None:
            try:
                parse_condition(self.select)
            except ValueError as error:
                raise RecipeError(f"select must be a condition; {error}") from None
        if self.n_images is not None:
            require(self.n_images >= 1, "n_images", "at least 1", self.n_images)
        require(0 <= self.validation < 1, "validation", "in [0, 1)", self.validation)
        fits = 0 < self.learning_rate < math.inf
        require(fits, "learning_rate", "positive", self.learning_rate)
        require(0 < self.decay <= 1, "decay", "in (0, 1]", self.decay)
        require(self.batch_size >= 1, "batch_size", "at least 1", self.batch_size)
        require(self.epochs >= 1, "epochs", "at least 1", self.epochs)


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
