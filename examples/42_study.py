"""
A study
=======

Does it help to have more images? Two conditions, three networks each, and what can be said. Run
example 30 first.
"""

# %%
# Conditions are training recipes; every network has a seed and a draw of images of its own.

from pathlib import Path

from seg_train import ModelRecipe, TrainingRecipe, load_experimental_sample
from seg_train.figures import study_figure
from seg_train.study import Condition, StudyRecipe, run_study, study_table

runs = Path("runs")


def trained_on(n_images: int) -> Condition:
    """Return the condition of a network that sees that many images."""
    model = ModelRecipe(backbone="plain", stages=3, width=8, norm_momentum=0.7)
    recipe = TrainingRecipe(
        seed=0,
        patch=64,
        epochs=4,
        batch_size=8,
        learning_rate=0.004,
        n_images=n_images,
        model=model,
    )
    return Condition(str(n_images), recipe)


study = StudyRecipe("images", 1, (trained_on(40), trained_on(160)), repeats=3)

# %%
# `run_study` trains what is missing in its folder; shares of it can run on several machines.

results = run_study(
    study,
    runs / "example-data",
    runs / "example-study",
    samples=load_experimental_sample()[:2],  # of sixteen, for speed
    progress=False,
)
print(study_table(results)[["networks", "val_particle_f1 mean", "val_particle_f1 ±"]].round(3))

# %%
# Points are networks, bars the 95 % interval of their mean: with three networks it is wide.

figure = study_figure(results, score="val_particle_f1", label="images")
figure.axes[0].set(ylim=(0, 1.2), ylabel="particle F1, validation")
figure.savefig(runs / "42_study.png")
figure
