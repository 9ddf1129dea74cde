"""Ids change with what they name, and with nothing else: every field of every recipe is tried."""

import dataclasses
from dataclasses import replace

import pytest

from hrtem_sim.database import DatabaseError, open_database
from hrtem_sim.dataset import (
    build_dataset,
    check_dataset,
    plan_structure,
    read_dataset_recipe,
    regenerate,
)
from hrtem_sim.dataset.film_recipe import OrderRecipe, ReliefRecipe
from hrtem_sim.dataset.particle_recipe import LigandRecipe
from hrtem_sim.dataset.recipe import DatasetRecipe
from hrtem_sim.dataset.simulate import beside_id, micrograph_id
from hrtem_sim.provenance import Distribution, from_table, identity, to_table
from hrtem_sim.specimen.materials import FileCrystal, as_material, crystal_of


def constant(value):
    return Distribution("constant", (value,))


STRUCTURE = {"structure", "micrograph"}
"""What a field of the structure changes: its particles, and with them its images."""

WALK = {
    ("name",): ("another", set()),
    ("seed",): (12, STRUCTURE),
    ("structures",): (5, set()),
    ("images_per_structure",): (2, set()),
    ("particle", "radius"): (constant(4.5), STRUCTURE),
    ("particle", "materials"): (("Pt",), STRUCTURE),
    ("particle", "shapes"): (("wulff",), STRUCTURE),
    ("particle", "count"): (constant(1.0), STRUCTURE),
    ("particle", "gap"): (20.0, STRUCTURE),
    ("particle", "defects"): (constant(1.0), STRUCTURE),
    ("particle", "stacking_fault_ratio"): (0.25, STRUCTURE),
    ("particle", "ligands"): (LigandRecipe(), STRUCTURE),
    ("film", "thickness"): (constant(7.0), STRUCTURE),
    ("film", "material"): ("Si", STRUCTURE),
    ("film", "density"): (0.09, STRUCTURE),
    ("film", "min_distance"): (1.3, STRUCTURE),
    ("film", "relief"): (ReliefRecipe(adatoms=constant(1.0)), STRUCTURE),
    ("film", "order"): (OrderRecipe(constant(0.3)), STRUCTURE),
    ("placement", "field"): ((64.0, 64.0), STRUCTURE),
    ("placement", "burial"): (constant(0.5), STRUCTURE),
    ("placement", "offset"): (constant(0.1), STRUCTURE),
    ("placement", "side"): ("exit", STRUCTURE),
    ("placement", "margin"): (3.0, STRUCTURE),
    ("placement", "border"): ("cut", STRUCTURE),
    ("placement", "overlap"): (1.0, STRUCTURE),
    ("imaging", "dose"): (constant(300.0), {"micrograph"}),
    ("imaging", "defocus"): (constant(50.0), {"micrograph"}),
    ("imaging", "focal_spread"): (constant(20.0), {"micrograph"}),
    ("imaging", "convergence"): (constant(0.1), {"micrograph"}),
    ("imaging", "vibration"): (constant(0.2), {"micrograph"}),
    ("imaging", "drift"): (constant(0.2), {"micrograph"}),
    ("imaging", "plasmon_weight"): (constant(0.1), {"micrograph"}),
    ("imaging", "plasmon_background"): (constant(0.5), {"micrograph"}),
    ("imaging", "aberrations"): ({"C12": constant(9.0)}, {"micrograph"}),
    ("imaging", "focus_reference"): ("minimum_contrast", {"micrograph"}),
    ("imaging", "aperture"): (constant(10.0), {"micrograph"}),
    ("imaging", "aperture_edge"): (1.0, {"micrograph"}),
    ("imaging", "aperture_centre"): ((1.0, 0.0), {"micrograph"}),
    ("wave", "energy"): (200e3, {"micrograph"}),
    ("wave", "pixel_size"): (0.1, {"micrograph"}),
    ("wave", "slice_thickness"): (1.0, {"micrograph"}),
    ("wave", "particle_pixel"): (0.1, {"micrograph"}),
    ("wave", "tilt"): ((1.0, 0.0), {"micrograph"}),
    ("wave", "phonons"): (2, {"micrograph"}),
    ("wave", "rms"): (0.08, {"micrograph"}),
    ("wave", "parametrization"): ("kirkland", {"micrograph"}),
    ("wave", "engine"): ("torch", {"micrograph"}),
    ("detector", "pixel_size"): (0.8, {"micrograph"}),
    ("detector", "mtf_half"): (0.3, {"micrograph"}),
    ("detector", "mtf_power"): (2.5, {"micrograph"}),
    ("detector", "mtf_curve"): (((0.0, 1.0), (1.0, 0.3)), {"micrograph"}),
    ("detector", "noise_transfer"): ("flat", {"micrograph"}),
    ("detector", "gain"): (2.0, {"micrograph"}),
    ("detector", "readout_noise"): (1.0, {"micrograph"}),
    ("detector", "dark"): (1.0, {"micrograph"}),
    ("detector", "saturation"): (50_000, {"micrograph"}),
    ("detector", "nnps_curve"): (((0.0, 1.0), (1.0, 0.3)), {"micrograph"}),
    ("detector", "dqe_curve"): (((0.0, 0.5), (1.0, 0.3)), {"micrograph"}),
    ("detector", "dqe_zero"): (0.5, {"micrograph"}),
    ("detector", "counting"): (True, {"micrograph"}),
    ("detector", "pedestal"): (10.0, {"micrograph"}),
    ("mask", "threshold"): (0.6, {"beside"}),
    ("mask", "blur"): (3.0, {"beside"}),
    ("mask", "cut"): (0.2, {"beside"}),
    ("mask", "rule"): ("outline", {"beside"}),
    ("mask", "classes"): ((("gold", "*"),), {"beside"}),
    ("storage", "structures_per_shard"): (1, set()),
    ("storage", "atoms"): (True, {"beside"}),
    ("storage", "waves"): (True, {"beside"}),
    ("storage", "labels"): (("instances",), {"beside"}),
    ("storage", "images"): ("expected", {"micrograph"}),
}
"""A changed value of every field, and the ids that it changes besides that of the recipe."""


