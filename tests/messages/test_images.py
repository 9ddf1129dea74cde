"""Advice of `hrtem_sim` on specimens, waves and images is followed."""

import re
import tomllib
import warnings
from ast import literal_eval
from dataclasses import replace
from pathlib import Path
from re import escape

import h5py
import numpy as np
import pytest
from ase import Atoms
from ase.build import bulk

from hrtem_sim.dataset import DatasetRecipe
from hrtem_sim.dataset.particle_recipe import ParticleRecipe
from hrtem_sim.grid import Grid
from hrtem_sim.imaging import (
    Aberrations,
    Clipped,
    Detector,
    ImagingConditions,
    expected_image,
    form_images,
)
from hrtem_sim.mask import phase_mask
from hrtem_sim.provenance import Distribution, from_table, to_table
from hrtem_sim.refusal import Implausible, Refusal, answered
from hrtem_sim.specimen import (
    Specimen,
    displacements_in,
    orthorhombic,
    rectangular,
    rms_displacements,
)
from hrtem_sim.wave import (
    ExitWave,
    PrismaticError,
    WaveSettings,
    compute_exit_wave,
    converge,
    read_prismatic,
)
from hrtem_sim.wave.prismatic.files import SLICES
from hrtem_sim.wave.prismatic.program import INSTALL, find_prismatic
from tests.physics.real_prismatic import REAL, add_phonon, changed, copied

ROOT = Path(__file__).parents[2]
ATOM = Specimen([[5.0, 5.0, 7.0]], [79], (10.0, 10.0, 9.0), objects=("particle",))


def advised(words: str, error: type[Exception] = Refusal):
    """Expect an error that gives this advice."""
    return pytest.raises(error, match=escape(words))


@pytest.mark.follows("give one number, or values of your own such as ")
def test_displacements_as_the_message_writes_them_hold_for_the_whole_specimen():
    """Particle and film: what is advised for the one has to hold for the other as well."""
    both = Specimen(
        [[2.0, 2.0, 2.0], [3.0, 3.0, 4.0], [5.0, 5.0, 7.0]], [58, 7, 6], (10.0, 10.0, 9.0),
        labels=[0, 0, 1], objects=("particle", "film"),
    )  # fmt: skip
    with advised("give one number, or values of your own such as ") as caught:
        rms_displacements(both)
    values = literal_eval(re.search(r"\{.*\}", str(caught.value))[0])
    np.testing.assert_allclose(rms_displacements(both, values), 0.08)
    np.testing.assert_allclose(rms_displacements(both, 0.07), 0.07)


@pytest.mark.follows("Nearest that works: ...")
@pytest.mark.parametrize(
    ("extent", "wave", "asked"),
    [((102.4, 102.4), 0.2, 0.7), ((25.6, 38.4), 0.1, 0.37), ((10.0, 10.0), 0.5, 30.0)],
)
def test_the_nearest_pixel_of_camera_and_mask_is_taken(extent, wave, asked):
    """And none between it and the one that was asked for would be."""
    grid = Grid.covering(extent, wave)
    beam = ExitWave(np.ones((1, *grid.shape), np.complex64), grid, 300e3)

    def camera(pixel):
        return expected_image(beam, ImagingConditions(), Detector(pixel))

    def mask(pixel):
        return phase_mask(beam, pixel)

    for made in (camera, lambda pixel: mask(pixel).classes):
        if asked > 10 and made is camera:
            continue  # no camera has such pixels
        with advised("Nearest that works: ") as caught:
            made(asked)
        near = float(str(caught.value).rpartition(": ")[2])
        ny, nx = made(near).shape
        assert (ny * near, nx * near) == pytest.approx(grid.extent, rel=2e-3)
        between = np.linspace(asked, near, 9)[1:-1]
        for pixel in between[abs(between - near) > 2e-3 * near]:
            with pytest.raises(Refusal, match="pixel_size must"):
                made(float(pixel))


