"""The network and how images are prepared for it."""

from dataclasses import dataclass
from typing import Literal

from hrtem_sim.provenance import (
    Checked,
    Refusal,
    between,
    checked,
    one_of,
    say_doubt,
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
        if self.width != 16 and self.backbone != "plain":
            say_doubt('ModelRecipe: width changes nothing without backbone = "plain"')
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
