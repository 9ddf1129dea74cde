"""Before a data set is built: pictures of a few structures, and what all of them will cost."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from hrtem_sim.cli import main
from hrtem_sim.dataset import plan_structure, trial
from hrtem_sim.dataset.trial import estimate
from hrtem_sim.preview import ROWS, preview
from hrtem_sim.provenance import Distribution


def test_a_preview_shows_atoms_micrographs_and_labels(tiny):
    figure = preview(replace(tiny, wave=replace(tiny.wave, particle_pixel=0.1)), structures=2)
    axes = np.array(figure.axes).reshape(len(ROWS), 2)
    assert [ax.get_ylabel() for ax in axes[:, 0]] == list(ROWS)
    assert all(len(ax.collections[0].get_offsets()) > 100 for ax in axes[:2].flat)  # atoms
    masks = [ax.images[0].get_array() for ax in axes[3]]
    ids = [ax.images[0].get_array().filled(np.nan) for ax in axes[4]]
    for colours, numbers in zip(masks, ids, strict=True):
        np.testing.assert_array_equal(np.asarray(colours).any(axis=-1), np.isfinite(numbers))
        assert 0.05 < np.isfinite(numbers).mean() < 0.9


def test_the_command_line_previews_and_builds_nothing(tiny_file, tmp_path):
    picture = tmp_path / "look.png"
    assert main(["preview", str(tiny_file), "--structures", "1", "--out", str(picture)]) == 0
    with Image.open(picture) as image:
        assert min(image.size) > 200
    assert list(tmp_path.iterdir()) == [picture]


def test_a_dry_run_says_counts_and_disk_and_writes_nothing(
    tiny_file, tiny_database, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    assert main(["build", str(tiny_file), "--dry-run", "--scale", "25"]) == 0
    told = capsys.readouterr().out
    assert "structures  100\n" in told and "micrographs 300\n" in told and "1 worker: " in told
    assert not list(tmp_path.iterdir())
    assert main(["build", str(tiny_file)]) == 2
    assert "--out must name the folder" in capsys.readouterr().err


def test_disk_and_memory_are_those_of_the_data_set(tiny, tiny_database):
    made = estimate(tiny, patience=5.0)
    on_disk = sum(path.stat().st_size for path in tiny_database.paths)
    assert made.disk == pytest.approx(on_disk, rel=0.3)  # small shards share less of a header
    assert 1e8 < made.memory < 4e9
    assert len(made.sample) == 4  # all that there are


def test_time_is_that_of_a_structure_times_their_number(tiny, monkeypatch):
    """Known seconds: the first takes 5, all others 2; two workers slow each other down by half."""
    seen = []

    def known(task):
        seen.append(task.index)
        return trial._Made(5.0 if len(seen) == 1 else 2.0, 100.0, 10.0, 1000.0)

    monkeypatch.setattr(trial, "_timed", known)
    monkeypatch.setattr(
        trial,
        "run_tasks",
        lambda function, lists, workers: [
            [replace(one, seconds=3.0) for one in function(tasks)] for tasks in lists
        ],
    )
    made = estimate(replace(tiny, structures=50), workers=2)
    assert made.seconds == {1: pytest.approx(103.0), 2: pytest.approx(50 * 3.0 / 2, abs=0.1)}
    assert made.disk == 50 * 100.0
    assert made.memory == 1000.0 + (tiny.storage.structures_per_shard - 1) * 10.0
    assert len(made.sample) == trial.FEWEST and made.known == 0.0  # all alike: soon known


def crowd(tiny, structures):
    """Up to twelve particles in a structure."""
    particle = replace(tiny.particle, count=Distribution("integers", (0, 12)), gap=0.0)
    field = replace(tiny.placement, field=(102.4, 102.4))
    return replace(tiny, particle=particle, placement=field, structures=structures)


def test_estimates_of_uneven_structures_are_within_a_fifth_of_the_truth(tiny, monkeypatch):
    """Seconds as a crowded data set took them: two, half a one for a particle, and luck."""

    def seconds(recipe, index):
        luck = np.random.default_rng([recipe.seed, index]).normal(1.0, 0.15)
        return (2.0 + 0.5 * len(plan_structure(recipe, index).specimen.particles)) * luck

    monkeypatch.setattr(
        trial, "_timed", lambda task: trial._Made(seconds(task.recipe, task.index), 1.0, 1.0, 1.0)
    )
    errors, samples = [], []
    for seed in range(12):
        recipe = replace(crowd(tiny, 120), seed=seed)
        truth = sum(seconds(recipe, index) for index in range(120))
        made = estimate(recipe)
        errors.append(made.seconds[1] / truth - 1)
        samples.append(len(made.sample))
        assert made.known <= trial.WITHIN
    assert np.abs(errors).max() < 0.2 and abs(np.mean(errors)) < 0.05
    assert max(samples) < 40


def test_a_sample_ends_with_patience_and_says_what_it_knows(tiny, monkeypatch):
    clock = iter(np.arange(0.0, 1e4, 7.0))
    monkeypatch.setattr(trial.time, "perf_counter", lambda: next(clock))
    wild = np.random.default_rng(1).exponential(1.0, 1000)
    monkeypatch.setattr(
        trial, "_timed", lambda task: trial._Made(float(wild[task.index]), 1.0, 1.0, 1.0)
    )
    made = estimate(crowd(tiny, 300), patience=100.0)
    assert len(made.sample) == 15 and made.known > trial.WITHIN
    assert f"known to {made.known:.0%}" in str(made)


def test_structures_are_sampled_from_small_to_large(tiny):
    recipe = crowd(tiny, 200)
    chosen = trial._ordered(recipe)
    counts = [len(plan_structure(recipe, index).specimen.particles) for _, index in chosen]
    places = [place for place, _ in chosen]
    assert sorted(counts) == [counts[i] for i in np.argsort(places)]  # by their particles
    assert len(set(chosen)) == trial.MOST
    for length in (6, 15, 50):  # evenly, wherever it stops
        gaps = np.diff([0.0, *sorted(places[:length]), 1.0])
        assert gaps.max() < 2.7 / length
