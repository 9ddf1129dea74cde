"""Engines as objects: names, settings, recipes, ids, memory."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pytest

from hrtem_sim.dataset import DatasetRecipe, build_dataset, plan_structure, regenerate
from hrtem_sim.dataset.simulate import micrograph_id, simulate_structure
from hrtem_sim.provenance import RecipeError, from_table, identity, to_table
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave import (
    ENGINES,
    Engine,
    NumpyEngine,
    PrismaticEngine,
    TorchEngine,
    WaveSettings,
    compute_exit_wave,
    compute_exit_waves,
    converge,
    phonon_convergence,
    thickness_series,
)
from hrtem_sim.wave.engines import EMBEDDED
from tests.physics.reference import scattered_error

RECIPE = {
    "name": "engines",
    "seed": 3,
    "structures": 1,
    "images_per_structure": 1,
    "particle": {"radius": 4.0},
    "film": {"thickness": 3.0},
    "placement": {"field": [12.8, 12.8]},
    "wave": {"pixel_size": 0.2, "slice_thickness": 4.0},
    "imaging": {"dose": 400.0},
    "detector": {"pixel_size": 0.2},
}


@dataclass(frozen=True)
class Cautious(Engine):
    """The embedded engine without its own series, and a memory of its own."""

    def waves(self, configurations: Iterable[Specimen], parts, settings, grid):
        return EMBEDDED.waves(configurations, parts, settings, grid)

    def memory(self, specimen, parts, settings):
        return 10**15


@dataclass(frozen=True)
class Plain(Engine):
    """The embedded engine with nothing but `waves`."""

    def waves(self, configurations: Iterable[Specimen], parts, settings, grid):
        return EMBEDDED.waves(configurations, parts, settings, grid)


@pytest.fixture
def atoms():
    rng = np.random.default_rng(5)
    positions = rng.uniform(0, 1, (60, 3)) * [12, 10, 16]
    return Specimen(positions, rng.choice([6, 79], 60), (12.0, 10.0, 16.0))


@pytest.fixture
def recipe():
    return from_table(DatasetRecipe, RECIPE)


def with_engine(engine):
    return from_table(DatasetRecipe, RECIPE | {"wave": RECIPE["wave"] | {"engine": engine}})


def test_names_stand_for_engines():
    assert WaveSettings().engine == NumpyEngine()
    assert WaveSettings(engine="torch").engine == TorchEngine()
    kirkland = WaveSettings(parametrization="kirkland")
    assert replace(kirkland, engine="prismatic").engine == PrismaticEngine()
    assert set(ENGINES) == {"numpy", "prismatic", "torch"}
    with pytest.raises(ValueError, match="engine must be one of numpy, prismatic, torch; got 'm'"):
        WaveSettings(engine="m")
    with pytest.raises(TypeError, match="engine must be a name or an Engine; got 5"):
        WaveSettings(engine=5)


def test_every_function_takes_any_engine(atoms):
    settings = WaveSettings(engine=Plain(), phonons=2, rms=0.1)
    ours = replace(settings, engine="numpy")
    assert isinstance(Plain(), Engine)
    for one, other in zip(
        compute_exit_waves(atoms, [atoms.objects], settings, rng=1),
        compute_exit_waves(atoms, [atoms.objects], ours, rng=1),
        strict=True,
    ):
        np.testing.assert_array_equal(one.array, other.array)
    np.testing.assert_array_equal(
        compute_exit_wave(atoms, engine=Plain()).array, compute_exit_wave(atoms).array
    )
    names = ["wave_error", "image_error"]
    tables = [
        converge(atoms, each, pixel_sizes=[0.2], slice_thicknesses=[4.0])
        for each in (settings, ours)
    ]
    assert tables[0][names].equals(tables[1][names])
    tables = [phonon_convergence(atoms, each, rng=1) for each in (settings, ours)]
    assert tables[0].equals(tables[1])


@pytest.mark.parametrize("tilt", [(0.0, 0.0), (9.0, -6.0)])
def test_engines_that_cannot_stop_give_the_same_series(atoms, tilt):
    settings = WaveSettings(tilt=tilt, phonons=2, rms=0.1)
    depths = [3.0, 8.0, 16.0]
    ours = thickness_series(atoms, depths, settings, rng=1)
    cut = thickness_series(atoms, depths, replace(settings, engine=Plain()), rng=1)
    for a, b in zip(ours, cut, strict=True):
        assert a.plane == b.plane
        for one, other in zip(a.array, b.array, strict=True):
            # below the band's soft edge, which one of them may have passed once more
            assert scattered_error(one, other, 1.25) < 1e-5


def test_memory_is_the_engine_s_own(atoms):
    assert len(compute_exit_wave(atoms, memory_limit=1e8).array) == 1
    with pytest.raises(MemoryError, match=r"need up to 1e\+06 GB"):
        compute_exit_wave(atoms, engine=Cautious())


def test_threads_are_the_engine_s(atoms):
    wave = compute_exit_wave(atoms, engine=NumpyEngine(threads=2))
    np.testing.assert_allclose(wave.array, compute_exit_wave(atoms).array, atol=1e-6)
    with pytest.raises(ValueError, match="threads must be left out with TorchEngine"):
        compute_exit_wave(atoms, engine="torch", threads=2)


def test_ids_cover_the_engine_and_not_how_the_machine_gets_there(recipe):
    def ids(each):
        return identity(each, "recipe"), micrograph_id(each, plan_structure(each, 0), 0)

    before = ids(recipe)
    assert before == ("recipe-7e2791901839112f", "micrograph-b5d9dba606c7aeaa")
    assert ids(with_engine("numpy")) == before
    assert ids(with_engine({"name": "numpy", "threads": 2})) == before
    assert ids(with_engine("torch")) != before
    assert ids(with_engine({"name": "torch", "batch": 2})) == ids(with_engine("torch"))
    of_plain = replace(recipe, wave=replace(recipe.wave, engine=Plain()))
    assert len({before, ids(with_engine("torch")), ids(of_plain)}) == 3
    # structures are the same whoever computes their waves
    assert plan_structure(of_plain, 0).structure_id == plan_structure(recipe, 0).structure_id


def test_recipes_name_engines_and_come_back(recipe):
    assert "engine" not in to_table(recipe)["wave"]
    other = with_engine("torch")
    assert to_table(other)["wave"]["engine"] == "torch"
    assert from_table(DatasetRecipe, to_table(other)) == other
    with pytest.raises(RecipeError, match=r"wave\.engine must be one of numpy, .*; got 'abtem'"):
        with_engine("abtem")
    with pytest.raises(RecipeError, match=r"wave\.engine\.batches is not a field .*'batch'"):
        with_engine({"name": "torch", "batches": 3})


def test_data_sets_are_made_by_the_engine_of_their_recipe(recipe, tmp_path, monkeypatch):
    monkeypatch.setitem(ENGINES, "plain", Plain)
    calls = []
    original = Plain.waves
    monkeypatch.setattr(Plain, "waves", lambda *a: calls.append(1) or original(*a))
    other = with_engine("plain")
    simulated = simulate_structure(other, plan_structure(other, 0))
    assert calls == [1]
    database = build_dataset(other, tmp_path / "data", progress=False)
    assert calls == [1, 1]
    np.testing.assert_array_equal(database.counts([0])[0], simulated.micrographs[0].counts)
    again = regenerate(database, database.catalogue["micrograph"][0])
    assert calls == [1, 1, 1]
    np.testing.assert_array_equal(again.counts, database.counts([0])[0])
