"""Long work beside a window: in a thread, with progress, and ended when told."""

from collections.abc import Callable
from threading import Thread
from typing import Any

Report = Callable[[float, str], None]
"""What work calls with the part that is done and some words; it raises `Stopped` to end it."""


class Stopped(Exception):
    """The work was to end before it was done."""


class Job:
    """Work that goes on in a thread while somebody looks at how far it is.

    Parameters
    ----------
    work
        Function of a `Report`; what it returns is the result.

    Examples
    --------
    >>> def work(report):
    ...     report(0.5, "half way")
    ...     return 42
    >>> job = Job(work)
    >>> job.wait()
    >>> job.done, job.words, job.result()
    (0.5, 'half way', 42)
    """

    def __init__(self, work: Callable[[Report], Any]) -> None:
        self.done, self.words = 0.0, ""
        self._stop = False
        self._result: Any = None
        self._error: BaseException | None = None
        self._work = work
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._result = self._work(self._report)
        except BaseException as error:
            self._error = error

    def _report(self, done: float, words: str) -> None:
        self.done, self.words = done, words
        if self._stop:
            raise Stopped("stopped")

    def stop(self) -> None:
        """Let the work end at its next report."""
        self._stop = True

    @property
    def over(self) -> bool:
        """Whether the work is over, well or badly."""
        return not self._thread.is_alive()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until the work is over, or for so many seconds."""
        self._thread.join(seconds)

    def result(self) -> Any:
        """Return what the work returned, or raise what it raised."""
        if self._error is not None:
            raise self._error
        return self._result
