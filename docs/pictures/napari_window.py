"""Draw napari_window.png: the plugin at work on the experimental sample, in a real window.

xvfb-run -a -s "-screen 0 1600x1000x24" python docs/pictures/napari_window.py
"""

import time
from pathlib import Path

import napari
from npe2 import PluginManager, PluginManifest
from qtpy.QtWidgets import QApplication

ROOT = Path(__file__).parents[2]


def wait(holds, seconds=0.0):
    """Let the window work for some seconds, and until something holds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end or not holds():
        QApplication.processEvents()
        time.sleep(0.01)


def main():
    manager = PluginManager.instance()
    manifest = PluginManifest.from_file(ROOT / "seg_train" / "viewer" / "napari.yaml")
    if manifest.name not in manager:
        manager.register(manifest)
    viewer = napari.Viewer(show=False)
    viewer.window.resize(1500, 930)
    viewer.open_sample(manifest.name, "gold_2_nm")
    dock, panel = viewer.window.add_plugin_dock_widget(manifest.name, "Find particles")
    dock.resize(430, 900)
    panel.search.scales.value = "at three sizes"
    wait(lambda: len(panel.micrograph.which.choices) == 8)
    panel.find()
    wait(lambda: panel.job is None, 1)
    for layer in viewer.layers:
        if layer.name.endswith("uncertainty"):
            layer.visible = layer.name.startswith("au2p2nm_330kx_hp_2")
    particles = next(
        layer for layer in viewer.layers if layer.name == "au2p2nm_330kx_hp_2 particles"
    )
    viewer.layers.selection.active = particles
    viewer.window.show()  # only then the canvas has its size
    wait(lambda: True, 1)
    viewer.reset_view()
    wait(lambda: True, 2)
    viewer.screenshot(str(Path(__file__).with_suffix(".png")), canvas_only=False, flash=False)
    viewer.close()


if __name__ == "__main__":
    main()
