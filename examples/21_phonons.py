"""
Phonons
=======

Frozen phonons: every electron meets the atoms at other places, and what is recorded is the mean.
"""

# %%
# A gold film of 2.4 nm along [001]. The Debye model gives the rms displacement per axis at room
# temperature.

import matplotlib.pyplot as plt
import numpy as np
from ase.build import bulk

from hrtem_sim.figures import scale_bar
from hrtem_sim.imaging import Detector, ImagingConditions, expected_image
from hrtem_sim.specimen import Specimen, debye_rms
from hrtem_sim.wave import WaveSettings, compute_exit_wave

gold = Specimen.from_ase(bulk("Au", a=4.08, cubic=True) * (8, 8, 6))
print(f"rms displacement of gold: {debye_rms('Au'):.3f} Å per axis")

# %%
# Above the images; the mean over configurations has the symmetry of the crystal again. Below the
# diffraction patterns: the crystal at rest scatters into Bragg reflections alone, moving atoms also
# in between, and the reflections far out fade.

conditions = ImagingConditions(defocus=60.0, focal_spread=25.0)
figure, panels = plt.subplots(2, 3, figsize=(10.5, 7.2), layout="constrained")
for phonons, (above, below) in zip((0, 1, 16), panels.T, strict=True):
    settings = WaveSettings(pixel_size=0.1, phonons=phonons, rms="measured")
    wave = compute_exit_wave(gold, settings, rng=1)
    image = expected_image(wave, conditions, Detector(0.102))
    name = {0: "at rest", 1: "one configuration"}.get(phonons, f"mean of {phonons}")
    shown = above.imshow(image, cmap="gray", vmin=0, vmax=2.6, interpolation="nearest")
    scale_bar(above, image.shape, 0.102)
    above.set_title(name)
    above.set_axis_off()

    pattern = (np.abs(np.fft.fft2(wave.array, norm="forward")) ** 2).mean(axis=0)
    bragg = np.fft.fftfreq(len(pattern), 1 / len(pattern)) % 8 == 0  # eight cells along x and y
    between = abs(1 - pattern[np.ix_(bragg, bragg)].sum() / pattern.sum())
    print(f"{name}: {between:.1%} of the electrons between the reflections")
    reach = round(1.5 * wave.grid.extent[0])  # pixels to 1.5 per angstrom
    middle = slice(len(pattern) // 2 - reach, len(pattern) // 2 + reach + 1)
    edge = (reach + 0.5) / wave.grid.extent[0]
    diffracted = below.imshow(
        np.log10(np.fft.fftshift(pattern)[middle, middle] + 1e-12), cmap="magma",
        vmin=-7, vmax=-1, extent=(-edge, edge, edge, -edge),
    )  # fmt: skip
    below.set(xlabel="$k_x$ (1/Å)", xticks=(-1, 0, 1), yticks=(-1, 0, 1))
panels[1, 0].set_ylabel("$k_y$ (1/Å)")
figure.colorbar(shown, ax=panels[0], label="intensity / incident")
figure.colorbar(diffracted, ax=panels[1], label="log10 of the fraction of electrons")
plt.show()
