"""Training and validation examples, batch by batch, as pure functions of epoch and step.

Because batch `step` of epoch `epoch` is a function of the seed and these two numbers alone, a run
that was killed continues exactly, and batches can be prepared in parallel.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Any

import numpy as np

from hrtem_sim.provenance import rng_for
from seg_train.data.augment import training_patch, validation_patch
from seg_train.data.preprocess import denoise, grid_shape, resample, resample_mask
from seg_train.data.selection import split_by_structure
from seg_train.recipe import TrainingRecipe

Batch = tuple[np.ndarray, np.ndarray]


class DatabaseExamples:
    """Examples from a database of simulated micrographs.

    Parameters
    ----------
    database
        As `hrtem_sim.database.open_database` returns it.
    recipe
        What to select and how to prepare it.
    rows
        Positions in the catalogue to choose from; absent: all.
    memory
        Bytes up to which prepared micrographs are kept; more are read again for each batch.

    Examples
    --------
    >>> from hrtem_sim.database import open_database
    >>> database = open_database("data")
    >>> from seg_train import ModelRecipe
    >>> tiny = ModelRecipe(backbone="plain", stages=2, width=2)
    >>> recipe = TrainingRecipe(seed=1, batch_size=2, validation=0.5, model=tiny)
    >>> images, masks = DatabaseExamples(database, recipe).batch(epoch=0, step=0)
    >>> images.shape, masks.shape
    ((2, 64, 64, 1), (2, 64, 64, 1))
    """

    def __init__(
        self,
        database: Any,
        recipe: TrainingRecipe,
        *,
        rows: np.ndarray | None = None,
        memory: int = 2 << 30,
    ) -> None:
        self.recipe = recipe
        self.pixel_size = recipe.pixel_size or float(database.pixel_size)
        self.split = split_by_structure(database.catalogue, recipe, rows=rows)
        self.provenance = {"data_set": database.identity, "split": self.split.identity}
        self._database = database
        self._lock = Lock()
        self._shape = grid_shape(database.shape, database.pixel_size, recipe.pixel_size)
        _check_shape(self._shape, recipe)
        every = np.sort(np.concatenate([self.split.training, self.split.validation]))
        self._kept: dict[int, Batch] = {}
        if len(every) * self._shape[0] * self._shape[1] * 5 <= memory:
            for start in range(0, len(every), 64):
                block = every[start : start + 64]
                self._kept.update(zip(block.tolist(), self._read(block), strict=True))

    def steps(self, epoch: int) -> int:
        """Return the number of training batches of an epoch."""
        return -(-len(self.split.training) // self.recipe.batch_size)

    def batch(self, epoch: int, step: int) -> Batch:
        """Return images (b, ny, nx, 1) float32 and masks (b, ny, nx, 1) uint8 of a step.

        Parameters
        ----------
        epoch, step
            From 0 each; the same pair gives the same examples.
        """
        order = rng_for(self.recipe.seed, "order", epoch).permutation(self.split.training)
        return _augmented(self._take(_part(order, step, self.recipe)), self, epoch, step)

    @property
    def validation_steps(self) -> int:
        """Number of validation batches."""
        return -(-len(self.split.validation) // self.recipe.batch_size)

    def validation_batch(self, step: int) -> Batch:
        """Return a batch of validation examples, the same in every epoch."""
        examples = self._take(_part(self.split.validation, step, self.recipe))
        return _stack([validation_patch(image, mask, self.recipe) for image, mask in examples])

    def _take(self, rows: np.ndarray) -> list[Batch]:
        if self._kept:
            return [self._kept[row] for row in rows.tolist()]
        return self._read(rows)

    def _read(self, rows: np.ndarray) -> list[Batch]:
        with self._lock:  # batches are prepared in several threads, files are read in one
            counts, masks = self._database.counts(rows), self._database.masks(rows)
        return prepare_examples(counts, masks, self.recipe, self._shape)


class StreamExamples:
    """Examples from a source with fresh images at every epoch.

    Parameters
    ----------
    stream
        Any object with `epoch(i) -> (images, masks)`, arrays (n, ny, nx). `validation() ->
        (images, masks)`, `pixel_size` (angstrom) and `identity` are used when it has them;
        without `validation` the best weights are those of the lowest training loss.
    recipe
        How to prepare the images; `select`, `n_images` and `validation` do not apply.

    Notes
    -----
    The next epoch is asked for in a thread while the present one trains.

    Examples
    --------
    >>> from hrtem_sim.database import open_database
    >>> from hrtem_sim.dataset import ConditionStream
    >>> from seg_train import ModelRecipe
    >>> tiny = ModelRecipe(backbone="plain", stages=2, width=2)
    >>> recipe = TrainingRecipe(seed=1, batch_size=2, validation=0.5, model=tiny)
    >>> examples = StreamExamples(ConditionStream(open_database("data")), recipe)
    >>> examples.steps(0), examples.batch(0, 0)[0].shape
    (2, (2, 64, 64, 1))
    """

    def __init__(self, stream: Any, recipe: TrainingRecipe) -> None:
        self.recipe = recipe
        native = getattr(stream, "pixel_size", None)
        if native is None and recipe.pixel_size is not None:
            raise ValueError("pixel_size must be absent when the stream does not tell its own")
        self.pixel_size = recipe.pixel_size or native or 1.0
        self.provenance = {"data_set": getattr(stream, "identity", None), "split": None}
        self._native = native
        self._stream = stream
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._epochs: dict[int, Future] = {}
        self._lock = Lock()
        has_validation = hasattr(stream, "validation")
        self._validation = self._prepared(*stream.validation()) if has_validation else []

    def steps(self, epoch: int) -> int:
        """Return the number of training batches of an epoch."""
        return -(-len(self._epoch(epoch)) // self.recipe.batch_size)

    def batch(self, epoch: int, step: int) -> Batch:
        """Return images (b, ny, nx, 1) float32 and masks (b, ny, nx, 1) uint8 of a step.

        Parameters
        ----------
        epoch, step
            From 0 each; the same pair gives the same examples.
        """
        examples = self._epoch(epoch)
        order = rng_for(self.recipe.seed, "order", epoch).permutation(len(examples))
        chosen = [examples[index] for index in _part(order, step, self.recipe)]
        return _augmented(chosen, self, epoch, step)

    @property
    def validation_steps(self) -> int:
        """Number of validation batches."""
        return -(-len(self._validation) // self.recipe.batch_size)

    def validation_batch(self, step: int) -> Batch:
        """Return a batch of validation examples, the same in every epoch."""
        examples = _part(self._validation, step, self.recipe)
        return _stack([validation_patch(image, mask, self.recipe) for image, mask in examples])

    def _epoch(self, epoch: int) -> list[Batch]:
        with self._lock:
            for wanted in (epoch, epoch + 1):
                if wanted < self.recipe.epochs and wanted not in self._epochs:
                    self._epochs[wanted] = self._thread.submit(self._make, wanted)
            for past in [number for number in self._epochs if number < epoch]:
                del self._epochs[past]
            made = self._epochs[epoch]
        return made.result()

    def _make(self, epoch: int) -> list[Batch]:
        return self._prepared(*self._stream.epoch(epoch))

    def _prepared(self, images: np.ndarray, masks: np.ndarray) -> list[Batch]:
        images, masks = np.asarray(images), np.asarray(masks)
        if not len(images):
            raise ValueError("epoch must return at least one image; got none")
        shape = images.shape[1:]
        if self._native is not None:
            shape = grid_shape(shape, self._native, self.recipe.pixel_size)
        _check_shape(shape, self.recipe)
        return prepare_examples(images, masks, self.recipe, shape)


def prepare_examples(
    images: np.ndarray, masks: np.ndarray, recipe: TrainingRecipe, shape: tuple[int, int]
) -> list[Batch]:
    """Return micrographs resampled and denoised, after checking them against their masks.

    Parameters
    ----------
    images, masks
        (n, ny, nx) each.
    recipe
        Its model and preprocessing are used.
    shape
        Of the training grid over the whole field of view.

    Raises
    ------
    ValueError
        If images and masks differ in shape, the images are not finite or have channels the model
        does not take, or a mask holds a class the model does not know.

    Examples
    --------
    >>> images = np.random.default_rng(1).random((2, 64, 64))
    >>> pairs = prepare_examples(images, images > 0.5, TrainingRecipe(seed=1), (32, 32))
    >>> [image.shape for image, mask in pairs]
    [(32, 32), (32, 32)]
    """
    images, masks = np.asarray(images), np.asarray(masks)
    channels = 1 if images.ndim == 3 else images.shape[-1]
    if images.ndim == 4 and channels == 1:
        images = images[..., 0]
    if channels != recipe.model.channels:
        raise ValueError(
            f"model.channels must be the channels of the images, {channels}; "
            f"got {recipe.model.channels}"
        )
    if images.ndim != 3:
        raise ValueError(f"images must be of shape (n, ny, nx); got {images.shape}")
    if masks.shape != images.shape:
        raise ValueError(
            f"masks must have the shape of the images, {images.shape}; got {masks.shape}"
        )
    finite = np.isfinite(images).all(axis=(1, 2))
    if not finite.all():
        raise ValueError(
            f"images must be finite; got NaN or infinite pixels in {int((~finite).sum())} "
            f"of {len(images)}"
        )
    if masks.size and masks.max() >= recipe.model.classes:
        raise ValueError(
            f"model.classes must be at least {int(masks.max()) + 1}, the classes in the masks; "
            f"got {recipe.model.classes}"
        )
    return [
        (denoise(resample(image, shape), recipe.preprocessing), resample_mask(mask, shape))
        for image, mask in zip(images, masks, strict=True)
    ]


def _check_shape(shape: tuple[int, int], recipe: TrainingRecipe) -> None:
    stride = recipe.model.stride
    if recipe.patch is None and (shape[0] % stride or shape[1] % stride):
        raise ValueError(
            f"patch must be set when micrographs are not multiples of {stride} pixels; "
            f"on the training grid they are {shape[0]} x {shape[1]}"
        )
    if recipe.patch is not None and recipe.patch > min(shape):
        raise ValueError(
            f"patch must be at most {min(shape)} pixels, the micrographs on the training grid; "
            f"got {recipe.patch}"
        )


def _augmented(examples: list[Batch], source: Any, epoch: int, step: int) -> Batch:
    rng = rng_for(source.recipe.seed, "augment", epoch, step)
    patches = [
        training_patch(*example, source.recipe, pixel_size=source.pixel_size, rng=rng)
        for example in examples
    ]
    return _stack(patches)


def _part(items: Any, step: int, recipe: TrainingRecipe) -> Any:
    return items[step * recipe.batch_size : (step + 1) * recipe.batch_size]


def _stack(patches: list[Batch]) -> Batch:
    images, masks = zip(*patches, strict=True)
    return np.stack(images)[..., None], np.stack(masks)[..., None]
