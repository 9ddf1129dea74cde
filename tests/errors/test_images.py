"""Bad input to `hrtem_sim`."""

import numpy as np
import pytest
from ase import Atoms

from czone.molecule import Molecule
from czone.scene import PeriodicScene
from czone.util.voxel import Voxel
from hrtem_sim.electron import wavelength
from hrtem_sim.fft import choose_fft
from hrtem_sim.grid import Grid
from hrtem_sim.imaging import (
    Aberrations,
    Detector,
    ImagingConditions,
    Micrograph,
    expected_image,
    focal_series_weights,
    form_image,
    number_of_foci,
    save_series,
)
from hrtem_sim.interchange import decode_rle, encode_rle, read_h5_pair, read_micrograph
from hrtem_sim.mask import (
    InstanceMap,
    Mask,
    atom_columns,
    class_map,
    find_grains,
    instance_map,
    misorientation,
    phase_mask,
    projected_thickness,
    zone_axis,
)
from hrtem_sim.measure import NoFilm, film_spectrum, find_fringes, measure_micrograph
from hrtem_sim.potential import PotentialSlices, projected_potential, scattering_factor
from hrtem_sim.provenance import Distribution, identity, rng_for
from hrtem_sim.specimen import (
    Specimen,
    b_from_u,
    debye_rms,
    displaced,
    orthorhombic,
    rms_displacements,
    u_from_b,
)
from hrtem_sim.specimen.builders import ParticlesOnFilm
from hrtem_sim.specimen.materials import FileCrystal
from hrtem_sim.specimen.particles import ParticlePlan
from hrtem_sim.wave import (
    ExitWave,
    FilmBank,
    WaveSettings,
    compute_exit_wave,
    compute_exit_waves,
    converge,
    move_film,
    phonon_convergence,
    thickness_series,
)
from tests.errors.table import refusal as Row
from tests.errors.table import refused, table

NAN, INF = float("nan"), float("inf")
GRID = Grid((8, 8), 0.5)
WAVE = ExitWave(np.ones((1, 8, 8), np.complex64), GRID, 300e3)
BLOCK = np.stack(np.meshgrid(*[np.arange(2.0, 22.0, 3.0)] * 3), axis=-1).reshape(-1, 3)
SLANTED = Voxel([[4.0, 1, 0], [0, 4, 0], [0, 0, 4]])
CUBE = Specimen(BLOCK, np.full(len(BLOCK), 79), (24.0, 24.0, 24.0), objects=("particle",))
ATOM = Specimen(np.array([[2.0, 2.0, 2.0]]), np.array([79]), (4.0, 4.0, 4.0))


def measured(image=None, pixel_size=0.4, *, energy=300e3, **values):
    image = np.full((128, 128), 64.0) if image is None else image
    return measure_micrograph(image, pixel_size, energy=energy, **values)


def with_hole() -> np.ndarray:
    image = np.full((128, 128), 64.0)
    image[3, 4] = NAN
    return image


def skewed(*pbc) -> Atoms:
    return Atoms("Au", cell=[4, 5, 6, 81.3, 95.7, 110.9], pbc=pbc)


def oblique() -> Atoms:
    return Atoms("Au", cell=[4, 5.1, 6, 90, 90, 100.9], pbc=(True, True, False))


def crystal(**values) -> FileCrystal:
    cell = ((3.0, 0.0, 0.0), (0.0, 3.0, 0.0), (0.0, 0.0, 3.0))
    cube = {"name": "x", "species": ("Au",), "lattice": cell, "sites": ((0.0, 0.0, 0.0),)}
    return FileCrystal(**cube | values)


def gold(**values) -> ParticlePlan:
    plan = {
        "material": "Au",
        "shape": "sphere",
        "radius": 10.0,
        "orientation": (0.0, 0.0, 0.0, 1.0),
    }
    return ParticlePlan(
        **plan | {"offset": (0.0, 0.0), "defects": 0, "stacking_fault_ratio": 0.5} | values
    )


def on_film(**values) -> ParticlesOnFilm:
    film = {
        "film_material": "C",
        "film_thickness": 10.0,
        "film_density": 0.11,
        "film_min_distance": 1.4,
    }
    place = {"field": (60.0, 60.0), "burial": 0.2, "side": "exit", "margin": 4.0}
    return ParticlesOnFilm(**place | film | {"particles": (gold(),)} | values)


