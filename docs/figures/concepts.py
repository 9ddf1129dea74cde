"""Draw the pictures of docs/concepts.md.

Usage: python docs/figures/concepts.py [folder]
"""

import sys
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from czone.generator import AmorphousGenerator, Generator
from czone.scene import Scene
from czone.transform import MultiTransform, Rotation, Translation, rot_v
from czone.volume import Sphere, Volume, make_rect_prism
from hrtem_sim.figures import scale_bar, show_micrograph
from hrtem_sim.imaging import Detector, ImagingConditions, form_image
from hrtem_sim.mask import phase_mask
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave import WaveSettings, compute_exit_waves

GOLD, CARBON, FAINT = "#d9a400", "#555555", "#dddddd"


def crystal() -> Generator:
    """Return gold."""
    return Generator.from_spacegroup(["Au"], [[0, 0, 0]], [4.078] * 3, [90] * 3, sgn=225)


def structures(path: Path) -> None:
    """Draw what generator, volume, transformation and scene do, as a cut through the middle."""
    figure = Figure(figsize=(13, 3.6), layout="constrained")
    axes = figure.subplots(1, 4, sharex=True, sharey=True)
    gold = crystal()
    lattice, _ = gold.supply_atoms(make_rect_prism(64, 4, 44, center=[32, 0, 22]))
    ball = Volume(alg_objects=[Sphere(12, [20, 0, 22])], generator=gold)
    ball.populate_atoms()
    turn = rot_v([0, 1, 0], 0.4)
    middle = np.array([20, 0, 22])
    place = MultiTransform([Translation(-middle), Rotation(turn), Translation(middle + [18, 0, 2])])
    moved = ball.from_volume(transformation=place)
    moved.populate_atoms()
    slab = make_rect_prism(64, 8, 12) + [0, -4, 2]
    film = Volume(slab, generator=AmorphousGenerator(rng=1), priority=1)
    lower = moved.from_volume(transformation=Translation([0, 0, -5]))
    scene = Scene([[0, -12, 0], [64, 12, 44]], [lower, film])
    scene.populate()

    dots(axes[0], lattice, GOLD)
    circle(axes[1], 20, 22)
    dots(axes[1], lattice, FAINT)
    dots(axes[1], ball.atoms, GOLD)
    dots(axes[2], ball.atoms, FAINT)
    dots(axes[2], moved.atoms, GOLD)
    axes[2].add_patch(
        FancyArrowPatch((20, 22), (38, 24), arrowstyle="-|>", mutation_scale=16, color="black")
    )
    dots(axes[3], scene.atoms_from_object(1), CARBON)
    dots(axes[3], scene.atoms_from_object(0), GOLD)
    titles = (
        "Generator\natoms without end",
        "Volume\nwhich of them are kept",
        "Transformation\nshape and crystal move",
        "Scene\nthe smaller priority wins",
    )
    for ax, title in zip(axes, titles, strict=True):
        ax.set(title=title, aspect="equal", xlim=(0, 64), ylim=(0, 44))
        ax.set_xticks([])
        ax.set_yticks([])
    axes[0].plot([3, 23], [3, 3], color="black", lw=3, solid_capstyle="butt")
    axes[0].text(13, 4.6, "2 nm", ha="center", va="bottom", backgroundcolor="white", fontsize=9)
    figure.savefig(path / "concepts-structures.png", dpi=90)


def dots(ax: Axes, atoms: np.ndarray, colour: str) -> None:
    """Draw the atoms within 4 angstrom of the plane y = 0."""
    near = np.abs(atoms[:, 1]) < 4
    ax.scatter(atoms[near, 0], atoms[near, 2], s=9, color=colour, linewidths=0)


def circle(ax: Axes, x: float, z: float) -> None:
    """Draw the rim of the sphere."""
    angle = np.linspace(0, 2 * np.pi, 200)
    ax.plot(x + 12 * np.cos(angle), z + 12 * np.sin(angle), color="black", lw=1)


