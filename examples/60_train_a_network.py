"""Train a small network on simulated micrographs and look at its loss.

About two minutes on two cores; run again, it trains no more, for the run is finished.
"""

from dataclasses import replace

from hrtem_sim.dataset import build_dataset, read_dataset_recipe
from seg_train import fit, read_training_recipe
from seg_train.figures import loss_curves

dataset = read_dataset_recipe("recipes/demo.toml").scaled(0.25)
database = build_dataset(dataset, "runs/example-data")
recipe = replace(read_training_recipe("recipes/training/two_cores.toml"), batch_size=8)
run = fit(recipe, database, "runs/example-network")
print(f"{run.identity}: best epoch {run.best_epoch}, validation F1", run.history["val_f1"].max())
loss_curves(run.history).savefig("runs/60_loss.png")
