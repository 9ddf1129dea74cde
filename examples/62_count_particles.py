"""Segment a micrograph, list its particles, draw their sizes. Run example 60 first."""

from seg_train import load_experimental_sample, load_network, particle_table, predict, write_mask
from seg_train.figures import size_histogram

micrograph = load_experimental_sample()[7]  # several 2.2 nm Au particles
network = load_network("runs/example-network")
found = predict(network, micrograph.image, pixel_size=micrograph.pixel_size, symmetries=True)

particles = particle_table(found.mask, pixel_size=found.pixel_size, min_area=50)
print(particles.round(1).to_string(index=False))
write_mask("runs/62_mask.tif", found.mask, pixel_size=found.pixel_size)
size_histogram(particles).savefig("runs/62_sizes.png")