@pytest.fixture(scope="module")
def base():
    """Three particles that find room in every structure, so that each field matters."""
    return from_table(
        DatasetRecipe,
        {
            "name": "walk",
            "seed": 11,
            "structures": 4,
            "images_per_structure": 3,
            "particle": {"radius": 9.5, "count": 3, "gap": 1.0},
            "film": {"thickness": 6.0},
            "placement": {"field": [76.8, 76.8]},
            "imaging": {"dose": 400.0},
            "detector": {"pixel_size": 0.4},
        },
    )


def fields_of(value, path=()):
    for field in dataclasses.fields(value):
        item = getattr(value, field.name)
        if dataclasses.is_dataclass(item) and not isinstance(item, Distribution):
            if not path:
                yield from fields_of(item, (field.name,))
                continue
        yield (*path, field.name)


def changed(recipe, path, value):
    if len(path) == 1:
        return replace(recipe, **{path[0]: value})
    inner = replace(getattr(recipe, path[0]), **{path[1]: value})
    return replace(recipe, **{path[0]: inner})


def ids(recipe):
    plan = plan_structure(recipe, 1)
    return {
        "recipe": identity(recipe, "recipe"),
        "structure": plan.structure_id,
        "micrograph": micrograph_id(recipe, plan, 1),
        "beside": beside_id(recipe),
    }


def test_the_walk_leaves_no_field_out(base):
    with_another = {("wave", "particles"), ("detector", "mtf_with_pixel"), ("mask", "margin")}
    with_another |= {("particle", "coverage"), ("particle", "mixed"), ("specimen",)}
    assert set(fields_of(base)) == {*WALK, *with_another}


def test_a_measured_curve_is_another_camera_than_one_beyond_the_pixel(base):
    curve = ((0.0, 1.0), (1.0, 0.3))
    cameras = [
        replace(base.detector, mtf_curve=curve, mtf_with_pixel=with_pixel)
        for with_pixel in (False, True)
    ]
    before, after = (ids(replace(base, detector=camera)) for camera in cameras)
    assert {name for name in before if before[name] != after[name]} == {"recipe", "micrograph"}


@pytest.mark.parametrize("path", WALK, ids=".".join)
def test_a_changed_field_changes_the_ids_of_what_it_changes_and_no_other(base, path):
    value, expected = WALK[path]
    before, after = ids(base), ids(changed(base, path, value))
    assert {name for name in before if before[name] != after[name]} == {"recipe", *expected}


def test_data_sets_that_differ_in_their_masks_alone_are_two(tiny, tiny_database, tmp_path):
    other = replace(tiny, mask=replace(tiny.mask, threshold=0.6, blur=3.0))
    database = build_dataset(other, tmp_path, progress=False)
    assert list(database.catalogue["micrograph"]) == list(tiny_database.catalogue["micrograph"])
    assert (database.masks(range(12)) != tiny_database.masks(range(12))).any()
    assert database.identity != tiny_database.identity


