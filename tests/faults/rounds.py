"""Faults under load: full disks, kills, builds at once, drives that go away; then what is left.

Usage: python -m tests.faults.rounds [ROUNDS] [SEED]

Every round does one of them to a small data set or to a network in training, lets the same command
go on, and asks three things: are all bytes those of an undisturbed build, did every reader get what
is right or a refusal, was every message one line. Every twentieth round is one of training. Disks
are tmpfs of a few hundred kilobytes where mounting is allowed, and a limit on the size of files
elsewhere. Builds are forks of this process, so that a round takes a second and not an import.
"""

import contextlib
import hashlib
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np

from hrtem_sim.cli import main as hrtem_sim
from hrtem_sim.database import DatabaseError, IncompleteDataset, open_database
from hrtem_sim.dataset import check_dataset

RECIPE = """
[dataset]
name = "faults"
seed = 1
structures = 12
images_per_structure = 4
[dataset.particle]
radius = { uniform = [6.0, 7.0] }
[dataset.film]
thickness = 6.0
[dataset.placement]
field = [25.6, 25.6]
[dataset.wave]
pixel_size = 0.2
slice_thickness = 4.0
[dataset.imaging]
dose = 400.0
defocus = { uniform = [-100.0, 100.0] }
focal_spread = 10.0
[dataset.detector]
pixel_size = 0.4
[dataset.storage]
structures_per_shard = 1
[training]
seed = 1
epochs = 12
batch_size = 4
patch = 64
[training.model]
backbone = "plain"
stages = 2
width = 4
"""
PATIENCE = 600.0
"""Seconds until a process that does not end is a fault."""


class Fault(AssertionError):
    """Something was lost, wrong, or told in more than a line."""


@dataclass
class Child:
    """A command line in a fork of this process, in a session of its own."""

    arguments: list[str]
    folder: Path
    limit: int = resource.RLIM_INFINITY
    pid: int = field(init=False)
    code: int | None = None

    def __post_init__(self) -> None:
        self.said = Path(tempfile.mkstemp(dir=self.folder, suffix=".said")[1])
        self.pid = os.fork()
        if self.pid == 0:
            self._run()

    def _run(self) -> None:
        code = 99
        try:
            os.setsid()
            stream = os.open(self.said, os.O_WRONLY)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os.dup2(stream, 2)
            sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
            resource.setrlimit(resource.RLIMIT_FSIZE, (self.limit, self.limit))
            code = hrtem_sim(self.arguments)
            sys.stderr.flush()
        except KeyboardInterrupt:  # before the program had begun
            code = 130
        except BaseException:
            import traceback

            traceback.print_exc()
            sys.stderr.flush()
        finally:
            os._exit(code)

    def alive(self) -> bool:
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
        return self.code is None

    def end(self, number: int | None = None) -> int:
        """Wait for the end, after a signal if one is given; check that a line at most was said."""
        if number is not None and self.alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)
        deadline = time.monotonic() + PATIENCE
        while self.alive():
            if time.monotonic() > deadline:
                os.kill(self.pid, signal.SIGKILL)
                raise Fault(f"{self.arguments} does not end")
            time.sleep(0.005)
        one_line(self.message(), self.code)
        return self.code

    def message(self) -> str:
        return self.said.read_text(encoding="utf-8")


def one_line(said: str, code: int | None) -> None:
    if not told_well(said, code):
        raise Fault(f"code {code} and {len(said.splitlines())} lines:\n{said}")


def told_well(said: str, code: int | None) -> bool:
    """Whether a failure was told in one line, an end on request in one at most, success in none."""
    fewest, most = {2: (1, 1), 130: (0, 1), 143: (0, 1)}.get(code, (0, 0))
    return fewest <= len(said.splitlines()) <= most and "Traceback" not in said


