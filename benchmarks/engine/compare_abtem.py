"""CPU time, error and memory of exit waves, side by side with abTEM, on one thread.

Usage:
    python benchmarks/engine/compare_abtem.py [rounds]

Prints markdown tables: CPU seconds and errors, at the end of our settings that err as abTEM does;
the stages of one wave. abTEM is GPL software that users install themselves (pip install abtem);
without it only our own rows are printed.
"""

import os

for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import platform
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import cached_property
from importlib.metadata import version
from importlib.util import find_spec
from multiprocessing import get_context

import numpy as np

sys.path.insert(0, os.path.dirname(__file__))
from common import (
    ENERGY,
    FILM_THICKNESS,
    WAVELENGTH,
    bare_transforms,
    cpu_seconds,
    interleaved,
    make_specimen,
    peak_memory,
    reference_spectrum,
    scattered_error,
)
from stages import stages

from hrtem_sim.fft import choose_fft
from hrtem_sim.grid import Grid, propagator
from hrtem_sim.wave import FilmBank, WaveSettings, compute_exit_waves, waves_behind_film


class Runs:
    """The calculations compared, each a function that returns its exit wave."""

    def __init__(self) -> None:
        self.specimen = make_specimen()
        self.particle = self.specimen.only("particle")

    @cached_property
    def bank(self) -> FilmBank:
        return FilmBank.compute([self.specimen.only("film")], WaveSettings())

    def ours(self, parts: int = 1, **settings) -> np.ndarray:
        wanted = [("particle", "film"), ("particle",)][:parts]
        how = WaveSettings(**settings, particles=("particle",))
        waves = compute_exit_waves(self.specimen, wanted, how, rng=0)
        return waves[0].array[0]

    def banked(self, **settings) -> np.ndarray:
        settings = WaveSettings(**settings)
        film = self.bank.film(0, shift=(0.0, 0.0), symmetry=0)
        waves = waves_behind_film(self.particle, film, settings, surface=FILM_THICKNESS)
        return waves[0].array[0]

    def abtem(self, pixels: int) -> Callable[[], np.ndarray]:
        """Function that returns abTEM's wave: [x, y], at the exit plane."""

        def run() -> np.ndarray:
            import abtem
            from ase import Atoms

            abtem.config.set({"fft": "fftw", "fftw.threads": 1, "num_threads": 1})
            s = self.specimen
            atoms = Atoms(numbers=s.numbers, positions=s.positions, cell=s.cell, pbc=True)
            potential = abtem.Potential(
                atoms,
                gpts=pixels,
                slice_thickness=2.0,
                projection="infinite",
                parametrization="lobato",
            )
            return abtem.PlaneWave(energy=ENERGY).multislice(potential, lazy=False).array

        return run

    def all(self) -> dict[str, Callable[[], np.ndarray]]:
        runs = {}
        if find_spec("abtem"):
            runs |= {f"abTEM {n}": self.abtem(n) for n in (512, 1024)}
        return runs | {
            "whole cell 512": lambda: self.ours(pixel_size=0.2),
            "whole cell 1024": lambda: self.ours(pixel_size=0.1),
            "windows, particle 0.106": lambda: self.ours(particle_pixel=0.106),
            "windows, particle 0.1": lambda: self.ours(particle_pixel=0.1),
            "banked film, particle 0.106": lambda: self.banked(particle_pixel=0.106),
            "banked film, particle 0.1": lambda: self.banked(particle_pixel=0.1),
            "windows 0.1, and the particle alone": lambda: self.ours(2, particle_pixel=0.1),
        }

    def at_equal_error(self) -> dict[str, Callable[[], np.ndarray]]:
        """Settings that err about as much as abTEM with 0.1 angstrom pixels and 2 angstrom slices.

        For the whole cell `converge(..., error=0.036)` chooses these. Errors do not fall steadily
        with slices, for atoms come to lie in others.
        """
        return {
            "whole cell 1024, 4 A slices": lambda: self.ours(pixel_size=0.1, slice_thickness=4.0),
            "windows, particle 0.106, 3.7 A": lambda: self.ours(
                particle_pixel=0.106, slice_thickness=3.7
            ),
            "banked film, particle 0.106, 4 A": lambda: self.banked(
                particle_pixel=0.106, slice_thickness=4.0
            ),
        }


