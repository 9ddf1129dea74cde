"""Crystals from files, from ASE and from pymatgen, wherever one is wanted."""

import re
import warnings

import ase.io
import numpy as np
import pytest
from ase.build import bulk
from pymatgen.core import Lattice, Structure

from czone.generator import Generator
from czone.generator.spacegroup import space_group
from czone.prefab import WulffSingle
from czone.volume import Sphere, Volume
from tests.czone.test_spacegroups import LTL
from tests.solids import symbol, write_cif

CUBIC, HCP = (3.854,) * 3 + (90,) * 3, (2.95, 2.95, 4.68, 90, 90, 120)


def listed(group):
    """Write the operations of a group as CIF files list them."""
    rows = []
    for turn, step in zip(group.rotations, group.translations, strict=True):
        row = ["".join(f"{n:+d}*{x}" for n, x in zip(r, "xyz", strict=True) if n) for r in turn]
        row = [text.replace("1*", "") + f"+{t:.4f}" for text, t in zip(row, step, strict=True)]
        rows.append("'" + ",".join(row) + "'")
    return "\n".join(["loop_", "_space_group_symop_operation_xyz", *rows])


@pytest.fixture
def file(tmp_path):
    return tmp_path / "crystal.cif"


def test_a_disordered_alloy_is_read_with_its_shares(file):
    write_cif(file, CUBIC, ["Pt1 Pt 0 0 0 0.75(1)", "Co1 Co 0 0 0 0.25(1)"], symbol("F m -3 m"))
    crystal = Generator(structure=file, rng=1)
    assert crystal.crystal.cell.contents == (((27, 0.25), (78, 0.75)),) * 4
    volume = Volume(alg_objects=[Sphere(20, [0, 0, 0])], generator=crystal)
    volume.populate_atoms()
    count = len(volume.species)
    assert abs((volume.species == 27).sum() - count / 4) < 4 * np.sqrt(count * 3 / 16)


def test_vacancies_and_two_states_of_one_element(file):
    # Fe2+ and Fe3+ on one site: iron that fills 0.9 of it.
    sites = ["Fe2 Fe2+ 0 0 0 0.5", "Fe3 Fe3+ 0 0 0 0.4", "O1 O2- .5 .5 .5 1"]
    crystal = Generator(structure=write_cif(file, CUBIC, sites, symbol("Fm-3m")))
    assert crystal.crystal.cell.contents == (((26, 0.9),),) * 4 + (((8, 1.0),),) * 4


@pytest.mark.parametrize("decimals", [4, 3])
@pytest.mark.parametrize("says", [symbol("P 6/m m m"), listed(space_group(191))])
def test_a_zeolite_with_rounded_coordinates_has_its_atoms(file, decimals, says):
    rows = [
        f"{element}{k} {element} {x:.{decimals}f} {y:.{decimals}f} {z:.{decimals}f} 1"
        for element, sites in LTL.items()
        for k, (x, y, z) in enumerate(sites)
    ]
    crystal = Generator(structure=write_cif(file, (18.126, 18.126, 7.567, 90, 90, 120), rows, says))
    assert np.bincount(crystal.species)[[8, 14]].tolist() == [72, 36]


@pytest.mark.parametrize("occupancy", ["1", "0.9", "0.4"])
def test_a_rounded_third_is_one_site_at_any_occupancy(file, occupancy):
    write_cif(file, HCP, [f"Ti1 Ti .333 .667 .25 {occupancy}"], symbol("P 63/m m c"))
    assert len(Generator(structure=file).species) == 2


SILICON = (5.431,) * 3 + (90,) * 3
ORIGIN_2 = ["Si1 Si .125 .125 .125 1"]


@pytest.mark.parametrize(
    "says",
    [
        symbol("F d -3 m :2"),
        symbol("F d -3 m Z"),
        symbol("F d -3 m") + "\n_symmetry_space_group_name_Hall '-F 4vw 2vw 3'",
        symbol("F d -3 m") + "\n_space_group_IT_coordinate_system_code 2",
        "_symmetry_Int_Tables_number 227\n_space_group_IT_coordinate_system_code 2",
        listed(space_group(227, setting=2)),
        symbol("F d -3 m") + "\n" + listed(space_group(227, setting=2)),
    ],
)
def test_the_second_origin_is_honoured_however_it_is_said(file, says):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        crystal = Generator(structure=write_cif(file, SILICON, ORIGIN_2, says))
    assert len(crystal.species) == 8


