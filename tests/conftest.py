"""A tiny data set, made once for all rooms; Prismatic, imitated and absent."""

import os
import sys

import pytest

from tests.physics.reference import DATA

IMITATION = DATA.parent / "imitation_prismatic.py"

TINY = """
[dataset]
name = "tiny"
seed = 11
structures = 4
images_per_structure = 3

[dataset.particle]
radius = { uniform = [5.0, 8.0] }
defects = { integers = [0, 2] }

[dataset.film]
thickness = { uniform = [4.0, 8.0] }

[dataset.placement]
field = [25.6, 25.6]

[dataset.wave]
phonons = 1
rms = 0.1

[dataset.imaging]
dose = { log_uniform = [200.0, 2000.0] }
defocus = { normal = [0.0, 100.0] }
focal_spread = 10.0

[dataset.imaging.aberrations]
C12 = { uniform = [0.0, 20.0] }

[dataset.detector]
pixel_size = 0.4

[dataset.storage]
structures_per_shard = 2
atoms = true
waves = true
"""


@pytest.fixture(scope="session")
def tiny_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("recipe") / "tiny.toml"
    path.write_text(TINY)
    return path


@pytest.fixture(scope="session")
def tiny(tiny_file):
    from hrtem_sim.dataset import read_dataset_recipe

    return read_dataset_recipe(tiny_file)


@pytest.fixture(scope="session")
def tiny_database(tiny, tmp_path_factory):
    from hrtem_sim.dataset import build_dataset

    return build_dataset(tiny, tmp_path_factory.mktemp("tiny"), progress=False)


@pytest.fixture
def imitation(monkeypatch, tmp_path):
    """Path of a command that behaves as `prismatic` does."""
    monkeypatch.setenv("PYTHONPATH", str(DATA.parents[2]))
    path = tmp_path / "prismatic"
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{IMITATION}" "$@"\n')
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def no_prismatic(monkeypatch, tmp_path):
    """No Prismatic at all, whatever the machine has."""
    from hrtem_sim.wave.prismatic.program import VARIABLE, probe_module

    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path / "bin"), "/usr/bin", "/bin"]))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bin").mkdir()
    probe_module.cache_clear()
    yield
    probe_module.cache_clear()


@pytest.fixture
def pyprismatic(tmp_path, monkeypatch):
    """Make a pyprismatic that this Python finds."""

    def make(text):
        site = tmp_path / "site"
        (site / "pyprismatic").mkdir(parents=True)
        (site / "pyprismatic" / "__init__.py").write_text(text)
        monkeypatch.setenv("PYTHONPATH", str(site))

    return make
