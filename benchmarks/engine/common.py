"""The test object of the engine's benchmarks, its reference wave, and how errors are measured."""

import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from hrtem_sim.fft import choose_fft
from hrtem_sim.grid import Grid, fourier_resize, propagator
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave import WaveSettings
from hrtem_sim.wave.multislice import multislice

ENERGY = 300e3
WAVELENGTH = 0.0196875
CUTOFF = 1.25
"""1/angstrom; errors count below it."""

FILM_THICKNESS = 35.0


def make_specimen() -> Specimen:
    """102.4 x 102.4 x 80 A: 35 A of amorphous carbon, then a turned gold sphere of 45 A.

    Built once and kept in a file, so that peak memory is not that of the builder.
    """
    path = Path(tempfile.gettempdir()) / "engine-specimen.npz"
    if not path.exists():
        specimen = _built()
        np.savez(
            path,
            positions=specimen.positions,
            numbers=specimen.numbers,
            cell=specimen.cell,
            labels=specimen.labels,
        )
    with np.load(path) as data:
        arrays = (data[name] for name in ("positions", "numbers", "cell", "labels"))
        return Specimen(*arrays, objects=("particle", "film"))


def _built() -> Specimen:
    from scipy.spatial.transform import Rotation as SpatialRotation

    from czone.generator import AmorphousGenerator, Generator
    from czone.scene import Scene
    from czone.transform import Rotation, Translation
    from czone.volume import Sphere, Volume, make_rect_prism

    gold = Generator.from_spacegroup(["Au"], np.zeros((1, 3)), [4.078] * 3, [90.0] * 3, sgn=225)
    sphere = Volume(alg_objects=[Sphere(22.5, np.zeros(3))], generator=gold, priority=0)
    sphere.transform(Rotation(SpatialRotation.random(random_state=7).as_matrix()))
    sphere.transform(Translation(np.array([51.2, 51.2, FILM_THICKNESS + 22.5])))
    carbon = AmorphousGenerator(species="C", density=0.1, min_dist=1.4, rng=2)
    film = Volume(
        points=make_rect_prism(102.4, 102.4, FILM_THICKNESS), generator=carbon, priority=1
    )
    scene = Scene(
        bounds=np.array([[0, 0, 0], [102.4, 102.4, 80.0]]),
        objects=[sphere, film],
        min_distance="contact",
    )
    scene.populate()
    return Specimen.from_scene(scene, objects=("particle", "film"))


def reference_spectrum(specimen: Specimen) -> np.ndarray:
    """Spectrum of the wave of 2048 x 2048 pixels and 0.5 A slices, on 512 x 512; kept in a file."""
    path = Path(tempfile.gettempdir()) / f"engine-reference-{len(specimen)}.npy"
    if not path.exists():
        grid = Grid((2048, 2048), 0.05)
        (wave,) = multislice(specimen, grid, WaveSettings(ENERGY, slice_thickness=0.5))
        np.save(path, cropped(wave))
    return np.load(path)


def cropped(wave: np.ndarray) -> np.ndarray:
    """Spectrum of a wave on 512 x 512 pixels."""
    return fourier_resize(np.fft.fft2(wave), (512, 512))


def scattered_error(wave: np.ndarray, reference: np.ndarray, focus: float = 1.0) -> float:
    """Return the error of the scattered wave below `CUTOFF`, over its amplitude.

    Global phase and up to `focus` angstrom of defocus, half a slice by which codes differ in where
    they put the wave, are taken out to the advantage of every code.
    """
    grid = Grid((512, 512), 0.2)
    band = grid.squared_frequency() < CUTOFF**2
    ours, right = cropped(wave)[band], reference[band]
    scattered = np.linalg.norm(right[1:])  # without the direct beam

    def error(distance: float) -> float:
        moved = ours * propagator(grid, distance, WAVELENGTH)[band]
        overlap = np.vdot(moved, right)
        return np.linalg.norm(moved * overlap / abs(overlap) - right) / scattered

    return min(error(distance) for distance in np.linspace(-focus, focus, 41))


def cpu_seconds(function: Callable[[], object]) -> float:
    """CPU seconds of one call."""
    start = time.process_time()
    function()
    return time.process_time() - start


def interleaved(functions: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median CPU seconds of functions called in turn, after one call of each to warm up."""
    seconds = {name: [] for name in functions}
    for turn in range(rounds + 1):
        for name, function in functions.items():
            taken = cpu_seconds(function)
            if turn:
                seconds[name].append(taken)
    return {name: statistics.median(taken) for name, taken in seconds.items()}


def bare_transforms(pixels: int, slices: int = 40) -> Callable[[], None]:
    """Forward and inverse transform per slice and nothing else: what multislice cannot avoid."""
    fft = choose_fft()
    array = fft.empty((pixels, pixels))
    array.fill(1)

    def run() -> None:
        for _ in range(slices):
            fft.forward(array)
            fft.inverse(array)

    return run


def peak_memory() -> float:
    """Largest resident memory of this process so far, in megabytes.

    From Linux itself where it is told: `getrusage` of a child process counts its parent's.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="utf-8").splitlines()
        line = next(line for line in lines if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