def test_displacements_as_the_message_writes_them_are_read_in_a_recipe(tiny):
    """A recipe is not Python: what its reader says can be put into the file as it stands."""
    table = to_table(tiny) | {"wave": {"phonons": 1}}
    table["film"] = table["film"] | {"material": "CeN", "density": 0.09, "min_distance": 1.8}
    with advised("give one number, or values of your own such as ") as caught:
        from_table(DatasetRecipe, table, "dataset")
    values = tomllib.loads("rms = " + re.search(r"\{.*\}", str(caught.value))[0])
    table["wave"] |= values
    assert from_table(DatasetRecipe, table, "dataset").wave.rms == tuple(
        sorted(values["rms"].items())
    )
    code, line = answered(lambda: len(displacements_in({"Ce": 1, "N": 1}, "measured")))
    assert code == 2
    assert "{ Ce = 0.08, N = 0.08 }" in line


def oblique() -> Atoms:
    """Copper in a cell that no three orthogonal vectors of its lattice span."""
    return Atoms("Au", cell=[4, 5, 6, 81.3, 95.7, 110.9], pbc=True)


@pytest.mark.follows("cut a block of the crystal instead", "Cut a block of the sheet; or, if it is")
def test_a_block_cut_from_an_oblique_crystal_is_a_specimen():
    with advised("cut a block of the crystal instead"):
        orthorhombic(oblique())
    sheet = Atoms("Au", cell=[4, 5.1, 6, 90, 90, 100.9], pbc=(True, True, False))
    with advised("Cut a block of the sheet"):
        rectangular(sheet)
    for whole in (oblique(), sheet):
        block = whole.repeat((8, 8, 1))
        x, y, _ = block.positions.T
        inside = (abs(x - x.mean()) < 6) & (abs(y - y.mean()) < 6)
        block = block[inside]
        block.set_cell([14.0, 14.0, 6.0])
        block.center()
        assert len(Specimen.from_ase(block).positions) == inside.sum() > 2
    hexagonal = Atoms("C", cell=[2.46, 2.46 + 1e-8, 6, 90, 90, 120], pbc=(True, True, False))
    assert len(rectangular(hexagonal)) == 2


@pytest.mark.follows("Give finer ones")
def test_finer_settings_reach_the_error():
    coarse = {"pixel_sizes": [0.2], "slice_thicknesses": [2.0]}
    with advised("Give finer ones"):
        converge(ATOM, error=0.02, **coarse)
    converge(ATOM, error=0.02, pixel_sizes=[0.2, 0.1, 0.05], slice_thicknesses=[2.0, 1.0])


@pytest.mark.follows("take larger pixels, fewer phonons or a smaller cell")
@pytest.mark.parametrize("less", ["pixel", "phonons", "cell"])
def test_waves_of_larger_pixels_fewer_phonons_or_smaller_cells_fit(less):
    limit, many = 12e6, WaveSettings(pixel_size=0.1, phonons=16, rms=0.1)
    wide = replace(ATOM, cell=(40.0, 40.0, 9.0))
    with advised("take larger pixels, fewer phonons or a smaller cell", MemoryError):
        compute_exit_wave(wide, many, rng=1, memory_limit=limit)
    smaller = {"pixel": replace(many, pixel_size=0.4), "phonons": replace(many, phonons=0)}
    specimen = ATOM if less == "cell" else wide
    compute_exit_wave(specimen, smaller.get(less, many), rng=1, memory_limit=limit)


@pytest.mark.follows("take a lower dose or gain, or a camera with a larger saturation")
def test_with_lower_dose_or_gain_or_larger_saturation_nothing_is_cut():
    electrons, rng = np.full((16, 16), 200.0), np.random.default_rng(1)
    camera = Detector(0.4, gain=10.0, saturation=1000)
    with pytest.warns(Clipped, match="take a lower dose or gain, or a camera with a larger"):
        camera.record(electrons, rng)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        camera.record(electrons / 10, rng)
        replace(camera, gain=1.0).record(electrons, rng)
        replace(camera, saturation=60_000).record(electrons, rng)


@pytest.mark.follows(": did you mean ... ..., ...?")
def test_the_number_that_was_meant_is_taken_without_a_word():
    with pytest.warns(Implausible, match="did you mean") as caught:
        ImagingConditions(focal_spread=1.0)
    said = str(caught[0].message)
    meant = float(re.search(r"did you mean \S+ \S+, (\S+?)\?", said)[1])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ImagingConditions(focal_spread=meant)


