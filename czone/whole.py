"""Files that are whole or not there: written under another name, renamed when they are done.

What is being written goes by NAME.HOST.PID.part, beside the file that it will be. A program that
fails removes it; what one that was killed has left is found by `sweep`, which asks whether that
process still lives.
"""

import os
import platform
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["host_name", "sweep", "whole", "write_whole"]

ABANDONED = 3600.0
"""Seconds after which nobody is writing a `.part` file any more: writing one takes seconds."""


def host_name() -> str:
    """Return the name of this machine, without dots.

    Examples
    --------
    >>> "." in host_name()
    False
    """
    return platform.node().split(".")[0] or "localhost"


@contextmanager
def whole(path: str | Path, *, named: bool = False, synced: bool = False) -> Iterator[Path]:
    """Give a path to write to; what is there at the end of the block takes the name of the file.

    Parameters
    ----------
    path
        Path of the file. A link stays a link to what is written; a device is written to itself.
    named
        Whether the path given ends in the name of the file, for writers that go by it; they may
        make a folder.
    synced
        Whether the file must survive a power cut from then on; otherwise the system writes it to
        the disk when it has time.

    Raises
    ------
    OSError
        If the file cannot be written. Whatever is raised, an older file stays as it was.

    Examples
    --------
    >>> with whole("numbers.txt") as part:
    ...     _ = part.write_text("1 2 3")
    >>> with whole("numbers.txt") as part:
    ...     _ = part.write_text("4 5")
    ...     raise RuntimeError("interrupted")
    Traceback (most recent call last):
        ...
    RuntimeError: interrupted
    >>> Path("numbers.txt").read_text()
    '1 2 3'
    """
    path = Path(path)
    if path.exists() and not path.is_file():  # a device, a pipe; a folder's error comes by itself
        yield path
        return
    target = Path(os.path.realpath(path))
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(13, "Permission denied", str(path))
    part = target.with_name(f"{target.name}.{host_name()}.{os.getpid()}.part")
    try:
        _make(part, path, named)
        made = part / path.name if named else part
        yield made
        if target.exists():
            with suppress(OSError):  # of file systems without modes
                shutil.copymode(target, made)
        if synced:
            _sync(made)
        os.replace(made, target)
        if synced:
            _sync_folder(target.parent)
    finally:
        _remove(part)


def write_whole(path: str | Path, content: str | bytes, *, synced: bool = False) -> None:
    """Write a file whole or not at all.

    Parameters
    ----------
    path, synced
        As `whole` takes them.
    content
        Content; a text is written as UTF-8, its line ends as they are.

    Examples
    --------
    >>> write_whole("letters.txt", "a b c")
    >>> Path("letters.txt").read_bytes()
    b'a b c'
    """
    with whole(path, synced=synced) as part:
        part.write_bytes(content.encode() if isinstance(content, str) else content)


def sweep(folder: Path) -> None:
    """Take away what nobody in a folder is writing any more.

    Parameters
    ----------
    folder
        Folder that the caller owns.
    """
    for torn in folder.glob("*.*.*.part"):
        if not _is_alive(torn):
            _remove(torn)


def _is_alive(part: Path) -> bool:
    """Whether the process that writes a `.part` file, here or elsewhere, may still be at it."""
    host, pid = part.name.split(".")[-3:-1]
    if not pid.isdigit():
        return True  # another program's
    try:
        untouched = time.time() - part.stat().st_mtime
    except FileNotFoundError:
        return False
    if untouched > ABANDONED:
        return False  # its machine may be lost, its number another process's
    if host != host_name() or sys.platform == "win32":
        return True  # Windows would not ask the process but interrupt it
    try:
        os.kill(int(pid), 0)
    except (OSError, OverflowError):
        return False
    return int(pid) != os.getpid()


def _remove(part: Path) -> None:
    if part.is_dir():
        shutil.rmtree(part, ignore_errors=True)
    else:
        part.unlink(missing_ok=True)  # another process may have been faster


def _make(part: Path, path: Path, named: bool) -> None:
    """Make what is written to; an error tells of the file that was asked for."""
    try:
        if named:
            part.mkdir(exist_ok=True)
        else:
            part.touch()
    except OSError as error:
        error.filename = str(path)
        raise


def _sync(path: Path) -> None:
    with path.open("r+b") as stream:
        os.fsync(stream.fileno())


def _sync_folder(folder: Path) -> None:
    """Make a rename survive a power cut, where the system allows it."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
