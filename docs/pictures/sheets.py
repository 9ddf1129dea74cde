"""Contact sheets: the first structures of every recipe, one image each, with their masks.

Two frozen phonons stand for eight: the difference is not seen at this size.

Usage: python docs/pictures/sheets.py FOLDER [RECIPE ...]

FOLDER keeps the small data sets, so that a second run only draws. Writes docs/pictures/sheets.
"""

import io
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from hrtem_sim.database import Database
from hrtem_sim.dataset import build_dataset, read_dataset_recipe
from hrtem_sim.drawing import OUTLINE, SHEET_PIXELS, show_micrograph
from hrtem_sim.figures import contact_sheet

HERE = Path(__file__).parent
RECIPES = HERE.parents[1] / "hrtem_sim" / "recipes"
SINGLE = (
    "baseline", "thermal", "smaller_nanoparticles", "varying_substrate", "dose_series",
    "optimized_au", "optimized_cdse", "optimized_mixed", "real_micrographs", "small_and_crowded",
    "demo",
)  # fmt: skip
EFFECTS = "simulation_effects"
STRUCTURES = 6


def small(path: Path, folder: Path, structures: int) -> Database:
    """The first structures of a recipe, one image of each."""
    recipe = read_dataset_recipe(path)
    storage = replace(recipe.storage, structures_per_shard=1)
    wave = replace(recipe.wave, phonons=min(2, recipe.wave.phonons))
    recipe = replace(
        recipe, structures=structures, images_per_structure=1, wave=wave, storage=storage
    )
    return build_dataset(recipe, folder / recipe.name)


def effects(folder: Path) -> Figure:
    """One structure under every combination of effects."""
    paths = sorted((RECIPES / EFFECTS).glob("*.toml"), key=lambda p: (p.stem.count("_"), p.stem))
    paths.sort(key=lambda p: p.stem != "none")
    figure = Figure(figsize=(2.2 * 4, 2.45 * 2), layout="constrained")
    for ax, path in zip(figure.subplots(2, 4).flat, paths, strict=True):
        database = small(path, folder, 1)
        show_micrograph(ax, database.counts([0])[0], database.pixel_size, pixels=SHEET_PIXELS)
        ax.contour(database.masks([0])[0], [0.5], colors=OUTLINE, linewidths=0.9)
        ax.set_title(path.stem.replace("_", ", "), fontsize=7)
        ax.set_axis_off()
    return figure


def save(figure: Figure, name: str) -> None:
    """Write a figure as a small PNG: noise does not compress, so it gets few colours."""
    stream = io.BytesIO()
    figure.savefig(stream, dpi=100)
    grays = [(g, g, g) for g in np.linspace(0, 255, 13).astype(int)]
    outline = np.array([int(OUTLINE[i : i + 2], 16) for i in (1, 3, 5)])
    colours = np.array([*grays, outline, outline * 0.75, outline * 0.5 + 100], np.uint8)
    palette = Image.new("P", (1, 1))
    palette.putpalette(colours.tobytes())
    picture = Image.open(stream).convert("RGB").quantize(palette=palette, dither=Image.Dither.NONE)
    (HERE / "sheets").mkdir(exist_ok=True)
    picture.save(HERE / "sheets" / f"{name}.png", optimize=True)


def main(folder: Path, names: list[str]) -> None:
    for name in names or [*SINGLE, EFFECTS]:
        if name == EFFECTS:
            save(effects(folder), name)
        else:
            database = small(RECIPES / f"{name}.toml", folder, STRUCTURES)
            save(contact_sheet(database, range(STRUCTURES), columns=3), name)
        print(name, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
