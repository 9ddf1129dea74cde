"""A study in small: does a network need many images? Two conditions, three networks each.

About three minutes on two cores, on the data of example 60.
"""

from seg_train import ModelRecipe, TrainingRecipe
from seg_train.figures import study_figure
from seg_train.study import Condition, StudyRecipe, run_study, study_table


def trained_on(n_images: int) -> Condition:
    """Return the condition of a network that sees that many images."""
    model = ModelRecipe(stages=3, norm_momentum=0.9)
    recipe = TrainingRecipe(
        seed=0, patch=128, epochs=12, batch_size=8, n_images=n_images, model=model
    )
    return Condition(str(n_images), recipe)


study = StudyRecipe("images", 1, (trained_on(24), trained_on(96)), repeats=3)
results = run_study(study, "runs/example-data", "runs/example-study")
print(study_table(results).T.round(3))
study_figure(results, score="val_particle_f1", label="images").savefig("runs/63_study.png")
