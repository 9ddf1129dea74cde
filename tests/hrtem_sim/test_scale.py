"""At scale: shares, clusters, kills, and making things again."""

import os
import random
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from hrtem_sim.cli import main
from hrtem_sim.database import DatabaseError, host_name, open_database
from hrtem_sim.dataset import ConditionStream, build_dataset, check_dataset, regenerate
from hrtem_sim.dataset.build import build_shard
from tests.hrtem_sim.test_dataset import assert_same


def test_shares_of_a_job_array_make_the_whole(tiny, tiny_database, tmp_path):
    build_dataset(tiny, tmp_path, share=(1, 2), progress=False)
    assert [path.name for path in tmp_path.glob("*.h5")] == ["shard-00001.h5"]
    with pytest.raises(DatabaseError, match="lacks 2 of 4 structures"):
        check_dataset(open_database(tmp_path))
    whole = build_dataset(tiny, tmp_path, share=(0, 2), progress=False)
    assert_same(tiny_database, whole)
    check_dataset(whole)


def test_a_dask_cluster_of_processes_gives_the_same_bytes(tiny, tiny_database, tmp_path):
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        database = build_dataset(tiny, tmp_path, client=client, progress=False)
    assert_same(tiny_database, database)


def test_a_dask_cluster_without_workers_is_told(tiny, tmp_path, monkeypatch, caplog):
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr("hrtem_sim.dataset.executors.PATIENCE", 0.2)
    with (
        distributed.LocalCluster(n_workers=0, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
        caplog.at_level("WARNING", "hrtem_sim"),
    ):
        help_comes = threading.Timer(1.0, cluster.scale, [1])
        help_comes.start()
        build_dataset(tiny, tmp_path, client=client, progress=False)
    assert "no dask worker is there: waiting for one" in caplog.messages


@pytest.mark.slow
def test_kills_lose_nothing_and_repeat_nothing(tiny_file, tiny_database, tmp_path):
    out = tmp_path / "set"
    command = [sys.executable, "-m", "hrtem_sim", "build", str(tiny_file), "--out", str(out)]
    dice = random.Random(5)
    for _ in range(20):
        process = subprocess.Popen(
            [*command, "--workers", "2", "--quiet"],
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(dice.uniform(0.3, 4.0))
        if dice.random() < 0.5:
            os.killpg(process.pid, signal.SIGKILL)  # workers and all
        else:
            process.kill()  # the main process alone
        process.wait()
    subprocess.run([*command, "--quiet"], check=True, stdout=subprocess.DEVNULL, timeout=300)
    database = open_database(out)
    check_dataset(database)
    assert_same(tiny_database, database)
    assert not database.catalogue["micrograph"].duplicated().any()


def test_workers_do_not_outlive_the_process_that_started_them(tiny_file, tmp_path):
    command = [sys.executable, "-m", "hrtem_sim", "build", str(tiny_file)]
    command += ["--out", str(tmp_path / "set"), "--workers", "2", "--quiet"]
    process = subprocess.Popen(command, start_new_session=True)
    workers: list[str] = []
    deadline = time.monotonic() + 60
    while len(workers) < 2 and time.monotonic() < deadline:
        time.sleep(0.2)
        workers = spawned(process.pid)
    time.sleep(1.0)  # until they watch
    process.kill()
    process.wait()
    while spawned(process.pid) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert len(workers) == 2
    assert not spawned(process.pid)


def spawned(session: int) -> list[str]:
    """Workers of a session that are alive, by what `ps` says."""
    listed = subprocess.run(
        ["ps", "-s", str(session), "-o", "stat=,args="], capture_output=True, text=True, check=False
    ).stdout
    return [
        line
        for line in listed.splitlines()
        if "multiprocessing.spawn" in line and not line.startswith("Z")
    ]


def test_micrographs_are_made_again_from_their_plans_bit_for_bit(tiny_database):
    row = 7
    again = regenerate(tiny_database, tiny_database.catalogue["micrograph"][row])
    np.testing.assert_array_equal(again.counts, tiny_database.counts([row])[0])
    with pytest.raises(ValueError, match="micrograph must be an id of the catalogue"):
        regenerate(tiny_database, "micrograph-0")


def test_streams_draw_new_conditions_from_stored_waves(tiny_database):
    stream = ConditionStream(tiny_database)
    first, masks = stream.epoch(0)
    second, _ = stream.epoch(1)
    assert first.shape == masks.shape == (12, 64, 64)
    np.testing.assert_array_equal(first, stream.epoch(0)[0])
    assert (first != second).mean() > 0.5
    np.testing.assert_array_equal(masks, tiny_database.masks(range(12)))


def test_streams_hold_structures_out_and_say_so_in_their_id(tiny_database):
    """Every structure's mask is either in all epochs or in the validation."""
    whole = ConditionStream(tiny_database)
    stream = ConditionStream(tiny_database, held_out=0.3)
    masks, held = stream.epoch(2)[1], stream.validation()[1]
    assert len(masks) + len(held) == 12 and 0 < len(held) < 12
    seen = {mask.tobytes() for mask in masks}
    assert seen.isdisjoint(mask.tobytes() for mask in held)
    np.testing.assert_array_equal(stream.validation()[0], stream.validation()[0])
    assert len(whole.validation()[0]) == 0
    other = ConditionStream(tiny_database, seed=99, held_out=0.3)
    assert len({whole.identity, stream.identity, other.identity}) == 3
    with pytest.raises(ValueError, match=r"held_out must be in \[0, 1\)"):
        ConditionStream(tiny_database, held_out=1.5)


@pytest.mark.parametrize("workers", [1, 2])
def test_read_only_folders_are_told(tiny, tmp_path, monkeypatch, workers):
    # the permission of a folder does not stop the superuser: the file system's refusal is played
    def refuse(path, *arguments, **keywords):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("pathlib.Path.touch", refuse)
    with pytest.raises(DatabaseError, match=r"cannot be written: .*Permission denied"):
        build_dataset(tiny, tmp_path, workers=workers, progress=False)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize(
    ("number", "code", "word"), [(signal.SIGTERM, 143, "terminated"), (signal.SIGINT, 130, "inter")]
)
def test_a_build_that_is_asked_to_end_does_so_at_once(
    tiny_file, tmp_path, workers, number, code, word
):
    """As schedulers do at a time limit, and terminals at Ctrl-C: every process is told."""
    recipe = tmp_path / "many.toml"
    recipe.write_text(tiny_file.read_text().replace("structures = 4", "structures = 400"))
    command = [sys.executable, "-m", "hrtem_sim", "build", str(recipe), "--quiet"]
    command += ["--out", str(tmp_path / "set"), "--workers", str(workers)]
    process = subprocess.Popen(
        command,
        start_new_session=True,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        # shells start jobs in the background with Ctrl-C ignored, and children inherit that
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    deadline = time.monotonic() + 120
    while not (tmp_path / "set" / "shard-00000.h5").exists() and time.monotonic() < deadline:
        assert process.poll() is None
        time.sleep(0.05)
    os.killpg(process.pid, number)
    _, said = process.communicate(timeout=30)
    *_, last = said.splitlines()
    assert process.returncode == code
    assert last.startswith(f"hrtem-sim: {word}")
    assert last.endswith("the same command goes on where it stopped")
    assert "Traceback" not in said and "leaked" not in said


def test_a_shard_whose_writing_is_interrupted_leaves_nothing(tiny, tmp_path, monkeypatch):
    def interrupted(handle):
        raise KeyboardInterrupt

    monkeypatch.setattr("hrtem_sim.database.shard.os.fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        build_dataset(tiny, tmp_path, progress=False)
    assert not list(tmp_path.glob("shard-*"))


def test_what_a_lost_machine_left_is_taken_away_when_nobody_can_be_writing(tiny, tmp_path):
    old, new = (tmp_path / f"shard-00001.h5.lost.{pid}.part" for pid in (1, 2))
    for part in (old, new):
        part.write_bytes(b"torn")
    an_hour_ago = time.time() - 3700
    os.utime(old, (an_hour_ago, an_hour_ago))
    build_dataset(tiny, tmp_path, share=(0, 2), progress=False)
    assert [path.name for path in tmp_path.glob("*.part")] == [new.name]


def test_what_a_worker_left_that_was_killed_is_taken_away_when_all_is_done(
    tiny, tmp_path, monkeypatch
):
    def build(task, advance):
        (tmp_path / f"shard-00000.h5.{host_name()}.999999999.part").write_bytes(b"torn")
        return build_shard(task, advance)

    monkeypatch.setattr("hrtem_sim.dataset.build.build_shard", build)
    build_dataset(tiny, tmp_path, progress=False)
    assert not list(tmp_path.glob("*.part"))


def test_tasks_of_an_array_without_a_shard_end_well(tiny_file, tmp_path, capsys):
    arguments = ["build", str(tiny_file), "--out", str(tmp_path / "x"), "--share", "2/3"]
    assert main(arguments) == 0
    assert capsys.readouterr().out == "share 2/3 has nothing to do: there are 2 shards\n"
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"workers": 0}, ValueError, "workers must be at least 1; got 0"),
        ({"workers": 2.5}, TypeError, "workers must be an integer; got 2.5"),
        ({"workers": True}, TypeError, "workers must be an integer; got True"),
        ({"client": "tcp://x"}, TypeError, "client must be a dask.distributed.Client; got 'tcp"),
        ({"share": (2, 2)}, ValueError, r"share must be \(i, n\) with 0 <= i < n; got \(2, 2\)"),
        ({"share": 3}, ValueError, r"share must be \(i, n\) with 0 <= i < n; got 3"),
    ],
)
def test_bad_executors_are_refused_before_anything_is_made(
    tiny, tmp_path, arguments, error, message
):
    with pytest.raises(error, match=message):
        build_dataset(tiny, tmp_path / "set", progress=False, **arguments)
    assert not (tmp_path / "set").exists()


def test_full_disks_leave_nothing_torn(tiny, tmp_path, monkeypatch):
    def full(*arguments, **keywords):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("hrtem_sim.database.shard.os.fsync", full)
    with pytest.raises(DatabaseError, match="No space left on device"):
        build_dataset(tiny, tmp_path, progress=False)
    assert not list(tmp_path.glob("shard-*"))


def test_bad_shares_are_refused(tiny_file, tmp_path, capsys):
    arguments = ["build", str(tiny_file), "--out", str(tmp_path / "x"), "--share", "2/2"]
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert "--share: must be i/n with 0 <= i < n; got '2/2'" in capsys.readouterr().err