@pytest.mark.parametrize(
    ("site", "number"),
    [("FeM1 .", 26), ("OW1 .", 8), ("AlT ?", 13), ("K1 .", 19), ("D3 .", 1), ("X1 Fe3+", 26)]
    + [("X1 CL", 17), ("Si(2) .", 14)],
)
def test_elements_come_from_types_and_else_from_labels(file, site, number):
    write_cif(file, CUBIC, [f"{site} 0 0 0 1"], symbol("Fm-3m"))
    assert set(Generator(structure=file).species) == {number}


def test_two_origins_and_nothing_said_is_told(file):
    write_cif(file, SILICON, ["Si1 Si 0 0 0 1"], symbol("F d -3 m"))
    with pytest.warns(UserWarning, match="Fd-3m has two origins.*choice 1 is taken"):
        assert len(Generator(structure=file).species) == 8


@pytest.mark.follows("Keep the atoms of one group")
def test_disorder_groups_of_several_atoms_are_told(file):
    """A molecule in two places: its atoms would be drawn one by one."""
    sites = ["C1A C .1 .1 .1 .6 1", "O1A O .4 .1 .1 .6 1", "C1B C .1 .3 .1 .4 2"]
    write_cif(file, CUBIC, [*sites, "O1B O .4 .3 .1 .4 2", "Pt1 Pt .6 .6 .6 1 ."], symbol("P 1"))
    grouped = "_atom_site_occupancy\n_atom_site_disorder_group\n"
    text = file.read_text().replace("_atom_site_occupancy\n", grouped)
    file.write_text(text)
    with pytest.warns(UserWarning, match="disorder_group says.*C1A, O1A or C1B, O1B.*groups mix"):
        Generator(structure=file)
    kept = [line for line in text.splitlines() if not line.endswith("4 2")]
    file.write_text("\n".join(kept).replace(".6 1\n", "1 .\n"))  # what the warning advises
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(Generator(structure=file).species) == 3
    # One atom in two places is one draw, groups or not.
    split = ["C1A C .1 .1 .1 .6 1", "C1B C .1 .25 .1 .4 2"]
    write_cif(file, CUBIC, split, symbol("P 1"))
    file.write_text(file.read_text().replace("_atom_site_occupancy\n", grouped))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Generator(structure=file)


def test_settings_of_files_are_honoured(file):
    write_cif(file, (4, 5, 6, 90, 100, 90), ["Pt1 Pt .1 .2 .3 1"], symbol("P 21/n"))
    coords = Generator(structure=file).coords
    # P 1 21/n 1: x,y,z; 1/2-x,1/2+y,1/2-z; -x,-y,-z; 1/2+x,1/2-y,1/2+z (International Tables A).
    wanted = [[0.1, 0.2, 0.3], [0.4, 0.7, 0.2], [0.9, 0.8, 0.7], [0.6, 0.3, 0.8]]
    np.testing.assert_allclose(sorted(coords.tolist()), sorted(wanted), atol=1e-12)
    alumina = ["Al1 Al .3522 .3522 .3522 1", "O1 O .556 .944 .25 1"]
    write_cif(file, (5.128,) * 3 + (55.28,) * 3, alumina, symbol("R -3 c R"))
    assert np.bincount(Generator(structure=file).species)[[8, 13]].tolist() == [6, 4]