def imaging(path: Path) -> None:
    """Draw specimen, exit waves, micrograph and mask of one particle on a film."""
    gold = crystal()
    gold.transform(Rotation(rot_v([1, 0.3, 0], np.pi / 4)))
    centre = [32, 32, 17]
    ball = Volume(alg_objects=[Sphere(14, centre)], generator=gold, gen_origin=centre)
    slab = make_rect_prism(64, 64, 18) + [0, 0, 28]
    film = Volume(slab, generator=AmorphousGenerator(rng=1), priority=1)
    scene = Scene([[0, 0, 0], [64, 64, 48]], [ball, film])
    scene.populate()
    specimen = Specimen.from_scene(scene, objects=["particle", "film"])
    settings = WaveSettings(pixel_size=0.1, phonons=4)
    wave, alone = compute_exit_waves(
        specimen, [["particle", "film"], ["particle"]], settings, rng=1
    )
    image = form_image(
        wave, ImagingConditions(defocus=80.0, focal_spread=15.0, dose=1500.0), Detector(0.2), rng=2
    )
    mask = phase_mask(alone, 0.2)

    figure = Figure(figsize=(13, 3.5), layout="constrained")
    axes = figure.subplots(1, 4)
    for i, colour in ((1, CARBON), (0, GOLD)):
        atoms = scene.atoms_from_object(i)
        axes[0].scatter(atoms[:, 0], atoms[:, 2], s=2, color=colour, linewidths=0)
    for z in np.arange(0, 49, 2):
        axes[0].axhline(z, color="0.8", lw=0.5, zorder=0)
    for x in (8, 32, 56):
        arrow = FancyArrowPatch((x, -10), (x, -1), arrowstyle="-|>", mutation_scale=14, color="C0")
        axes[0].add_patch(arrow)
    axes[0].set(title="specimen, cut into slices", xlim=(0, 64), ylim=(50, -11), aspect="equal",
                xlabel="x (Å)", ylabel="z (Å), along the beam")  # fmt: skip
    for ax, source in ((axes[1], wave), (axes[2], alone)):
        phase = np.angle(source.array.mean(axis=0))
        shown = ax.imshow(phase, cmap="magma", vmin=0, vmax=2)
        scale_bar(ax, phase.shape, 0.1)
        ax.set_axis_off()
    figure.colorbar(shown, ax=axes[2], shrink=0.8, label="phase (rad)")
    axes[1].set_title("exit wave")
    axes[2].set_title("exit wave, particle alone")
    show_micrograph(axes[3], image.counts, image.pixel_size)
    axes[3].contour(mask.classes, [0.5], colors="#ffb000", linewidths=1.2)
    axes[3].set_title("micrograph and mask")
    axes[3].set_axis_off()
    figure.savefig(path / "concepts-imaging.png", dpi=90)


def provenance(path: Path) -> None:
    """Draw how recipe, plan, product and id hang together."""
    figure = Figure(figsize=(11, 3.3))
    ax = figure.add_axes([0, 0, 1, 1])
    ax.set(xlim=(0, 11), ylim=(0, 3.3))
    ax.set_axis_off()
    columns = (
        (0.2, "recipe", "ranges", "radius:\nuniform 8 to 30 Å\ndefocus:\nnormal 30, 150 Å"),
        (2.95, "plan", "numbers of structure 17", "radius: 21.7 Å\ndefocus: -64 Å"),
        (5.7, "products", "atoms, waves, images", "micrograph 17, 3\nmask 17"),
        (8.45, "data set", "one row per micrograph", "catalogue with\nall that was drawn"),
    )
    for x, name, what, content in columns:
        ax.add_patch(
            FancyBboxPatch(
                (x, 0.95), 2.1, 1.9, boxstyle="round,pad=0.06", fc="#eef3f8", ec="#33506b"
            )
        )
        ax.text(x + 1.05, 2.6, name, ha="center", va="center", fontsize=14, fontweight="bold")
        ax.text(x + 1.05, 2.3, what, ha="center", va="center", fontsize=10, color="0.3")
        ax.text(x + 1.05, 1.55, content, ha="center", va="center", fontsize=10, family="monospace")
    for x, word in ((2.42, "draw"), (5.17, "apply"), (7.92, "store")):
        ax.add_patch(
            FancyArrowPatch((x - 0.06, 1.85), (x + 0.46, 1.85), arrowstyle="-|>", mutation_scale=16)
        )
        ax.text(x + 0.2, 2.02, word, ha="center", fontsize=10)
    ax.text(
        5.5, 0.42, "every draw has a stream of its own:  rng_for(seed, \"noise\", 17, 3)\n"
        "every product has an id:  hash of recipe, plan and algorithm",
        ha="center", va="center", fontsize=11, linespacing=1.6,
    )  # fmt: skip
    figure.savefig(path / "concepts-provenance.png", dpi=90)


def main(folder: str | None = None) -> None:
    path = Path(folder) if folder else Path(__file__).parent
    structures(path)
    imaging(path)
    provenance(path)


if __name__ == "__main__":
    main(*sys.argv[1:])
