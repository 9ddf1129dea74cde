"""Mistakes that would give other atoms without a word are told: units, settings, wrong elements."""

import warnings

import numpy as np
import pytest
from ase.build import bulk, fcc111, molecule

from czone.generator import AmorphousGenerator, Generator
from czone.matter import ShortContact, contact_rule
from czone.molecule import Molecule
from czone.prefab import SimpleGrainBoundary, WulffSingle
from czone.scene import Scene
from czone.surface import add_adsorbates
from czone.transform import ChemicalSubstitution, HStrain, MatrixTransform, rot_v, rot_zxz
from czone.util.voxel import Voxel
from tests.solids import ball, gold

RUTILE = ([0, 0, 0], [0.305, 0.305, 0]), [4.594, 4.594, 2.959]


@pytest.mark.follows("give np.radians")
@pytest.mark.parametrize(
    "turned",
    [
        lambda angle: rot_v([0, 0, 1], angle),
        lambda angle: rot_zxz(0, 0, angle),
        lambda angle: SimpleGrainBoundary([0, 0, 1], angle, [0, 0, 1], 0.0, generator=gold()).r1,
    ],
)
def test_degrees_where_rad_are_wanted_are_told(turned):
    with pytest.warns(UserWarning, match=r"must be in rad; got 36.87.*np.radians\(36.87\)"):
        turned(36.87)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        turned(np.radians(36.87))
        turned(-2 * np.pi)


@pytest.mark.parametrize(
    "made",
    [
        lambda post: Generator(structure=bulk("Ag", cubic=True), post_transform=post),
        lambda post: setattr(gold(47), "post_transform", post),
    ],
)
def test_a_substitution_of_what_the_crystal_lacks_is_told(made):
    with pytest.warns(UserWarning, match="got Au for a crystal of Ag, in which nothing is"):
        made(ChemicalSubstitution("Au", "Cu", 0.5))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made(ChemicalSubstitution({"Au": "Cu", "Ag": "Pt"}, 0.5))


def test_indices_of_a_wulff_shape_in_another_setting_are_told():
    """Rutile with its fourfold axis along a: (011) there is (110) of the standard setting."""
    coords = [[0, 0, 0], [0.5] * 3]
    coords += [[0, u, u] for u in (0.305, 0.695)] + [
        [0.5, 0.5 + u, 0.5 - u] for u in (0.305, -0.305)
    ]
    turned = Generator.from_unit_cell([22] * 2 + [8] * 4, coords, [2.959, 4.594, 4.594], [90] * 3)
    with pytest.warns(UserWarning, match=r"edges \[4.59, 4.59, 2.96\] angstrom; \(0, 1, 1\) is an"):
        WulffSingle(turned, {(0, 1, 1): 1.0, (1, 1, 1): 1.0}).build_object()


@pytest.mark.parametrize(
    ("crystal", "energies"),
    [
        (gold(), {(1, 1, 1): 1.0, (2, 1, 0): 1.1}),
        (Generator(structure=bulk("Au")), {(1, 1, 1): 1.0, (1, 0, 0): 1.1}),  # of the cube
        (Generator(structure=bulk("Ti")), {(0, 0, 1): 1.0, (1, 0, 1): 1.1}),
        (
            Generator.from_spacegroup(["Ti", "O"], RUTILE[0], RUTILE[1], [90] * 3, sgn=136),
            {(1, 1, 0): 1.0, (1, 0, 1): 1.1},
        ),
    ],
)
def test_indices_in_the_standard_setting_are_nothing_to_tell(crystal, energies):
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        warnings.filterwarnings(
            "ignore", message="Set OLD_ERROR_HANDLING", category=DeprecationWarning
        )
        WulffSingle(crystal, energies).build_object()


def test_a_smallest_distance_may_be_anything_if_so_asked():
    with contact_rule(impossible="ignore"):
        AmorphousGenerator(min_dist=0.14)
    with contact_rule(impossible="warn"), pytest.warns(ShortContact, match="got 0.14"):
        AmorphousGenerator(min_dist=0.14)


def test_a_strain_may_stretch_and_shear_much():
    for matrix in ([3.9, 1, 1], [[1, 2, 0], [0, 1, 0], [0, 0, 1]]):
        HStrain(matrix)


def test_atoms_that_prismatic_would_not_find_are_told(tmp_path):
    def told(bounds, **given):
        scene = Scene(bounds, [Molecule(["Au", "C"], [[5, 5, 5], [5, 5, -1]])], **given)
        scene.populate()
        scene.to_file(tmp_path / "a.xyz", format="prismatic")

    with pytest.warns(UserWarning, match=r"\+z for Prismatic; got 1 atoms outside"):
        told([[0, 0, 0], [10, 10, 10]])
    backwards = Voxel(np.diag([10.0, 10.0, -10.0]), origin=[0, 0, 6])
    with pytest.warns(UserWarning, match=r"\+z for Prismatic; got 0 atoms outside"):
        told(backwards)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        told([[0, 0, -2], [10, 10, 10]])
        told([[0, 0, 0], [10, 10, 10]], clip=True)


