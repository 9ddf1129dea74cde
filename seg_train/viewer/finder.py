"""Networks in a process of their own, which looks for particles when the window asks it to.

TensorFlow must not be loaded beside OpenGL: both bring LLVM, TensorFlow from 2.20 on shows its own
to the whole process, and Mesa's drivers (AMD, software) crash in it when they next draw
(github.com/tensorflow/tensorflow/issues/109933 and 124205). So the window never imports it. The
process stays, with its networks loaded, until the window is gone; to stop a search is to end it.

Parent and child speak in pickles through the child's standard input and output.
"""

import atexit
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO, Any

import numpy as np

from hrtem_sim.refusal import Refusal
from seg_train.viewer.finding import FoundParticles, Search, find_particles
from seg_train.viewer.jobs import Report

POLL = 0.2  # seconds after which the watcher is called even if nothing was said

_ANSWERS = (Refusal, OSError, ImportError, MemoryError, FloatingPointError)


class Finder:
    """Finds particles in a process of its own, which starts with the first search."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._said: SimpleQueue[tuple[str, Any]] = SimpleQueue()
        self._log: Any = None

    def find(
        self,
        image: np.ndarray,
        search: Search,
        *,
        pixel_size: float,
        watch: Callable[[float], None] | None = None,
    ) -> FoundParticles:
        """Find the particles of a micrograph; see `seg_train.viewer.finding.find_particles`.

        Parameters
        ----------
        image, search, pixel_size
            Micrograph, settings and pixel size in angstrom.
        watch
            Function that is called several times a second with the part that is done; what it
            raises ends the search and the process.

        Raises
        ------
        Refusal
            In the words of the search, or if its process ended.
        """
        child = self._started()
        assert child.stdin is not None
        done = 0.0
        try:
            with suppress(BrokenPipeError):  # it has ended, as is found below
                _send(child.stdin, (np.asarray(image), search, pixel_size))
            while True:
                try:
                    kind, value = self._said.get(timeout=POLL)
                except Empty:
                    kind, value = ("at", done) if child.poll() is None else ("ended", None)
                if kind == "found":
                    return value
                if kind == "ended":
                    _end(child)  # what it says ends a moment before it does
                    raise Refusal(self._last_words())
                if kind == "refused":
                    raise Refusal(value)
                done = value
                if watch is not None:
                    watch(done)
        except BaseException as error:
            if not (isinstance(error, Refusal) and child.poll() is None):
                self.close()  # whatever it still says belongs to nobody
            raise

    def find_all(
        self,
        micrographs: Sequence[tuple[str, np.ndarray, float]],
        search: Search,
        found: Callable[[tuple[int, FoundParticles]], None],
        report: Report,
    ) -> list[str]:
        """Find the particles of several micrographs, one after the other.

        Parameters
        ----------
        micrographs
            Name, image and pixel size in angstrom of each.
        search
            Networks and settings.
        found
            Function that is called with the number of each micrograph, from 0, and its particles.
        report
            Function that is told how far all of it is; what it raises ends the search.

        Returns
        -------
        notes
            List in words of what was mended or left out, each after the name of its micrograph.
        """
        report(0, "loading the network")
        total, notes = len(micrographs), []
        for number, (name, image, pixel_size) in enumerate(micrographs):

            def watch(share: float, before: int = number, name: str = name) -> None:
                report((before + share) / total, f"{name} ({before + 1} of {total})")

            one = self.find(image, search, pixel_size=pixel_size, watch=watch)
            found((number, one))
            notes += [f"{name}: {note}" for note in one.notes]
        return notes

    def close(self) -> None:
        """End the process."""
        child, self._child = self._child, None
        if child is not None:
            atexit.unregister(self.close)
            _end(child)
            for pipe in (child.stdin, child.stdout):
                with suppress(OSError):  # of a request that it no longer read
                    if pipe is not None:
                        pipe.close()
            self._log.close()

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._child is None or self._child.poll() is not None:
            self.close()
            self._log = tempfile.TemporaryFile()
            self._child = subprocess.Popen(
                [sys.executable, "-m", "seg_train.viewer.finder"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
            )
            self._said = SimpleQueue()
            atexit.register(self.close)  # before Python waits for the thread that listens
            Thread(target=_listen, args=(self._child.stdout, self._said), daemon=True).start()
        return self._child

    def _last_words(self) -> str:
        self._log.seek(0)
        lines = self._log.read().decode(errors="replace").split("\n")
        said = next(filter(None, reversed(lines)), "no word")
        return f"search must come to its end; its process ended with: {said}"


def _end(child: "subprocess.Popen[bytes]") -> None:
    child.kill()
    child.wait()


def _send(pipe: IO[bytes], value: object) -> None:
    pickle.dump(value, pipe, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.flush()


def _listen(pipe: IO[bytes], said: "SimpleQueue[tuple[str, Any]]") -> None:
    """Hand on what the process says, and its end."""
    try:
        while True:
            said.put(pickle.load(pipe))
    except Exception:  # whatever a pickle that was cut in its midst raises
        said.put(("ended", None))


def main(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer requests one by one; end with the process that asks them.

    Parameters
    ----------
    requests
        Stream of what to look for.
    answers
        Stream of how far it is, and of what was found.
    """
    waiting: SimpleQueue[Any] = SimpleQueue()

    def read() -> None:
        try:
            while True:
                waiting.put(pickle.load(requests))
        except (EOFError, pickle.UnpicklingError):
            os._exit(0)  # the window is gone, in the midst of a search or not

    Thread(target=read, daemon=True).start()
    while True:
        image, search, pixel_size = waiting.get()
        try:
            found = find_particles(
                image,
                search,
                pixel_size=pixel_size,
                watch=lambda share: _send(answers, ("at", share)),
            )
            _send(answers, ("found", found))
        except _ANSWERS as error:
            _send(answers, ("refused", " ".join(str(error).split())))


if __name__ == "__main__":
    answers_only = os.fdopen(os.dup(1), "wb")  # what libraries print goes to the log instead
    os.dup2(2, 1)
    main(sys.stdin.buffer, answers_only)
