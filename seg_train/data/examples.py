"""Training examples: micrographs with their classes, one by one, read when they are asked for."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from hrtem_sim.refusal import Refusal

if TYPE_CHECKING:
    from hrtem_sim.imaging import Recorder


class Example(NamedTuple):
    """A micrograph and its classes.

    Parameters
    ----------
    image
        Intensity, (ny, nx), any unit.
    mask
        Classes, (ny, nx), 0 the background.
    pixel_size
        In angstrom.
    recorder
        Camera and dose where the image is an expected one, whose noise is drawn when it is shown.

    Examples
    --------
    >>> Example(np.zeros((8, 8)), np.zeros((8, 8), int), 0.4).pixel_size
    0.4
    """

    image: np.ndarray
    mask: np.ndarray
    pixel_size: float
    recorder: "Recorder | None" = None


class Examples(Protocol):
    """Examples that are read when they are asked for."""

    def __len__(self) -> int:
        """Return their number."""

    def take(self, positions: np.ndarray) -> list[Example]:
        """Return those at some positions, from 0, in any order; always the same ones."""


@dataclass(frozen=True, eq=False)
class ArrayExamples:
    """Examples in memory, all of one shape.

    Parameters
    ----------
    images, masks
        (n, ny, nx) each.
    pixel_size
        In angstrom.

    Examples
    --------
    >>> examples = ArrayExamples(np.zeros((3, 8, 8)), np.zeros((3, 8, 8), int), 0.5)
    >>> len(examples), examples.take(np.array([2]))[0].image.shape
    (3, (8, 8))
    """

    images: np.ndarray
    masks: np.ndarray
    pixel_size: float

    def __post_init__(self) -> None:
        images, masks = np.asarray(self.images), np.asarray(self.masks)
        if images.ndim == 4 and images.shape[-1] == 1:
            images = images[..., 0]
        if masks.shape != images.shape:
            raise Refusal(
                f"masks must have the shape of the images, {images.shape}; got {masks.shape}"
            )
        object.__setattr__(self, "images", images)
        object.__setattr__(self, "masks", masks)

    def __len__(self) -> int:
        return len(self.images)

    def take(self, positions: np.ndarray) -> list[Example]:
        """Return the examples at some positions."""
        return [Example(self.images[k], self.masks[k], self.pixel_size) for k in positions]


@dataclass(frozen=True, eq=False)
class ListedExamples:
    """Examples in memory, each of a shape and pixel of its own.

    Parameters
    ----------
    examples
        In order.
    """

    examples: tuple[Example, ...]

    def __len__(self) -> int:
        return len(self.examples)

    def take(self, positions: np.ndarray) -> list[Example]:
        """Return the examples at some positions."""
        return [self.examples[k] for k in positions]


def as_examples(given: Examples | tuple[np.ndarray, np.ndarray], pixel_size: float) -> Examples:
    """Return examples, from plain images and masks if these are given."""
    return ArrayExamples(*given, pixel_size) if isinstance(given, tuple) else given
