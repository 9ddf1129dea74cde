"""All that decides a training run, except its data."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from math import inf
from pathlib import Path
from typing import Literal

from hrtem_sim.provenance import (
    Checked,
    Refusal,
    added,
    at_least,
    between,
    checked,
    checks,
    from_table,
    identity,
    optional,
    parse_condition,
    physical,
    positive,
    read_file_table,
    recipe_file,
    say_doubt,
    that,
    whole,
)
from seg_train.recipe.augmentation import AugmentationRecipe
from seg_train.recipe.network import ModelRecipe, PreprocessingRecipe

PIXEL = physical(0.01, 10, "angstrom", usual=(0.05, 3), units={"nm": 10.0, "pm": 0.01})
SHARES = optional(that("a list of positive numbers", lambda shares: _positive(shares)))


def _positive(shares: tuple[float, ...]) -> bool:
    return bool(shares) and all(0 < share < inf for share in shares)


@dataclass(frozen=True)
class TrainingRecipe(Checked):
    """All that decides the weights of a network, except the data set itself.

    Parameters
    ----------
    seed
        Root of every random stream: the weights at the start, the split, the order of the images
        and their augmentation.
    pixel_size
        Pixel of the training grid in angstrom; absent: that of the data set. Images are resampled
        to it, in training and in use.
    patch
        Edge of the square patches in pixels of the training grid, cut at random from each image;
        absent: the whole image. A multiple of 2**stages.
    select
        Condition on the catalogue, for example `"dose > 200 and n_defects == 0"`; see
        `hrtem_sim.provenance.parse_condition`.
    n_images
        Number of images drawn from those selected, validation included; absent: all.
    patches
        Patches that an epoch shows; absent: one of every image. A few large micrographs want many.
    shares
        Parts of what is pooled in an epoch, in its order and any unit, such as (3, 1) for three
        simulated patches to one of your own; absent: every image of all once.
    initial
        Network whose weights the training begins with: the folder of a run, beside the recipe or
        where the program runs, or a name that comes with the package; absent: weights are drawn.
        Its layers must be those of `model`; the last is drawn anew where the classes are others.
        Where `pixel_size` is absent its pixel is taken. The id of the run covers the weights, not
        where they lie.
    initial_share
        Share of these weights in those that are validated and kept, from 0 to less than 1; the rest
        is what training makes of them.
    validation
        Part of the structures held out for validation; no structure is on both sides.
    loss
        `"cce_dice"`: categorical cross-entropy plus Dice loss; or one of the two alone.
    learning_rate, decay
        Rate of the Adam optimiser in the first epoch and its factor per epoch.
    schedule
        `"exponential"`: `decay` at every epoch; `"plateau"`: `decay` whenever `patience` epochs
        bring no lower loss of validation; `"cosine"`: step by step along half a cosine to
        `final_rate`.
    warmup
        Epochs in which the rate rises from 0, step by step.
    final_rate
        Rate in which the cosine ends.
    patience
        Epochs after which a plateau is one.
    weight_decay
        Decay of the weights at every step, times the learning rate (AdamW); 0: plain Adam.
    ema
        Momentum of an exponential moving average of the weights, which validates and is kept in
        their place, for example 0.998; absent: none.
    choose
        Measure by which the best epoch is chosen: the lowest loss of `"validation"` (of training
        where `validation` is 0), or the highest particle F1 on the `"samples"` that `fit` is given:
        labelled experiments.
    batch_size, epochs
        Images per step; passes over the images.
    precision
        `"float32"`, or mixed precision for GPUs.
    deterministic
        Make TensorFlow use reproducible algorithms (for the whole process, once switched on).
    model, preprocessing, augmentation
        Tables of their own.
    """

    seed: int = field(metadata=checks(whole(0)))
    pixel_size: float | None = checked(None, optional(PIXEL))
    patch: int | None = checked(None, optional(whole(1)))
    select: str | None = None
    n_images: int | None = checked(None, optional(whole(1)))
    patches: int | None = checked(None, optional(whole(1)), added=True)
    shares: tuple[float, ...] | None = checked(None, SHARES, added=True)
    initial: str | None = added(None)
    initial_share: float = checked(0.0, between(0, 1, open_high=True), added=True)
    validation: float = checked(0.25, between(0, 1, open_high=True))
    loss: Literal["cce_dice", "cce", "dice"] = "cce_dice"
    learning_rate: float = checked(0.001, positive())
    decay: float = checked(0.8, between(0, 1, open_low=True))
    schedule: Literal["exponential", "cosine", "plateau"] = added("exponential")
    warmup: float = checked(0.0, at_least(0, "epochs"), added=True)
    final_rate: float = checked(1e-5, positive(), added=True)
    patience: int = checked(3, whole(1), added=True)
    weight_decay: float = checked(0.0, at_least(0), added=True)
    ema: float | None = checked(None, optional(between(0, 1, open_high=True)), added=True)
    choose: Literal["validation", "samples"] = added("validation")
    batch_size: int = checked(16, whole(1))
    epochs: int = checked(25, whole(1))
    precision: Literal["float32", "mixed_float16", "mixed_bfloat16"] = "float32"
    deterministic: bool = True
    model: ModelRecipe = field(default_factory=ModelRecipe)
    preprocessing: PreprocessingRecipe = field(default_factory=PreprocessingRecipe)
    augmentation: AugmentationRecipe = field(default_factory=AugmentationRecipe)

    @property
    def by_step(self) -> bool:
        """Whether the learning rate changes from step to step."""
        return self.schedule == "cosine" or self.warmup > 0

    @property
    def identity(self) -> str:
        """Id of all but where the weights lie that it begins with."""
        return identity(replace(self, initial=None), "training-recipe")

    def _idle(self) -> Iterator[tuple[str, str]]:
        """Fields that were set and change nothing, each with what would make them count."""
        schedules = {"decay": ("exponential", "plateau"), "final_rate": ("cosine",)}
        schedules["patience"] = ("plateau",)
        defaults = {item.name: item.default for item in fields(self)}
        for name, used in schedules.items():
            if self.schedule not in used and getattr(self, name) != defaults[name]:
                yield name, " or ".join(f'schedule = "{schedule}"' for schedule in used)

    def _check_together(self) -> None:
        for name, needed in self._idle():
            say_doubt(f"TrainingRecipe: {name} changes nothing without {needed}")
        if self.warmup >= self.epochs:
            raise Refusal(
                f"warmup must end before the training does, after {self.epochs} epochs; "
                f"got {self.warmup!r}"
            )
        stride = self.model.stride
        if self.patch is not None and self.patch % stride:
            near = max(1, round(self.patch / stride)) * stride
            raise Refusal(
                f"patch must be a multiple of {stride} pixels; got {self.patch!r}. "
                f"Nearest that works: {near}"
            )
        if self.select is not None:
            try:
                parse_condition(self.select)
            except Refusal as error:
                raise Refusal(f"select must be a condition; {error}") from None


def read_training_recipe(path: str | Path) -> TrainingRecipe:
    """Read the `[training]` table of a recipe file.

    Parameters
    ----------
    path
        Path of the file, or the name of a recipe that comes with the package.

    Raises
    ------
    RecipeError
        If the file cannot be read or a field of the table is unknown, missing, of the wrong type
        or impossible; one line that names the field.

    Examples
    --------
    >>> read_training_recipe("demo").batch_size
    16
    """
    recipe = from_table(TrainingRecipe, read_file_table(path, "training"), "training")
    return found_beside(path, recipe)


def found_beside(path: str | Path, recipe: TrainingRecipe) -> TrainingRecipe:
    """Return a recipe whose `initial` is a path, where it lies beside the recipe's file.

    Parameters
    ----------
    path
        File of the recipe, or its name.
    recipe
        Recipe in it.
    """
    if recipe.initial is None:
        return recipe
    beside = recipe_file(path).absolute().parent / recipe.initial
    return replace(recipe, initial=str(beside)) if beside.exists() else recipe
