"""What Windows lacks is not needed: the modules and functions of Unix, taken away."""

import subprocess
import sys

WITHOUT = """
import importlib, os, pkgutil, signal, sys
import asyncio, concurrent.futures.process, h5py, matplotlib.pyplot, multiprocessing.pool
import fcntl, numba, pandas, scipy.ndimage, tempfile

sync = os.fsync

def fsync(handle):  # Windows syncs files alone, and only those that may be written
    assert fcntl.fcntl(handle, fcntl.F_GETFL) & os.O_ACCMODE != os.O_RDONLY, "read-only"
    sync(handle)

def kill(pid, number):
    raise AssertionError("this would end or interrupt a process")

os.fsync, os.kill, sys.platform = fsync, kill, "win32"
for name in ("fork", "forkpty", "getuid", "getpgid", "getsid", "killpg", "setsid", "sysconf",
             "uname", "O_DIRECTORY", "sched_getaffinity", "sync", "getloadavg", "geteuid"):
    delattr(os, name)
for name in ("SIGHUP", "SIGKILL", "SIGALRM", "alarm", "pthread_sigmask"):
    delattr(signal, name)
for name in ("fcntl", "resource", "termios", "pty", "pwd", "grp", "tty"):
    sys.modules[name] = None
"""

LOADED = """
import czone, hrtem_sim, seg_train
for name in ("tensorflow", "napari", "qtpy"):  # what these need is their affair
    sys.modules[name] = None
for package in (czone, hrtem_sim, seg_train):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if module.name.endswith(("__main__", "prismatic.keeper")):
            continue
        try:
            importlib.import_module(module.name)
        except ImportError as error:
            needs = ("[train]", "napari", "qtpy", "magicgui")
            assert any(name in str(error) for name in needs), module.name
"""

BUILT = """
from pathlib import Path
from hrtem_sim.cli import main
for torn in ("host", __import__("platform").node().split(".")[0]):
    Path("out").mkdir(exist_ok=True)
    Path("out", f"shard-00000.h5.{torn}.1.part").touch()
assert main(["build", sys.argv[1], "--out", "out"]) == 0
assert main(["check", "out"]) == 0
assert main(["build", sys.argv[1], "--dry-run"]) == 0
"""


def _run(code, *words, cwd):
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT + code, *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_all_modules_load_without_what_only_unix_has(tmp_path):
    _run(LOADED, cwd=tmp_path)


def test_a_data_set_is_built_and_checked_without_what_only_unix_has(tiny_file, tmp_path):
    said = _run(BUILT, str(tiny_file), cwd=tmp_path)
    assert "memory      unknown on this system" in said
