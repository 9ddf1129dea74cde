"""Score a network on experimental micrographs with hand-drawn masks. Run example 60 first."""

from seg_train import evaluate, load_experimental_sample, load_network, predict, summarise
from seg_train.figures import predictions_over_micrographs

network = load_network("runs/example-network")
sample = load_experimental_sample()
scores = evaluate(network, sample)
print(summarise(scores, rng=0)[["images", "f1", "particle_f1", "found", "missed", "invented"]])

masks = [predict(network, s.image, pixel_size=s.pixel_size).mask for s in sample]
predictions_over_micrographs(sample, masks).savefig("runs/61_predictions.png", dpi=110)
