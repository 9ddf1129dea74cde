"""Values show themselves in one line and one picture, and all pictures the same way up."""

import base64
import re
from io import BytesIO

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.image import imread

from czone.viz import plot
from hrtem_sim.imaging import Detector, ImagingConditions, form_image
from hrtem_sim.mask import phase_mask
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave import WaveSettings, compute_exit_wave
from seg_train.recipe import TrainingRecipe
from seg_train.runs import TrainingRun

CORNER = (6.0, 32.0)
"""x and y of the only particle, in a cell of 40 angstrom: left, and down where y runs down."""


@pytest.fixture(scope="module")
def specimen() -> Specimen:
    steps = np.array(np.meshgrid([0, 2.9], [0, 2.9], [0, 2.9, 5.8])).reshape(3, -1).T
    return Specimen(steps + [*CORNER, 4.0], np.full(len(steps), 79), (40.0, 40.0, 16.0))


@pytest.fixture(scope="module")
def values(specimen, tmp_path_factory):
    wave = compute_exit_wave(specimen, WaveSettings(pixel_size=0.25))
    image = form_image(wave, ImagingConditions(defocus=60.0, dose=2e4), Detector(0.5), rng=1)
    history = pd.DataFrame({"epoch": [1, 2], "loss": [1.0, 0.5], "f1": [0.2, 0.6]})
    run = TrainingRun(tmp_path_factory.mktemp("run"), TrainingRecipe(seed=1), history, {})
    found = {"specimen": specimen, "wave": wave, "micrograph": image, "mask": phase_mask(wave, 0.5)}
    return {**found, "run": run}


SAID = {
    "specimen": r"Specimen\(atoms: 12 \(Au 12\), cell: 40 x 40 x 16 angstrom, objects: specimen\)",
    "wave": r"ExitWave\(pixels: 160 x 160 of 0.25 angstrom, phonons: 1, energy: 300 keV, .*",
    "micrograph": r"Micrograph\(pixels: 80 x 80 of 0.5 angstrom, defocus: 60 angstrom, dose: 2.*",
    "mask": r"Mask\(pixels: 80 x 80 of 0.5 angstrom, background: 9\d.\d%, particle: \d.\d%\)",
    "run": r"TrainingRun\(folder: .*, network: unet on resnet18, epochs: 2 of 25\)",
}


@pytest.mark.parametrize("name", SAID)
def test_a_value_says_what_it_is_in_a_line_and_shows_a_picture(name, values):
    assert re.fullmatch(SAID[name], repr(values[name]))
    page = values[name]._repr_html_()
    picture = re.search(r"base64,([^']+)'", page)
    assert imread(BytesIO(base64.b64decode(picture.group(1)))).std() > 0.01


def test_a_data_set_shows_its_first_images(tiny_database):
    assert repr(tiny_database).startswith("Database(")
    axes = [ax for ax in tiny_database.plot().axes if ax.images]
    assert len(axes) == min(6, tiny_database.catalogue["structure"].nunique())


def place(figure) -> tuple[float, float]:
    """Mean place of what is drawn in the first panel, from its left and from its top, 0 to 1."""
    ax = figure.axes[0]
    for artist in [*ax.lines, *ax.texts]:
        artist.remove()
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())[::-1, :, :3].mean(axis=2)  # lowest row first
    box = ax.images[0].get_window_extent()
    left, right, low, high = (int(edge) for edge in (box.x0, box.x1, box.y0, box.y1))
    inside = pixels[low + 2 : high - 2, left + 2 : right - 2][::-1]
    weight = np.abs(inside - np.median(inside))
    weight = np.where(weight > 0.5 * weight.max(), weight, 0)
    y, x = np.indices(weight.shape) / np.array(weight.shape)[:, None, None]
    return float((x * weight).sum() / weight.sum()), float((y * weight).sum() / weight.sum())


def test_all_pictures_are_the_same_way_up(specimen, values):
    """Left and down, in atoms seen along the beam as in images, waves and masks."""
    frame = [[0, 0, 8], [40, 0, 8], [0, 40, 8], [40, 40, 8]]  # four hydrogens at the corners
    positions = np.concatenate([specimen.positions, frame])
    numbers = np.concatenate([specimen.numbers, [1] * 4])
    colours = {"Au": "black", "H": "white"}
    atoms = plot((positions, numbers), projections="xy", legend=False, colors=colours)
    places = {"atoms": place(atoms)}
    for name in ("micrograph", "mask"):
        places[name] = place(values[name].plot())
    for x, y in places.values():
        assert x < 0.35 and y > 0.65, places


def test_seen_from_above_y_runs_up(specimen):
    positions = np.concatenate([specimen.positions, [[0, 0, 8], [40, 40, 8]]])
    numbers = np.concatenate([specimen.numbers, [1, 1]])
    colours = {"Au": "black", "H": "white"}
    figure = plot((positions, numbers), projections="top", legend=False, colors=colours)
    x, y = place(figure)
    assert x < 0.35 and y < 0.35