def in_our_frame(name: str, wave: np.ndarray) -> np.ndarray:
    """Wave as [y, x] at the middle of the cell."""
    if not name.startswith("abTEM"):
        return wave
    back = propagator(Grid(wave.shape, 102.4 / wave.shape[0]), -40.0, WAVELENGTH)
    return np.fft.ifft2(np.fft.fft2(wave.T) * back)


def memory_of(name: str) -> float:
    """Peak resident memory of a fresh process that does one run, in megabytes."""
    out = subprocess.run(
        [sys.executable, __file__, "--memory", name], check=True, capture_output=True, text=True
    )
    return float(out.stdout.split()[-1])


def _waves_of_a_worker(number: int) -> float:
    """CPU seconds per pair of waves, in a process of its own."""
    runs = Runs()
    runs.ours(2, particle_pixel=0.1)
    return cpu_seconds(lambda: [runs.ours(2, particle_pixel=0.1) for _ in range(number)]) / number


def throughput(processes: int, each: int = 20) -> float:
    """Pairs of waves per second, were every process given a core of its own."""
    context = get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        return sum(1 / seconds for seconds in pool.map(_waves_of_a_worker, [each] * processes))


def main() -> None:
    if len(sys.argv) > 2 and sys.argv[1] == "--memory":
        runs = Runs()
        (runs.all() | runs.at_equal_error())[sys.argv[2]]()
        print(peak_memory())
        return
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    runs = Runs()
    reference = reference_spectrum(runs.specimen)
    functions = runs.all() | runs.at_equal_error()
    floors = {f"bare FFT pairs {n}": bare_transforms(n) for n in (512, 1024)}
    seconds = interleaved({**floors, **functions}, rounds)
    peers = {name: seconds[name] for name in seconds if name.startswith("abTEM")}
    packages = ["numpy", "numba", *(["abtem"] if peers else [])]
    print(f"{platform.processor() or platform.machine()}, FFT: {choose_fft().name}, ", end="")
    print(", ".join(f"{package} {version(package)}" for package in packages))
    print()
    print("| run | CPU s | x bare FFT | x faster than abTEM | error | peak MB |")
    print("|---|---|---|---|---|---|")
    for name, taken in seconds.items():
        grid = "512" if "512" in name else "1024"
        floor = seconds[f"bare FFT pairs {grid}"]
        faster = f"{peers[f'abTEM {grid}'] / taken:.1f}" if peers and name in functions else ""
        error = memory = ""
        if name in functions:
            error = (
                f"{100 * scattered_error(in_our_frame(name, functions[name]()), reference):.1f} %"
            )
            memory = f"{memory_of(name):.0f}"
        ratio = f"{taken / floor:.1f}" if "512" in name or "1024" in name else ""
        print(f"| {name} | {taken:.3f} | {ratio} | {faster} | {error} | {memory} |", flush=True)
    print("\n| stage of whole cell 1024 | CPU s |")
    print("|---|---|")
    for stage, taken in stages(functions["whole cell 1024"]).items():
        print(f"| {stage} | {taken:.3f} |")
    eight = WaveSettings(particle_pixel=0.1, particles=("particle",), phonons=8)

    def phonons() -> None:
        parts = [("particle", "film"), ("particle",)]
        compute_exit_waves(runs.specimen, parts, eight, rng=0)

    taken = sorted(cpu_seconds(phonons) for _ in range(3))[1]
    print(f"\nwhole + particle alone, 8 phonons: {taken:.2f} CPU s, {1 / taken:.2f} per CPU second")
    one, two = throughput(1), throughput(2)
    print(f"one process: {one:.2f} pairs per CPU second, two at once: {two:.2f}, {two / one:.2f} x")


if __name__ == "__main__":
    main()
