"""What a network sees in a micrograph of any size and pixel."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from hrtem_sim.provenance import optional, whole
from hrtem_sim.refusal import Implausible, Refusal
from seg_train.arrays import as_image, as_pixel
from seg_train.data.mending import Blemished, mend
from seg_train.data.resampling import grid_shape
from seg_train.model import Network, Networks, load_networks
from seg_train.prediction.looks import as_scales, check_looks, looks
from seg_train.prediction.memory import check_enlargement
from seg_train.runs import THRESHOLD

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
    left_out
        Pixels that are no micrograph, bool (ny, nx); None: there are none.
    disagreement
        Map, (ny, nx), of how far the looks disagree: the standard deviation of the particles'
        probability over networks, scales and symmetries; absent where there was one look.
    threshold
        Probability above which a pixel is particle.
    image
        Micrograph as the networks were shown it, (ny, nx) float32: mended, and filled where it was
        left out; absent where no network was.
    """

    probabilities: np.ndarray
    pixel_size: float
    found: tuple[str, ...] = ()
    left_out: np.ndarray | None = None
    disagreement: np.ndarray | None = None
    threshold: float = 0.5
    image: np.ndarray | None = None

    @property
    def mask(self) -> np.ndarray:
        """Most probable class of each pixel that is particle, (ny, nx) uint8; 0 is background."""
        likeliest = 1 + self.probabilities[..., 1:].argmax(axis=-1)
        return np.where(self.particle > self.threshold, likeliest, 0).astype(np.uint8)

    @property
    def particle(self) -> np.ndarray:
        """Probability of being anything but background, (ny, nx)."""
        return 1 - self.probabilities[..., 0]


def predict(
    network: Networks,
    image: np.ndarray,
    *,
    pixel_size: float | None = None,
    symmetries: bool | int = False,
    scales: Sequence[float] = (1.0,),
    window: int = 1408,
    overlap: int | None = None,
    threshold: float | None = None,
    watch: Callable[[float], None] | None = None,
) -> Prediction:
    """Segment a micrograph.

    Parameters
    ----------
    network
        A network of `load_network`, a run or the folder of one (which are loaded at every call);
        a folder or a name that stands for several, or a list of these, whose mean is taken.
    image
        Intensity, (ny, nx), any unit and size; it is resampled to the pixel the network was
        trained on and the probabilities are brought back. Hot and dead pixels and rows are mended
        first; borders and bars are left out and background; a warning says so.
    pixel_size
        Pixel size of the image, in angstrom; default: that of the training grid, if networks have
        one. More than 30
        times finer or coarser than the training grid is refused; more than 10 times finer or twice
        coarser is warned of (`hrtem_sim.Implausible`).
    symmetries
        Average over the eight symmetries of the square: eight times the work; or over so many of
        them.
    scales
        Average over the micrograph shown larger by these factors, for example (1, 1.12, 1.25):
        each costs the square of its factor. Particles of sizes that were rare in training gain.
    window
        Largest edge in pixels, on the training grid, of what the network sees at a time; bounds
        the memory.
    overlap
        Distance in pixels between a tile and the edge of its window; absent: the receptive field,
        so that tiles join exactly. Smaller is faster.
    threshold
        Probability above which a pixel is particle; absent: that of the run, the mean of several.
    watch
        Function that is called after every tile with the part of the work that is done, to 1;
        what it raises ends the prediction.

    Returns
    -------
    prediction
        On the grid of the image.

    Raises
    ------
    ValueError
        If the image is none of finite real numbers, or an argument is no such thing.

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
    networks, image = load_networks(network), as_image(image)
    scales = as_scales(scales)
    turns = check_looks(networks, scales, symmetries)
    whole(1).refuse("window", window)
    optional(whole(0)).refuse("overlap", overlap)
    if threshold is None:
        threshold = float(np.mean([one.threshold for one in networks]))
    THRESHOLD.refuse("threshold", threshold)
    pixel_size = _pixel_of(networks) if pixel_size is None else as_pixel(pixel_size)
    for one in networks:
        _check_scale(pixel_size, one.pixel_size)
        grid = grid_shape(image.shape, pixel_size * max(scales), one.pixel_size)
        check_enlargement(image.shape, grid, one.recipe.model.classes, pixel_size=pixel_size)
    mended = mend(image)
    if mended.found:
        warnings.warn(f"image: {'; '.join(mended.found)}", Blemished, stacklevel=2)
    seen = looks(
        networks,
        mended.image,
        pixel_size=pixel_size,
        scales=scales,
        symmetries=turns,
        window=int(window),
        overlap=overlap,
        watch=watch,
    )
    if mended.left_out is not None:
        seen.mean[:, mended.left_out] = np.eye(len(seen.mean), 1, dtype=np.float32)
        seen.spread[mended.left_out] = 0
    alone = len(networks) * len(scales) * turns == 1
    spread = None if alone else seen.spread
    probabilities = np.moveaxis(seen.mean, 0, -1)
    return Prediction(
        probabilities, pixel_size, mended.found, mended.left_out, spread, threshold, mended.image
    )


def _pixel_of(networks: Sequence[Network]) -> float:
    """Return the pixel of the training grid, or refuse to choose among several."""
    pixels = sorted({network.pixel_size for network in networks})
    if len(pixels) > 1:
        raise Refusal(
            "pixel_size must be given, in angstrom, where networks were trained on pixels of "
            f"{', '.join(f'{pixel:g}' for pixel in pixels)}; got None"
        )
    return pixels[0]


def _check_scale(pixel_size: float, trained: float) -> None:
    """Refuse images far off the scale that a network was trained on."""
    factor = pixel_size / trained
    likely = [name for name, f in (("nm", 10), ("pm", 0.01)) if 0.3 <= factor * f <= COARSER]
    meant = f": did you mean {pixel_size:g} {likely[0]}?" if likely else ""
    got = f"{trained:g} angstrom, that of the training; got {pixel_size:g}{meant}"
    if not 1 / FARTHEST <= factor <= FARTHEST:
        raise Refusal(f"pixel_size must be within a factor of {FARTHEST:g} of {got}")
    if not 1 / FINER <= factor <= COARSER:
        rule = f"at most {FINER:g} times finer and {COARSER:g} times coarser than"
        warnings.warn(f"pixel_size should be {rule} {got}", Implausible, stacklevel=3)
