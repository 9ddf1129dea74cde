"""Bad input to the crystals and films of `czone`."""

import numpy as np
import pytest
from ase import Atoms
from ase.build import mx2
from pymatgen.core import DummySpecies, Lattice, Structure

from czone.generator import AmorphousGenerator, Generator, NullGenerator, number_density
from czone.generator.amorphous_algorithms import gen_p_substrate, random_sequential_addition
from czone.generator.spacegroup import space_group
from czone.matter import Crystal, ImpossibleContact, UnitCell, contact_rule
from czone.prefab import SimpleGrainBoundary, WulffSingle
from czone.transform import ArbitraryPostTransform, Translation
from czone.util import zone_axis_rotations
from tests.errors.table import Row, refused, table
from tests.solids import gold, symbol, write_cif

NAN, INF = float("nan"), float("inf")
CENTER = [0.0, 0.0, 0.0]
CUBE = [4.0, 4.0, 4.0]
RIGHT = [90, 90, 90]
FOUR = (1, 0, 0, 0)


def cell(Z=("Au",), coords=(CENTER,), cell_dims=CUBE, cell_angs=RIGHT, **more) -> Generator:
    return Generator.from_unit_cell(Z, coords, cell_dims, cell_angs, **more)


def group(Z=("Au",), coords=(CENTER,), cell_dims=CUBE, **more) -> Generator:
    return Generator.from_spacegroup(Z, coords, cell_dims, RIGHT, **more)


def shared(content: dict) -> Generator:
    return cell([content])


def split(share: float) -> Generator:
    """A chain of cells with one position that is split in two, 0.6 angstrom apart."""
    sites = [[0.95, 0, 0], [0.05, 0, 0], [0.5, 0.5, 0.5]]
    return cell([{"Li": share}, {"Li": share}, "O"], sites, [6, 6, 6], rng=1)


def of(*structure, **more) -> Generator:
    with np.errstate(all="ignore"):
        return Generator(structure=Atoms(*structure, pbc=True, **more))


def titanium() -> Generator:
    return Generator.from_spacegroup(
        ["Ti"], [[1 / 3, 2 / 3, 1 / 4]], [2.95, 2.95, 4.68], [90, 90, 120], sgn=194
    )


def film(**values) -> AmorphousGenerator:
    return AmorphousGenerator(**values)


def packed(dims=(9, 9, 9), counts=(1,), min_dist=1.0, **more):
    return random_sequential_addition(dims=dims, counts=counts, min_dist=min_dist, **more)


def short(**rule) -> Generator:
    with contact_rule(**rule):
        return cell(cell_dims=[1.7, 9, 9])


def changed(fun):
    crystal = gold(post_transform=ArbitraryPostTransform(fun))
    return crystal.supply_atoms(np.array([[0.0, 0, 0], [12, 12, 12]]))


