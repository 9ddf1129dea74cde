"""What blemishes of files cost a network on the experimental sample.

    python benchmarks/seg_train/blemishes.py [RUN]

One change at a time, the mean particle F1 over the sample before and after. What a bar or a border
hides is background in both, so that the table shows what the blemish does to the rest.
"""

import argparse
import warnings
from collections.abc import Callable

import numpy as np

from seg_train.data import LabelledMicrograph, load_experimental_sample
from seg_train.data.mending import Blemished
from seg_train.metrics import count_pixels
from seg_train.model import Networks, load_networks
from seg_train.prediction import predict

Blemish = Callable[[np.ndarray], np.ndarray]
"""Changes an image in place; returns where it hides the micrograph, bool (ny, nx)."""


def hot_pixel(image: np.ndarray) -> np.ndarray:
    """One pixel of a hundred times the range."""
    image[57, 41] = 100
    return np.zeros(image.shape, bool)


def many_hot_pixels(image: np.ndarray) -> np.ndarray:
    """Three pixels in a thousand."""
    image[np.random.default_rng(1).random(image.shape) < 0.003] = 5
    return np.zeros(image.shape, bool)


def dead_pixels(image: np.ndarray) -> np.ndarray:
    """Three pixels in a thousand that are five standard deviations too dark."""
    _darken(image, 5)
    return np.zeros(image.shape, bool)


def very_dead_pixels(image: np.ndarray) -> np.ndarray:
    """The same, eight standard deviations too dark."""
    _darken(image, 8)
    return np.zeros(image.shape, bool)


def zero_border(image: np.ndarray) -> np.ndarray:
    """Six per cent of the edge on all sides."""
    width = round(0.06 * len(image))
    hidden = np.ones(image.shape, bool)
    hidden[width:-width, width:-width] = False
    image[hidden] = 0
    return hidden


def zero_side(image: np.ndarray) -> np.ndarray:
    """Six per cent of the edge on one side, as after aligning a series."""
    hidden = np.zeros(image.shape, bool)
    hidden[:, : round(0.06 * len(image))] = True
    image[hidden] = 0
    return hidden


def turned_frame(image: np.ndarray) -> np.ndarray:
    """Two empty corners."""
    y, x = np.indices(image.shape) / len(image)
    hidden = (x + 2 * y < 0.3) | (x + 2 * y > 2.7)
    image[hidden] = 0
    return hidden


def dead_row(image: np.ndarray) -> np.ndarray:
    """A row of zeros."""
    image[70] = 0
    return np.zeros(image.shape, bool)


def hot_column(image: np.ndarray) -> np.ndarray:
    """A column that is too bright by the whole range."""
    image[:, 33] += 1
    return np.zeros(image.shape, bool)


def half_a_column(image: np.ndarray) -> np.ndarray:
    """A column that is saturated from the middle on."""
    image[len(image) // 2 :, 33] = 1
    return np.zeros(image.shape, bool)


def data_bar(image: np.ndarray) -> np.ndarray:
    """A black bar with white letters below, a tenth of the height."""
    return _bar(image, ground=0, letters=1)


def white_data_bar(image: np.ndarray) -> np.ndarray:
    """A white bar with black letters below."""
    return _bar(image, ground=1, letters=0)


def scale_bar(image: np.ndarray) -> np.ndarray:
    """A white bar of a quarter of the width with a number above it."""
    n = len(image)
    _write(image, (n - 22, 14), 4, 1)
    hidden = np.zeros(image.shape, bool)
    hidden[n - 14 : n - 9, 8 : 8 + n // 4] = True
    image[hidden] = 1
    return hidden


BLEMISHES: dict[Blemish, float] = {
    hot_pixel: 0.02,
    many_hot_pixels: 0.02,
    dead_pixels: 0.02,
    very_dead_pixels: 0.02,
    dead_row: 0.02,
    hot_column: 0.02,
    half_a_column: 0.02,
    zero_border: 0.03,
    zero_side: 0.03,
    turned_frame: 0.03,
    data_bar: 0.03,
    white_data_bar: 0.03,
    scale_bar: 0.03,
}
"""All of them, with what each may cost."""


def found_in(network: Networks, samples: list[LabelledMicrograph]) -> list[np.ndarray]:
    """Return the particle's probability in micrographs without a blemish."""
    return [predict(network, s.image, pixel_size=s.pixel_size).particle for s in samples]


def cost(
    network: Networks,
    samples: list[LabelledMicrograph],
    clean: list[np.ndarray],
    blemish: Blemish,
) -> tuple[float, float]:
    """Return the mean particle F1 at one half without and with a blemish.

    `clean` is of `found_in`.
    """
    before, after = [], []
    for sample, without in zip(samples, clean, strict=True):
        image = sample.image.copy()
        hidden = blemish(image)
        mask = np.where(hidden, 0, sample.mask)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Blemished)
            found = predict(network, image, pixel_size=sample.pixel_size).particle
        before.append(count_pixels(mask, np.where(hidden, 0, without)).f1)
        after.append(count_pixels(mask, found).f1)
    return float(np.mean(before)), float(np.mean(after))


def _darken(image: np.ndarray, deviations: float) -> None:
    dark = image.mean() - deviations * image.std()
    image[np.random.default_rng(1).random(image.shape) < 0.003] = dark


def _bar(image: np.ndarray, *, ground: float, letters: float) -> np.ndarray:
    height = len(image) // 10
    hidden = np.zeros(image.shape, bool)
    hidden[-height:] = True
    image[hidden] = ground
    _write(image, (len(image) - height + 4, 6), 10, letters)
    return hidden


def _write(image: np.ndarray, corner: tuple[int, int], letters: int, value: float) -> None:
    """Letters of 5 x 3 pixels, drawn at random."""
    rng = np.random.default_rng(3)
    for number in range(letters):
        y, x = np.nonzero(rng.random((5, 3)) < 0.6)
        image[corner[0] + y, corner[1] + 4 * number + x] = value


def main() -> None:
    """Print the table of a network."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", nargs="?", default="real_micrographs")
    network = load_networks(parser.parse_args().run)
    samples = load_experimental_sample()
    clean = found_in(network, samples)
    for blemish in BLEMISHES:
        before, after = cost(network, samples, clean, blemish)
        name = blemish.__name__.replace("_", " ")
        print(f"{name:<16} {before:.3f} -> {after:.3f}  {after - before:+.3f}")


if __name__ == "__main__":
    main()
