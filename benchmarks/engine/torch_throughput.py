"""Exit waves per second of the engine on PyTorch, on whatever device there is.

Usage:
    python benchmarks/engine/torch_throughput.py [device] [configurations]

Frozen phonons of the test object of `compare_abtem.py`, the whole cell on 512 x 512 and 1024 x 1024
pixels, 2 angstrom slices. Seconds are of wall time, second of two runs, atoms sorted and waves
brought back included.
"""

import sys
from pathlib import Path
from time import perf_counter

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from common import ENERGY, cropped, make_specimen

from hrtem_sim.grid import Grid
from hrtem_sim.specimen import displaced
from hrtem_sim.wave import WaveSettings
from hrtem_sim.wave.multislice import multislice
from hrtem_sim.wave.torch_multislice import import_torch, torch_multislice


def main() -> None:
    torch = import_torch()
    device = sys.argv[1] if len(sys.argv) > 1 else "cuda" if torch.cuda.is_available() else "cpu"
    default = 4 if device == "cpu" else 64
    number = int(sys.argv[2]) if len(sys.argv) > 2 else default
    if device == "cpu":
        torch.set_num_threads(1)
    name = "one CPU thread" if device == "cpu" else torch.cuda.get_device_name(device)
    specimen, rng = make_specimen(), np.random.default_rng(0)
    atoms = [displaced(specimen, rng, rms=0.1) for _ in range(number)]
    print(f"torch {torch.__version__}, {name}\n")
    print("| pixels | waves | seconds | waves / s | rms difference from the embedded engine |")
    print("|---|---|---|---|---|")
    for pixels in (512, 1024):
        grid = Grid((pixels, pixels), 102.4 / pixels)
        settings = WaveSettings(ENERGY)
        torch_multislice(atoms, grid, settings, device=device)
        start = perf_counter()
        waves = torch_multislice(atoms, grid, settings, device=device)
        seconds = perf_counter() - start
        (ours,) = multislice(atoms[0], grid, settings)
        difference = np.fft.ifft2(cropped(waves[0, 0]) - cropped(ours))
        rms = np.sqrt((np.abs(difference) ** 2).mean())
        speed = f"{number / seconds:.2f}"
        print(f"| {pixels} | {number} | {seconds:.2f} | {speed} | {rms:.1e} |", flush=True)


if __name__ == "__main__":
    main()
