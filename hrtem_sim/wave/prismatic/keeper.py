"""Stands between this package and a program: ends it and clears its folder when we are gone.

Run as a script: `python keeper.py FOLDER COMMAND ...`. A process that is killed cannot clean up
behind itself, and a program that computes for hours with nobody left to read the result holds the
processors of a cluster's node. So the program's parent is this keeper, which does nothing but
watch: when its standard input closes or its parent changes (we have ended, whatever the signal), or
when it is asked to end itself, it kills the program's group, removes the folder and leaves. Should
the keeper itself be killed, Linux kills the program for it.

It imports nothing of the package, so that it starts in hundredths of a second.
"""

import ctypes
import os
import select
import shutil
import signal
import subprocess
import sys
from types import FrameType

SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of <linux/prctl.h>
POLL = 0.2  # seconds between looks at the parent


def main(folder: str, command: list[str]) -> int:
    """Run a command to its end, or ours; return its code, or 128 + the signal that ended it."""
    parent = os.getppid()
    prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None

    def before_start() -> None:
        if prctl is not None:
            prctl(SET_DEATH_SIGNAL, signal.SIGKILL)

    child = subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        process_group=0,
        preexec_fn=before_start,
    )

    def leave(number: int = signal.SIGTERM, frame: FrameType | None = None) -> None:
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except OSError:
            pass
        child.wait()
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(128 + number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, leave)
    while True:
        try:
            code = child.wait(POLL)
            return code if code >= 0 else 128 - code
        except subprocess.TimeoutExpired:
            closed, _, _ = select.select([sys.stdin], [], [], 0)
            if closed or os.getppid() != parent:
                leave()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1], sys.argv[2:]))
    except OSError as error:
        print(f"cannot be started: {error}")
        sys.exit(127)
