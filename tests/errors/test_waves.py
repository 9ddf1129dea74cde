"""Bad input to microscopes and engines, and what is said when a program or library fails."""

import sys

import h5py
import numpy as np
import pytest

from hrtem_sim.dataset.recipe import ImagingRecipe
from hrtem_sim.imaging import Aberrations, ImagingConditions
from hrtem_sim.provenance import Distribution
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave import (
    FilmBank,
    PrismaticEngine,
    PrismaticError,
    WaveSettings,
    compute_exit_wave,
    converge,
    read_prismatic,
)
from hrtem_sim.wave.bank import waves_behind_film
from hrtem_sim.wave.prismatic import find_prismatic
from hrtem_sim.wave.prismatic.files import PARAMETERS, SLICES
from hrtem_sim.wave.prismatic.program import VARIABLE
from tests.errors.table import refusal as Row
from tests.errors.table import refused, table
from tests.physics.real_prismatic import REAL, add_phonon, changed, copied

KIRKLAND = WaveSettings(parametrization="kirkland")
FILM = Specimen([[2.0, 2.0, 1.0], [7.0, 5.0, 4.0]], [6, 6], (10.0, 10.0, 9.0), objects=("film",))
GOLD = Specimen([[5.0, 5.0, 7.0]], [79], (10.0, 10.0, 9.0), objects=("particle",))
HUGE = Specimen([[1.0, 1.0, 1.0]], [6], (1e6, 1e6, 2.0))
OBLONG = Specimen([[1.0, 1.0, 1.0]], [6], (10.0, 12.0, 2.0))


def settings(**values) -> WaveSettings:
    return WaveSettings(**values)


def imaging(**values) -> ImagingRecipe:
    return ImagingRecipe(dose=Distribution("constant", (400.0,)), **values)


def bank(*films, **values) -> FilmBank:
    return FilmBank.compute(films or [FILM], settings(**values))


def behind(surface=4.0, **values):
    return waves_behind_film(GOLD, bank().film(0), settings(**values), surface=surface)


# fmt: off
ROWS = (
    # Waves behind films that are computed once
    Row("waves_behind_film", "energy", "that of the film's waves", "200000.0", lambda: behind(energy=200e3)),
    Row("waves_behind_film", "pixel_size", "give the film's grid", "(100, 100)", lambda: behind(pixel_size=0.1)),
    Row("waves_behind_film", "surface", "lie in front", "30.0", lambda: behind(30.0)),
    Row("FilmBank.film", "symmetry", "whole number from 0 to 7", "8", lambda: bank().film(0, symmetry=8)),
    Row("FilmBank.film", "shift", "two finite lengths", "nan", lambda: bank().film(0, shift=(float("nan"), 0.0))),
    Row("FilmBank.film", "symmetry", "0 where the grid is not square", "1", lambda: bank(OBLONG).film(0, symmetry=1)),
    Row("FilmBank", "films", "one cell", "(10.0, 12.0)", lambda: bank(FILM, OBLONG)),
    Row("FilmBank", "rng", "must be given", "None", lambda: bank(phonons=1)),
    Row("FilmBank", "engine", "numpy for banked films", "TorchEngine", lambda: bank(engine="torch")),
    # Sampling and memory
    Row("converge", "error", "between 0 and 1", "5", lambda: converge(GOLD, error=5)),
    Row("converge", "error", "Give finer ones", "0.001", lambda: converge(GOLD, error=0.001, pixel_sizes=[0.2], slice_thicknesses=[2.0])),
    Row("converge", "pixel_size", "below 0.4 angstrom", "0.5", lambda: converge(GOLD, pixel_sizes=[0.5, 0.1])),
    Row("compute_exit_wave", "waves", "need up to", "there are 1e-06 GB", lambda: compute_exit_wave(GOLD, memory_limit=1e3), MemoryError),
    Row("compute_exit_wave", "waves", "larger pixels, fewer phonons", "1.6e+06 GB", lambda: compute_exit_wave(HUGE), MemoryError),
    Row("compute_exit_wave", "memory_limit", "positive", "0", lambda: compute_exit_wave(GOLD, memory_limit=0)),
    # What no microscope does
    Row("Conditions", "defocus", "of magnitude 0 to 200000", "1000000.0", lambda: ImagingConditions(defocus=1e6)),
    Row("Conditions", "focal_spread", "0 to 500 angstrom", "-3.0", lambda: ImagingConditions(focal_spread=-3.0)),
    Row("Aberrations", "C12", "of magnitude 0 to 10000", "100000.0", lambda: Aberrations(C12=1e5)),
    Row("ImagingRecipe", "defocus", "must be", "1000000.0", lambda: imaging(defocus=Distribution("normal", (0.0, 1e6)))),
    Row("ImagingRecipe", "aberrations.C30", "a Distribution", "{'uniform': [0, 1]}", lambda: imaging(aberrations={"C30": {"uniform": [0, 1]}})),
    Row("ImagingRecipe", "vibration", "must be", "1.0", lambda: imaging(vibration=Distribution("normal", (1.0, 1.0)))),
    # What Prismatic cannot do
    Row("prismatic", "tilt", 'must be 0 with the engine "prismatic"', "(1.0, 0.0)", lambda: settings(parametrization="kirkland", tilt=(1.0, 0.0), engine="prismatic")),
    Row("prismatic", "parametrization", '"kirkland" with the engine "prismatic"', "'lobato'", lambda: compute_exit_wave(GOLD, engine="prismatic")),
    Row("prismatic", "radius", "positive", "-1.0", lambda: PrismaticEngine(radius=-1.0)),
    Row("prismatic", "timeout", "positive", "0.0", lambda: PrismaticEngine(timeout=0.0)),
    Row("prismatic", "threads", "at least 1", "0", lambda: PrismaticEngine(threads=0)),
    Row("prismatic", "potential", "'3d', '2d', 'ours'", "'4d'", lambda: PrismaticEngine(potential="4d")),
    Row("prismatic", "program", "executable file", "'/nowhere/p'", lambda: find_prismatic("/nowhere/p"), PrismaticError),
)
# fmt: on


