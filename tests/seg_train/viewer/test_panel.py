"""The plugin in napari: layers, corrections, the table; the panel from sample to taught network.

Viewers have no window here, for that would need OpenGL; the panel is real.
"""

import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from hrtem_sim.pictures import write_tiff
from seg_train import load_folder, load_run
from seg_train.viewer.finding import FoundParticles

napari = pytest.importorskip("napari")


@pytest.fixture(scope="module")
def plugin(manifest):
    """The plugin as npe2 knows it, wherever this checkout is installed."""
    from npe2 import PluginManager, PluginManifest

    manager = PluginManager.instance()
    own = PluginManifest.from_file(manifest)
    if own.name in manager:
        manager.unregister(own.name)
    manager.register(own)
    return own.name


@pytest.fixture
def desk(viewer):
    from seg_train.viewer.desk import Desk

    return Desk(viewer)


def squares():
    """Two squares of 10 x 10 and 6 x 6 pixels."""
    labels = np.zeros((64, 64), np.int32)
    labels[10:20, 10:20], labels[30:36, 30:36] = 1, 2
    return labels


def found(uncertain=True):
    spread = np.full((64, 64), 0.125) if uncertain else None
    return FoundParticles(squares(), spread, ())


def image(viewer, name="gold", **settings):
    return viewer.add_image(
        np.random.default_rng(1).random((64, 64)),
        name=name,
        **{"scale": (0.05, 0.05), "units": ("nm", "nm"), **settings},
    )


def test_the_plugin_opens_shows_and_saves_in_napari(viewer, plugin, tmp_path):
    counts = np.random.default_rng(1).poisson(90, (64, 64)).astype(np.uint16)
    write_tiff(tmp_path / "gold.tif", counts, 0.5)
    (layer,) = viewer.open(str(tmp_path / "gold.tif"), plugin=plugin)
    assert layer.scale == pytest.approx([0.05, 0.05]) and str(layer.units[0]) == "nanometer"
    labels = viewer.add_labels(squares(), scale=(0.05, 0.05), units=("nm", "nm"))
    viewer.layers.selection = {layer, labels}
    (tmp_path / "saved").mkdir()
    viewer.layers.save(str(tmp_path / "saved" / "gold.tif"), selected=True, plugin=plugin)
    (back,) = load_folder(tmp_path / "saved")
    assert (back.image == counts).all() and back.mask.sum() == 136
    assert back.pixel_size == pytest.approx(0.5)
    opened = viewer.open_sample(plugin, "gold_10_nm")
    assert len(opened) == 4 and opened[0].name.startswith("au10nm")


def test_particles_lie_on_their_micrograph_and_are_measured_with_units(viewer, desk):
    gold = image(viewer, translate=(0, 7))
    particles = desk.show(gold, found())
    assert particles.translate == pytest.approx([0, 7]) and particles.contour == 1
    uncertainty = viewer.layers["gold uncertainty"]
    assert uncertainty.scale == pytest.approx([0.05, 0.05])
    assert desk.micrographs == [gold]  # the map of uncertainty is none
    table = desk.table()
    assert table["image"].tolist() == ["gold", "gold"]
    assert table["area"].tolist() == [100 * 0.25, 36 * 0.25]
    assert table["uncertainty"].tolist() == [0.125, 0.125]
    desk.calibrate(gold, 1.0)
    assert desk.table()["area"].tolist() == [100, 36]
    assert uncertainty.scale == pytest.approx([0.1, 0.1])


def test_a_particle_of_the_table_is_gone_to_and_painted_with(viewer, desk):
    image(viewer, name="silver")
    particles = desk.show(image(viewer, translate=(1, 0)), found())
    second = desk.table().iloc[1]
    viewer.layers.selection.active = viewer.layers["silver"]
    desk.go_to(second)
    assert viewer.camera.center[-2:] == pytest.approx((1 + 32.5 * 0.05, 32.5 * 0.05))
    assert viewer.layers.selection.active is particles and particles.selected_label == 2


def test_corrections_with_naparis_tools_change_the_table_and_can_be_undone(viewer, desk):
    particles = desk.show(image(viewer), found(uncertain=False))
    assert not particles.metadata.get("right")
    particles.fill((32, 32), 0)  # the bucket with the background
    assert desk.table()["label"].tolist() == [1]
    particles.undo()
    assert desk.table()["label"].tolist() == [1, 2]
    particles.brush_size = 5
    particles.paint((50, 50), 9)
    assert desk.table()["label"].tolist() == [1, 2, 9]
    particles.data_setitem((np.full(10, 15), np.arange(10, 20)), 0)  # a cut through the first
    assert desk.table()["label"].tolist() == [1, 1, 2, 9]
    (corrected,) = desk.labelled()
    assert corrected.mask.sum() == (particles.data > 0).sum() and corrected.pixel_size == 0.5


def test_what_was_corrected_is_never_lost(viewer, desk):
    gold = image(viewer)
    first = desk.show(gold, found())
    second = desk.show(gold, found())
    assert first not in viewer.layers  # nobody had touched it
    second.paint((50, 50), 9)
    third = desk.show(gold, found())
    assert second in viewer.layers and not second.visible
    assert desk.particles_of(gold) is third
    third.visible, second.visible = False, True
    assert desk.particles_of(gold) is second


