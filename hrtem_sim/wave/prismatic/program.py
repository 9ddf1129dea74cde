"""Which Prismatic this machine has: a Python module or a command, and whether it can do HRTEM.

The `pyprismatic` that pip installs is version 1, which has no HRTEM, and no version calls itself 2,
so the module is asked for a field that only version 2 has. It is asked in a process of its own:
loading it may end the process, or fail for want of a library, and what it says then is what a user
needs to read.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hrtem_sim.refusal import Refusal

INSTALL = "conda install -c conda-forge 'pyprismatic=2.*'"

VARIABLE = "HRTEM_SIM_PRISMATIC"
"""Environment variable that names the program: the command `prismatic`, or a Python."""

_PROBE = """
import importlib.metadata, importlib.util, json, site
found = {"there": importlib.util.find_spec("pyprismatic") is not None}
found["user_base"] = site.getuserbase()
if found["there"]:
    import pyprismatic
    found["hrtem"] = "saveComplexOutputWave" in pyprismatic.Metadata.fields
    found["file"] = pyprismatic.__file__
    try:
        found["version"] = importlib.metadata.version("pyprismatic")
    except importlib.metadata.PackageNotFoundError:
        found["version"] = None
print("\\n" + json.dumps(found))
"""


class PrismaticError(Refusal, RuntimeError):
    """Prismatic is missing, of the wrong version, or did not do what was asked."""


@dataclass(frozen=True)
class Prismatic:
    """An installation of Prismatic 2.

    Parameters
    ----------
    command
        Words that start it: the path of `prismatic`, or of a Python that has pyprismatic.
    is_module
        Whether the command is a Python with pyprismatic.
    user_base
        Folder in which that Python keeps the user's packages (`site.getuserbase()`); it depends on
        HOME, which runs get a folder of their own for.
    """

    command: tuple[str, ...]
    is_module: bool = False
    user_base: str | None = None


@dataclass(frozen=True)
class Module:
    """What a Python says of pyprismatic.

    Parameters
    ----------
    state
        `"2"`: it has HRTEM; `"1"`: it has none; `"missing"`; `"broken"`: it does not load.
    words
        Path and version in its own words; of a broken one, the last lines of the error.
    user_base
        `site.getuserbase()` of the Python.
    """

    state: str
    words: str = ""
    user_base: str | None = None


def find_prismatic(program: str | None = None) -> Prismatic:
    """Return the Prismatic of this machine.

    Parameters
    ----------
    program
        Path or name of the command `prismatic`, or of a Python that has pyprismatic. Default: the
        environment variable `HRTEM_SIM_PRISMATIC`; without it, pyprismatic in this Python, then
        `prismatic` on the PATH. `~` and relative paths are understood.

    Raises
    ------
    PrismaticError
        If there is none, or one that does not load, or only version 1, which pip installs and which
        has no HRTEM.
    """
    named = program or os.environ.get(VARIABLE)
    if named:
        path = shutil.which(os.path.expanduser(named))
        if not path:
            who = "program" if program else VARIABLE
            raise PrismaticError(f"{who} must be an executable file; got {named!r}")
        path = os.path.abspath(path)  # runs have another working folder
        if not is_python(path):
            return Prismatic((path,))
        return _checked(path, probe_module(path))
    module = probe_module(sys.executable)
    command = shutil.which("prismatic")
    if module.state != "2" and command:
        return Prismatic((os.path.abspath(command),))
    return _checked(sys.executable, module)


def _checked(python: str, module: Module) -> Prismatic:
    """The module of a Python, or an error that says what to do."""
    if module.state == "2":
        return Prismatic((python,), is_module=True, user_base=module.user_base)
    if module.state == "1":
        raise PrismaticError(
            f"the pyprismatic of {python} is version 1, which pip installs and which has no HRTEM; "
            f"get version 2: {INSTALL}"
        )
    if module.state == "broken":
        raise PrismaticError(f"the pyprismatic of {python} does not load: {module.words}")
    raise PrismaticError(
        f'engine "prismatic" needs Prismatic 2, which is not installed for {python}: {INSTALL}, '
        f'or set {VARIABLE} to its path; the default engine "numpy" needs nothing'
    )


def is_python(path: str) -> bool:
    """Return whether an executable is a Python, by its name or that of the file it links to."""
    names = (Path(path).name, Path(os.path.realpath(path)).name)
    return any(re.fullmatch(r"(python|pypy)[\d.]*(\.exe)?", name) for name in names)


@cache
def probe_module(python: str) -> Module:
    """Ask a Python for its pyprismatic; each is asked once per process."""
    try:
        done = subprocess.run(
            [python, "-c", _PROBE],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            text=True,
            errors="replace",
            timeout=120,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Module("broken", "no answer within 120 s")
    except OSError as error:
        return Module("broken", str(error))
    if done.returncode:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        said = " / ".join(lines[-2:]) or "no words"
        how = f"ended by signal {-done.returncode}: " if done.returncode < 0 else ""
        return Module("broken", how + said)
    found = json.loads(done.stdout.splitlines()[-1])
    if not found["there"]:
        return Module("missing", user_base=found["user_base"])
    words = f"{found['file']}, which calls itself {found['version'] or 'by no version'}"
    return Module("2" if found["hrtem"] else "1", words, found["user_base"])


def describe_prismatic(program: str | None = None) -> str:
    """Return what was found and, if that is nothing, what to do; for people.

    Parameters
    ----------
    program
        As in `find_prismatic`.
    """
    try:
        found = find_prismatic(program)
    except PrismaticError as error:
        return f"not usable: {error}"
    if found.is_module:
        module = probe_module(found.command[0])
        return f"pyprismatic with HRTEM (2.x): {module.words}; run by {found.command[0]}"
    words = f"command {found.command[0]} (its version shows at the first run)"
    module = probe_module(sys.executable)
    if module.state in ("1", "broken"):
        why = "is version 1, without HRTEM" if module.state == "1" else "does not load"
        words += f"; pyprismatic of this Python {why}: {module.words}"
    return words
