"""Training and validation batches, as pure functions of epoch and step.

Because batch `step` of epoch `epoch` is a function of the seed and these two numbers alone, a run
that was killed continues exactly, and batches can be prepared in parallel.
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import NamedTuple

import numpy as np

from hrtem_sim.provenance import rng_for
from hrtem_sim.refusal import Refusal
from seg_train.data.augment import training_patch, validation_patch
from seg_train.data.examples import Example, Examples, as_examples
from seg_train.data.preprocess import denoise
from seg_train.data.resampling import grid_shape, resample, resample_mask
from seg_train.data.source import Source
from seg_train.recipe import TrainingRecipe

Batch = tuple[np.ndarray, np.ndarray]


class Prepared(NamedTuple):
    """A micrograph on the training grid, denoised, float32 (ny, nx), and its classes, uint8."""

    image: np.ndarray
    mask: np.ndarray


class Batches:
    """What a network is trained and validated on, batch by batch.

    Parameters
    ----------
    source
        Source of the micrographs.
    recipe
        Recipe by which they are prepared, cut and varied.
    first
        Epoch that comes first; its micrographs are prepared at once, so that what cannot train is
        refused before anything else happens.
    memory
        Bytes up to which the prepared micrographs of an epoch are kept; more are taken and
        prepared again for each batch.

    Raises
    ------
    ValueError
        If the source has no examples, or images, masks, patch and model do not fit each other.

    Notes
    -----
    The next epoch is asked for in a thread while the present one trains.

    Examples
    --------
    >>> from hrtem_sim.database import open_database
    >>> from seg_train import ModelRecipe
    >>> from seg_train.data import StoredMicrographs
    >>> tiny = ModelRecipe(backbone="plain", stages=2, width=2)
    >>> recipe = TrainingRecipe(seed=1, batch_size=2, validation=0.5, model=tiny)
    >>> batches = Batches(StoredMicrographs(open_database("data"), recipe), recipe)
    >>> images, masks = batches.batch(epoch=0, step=0)
    >>> images.shape, masks.shape
    ((2, 64, 64, 1), (2, 64, 64, 1))
    """

    def __init__(
        self, source: Source, recipe: TrainingRecipe, *, first: int = 0, memory: int = 2 << 30
    ) -> None:
        self.recipe = recipe
        self.pixel_size = float(recipe.pixel_size or source.pixel_size)
        self._source, self._memory = source, memory
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._epochs: dict[int, Future[_Epoch]] = {}
        self._lock = Lock()
        self._validation = self._examples_of(source.validation())
        if first < recipe.epochs:
            self._epoch(first)

    def steps(self, epoch: int) -> int:
        """Return the number of training batches of an epoch."""
        return -(-len(self._epoch(epoch)) // self.recipe.batch_size)

    def batch(self, epoch: int, step: int) -> Batch:
        """Return images (b, ny, nx, 1) float32 and masks (b, ny, nx, 1) uint8 of a step.

        Parameters
        ----------
        epoch, step
            Numbers of the epoch and of the step in it, from 0; the same pair gives the same
            examples.
        """
        examples = self._epoch(epoch)
        order = rng_for(self.recipe.seed, "order", epoch).permutation(len(examples))
        rng = rng_for(self.recipe.seed, "augment", epoch, step)
        return _stack(
            [
                training_patch(*example, self.recipe, pixel_size=self.pixel_size, rng=rng)
                for example in examples.take(self._of_step(order, step))
            ]
        )

    @property
    def validation_steps(self) -> int:
        """Number of validation batches."""
        return -(-len(self._validation) // self.recipe.batch_size)

    def validation_batch(self, step: int) -> Batch:
        """Return a batch of validation examples, the same in every epoch."""
        chosen = self._of_step(np.arange(len(self._validation)), step)
        examples = self._validation.take(chosen)
        return _stack([validation_patch(*example, self.recipe) for example in examples])

    def _of_step(self, order: np.ndarray, step: int) -> np.ndarray:
        size = self.recipe.batch_size
        return order[step * size : (step + 1) * size]

    def _epoch(self, epoch: int) -> "_Epoch":
        with self._lock:
            for wanted in (epoch, epoch + 1):
                if wanted < self.recipe.epochs and wanted not in self._epochs:
                    before = self._epochs.get(wanted - 1)
                    self._epochs[wanted] = self._thread.submit(self._make, wanted, before)
            for past in [number for number in self._epochs if number < epoch]:
                del self._epochs[past]
            made = self._epochs[epoch]
        return made.result()

    def _make(self, epoch: int, before: "Future[_Epoch] | None") -> "_Epoch":
        given = self._source.epoch(epoch)
        if before is not None and before.result().given is given:
            return before.result()  # a source that shows the same in every epoch
        made = self._examples_of(given)
        if not len(made):
            raise Refusal("source must show at least one micrograph an epoch; got none")
        return made

    def _examples_of(self, given: Examples | tuple[np.ndarray, np.ndarray]) -> "_Epoch":
        return _Epoch(given, as_examples(given, self._source.pixel_size), self, self._memory)

    def prepared(self, example: Example) -> Prepared:
        """Return an example resampled and denoised, after checking it; see `prepare`."""
        return prepare(example, self.recipe, self.pixel_size)


class _Epoch:
    """The examples of an epoch, prepared; kept where they fit into the memory."""

    def __init__(
        self,
        given: Examples | tuple[np.ndarray, np.ndarray],
        examples: Examples,
        batches: Batches,
        memory: int,
    ) -> None:
        self.given = given
        self._examples, self._batches = examples, batches
        self._kept: list[Prepared] = []
        if not len(examples):
            return
        first = batches.prepared(examples.take(np.array([0]))[0])
        if len(examples) * (first.image.nbytes + first.mask.nbytes) <= memory:
            for start in range(0, len(examples), 64):
                self._kept += self._prepare(np.arange(start, min(start + 64, len(examples))))

    def __len__(self) -> int:
        return len(self._examples)

    def take(self, positions: np.ndarray) -> list[Prepared]:
        """Return the examples at some positions."""
        if self._kept:
            return [self._kept[k] for k in positions.tolist()]
        return self._prepare(positions)

    def _prepare(self, positions: np.ndarray) -> list[Prepared]:
        return [self._batches.prepared(example) for example in self._examples.take(positions)]


def prepare(example: Example, recipe: TrainingRecipe, pixel_size: float) -> Prepared:
    """Return a micrograph resampled and denoised, after checking it against its mask.

    Parameters
    ----------
    example
        Micrograph and classes.
    recipe
        Recipe with the model, the patch and the preprocessing.
    pixel_size
        Pixel size of the training grid, in angstrom.

    Raises
    ------
    ValueError
        If image and mask differ in shape, the image is not finite or has channels that the model
        does not take, the mask holds a class that the model does not know, or the image does not
        fit the patch.

    Examples
    --------
    >>> image = np.random.default_rng(1).random((64, 64))
    >>> prepare(Example(image, image > 0.5, 0.4), TrainingRecipe(seed=1), 0.8).image.shape
    (32, 32)
    """
    image, mask = np.asarray(example.image), np.asarray(example.mask)
    channels = 1 if image.ndim == 2 else image.shape[-1]
    if channels != recipe.model.channels:
        raise Refusal(
            f"model.channels must be the channels of the images, {channels}; "
            f"got {recipe.model.channels}"
        )
    if image.ndim != 2:
        raise Refusal(f"images must be of shape (ny, nx); got {image.shape}")
    if mask.shape != image.shape:
        raise Refusal(f"masks must have the shape of the images, {image.shape}; got {mask.shape}")
    if not np.isfinite(image).all():
        raise Refusal("images must be finite; got one with NaN or infinite pixels")
    if mask.size and mask.max() >= recipe.model.classes:
        raise Refusal(
            f"model.classes must be at least {int(mask.max()) + 1}, the classes in the masks; "
            f"got {recipe.model.classes}"
        )
    shape = grid_shape((image.shape[0], image.shape[1]), example.pixel_size, pixel_size)
    _check_shape(shape, recipe)
    return Prepared(
        denoise(resample(image, shape), recipe.preprocessing), resample_mask(mask, shape)
    )


def _check_shape(shape: tuple[int, int], recipe: TrainingRecipe) -> None:
    stride = recipe.model.stride
    if recipe.patch is None and (shape[0] % stride or shape[1] % stride):
        raise Refusal(
            f"patch must be set when micrographs are not multiples of {stride} pixels; "
            f"on the training grid they are {shape[0]} x {shape[1]}"
        )
    if recipe.patch is not None and recipe.patch > min(shape):
        raise Refusal(
            f"patch must be at most {min(shape)} pixels, the micrographs on the training grid; "
            f"got {recipe.patch}"
        )


def _stack(patches: Sequence[Batch]) -> Batch:
    images, masks = zip(*patches, strict=True)
    return np.stack(images)[..., None], np.stack(masks)[..., None]
