"""
Training a network
==================

A small U-Net learns to find particles from simulated micrographs alone. Run example 30 first, it
makes the data.
"""

# %%
# A training recipe, here in Python; TOML files say the same. Blur and magnification stand for
# cameras and calibrations that the simulation does not know.

from pathlib import Path

from hrtem_sim.provenance import Distribution
from seg_train import AugmentationRecipe, ModelRecipe, PreprocessingRecipe, TrainingRecipe, fit
from seg_train.figures import loss_curves

runs = Path("runs")
recipe = TrainingRecipe(
    seed=1,
    patch=64,
    batch_size=8,
    epochs=10,
    learning_rate=0.002,
    decay=0.8,
    model=ModelRecipe(backbone="plain", stages=3, width=16, norm_momentum=0.9),
    preprocessing=PreprocessingRecipe(normalisation="standard"),
    augmentation=AugmentationRecipe(
        blur=Distribution("uniform", (0.0, 1.0)),  # angstrom
        magnification=Distribution("uniform", (0.8, 1.3)),
    ),
)

# %%
# A run is a folder: recipe, history, weights, ids. Called again, `fit` returns a finished run and
# continues an interrupted one. Structures are held out whole for the validation.

run = fit(recipe, runs / "example-data", runs / "example-network", progress=False)
best = run.history.iloc[run.best_epoch - 1]
print(f"epoch {run.best_epoch} is the best: particle F1 {best['val_particle_f1']:.3f}")

figure = loss_curves(run.history)
figure.savefig(runs / "40_training.png")
figure
