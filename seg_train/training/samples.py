"""Scores on labelled experiments while a network trains: what validation cannot tell."""

import warnings
from collections.abc import Sequence
from typing import Any

from hrtem_sim.provenance import identity
from hrtem_sim.refusal import Implausible, Refusal
from seg_train.benchmark import evaluate
from seg_train.data import LabelledMicrograph, LabelledSource
from seg_train.data.mending import Blemished
from seg_train.data.pooled import PooledSource
from seg_train.data.source import Source
from seg_train.metrics import pooled_counts
from seg_train.model import Network
from seg_train.recipe import TrainingRecipe
from seg_train.runs import SAMPLE_F1


def samples_identity(
    samples: Sequence[LabelledMicrograph] | None, recipe: TrainingRecipe
) -> str | None:
    """Return the id of the micrographs that are scored, None where there are none.

    Parameters
    ----------
    samples
        Labelled micrographs.
    recipe
        Recipe of the training.

    Raises
    ------
    Refusal
        If there are none and the recipe chooses by them.
    """
    if not samples:
        if recipe.choose == "samples":
            raise Refusal('samples must be given where choose = "samples"; got none')
        return None
    return identity([sample.identity for sample in samples], "samples")


def warn_of_trained(samples: Sequence[LabelledMicrograph] | None, source: Source) -> None:
    """Warn where micrographs that are scored are among those that train.

    Parameters
    ----------
    samples
        Labelled micrographs that are scored.
    source
        What the network trains on.
    """
    parts = source.sources if isinstance(source, PooledSource) else (source,)
    labelled = [part for part in parts if isinstance(part, LabelledSource)]
    trained = frozenset[str]().union(*(part.structures[0] for part in labelled))
    if not samples or not trained:
        return
    both = [one.name for one in samples if identity(one.image, "image") in trained]
    if both:
        warnings.warn(
            f"samples should be micrographs that train nothing; got {len(both)} that train, "
            f"{both[0]} among them: their scores tell nothing of others",
            Implausible,
            stacklevel=3,
        )


class SampleScores:
    """Score a model, as it is, on labelled micrographs.

    Parameters
    ----------
    model
        Model that trains.
    recipe
        Recipe of the training.
    pixel_size
        Pixel of the training grid, in angstrom.
    samples
        Labelled micrographs; of an empty list there are no scores.
    """

    def __init__(
        self,
        model: Any,
        recipe: TrainingRecipe,
        pixel_size: float,
        samples: Sequence[LabelledMicrograph],
    ) -> None:
        self._network = Network(model, recipe, pixel_size)
        self._samples = samples

    def now(self) -> dict[str, float]:
        """Return the columns of the history, pooled over all pixels, each image seen once."""
        if not self._samples:
            return {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Blemished)
            counts = pooled_counts(evaluate(self._network, self._samples, keep=False).table)
        return {"sample_f1": counts.soft_f1, SAMPLE_F1: counts.f1}
