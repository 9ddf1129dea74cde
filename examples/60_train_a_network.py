"""Train a small network on simulated micrographs and look at its loss.

About two minutes on two cores; run again, it returns at once, for the run is finished.
"""

from hrtem_sim.dataset import build_dataset, read_dataset_recipe
from seg_train import ModelRecipe, TrainingRecipe, fit
from seg_train.figures import loss_curves

database = build_dataset(
    read_dataset_recipe("recipes/demo.toml").scaled(0.25), "runs/example-data", workers=2
)
recipe = TrainingRecipe(
    seed=1,
    patch=128,
    epochs=15,
    batch_size=8,
    model=ModelRecipe(stages=3, norm_momentum=0.9),
)
run = fit(recipe, database, "runs/example-network")
print(f"{run.identity}: best epoch {run.best_epoch}, validation F1", run.history["val_f1"].max())
loss_curves(run.history).savefig("runs/60_loss.png")