# fmt: off
ROWS = (
    # Crystals
    Row("Crystal", "cell", "a UnitCell", "{'Z': 79}", lambda: Crystal({"Z": 79}), TypeError),
    Row("Crystal", "strain", "a BaseStrain or None", "{'xx': 0.1}", lambda: Crystal(UnitCell([79], [CENTER], 4 * np.eye(3)), strain={"xx": 0.1}), TypeError),
    Row("Crystal", "post", "a post transform or None", "'Ag'", lambda: Crystal(UnitCell([79], [CENTER], 4 * np.eye(3)), post="Ag"), TypeError),
    Row("from_unit_cell", "cell_dims", "positive", "-4.0", lambda: cell(cell_dims=[4, 4, -4.0])),
    Row("from_unit_cell", "cell_dims", "positive", "nan", lambda: cell(cell_dims=[4, 4, NAN])),
    Row("from_unit_cell", "cell_angs", "between 0 and 180", "[90, 90, 180]", lambda: cell(cell_angs=[90, 90, 180])),
    Row("from_unit_cell", "cell_angs", "volume", "[30, 30, 170]", lambda: cell(cell_angs=[30, 30, 170])),
    Row("from_unit_cell", "Z", "symbols", "Xx", lambda: cell(Z=["Xx"])),
    Row("from_unit_cell", "Z", "1 to", "0", lambda: cell(Z=[0])),
    Row("from_unit_cell", "coords", "same length", "2", lambda: cell(coords=[CENTER, CENTER])),
    Row("from_unit_cell", "coords", "finite", "nan", lambda: cell(coords=[[0, 0, NAN]])),
    Row("from_spacegroup", "sgn", "1 to 230", "231", lambda: group(sgn=231)),
    Row("from_spacegroup", "sym", "international symbol", "Fm-9m", lambda: group(sym="Fm-9m")),
    Row("Generator", "structure", "pymatgen", "3", lambda: Generator(structure=3), TypeError),
    Row("from_unit_cell", "Z", "at most 1", "0.7", lambda: shared({"Au": 0.7, "Ag": 0.7})),
    Row("Generator", "strain_field", "BaseStrain", "0.1", lambda: cell(strain_field=0.1), TypeError),
    Row("Generator", "origin", "finite", "nan", lambda: cell(origin=[NAN, 0, 0])),
    Row("Generator", "bbox", "finite", "nan", lambda: gold().supply_atoms([[NAN] * 3] * 8)),
    Row("from_unit_cell", "Z", "between 0 and 1", "1.5", lambda: shared({"Au": 1.5})),
    Row("from_unit_cell", "Z", "between 0 and 1", "nan", lambda: shared({"Au": NAN})),
    Row("from_unit_cell", "Z", "between 0 and 1", "'Au': 0", lambda: shared({"Au": 0})),
    Row("from_unit_cell", "Z", "at least one element", "{}", lambda: shared({})),
    Row("from_unit_cell", "Z", "1 to 118 or symbols", "'Px'", lambda: shared({"Px": 0.5})),
    Row("from_unit_cell", "Z", "1 to 118", "119", lambda: cell([119])),
    Row("from_unit_cell", "Z", "1 to 118", "1.5)", lambda: cell([1.5])),
    Row("from_unit_cell", "coords", "at least 1", "0 and 0", lambda: cell([], [])),
    Row("from_unit_cell", "cell_dims", "3 positive lengths", "[4, 4]", lambda: cell(cell_dims=[4, 4])),
    Row("from_unit_cell", "cell_angs", "volume", "[60, 60, 120]", lambda: cell(cell_angs=[60, 60, 120])),
    Row("from_spacegroup", "sgn", "must be given", "neither", lambda: group()),
    Row("from_spacegroup", "cell_dims and cell_angs", "fit space group 225", "[4.0, 5.0, 6.0]", lambda: group(cell_dims=[4, 5, 6], sgn=225)),
    Row("from_spacegroup", "coords", "distinct sites", "(He)", lambda: group([1, 2], [CENTER] * 2, sgn=225)),
    Row("Generator", "structure", "before this Generator is used", "None", lambda: Generator().supply_atoms(np.eye(3))),
    Row("Generator.transform", "structure", "before this Generator is used", "None", lambda: Generator().transform(Translation([0, 0, 1]))),
    Row("Generator", "origin", "3 numbers", "(2,)", lambda: Generator(origin=[0, 0])),
    Row("Generator", "origin", "a crystal is the structure=", "'gold.cif'", lambda: Generator("gold.cif"), TypeError),
    Row("Generator", "post_transform", "post transform", "3", lambda: setattr(gold(), "post_transform", 3), TypeError),
    Row("post_transform", "post_transform", "as many atomic numbers as positions", "256 and 10", lambda: changed(lambda points, species: (points[:10], species))),
    Row("post_transform", "positions of post_transform", "finite", "nan", lambda: changed(lambda points, species: (points * NAN, species))),
    Row("Generator", "voxel", "Voxel", "3", lambda: setattr(gold(), "voxel", 3), TypeError),
    Row("from_generator", "from_generator", "transformation only", "['scale']", lambda: gold().from_generator(scale=3), TypeError),
    Row("NullGenerator", "transformation", "transform", "3", lambda: NullGenerator().transform(3), TypeError),
    # Structures of others
    Row("ASE", "structure", "set pbc = True", "[False, False, False]", lambda: Generator(structure=Atoms("Au", [CENTER]))),
    Row("ASE", "structure", "periodic along all three", "[True, True, False]", lambda: Generator(structure=mx2("MoS2", vacuum=5))),
    Row("ASE", "lattice", "span a volume", "0.0", lambda: of("Au", [CENTER])),
    Row("ASE", "structure", "at least one atom", "none", lambda: of(cell=CUBE)),
    Row("ASE", "coords", "finite", "nan", lambda: of("Au", [[0, 0, NAN]], cell=CUBE)),
    Row("ASE", "coords", "on the site of", "(Ag", lambda: of("AuAg", [[0, 0, 0], [0, 0, 4]], cell=CUBE)),
    Row("pymatgen", "structure", "periodic along all three", "[True, True, False]", lambda: Generator(structure=Structure(Lattice(4 * np.eye(3), pbc=(True, True, False)), ["Au"], [CENTER]))),
    Row("pymatgen", "lattice", "span a volume", "1.0", lambda: Generator(structure=Structure(np.ones((3, 3)), ["Au"], [CENTER]))),
    Row("pymatgen", "structure", "chemical elements", "X", lambda: Generator(structure=Structure(Lattice.cubic(4), [DummySpecies("X")], [CENTER]))),
    Row("file", "file", "there is no", "nowhere.cif", lambda: Generator(structure="nowhere.cif"), FileNotFoundError),
    # Space groups and their settings
    Row("space_group", "setting of space group 227", "must be '1' or '2'", "3", lambda: space_group(sgn=227, setting=3)),
    Row("space_group", "setting of space group 225", "must be left out", "2", lambda: space_group(sgn=225, setting=2)),
    Row("space_group", "setting", "agree with sym='Fd-3m:2'", "1", lambda: space_group(sym="Fd-3m:2", setting=1)),
    Row("space_group", "setting of R-3c", "must be 'H' or 'R'", "'Q'", lambda: space_group(sym="R-3c:Q")),
    Row("space_group", "setting of Fd-3m", "must be '1' or '2'", "'3'", lambda: space_group(sym="Fd-3m:3")),
    Row("space_group", "sym", "like R-3, R-3m, R-3c", "'R-3x'", lambda: space_group(sym="R-3x")),
    # Four indices
    Row("zone_axis_rotations", "zone_axis", "three indices in a cell that is not hexagonal", "(2, -1, -1, 0)", lambda: zone_axis_rotations((2, -1, -1, 0))),
    Row("WulffSingle", "surface_energies keys", "three indices", "(1, 0, -1, 0)", lambda: WulffSingle(gold(), {(1, 0, -1, 0): 1.0})),
    Row("WulffSingle", "surface_energies keys", "h + k + i = 0", "sum of 1", lambda: WulffSingle(titanium(), {FOUR: 1.0})),
    Row("GrainBoundary", "z1", "u + v + t = 0", "sum of 1", lambda: SimpleGrainBoundary((2, -1, 0, 0), 0.1)),
    Row("GrainBoundary", "plane", "h + k + i = 0", "sum of 1", lambda: SimpleGrainBoundary((0, 0, 1), 0.1, plane=FOUR)),
    # Atoms that touch
    Row("nanometres", "crystal", "lengths in nanometres", "0.283 angstrom apart", lambda: group(cell_dims=[0.4] * 3, sgn=225), ImpossibleContact),
    Row("edge", "crystal", "across the periodic edge", "1.200 angstrom", lambda: cell(cell_dims=[1.2, 9, 9]), ImpossibleContact),
    Row("split site", "crystal", "nearer than 0.5", "0.600 angstrom apart", lambda: split(0.7), ImpossibleContact),
    Row("shared site", "crystal", "nearer than 0.5", "0.400 angstrom apart", lambda: cell([{"Au": 0.5}, "Au"], [CENTER, [0.1, 0, 0]]), ImpossibleContact),
    Row("contact_rule", "crystal", "nearer than 0.65", "1.700 angstrom", lambda: short(short="raise"), ImpossibleContact),
    Row("contact_rule", "short", "'raise', 'warn' or 'ignore'", "'never'", lambda: short(short="never")),
    # Films
    Row("Amorphous", "density", "positive", "-0.1", lambda: film(density=-0.1)),
    Row("Amorphous", "density", "positive", "nan", lambda: film(density=NAN)),
    Row("Amorphous", "min_dist", "positive", "0", lambda: film(min_dist=0)),
    Row("Amorphous", "species", "element", "Qq", lambda: film(species="Qq")),
    Row("Amorphous", "rng", "zero or more", "-3", lambda: film(rng=-3)),
    Row("Amorphous", "origin", "finite", "inf", lambda: AmorphousGenerator([0, 0, INF])),
    Row("number_density", "mass_density", "positive", "-2", lambda: number_density("C", -2)),
    Row("number_density", "mass_density", "at most 25, in g/cm3", "2200", lambda: number_density("SiO2", 2200)),
    Row("Amorphous", "min_dist", "0.5 of the sum of their covalent radii apart", "0.14, 0.092", lambda: film(min_dist=0.14), ImpossibleContact),
    Row("Amorphous", "min_dist", "0.5 of the sum of their covalent radii apart", "('Si', 'O'): 0.16", lambda: film(species="SiO2", min_dist={("Si", "O"): 0.16, ("O", "O"): 2, ("Si", "Si"): 2}), ImpossibleContact),
    Row("Amorphous", "density", "atoms per cubic angstrom, or a text", "'2.2 g'", lambda: film(density="2.2 g")),
    Row("Amorphous", "species", "1 to 118", "0", lambda: film(species=0)),
    Row("Amorphous", "species", "at least one element", "{}", lambda: film(species={})),
    Row("Amorphous", "species", "amounts must be positive", "-1", lambda: film(species={"Si": -1})),
    Row("Amorphous", "min_dist", "every pair", "('Si', 'Si')", lambda: film(species="SiO2", min_dist={("Si", "O"): 1.5})),
    Row("Amorphous", "origin", "3 numbers", "(2,)", lambda: film(origin=(1, 2))),
    Row("Amorphous", "periodic", "one or two booleans", "(True,)", lambda: film(periodic=(True,))),
    Row("Amorphous", "bbox", "(n, 3)", "(4, 2)", lambda: film().supply_atoms(np.zeros((4, 2)))),
    Row("Amorphous", "bbox", "finite", "nan", lambda: film().supply_atoms(np.full((8, 3), NAN))),
    Row("substrate", "density", "cannot be reached", "of 13375 atoms", lambda: gen_p_substrate((50, 50, 20), density=0.2675, rng=0)),
    Row("substrate", "density", "cannot be reached", "of 86 atoms", lambda: gen_p_substrate((6, 6, 6), density=0.4, rng=0)),
    Row("substrate", "seed or rng", "not both", "2", lambda: gen_p_substrate((9, 9, 9), seed=1, rng=2)),
    Row("packing", "dims", "three positive lengths", "(1, 2)", lambda: packed((1, 2))),
    Row("packing", "dims", "three positive lengths", "nan", lambda: packed((1, 2, NAN))),
    Row("packing", "dims", "at least min_dist (1.4 angstrom)", "[1.0, 9.0, 9.0]", lambda: packed((1, 9, 9), min_dist=1.4)),
    Row("packing", "counts", "whole numbers", "[1.5]", lambda: packed(counts=[1.5])),
    Row("packing", "counts", "negative", "[-1]", lambda: packed(counts=[-1])),
    Row("packing", "min_dist", "positive", "0.0", lambda: packed(min_dist=0.0)),
    Row("packing", "min_dist", "symmetric (2, 2) table", "[1.0, 2.0]", lambda: packed(counts=[1, 1], min_dist=[1.0, 2.0])),
    Row("packing", "periodic", "three booleans", "True", lambda: packed(periodic=True)),
)
# fmt: on