def specimen(positions=((2.0, 2.0, 2.0),), numbers=(79,), cell=(4.0, 4.0, 4.0), **more) -> Specimen:
    return Specimen(np.array(positions), np.array(numbers), cell, **more)


def conditions(**values) -> ImagingConditions:
    return ImagingConditions(**values)


def settings(**values) -> WaveSettings:
    return WaveSettings(**values)


# fmt: off
ROWS = (
    # What measurements are given
    Row("measure_micrograph", "energy", "10 to 3000 keV", "did you mean 300 keV", lambda: measured(energy=300)),
    Row("measure_micrograph", "film", "a symbol or formula, such as C", "'Xx'", lambda: measured(film="Xx")),
    Row("measure_micrograph", "gain", "must be positive", "0.0", lambda: measured(gain=0.0)),
    Row("measure_micrograph", "spherical", "of magnitude", "nan", lambda: measured(spherical=NAN)),
    Row("measure_micrograph", "pixel_size", "must be positive", "-0.4", lambda: measured(pixel_size=-0.4)),
    Row("measure_micrograph", "particles", "the shape of the image", "(3, 3)", lambda: measured(particles=np.zeros((3, 3)))),
    Row("measure_micrograph", "image", "real numbers of shape (ny, nx)", "(1, 128, 128)", lambda: measured(np.ones((1, 128, 128)))),
    Row("measure_micrograph", "image", "must be finite", "1 pixels", lambda: measured(with_hole())),
    Row("find_fringes", "image", "real numbers", "complex128", lambda: find_fringes(np.ones((64, 64), complex), 0.4)),
    Row("ExitWave", "energy", "10 to 3000 keV", "did you mean 300 keV", lambda: ExitWave(WAVE.array, GRID, 300.0)),
    Row("ExitWave", "array", "one wave at least", "(0, 8, 8)", lambda: ExitWave(WAVE.array[:0], GRID, 300e3)),
    # The electron, grids, transforms
    Row("wavelength", "energy", "positive, in eV", "-300000.0", lambda: wavelength(-300e3)),
    Row("wavelength", "energy", "positive, in eV", "nan", lambda: wavelength(NAN)),
    Row("wavelength", "energy", "positive, in eV", "0", lambda: wavelength(0)),
    Row("wavelength", "energy", "positive, in eV", "inf", lambda: wavelength(INF)),
    Row("Grid", "shape", "positive integers", "(0, 8)", lambda: Grid((0, 8), 0.1)),
    Row("Grid", "shape", "two", "(8,)", lambda: Grid((8,), 0.1)),
    Row("Grid", "pixel_size", "positive", "nan", lambda: Grid((8, 8), NAN)),
    Row("Grid", "pixel_size", "positive", "0.0", lambda: Grid((4, 4), 0.0)),
    Row("Grid.covering", "pixel_size", "positive", "-0.1", lambda: Grid.covering((10, 10), -0.1)),
    Row("Grid.covering", "cell", "positive", "-10", lambda: Grid.covering((-10, 10), 0.1)),
    Row("choose_fft", "name", "one of mkl", "'fast'", lambda: choose_fft("fast")),
    # Specimens
    Row(
        "Specimen.from_scene",
        "scene",
        "along x, y and z",
        "[[4.0, 0.0, 0.0], [1.0, 4.0, 0.0]",
        lambda: Specimen.from_scene(PeriodicScene(SLANTED, Molecule("C", [[1, 1, 1]]))),
    ),
    Row("Specimen", "positions", "(n, 3)", "(1, 2)", lambda: specimen([[2.0, 2.0]])),
    Row("Specimen", "positions", "finite", "nan", lambda: specimen([[2.0, 2.0, NAN]])),
    Row("Specimen", "positions", "z between 0 and the cell", "5.0", lambda: specimen([[1.0, 1.0, 5.0]])),
    Row("Specimen", "numbers", "1", "0", lambda: specimen(numbers=[0])),
    Row("Specimen", "numbers", "(1,)", "(2,)", lambda: specimen(numbers=[79, 6])),
    Row("Specimen", "numbers", "whole", "6.5", lambda: specimen(numbers=[6.5])),
    Row("Specimen", "cell", "positive", "-4.0", lambda: specimen(cell=(4.0, -4.0, 4.0))),
    Row("Specimen", "cell", "positive", "nan", lambda: specimen(cell=(4.0, NAN, 4.0))),
    Row("Specimen", "occupancies", "0", "1.5", lambda: specimen(occupancies=np.array([1.5]))),
    Row("Specimen", "labels", "objects", "3", lambda: specimen(labels=np.array([3]))),
    Row("Specimen.only", "objects", "specimen", "'film'", lambda: ATOM.only("film")),
    Row("Specimen.keep", "mask", "(1,)", "(2,)", lambda: ATOM.keep(np.array([True, False]))),
    Row("from_ase", "cell", "three lengths", "0.", lambda: Specimen.from_ase(Atoms("Au"))),
    Row("from_ase", "atoms", "periodic in all directions", "81.3", lambda: Specimen.from_ase(skewed(True, False, True))),
    Row("from_ase", "atoms", "two orthogonal lattice vectors", "4.0", lambda: Specimen.from_ase(oblique())),
    Row("orthorhombic", "cell", "independent", "0.0", lambda: orthorhombic(Atoms("Au"))),
    Row("orthorhombic", "cell", "three orthogonal lattice vectors", "4.671", lambda: orthorhombic(skewed(True, True, True))),
    Row("rms_displacements", "rms", "from 0 to 0.6 in angstrom", "-0.1", lambda: rms_displacements(ATOM, -0.1)),
    Row("rms_displacements", "rms", "from 0 to 0.6 in angstrom", "nan", lambda: rms_displacements(ATOM, NAN)),
    Row("rms_displacements", "rms", "value for Au", "Ag", lambda: rms_displacements(ATOM, {"Ag": 0.1})),
    Row("debye_rms", "rms", "tabulated", "He", lambda: debye_rms("He")),
    Row("debye_rms", "temperature", "negative", "-3", lambda: debye_rms("Au", -3)),
    Row("u_from_b", "b", ">= 0", "-1", lambda: u_from_b(-1)),
    Row("b_from_u", "u", ">= 0", "nan", lambda: b_from_u(NAN)),
    Row("displaced", "rms", '"debye"', "'einstein'", lambda: displaced(ATOM, rng_for(1, "thermal"), rms="einstein")),
    # Potentials and waves
    Row("scattering_factor", "parametrization", "lobato", "'doyle'", lambda: scattering_factor(79, np.zeros(1), "doyle")),
    Row("scattering_factor", "number", "1 to 103", "0", lambda: scattering_factor(0, np.zeros(1))),
    Row("scattering_factor", "number", "1 to 103", "104", lambda: scattering_factor(104, np.zeros(1))),
    Row("projected_potential", "slice_thickness", "positive", "-2", lambda: projected_potential(ATOM, GRID, -2)),
    Row("projected_potential", "slice_thickness", "positive", "nan", lambda: projected_potential(ATOM, GRID, NAN)),
    Row("projected_potential", "grid", "cell", "8.0", lambda: projected_potential(ATOM, Grid((16, 16), 0.5), 2.0)),
    Row("PotentialSlices", "array", "(slices, 8, 8)", "(8, 8)", lambda: PotentialSlices(np.zeros((8, 8)), 2.0, GRID)),
    Row("WaveSettings", "energy", "10 to 3000 keV, in eV", "-1", lambda: settings(energy=-1)),
    Row("WaveSettings", "energy", "10 to 3000 keV, in eV", "inf", lambda: settings(energy=INF)),
    Row("WaveSettings", "pixel_size", "0.005 to 10 angstrom", "0.0", lambda: settings(pixel_size=0.0)),
    Row("WaveSettings", "slice_thickness", "0.01 to 1000 angstrom", "nan", lambda: settings(slice_thickness=NAN)),
    Row("WaveSettings", "tilt", "of magnitude 0 to 200 mrad", "300", lambda: settings(tilt=(300, 0))),
    Row("WaveSettings", "phonons", "whole number", "1.5", lambda: settings(phonons=1.5)),
    Row("WaveSettings", "phonons", "at least 0", "-1", lambda: settings(phonons=-1)),
    Row("WaveSettings", "phonons", "whole number", "nan", lambda: settings(phonons=NAN)),
    Row("WaveSettings", "rms", "debye", "'einstein'", lambda: settings(rms="einstein")),
    Row("WaveSettings", "rms", "in [0, 0.6] angstrom", "-0.1", lambda: settings(rms=-0.1)),
    Row("WaveSettings", "energy", "10 to 3000 keV, in eV", "0.0", lambda: settings(energy=0.0)),
    Row("WaveSettings", "parametrization", "lobato", "'doyle'", lambda: settings(parametrization="doyle")),
    Row("ExitWave", "array", "(phonons, 8, 8)", "(1, 4, 4)", lambda: ExitWave(np.ones((1, 4, 4), np.complex64), GRID, 3e5)),
    Row("ExitWave", "array", "complex", "float64", lambda: ExitWave(np.ones((1, 8, 8)), GRID, 3e5), TypeError),
    Row("ExitWave", "array", "finite", "nan", lambda: ExitWave(np.full((1, 8, 8), NAN, np.complex64), GRID, 3e5)),
    Row("ExitWave", "energy", "10 to 3000 keV", "-3", lambda: ExitWave(np.ones((1, 8, 8), np.complex64), GRID, -3)),
    Row("ExitWave", "plane", "finite", "nan", lambda: ExitWave(np.ones((1, 8, 8), np.complex64), GRID, 3e5, NAN)),
    Row("refocused", "plane", "finite", "inf", lambda: WAVE.refocused(INF)),
    Row("compute_exit_wave", "engine", "one of", "'magic'", lambda: compute_exit_wave(ATOM, engine="magic")),
    Row("compute_exit_wave", "rng", "thermal", "None", lambda: compute_exit_wave(ATOM, settings(phonons=2))),
    Row("compute_exit_wave", "threads", "whole number of at least 1", "0", lambda: compute_exit_wave(ATOM, threads=0)),
    Row("compute_exit_waves", "objects", "specimen", "'film'", lambda: compute_exit_waves(ATOM, [["film"]])),
    Row("thickness_series", "depths", "ascend", "[3.0, 1.0]", lambda: thickness_series(ATOM, [3.0, 1.0])),
    Row("thickness_series", "depths", "ascend", "nan", lambda: thickness_series(ATOM, [NAN])),
    Row("phonon_convergence", "phonons", "2 or more", "1", lambda: phonon_convergence(ATOM, settings(phonons=1), rng=1)),
    Row("converge", "cutoff", "positive", "-1", lambda: converge(ATOM, cutoff=-1)),
    Row("FilmBank", "films", "one or more", "[]", lambda: FilmBank.compute([], settings())),
    Row("move_film", "symmetry", "0 to 7", "9", lambda: move_film(ATOM, symmetry=9)),
    Row("move_film", "shift", "finite", "nan", lambda: move_film(ATOM, shift=(NAN, 0))),
    # Images
    Row("Aberrations", "C30", "of magnitude", "nan", lambda: Aberrations(C30=NAN)),
    Row("Aberrations", "C12", "of magnitude", "inf", lambda: Aberrations(C12=INF)),
    Row("Aberrations.from_list", "terms", "C56", "(9, 1)", lambda: Aberrations.from_list([(9, 1, 1.0, 0.0)])),
    Row("Aberrations.defocused", "defocus", "finite", "nan", lambda: Aberrations().defocused(NAN)),
    Row("Conditions", "defocus", "of magnitude 0 to 200000 angstrom", "inf", lambda: conditions(defocus=INF)),
    Row("Conditions", "focal_spread", "0 to 500 angstrom", "-3", lambda: conditions(focal_spread=-3)),
    Row("Conditions", "convergence", "0 to 10 mrad", "nan", lambda: conditions(convergence=NAN)),
    Row("Conditions", "aberrations", "an Aberrations", "{'C30': 0.5}", lambda: conditions(aberrations={"C30": 0.5})),
    Row("Micrograph", "conditions", "an ImagingConditions", "{'dose': 4.0}", lambda: Micrograph(np.ones((8, 8)), 0.5, {"dose": 4.0})),
    Row("ExitWave", "grid", "a Grid", "(8, 8)", lambda: ExitWave(WAVE.array, (8, 8), 300e3)),
    Row("PotentialSlices", "grid", "a Grid", "(8, 8)", lambda: PotentialSlices(WAVE.array, 2.0, (8, 8))),
    Row("FilmBank", "grid", "a Grid", "0.5", lambda: FilmBank(WAVE.array[None], 0.5, 300e3)),
    Row("ParticlesOnFilm", "particles[0]", "a ParticlePlan", "'Au'", lambda: on_film(particles=("Au",))),
    Row("ParticlesOnFilm", "relief", "a FilmRelief or None", "{'holes': ()}", lambda: on_film(relief={"holes": ()})),
    Row("ParticlesOnFilm", "piled", "True or False", "'no'", lambda: on_film(piled="no")),
    Row("Mask", "names", "a list of values", "'particle'", lambda: Mask(np.zeros((8, 8), np.uint8), "particle", 0.5)),
    Row("Detector", "counting", "True or False", "'yes'", lambda: Detector(0.4, counting="yes")),
    Row("Conditions", "drift", "2 values", "(1.0,)", lambda: conditions(drift=(1.0,))),
    Row("Conditions", "plasmon_weight", "in [0, 1]", "1.2", lambda: conditions(plasmon_weight=1.2)),
    Row("Conditions", "plasmon_background", "at least 0", "-1", lambda: conditions(plasmon_background=-1)),
    Row("Conditions", "dose", "0.01 to 1e+08 e/angstrom^2", "0", lambda: conditions(dose=0)),
    Row("Conditions", "dose", "0.01 to 1e+08 e/angstrom^2", "nan", lambda: conditions(dose=NAN)),
    Row("Detector", "pixel_size", "0.01 to 10 angstrom", "-0.4", lambda: Detector(-0.4)),
    Row("Detector", "mtf_half", "Nyquist", "-1", lambda: Detector(0.4, mtf_half=-1)),
    Row("Detector", "noise_transfer", "'flat'", "'white'", lambda: Detector(0.4, noise_transfer="white")),
    Row("Detector", "readout_noise", "at least 0", "nan", lambda: Detector(0.4, readout_noise=NAN)),
    Row("Detector", "saturation", "in [1, 4294967295]", "0", lambda: Detector(0.4, saturation=0)),
    Row("Detector", "mtf_curve", "rising", "0.5", lambda: Detector(0.4, mtf_curve=((0.0, 1.0), (0.5, 0.8), (0.4, 0.5)))),
    Row("Detector", "pixel_size", "0.01 to 10 angstrom", "0.0", lambda: Detector(0.0)),
    Row("Detector", "mtf_curve", "left out", "both", lambda: Detector(0.4, mtf_half=0.5, mtf_curve=((0.0, 1.0),))),
    Row("Detector", "mtf_curve", "must be pairs", "0.1", lambda: Detector(0.4, mtf_curve=((0.1, 1.0), (1.0, 0.2)))),
    Row("Detector", "gain", "positive", "0.0", lambda: Detector(0.4, gain=0.0)),
    Row("Detector", "mtf_curve", "given with mtf_with_pixel", "None", lambda: Detector(0.4, mtf_with_pixel=True)),
    Row("Detector", "mtf_curve", "before 2 Nyquist", "2.0", lambda: Detector(0.4, mtf_with_pixel=True, mtf_curve=((0.0, 1.0), (2.0, 0.1)))),
    Row("Detector", "nnps_curve", "must be pairs", "0.0", lambda: Detector(0.4, nnps_curve=((0.0, 1.0), (1.0, 0.0)))),
    Row("Detector", "dqe_curve", "0 to 1", "1.5", lambda: Detector(0.4, dqe_curve=((0.0, 1.5), (1.0, 0.2)))),
    Row("Detector", "dqe_curve", "without nnps_curve and dqe_zero", "both", lambda: Detector(0.4, dqe_zero=0.5, dqe_curve=((0.0, 0.5), (1.0, 0.2)))),
    Row("Detector", "dqe_zero", "(0, 1]", "0", lambda: Detector(0.4, dqe_zero=0)),
    Row("Detector", "pedestal", "at least 0", "-1", lambda: Detector(0.4, pedestal=-1.0)),
    Row("Detector.preset", "camera", "must be one of us1000", "'k9'", lambda: Detector.preset("k9", 300e3)),
    Row("Detector.preset", "energy", "about 300 keV", "120 keV", lambda: Detector.preset("k2_counting", 120e3)),
    Row("Detector", "dark", "at least 0", "-1", lambda: Detector(0.4, dark=-1.0)),
    Row("form_image", "rng", "shot noise", "None", lambda: form_image(WAVE, conditions(dose=100), Detector(0.5))),
    Row("expected_image", "pixel_size", "divide", "0.3", lambda: expected_image(WAVE, conditions(), Detector(0.3))),
    Row("focal_series_weights", "number", "at least 1", "0", lambda: focal_series_weights(30.0, 0)),
    Row("focal_series_weights", "focal_spread", "at least 1, and 1 without", "-1", lambda: focal_series_weights(-1, 3)),
    Row("number_of_foci", "cutoff", "positive", "nan", lambda: number_of_foci(30.0, 0.02, NAN)),
    # Labels
    Row("phase_mask", "threshold", "pi", "-1", lambda: phase_mask(WAVE, threshold=-1)),
    Row("phase_mask", "threshold", "between", "0.0", lambda: phase_mask(WAVE, threshold=0.0)),
    Row("phase_mask", "pixel_size", "positive", "nan", lambda: phase_mask(WAVE, NAN)),
    Row("phase_mask", "pixel_size", "multiple", "9.0", lambda: phase_mask(WAVE, 9.0)),
    Row("phase_mask", "pixel_size", "multiple", "0.3", lambda: phase_mask(WAVE, 0.3)),
    Row("phase_mask", "blur", ">= 0", "nan", lambda: phase_mask(WAVE, blur=NAN)),
    Row("Mask", "classes", "(ny, nx)", "(8,)", lambda: Mask(np.zeros(8, np.uint8), ("a", "b"), 0.5)),
    Row("Mask", "pixel_size", "positive", "-1", lambda: Mask(np.zeros((8, 8), np.uint8), ("a", "b"), -1)),
    Row("ParticlePlan", "radius", "positive, in angstrom", "-5.0", lambda: gold(radius=-5.0)),
    Row("ParticlePlan", "shape", "one of 'sphere'", "'prism'", lambda: gold(shape="prism")),
    Row("ParticlePlan", "orientation[3]", "finite", "nan", lambda: gold(orientation=(0.0, 0.0, 0.0, NAN))),
    Row("ParticlePlan", "defects", "whole number of at least 0", "1.5", lambda: gold(defects=1.5)),
    Row("ParticlePlan", "materials", "paths of CIF files", "'Unobtainium'", lambda: gold(material="Unobtainium")),
    Row("FileCrystal", "species[0]", "the symbol of an element", "'Qq'", lambda: crystal(species=("Qq",))),
    Row("FileCrystal", "sites", "as many as species, 1", "2", lambda: crystal(sites=((0.0, 0.0, 0.0), (0.5, 0.5, 0.5)))),
    Row("FileCrystal", "lattice", "span a volume", "3.0", lambda: crystal(lattice=((3.0, 0.0, 0.0),) * 3)),
    Row("ParticlesOnFilm", "burial", "in [0, 2] radii", "3.0", lambda: on_film(burial=3.0)),
    Row("ParticlesOnFilm", "side", "'entrance', 'exit'", "'left'", lambda: on_film(side="left")),
    Row("ParticlesOnFilm", "film_material", "symbol or formula", "'Qq'", lambda: on_film(film_material="Qq")),
    Row("ParticlesOnFilm", "density", "at most that of the crystal", "5.13", lambda: on_film(film_material="Si")),
    Row("mask_of", "name", "particle", "'film'", lambda: InstanceMap(np.zeros((8, 8), np.uint8), ("particle",), 0.5).mask_of("film")),
    Row("instance_map", "pixel_size", "positive", "-0.5", lambda: instance_map(CUBE, (8, 8), -0.5)),
    Row("instance_map", "objects", "among", "'film'", lambda: instance_map(CUBE, (48, 48), 0.5, objects=["film"])),
    Row("class_map", "by", "structure or grain", "'colour'", lambda: class_map(ATOM, (8, 8), 0.5, by="colour")),
    Row("class_map", "fraction", "0", "2", lambda: class_map(CUBE, (48, 48), 0.5, fraction=2)),
    Row("projected_thickness", "shape", "cover the cell", "(8, 8)", lambda: projected_thickness(CUBE, (8, 8), 0.5)),
    Row("projected_thickness", "shape", "positive", "(0, 8)", lambda: projected_thickness(ATOM, (0, 8), 0.5)),
    Row("projected_thickness", "blur", ">= 0", "nan", lambda: projected_thickness(CUBE, (48, 48), 0.5, volumes={"particle": 17.0}, blur=NAN)),
    Row("find_grains", "objects", "specimen", "'film'", lambda: find_grains(ATOM, objects=["film"])),
    Row("atom_columns", "tolerance", ">= 0 in rad", "-1", lambda: atom_columns(ATOM, tolerance=-1)),
    Row("zone_axis", "bases", "(3, 3)", "(2, 2)", lambda: zone_axis(np.eye(2))),
    Row("zone_axis", "bases", "must be", "1.", lambda: zone_axis(np.ones((3, 3)))),
    Row("zone_axis", "max_index", "1", "0", lambda: zone_axis(np.eye(3), max_index=0)),
    Row("misorientation", "other", "(3, 3)", "(2, 2)", lambda: misorientation(np.eye(3), np.eye(2))),
    # Provenance
    Row("Distribution", "kind", "uniform", "'gauss'", lambda: Distribution("gauss", (0.0, 1.0))),
    Row("Distribution", "uniform", "2 numbers", "[1.0]", lambda: Distribution("uniform", (1.0,))),
    Row("Distribution", "uniform", "low <= high", "[2.0, 1.0]", lambda: Distribution("uniform", (2.0, 1.0))),
    Row("Distribution", "normal", "finite", "nan", lambda: Distribution("normal", (0.0, NAN))),
    Row("rng_for", "root_seed", "non-negative", "-1", lambda: rng_for(-1, "noise")),
    Row("rng_for", "root_seed", "non-negative integer", "1.5", lambda: rng_for(1.5, "a")),
    Row("rng_for", "root_seed", "non-negative integer", "True", lambda: rng_for(True, "a")),
    Row("rng_for", "root_seed", "non-negative integer", "'1'", lambda: rng_for("1", "a")),
    Row("rng_for", "key", "strings", "1.5", lambda: rng_for(1, 1.5), TypeError),
    Row("identity", "value", "plain data", "object", lambda: identity(object()), TypeError),
    # Measurements
    Row("film_spectrum", "image", "film beside its particles", "none", lambda: film_spectrum(np.ones((256, 256)), 0.4, np.ones((256, 256))), NoFilm),
    Row("film_spectrum", "image", "vary from pixel to pixel", "5 everywhere", lambda: film_spectrum(np.full((256, 256), 5), 0.4)),
    Row("film_spectrum", "image", "positive mean", "-3", lambda: film_spectrum(np.full((256, 256), -3.0), 0.4)),
    Row("film_spectrum", "image", "40 angstrom wide", "6.4", lambda: film_spectrum(np.ones((16, 16)), 0.4)),
    Row("find_fringes", "image", "32 pixels wide", "(16, 16)", lambda: find_fringes(np.ones((16, 16)), 0.4)),
    # Interchange
    Row("encode_rle", "mask", "(ny, nx)", "(4,)", lambda: encode_rle(np.zeros(4, bool))),
    Row("decode_rle", "counts", "16", "[3]", lambda: decode_rle({"size": [4, 4], "counts": [3]})),
    Row("read_micrograph", "path", ".dm4", "photo.gif", lambda: read_micrograph("photo.gif")),
    Row("read_micrograph", "path", "file", "gone.dm4", lambda: read_micrograph("gone.dm4"), FileNotFoundError),
    Row("read_micrograph", "path", ".npy", "photo.bmp", lambda: read_micrograph("photo.bmp")),
    Row("read_micrograph", "pixel_size", "positive", "-1", lambda: read_micrograph("a.dm4", pixel_size=-1)),
    Row("read_micrograph", "pixel_size", "positive", "0.0", lambda: read_micrograph("a.dm4", pixel_size=0.0)),
    Row("save_series", "micrographs", "one shape and pixel size", "0 of", lambda: save_series([], "a.tif")),
    Row("read_h5_pair", "images", "file", "gone.h5", lambda: next(iter(read_h5_pair("gone.h5", "gone.h5", pixel_size=0.2))), FileNotFoundError),
)
# fmt: on


@table(*ROWS)
def test_a_bad_input_is_refused_in_words(row):
    refused(row)


@pytest.mark.parametrize("ending", [".npy", ".tif", ".dm3"])
def test_a_torn_image_is_refused_in_words(ending, tmp_path):
    path = tmp_path / f"torn{ending}"
    path.write_bytes(b"\x93NUMPY torn")
    rule = f"whole {ending} file"
    refused(Row("read_micrograph", "path", rule, path.name, lambda: read_micrograph(path)))
