#!/usr/bin/env python3
"""Imitates the command line of Prismatic 2 and its failures, for tests of the adapter.

It computes with a plain numpy multislice of its own: the beam enters at z = c, the potential has
the pixel asked for, slices transmit at their front, waves are cut to half the Fourier grid and
given at the middle of the cell. The environment variable IMITATION asks for a failure; the words of
every run are added to the file that IMITATION_LOG names.
"""

import os
import sys
import time

import h5py
import numpy as np

FAILURE = os.environ.get("IMITATION", "")
KNOWN = {
    "-i", "-o", "-a", "-E", "-px", "-py", "-s", "-f", "-F", "-te", "-oc", "-com", "-j", "-P",
    "-3DP", "-3DPZ",
}  # fmt: skip


def main() -> int:
    options = dict(zip(sys.argv[1::2], sys.argv[2::2], strict=True))
    for name in options:
        if name not in KNOWN:
            print(f"Invalid option {name}")
            return 1
    if "HOME" not in os.environ:
        os.abort()
    if FAILURE == "message":
        print("Entering PRISM01_calcPotential")
        print("Error: bad atoms")
        return 1
    if FAILURE == "abort":
        os.abort()
    if "IMITATION_LOG" in os.environ:
        with open(os.environ["IMITATION_LOG"], "a", encoding="utf-8") as stream:
            stream.write(" ".join([str(os.getpid()), os.getcwd(), *sys.argv[1:]]) + "\n")
    if FAILURE == "hang":
        time.sleep(600)
    if FAILURE == "silent":
        print("Warning: nothing to do")
        return 0
    with open(options["-i"], encoding="utf-8") as stream:
        lines = stream.read().splitlines()
    cell = np.array(lines[1].split(), float)
    atoms = np.array([line.split() for line in lines[2:] if len(line.split()) == 6], float)
    pixel = float(options["-px"]), float(options["-py"])
    shape = [4 * round(cell[i] / pixel[i] / 4) for i in (0, 1)]
    wave = simulate(atoms, cell, shape, float(options["-E"]) * 1e3, float(options["-s"]))
    with h5py.File(options["-o"], "w") as file:
        root = "4DSTEM_simulation/"
        file[root + "data/realslices/HRTEM_fp0000/data"] = wave[..., None].astype(np.complex64)
        parameters = file.create_group(root + "metadata/metadata_0/original/simulation_parameters")
        parameters.attrs["E"] = np.float32(options["-E"])
        parameters.attrs["s"] = np.float32(options["-s"])
        parameters.attrs["F"] = np.int32(options["-F"])
        parameters.attrs["c"] = cell.astype(np.float32)
        parameters.attrs["t"] = np.ones(3, np.float32)
        for i, axis in enumerate("xy"):
            parameters.attrs[f"eff_pixel_size_{axis}"] = np.float32(cell[i] / wave.shape[i])
    if FAILURE == "torn":
        with open(options["-o"], "r+b") as stream:
            stream.truncate(3000)
    open(os.path.join(os.environ["HOME"], "prismatic_gui_params.txt"), "wb").close()
    return 0


def simulate(atoms, cell, shape, energy, thickness, middle=False):
    """Multislice on [x, y] with exact sums: slow, independent, small.

    Slices transmit at their front as Prismatic's do, or in their middle.
    """
    from hrtem_sim.electron import interaction_parameter, wavelength
    from hrtem_sim.potential import scattering_factor

    kx, ky = (np.fft.fftfreq(n, c / n) for n, c in zip(shape, cell[:2], strict=True))
    k2 = kx[:, None] ** 2 + ky[None] ** 2
    lam, sigma = wavelength(energy), interaction_parameter(energy)
    n_slices = round(cell[2] / thickness)
    keep = [abs(k) < 0.25 * n / c for k, n, c in zip((kx, ky), shape, cell[:2], strict=True)]
    band = np.outer(*keep)
    wave = np.ones(shape, complex)
    place = np.minimum(((cell[2] - atoms[:, 3]) / thickness).astype(int), n_slices - 1)

    def flown(wave, distance):
        return np.fft.ifft2(np.fft.fft2(wave) * band * np.exp(-1j * np.pi * lam * distance * k2))

    for index in range(n_slices):
        v = np.zeros(shape, complex)
        for number, x, y in atoms[place == index][:, :3]:
            ramp = np.outer(np.exp(-2j * np.pi * kx * x), np.exp(-2j * np.pi * ky * y))
            v += scattering_factor(int(number), k2, "kirkland") * ramp
        v = np.fft.ifft2(v).real * 47.87801 * v.size / (cell[0] * cell[1])
        wave = flown(wave, thickness / 2) if middle else wave
        wave = flown(wave * np.exp(1j * sigma * v), thickness / 2 if middle else thickness)
    spectrum = np.fft.fft2(flown(wave, -cell[2] / 2))
    half = [n // 2 for n in shape]
    rows = [np.round(np.fft.fftfreq(h, 1 / h)).astype(int) for h in half]
    return np.fft.ifft2(spectrum[np.ix_(rows[0], rows[1])]) / 4


if __name__ == "__main__":
    sys.exit(main())