@table(*ROWS)
def test_a_bad_input_is_refused_in_words(row):
    refused(row)


CUBIC, HCP = (3.854,) * 3 + (90,) * 3, (2.95, 2.95, 4.68, 90, 90, 120)
HALF_A_GROUP = "loop_\n_symmetry_equiv_pos_as_xyz\nx,y,z\n-y,x-y,z"
PLATINUM = "Pt1 Pt 0 0 0 1"
FACES = symbol("Fm-3m")
FILES = (
    (CUBIC, ["Pt1 Pt 0 0 ? 1"], FACES, "coordinates of Pt1", "a number", "'?'"),
    (CUBIC, ["Pt1 Pt 0 0 0 1.4"], FACES, "occupancy of Pt1", "between 0 and 1", "1.4"),
    (CUBIC, ["W1 Wat 0 0 0 1"], FACES, "_atom_site_type_symbol", "a chemical element", "'Wat'"),
    (CUBIC, ["Wat2 . 0 0 0 1"], FACES, "_atom_site_type_symbol", "a chemical element", "'Wat2'"),
    (CUBIC, ["CA1 . 0 0 0 1"], FACES, "_atom_site_type_symbol", "a chemical element", "'CA1'"),
    (CUBIC, [PLATINUM, "Co1 Co 0 0 0 1"], FACES, "coords", "give their shares", "(Co)"),
    (CUBIC, [PLATINUM], symbol("F m m 3"), "sym", "an international symbol", "'F m m 3'"),
    (
        HCP,
        [PLATINUM],
        FACES,
        "cell_dims and cell_angs",
        "fit space group 225",
        "[2.95, 2.95, 4.68]",
    ),
    (HCP, [PLATINUM], HALF_A_GROUP, "operations", "form a group", "2 listed some are missing"),
    (("?",) * 6, [PLATINUM], FACES, "length_a", "a number", "'?'"),
    ((4, 4, 4, 90, 90, 180), [PLATINUM], symbol("P1"), "cell_angs", "between 0 and 180", "180.0]"),
)


@pytest.mark.parametrize(("cell", "sites", "says", "argument", "rule", "value"), FILES)
def test_a_file_that_makes_no_sense_is_refused_with_the_cause(
    cell, sites, says, argument, rule, value, tmp_path
):
    file = write_cif(tmp_path / "crystal.cif", cell, sites, says)
    row = Row("file", argument, rule, value, lambda: Generator(structure=file))
    refused(row)
    refused(row._replace(argument="crystal.cif"))


@pytest.mark.parametrize(
    ("name", "text", "rule"),
    [
        ("crystal.cif", "data_x\n_cell_length_a 4\n", "must hold a crystal"),
        ("notes.xyz", "no atoms\n", "ASE cannot read"),
        (
            "salt.pdb",
            f"{'CRYST1':55}F m -3 m      4\n",
            "structure must list all atoms of its cell",
        ),
    ],
)
def test_a_file_without_a_crystal_is_refused(name, text, rule, tmp_path):
    (tmp_path / name).write_text(text)
    refused(Row("file", name, rule, name, lambda: Generator(structure=tmp_path / name)))
