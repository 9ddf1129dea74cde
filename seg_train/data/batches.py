"""Training and validation batches, as pure functions of epoch and step.

Because batch `step` of epoch `epoch` is a function of the seed and these two numbers alone, a run
that was killed continues exactly, and batches can be prepared in parallel.
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock

import numpy as np

from hrtem_sim.provenance import rng_for
from hrtem_sim.refusal import Refusal
from seg_train.data.augment import training_patch, validation_patch
from seg_train.data.examples import Example, Examples, as_examples
from seg_train.data.order import shown
from seg_train.data.pooled import Joined
from seg_train.data.prepare import Prepared, prepare
from seg_train.data.source import Source
from seg_train.recipe import TrainingRecipe

Batch = tuple[np.ndarray, np.ndarray]


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
        return -(-len(self._shown(epoch)) // self.recipe.batch_size)

    def batch(self, epoch: int, step: int) -> Batch:
        """Return images (b, ny, nx, 1) float32 and masks (b, ny, nx, 1) uint8 of a step.

        Parameters
        ----------
        epoch, step
            Numbers of the epoch and of the step in it, from 0; the same pair gives the same
            examples.
        """
        examples = self._epoch(epoch)
        order = self._shown(epoch)
        rng = rng_for(self.recipe.seed, "augment", epoch, step)
        return _stack(
            [
                training_patch(example, self.recipe, pixel_size=self.pixel_size, rng=rng)
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
        streams = [rng_for(self.recipe.seed, "validation noise", k) for k in chosen.tolist()]
        pairs = zip(self._validation.take(chosen), streams, strict=True)
        return _stack(
            [
                validation_patch(example, self.recipe, pixel_size=self.pixel_size, rng=rng)
                for example, rng in pairs
            ]
        )

    def _shown(self, epoch: int) -> np.ndarray:
        return shown(self._epoch(epoch).sizes, self.recipe, epoch)

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
        """Return an example as patches are cut from it, after checking it; see `prepare`."""
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
        self.sizes = examples.sizes if isinstance(examples, Joined) else [len(examples)]
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


def _stack(patches: Sequence[Batch]) -> Batch:
    images, masks = zip(*patches, strict=True)
    return np.stack(images)[..., None], np.stack(masks)[..., None]