def test_a_mask_from_a_file_is_found_by_its_name(viewer, desk):
    gold = image(viewer)
    image(viewer, name="silver", translate=(0, 9))
    mask = viewer.add_labels(squares(), name="gold particles")
    assert list(desk.pairs()) == [(gold, mask)]


def finished(panel, qt):
    qt(lambda: panel.job is None)


@pytest.mark.slow
@pytest.mark.follows("choose one in the list")
@pytest.mark.follows("write it, in nanometres, into the field of the panel")
def test_the_journey_from_a_micrograph_to_a_taught_network(
    viewer, qt, run, micrograph, tmp_path, monkeypatch
):
    from seg_train.viewer import panel as window
    from seg_train.viewer.panel import Panel

    told = []
    monkeypatch.setattr(window, "show_error", told.append)
    panel = Panel(viewer)
    panel.teach.root.value = tmp_path / "mine"
    assert panel.search.networks.value == ["real_micrographs"]
    panel.search.start.changed.emit(True)
    assert told.pop().startswith("micrograph must be open")

    counts, mask = micrograph
    disc = viewer.add_image(counts, name="disc")
    qt(lambda: "disc" in panel.micrograph.which.choices)
    panel.micrograph.which.value = "disc"
    panel.search.networks.value = []
    panel.search.start.changed.emit(True)
    assert told.pop().endswith("choose one in the list")
    panel.choose_network(run.folder)
    panel.search.start.changed.emit(True)
    assert "pixel size of disc must be known" in told.pop()
    panel.micrograph.pixel.value = 0.05
    assert disc.scale == pytest.approx([0.05, 0.05])

    panel.search.start.changed.emit(True)
    assert panel.stop.isEnabled() and not panel.search.start.enabled
    finished(panel, qt)
    assert not told and panel.bar.value() == 1000
    particles = viewer.layers["disc particles"]
    assert ((particles.data > 0) & (mask > 0)).sum() > 0.7 * mask.sum()
    assert panel.particles.table.rowCount() == len(panel.table) == 1
    heads = [panel.particles.table.horizontalHeaderItem(k).text() for k in range(8)]
    assert heads[:4] == ["micrograph", "label", "diameter (nm)", "area (nm²)"]
    assert not panel.particles.histogram.pixmap().isNull()

    before = panel.table["area"].sum()
    particles.data_setitem(np.nonzero(mask != (particles.data > 0)), 0)
    particles.data_setitem(np.nonzero(mask), 1)  # as a person would draw it
    qt(lambda: panel.table["area"].sum() != before)
    assert panel.table["area"].sum() == pytest.approx(mask.sum() * 0.25)
    assert panel.micrograph.right.value and "with 1 micrograph" in panel.teach.start.text
    panel.particles.table.selectRow(0)
    where = np.argwhere(mask).mean(axis=0)
    assert viewer.camera.center[-2:] == pytest.approx(where * 0.05, abs=0.01)

    panel.save_table(tmp_path / "particles.csv")
    written = pd.read_csv(tmp_path / "particles.csv")
    assert written["diameter_nm"][0] == pytest.approx(
        2 * np.sqrt(mask.sum() / np.pi) / 20, abs=0.01
    )
    panel.save_masks(tmp_path / "masks")
    assert (load_folder(tmp_path / "masks")[0].mask == mask).all()

    panel.teach.epochs.value = 1
    panel.teach.start.changed.emit(True)
    finished(panel, qt)
    assert not told, told
    (taught,) = panel.search.networks.value
    assert load_run(taught).provenance["initial"] == run.provenance["weights"]
    assert "mine" in panel.words.text()
    panel.search.symmetries.value = False
    panel.search.start.changed.emit(True)
    finished(panel, qt)
    assert not told and not particles.visible  # what was corrected is still there
    assert panel.desk.particles_of(disc) is not particles

    panel.search.symmetries.value = True
    panel.search.start.changed.emit(True)
    panel.stop.click()
    finished(panel, qt)
    assert panel.words.text() == "stopped" and panel.search.start.enabled


WINDOW = """
import napari, sys
from seg_train.viewer.panel import Panel
viewer = napari.Viewer(show=False)
viewer.open_sample("micrograph-foundry", "gold_10_nm") if sys.argv[1] == "installed" else None
viewer.window.add_dock_widget(Panel(viewer), name="Find particles")
viewer.close()
print("made")
"""


@pytest.mark.slow
@pytest.mark.skipif("DISPLAY" not in os.environ, reason="windows of napari need OpenGL")
def test_the_panel_docks_in_a_window():
    env = {**os.environ, "QT_QPA_PLATFORM": "xcb"}
    made = subprocess.run(
        [sys.executable, "-c", WINDOW, "plain"], env=env, capture_output=True, text=True
    )
    if made.returncode < 0 or "could not" in made.stderr.lower():
        pytest.skip(f"no window here: {made.stderr.strip().splitlines()[-1:]}")
    assert made.stdout.endswith("made\n"), made.stderr
