"""From a recipe, its data and micrographs to the gap between them."""

from collections.abc import Iterable

from seg_train.data import LabelledMicrograph, as_source
from seg_train.data.door import Trainable
from seg_train.gap.comparison import Gap, compare
from seg_train.gap.patches import real_patches, training_patches
from seg_train.recipe import TrainingRecipe


def measure_gap(
    recipe: TrainingRecipe,
    data: Trainable,
    micrographs: Iterable[LabelledMicrograph],
    *,
    number: int = 192,
) -> Gap:
    """Compare what a recipe trains on with micrographs.

    Parameters
    ----------
    recipe
        Recipe of the training.
    data
        Data set, or whatever `seg_train.fit` trains on; a few dozen structures are enough.
    micrographs
        Micrographs with masks, drawn by people or by a network (`micrographs_of`).
    number
        Number of training patches.

    Returns
    -------
    gap
        Comparison, with its `failures`.

    Examples
    --------
    >>> from seg_train import AugmentationRecipe, load_experimental_sample
    >>> recipe = TrainingRecipe(seed=1, pixel_size=0.8, patch=32, validation=0.5)
    >>> gap = measure_gap(recipe, "data", load_experimental_sample(), number=16)
    >>> len(gap.real), len(gap.training), len(gap.failures) > 0
    (256, 16, True)
    """
    source = as_source(data, recipe)
    pixel_size = float(recipe.pixel_size or source.pixel_size)
    real = real_patches(micrographs, recipe, pixel_size=pixel_size)
    return compare(real, training_patches(recipe, source, number=number), pixel_size=pixel_size)
