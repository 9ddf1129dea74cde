"""Finding and teaching, as the panel does them beside its window."""

import subprocess
import sys
import time
from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest

from hrtem_sim import Refusal
from seg_train import LabelledMicrograph, load_folder, load_run
from seg_train.viewer.finder import Finder
from seg_train.viewer.finding import Search, find_particles
from seg_train.viewer.jobs import Job, Stopped
from seg_train.viewer.networks import known_networks
from seg_train.viewer.tuning import new_folder, tune, tuning_recipe


def test_work_says_how_far_it_is_ends_when_told_and_hands_on_what_goes_wrong():
    def endless(report):
        for step in range(10**6):
            report(step / 10**6, f"step {step}")
            time.sleep(0.001)

    job = Job(endless)
    while job.done == 0:
        time.sleep(0.001)
    assert not job.over and job.words.startswith("step ")
    job.stop()
    job.wait(10)
    assert job.over
    with pytest.raises(Stopped):
        job.result()

    def failing(report):
        raise Refusal("dose must be positive; got -1")

    job = Job(failing)
    job.wait(10)
    with pytest.raises(Refusal, match="dose must be positive"):
        job.result()


def test_particles_are_found_counted_and_told_apart(run, micrograph):
    image, mask = micrograph
    search = Search((str(run.folder),), symmetries=False, smallest=0.5)
    shares = []
    found = find_particles(image, search, pixel_size=0.5, watch=shares.append)
    assert shares[-1] == 1 and found.uncertainty is None
    assert found.labels.max() == 1
    overlap = ((found.labels > 0) & (mask > 0)).sum() / ((found.labels > 0) | (mask > 0)).sum()
    assert overlap > 0.7
    diameter = 2 * np.sqrt((found.labels > 0).sum() / np.pi) * 0.05
    larger = Search((str(run.folder),), symmetries=False, smallest=1.1 * diameter)
    assert find_particles(image, larger, pixel_size=0.5).labels.max() == 0
    turned = find_particles(image, Search((str(run.folder),)), pixel_size=0.5)
    assert turned.uncertainty.shape == image.shape and 0 < turned.uncertainty.max() <= 0.5
    twice = find_particles(image, Search((str(run.folder),) * 2, symmetries=False), pixel_size=0.5)
    assert twice.uncertainty.max() < 1e-3  # a network does not disagree with itself


@pytest.mark.slow
def test_a_process_of_its_own_finds_the_same_refuses_stops_and_starts_again(run, micrograph):
    image = micrograph[0]
    search = Search((str(run.folder),), symmetries=4)
    finder, shares = Finder(), []
    found = finder.find(image, search, pixel_size=0.5, watch=shares.append)
    here = find_particles(image, search, pixel_size=0.5)
    assert (found.labels == here.labels).all()
    assert found.uncertainty == pytest.approx(here.uncertainty, abs=1e-5)  # float32 rounding
    assert shares == sorted(shares) and shares[-1] == 1
    with pytest.raises(Refusal, match="pixel_size must be within a factor of 30"):
        finder.find(image, search, pixel_size=50.0)
    process = finder._child
    assert finder.find(image, search, pixel_size=0.5).labels.any() and finder._child is process

    def stop(share):
        raise Stopped("stopped")

    with pytest.raises(Stopped):
        finder.find(image, search, pixel_size=0.5, watch=stop)
    assert process.poll() is not None
    with pytest.raises(Refusal, match="must come to its end"):  # killed while it starts
        finder.find(image, search, pixel_size=0.5, watch=lambda share: finder._child.kill())
    again = finder._started()
    assert again.poll() is None
    again.stdin.close()  # as the system does when the window is gone
    assert again.wait(60) == 0
    finder.close()


class Here(Finder):
    """Finds in this process, with a note."""

    def find(self, image, search, *, pixel_size, watch=None):
        found = find_particles(image, search, pixel_size=pixel_size, watch=watch)
        return replace(found, notes=("a hot pixel was mended",))


