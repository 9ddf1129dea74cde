"""Fast Fourier transforms in place, by the fastest library at hand.

The order is mkl_fft, pyFFTW, scipy.fft: the first that is installed and loads is taken, because
libraries differ in the last bit and a data set must not depend on a stopwatch. `HRTEM_SIM_FFT`
or `choose_fft(name)` takes another; `time_fft` measures them.
"""

import os
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from importlib.util import find_spec
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from hrtem_sim.refusal import Refusal

LIBRARIES = ("mkl", "fftw", "scipy")
ALIGNMENT = 64  # bytes: a cache line; the vector code, and so the last bit, depends on alignment


class Fft(ABC):
    """Forward and inverse two-dimensional transforms of complex arrays, in place, one thread."""

    name: str

    @abstractmethod
    def forward(self, array: np.ndarray) -> None:
        """Replace an array (ny, nx) made by `empty` by its transform (as `numpy.fft.fft2`)."""

    @abstractmethod
    def inverse(self, array: np.ndarray) -> None:
        """Replace an array (ny, nx) by its inverse transform (as `numpy.fft.ifft2`)."""

    @abstractmethod
    def forward_rows(self, array: np.ndarray) -> None:
        """Replace a contiguous array (n, length) by the transforms of its rows."""

    @abstractmethod
    def inverse_rows(self, array: np.ndarray) -> None:
        """Replace the rows of a contiguous array by their inverse transforms."""

    def threads(self, number: int) -> AbstractContextManager:
        """Return a context in which transforms of this thread run on `number` threads."""
        return nullcontext()

    def empty(self, shape: tuple[int, ...], dtype: DTypeLike = np.complex64) -> np.ndarray:
        """Return an uninitialised, aligned, contiguous array to transform.

        Parameters
        ----------
        shape
            Shape of the array.
        dtype
            Complex, of single or double precision.
        """
        n_bytes = int(np.prod(shape)) * np.dtype(dtype).itemsize
        raw = np.empty(n_bytes + ALIGNMENT, np.uint8)
        start = -raw.ctypes.data % ALIGNMENT
        return raw[start : start + n_bytes].view(dtype).reshape(shape)


class MklFft(Fft):
    """Intel MKL through the package mkl_fft."""

    name = "mkl"

    def __init__(self) -> None:
        import mkl
        import mkl_fft

        mkl.set_num_threads_local(1)
        self._fft, self._mkl = mkl_fft, mkl

    def forward(self, array: np.ndarray) -> None:
        self._fft.fft2(array, out=array)

    def inverse(self, array: np.ndarray) -> None:
        self._fft.ifft2(array, out=array)

    def forward_rows(self, array: np.ndarray) -> None:
        self._fft.fft(array, axis=1, out=array)

    def inverse_rows(self, array: np.ndarray) -> None:
        self._fft.ifft(array, axis=1, out=array)

    @contextmanager
    def threads(self, number: int) -> Iterator[None]:
        before = self._mkl.set_num_threads_local(number)
        try:
            yield
        finally:
            self._mkl.set_num_threads_local(before)


class Fftw(Fft):
    """FFTW through pyFFTW; plans are estimated, so that they are the same every time."""

    name = "fftw"

    def __init__(self) -> None:
        import pyfftw

        self._fftw = pyfftw
        self._plans: dict[tuple, Any] = {}

    def forward(self, array: np.ndarray) -> None:
        self._plan(array, "FFTW_FORWARD").execute()

    def inverse(self, array: np.ndarray) -> None:
        self._plan(array, "FFTW_BACKWARD").execute()
        array *= array.real.dtype.type(1 / array.size)

    def forward_rows(self, array: np.ndarray) -> None:
        self._plan(array, "FFTW_FORWARD", axes=(1,)).execute()

    def inverse_rows(self, array: np.ndarray) -> None:
        self._plan(array, "FFTW_BACKWARD", axes=(1,)).execute()
        array *= array.real.dtype.type(1 / array.shape[1])

    def _plan(self, array: np.ndarray, direction: str, axes: tuple[int, ...] = (0, 1)) -> Any:
        aligned = array.ctypes.data % ALIGNMENT == 0
        key = (array.shape, array.dtype.str, direction, axes, aligned)
        if key not in self._plans:
            flags = ("FFTW_ESTIMATE",) if aligned else ("FFTW_ESTIMATE", "FFTW_UNALIGNED")
            scratch = self.empty(array.shape, array.dtype)
            self._plans[key] = self._fftw.FFTW(
                scratch, scratch, axes=axes, direction=direction, flags=flags
            )
        plan = self._plans[key]
        plan.update_arrays(array, array)
        return plan


