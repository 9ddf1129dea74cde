"""What a network sees in a micrograph of any size and pixel."""

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hrtem_sim.refusal import Implausible, Refusal
from seg_train.data.mending import Blemished, mend
from seg_train.data.preprocess import denoise, normalise
from seg_train.data.resampling import grid_shape, resample
from seg_train.data.symmetry import SYMMETRIES, apply_symmetry, undo_symmetry
from seg_train.model import Network, load_network, receptive_radius
from seg_train.prediction.memory import check_enlargement
from seg_train.prediction.tiles import plan_tiles
from seg_train.runs import TrainingRun

FARTHEST = 30.0
"""Factor between the pixels of an image and of the training beyond which one of them is wrong."""

FINER, COARSER = 10.0, 2.0
"""Factors that warn: images are often finer than the grid they are resampled to, but a network
misses in coarser ones what it has learnt from."""


@dataclass(frozen=True, eq=False)
class Prediction:
    """Class probabilities of a micrograph.

    Parameters
    ----------
    probabilities
        (ny, nx, classes), float32, on the grid of the micrograph.
    pixel_size
        In angstrom.
    found
        List in words of what was mended in the micrograph or left out; see `seg_train.data.mend`.
    """

    probabilities: np.ndarray
    pixel_size: float
    found: tuple[str, ...] = ()

    @property
    def mask(self) -> np.ndarray:
        """Most probable class of each pixel, (ny, nx) uint8; 0 is background."""
        return self.probabilities.argmax(axis=-1).astype(np.uint8)

    @property
    def particle(self) -> np.ndarray:
        """Probability of being anything but background, (ny, nx)."""
        return 1 - self.probabilities[..., 0]


def predict(
    network: Network | TrainingRun | str | Path,
    image: np.ndarray,
    *,
    pixel_size: float | None = None,
    symmetries: bool = False,
    window: int = 1408,
    overlap: int | None = None,
) -> Prediction:
    """Segment a micrograph.

    Parameters
    ----------
    network
        A network of `load_network`, a run or the folder of one (which are loaded at every call).
    image
        Intensity, (ny, nx), any unit and size; it is resampled to the pixel the network was
        trained on and the probabilities are brought back. Hot and dead pixels and rows are mended
        first; borders and bars are left out and background; a warning says so.
    pixel_size
        Pixel size of the image, in angstrom; default: that of the training grid. More than 30
        times finer or coarser than the training grid is refused; more than 10 times finer or twice
        coarser is warned of (`hrtem_sim.Implausible`).
    symmetries
        Average over the eight symmetries of the square: eight times the work.
    window
        Largest edge in pixels, on the training grid, of what the network sees at a time; bounds
        the memory.
    overlap
        Distance in pixels between a tile and the edge of its window; absent: the receptive field,
        so that tiles join exactly. Smaller is faster.

    Returns
    -------
    prediction
        On the grid of the image.

    Raises
    ------
    ValueError
        If the image has not two axes or NaN pixels.

    Examples
    --------
    >>> from seg_train.model import Network, build_model
    >>> from seg_train import ModelRecipe, TrainingRecipe
    >>> tiny = ModelRecipe(backbone="plain", stages=2, width=2)
    >>> network = Network(build_model(tiny, seed=1), TrainingRecipe(seed=1, model=tiny), 0.5)
    >>> prediction = predict(network, np.random.default_rng(1).random((50, 70)))
    >>> prediction.probabilities.shape, prediction.mask.shape
    ((50, 70, 2), (50, 70))
    """
    network = load_network(network)
    image = np.asarray(image)
    if image.ndim != 2:
        raise Refusal(f"image must be of shape (ny, nx); got {image.shape}")
    if network.recipe.model.channels != 1:
        raise Refusal(
            f"network must take 1 channel; this one takes {network.recipe.model.channels}"
        )
    pixel_size = pixel_size or network.pixel_size
    _check_scale(pixel_size, network.pixel_size)
    grid = grid_shape(image.shape, pixel_size, network.pixel_size)
    check_enlargement(image.shape, grid, network.recipe.model.classes, pixel_size=pixel_size)
    mended = mend(image)
    if mended.found:
        warnings.warn(f"image: {'; '.join(mended.found)}", Blemished, stacklevel=2)
    prepared = prepare_image(network, mended.image, pixel_size)
    total = _tiled(network, prepared, window, overlap)
    for index in range(1, SYMMETRIES if symmetries else 1):
        turned = np.ascontiguousarray(apply_symmetry(prepared, index))
        total += undo_symmetry(_tiled(network, turned, window, overlap), index)
    if symmetries:
        total /= SYMMETRIES
    if total.shape[1:] != image.shape:
        total = np.stack([resample(channel, image.shape) for channel in total])
    if mended.left_out is not None:
        total[:, mended.left_out] = np.eye(len(total), 1, dtype=np.float32)
    return Prediction(np.moveaxis(total, 0, -1), pixel_size, mended.found)


