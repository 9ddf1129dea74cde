"""Real micrographs beside simulated ones of a matched recipe: a recipe, a table and a page."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from hrtem_sim.dataset import DatasetRecipe, plan_structure, simulate_structure
from hrtem_sim.drawing import Figure, show_micrograph
from hrtem_sim.measure import NoFilm, film_spectrum
from hrtem_sim.provenance import from_table, to_toml
from hrtem_sim.refusal import Refusal
from hrtem_sim.whole import write_table, write_whole
from seg_train.match import MatchedMicrographs, matched_recipe
from seg_train.webpage import write_match

SHOWN = 4
"""Micrographs of each kind that are shown."""

HEAD = """# Matched to {count} micrographs: {names}.
# Measured by seg-train match; what they do not say is as in the recipe real_micrographs.
# Lengths in angstrom, energies in eV, doses in electrons per square angstrom.
"""


def match_report(
    matched: MatchedMicrographs, micrographs: Sequence[Any], path: str | Path
) -> dict[str, Any]:
    """Write a matched recipe, its table of measurements and a page to compare by eye.

    Parameters
    ----------
    matched
        Measurements of the micrographs.
    micrographs
        Micrographs themselves, with `image` and `pixel_size`.
    path
        Recipe to write, a `.toml`; the table (`.csv`) and the page (`.html`) lie beside it.

    Returns
    -------
    tables
        Tables of the recipe.
    """
    path = Path(path)
    if path.suffix != ".toml":
        raise Refusal(f"out must be a .toml file; got {str(path)!r}")
    tables = matched_recipe(matched, name=path.stem)
    recipe = from_table(DatasetRecipe, tables["dataset"], "dataset")
    path.parent.mkdir(parents=True, exist_ok=True)
    names = ", ".join(matched.names[:4]) + (", ..." if len(matched.names) > 4 else "")
    text = HEAD.format(count=len(matched.names), names=names) + to_toml(tables)
    write_whole(path, text, synced=True)
    write_table(path.with_suffix(".csv"), matched.table, index=False)
    figure = beside_each_other(micrographs, matched.masks, _simulated(recipe))
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "beside.png"
        figure.savefig(picture, dpi=110)
        caption = (
            "Above real, below simulated by the recipe; to the right the power of the film, real "
            "in orange, simulated in blue, each over its own mean below 0.3 1/Å"
        )
        write_match(
            path.with_suffix(".html"),
            title=f"{path.stem}: a recipe matched to micrographs",
            recipe=text,
            table=matched.table,
            figures={caption: picture},
        )
    return tables


def _simulated(recipe: DatasetRecipe) -> list[tuple[np.ndarray, np.ndarray, float]]:
    """Return images, masks and pixel sizes of the recipe's first structures."""
    quick = replace(
        recipe,
        wave=replace(recipe.wave, phonons=min(1, recipe.wave.phonons)),
        images_per_structure=1,
        storage=replace(recipe.storage, images="counts"),
    )
    found = []
    for index in range(min(SHOWN, recipe.structures)):
        made = simulate_structure(quick, plan_structure(quick, index))
        micrograph = made.micrographs[0]
        found.append((micrograph.counts, made.mask.classes, micrograph.pixel_size))
    return found


def beside_each_other(
    micrographs: Sequence[Any],
    masks: Sequence[np.ndarray],
    simulated: Sequence[tuple[np.ndarray, np.ndarray, float]],
) -> Figure:
    """Draw real micrographs above simulated ones, and the power of both films.

    Parameters
    ----------
    micrographs
        Objects with `image` (ny, nx) and `pixel_size` in angstrom.
    masks
        Their particles, which are left out of the spectra.
    simulated
        Images, masks and pixel sizes.
    """
    figure = Figure(figsize=(2.4 * SHOWN + 4, 5.2), layout="constrained")
    grid = figure.add_gridspec(2, SHOWN + 2)
    spectra = figure.add_subplot(grid[:, SHOWN:])
    real = [(m.image, mask, m.pixel_size) for m, mask in zip(micrographs, masks, strict=True)]
    for row, (images, colour) in enumerate(((real, "tab:orange"), (simulated, "tab:blue"))):
        for column, (image, mask, pixel_size) in enumerate(images[:SHOWN]):
            ax = figure.add_subplot(grid[row, column])
            show_micrograph(ax, image, pixel_size, pixels=320)
            ax.set_axis_off()
            try:
                k, power, _ = film_spectrum(image, pixel_size, mask).profile()
            except NoFilm:
                continue
            slow = power[(k > 0.06) & (k < 0.3)].mean()
            spectra.semilogy(k[k > 0.06], power[k > 0.06] / slow, color=colour, lw=1)
    spectra.set(xlabel="frequency (1/Å)", ylabel="power")
    spectra.grid(alpha=0.3)
    return figure
