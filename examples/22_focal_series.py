"""
A focal series
==============

One wave, many micrographs: the same particle through focus.
"""

# %%
# A decahedron of gold on carbon, and the wave behind it.

import matplotlib.pyplot as plt
import numpy as np

from czone.generator import AmorphousGenerator, Generator
from czone.prefab import WulffDecahedron
from czone.scene import Scene
from czone.transform import Translation
from czone.volume import Volume, make_rect_prism
from hrtem_sim.figures import show_micrograph
from hrtem_sim.imaging import Detector, ImagingConditions, form_images
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave import WaveSettings, compute_exit_wave

gold = Generator.from_spacegroup(["Au"], [[0, 0, 0]], [4.078] * 3, [90] * 3, sgn=225)
energies = {(1, 1, 1): 1.0, (1, 0, 0): 1.15}
particle = WulffDecahedron(gold, energies, 0.02, natoms=1500).get_construction()
particle.populate_atoms()
reach = -particle.atoms[:, 2].min()
particle.transform(Translation([32, 32, reach + 2]))
slab = make_rect_prism(64, 64, 15) + [0, 0, 2 * reach + 1]
film = Volume(slab, generator=AmorphousGenerator(rng=1), priority=1)
scene = Scene([[0, 0, 0], [64, 64, 2 * reach + 18]], [particle, film], min_distance="contact")
scene.populate()
settings = WaveSettings(pixel_size=0.1, phonons=2)
wave = compute_exit_wave(Specimen.from_scene(scene), settings, rng=2)

# %%
# Positive defocus is underfocus, counted from the middle of the model. `form_images` transforms the
# wave once, whatever the number of foci.

foci = [-200.0, -100.0, 0.0, 100.0, 200.0, 400.0]
series = [ImagingConditions(defocus=f, focal_spread=20.0, dose=2000.0) for f in foci]
micrographs = list(form_images(wave, series, Detector(0.2), rngs=range(len(foci))))

figure, panels = plt.subplots(2, 3, figsize=(9, 6.6), layout="constrained")
for ax, micrograph in zip(panels.flat, micrographs, strict=True):
    show_micrograph(ax, micrograph.counts, micrograph.pixel_size)
    defocus = micrograph.conditions.defocus
    ax.set_title(f"defocus {defocus / 10:+.0f} nm")
    ax.set_axis_off()
    counts = micrograph.counts
    print(f"{defocus:+6.0f} Å: contrast {np.std(counts) / np.mean(counts):.3f}")
plt.show()
