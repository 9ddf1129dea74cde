"""The whole path, step by step: what `make demo` does, as calls of a notebook.

Usage: python examples/01_from_atoms_to_masks.py [recipes/demo.toml [output-folder [scale]]]
"""

import sys
from dataclasses import replace
from pathlib import Path

from hrtem_sim.dataset import build_dataset, plan_structure, read_dataset_recipe, simulate_structure
from hrtem_sim.figures import contact_sheet, structure_to_mask
from seg_train import evaluate, fit, load_experimental_sample, predict, summarise
from seg_train.figures import loss_curves, predictions_over_micrographs
from seg_train.recipe import read_training_recipe


def main(recipe: str = "recipes/demo.toml", out: str = "demo-run", scale: str = "1") -> None:
    folder = Path(out)
    dataset, training = read_dataset_recipe(recipe), read_training_recipe(recipe)
    dataset = dataset.scaled(float(scale))
    if float(scale) < 1:
        training = replace(training, epochs=1)

    # atoms, waves, micrographs and masks of one structure, to look at
    one = simulate_structure(dataset, plan_structure(dataset, 0))
    folder.mkdir(parents=True, exist_ok=True)
    structure_to_mask(one).savefig(folder / "one-structure.png", dpi=110)

    # all of them, on two processes, into HDF5
    database = build_dataset(dataset, folder / "dataset", workers=2)
    print(database)
    contact_sheet(database, range(min(12, len(database)))).savefig(folder / "micrographs.png")

    # a network that sees nothing but simulations
    run = fit(training, database, folder / "training")
    loss_curves(run.history).savefig(folder / "training.png")

    # real micrographs with hand-drawn masks
    samples = load_experimental_sample()
    scores = evaluate(run, samples)
    scores.to_csv(folder / "scores.csv", index=False)
    print(summarise(scores, rng=0)[["images", "particle_f1", "f1", "found", "missed"]])
    masks = [predict(run, s.image, pixel_size=s.pixel_size).mask for s in samples]
    predictions_over_micrographs(samples, masks).savefig(folder / "predictions.png")


if __name__ == "__main__":
    main(*sys.argv[1:])
