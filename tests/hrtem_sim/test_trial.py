"""Before a data set is built: pictures of a few structures, and what all of them will cost."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from hrtem_sim.cli import main
from hrtem_sim.dataset import trial
from hrtem_sim.dataset.trial import estimate
from hrtem_sim.preview import ROWS, preview


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
    assert len(made.sample) == 3


def test_time_is_that_of_a_structure_times_their_number(tiny, monkeypatch):
    """Known seconds: the first takes 5, all others 2; two workers slow each other down by half."""

    def known(task):
        return trial._Made(5.0 if task.index == 0 else 2.0, 100.0, 10.0, 1000.0)

    monkeypatch.setattr(trial, "_timed", known)
    monkeypatch.setattr(
        trial,
        "run_tasks",
        lambda function, lists, workers: [
            [replace(one, seconds=3.0) for one in function(tasks)] for tasks in lists
        ],
    )
    made = estimate(replace(tiny, structures=50), workers=2)
    assert made.seconds == {1: 50 * 2.0 + 3.0, 2: pytest.approx(50 * 3.0 / 2, abs=0.1)}
    assert made.disk == 50 * 100.0
    assert made.memory == 1000.0 + (tiny.storage.structures_per_shard - 1) * 10.0