@pytest.mark.follows(": give ...", ": give ...(**...)", ": give (...,)")
def test_what_is_to_be_given_instead_of_a_table_a_number_or_a_text_is_taken():
    """The words after "give" are Python, and what they say is what was meant."""

    names = {"Aberrations": Aberrations, "Distribution": Distribution}

    def given_instead(make, field: str, value):
        with advised(": give ") as caught:
            make(**{field: value})
        words = str(caught.value).rpartition(": give ")[2]
        return getattr(make(**{field: eval(words, names)}), field)

    def conditions(**values):
        return ImagingConditions(**values)

    def particle(**values):
        return ParticleRecipe(**{"radius": Distribution("constant", (20.0,)), **values})

    assert given_instead(conditions, "aberrations", {"C30": 1e7}) == Aberrations(C30=1e7)
    assert given_instead(particle, "radius", 25.0) == Distribution("constant", (25.0,))
    uniform = Distribution("uniform", (20.0, 30.0))
    assert given_instead(particle, "radius", {"uniform": [20.0, 30.0]}) == uniform
    assert given_instead(WaveSettings, "particles", "gold") == ("gold",)


@pytest.fixture
def file(tmp_path):
    return copied(tmp_path / "wave.h5")


@pytest.mark.follows("phonons: run it again")
def test_a_run_with_all_its_phonons_is_read(file):
    changed(file, F=np.int32(2))
    with advised("phonons: run it again", PrismaticError):
        read_prismatic(file)
    add_phonon(file, 1, 1.0)
    assert len(read_prismatic(file).array) == 2


@pytest.mark.follows(
    "have it written with -com 1 (saveComplexOutputWave = True)",
    "run Prismatic with -a t (algorithm = 'hrtem') and -com 1 (saveComplexOutputWave = True)",
)
def test_waves_that_are_written_whole_are_read(file):
    """The file of the tests was written with `-a t -com 1`; one without has other groups."""
    with h5py.File(file, "r+") as opened:
        opened.move(f"{SLICES}/HRTEM_fp0000", f"{SLICES}/HRTEM")
    with advised("have it written with -com 1", PrismaticError):
        read_prismatic(file)
    with h5py.File(file, "r+") as opened:
        opened.move(f"{SLICES}/HRTEM", f"{SLICES}/other")
    with advised("run Prismatic with -a t (algorithm = 'hrtem') and -com 1", PrismaticError):
        read_prismatic(file)
    assert read_prismatic(REAL).array.dtype == np.complex64


@pytest.mark.follows("in mrad); run it without", "run it without -xtt, -ytt and -rtt")
def test_a_run_without_tilt_is_read(file):
    changed(file, xtt=np.float32(2.0))
    with advised("in mrad); run it without", PrismaticError):
        read_prismatic(file)
    changed(file, xtt=np.float32(0.0))
    read_prismatic(file)
    with h5py.File(file, "r+") as opened:
        data = opened[f"{SLICES}/HRTEM_fp0000/data"][:]
        del opened[f"{SLICES}/HRTEM_fp0000/data"]
        opened[f"{SLICES}/HRTEM_fp0000/data"] = np.concatenate([data, data], axis=2)
    with advised("run it without -xtt, -ytt and -rtt", PrismaticError):
        read_prismatic(file)


@pytest.mark.follows(
    "run it without and give form_image the aberrations",
    "run it without and give form_image the defocus",
)
def test_aberrations_and_defocus_are_given_to_the_image_instead(file):
    changed(file, C3=np.float32(1e7))
    with advised("run it without and give form_image the aberrations", PrismaticError):
        read_prismatic(file)
    changed(file, C3=np.float32(0.0), df=np.float32(100.0))
    add_phonon(file, 1, 1.0)
    with advised("run it without and give form_image the defocus", PrismaticError):
        read_prismatic(file)
    changed(file, df=np.float32(0.0))
    wave, camera = read_prismatic(file), Detector(0.2)
    plain = expected_image(wave, ImagingConditions(), camera)
    blurred = ImagingConditions(defocus=100.0, aberrations=Aberrations(C30=1e7))
    assert np.ptp(expected_image(wave, blurred, camera) - plain) > 0.01


