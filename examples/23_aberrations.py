"""
Aberrations
===========

What the lens does to a wave: spherical aberration, astigmatism and coma, as transfer functions and
in images.
"""

# %%
# Coefficients have their Krivanek names, C_nm in angstrom and azimuths phi_nm in rad. Defocus is
# given by itself; positive is underfocus.

import matplotlib.pyplot as plt
import numpy as np

from czone.generator import AmorphousGenerator, Generator
from czone.scene import Scene
from czone.transform import Rotation, rot_vtv
from czone.volume import Sphere, Volume, make_rect_prism
from hrtem_sim.electron import wavelength
from hrtem_sim.figures import show_micrograph
from hrtem_sim.imaging import (
    Aberrations,
    Detector,
    ImagingConditions,
    aberration_phase,
    form_image,
)
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave import WaveSettings, compute_exit_wave

energy, C30 = 300e3, 1.2e7
scherzer = np.sqrt(4 / 3 * C30 * wavelength(energy))
print(f"Scherzer focus for Cs = 1.2 mm at 300 kV: {scherzer / 10:.1f} nm")
lenses = {
    "underfocus 56 nm": Aberrations(),
    "and Cs 1.2 mm (Scherzer)": Aberrations(C30=C30),
    "and astigmatism 30 nm": Aberrations(C12=300.0, phi12=np.pi / 4),
    "and axial coma 3 µm": Aberrations(C21=3e4),
}

# %%
# A gold sphere on carbon, turned a little off its [110] axis.

gold = Generator.from_spacegroup(["Au"], [[0, 0, 0]], [4.078] * 3, [90] * 3, sgn=225)
gold.transform(Rotation(rot_vtv([1, 1, 0.1], [0, 0, 1])))
centre = [32, 32, 17]
ball = Volume(alg_objects=[Sphere(15, centre)], generator=gold, gen_origin=centre, priority=0)
slab = make_rect_prism(64, 64, 15) + [0, 0, 30]
film = Volume(slab, generator=AmorphousGenerator(rng=1), priority=1)
scene = Scene([[0, 0, 0], [64, 64, 47]], [ball, film], min_distance="contact")
scene.populate()
settings = WaveSettings(energy=energy, pixel_size=0.1, phonons=2)
wave = compute_exit_wave(Specimen.from_scene(scene), settings, rng=2)

# %%
# Above sin chi(k), the phase contrast of a weak object, out to a spacing of 2 angstrom; below the
# micrograph. Only with all of them known can fringes be told from particle edges.

figure, panels = plt.subplots(2, 4, figsize=(12.5, 5.9), layout="constrained")
for (name, lens), (above, below) in zip(lenses.items(), panels.T, strict=True):
    chi = aberration_phase(wave.grid, wave.wavelength, lens.defocused(scherzer))
    ny, nx = wave.grid.shape
    reach = round(0.5 * wave.grid.extent[1])  # pixels to 0.5 per angstrom
    middle = np.s_[ny // 2 - reach : ny // 2 + reach + 1, nx // 2 - reach : nx // 2 + reach + 1]
    edge = (reach + 0.5) / wave.grid.extent[1]
    shown = above.imshow(
        np.fft.fftshift(np.sin(chi))[middle], cmap="RdBu_r", vmin=-1, vmax=1,
        extent=(-edge, edge, edge, -edge),  # k_y runs down, as y does
    )  # fmt: skip
    above.set(title=name, xlabel="$k_x$ (1/Å)", xticks=(-0.4, 0, 0.4), yticks=(-0.4, 0, 0.4))
    conditions = ImagingConditions(
        defocus=scherzer, aberrations=lens, focal_spread=20.0, dose=3000.0
    )
    image = form_image(wave, conditions, Detector(0.2), rng=3)
    show_micrograph(below, image.counts, image.pixel_size)
    below.set_axis_off()
panels[0, 0].set_ylabel("$k_y$ (1/Å)")
figure.colorbar(shown, ax=panels[0], shrink=0.8, label="sin χ")
plt.show()
