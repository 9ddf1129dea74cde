"""What the benchmarks of this folder share: the package under test, timing, one line per case.

The package is chosen by two environment variables, so that the same script times any package with
the interface of Construction Zone:

    CZ_PACKAGE   name to import (default: czone)
    CZ_PATH      folder to look in first (optional)
    CZ_REPEAT    how often each case runs (default: 3); the best time counts

Every case prints one line of JSON with its name, the best processor time in seconds (one thread;
wall time would count the neighbours on a shared machine), the peak memory of the process in MB, and
what it made.
"""

import contextlib
import importlib
import io
import json
import os
import resource
import sys
import time
import warnings

for variable in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "NUMBA"):
    os.environ[f"{variable}_NUM_THREADS"] = "1"
warnings.simplefilter("ignore")
if os.environ.get("CZ_PATH"):
    sys.path.insert(0, os.environ["CZ_PATH"])

import numpy as np

PACKAGE = os.environ.get("CZ_PACKAGE", "czone")
REPEAT = int(os.environ.get("CZ_REPEAT", "3"))
LATTICE = 4.07825


def module(path):
    """Return a submodule of the package under test."""
    return importlib.import_module(f"{PACKAGE}.{path}")


def gold():
    """Return a generator of gold."""
    return module("generator").Generator.from_spacegroup(
        Z=[79], coords=np.array([[0, 0, 0]]), cellDims=LATTICE * np.ones(3),
        cellAngs=[90, 90, 90], sgn=225,
    )  # fmt: skip


def ball(radius, center=(0.0, 0.0, 0.0), **keywords):
    """Return a sphere of gold, not yet populated."""
    sphere = module("volume.algebraic").Sphere(radius, np.array(center))
    return module("volume").Volume(alg_objects=[sphere], generator=gold(), **keywords)


def quiet(function):
    """Return a function that prints nothing."""

    def silent():
        with contextlib.redirect_stdout(io.StringIO()):
            return function()

    return silent


def case(name, function, describe=lambda result: {}):
    """Time a case and print its line."""
    seconds, result = [], None
    for _ in range(REPEAT):
        start = time.process_time()
        try:
            result = function()
        except Exception as error:
            print(
                json.dumps({"case": name, "error": f"{type(error).__name__}: {error}"}), flush=True
            )
            return
        seconds.append(time.process_time() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line = {"case": name, "seconds": min(seconds), "peak_mb": round(peak)} | describe(result)
    print(json.dumps(line), flush=True)
