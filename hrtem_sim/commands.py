"""What all command lines share: versions, completion, logs, and one line for whatever goes wrong.

Commands set `run`, a function of the options that returns an exit code, and `resumes = True` if the
same line goes on where it was stopped.
"""

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from czone import __version__
from hrtem_sim.completion import add_completion
from hrtem_sim.refusal import answered

__all__ = ["command_line", "run_command"]

INTERRUPTED, TERMINATED = 130, 143
"""Exit codes after Ctrl-C and SIGTERM, as shells have it: 128 and the number of the signal."""


class Terminated(KeyboardInterrupt):
    """The process was asked to end (SIGTERM), as schedulers do at a time limit."""


def command_line(name: str, description: str | None) -> argparse.ArgumentParser:
    """Return the parser of a command line, with the options that all have.

    Parameters
    ----------
    name
        Name of the program.
    description
        What it is for.

    Examples
    --------
    >>> command_line("hrtem-sim", "Data sets.").parse_args(["-v"]).verbose
    True
    """
    parser = argparse.ArgumentParser(prog=name, description=description)
    parser.add_argument("--version", action="version", version=f"{name} {__version__}")
    parser.add_argument("-v", "--verbose", action="store_true", help="write more to the log")
    add_completion(parser)
    return parser


def run_command(parser: argparse.ArgumentParser, arguments: Sequence[str] | None) -> int:
    """Run a command; return its exit code, 2 for input that cannot be used.

    Parameters
    ----------
    parser
        Parser whose options have `run`.
    arguments
        Words of the line; default: those of the process.

    Notes
    -----
    Ctrl-C ends with one line and code 130, SIGTERM with one line and code 143; a reader that closes
    the pipe, as `head` does, ends the command without a word.
    """
    resumes = False
    try:
        options = parser.parse_args(arguments)
        resumes = getattr(options, "resumes", False)
        with _logs(options.verbose), _terminable():
            code, line = answered(lambda: options.run(options))
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for Python's last flush
        return 0
    except KeyboardInterrupt as asked:
        words = "; the same command goes on where it stopped" if resumes else ""
        ended = isinstance(asked, Terminated)
        code, line = (TERMINATED, "terminated") if ended else (INTERRUPTED, "interrupted")
        line += words
    if line:
        print(f"{parser.prog}: {line}", file=sys.stderr)
    return code


@contextmanager
def _terminable() -> Iterator[None]:
    """Turn SIGTERM into `Terminated`, so that what is half written is taken away."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are the main thread's
        return

    def end(number: int, frame: FrameType | None) -> None:
        raise Terminated

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _logs(verbose: bool) -> Iterator[None]:
    """Show what the packages log while a command runs; afterwards all is as it was."""
    loggers = [logging.getLogger(package) for package in ("czone", "hrtem_sim", "seg_train")]
    before = [logger.level for logger in loggers]
    handler = logging.StreamHandler()
    for logger in loggers:
        logger.setLevel(logging.DEBUG if verbose else logging.INFO)
        if not logger.hasHandlers():
            logger.addHandler(handler)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.removeHandler(handler)
            logger.setLevel(level)
