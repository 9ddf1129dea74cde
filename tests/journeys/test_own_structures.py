"""Journeys with structures: one of ten lines in a file, one in a notebook, on into HyperSpy."""

import re

import numpy as np
import pytest

from hrtem_sim.database import open_database
from hrtem_sim.interchange import read_micrograph
from tests.journeys.typed import blocks, command


@pytest.mark.slow
def test_a_builder_of_ones_own_becomes_a_data_set(tmp_path):
    """The file, the recipe and the commands of docs/builders.md, as they stand there."""
    (tmp_path / "my_structures.py").write_text(blocks("builders.md", "python")[0])
    (tmp_path / "mine.toml").write_text(blocks("builders.md", "toml")[0])
    preview, dry, build = blocks("builders.md", "console")[0].splitlines()
    command(tmp_path, preview)
    assert (tmp_path / "preview.png").stat().st_size > 10_000
    assert re.match(r"structures +4\nmicrographs +8\n", command(tmp_path, dry))
    assert not (tmp_path / "data").exists()
    command(tmp_path, build)
    database = open_database(tmp_path / "data" / "mine")
    masks = database.masks(range(8))
    assert database.classes == ("background", "core", "shell")
    # 4 to 6 angstrom of core in 3 of shell: pi (r + 3)^2 less pi r^2, as the catalogue tells r
    core = database.catalogue["core"].to_numpy()
    shown = (masks == 2).sum(axis=(1, 2)) * 0.4**2
    assert shown == pytest.approx(np.pi * ((core + 3) ** 2 - core**2), rel=0.35)


def shown(output: dict) -> str:
    """Return what a notebook shows of an output where it can show a page."""
    return output.get("data", {}).get("text/html", "")


CELLS = [
    """
from hrtem_sim.imaging import Detector, ImagingConditions, form_images, save_series
from hrtem_sim.provenance import rng_for
from hrtem_sim.specimen.builders.on_crystal import CrystalParticle, ParticlesOnCrystal
from hrtem_sim.wave import compute_exit_wave

builder = ParticlesOnCrystal((26.6, 26.6), (CrystalParticle(radius=7.0),), "CeO2(111)", layers=2)
built = builder.build(lambda *purpose: rng_for(1, *purpose))
specimen = built.specimen
specimen
""",
    """
wave = compute_exit_wave(specimen)
camera = Detector(pixel_size=0.38)
foci = [ImagingConditions(defocus=focus, dose=2000.0) for focus in (-50.0, 0.0, 50.0)]
series = list(form_images(wave, foci, camera, range(3)))
series[0]
""",
    """
series[0].save("platinum.hspy")
save_series(series, "focal.hspy")
""",
]


@pytest.mark.slow
def test_platinum_on_ceria_goes_from_a_notebook_to_hyperspy(tmp_path):
    nbformat, nbclient = map(pytest.importorskip, ("nbformat", "nbclient"))
    pytest.importorskip("ipykernel")
    hspy = pytest.importorskip("rsciio.hspy")  # what hyperspy.api.load reads with
    cells = [nbformat.v4.new_code_cell(cell.strip()) for cell in CELLS]
    notebook = nbformat.v4.new_notebook(cells=cells)
    place = {"metadata": {"path": str(tmp_path)}}
    nbclient.NotebookClient(notebook, kernel_name="python3", timeout=300, resources=place).execute()
    specimen, image, _ = ("".join(map(shown, cell["outputs"])) for cell in notebook.cells)
    assert "data:image/png" in specimen and "data:image/png" in image
    (signal,) = hspy.file_reader(str(tmp_path / "focal.hspy"))
    defocus, y, x = signal["axes"]
    assert (defocus["name"], defocus["offset"], defocus["scale"]) == ("defocus", -50.0, 50.0)
    assert y["units"] == x["units"] == "Å"
    one = read_micrograph(tmp_path / "platinum.hspy")
    np.testing.assert_array_equal(one.image, signal["data"][0])
    assert one.image.shape[1] * one.pixel_size == pytest.approx(26.6)