@pytest.mark.follows("square them and multiply by 8 pi^2")
def test_displacements_in_place_of_debye_waller_factors_are_told(tmp_path):
    scene = Scene([[0, 0, 0], [10, 10, 10]], [Molecule("Au", [[5, 5, 5]])])
    scene.populate()
    with pytest.warns(UserWarning, match=r"B = 8 pi\^2 u\^2.*got \{'Au': 0.08\}"):
        scene.to_file(tmp_path / "a.xyz", format="prismatic", debye_waller_factors={"Au": 0.08})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        factors = {"Au": 8 * np.pi**2 * 0.08**2}
        scene.to_file(tmp_path / "a.xyz", format="prismatic", debye_waller_factors=factors)
        scene.to_file(tmp_path / "a.xyz", format="prismatic", debye_waller_factors=0)


@pytest.mark.follows("Give them different priorities, or leave one out")
def test_objects_that_empty_each_other_are_told():
    """The same ball twice: of equal priority each claims all atoms of the other."""
    inside = ball(6)
    scene = Scene([[-6] * 3, [6] * 3], [inside, Molecule("Au", [[9, 9, 9]]), inside])
    with pytest.warns(UserWarning, match="objects 0 and 2 have lost all atoms.*are equal, 0"):
        scene.populate()
    second = inside.from_volume(priority=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for objects in ([inside, second], [inside]):
            scene = Scene([[-6] * 3, [6] * 3], objects)
            scene.populate()
            assert len(scene.all_atoms) == 55


def test_angles_of_adsorbates_are_in_rad():
    block = Molecule([79] * 125, np.indices((5, 5, 5)).reshape(3, -1).T * 2.5)
    carbonyl = Molecule(["C", "O"], [[0, 0, 0], [0, 0, 1.13]])
    with pytest.warns(UserWarning, match="mol_rotation must be in rad; got 90"):
        add_adsorbates(carbonyl, block, number=1, mol_rotation=90, rng=1)


def test_a_crystal_in_picometres_is_told():
    with pytest.warns(UserWarning, match=r"in angstrom; got 1.43e\+07 cubic angstrom"):
        Generator.from_spacegroup(["Pt"], [[0, 0, 0]], [385.4] * 3, [90] * 3, sgn=225)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Generator.from_spacegroup(["Pt"], [[0, 0, 0]], [3.854] * 3, [90] * 3, sgn=225)
        Generator.from_unit_cell(["Pt"], [[0, 0, 0]], [40] * 3, [90] * 3)  # one alone


@pytest.mark.follows("or set atoms.pbc = False if they are apart")
def test_a_molecule_that_the_faces_of_its_cell_tear_is_told():
    water = molecule("H2O", cell=[5, 5, 5], pbc=True)
    water.wrap()  # oxygen at z = 0.12, hydrogen at z = 4.52 and y = 0.76 and 4.24
    with pytest.warns(UserWarning, match="got 3 pieces that are bonded through the faces"):
        Molecule.from_ase_atoms(water)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        whole = water.copy()
        whole.positions -= np.rint(whole.get_scaled_positions(wrap=False)) * 5
        Molecule.from_ase_atoms(whole)
        Molecule.from_ase_atoms(fcc111("Au", (2, 2, 3), vacuum=5))  # bonded here too
        water.pbc = False
        Molecule.from_ase_atoms(water)


@pytest.mark.follows("give setting=2 if that is meant, else setting=1")
@pytest.mark.parametrize(
    ("Z", "coords", "edge", "group", "atoms"),
    [
        (["Si"], [[1 / 8] * 3], 5.431, 227, (16, 8)),
        # spinel, R. J. Hill et al., Phys. Chem. Miner. 4, 317 (1979)
        (["Mg", "Al", "O"], [[1 / 8] * 3, [0.5] * 3, [0.2624] * 3], 8.083, 227, (56, 56)),
    ],
)
def test_coordinates_of_the_other_origin_are_told(Z, coords, edge, group, atoms):
    given = Z, coords, [edge] * 3, [90] * 3
    with contact_rule(impossible="ignore", short="ignore"):
        with pytest.warns(UserWarning, match="Fd-3m has two origins, and choice 1 is taken"):
            assert len(Generator.from_spacegroup(*given, sgn=group).species) == atoms[0]
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for setting, count in zip((1, 2), atoms, strict=True):
                made = Generator.from_spacegroup(*given, sgn=group, setting=setting)
                assert len(made.species) == count


def test_coordinates_of_the_first_origin_are_nothing_to_tell():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Generator.from_spacegroup(["Si"], [[0, 0, 0]], [5.431] * 3, [90] * 3, sgn=227)
        Generator.from_spacegroup(["Si"], [[1 / 8] * 3], [5.431] * 3, [90] * 3, sym="Fd-3m:1")


def test_a_crystal_that_is_stretched_with_its_shape_is_told():
    """A ball that is to become a cigar keeps its gold, if the transform does not hold it."""
    cigar = ball(8)
    with pytest.warns(UserWarning, match=r"stretches of \[2.0, 1.0, 1.0\]"):
        ball(8).transform(MatrixTransform(np.diag([2.0, 1, 1])))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cigar.transform(MatrixTransform(np.diag([2.0, 1, 1]), locked=False))
        ball(8).transform(MatrixTransform([[1, 0.2, 0], [0, 1, 0], [0, 0.1, 1.1]]))
    cigar.populate_atoms()
    volume = 4 / 3 * np.pi * 2 * 8**3
    assert len(cigar.atoms) == pytest.approx(volume / (4.07825**3 / 4), rel=0.03)