def digests(folder: Path) -> dict[str, str]:
    """What a folder holds: names and contents of files that count."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if not path.name.endswith(".part")
    }


@dataclass
class Rounds:
    """The folder where rounds are played, and what an undisturbed build and training leave."""

    folder: Path
    dice: random.Random
    done: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.recipe = self.folder / "recipe.toml"
        self.recipe.write_text(RECIPE, encoding="utf-8")
        whole = self.folder / "whole"
        if hrtem_sim(self.build(whole)):
            raise Fault("the undisturbed build fails")
        self.whole = digests(whole)
        self.bytes = sum(path.stat().st_size for path in whole.iterdir())
        database = open_database(whole)
        self.truth = {
            key: (database.counts([row])[0], database.masks([row])[0])
            for row, key in enumerate(database.catalogue["micrograph"])
        }
        self.mounts = self._mounts()
        self.network: bytes | None = None

    def build(self, out: Path, *more: str) -> list[str]:
        return ["build", str(self.recipe), "--out", str(out), "--quiet", *more]

    def _mounts(self) -> bool:
        place = self.folder / "mount"
        place.mkdir()
        with contextlib.suppress(OSError, subprocess.CalledProcessError), small_disk(place, 10**6):
            return True
        return False

    def play(self, name: str) -> None:
        place = self.folder / "round"
        place.mkdir()
        try:
            getattr(self, name)(place)
        finally:
            shutil.rmtree(place, ignore_errors=True)
        self.done[name] += 1

    def whole_again(self, out: Path) -> None:
        """Let the command go on; all must then be as if nothing had happened."""
        if code := Child(self.build(out), self.folder).end():
            raise Fault(f"the build that goes on ends with {code}")
        if digests(out) != self.whole or list(out.glob("*.part")):
            raise Fault(f"{out} holds other bytes than an undisturbed build")
        check_dataset(open_database(out))

    def nothing_wrong(self, out: Path) -> None:
        """Shards that are there must be whole and right, at any moment."""
        if out.is_dir():
            for name, content in digests(out).items():
                if content != self.whole[name]:
                    raise Fault(f"{name} is wrong after a fault")

    def disk(self, place: Path) -> None:
        """The disk is full in the middle of a build, or in the middle of one that goes on."""
        if self.mounts and self.dice.random() < 0.8:
            with small_disk(place, int(self.bytes * self.dice.uniform(0.05, 0.95))) as grow:
                self._fail(place / "set")
                if self.dice.random() < 0.5:
                    self._fail(place / "set")
                grow()
                self.whole_again(place / "set")
        else:
            self._fail(place / "set", limit=self.dice.randrange(1, self.bytes // len(self.whole)))
            self.whole_again(place / "set")

    def _fail(self, out: Path, limit: int = resource.RLIM_INFINITY) -> None:
        if Child(self.build(out), self.folder, limit).end() != 2:
            raise Fault("a full disk was not told")
        self.nothing_wrong(out)
        if list(out.glob("*.part")):
            raise Fault("a full disk leaves what is half written")

    def kill(self, place: Path) -> None:
        """The build is killed one to four times, at any moment, in three ways."""
        for _ in range(self.dice.randint(1, 4)):
            child = Child(self.build(place / "set"), self.folder)
            time.sleep(self.dice.uniform(0, 0.6))
            child.end(self.dice.choice([signal.SIGKILL, signal.SIGTERM, signal.SIGINT]))
            self.nothing_wrong(place / "set")
        self.whole_again(place / "set")

    def together(self, place: Path) -> None:
        """Two builds write one folder while a reader reads it; one of them may be killed."""
        out = place / "set"
        both = [Child(self.build(out), self.folder) for _ in range(2)]
        victim = time.monotonic() + self.dice.uniform(0, 1.2)
        killed = None
        while any([child.alive() for child in both]):
            self.read(out)
            if killed is None and time.monotonic() > victim:
                killed = both[0].end(signal.SIGKILL)
        if both[1].end():
            raise Fault(f"the build that was left alone ends with {both[1].code}")
        both[0].end()
        self.read(out)
        self.whole_again(out)
        if self.read(out) != len(self.truth):
            raise Fault("the reader misses micrographs")

    def read(self, out: Path) -> int:
        """Read all that is there; return how many micrographs were right."""
        try:
            with warnings.catch_warnings(action="ignore", category=IncompleteDataset):
                database = open_database(out)
            for row, key in enumerate(database.catalogue["micrograph"]):
                counts, mask = database.counts([row])[0], database.masks([row])[0]
                if not all(map(np.array_equal, self.truth[key], (counts, mask))):
                    raise Fault(f"the reader gets a wrong {key}")
        except (DatabaseError, OSError) as error:
            one_line(str(error), 2)
            return 0
        return len(database)

    def training(self, place: Path) -> None:
        """The drive with data and network goes away in mid-training and comes back."""
        drive, away = place / "drive", place / "away"
        shutil.copytree(self.folder / "whole", drive / "set")
        if self.network is None:
            self.network = self.trained(place, drive / "undisturbed")
        process = self.fit(place, drive / "run")
        history, epochs = drive / "run" / "history.csv", self.dice.randint(1, 6)
        wait_for(lambda: history.is_file() and len(history.read_bytes().splitlines()) > epochs)
        drive.rename(away)
        code = process.wait(PATIENCE)
        one_line((place / "said").read_text(encoding="utf-8"), code)
        if code != 2 or drive.exists():
            raise Fault(f"a drive that goes away ends training with {code}, not with a word")
        away.rename(drive)
        if self.trained(place, drive / "run") != self.network:
            raise Fault("the network that went on is another")

    def fit(self, place: Path, run: Path) -> subprocess.Popen:
        arguments = ["fit", str(self.recipe), str(run.parent / "set"), "--out", str(run), "--quiet"]
        with (place / "said").open("w") as said:
            return subprocess.Popen(
                [sys.executable, "-m", "seg_train", *arguments],
                stdout=subprocess.DEVNULL,
                stderr=said,
            )

    def trained(self, place: Path, run: Path) -> bytes:
        """Train to the end; return the bytes of what came of it, provenance and weights."""
        code = self.fit(place, run).wait(PATIENCE)
        one_line((place / "said").read_text(encoding="utf-8"), code)
        if code:
            raise Fault(f"training ends with {code}")
        kept = "provenance.json", "best.weights.h5"
        return b"".join((run / name).read_bytes() for name in kept)


@contextlib.contextmanager
def small_disk(place: Path, size: int):
    """A disk of so many bytes at a folder; yields what makes it large."""
    mount = ["mount", "-t", "tmpfs", "-o"]
    subprocess.run([*mount, f"size={size}", "tmpfs", str(place)], check=True, capture_output=True)
    try:
        yield lambda: subprocess.run(["mount", "-o", "remount,size=64m", str(place)], check=True)
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def wait_for(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        if time.monotonic() > deadline:
            raise Fault("what was waited for does not happen")
        time.sleep(0.005)


def play(rounds: int, seed: int, train: bool = True) -> Counter[str]:
    """Play rounds; return how many of each kind went well, or raise `Fault` with the first."""
    with tempfile.TemporaryDirectory() as folder:
        game = Rounds(Path(folder), random.Random(seed))
        for number in range(rounds):
            kinds = ("disk", "kill", "together")
            kind = "training" if train and number % 20 == 19 else kinds[number % 3]
            try:
                game.play(kind)
            except Exception as error:
                error.add_note(f"in round {number} of seed {seed}: {kind}")
                raise
        return game.done


if __name__ == "__main__":
    count, seed = ([int(word) for word in sys.argv[1:]] + [200, 1][len(sys.argv) - 1 :])[:2]
    begin = time.monotonic()
    for kind, number in play(count, seed).items():
        print(f"{kind}: {number} rounds, nothing lost, nothing wrong")
    print(f"{time.monotonic() - begin:.0f} s")