@table(*ROWS)
def test_a_bad_input_is_refused_in_words(row):
    refused(row)


def test_missing_torch_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    call = lambda: compute_exit_wave(GOLD, engine="torch")  # noqa: E731
    refused(Row("torch", "engine", "pip install torch", '"torch"', call, ImportError))


def test_our_potential_needs_the_module_of_prismatic(imitation):
    ours = PrismaticEngine(potential="ours", program=imitation)
    with pytest.raises(PrismaticError, match='potential "ours" needs pyprismatic'):
        compute_exit_wave(GOLD, engine=ours)


@pytest.mark.parametrize(
    ("failure", "message"),
    [
        ("message", "ended with code 1; its last words: .*Error: bad atoms"),
        ("abort", "was ended by signal 6"),
        ("silent", "ended without an output; its last words: Warning: nothing to do"),
        ("torn", "no whole Prismatic output.*last words"),
        ("hang", "did not finish within 2 s"),
    ],
)
def test_failures_of_prismatic_are_told(imitation, monkeypatch, failure, message):
    monkeypatch.setenv("IMITATION", failure)
    timeout = 2.0 if failure == "hang" else 60.0
    with pytest.raises(PrismaticError, match=message):
        compute_exit_wave(
            GOLD, KIRKLAND, engine=PrismaticEngine(program=imitation, timeout=timeout)
        )


@pytest.mark.usefixtures("no_prismatic")
def test_no_prismatic_is_told_with_what_to_do(monkeypatch):
    with pytest.raises(PrismaticError, match=r"not installed for .*: conda install .*HRTEM_SIM"):
        find_prismatic()
    monkeypatch.setenv(VARIABLE, "/nowhere/prismatic")
    with pytest.raises(PrismaticError, match="HRTEM_SIM_PRISMATIC must be an executable file"):
        find_prismatic()


@pytest.mark.usefixtures("no_prismatic")
@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "raise ImportError('libfftw3f.so.3: cannot open shared object file')\n",
            "ImportError: libfftw3f.so.3: cannot open shared",
        ),
        ("import os; os.abort()\n", "ended by signal 6"),
    ],
)
def test_a_module_that_does_not_load_shows_its_words(pyprismatic, text, words):
    pyprismatic(text)
    with pytest.raises(PrismaticError, match=f"does not load: .*{words}"):
        find_prismatic()


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"C3": 1e7}, r"-C3 1e\+07, which is part of its waves"),
        ({"C5": 1e7}, r"-C5 1e\+07, which is part of its waves"),
        ({"tot": [5, 0]}, r"tilted beam \(-tot "),
        ({"xtt": [0, 3, 1]}, r"tilted beam \(-xtt "),
        ({"ytt": [0, 3, 1]}, r"tilted beam \(-ytt "),
        ({"rtt": [1, 3]}, r"tilted beam \(-rtt "),
        ({"F": 8}, "holds 1 of 8 phonons"),
        ({"eff_pixel_size_x": 0.3}, "must hold pixels of"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_waves_of_prismatic_with_options_that_are_not_ours_are_refused(
    tmp_path, parameters, message
):
    file = copied(tmp_path / "wave.h5")
    kind = np.int32 if "F" in parameters else np.float32
    changed(file, **{name: kind(value) for name, value in parameters.items()})
    with pytest.raises(PrismaticError, match=message):
        read_prismatic(file)


def of_several_phonons(path):
    add_phonon(path, 1, 1.0)
    changed(path, df=np.float32(50.0))


def of_three_tilts(path):
    with h5py.File(path, "r+") as file:
        data = np.repeat(file[f"{SLICES}/HRTEM_fp0000/data"][:], 3, axis=2)
        del file[f"{SLICES}/HRTEM_fp0000/data"]
        file[f"{SLICES}/HRTEM_fp0000/data"] = data


def of_intensities(path):
    with h5py.File(path, "r+") as file:
        file.move(f"{SLICES}/HRTEM_fp0000", f"{SLICES}/HRTEM")


def of_nothing(path):
    with h5py.File(path, "r+") as file:
        del file[f"{SLICES}/HRTEM_fp0000"]


def without_energy(path):
    with h5py.File(path, "r+") as file:
        del file[PARAMETERS].attrs["E"]


def torn(path):
    path.write_bytes(REAL.read_bytes()[:3000])


def gone(path):
    path.unlink()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (of_several_phonons, "-df 50, which Prismatic gives every phonon after"),
        (of_three_tilts, "3 tilts of the beam; run it without -xtt"),
        (of_intensities, r"intensities only; .* -com 1 \(saveComplexOutputW"),
        (of_nothing, "no HRTEM wave; run Prismatic with -a t"),
        (without_energy, r"no whole Prismatic output: .*lack 'E'"),
        (torn, "no whole Prismatic output"),
        (gone, "no whole Prismatic output"),
    ],
)
def test_files_without_waves_of_ours_are_refused(tmp_path, change, message):
    file = copied(tmp_path / "wave.h5")
    change(file)
    with pytest.raises(PrismaticError, match=message):
        read_prismatic(file)
