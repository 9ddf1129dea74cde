"""Slurm itself: what docs/slurm.md says, as it is written, on jobs that are cancelled and lost.

Needs a cluster, which `sh tests/cluster/slurm.sh start` makes of this machine; see there.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hrtem_sim.dataset import build_dataset, read_dataset_recipe
from tests.conftest import TINY

ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("slurm.sh")
CLUSTER = os.environ.get("TEST_CLUSTER", "")

pytestmark = pytest.mark.skipif(
    not CLUSTER,
    reason="needs Slurm: sh tests/cluster/slurm.sh start, and the line that it prints",
)

SHARDS = 12
SET = TINY.replace("structures = 4", f"structures = {SHARDS * 3}", 1)
SET = SET.replace("structures_per_shard = 2", "structures_per_shard = 3")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Bytes of all shards as one process makes them."""
    home = tmp_path_factory.mktemp("whole")
    (home / "recipe.toml").write_text(SET)
    recipe = read_dataset_recipe(home / "recipe.toml")
    build_dataset(recipe, home / "set", progress=False)
    return shards(home / "set")


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Folder of a user, who has loaded what jobs need."""
    (tmp_path / "recipe.toml").write_text(SET)
    here = Path(sys.executable).parent
    monkeypatch.setenv("SLURM_CONF", f"{CLUSTER}/slurm.conf")
    monkeypatch.setenv("SCRATCH", str(tmp_path))
    monkeypatch.setenv("PATH", os.pathsep.join([str(here), os.environ["PATH"]]))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    command("scancel", "--user", command("id", "-un"))


def command(*words: str) -> str:
    """Run a command to its end; return what it printed."""
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()


def shards(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("shard-*")}


def documented(language: str, word: str, changes: dict[str, str]) -> str:
    """The block of docs/slurm.md that has a word, on the scale of this cluster."""
    page = (ROOT / "docs" / "slurm.md").read_text(encoding="utf-8")
    (text,) = (b for b in re.findall(rf"```{language}\n(.*?)```", page, re.S) if word in b)
    for before, after in changes.items():
        assert before in text, before
        text = text.replace(before, after)
    return text


def array_script(home: Path) -> str:
    changes = {"build baseline": "build recipe.toml", "0-31": "0-3", "SHARES=32": "SHARES=4"}
    (home / "array.sh").write_text(documented("bash", "hrtem-sim build", changes))
    return str(home / "array.sh")


def until(true: Callable[[], object], seconds: float = 90) -> None:
    """Wait for something, or fail."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, (true, command("squeue"), command("sinfo"))
        time.sleep(0.1)


def idle(job: str = "") -> bool:
    return not command("squeue", "--noheader", *(["--jobs", job] if job else []))


def submit(script: str, *options: str) -> str:
    return command("sbatch", "--parsable", *options, script)


def test_a_job_array_is_cancelled_killed_and_submitted_again(home, whole):
    """The same bytes as one process makes; nothing half written stays, and the logs say why."""
    script, out = array_script(home), home / "baseline"
    job = submit(script)
    until(lambda: len(shards(out)) >= 2)
    command("scancel", "--signal=KILL", "--full", f"{job}_1")
    command("scancel", f"{job}_2")
    until(lambda: idle(job))
    made = shards(out)
    assert made.items() <= whole.items() and len(made) < SHARDS
    again = submit(script, "--array=1,2")  # the two that are missing
    until(lambda: idle(again))
    assert shards(out) == whole
    assert "12 shards are whole" in command("hrtem-sim", "check", str(out))
    cancelled = (home / f"slurm-{job}_2.out").read_text()
    assert "terminated; the same command goes on where it stopped" in cancelled


def test_a_lost_node_costs_its_tasks_some_time_and_nothing_else(home, whole):
    script, out = array_script(home), home / "baseline"
    job = submit(script)
    until(lambda: len(shards(out)) >= 2)
    node = command("squeue", "--noheader", "--format=%N", "--jobs", f"{job}_0")
    try:
        command("sh", str(SCRIPT), "lose", node)
        until(lambda: "BeginTime" in command("squeue", "--noheader", "--format=%r"))  # requeued
        until(lambda: idle(job))
    finally:
        command("sh", str(SCRIPT), "mend", node)
    assert shards(out) == whole


def test_dask_jobqueue_makes_the_same_bytes_although_a_job_is_cancelled(home, whole):
    pytest.importorskip("dask_jobqueue")
    changes = {
        'recipe("baseline")': 'recipe("recipe.toml")',
        "/scratch/me/baseline": str(home / "dask"),
        "jobs=128": "jobs=3",
        "2GB": "1GB",
    }
    (home / "program.py").write_text(documented("python", "SLURMCluster(", changes))
    program = subprocess.Popen([sys.executable, "program.py"], stdout=subprocess.DEVNULL)
    until(lambda: shards(home / "dask"))
    victim, *_ = command("squeue", "--noheader", "--format=%i", "--states=running").split()
    command("scancel", victim)
    assert program.wait(timeout=120) == 0
    assert shards(home / "dask") == whole
    until(idle)


STUDY = """
[study]
name = "tiny"
seed = 3
repeats = 1

[study.training]
epochs = 2
batch_size = 2
patch = 64

[study.training.model]
backbone = "plain"
stages = 2
width = 2

[study.conditions.4]
n_images = 4

[study.conditions.8]
n_images = 8
"""


def test_a_study_is_shared_out_and_gathered(home):
    """Three tasks for two networks; one of them is cancelled while it trains."""
    (home / "study.toml").write_text(STUDY)
    build_dataset(read_dataset_recipe(home / "recipe.toml").scaled(1 / 3), "data", progress=False)
    changes = {"studies/table1": "study.toml", "SHARES=16": "SHARES=3", "0-15": "0-2"}
    script = home / "study.sh"
    script.write_text(documented("bash", "seg-train study", changes))
    job = submit(str(script))
    until(lambda: list((home / "table1").glob("*/*")), 180)
    command("scancel", f"{job}_0")
    until(lambda: idle(job), 180)
    assert "share 2/3 has nothing to do: there are 2 networks" in (
        (home / f"slurm-{job}_2.out").read_text()
    )
    again = submit(str(script), "--array=0")
    until(lambda: idle(again), 180)
    trained = {path: path.stat().st_mtime_ns for path in (home / "table1").rglob("*.weights.h5")}
    command("seg-train", "study", "study.toml", "data", "--out", "table1", "--quiet")
    assert len((home / "table1" / "results.csv").read_text().splitlines()) == 3
    assert len(trained) == 2
    assert trained == {path: path.stat().st_mtime_ns for path in trained}
