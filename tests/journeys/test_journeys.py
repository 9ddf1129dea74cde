"""Journeys: what users type, from an empty folder to what they came for."""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from hrtem_sim.interchange import read_micrograph
from tests.journeys.typed import ROOT, blocks, type_in
from tests.physics.real_prismatic import REAL

ASE = """
from ase.cluster import Octahedron
from hrtem_sim.imaging import Detector, ImagingConditions, form_image
from hrtem_sim.wave import compute_exit_wave

atoms = Octahedron("Au", 4)
atoms.center(vacuum=5.0)

wave = compute_exit_wave(atoms)
camera = Detector(pixel_size=2 * wave.grid.pixel_size[0])
image = form_image(wave, ImagingConditions(dose=1000.0, defocus=150.0), camera, rng=1)

image.save("cluster.tif")
"""


def test_a_cluster_of_ase_becomes_an_image_in_three_lines(tmp_path):
    (tmp_path / "script.py").write_text(ASE)
    type_in(tmp_path, "script.py")
    micrograph = read_micrograph(tmp_path / "cluster.tif")
    counts = np.asarray(micrograph.image, float)
    # the beam loses no electrons in a thin cluster: 1000 per square angstrom fall on the camera
    assert counts.mean() / micrograph.pixel_size**2 == pytest.approx(1000.0, rel=0.01)
    assert counts.std() > 1.2 * counts.mean() ** 0.5  # more than shot noise: there are atoms


@pytest.mark.slow
def test_tasks_of_a_job_array_are_killed_repeated_and_merged(tiny_file, tmp_path):
    """Three tasks, one of which is killed before it has made its shard."""
    text = tiny_file.read_text().replace("structures_per_shard = 2", "structures_per_shard = 1")
    (tmp_path / "recipe.toml").write_text(text)
    build = ["-m", "hrtem_sim", "build", "recipe.toml", "--quiet", "--out"]
    type_in(tmp_path, *build, "whole")
    whole = {path.name: path.read_bytes() for path in (tmp_path / "whole").glob("shard-*")}

    doomed = subprocess.Popen(
        [sys.executable, *build, "set", "--share", "0/3"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while not (tmp_path / "set" / "recipe.toml").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    doomed.kill()
    doomed.wait()
    for task in ("1/3", "2/3"):
        type_in(tmp_path, *build, "set", "--share", task)
    type_in(tmp_path, "-m", "hrtem_sim", "check", "set", fails=True)
    type_in(tmp_path, *build, "set", "--share", "0/3")
    assert "4 shards are whole" in type_in(tmp_path, "-m", "hrtem_sim", "check", "set")
    made = {path.name: path.read_bytes() for path in (tmp_path / "set").glob("shard-*")}
    assert made == whole


def test_waves_of_prismatic_from_elsewhere_become_micrographs_and_a_mask(tmp_path):
    """The first programs of docs/howto-waves.md, on a file that Prismatic 2 has written."""
    (tmp_path / "waves").mkdir()
    shutil.copy(REAL, tmp_path / "waves")
    read, images, mask, *_ = blocks("howto-waves.md", "python")
    assert "read_prismatic(" in read and "form_images(" in images and "phase_mask(" in mask
    pixel = "detector = Detector(pixel_size=2 * wave.grid.pixel_size[0])"
    images = re.sub(r"detector = Detector\(.*\)", pixel, images)
    end = "print(len(micrographs), micrographs[0].counts.shape == mask.classes.shape)"
    (tmp_path / "script.py").write_text("\n".join([read, images, mask, end]), encoding="utf-8")
    assert type_in(tmp_path, "script.py").splitlines()[-1] == "2 True"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Path:
    """This repository as a Windows user gets it: without links, with CRLF at the ends of lines."""
    if not (ROOT / ".git").exists():
        pytest.skip("needs a checkout of the repository")
    home = tmp_path_factory.mktemp("checkout")
    windows = ("-c", "core.symlinks=false", "-c", "core.autocrlf=true")
    into = ("checkout-index", "--all", f"--prefix={home}/")
    # an index of its own: that of the repository is nobody's to touch
    settings = {**os.environ, "GIT_INDEX_FILE": str(home.with_suffix(".index"))}
    for words in (("read-tree", "HEAD"), into):
        subprocess.run(["git", *windows, *words], cwd=ROOT, env=settings, check=True)
    return home


@pytest.mark.slow
def test_a_checkout_as_on_windows_makes_the_same_data(checkout, tiny_file, tmp_path):
    assert b"\r\n" in (checkout / "hrtem_sim" / "recipes" / "demo.toml").read_bytes()
    assert not [path for path in checkout.rglob("*") if path.is_symlink()]
    build = ["-m", "hrtem_sim", "build", str(tiny_file), "--quiet", "--scale", "0.5", "--out"]
    where = "import hrtem_sim; print(hrtem_sim.__file__)"
    assert type_in(tmp_path, "-c", where, root=checkout).startswith(str(checkout))
    type_in(tmp_path, *build, "windows", root=checkout)
    type_in(tmp_path, *build, "here")
    (made,), (ours,) = ((tmp_path / name).glob("shard-*") for name in ("windows", "here"))
    assert made.read_bytes() == ours.read_bytes()
    shown = type_in(tmp_path, "-m", "hrtem_sim", "recipes", root=checkout)
    assert shown == type_in(tmp_path, "-m", "hrtem_sim", "recipes")


@pytest.mark.slow
def test_a_contributors_first_change_is_refused_until_it_has_types(checkout):
    """As CONTRIBUTING.md says: ruff, mypy, one room of tests."""
    module = checkout / "hrtem_sim" / "electron.py"
    before = module.read_bytes()
    mypy = ("-m", "mypy", "--no-incremental", "hrtem_sim/electron.py")
    new = '\r\n\r\ndef gamma(energy{}){}:\r\n    """Return E."""\r\n    return energy\r\n'
    try:
        module.write_bytes(before + new.format("", "").encode())
        type_in(checkout, *mypy, root=checkout, fails=True)
        module.write_bytes(before + new.format(": float", " -> float").encode())
        type_in(checkout, *mypy, root=checkout)
        type_in(checkout, "-m", "ruff", "check", "hrtem_sim", root=checkout)
        type_in(checkout, "-m", "ruff", "format", "--check", "hrtem_sim", root=checkout)
        room = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/hrtem_sim/test_grid.py")
        assert "passed" in type_in(checkout, *room, root=checkout)
    finally:
        module.write_bytes(before)
