"""A simulated and an experimental micrograph side by side, with their power spectra.

Usage: python docs/pictures/simulated_and_real.py

The experimental one is a patch of 2.2 nm gold on ultra-thin carbon at 423 e/angstrom^2 from the
sample of `seg_train` (CC0-1.0). The simulated one has its pixels, field, dose and size of
particles; film, focus and focal spread are guesses. It is recorded twice: by a perfect camera, and
by one with a transfer that falls as the experiment's spectrum does. All are standardised.
"""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from hrtem_sim.dataset import plan_structure, read_dataset_recipe, simulate_structure
from hrtem_sim.figures import show_micrograph
from hrtem_sim.imaging import Detector, form_image
from hrtem_sim.provenance import Distribution
from seg_train.data import load_experimental_sample

HERE = Path(__file__).parent
SAMPLE, DOSE, DEFOCUS, THICKNESS = "au2p2nm_330kx_hp_2", 423.0, 250.0, 30.0
CAMERA = {"mtf_half": 0.7, "mtf_power": 3.0, "gain": 10.0}
LIMIT = 0.9  # 1/angstrom, of the spectra


def constant(value: float) -> Distribution:
    return Distribution("constant", (value,))


def simulated(pixel: float, pixels: int) -> dict[str, np.ndarray]:
    """Counts (ny, nx) of 2.2 nm gold particles on a film, by two cameras."""
    recipe = read_dataset_recipe("optimized_au")
    particle = replace(
        recipe.particle,
        radius=Distribution("truncated_normal", (11.0, 1.5, 7.0, 15.0)),
        count=constant(8.0),
        shapes=("sphere", "wulff"),
        gap=3.0,
    )
    imaging = replace(
        recipe.imaging,
        dose=constant(DOSE),
        defocus=constant(DEFOCUS),
        focal_spread=constant(10.0),
        plasmon_weight=constant(0.0),
        aberrations={},
    )
    recipe = replace(
        recipe,
        structures=20,
        images_per_structure=1,
        particle=particle,
        imaging=imaging,
        film=replace(recipe.film, thickness=constant(THICKNESS)),
        placement=replace(recipe.placement, field=(pixels * pixel, pixels * pixel)),
        wave=replace(recipe.wave, pixel_size=pixel / 3 + 1e-6, particle_pixel=None, phonons=4),
        detector=replace(recipe.detector, pixel_size=pixel),
    )
    structure = simulate_structure(recipe, plan_structure(recipe, 3))
    blurred = form_image(structure.wave, structure.plan.images[0], Detector(pixel, **CAMERA), rng=1)
    return {
        "simulation, perfect camera": structure.micrographs[0].counts,
        "simulation, camera with MTF": blurred.counts,
    }


def spectrum(image: np.ndarray) -> np.ndarray:
    """Power spectrum of a standardised image under a Hann window, zero frequency in the middle."""
    window = np.outer(*(np.hanning(n) for n in image.shape))
    standard = (image - image.mean()) / image.std()
    power = np.abs(np.fft.fftshift(np.fft.fft2(standard * window))) ** 2
    return power / np.sum(window**2)


def radial(power: np.ndarray, pixel: float) -> tuple[np.ndarray, np.ndarray]:
    """Mean power in rings, and their radii in 1/angstrom."""
    k = np.hypot(*np.meshgrid(*(np.fft.fftshift(np.fft.fftfreq(n, pixel)) for n in power.shape)))
    edges = np.arange(0.02, LIMIT, 0.02)
    ring = np.digitize(k.ravel(), edges)
    sums = np.bincount(ring, power.ravel(), len(edges) + 1)[1:-1]
    return (edges[1:] + edges[:-1]) / 2, sums / np.bincount(ring, minlength=len(edges) + 1)[1:-1]


def show_spectrum(ax: Axes, power: np.ndarray, pixel: float) -> None:
    half = 0.5 / pixel
    ax.imshow(
        np.log10(power), cmap="gray", vmin=-1.5, vmax=1.2, extent=(-half, half, half, -half),
        interpolation="nearest",
    )  # fmt: skip
    ax.set(xlim=(-LIMIT, LIMIT), ylim=(-LIMIT, LIMIT), xlabel="k (1/Å)")


def main() -> None:
    (sample,) = (m for m in load_experimental_sample() if m.name == SAMPLE)
    pixel = sample.pixel_size
    images = {
        "experiment": sample.image,
        **simulated(pixel, sample.image.shape[0]),
    }
    figure = Figure(figsize=(11.6, 5.4), layout="constrained")
    grid = figure.add_gridspec(2, 4, width_ratios=(1, 1, 1, 1.15))
    rings = figure.add_subplot(grid[:, 3])
    for column, (name, image) in enumerate(images.items()):
        image = image.astype(float)
        above, below = (figure.add_subplot(grid[row, column]) for row in (0, 1))
        show_micrograph(above, image, pixel)
        above.set_axis_off()
        above.set_title(name, fontsize=10)
        power = spectrum(image)
        show_spectrum(below, power, pixel)
        rings.semilogy(*radial(power, pixel), label=name, color="k", ls=("-", ":", "--")[column])
    for i, (spacing, name) in enumerate(((2.355, "111"), (2.039, "200"), (1.442, "220"))):
        rings.axvline(1 / spacing, color="0.7", lw=0.8, zorder=0)
        rings.text(1 / spacing, 0.013 * 1.4**i, f" {name}", fontsize=7, color="0.4")
    rings.set(xlabel="k (1/Å)", ylabel="mean power, white noise = 1", ylim=(0.01, 30))
    rings.legend(fontsize=8, frameon=False)
    stream = io.BytesIO()
    figure.savefig(stream, dpi=85)
    picture = Image.open(stream).convert("RGB").quantize(40)  # noise does not compress
    picture.save(HERE / "simulated_and_real.png", optimize=True)


if __name__ == "__main__":
    main()
