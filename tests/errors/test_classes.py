"""Values of another class than a door is for, and atoms that are none."""

import numpy as np
from ase import Atoms
from ase.build import bulk

from hrtem_sim.database.selecting import checked_rows
from hrtem_sim.dataset import plan_structure
from hrtem_sim.grid import Grid
from hrtem_sim.imaging import (
    Aberrations,
    Detector,
    ImageFormer,
    ImagingConditions,
    form_image,
    form_images,
)
from hrtem_sim.interchange import export
from hrtem_sim.mask import outline_mask, phase_mask
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave import ExitWave, compute_exit_wave, converge
from tests.errors.table import refusal as Row
from tests.errors.table import refused, table

GRID = Grid((8, 8), 0.5)
WAVE = ExitWave(np.ones((1, 8, 8), np.complex64), GRID, 300e3)
ATOM = Specimen(np.array([[2.0, 2.0, 2.0]]), np.array([79]), (4.0, 4.0, 4.0))


def specimen(**values) -> Specimen:
    return Specimen([[2.0, 2.0, 2.0]], [79], (4.0, 4.0, 4.0), **values)


def alloy() -> Atoms:
    """As ASE reads partial occupancies from CIF files, if it is asked to."""
    site = Atoms("Au", cell=[4, 4, 4], pbc=True, info={"occupancy": {"0": {"Au": 0.6, "Cu": 0.4}}})
    site.set_array("spacegroup_kinds", np.zeros(1, int))
    return site


# fmt: off
ROWS = (
    # Values of another class than the door is for
    Row("form_image", "conditions", "must be an ImagingConditions", "{}: give ImagingConditions(**{})", lambda: form_image(WAVE, {}, Detector(0.5))),
    Row("form_image", "wave", "must be an ExitWave", "compute_exit_wave(specimen)", lambda: form_image(ATOM, ImagingConditions(), Detector(0.5))),
    Row("form_image", "wave", "must be an ExitWave", "an array (1, 8, 8) of complex64", lambda: form_image(WAVE.array, ImagingConditions(), Detector(0.5))),
    Row("form_image", "detector", "must be a Detector", "0.5", lambda: form_image(WAVE, ImagingConditions(), 0.5)),
    Row("form_images", "conditions", "several values", "got one: give a list of it", lambda: list(form_images(WAVE, ImagingConditions(), Detector(0.5), [1]))),
    Row("form_images", "conditions[0]", "must be an ImagingConditions", "3.0", lambda: list(form_images(WAVE, [3.0], Detector(0.5), [1]))),
    Row("ImageFormer", "conditions", "must be an ImagingConditions", "80.0", lambda: ImageFormer(WAVE, Detector(0.5)).expected(80.0)),
    Row("compute_exit_wave", "settings", "must be a WaveSettings or None", "give WaveSettings(**", lambda: compute_exit_wave(ATOM, {"energy": 300e3})),
    Row("converge", "specimen", "must be a Specimen", "give Specimen.from_ase(atoms)", lambda: converge(bulk("Au"))),
    Row("outline_mask", "specimen", "must be a Specimen", "give Specimen.from_ase(atoms)", lambda: outline_mask(bulk("Au"), GRID, ["particle"])),
    Row("phase_mask", "wave", "must be an ExitWave", "compute_exit_wave(specimen)", lambda: phase_mask(ATOM)),
    Row("plan_structure", "recipe", "must be a DatasetRecipe", "read_dataset_recipe('demo')", lambda: plan_structure("demo", 0)),
    Row("export", "database", "must be a Database", "open_database('data')", lambda: export("data", None, "out", format="coco")),
    Row("Specimen.from_ase", "atoms", "must be an Atoms", "give ase.io.read(path)", lambda: Specimen.from_ase("gold.cif")),
    Row("Specimen.from_scene", "scene", "must be a BaseScene", "give Specimen.from_ase(atoms)", lambda: Specimen.from_scene(bulk("Au"))),
    # Atoms that are none
    Row("Specimen", "positions", "in angstrom", "58.9: multiply nanometres by 10", lambda: Specimen(bulk("Au", cubic=True).positions / 10, [79] * 4, (0.408,) * 3)),
    Row("Specimen", "objects", "different names", "'particle'", lambda: specimen(objects="particle")),
    Row("Specimen", "objects", "different names", "('film', 'film')", lambda: specimen(objects=("film", "film"))),
    Row("Specimen.from_ase", "atoms", "one element at each site", "'Cu': 0.4", lambda: Specimen.from_ase(alloy())),
    Row("Aberrations.from_list", "terms", "each coefficient once", "(2, 2)", lambda: Aberrations.from_list([(2, 2, 10.0, 0.0), (2, 2, 5.0, 30.0)])),
    Row("export", "rows", "must be integers", "np.flatnonzero(rows)", lambda: checked_rows([True, False], 2)),
)
# fmt: on


@table(*ROWS)
def test_a_bad_input_is_refused_in_words(row):
    refused(row)
