"""One run of the program: watched by a keeper, bounded in time, its words kept."""

import os
import subprocess
import sys
from pathlib import Path

from hrtem_sim.wave.prismatic.program import Prismatic, PrismaticError

KEEPER = Path(__file__).with_name("keeper.py")
WORDS = "said.txt"
GRACE = 10.0  # seconds for the keeper to end the program


def execute(prismatic: Prismatic, words: list[str], folder: Path, timeout: float) -> None:
    """Run Prismatic in a folder, with HOME there, until it has ended.

    Parameters
    ----------
    prismatic
        Installation.
    words
        Arguments that follow its command.
    folder
        Working folder, removed by the keeper if this process ends first.
    timeout
        Seconds.

    Raises
    ------
    PrismaticError
        If it cannot be started, does not finish in time, or ends with an error.
    """
    environment = {**os.environ, "HOME": str(folder)}
    if prismatic.user_base:  # found through HOME, which is another one now
        environment.setdefault("PYTHONUSERBASE", prismatic.user_base)
    command = [sys.executable, "-I", "-S", str(KEEPER), str(folder), *prismatic.command, *words]
    with open(folder / WORDS, "wb") as output:
        try:
            # a session of its own: Ctrl-C reaches us first, and the keeper through its input
            keeper = subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            raise PrismaticError(f"Prismatic cannot be started: {error}") from None
    assert keeper.stdin is not None
    try:
        code = keeper.wait(timeout)
    except subprocess.TimeoutExpired:
        raise PrismaticError(f"Prismatic did not finish within {timeout:g} s") from None
    finally:
        keeper.stdin.close()
        try:
            keeper.wait(GRACE)
        except subprocess.TimeoutExpired:
            keeper.kill()
            keeper.wait()
    if code:
        how = f"was ended by signal {code - 128}" if code > 128 else f"ended with code {code}"
        raise PrismaticError(f"Prismatic {how}; its last words: {last_words(folder)}")


def last_words(folder: Path) -> str:
    """Return the last lines that the program has written, in one."""
    try:
        text = (folder / WORDS).read_text(encoding="utf-8", errors="replace")
    except OSError:
        text = ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return " / ".join(lines[-3:]) or "none"
