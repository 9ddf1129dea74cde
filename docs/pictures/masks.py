"""Draw the picture of docs/labels.md: the masks of two rules for spheres of four materials.

Usage: python docs/pictures/masks.py [docs/pictures/masks.png]
"""

import sys
from pathlib import Path

import numpy as np
from ase.build import bulk
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from scipy.spatial.transform import Rotation as SpatialRotation

from czone.generator import Generator
from czone.transform import Rotation, Translation
from czone.volume import Sphere, Volume
from hrtem_sim.figures import show_micrograph
from hrtem_sim.imaging import Detector, ImagingConditions, expected_image
from hrtem_sim.mask import Mask, outline_mask, phase_mask
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave import WaveSettings, compute_exit_wave

FIELD, PIXEL, ENERGY = 32.0, 0.25, 300e3
CONDITIONS = ImagingConditions(defocus=100.0, focal_spread=12.0)
CRYSTALS = {
    "Au": bulk("Au", cubic=True),
    "CdSe": bulk("CdSe", "wurtzite", a=4.299, c=7.010),
    "Si": bulk("Si", cubic=True),
    "MgO": bulk("MgO", "rocksalt", a=4.212, cubic=True),
}


def sphere(material: str, radius: float) -> Specimen:
    """A sphere of a crystal turned at random, in the middle of its cell."""
    volume = Volume(
        alg_objects=[Sphere(radius, np.zeros(3))],
        generator=Generator(structure=CRYSTALS[material]),
    )
    turn = SpatialRotation.random(random_state=2).as_matrix()
    volume.transform([Rotation(turn), Translation(np.full(3, FIELD / 2))])
    volume.populate_atoms()
    return Specimen(volume.atoms, volume.species, (FIELD,) * 3, objects=("particle",))


def masks_of(specimen: Specimen) -> tuple[np.ndarray, dict[str, Mask]]:
    """The image of a particle and its masks by both rules."""
    wave = compute_exit_wave(specimen, WaveSettings(energy=ENERGY, pixel_size=PIXEL / 2))
    image = expected_image(wave, CONDITIONS, Detector(PIXEL))
    by_phase = phase_mask(wave, PIXEL)
    return image, {
        "phase": by_phase,
        "outline": outline_mask(specimen, by_phase.classes.shape, PIXEL),
    }


def main(path: str) -> None:
    figure = Figure(figsize=(8.4, 8.8), layout="constrained")
    rows = [(6.0, "phase"), (6.0, "outline"), (12.0, "phase"), (12.0, "outline")]
    axes = figure.subplots(len(rows), len(CRYSTALS))
    for column, material in enumerate(CRYSTALS):
        found = {radius: masks_of(sphere(material, radius)) for radius in (6.0, 12.0)}
        for ax, (radius, rule) in zip(axes[:, column], rows, strict=True):
            image, masks = found[radius]
            inside = masks[rule].classes > 0
            show_micrograph(ax, image, PIXEL)
            left, right, bottom, top = ax.images[0].get_extent()
            colour = np.zeros((*inside.shape, 4))
            colour[inside] = (1.0, 0.69, 0.0, 0.45)
            ax.imshow(
                colour,
                extent=(left, right, bottom, top),
                origin=ax.images[0].origin,
                interpolation="nearest",
            )
            middle = (left + right) / 2, (bottom + top) / 2
            scale = abs(right - left) / FIELD
            ax.add_patch(Circle(middle, radius * scale, fill=False, color="white", ls=":"))
            ax.set_xticks([])
            ax.set_yticks([])
            share = inside.sum() * PIXEL**2 / (np.pi * radius**2)
            ax.set_xlabel(f"{share:.2f} of the disc", fontsize=9)
            if column == 0:
                ax.set_ylabel(f"{radius:g} Å, {rule}")
            if ax is axes[0, column]:
                ax.set_title(material)
    figure.savefig(path, dpi=110)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else str(Path(__file__).with_name("masks.png")))
