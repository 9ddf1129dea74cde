"""One look of a network at a micrograph, and the mean over many looks.

Why many: a network errs differently on a micrograph turned, enlarged, or seen by its neighbour that
was trained from other weights. The mean errs less than each, and where the looks disagree it says
so. The eight symmetries cost eight times the work, each scale and each network its own share.
"""

from collections.abc import Callable, Sequence
from functools import partial
from numbers import Integral
from typing import Any, NamedTuple

import numpy as np

from hrtem_sim.refusal import Refusal
from seg_train.data.preprocess import denoise, normalise
from seg_train.data.resampling import grid_shape, resample
from seg_train.data.symmetry import SYMMETRIES, apply_symmetry, undo_symmetry
from seg_train.model import Network, receptive_radius
from seg_train.prediction.tiles import plan_tiles

SCALES = (0.5, 2.0)
"""Least and largest factor by which a look may enlarge a micrograph."""


class Looks(NamedTuple):
    """The mean over some looks.

    Parameters
    ----------
    mean
        Class probabilities, (classes, ny, nx), on the grid of the micrograph.
    spread
        Standard deviation of the particles' probability over the looks, (ny, nx).
    """

    mean: np.ndarray
    spread: np.ndarray


def looks(
    networks: Sequence[Network],
    image: np.ndarray,
    *,
    pixel_size: float,
    scales: Sequence[float],
    symmetries: int,
    window: int,
    overlap: int | None,
    watch: Callable[[float], None] | None = None,
) -> Looks:
    """Look at a micrograph with every network, at every scale, in every orientation.

    Parameters
    ----------
    networks
        Networks of the same classes.
    image
        (ny, nx).
    pixel_size
        Pixel size of the image, in angstrom.
    scales
        Factors by which the image is shown larger than it is.
    symmetries
        Number of the symmetries of the square, from 1.
    window, overlap, watch
        As `predict` takes them.
    """
    total = squared = np.zeros(0)
    weight = 1 / (len(networks) * len(scales))
    work = len(networks) * symmetries * sum(scale**2 for scale in scales)
    done = 0.0

    def look(network: Network, scale: float, shown: np.ndarray) -> np.ndarray:
        nonlocal done

        def advance(share: float) -> None:
            nonlocal done
            done = min(1.0, done + share * scale**2 / work)
            if watch is not None:
                watch(done)

        return _tiled(network, shown, window, overlap, advance)

    for network in networks:
        for scale in scales:
            prepared = prepare_image(network, image, pixel_size * scale)
            mean, square = _turned(partial(look, network, scale), prepared, symmetries)
            if mean.shape[1:] != image.shape:
                mean = np.stack([resample(channel, image.shape) for channel in mean])
                square = resample(square, image.shape)
            if not total.size:
                total, squared = weight * mean, weight * square
            else:
                total += weight * mean
                squared += weight * square
    spread = np.sqrt(np.maximum(squared - (1 - total[0]) ** 2, 0))
    return Looks(total, spread)


def check_looks(
    networks: Sequence[Network], scales: Sequence[float], symmetries: bool | int
) -> int:
    """Refuse looks that cannot be averaged; return the number of symmetries.

    Parameters
    ----------
    networks
        Networks that look.
    scales
        Factors of enlargement.
    symmetries
        True: all eight; or their number.

    Raises
    ------
    Refusal
        If there is no network or scale, networks differ in their classes or take more than one
        channel, or a scale or the number of symmetries is none.

    Examples
    --------
    >>> from seg_train.model import load_networks
    >>> check_looks(load_networks("real_micrographs"), (1.0, 1.12), True)
    8
    """
    if not networks:
        raise Refusal("network must be one or several; got none")
    classes = sorted({network.recipe.model.classes for network in networks})
    if len(classes) > 1:
        raise Refusal(f"network must be of the same classes as the others; got {classes} of them")
    for network in networks:
        if network.recipe.model.channels != 1:
            raise Refusal(
                f"network must take 1 channel; this one takes {network.recipe.model.channels}"
            )
    if not scales or not all(SCALES[0] <= scale <= SCALES[1] for scale in scales):
        raise Refusal(f"scales must be factors in [0.5, 2], one at least; got {tuple(scales)}")
    if isinstance(symmetries, bool | np.bool_):
        return SYMMETRIES if symmetries else 1
    number = symmetries or 1
    if not (isinstance(number, Integral) and 1 <= number <= SYMMETRIES):
        raise Refusal(
            f"symmetries must be true, false or from 1 to {SYMMETRIES}; got {symmetries!r}"
        )
    return int(number)


def as_scales(scales: Any) -> tuple[float, ...]:
    """Return factors as a tuple of numbers, or refuse what is none.

    Parameters
    ----------
    scales
        Numbers, in anything that lists them.

    Examples
    --------
    >>> as_scales(np.array([1.0, 1.25]))
    (1.0, 1.25)
    """
    try:
        return tuple(float(scale) for scale in scales)
    except (TypeError, ValueError):
        raise Refusal(
            f"scales must be a list of factors, such as (1, 1.12, 1.25); got {scales!r}"
        ) from None


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


def _turned(
    look: Callable[[np.ndarray], np.ndarray], prepared: np.ndarray, symmetries: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return means over orientations: of probabilities, and of the particles' squared."""
    total = look(prepared)
    squared = (1 - total[0]) ** 2
    for index in range(1, symmetries):
        turned = np.ascontiguousarray(apply_symmetry(prepared, index))
        found = undo_symmetry(look(turned), index)
        total += found
        squared += (1 - found[0]) ** 2
    return total / symmetries, squared / symmetries


def _tiled(
    network: Network,
    image: np.ndarray,
    window: int,
    overlap: int | None,
    advance: Callable[[float], None],
) -> np.ndarray:
    """Return class probabilities, (classes, ny, nx), of a prepared image; `advance` by tiles."""
    ny, nx = image.shape
    stride = network.recipe.model.stride
    padding = [(0, -n % stride) for n in image.shape]
    padded = np.pad(image, padding, mode="symmetric") if any(p[1] for p in padding) else image
    margin = receptive_radius(network.model) if overlap is None else overlap
    out = np.empty((network.recipe.model.classes, *padded.shape), np.float32)
    tiles = plan_tiles(padded.shape, window=window, overlap=margin, stride=stride)
    for tile in tiles:
        top, bottom, left, right = tile.window
        y0, y1, x0, x1 = tile.core
        seen = padded[None, top:bottom, left:right, None]
        found = network.probabilities(seen)[0]
        core = found[y0 - top : y1 - top, x0 - left : x1 - left]
        out[:, y0:y1, x0:x1] = np.moveaxis(core, -1, 0)
        advance(1 / len(tiles))
    return out[:, :ny, :nx]