class ScipyFft(Fft):
    """pocketfft through scipy.fft: always there."""

    name = "scipy"

    def __init__(self) -> None:
        from scipy import fft

        self._fft = fft

    def forward(self, array: np.ndarray) -> None:
        array[...] = self._fft.fft2(array, overwrite_x=True)

    def inverse(self, array: np.ndarray) -> None:
        array[...] = self._fft.ifft2(array, overwrite_x=True)

    def forward_rows(self, array: np.ndarray) -> None:
        self._keep(self._fft.fft(array, axis=1, overwrite_x=True), array)

    def inverse_rows(self, array: np.ndarray) -> None:
        self._keep(self._fft.ifft(array, axis=1, overwrite_x=True), array)

    def threads(self, number: int) -> AbstractContextManager:
        return self._fft.set_workers(number)

    def _keep(self, result: np.ndarray, array: np.ndarray) -> None:
        if result.ctypes.data != array.ctypes.data:  # not done in place after all
            array[...] = result


def choose_fft(name: str | None = None) -> Fft:
    """Return transforms by name, or the first library installed.

    Parameters
    ----------
    name
        `"mkl"`, `"fftw"` or `"scipy"`; default: the environment variable `HRTEM_SIM_FFT`, else the
        first of these that is installed and loads.

    Raises
    ------
    ValueError
        For an unknown name.
    ImportError
        If the library is not installed; the message names the pip command.

    Examples
    --------
    >>> choose_fft("scipy").name
    'scipy'
    """
    name = name or os.environ.get("HRTEM_SIM_FFT") or next(filter(_loads, LIBRARIES))
    if name not in LIBRARIES:
        raise Refusal(f"name must be one of {', '.join(LIBRARIES)}; got {name!r}")
    return _load(name)


def available_fft() -> tuple[str, ...]:
    """Return the libraries that are installed and load, fastest first.

    Examples
    --------
    >>> "scipy" in available_fft()
    True
    """
    return tuple(filter(_loads, LIBRARIES))


def time_fft(shape: tuple[int, int], repeats: int = 5) -> dict[str, float]:
    """Return, for every installed library, the best seconds of a forward and inverse transform.

    Parameters
    ----------
    shape
        Pixels of the transforms, (ny, nx).
    repeats
        Number of times each is timed; the best counts.

    Examples
    --------
    >>> time_fft((16, 16), 1)["scipy"] > 0
    True
    """
    times = {}
    for name in available_fft():
        fft = choose_fft(name)
        array = fft.empty(shape)
        array.fill(1)
        seconds = []
        for _ in range(repeats + 1):
            start = perf_counter()
            fft.forward(array)
            fft.inverse(array)
            seconds.append(perf_counter() - start)
        times[name] = min(seconds[1:])
    return times


@cache
def _loads(name: str) -> bool:
    """Tell whether a library can be used; warn of one that is there and cannot."""
    modules = {"mkl": ("mkl_fft", "mkl"), "fftw": ("pyfftw",), "scipy": ("scipy",)}[name]
    if not all(map(find_spec, modules)):
        return False
    try:
        _load(name)
    except ImportError as error:
        warnings.warn(
            f"the FFT library {name!r} is installed and does not load, the next one is taken: "
            f"{error.__cause__}",
            stacklevel=3,
        )
        return False
    return True


@cache
def _load(name: str) -> Fft:
    classes: dict[str, type[Fft]] = {"mkl": MklFft, "fftw": Fftw, "scipy": ScipyFft}
    try:
        return classes[name]()
    except (ImportError, OSError) as error:
        command = {
            "mkl": 'pip install "micrograph-foundry[fft]"',
            "fftw": "pip install pyfftw",
            "scipy": "pip install scipy",
        }[name]
        raise ImportError(f"the FFT library {name!r} cannot be loaded: {command}") from error