@pytest.mark.parametrize("name", ["POSCAR", "ti.cif", "ti.extxyz", "ti.res"])
def test_every_file_of_one_crystal_is_that_crystal(tmp_path, name):
    titanium = bulk("Ti", "hcp", a=2.95, c=4.68)
    titanium.write(tmp_path / name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        crystal = Generator(structure=str(tmp_path / name))
    assert crystal.species == (22, 22)
    distances = crystal.structure.distance_matrix
    assert distances[0, 1] == pytest.approx(np.sqrt(2.95**2 / 3 + 4.68**2 / 4), abs=1e-4)


def test_atoms_and_structures_are_taken_wherever_a_crystal_is_wanted(tmp_path):
    copper = bulk("Cu", "fcc", a=3.61, cubic=True)
    copper.write(tmp_path / "POSCAR")
    structure = Structure(Lattice(np.array(copper.cell)), ["Cu"] * 4, copper.get_scaled_positions())
    counts = set()
    for crystal in (copper, structure, tmp_path / "POSCAR", Generator(structure=copper)):
        volume = Volume(alg_objects=[Sphere(12, [0, 0, 0])], generator=crystal)
        volume.populate_atoms()
        particle = WulffSingle(crystal, {(1, 1, 1): 1.0}, 200).get_construction()
        particle.populate_atoms()
        counts.add((len(volume.atoms), len(particle.atoms)))
    assert len(counts) == 1 and min(counts.pop()) > 100


def test_atoms_that_are_read_keep_their_occupancies(file):
    write_cif(file, CUBIC, ["Pt1 Pt 0 0 0 0.75", "Co1 Co 0 0 0 0.25"], symbol("F m -3 m"))
    crystal = Generator(structure=ase.io.read(file), rng=3)
    assert crystal.crystal.cell.contents == (((27, 0.25), (78, 0.75)),) * 4


def test_a_left_handed_cell_is_the_same_crystal():
    # Quartz is chiral: a cell whose vectors are listed the other way round must not mirror it.
    right = Structure(
        Lattice(np.diag([3.0, 4.0, 5.0])),
        ["C", "N", "O"],
        [[0, 0, 0], [0.3, 0.1, 0], [0, 0.2, 0.4]],
    )
    left = Structure(
        right.lattice.matrix[[1, 0, 2]], right.species, right.frac_coords[:, [1, 0, 2]]
    )
    assert np.linalg.det(left.lattice.matrix) < 0
    found = []
    for structure in (right, left):
        volume = Volume(alg_objects=[Sphere(9, [1, 2, 0])], generator=structure)
        volume.populate_atoms()
        rows = np.column_stack([volume.species, volume.atoms.round(6) + 0.0])
        found.append(sorted(map(tuple, rows.tolist())))
    assert found[0] == found[1]


SALT = (5.64,) * 3 + (90,) * 3
IONS = ["Na1 Na+ 0 0 0 1", "Cl1 Cl- .5 .5 .5 1"]


def formula_of(file) -> dict[int, int]:
    numbers, counts = np.unique(Generator(structure=file).species, return_counts=True)
    return dict(zip(numbers.tolist(), counts.tolist(), strict=True))


def test_a_magnetic_file_has_its_operations_and_centrings(file):
    """Rock salt by the operations of P-1, in time and out, and the centrings of a magnetic cell."""
    turns = ["1 x,y,z,+1", "2 -x,-y,-z,+1", "3 x,y,z,-1", "4 -x,-y,-z,-1"]
    steps = ["1 x,y,z,+1", "2 x+1/2,y+1/2,z,-1", "3 x+1/2,y,z+1/2,+1", "4 x,y+1/2,z+1/2,-1"]
    lists = [
        "\n".join(["loop_", f"_space_group_symop_magn_{n}.id", f"_space_group_symop_magn_{n}.xyz"])
        + "\n"
        + "\n".join(rows)
        for n, rows in (("operation", turns), ("centering", steps))
    ]
    write_cif(file, SALT, IONS, "_space_group_magn.number_BNS 166.101", *lists)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert formula_of(file) == {11: 4, 17: 4}


def test_a_modulated_file_gives_its_average_structure_and_says_so(file):
    steps = ["x1,x2,x3,x4", "x1+1/2,x2+1/2,x3,x4", "x1+1/2,x2,x3+1/2,x4", "x1,x2+1/2,x3+1/2,x4+1/2"]
    operations = "loop_\n_space_group_symop_ssg_operation_algebraic\n" + "\n".join(steps)
    write_cif(file, SALT, IONS, "_cell_modulation_dimension 1", operations)
    with pytest.warns(UserWarning, match="modulated: its average structure"):
        assert formula_of(file) == {11: 4, 17: 4}


def test_rhombohedral_axes_are_seen_by_the_cell(file):
    alumina = ["Al1 Al .3522 .3522 .3522 1", "O1 O .556 .944 .25 1"]
    write_cif(file, (5.128,) * 3 + (55.28,) * 3, alumina, symbol("R -3 c"))
    assert formula_of(file) == {8: 6, 13: 4}


def test_points_of_the_drawing_are_no_atoms(file):
    write_cif(file, SALT, [*IONS, "DUM1 C .25 .25 .25 1"], symbol("Fm-3m"))
    text = file.read_text().replace("_atom_site_occupancy", "_atom_site_calc_flag")
    file.write_text(text.replace("25 1", "25 dum"))
    assert formula_of(file) == {11: 4, 17: 4}


@pytest.mark.parametrize(
    ("says", "told", "holds"),
    [
        (
            "_chemical_formula_sum 'Na Cl H2 O'",
            r"'Na Cl H2 O', and the sites .* H 0 in place of 2, O 0 in place of 1",
            {11: 4, 17: 4},
        ),
        ("_chemical_formula_sum 'Cl4 Na4'", "", {11: 4, 17: 4}),
        (
            symbol("Pm-3m") + "\n_symmetry_Int_Tables_number 225",
            "space group 225 and 'Pm-3m', which is 221: the symbol counts",
            {11: 1, 17: 1},
        ),
        (
            symbol("Fm-3m") + "\nloop_\n_symmetry_equiv_pos_as_xyz\nx,y,z",
            "space group 225, which has 48 rotations, and lists 1: the list counts",
            {11: 1, 17: 1},
        ),
    ],
)
def test_what_a_file_says_and_does_not_hold_is_told(file, says, told, holds):
    also = [] if "_symmetry" in says else [symbol("Fm-3m")]
    write_cif(file, SALT, IONS, *also, says)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert formula_of(file) == holds
    messages = [str(one.message) for one in caught if issubclass(one.category, UserWarning)]
    assert len(messages) == bool(told)
    assert all(re.search(told, message) for message in messages)


def test_hydrogen_that_is_counted_and_not_placed_is_told(file):
    write_cif(file, SALT, ["Na1 Na+ 0 0 0 0", "O1 O2- .5 .5 .5 1"], symbol("Fm-3m"))
    text = file.read_text().replace("_atom_site_occupancy", "_atom_site_attached_hydrogens")
    file.write_text(text)
    with pytest.warns(UserWarning, match="hydrogen without coordinates on O1: it is left out"):
        assert formula_of(file) == {8: 4, 11: 4}


@pytest.mark.parametrize("count", ["?", ".", "0", "0.0"])
@pytest.mark.filterwarnings("error")
def test_hydrogen_that_is_not_counted_is_nothing_to_tell(file, count):
    write_cif(file, SALT, [f"Na1 Na+ 0 0 0 {count}", "O1 O2- .5 .5 .5 0"], symbol("Fm-3m"))
    text = file.read_text().replace("_atom_site_occupancy", "_atom_site_attached_hydrogens")
    file.write_text(text)
    assert formula_of(file) == {8: 4, 11: 4}


@pytest.mark.parametrize("formula", ["(Na0.5 Cl0.5)2", "(Na Cl)4 (Cl)0", "Na Cl0.98", "CL NA", "?"])
@pytest.mark.filterwarnings("error")
def test_a_formula_that_is_no_plain_sum_is_not_compared(file, formula):
    write_cif(file, SALT, IONS, symbol("Fm-3m"), f"_chemical_formula_sum '{formula}'")
    assert formula_of(file) == {11: 4, 17: 4}


def test_of_several_structures_in_a_file_the_last_is_taken_and_told(tmp_path):
    ase.io.write(tmp_path / "run.extxyz", [bulk("Cu", cubic=True), bulk("Au", cubic=True)])
    with pytest.warns(UserWarning, match="holds 2 crystals; the last is taken"):
        assert set(Generator(structure=tmp_path / "run.extxyz").species) == {79}


@pytest.mark.follows("whose operations are not applied. Give a CIF file")
def test_a_pdb_file_of_an_asymmetric_unit_becomes_a_cif_file(tmp_path, file):
    line = "CRYST1    5.640    5.640    5.640  90.00  90.00  90.00 F m -3 m      4\n"
    (tmp_path / "salt.pdb").write_text(line)
    with pytest.raises(ValueError, match="space group P 1; got 'F m -3 m'"):
        Generator(structure=tmp_path / "salt.pdb")
    write_cif(file, SALT, IONS, symbol("F m -3 m"))
    assert formula_of(file) == {11: 4, 17: 4}


def test_pdb_files_keep_their_occupancies(tmp_path):
    copper = bulk("Cu", cubic=True)
    copper.arrays["occupancy"] = np.array([0.5, 1, 1, 1])
    ase.io.write(tmp_path / "cu.pdb", copper)
    shares = Generator(structure=tmp_path / "cu.pdb", rng=1).crystal.cell.contents
    assert shares is not None and [site[0][1] for site in shares] == [0.5, 1, 1, 1]
