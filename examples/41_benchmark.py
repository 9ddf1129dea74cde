"""
Scoring on experiments
======================

A network that has seen nothing but simulations meets sixteen experimental micrographs with
hand-drawn masks. Run examples 30 and 40 first.
"""

# %%
# The sample comes with the package (K. Sytwu et al. (2023), CC0). Micrographs are resampled to the
# pixel of the training and the masks brought back.

from pathlib import Path

from seg_train import evaluate, load_experimental_sample, load_network, summarise
from seg_train.figures import predictions_over_micrographs

runs = Path("runs")
network = load_network(runs / "example-network")
samples = load_experimental_sample()
evaluation = evaluate(network, samples)

# %%
# Pooled over all pixels of a group, with 95 % intervals over the images, and by particles.

table = summarise(evaluation.table, rng=0)
print(table[["images", "particle_f1", "particle_f1_low", "particle_f1_high"]].round(2).to_string())
print(table[["found", "missed", "invented"]].to_string())

figure = predictions_over_micrographs(samples[::2], evaluation.masks[::2])
figure.savefig(runs / "41_benchmark.png")
figure