def write_cif(path, symbol, length):
    from pymatgen.core import Lattice, Structure

    lattice = Lattice.cubic(length)
    Structure.from_spacegroup("Fm-3m", lattice, [symbol], [[0, 0, 0]]).to(str(path), fmt="cif")


@pytest.fixture
def with_cif(tiny_file, tmp_path):
    """A recipe with a file of a crystal beside it, and the file."""
    cif = tmp_path / "recipes" / "mine.cif"
    cif.parent.mkdir()
    write_cif(cif, "Pt", 3.92)
    text = tiny_file.read_text().replace("structures = 4", "structures = 2")
    text = text.replace("[dataset.particle]", '[dataset.particle]\nmaterials = ["mine.cif"]')
    (cif.parent / "mine.toml").write_text(text)
    return cif.parent / "mine.toml", cif


def test_a_crystal_from_a_file_travels_and_the_file_is_needed_no_more(with_cif, tmp_path):
    path, cif = with_cif
    recipe = read_dataset_recipe(path)
    database = build_dataset(recipe, tmp_path / "set", progress=False)
    assert set(database.catalogue["material"]) == {"mine"}
    cif.unlink()
    again = open_database(tmp_path / "set")
    check_dataset(again)
    micrograph = regenerate(again, again.catalogue["micrograph"][1])
    assert (micrograph.counts == again.counts([1])[0]).all()
    assert from_table(DatasetRecipe, to_table(recipe)) == recipe


def write_alloy(path, platinum):
    """Write disordered Pt-Co (A1), one site that both share; the rest of 0.98 is vacant."""
    rows = [f"Pt1 Pt 0 0 0 {platinum}", f"Co1 Co 0 0 0 {round(0.98 - platinum, 3)}"]
    names = ["label", "type_symbol", "fract_x", "fract_y", "fract_z", "occupancy"]
    lines = ["data_x", *(f"_cell_length_{n} 3.854" for n in "abc")]
    lines += [f"_cell_angle_{n} 90" for n in ("alpha", "beta", "gamma")]
    lines += ["_symmetry_space_group_name_H-M 'F m -3 m'", "loop_"]
    path.write_text("\n".join([*lines, *(f"_atom_site_{n}" for n in names), *rows]) + "\n")


def test_occupancies_of_a_file_make_alloys_by_the_streams_of_the_recipe(with_cif, tmp_path):
    from hrtem_sim.specimen.builders import place

    path, cif = with_cif
    write_alloy(cif, 0.735)
    recipe = read_dataset_recipe(path)
    assert from_table(DatasetRecipe, to_table(recipe)) == recipe
    made = {}
    for index in (0, 1):
        plan = plan_structure(recipe, index)
        (particle,) = place(plan.specimen, plan.rng)[:1]
        again = place(plan_structure(recipe, index).specimen, plan.rng)[0]
        assert (again.species == particle.species).all()
        cobalt, count = (particle.species == 27).sum(), len(particle.species)
        assert set(particle.species.tolist()) == {27, 78}
        assert abs(cobalt - count / 4) < 4 * (count * 3 / 16) ** 0.5
        made[index] = (count, cobalt)
    assert made[0] != made[1]
    # Other occupancies are another crystal; whole ones have no part in ids.
    write_alloy(cif, 0.63)
    assert ids(read_dataset_recipe(path))["structure"] != ids(recipe)["structure"]
    database = build_dataset(recipe, tmp_path / "set", progress=False)
    cif.unlink()
    again = open_database(tmp_path / "set")
    check_dataset(again)
    micrograph = regenerate(again, again.catalogue["micrograph"][1])
    assert (micrograph.counts == database.counts([1])[0]).all()


def test_a_file_that_holds_another_crystal_makes_another_data_set(with_cif, tmp_path):
    path, cif = with_cif
    platinum = read_dataset_recipe(path)
    build_dataset(platinum, tmp_path / "set", progress=False)
    write_cif(cif, "Ag", 4.09)
    silver = read_dataset_recipe(path)
    assert ids(platinum)["structure"] != ids(silver)["structure"]
    with pytest.raises(DatabaseError, match="belongs to another recipe"):
        build_dataset(silver, tmp_path / "set", progress=False)
    check_dataset(open_database(tmp_path / "set"))


def test_a_crystal_that_a_caller_changes_changes_no_other():
    crystal_of("Au").origin = [9.0, 9.0, 9.0]
    assert crystal_of("Au").origin.tolist() == [0.0, 0.0, 0.0]
    po = FileCrystal("po", ("Po",), ((3.35, 0, 0), (0, 3.35, 0), (0, 0, 3.35)), ((0, 0, 0),))
    assert as_material(po) is po and crystal_of(po).species == (84,)
