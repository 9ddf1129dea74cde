"""
The detector
============

From an expected intensity to what a camera records: dose, modulation transfer, readout noise.
"""

# %%
# The image that would be expected, without noise: a gold particle in focus for its fringes.

import matplotlib.pyplot as plt
import numpy as np

from czone.generator import Generator
from czone.scene import Scene
from czone.transform import Rotation, rot_vtv
from czone.volume import Sphere, Volume
from hrtem_sim.figures import show_micrograph
from hrtem_sim.imaging import Detector, ImagingConditions, form_image
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave import WaveSettings, compute_exit_wave

gold = Generator.from_spacegroup(["Au"], [[0, 0, 0]], [4.078] * 3, [90] * 3, sgn=225)
gold.transform(Rotation(rot_vtv([1, 1, 0], [0, 0, 1])))
centre = [25.6, 25.6, 14]
ball = Volume(alg_objects=[Sphere(12, centre)], generator=gold, gen_origin=centre)
scene = Scene([[0, 0, 0], [51.2, 51.2, 28]], [ball])
scene.populate()
wave = compute_exit_wave(Specimen.from_scene(scene), WaveSettings(pixel_size=0.1))

# %%
# A perfect camera counts electrons. A scintillator blurs image and shot noise alike, a counting
# camera leaves the noise white; both may add noise of their own. The spectrum of the noise comes
# from the difference of two exposures.

cameras = {
    "perfect, 4000 e/Å²": (4000.0, Detector(0.4)),
    "perfect, 400 e/Å²": (400.0, Detector(0.4)),
    "scintillator, 400 e/Å²": (400.0, Detector(0.4, mtf_half=0.3)),
    "the same, readout noise": (400.0, Detector(0.4, mtf_half=0.3, gain=2.0, readout_noise=20.0)),
}
figure, (images, spectra) = plt.subplots(2, 4, figsize=(12.5, 6.0), layout="constrained")
for (name, (dose, camera)), image_ax, spectrum_ax in zip(
    cameras.items(), images, spectra, strict=True
):
    conditions = ImagingConditions(defocus=80.0, focal_spread=20.0, dose=dose)
    image = form_image(wave, conditions, camera, rng=1)
    show_micrograph(image_ax, image.counts, image.pixel_size)
    image_ax.set_title(name)
    image_ax.set_axis_off()
    mean = image.counts.mean()
    print(f"{name}: {mean:.1f} units per pixel, {mean / camera.gain / 0.4**2:.0f} e/Å²")

    again = form_image(wave, conditions, camera, rng=2)  # the same, with other noise
    noise = (image.counts.astype(float) - again.counts) / (2**0.5 * mean)
    power = np.abs(np.fft.fft2(noise, norm="ortho")) ** 2
    frequency = np.hypot(*np.meshgrid(*(2 * np.fft.fftfreq(n) for n in noise.shape)))
    ring = np.digitize(frequency, np.linspace(0, 1, 17))
    spectrum = [power[ring == i].mean() for i in range(1, 17)]
    spectrum_ax.plot((np.arange(16) + 0.5) / 16, spectrum, "o-", ms=3, color="0.2")
    spectrum_ax.set(xlabel="frequency / Nyquist", yscale="log", ylim=(1e-4, 0.1), xlim=(0, 1))
spectra[0].set_ylabel("noise power / mean²")
plt.show()