def _check_scale(pixel_size: float, trained: float) -> None:
    """Refuse images far off the scale that a network was trained on."""
    if not 0 < pixel_size < np.inf:
        return  # refused as such where it is resampled
    factor = pixel_size / trained
    likely = [name for name, f in (("nm", 10), ("pm", 0.01)) if 0.3 <= factor * f <= COARSER]
    meant = f": did you mean {pixel_size:g} {likely[0]}?" if likely else ""
    got = f"{trained:g} angstrom, that of the training; got {pixel_size:g}{meant}"
    if not 1 / FARTHEST <= factor <= FARTHEST:
        raise Refusal(f"pixel_size must be within a factor of {FARTHEST:g} of {got}")
    if not 1 / FINER <= factor <= COARSER:
        rule = f"at most {FINER:g} times finer and {COARSER:g} times coarser than"
        warnings.warn(f"pixel_size should be {rule} {got}", Implausible, stacklevel=3)


def prepare_image(network: Network, image: np.ndarray, pixel_size: float) -> np.ndarray:
    """Return an image as the network sees it: resampled, denoised and normalised.

    Parameters
    ----------
    network
        Network with its pixel size and its preprocessing.
    image
        (ny, nx).
    pixel_size
        Pixel size of the image, in angstrom.

    Examples
    --------
    >>> from seg_train.model import Network, build_model
    >>> from seg_train import ModelRecipe, TrainingRecipe
    >>> tiny = ModelRecipe(backbone="plain", stages=2, width=2)
    >>> network = Network(build_model(tiny, seed=1), TrainingRecipe(seed=1, model=tiny), 0.5)
    >>> prepare_image(network, np.eye(20), 0.25).shape
    (10, 10)
    """
    recipe = network.recipe
    shape = grid_shape(image.shape, pixel_size, network.pixel_size)
    prepared = denoise(resample(image, shape), recipe.preprocessing)
    return normalise(prepared, recipe.preprocessing, patch=recipe.patch)


def _tiled(network: Network, image: np.ndarray, window: int, overlap: int | None) -> np.ndarray:
    """Return class probabilities, (classes, ny, nx), of a prepared image."""
    ny, nx = image.shape
    stride = network.recipe.model.stride
    padding = [(0, -n % stride) for n in image.shape]
    padded = np.pad(image, padding, mode="symmetric") if any(p[1] for p in padding) else image
    margin = receptive_radius(network.model) if overlap is None else overlap
    out = np.empty((network.recipe.model.classes, *padded.shape), np.float32)
    for tile in plan_tiles(padded.shape, window=window, overlap=margin, stride=stride):
        top, bottom, left, right = tile.window
        y0, y1, x0, x1 = tile.core
        seen = padded[None, top:bottom, left:right, None]
        found = network.probabilities(seen)[0]
        core = found[y0 - top : y1 - top, x0 - left : x1 - left]
        out[:, y0:y1, x0:x1] = np.moveaxis(core, -1, 0)
    return out[:, :ny, :nx]
