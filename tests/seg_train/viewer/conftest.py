"""What tests of the napari plugin need: napari, and Qt where windows are made."""

import os
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import numpy as np
import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("NAPARI_CONFIG", "")  # read no settings of the user's, and write none


@cache
def no_qt() -> str:
    """Return why Qt makes no application here, empty if it does; a process of its own may crash."""
    code = "from qtpy.QtWidgets import QApplication; QApplication([])"
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    lines = made.stderr.strip().splitlines() or [f"it ended with {made.returncode}"]
    return lines[-1] if made.returncode else ""


@pytest.fixture
def viewer():
    """A viewer without a window."""
    pytest.importorskip("napari")
    from napari.components import ViewerModel

    return ViewerModel()


@pytest.fixture
def qt():
    """The application, and a function that lets it work until something holds."""
    pytest.importorskip("napari")
    if reason := no_qt():
        pytest.skip(f"Qt does not start here: {reason}")
    from qtpy.QtWidgets import QApplication

    application = QApplication.instance() or QApplication([])

    def until(holds, seconds=180.0):
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, "it took too long"
            application.processEvents()
            time.sleep(0.01)

    return until


@pytest.fixture(scope="session")
def micrograph(make_database):
    """An image of a disc, and its mask; the fake database has pixels of 0.5 angstrom."""
    database = make_database(structures=4, per_structure=1, shape=(128, 128), seed=11)
    return np.asarray(database.counts([0])[0]), np.asarray(database.masks([0])[0])


@pytest.fixture(scope="session")
def manifest():
    return Path(__file__).parents[3] / "seg_train" / "viewer" / "napari.yaml"