def test_several_micrographs_are_looked_at_one_after_the_other(run, micrograph):
    image = micrograph[0]
    search = Search((str(run.folder),), symmetries=False)
    asked = [("first", image, 0.5), ("second", image[:0:-1, :40], 0.5), ("last", image.T, 0.5)]
    found, told = [], []
    notes = Here().find_all(asked, search, found.append, lambda *said: told.append(said))
    assert [number for number, _ in found] == [0, 1, 2]
    assert (found[2][1].labels == find_particles(image.T, search, pixel_size=0.5).labels).all()
    assert notes[2] == "last: a hot pixel was mended" and len(notes) == 3
    shares = [share for share, _ in told]
    assert shares == sorted(shares) and shares[0] == 0 and shares[-1] == 1
    assert told[0][1] == "loading the network" and told[-1][1] == "last (3 of 3)"

    def stop(share, words):
        if words.startswith("second"):
            raise Stopped("stopped")

    kept = []
    with pytest.raises(Stopped):
        Here().find_all(asked, search, kept.append, stop)
    assert [number for number, _ in kept] == [0]  # what is finished is there


def test_a_process_that_ends_its_output_but_lingers_is_never_asked_again(monkeypatch):
    start = subprocess.Popen
    lingers = "import os, time; os.close(1); time.sleep(600)"

    def lingering(command, **pipes):
        return start([sys.executable, "-c", lingers], **pipes)

    monkeypatch.setattr(subprocess, "Popen", lingering)
    finder = Finder()
    child = finder._started()
    with pytest.raises(Refusal, match="must come to its end"):
        finder.find(np.eye(4), Search(("unknown",)), pixel_size=0.5)
    assert child.poll() is not None and finder._child is None


def test_what_the_window_imports_loads_no_tensorflow():
    names = ("desk", "finder", "jobs", "networks", "opening", "samples", "saving", "tuning")
    if not find_spec("napari"):
        names = names[1:]
    code = "; ".join(f"import seg_train.viewer.{name}" for name in names)
    code += "; import seg_train.figures, sys; print('tensorflow' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"  # it would crash Mesa's OpenGL


@pytest.fixture
def corrected(micrograph):
    image, mask = micrograph
    return [LabelledMicrograph(image, mask, 0.5, "corrected", "a/b: c")]


def test_the_recipe_of_teaching_suits_the_network_and_the_micrographs(run, corrected):
    recipe = tuning_recipe(run, corrected, initial="somewhere", epochs=3)
    assert recipe.shares == (1, 1)  # what it knew is rehearsed
    assert tuning_recipe(run, corrected, initial="x", epochs=3, rehearse=False).shares is None
    assert recipe.model == run.recipe.model and recipe.pixel_size == run.pixel_size
    assert recipe.preprocessing == run.recipe.preprocessing
    assert recipe.validation == 0  # one micrograph trains, or it validates
    assert tuning_recipe(run, corrected * 4, initial="x", epochs=3).validation == 0.25
    assert recipe.learning_rate < run.recipe.learning_rate
    small = LabelledMicrograph(np.eye(41), np.eye(41, dtype=int), 0.5, "corrected", "small")
    assert tuning_recipe(run, [*corrected, small], initial="x", epochs=3).patch == 40
    assert small.image.shape[0] // recipe.model.stride * recipe.model.stride == 40


@pytest.mark.slow
def test_a_network_is_taught_in_a_process_of_its_own(run, corrected, tmp_path):
    told = []
    folder = new_folder(tmp_path, "mine")
    made = tune(
        str(run.folder),
        corrected,
        folder,
        epochs=2,
        rehearse=False,
        report=lambda *said: told.append(said),
    )
    taught = load_run(made)
    assert len(taught.history) == 2 and taught.pixel_size == run.pixel_size
    assert taught.provenance["initial"] == run.provenance["weights"]
    assert [share for share, _ in told] == sorted(share for share, _ in told)
    (back,) = load_folder(folder / "micrographs")
    assert (back.mask == corrected[0].mask).all() and (back.image == corrected[0].image).all()
    assert known_networks(tmp_path)[-1] == ("mine", str(made))
    assert new_folder(tmp_path, "mine").name == "mine-2"


@pytest.mark.slow
def test_teaching_that_is_stopped_leaves_nothing(run, corrected, tmp_path):
    def stop(share, words):
        if "TensorFlow" in words:
            raise Stopped("stopped")

    with pytest.raises(Stopped):
        tune(str(run.folder), corrected, tmp_path / "mine", epochs=2, report=stop)
    assert list(tmp_path.iterdir()) == []


def test_the_process_of_teaching_ends_when_its_parent_is_gone(tmp_path):
    code = (
        "import time; from threading import Thread; from seg_train.viewer import tuning; "
        "Thread(target=tuning._end_with_parent, daemon=True).start(); print('up', flush=True); "
        "time.sleep(600)"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout.readline() == b"up\n" and child.poll() is None
    child.stdin.close()  # as the system does when the parent dies
    assert child.wait(30) == 1