@pytest.mark.follows(
    'the default engine "numpy" needs nothing', "get version 2: ", "pyprismatic=2.*"
)
def test_without_prismatic_its_path_or_the_default_engine_does(
    no_prismatic, imitation, pyprismatic, monkeypatch
):
    with advised('the default engine "numpy" needs nothing', PrismaticError) as caught:
        compute_exit_wave(ATOM, WaveSettings(engine="prismatic", parametrization="kirkland"))
    assert INSTALL in str(caught.value)  # which only a machine with conda and a network can follow
    assert re.fullmatch(r"conda install -c conda-forge 'pyprismatic=2\.\*'", INSTALL)
    compute_exit_wave(ATOM, WaveSettings(engine="numpy"))
    variable = re.search(r"or set (\w+) to its path", str(caught.value))[1]
    monkeypatch.setenv(variable, imitation)
    assert find_prismatic().command == (imitation,)


EXTRAS = {
    "HyperSpy files need RosettaSciIO": ("io", "rosettasciio"),
    "TIFF files need tifffile": ("io", "tifffile"),
    "Zarr groups need zarr 3": ("io", "zarr"),
    "client needs dask.distributed": ("dask", "distributed"),
    "figures need matplotlib": ("viz", "matplotlib"),
    "czone.viz needs ": ("viz", "py3Dmol"),
    'pip install "micrograph-foundry[fft]"': ("fft", "mkl-fft"),
    "this needs TensorFlow": ("train", "tensorflow"),
    "this needs segmentation-models": ("train", "segmentation-models"),
    'which is not installed: pip install "micrograph-foundry[io]"': ("io", "imagecodecs"),
}


@pytest.mark.follows(
    "HyperSpy files need RosettaSciIO", "TIFF files need tifffile", "Zarr groups need zarr 3",
    "client needs dask.distributed", "figures need matplotlib", "czone.viz needs ",
    'pip install "micrograph-foundry[fft]"', "this needs TensorFlow",
    "this needs segmentation-models",
    'which is not installed: pip install "micrograph-foundry[io]"',
)  # fmt: skip
@pytest.mark.parametrize("words", EXTRAS)
def test_the_extra_that_is_named_brings_what_is_needed(words):
    extra, wanted = EXTRAS[words]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["name"] == "micrograph-foundry"
    brought = {re.split(r"[<>=;\[ ]", one)[0] for one in project["optional-dependencies"][extra]}
    assert wanted in brought


ALONE = {"abTEM": "abtem", "HyperSpy": "hyperspy", 'engine "torch" needs PyTorch': "torch"}


@pytest.mark.follows(
    "abTEM is not installed", "HyperSpy is not installed", 'engine "torch" needs PyTorch',
    "pip install pyfftw", "pip install scipy", "ONNX needs its converter",
)  # fmt: skip
def test_what_pip_is_to_install_is_what_the_program_imports():
    """Distributions that bear the names of their modules."""
    sources = {
        "hrtem_sim/wave/conversions.py": ("abtem", "hyperspy"),
        "hrtem_sim/wave/torch_multislice.py": ("torch",),
        "hrtem_sim/fft.py": ("pyfftw", "scipy"),
        "seg_train/export.py": ("onnx", "tf2onnx"),
    }
    for path, names in sources.items():
        text = (ROOT / path).read_text(encoding="utf-8")
        asked = " ".join(re.findall(r"pip install ([\w ]+)", text)).split()
        for name in names:
            assert name in asked
            assert re.search(rf"import {name}\b|from {name}\b", text), (path, name)


@pytest.mark.follows("got one: give a list of it")
def test_one_set_of_conditions_in_a_list_makes_one_micrograph():
    beam = ExitWave(np.ones((1, 8, 8), np.complex64), Grid((8, 8), 0.5), 300e3)
    with advised("got one: give a list of it"):
        list(form_images(beam, ImagingConditions(), Detector(0.5), [None]))
    (micrograph,) = form_images(beam, [ImagingConditions()], Detector(0.5), [None])
    assert micrograph.counts.shape == (8, 8)


def test_a_crystal_in_nanometres_times_ten_is_one_in_angstrom():
    gold = bulk("Au", cubic=True)
    positions, cell = gold.positions / 10, np.diag(gold.cell) / 10
    with advised("multiply nanometres by 10"):
        Specimen(positions, gold.numbers, cell)
    assert Specimen(10 * positions, gold.numbers, 10 * cell).cell == (4.08, 4.08, 4.08)
