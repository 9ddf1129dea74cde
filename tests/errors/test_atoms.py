"""Bad input to the molecules, scenes, transforms, particles and measures of `czone`."""

from pathlib import Path

import numpy as np

from czone.generator import AmorphousGenerator, BasicStructure, with_grains
from czone.molecule import Molecule
from czone.prefab import (
    FCCMixedTwinSF,
    FCCStackingFault,
    FCCTwin,
    SimpleGrainBoundary,
    WulffDecahedron,
    WulffSingle,
    WurtziteStackingFault,
)
from czone.scene import PeriodicScene, Scene
from czone.surface import (
    add_adsorbate,
    add_adsorbates,
    alpha_shape_alg_3D,
    find_approximate_normal,
    sparse_matrix_from_tri,
    surface_atoms,
    surface_normals,
    tetrahedron_circumradii,
    undercoordinated_atoms,
)
from czone.transform import (
    AffineTransform,
    ArbitraryPostTransform,
    ChemicalSubstitution,
    HStrain,
    Inversion,
    IStrain,
    MatrixTransform,
    MultiTransform,
    PostSequence,
    Reflection,
    Rotation,
    Translation,
)
from czone.util import (
    calc_rdf,
    coordination_numbers,
    fluctuation_variance,
    get_N_splits,
    get_voxel_grid,
    neighbor_pairs,
    radial_distribution,
    random_directions,
    random_rotations,
    rotation_from_quaternion,
    separated_indices,
    vangle,
    zone_axis_rotations,
)
from czone.volume import (
    Volume,
    Voxel,
)
from tests import solids
from tests.errors.table import Row, refused, table
from tests.solids import gold

NAN, INF = float("nan"), float("inf")
CENTER = [0.0, 0.0, 0.0]
CUBE = [4.0, 4.0, 4.0]
RIGHT = [90, 90, 90]
ENERGIES = {(1, 1, 1): 1.0, (1, 0, 0): 1.1}


def ball() -> Volume:
    return solids.ball(8.0)


def filled() -> Volume:
    volume = ball()
    volume.populate_atoms()
    return volume


def ligand(**more) -> Molecule:
    return Molecule(["C", "O"], [CENTER, [0, 0, 1.1]], **more)


def adsorb(number=1, **more):
    return add_adsorbates(ligand(), filled(), number=number, **more)


def old_call(target=None, **more):
    return add_adsorbate(ligand(), 0, 2.0, target or filled(), **more)


def crowd() -> Scene:
    scene = Scene(bounds=[CENTER, CUBE], objects=[ball()])
    scene.populate()
    return scene


POINTS = np.random.default_rng(1).uniform(0, 10, (20, 3))


# fmt: off
ROWS = (
    # Volumes, molecules, scenes
    Row("Molecule", "species", "same length", "1", lambda: Molecule(["C"], [CENTER, CUBE])),
    Row("Molecule", "positions", "finite", "nan", lambda: Molecule(["C"], [[NAN, 0, 0]])),
    Row("Molecule", "species", "symbols", "Zz", lambda: Molecule(["Zz"], [CENTER])),
    Row("Molecule", "origin", "2 atoms", "5", lambda: Molecule(["C", "O"], [CENTER, CUBE], 5), IndexError),
    Row("Molecule", "exclusion_radius", "positive", "0", lambda: Molecule(["C"], [CENTER], exclusion_radius=0)),
    Row("Molecule", "orientation", "rotation", "2.0", lambda: Molecule(["C"], [CENTER], orientation=2.0 * np.eye(3))),
    Row("Molecule", "positions", "points of shape (n, 3)", "(1, 2)", lambda: Molecule([6], [[0, 0]])),
    Row("Molecule", "origin", "integer", "1.5", lambda: ligand(origin=1.5), TypeError),
    Row("Molecule", "point", "3 numbers", "(2,)", lambda: ligand(origin=[1, 2])),
    Row("Molecule", "priority", "integer", "'high'", lambda: ligand(priority="high"), TypeError),
    Row("Molecule", "colour", "unexpected keyword", "'colour'", lambda: ligand(colour=3), TypeError),
    Row("Molecule.set_origin", "set_origin", "takes point or idx", "point=None and idx=None", lambda: ligand().set_origin()),
    Row("Molecule.update_positions", "positions", "must have shape (2, 3)", "(1, 3)", lambda: ligand().update_positions([CENTER])),
    Row("Molecule.update_species", "species", "must have length 2", "1", lambda: ligand().update_species([1])),
    Row("Molecule.remove_atoms", "indices", "one of the 2 atoms", "7", lambda: ligand().remove_atoms([7]), IndexError),
    Row("Molecule.set_atoms", "positions", "must keep atom 1", "got 1 atoms", lambda: ligand(origin=1).set_atoms([1], [CENTER])),
    Row("Molecule.from_ase_atoms", "atoms", "ASE Atoms", "Molecule", lambda: Molecule.from_ase_atoms(ligand()), TypeError),
    Row("Molecule.from_pmg_molecule", "atoms", "pymatgen Molecule", "got Atoms", lambda: Molecule.from_pmg_molecule(ligand().ase_atoms), TypeError),
    Row("Molecule.transform", "transformation", "transform or a list", "'up'", lambda: ligand().transform("up"), TypeError),
    Row("Scene", "domain", "Voxel", "3.0", lambda: Scene(domain=3.0), TypeError),
    Row("Scene", "bounds and domain", "both say the cell", "[[0", lambda: Scene([[0] * 3, [1] * 3], domain=Voxel()), TypeError),
    Row("PeriodicScene", "domain", "Voxel", "[[0, 0, 0]", lambda: PeriodicScene([[0, 0, 0], [1, 1, 1]]), TypeError),
    Row("PeriodicScene", "pbc", "three flags", "(True, True)", lambda: PeriodicScene(Voxel(), pbc=(True, True))),
    Row("PeriodicScene", "pbc", "True or False", "1", lambda: PeriodicScene(Voxel(), pbc=(1, 0, 1)), TypeError),
    Row("ChemicalSubstitution", "mapping", "mapping of elements", "79", lambda: ChemicalSubstitution(mapping=79, frac=0.5), TypeError),
    Row("ChemicalSubstitution", "mapping", "each once", "0.5", lambda: ChemicalSubstitution({79: 29}, 0.5, 0.5, rng=1), TypeError),
    Row("ChemicalSubstitution", "frac", "must be given", "None", lambda: ChemicalSubstitution("Au", "Cu"), TypeError),
    Row("BasicStructure", "species", "1 to 118", "0", lambda: setattr(BasicStructure(), "species", [0])),
    Row("Scene", "bounds", "(2, 3)", "[0, 1]", lambda: Scene(bounds=[0, 1])),
    Row("Scene", "bounds", "finite", "nan", lambda: Scene(bounds=[CENTER, [1, 1, NAN]])),
    Row("Scene", "objects", "volumes", "'gold'", lambda: Scene(objects=["gold"]), TypeError),
    Row("Scene", "min_distance", "positive", "0", lambda: Scene(min_distance=0)),
    Row("Scene", "min_distance", "positive", "nan", lambda: Scene(min_distance=NAN)),
    Row("Scene", "periodic", "two", "True, True, True", lambda: Scene(periodic=[True, True, True])),
    Row("Scene", "clip", "True or False", "'yes'", lambda: Scene(clip="yes"), TypeError),
    Row("Scene.remove_object", "idx", "1 objects", "4", lambda: Scene(objects=[ball()]).remove_object(4), IndexError),
    Row("Scene", "bounds", "lower corner", "[1.0, 0.0, 1.0]", lambda: Scene(bounds=[CENTER, [1, 0, 1]])),
    Row("Scene", "bounds", "two corners", "'large'", lambda: Scene(bounds="large"), TypeError),
    Row("Scene.populate", "objects", "at least one", "empty", lambda: Scene().populate()),
    Row("Scene.atoms_from_object", "idx", "1 objects", "1", lambda: crowd().atoms_from_object(1), IndexError),
    Row("Scene.species_from_object", "idx", "integer", "0.5", lambda: crowd().species_from_object(0.5), TypeError),
    Row("Scene.to_file", "format", "ASE writes", "'no-such-format'", lambda: crowd().to_file("x", format="no-such-format")),
    # Transforms
    Row("Translation", "shift", "finite", "nan", lambda: Translation([NAN, 0, 0])),
    Row("Translation", "shift", "3 numbers", "(2,)", lambda: Translation([1, 0])),
    Row("MatrixTransform", "matrix", "(3, 3)", "(2, 2)", lambda: MatrixTransform(np.eye(2))),
    Row("Rotation", "matrix", "rotation", "2.0", lambda: Rotation(2.0 * np.eye(3))),
    Row("Inversion", "matrix", "minus the identity", "1.0", lambda: Inversion(np.eye(3))),
    Row("Reflection", "plane", "Plane", "3", lambda: Reflection(3), TypeError),
    Row("AffineTransform", "matrix", "finite", "nan", lambda: AffineTransform(np.full((3, 3), NAN))),
    Row("MultiTransform", "transform", "list of transforms", "3", lambda: MultiTransform([3]), TypeError),
    Row("PostSequence", "transform", "post transform", "3", lambda: PostSequence([3]), TypeError),
    Row("ArbitraryPost", "fun", "function of (points, species)", "3", lambda: ArbitraryPostTransform(3), TypeError),
    Row("Substitution", "frac", "between 0 and 1", "1.5", lambda: ChemicalSubstitution("Au", "Ag", 1.5)),
    Row("Substitution", "frac", "between 0 and 1", "nan", lambda: ChemicalSubstitution("Au", "Ag", NAN)),
    Row("Substitution", "substitute", "symbols", "Aq", lambda: ChemicalSubstitution("Au", "Aq", 0.5)),
    Row("Substitution", "frac", "add up to at most 1", "1.2", lambda: ChemicalSubstitution(["Au", "Au"], ["Ag", "Cu"], 0.6)),
    Row("HStrain", "matrix", "(3, 3)", "(2,)", lambda: HStrain([1, 1])),
    Row("HStrain", "matrix", "stretch no length more than four times", "[5, 5, 5], which stretches 5 times", lambda: HStrain([5, 5, 5])),
    Row("HStrain", "matrix", "positive determinant", "[-1, 1, 1], a mirror image", lambda: HStrain([-1, 1, 1])),
    Row("HStrain", "mode", "crystal", "'lab'", lambda: HStrain([1, 1, 1], mode="lab")),
    Row("IStrain", "fun", "function", "3", lambda: IStrain(3), TypeError),
    # Particles with defects, Wulff shapes, grain boundaries
    Row("FCCTwin", "N", "0 or more", "-1", lambda: FCCTwin(gold(), ball(), N=-1)),
    Row("FCCTwin", "min_sep", "whole number", "-2", lambda: FCCTwin(gold(), ball(), min_sep=-2)),
    Row("FCCTwin", "plane", "{111}", "(1, 0, 0)", lambda: FCCTwin(gold(), ball(), plane=(1, 0, 0)).build_object()),
    Row("FCCTwin", "N", "at most", "99", lambda: FCCTwin(gold(), ball(), N=99, rng=1).build_object()),
    Row("FCCTwin", "generator", "Generator", "'Au'", lambda: FCCTwin("Au", ball()), TypeError),
    Row("FCCTwin", "volume", "before build_object", "None", lambda: FCCTwin(gold()).build_object()),
    Row("FCCMixed", "ratio", "0", "1.5", lambda: FCCMixedTwinSF(gold(), ball(), ratio=1.5)),
    Row("FCCStackingFault", "volume", "Volume", "3", lambda: FCCStackingFault(gold(), 3), TypeError),
    Row("Wurtzite", "kind", "I1", "'I9'", lambda: WurtziteStackingFault(kind="I9")),
    Row("WulffSingle", "surface_energies", "map", "[1, 2]", lambda: WulffSingle(gold(), [1, 2])),
    Row("WulffSingle", "surface_energies", "above 0", "-1", lambda: WulffSingle(gold(), {(1, 1, 1): -1})),
    Row("WulffSingle", "surface_energies", "above 0", "nan", lambda: WulffSingle(gold(), {(1, 1, 1): NAN})),
    Row("WulffSingle", "natoms", "1 or more", "0", lambda: WulffSingle(gold(), ENERGIES, 0)),
    Row("WulffSingle", "surface_energies", "Miller", "(1, 1)", lambda: WulffSingle(gold(), {(1, 1): 1.0})),
    Row("winterbottom", "interface_energy", "below", "9.0", lambda: WulffSingle(gold(), ENERGIES).winterbottom((1, 1, 1), 9.0)),
    Row("WulffDecahedron", "twin_energy", "at most half", "5.0", lambda: WulffDecahedron(gold(), ENERGIES, 5.0).get_construction()),
    Row("GrainBoundary", "z1", "zero vector", "[0, 0, 0]", lambda: SimpleGrainBoundary([0, 0, 0], 0.0)),
    Row("GrainBoundary", "r1", "radians", "nan", lambda: SimpleGrainBoundary([0, 0, 1], NAN)),
    # Surfaces
    Row("surface_atoms", "positions", "(n, 3)", "(2, 2)", lambda: surface_atoms(np.zeros((2, 2)))),
    Row("surface_atoms", "probe_radius", "positive", "-1", lambda: surface_atoms(POINTS, -1)),
    Row("surface_atoms", "positions", "finite", "nan", lambda: surface_atoms(np.full((5, 3), NAN))),
    Row("alpha_shape", "probe_radius", "positive", "nan", lambda: alpha_shape_alg_3D(POINTS, NAN)),
    Row("surface_normals", "cutoff", "positive", "0", lambda: surface_normals(POINTS, cutoff=0)),
    Row("undercoordinated", "cutoff", "positive", "-3", lambda: undercoordinated_atoms(POINTS, -3, 12)),
    Row("surface_normals", "indices", "0 to 19", "[20]", lambda: surface_normals(POINTS, [20])),
    Row("surface_normals", "indices", "whole numbers", "[0.5]", lambda: surface_normals(POINTS, [0.5])),
    Row("circumradii", "points", "(n, 4, 3)", "(4, 3)", lambda: tetrahedron_circumradii(np.zeros((4, 3)))),
    Row("approximate_normal", "points", "one or more", "no points", lambda: find_approximate_normal(np.zeros((0, 3)))),
    Row("approximate_normal", "points", "non-zero length", "zero at 0", lambda: find_approximate_normal(np.zeros((2, 3)))),
    Row("sparse_matrix", "simplices", "whole numbers", "(2, 4)", lambda: sparse_matrix_from_tri(np.zeros((2, 4)))),
    Row("add_adsorbates", "number", "not both", "0.5", lambda: add_adsorbates(ligand(), filled(), number=1, coverage=0.5)),
    Row("add_adsorbates", "coverage", "0", "2.0", lambda: add_adsorbates(ligand(), filled(), coverage=2.0)),
    Row("add_adsorbates", "number", "zero or more", "-3", lambda: add_adsorbates(ligand(), filled(), number=-3)),
    Row("add_adsorbates", "bond_length", "positive", "0", lambda: adsorb(bond_length=0)),
    Row("add_adsorbates", "anchor", "from 0 to 1", "2", lambda: adsorb(anchor=2)),
    Row("add_adsorbate", "bond_length", "positive", "nan", lambda: add_adsorbate(ligand(), 0, NAN, filled())),
    Row("add_adsorbates", "number", "at most", "300", lambda: adsorb(number=300, min_spacing=6, rng=1)),
    Row("add_adsorbates", "molecule", "Molecule", "3", lambda: add_adsorbates(3, filled()), TypeError),
    Row("add_adsorbates", "molecule", "a Molecule", "Volume(", lambda: add_adsorbates(filled(), filled()), TypeError),
    Row("add_adsorbates", "target", "Volume, MultiVolume, Molecule or Scene", "3", lambda: add_adsorbates(ligand(), 3), TypeError),
    Row("add_adsorbates", "anchor", "integer", "'C'", lambda: adsorb(anchor="C"), TypeError),
    Row("add_adsorbates", "min_spacing", "zero or more", "-1", lambda: adsorb(min_spacing=-1)),
    Row("add_adsorbates", "mol_vector", "zero vector", "(0, 0, 0)", lambda: adsorb(mol_vector=(0, 0, 0))),
    Row("add_adsorbates", "facet", "3 numbers", "(2,)", lambda: adsorb(facet=(0, 0))),
    Row("add_adsorbates", "mask", "booleans", "(1,)", lambda: adsorb(mask=[True])),
    Row("add_adsorbates", "elements", "1 to 118 or symbols", "'Xx'", lambda: adsorb(elements="Xx")),
    Row("add_adsorbate", "filters keys", "must contain element", "'foo'", lambda: old_call(filters={"foo": 1})),
    Row("add_adsorbate", "foo", "takes no argument", "foo", lambda: old_call(foo=1), TypeError),
    Row("add_adsorbate", "seed or rng", "not both", "1", lambda: old_call(seed=1, rng=1)),
    Row("add_adsorbate", "Volume", "populate_atoms", "no atoms yet", lambda: old_call(ball()), RuntimeError),
    # Measures
    Row("neighbor_pairs", "cutoff", "positive", "nan", lambda: neighbor_pairs(POINTS, NAN)),
    Row("neighbor_pairs", "positions", "(n, 3)", "(4,)", lambda: neighbor_pairs(np.zeros(4), 1)),
    Row("coordination", "periodic", "booleans", "[True, False]", lambda: coordination_numbers(POINTS, 3, periodic=[True, False])),
    Row("coordination", "cell", "volume", "[0, 1, 1]", lambda: coordination_numbers(POINTS, 3, cell=[0, 1, 1], periodic=True)),
    Row("fluctuation_variance", "positions", "at least one atom", "none", lambda: fluctuation_variance(POINTS[:0], [0.4], edges=(9, 9))),
    Row("fluctuation_variance", "k", "above the aperture's radius, 0.061", "0.05", lambda: fluctuation_variance(POINTS, [0.05], edges=(9, 9))),
    Row("fluctuation_variance", "edges", "positive, in angstrom", "(0, 9)", lambda: fluctuation_variance(POINTS, [0.4], edges=(0, 9))),
    Row("fluctuation_variance", "azimuths", "at least 1", "0", lambda: fluctuation_variance(POINTS, [0.4], edges=(9, 9), azimuths=0)),
    Row("fluctuation_variance", "weights", "one for each of", "(1,)", lambda: fluctuation_variance(POINTS, [0.4], edges=(9, 9), weights=[1])),
    Row("with_grains", "radius", "apart from its own image, 9 angstrom away", "5", lambda: with_grains(POINTS, [6] * len(POINTS), gold(), share=0.1, radius=5.0, min_distance=2.0, edges=(9, 9))),
    Row("with_grains", "positions", "at least one atom", "none", lambda: with_grains(POINTS[:0], [], gold(), share=0.1, radius=5.0, min_distance=2.0, edges=(9, 9))),
    Row("add_adsorbates", "facet_angle", "from 0 to 3.14159, in radians", "20", lambda: add_adsorbates(ligand(), filled(), facet=(0, 0, 1), facet_angle=20)),
    Row("coordination", "cell", "given where it repeats", "None", lambda: coordination_numbers(POINTS, 3, periodic=True)),
    Row("radial_distribution", "cell", "given where it repeats", "None", lambda: radial_distribution(POINTS, periodic=(True, False, False))),
    Row("radial_distribution", "cell", "hold the atoms along axes that do not repeat", "[0.5, 9.0, 9.0]", lambda: radial_distribution(np.eye(3), cell=[0.5, 9, 9])),
    Row("radial_distribution", "bin_width", "cutoff", "99", lambda: radial_distribution(POINTS, bin_width=99)),
    Row("radial_distribution", "positions", "two atoms", "1", lambda: radial_distribution(POINTS[:1])),
    Row("radial_distribution", "numbers", "per atom", "(2,)", lambda: radial_distribution(POINTS, numbers=[6, 6])),
    Row("calc_rdf", "cutoff", "at least 0.1", "0.05", lambda: calc_rdf(POINTS, 0.05)),
    Row("vangle", "v1", "non-zero", "[0, 0, 0]", lambda: vangle([0, 0, 0], [0, 0, 1])),
    Row("separated_indices", "count", "at most", "50", lambda: separated_indices(50, 3, 20)),
    Row("get_N_splits", "seed", "not both", "1", lambda: get_N_splits(1, 1, 9, seed=1, rng=2)),
    Row("get_voxel_grid", "dim", "one or more", "[0, 1, 1]", lambda: get_voxel_grid([0, 1, 1])),
    Row("random_directions", "n", "zero or more", "-1", lambda: random_directions(-1)),
    Row("rotation_from_quaternion", "quaternions", "(..., 4)", "(3,)", lambda: rotation_from_quaternion(np.ones(3))),
    Row("rotation_from_quaternion", "quaternions", "non-zero", "[0.0, 0.0, 0.0, 0.0]", lambda: rotation_from_quaternion(np.zeros(4))),
    Row("zone_axis_rotations", "spread", "radians", "-1", lambda: zone_axis_rotations([0, 0, 1], spread=-1)),
    Row("zone_axis_rotations", "zone_axis", "zero vector", "[0, 0, 0]", lambda: zone_axis_rotations([0, 0, 0])),
    Row("zone_axis_rotations", "zone_axis", "3 numbers", "(2,)", lambda: zone_axis_rotations((0, 1))),
    Row("zone_axis_rotations", "distribution", "'normal' or 'uniform'", "'x'", lambda: zone_axis_rotations([0, 0, 1], distribution="x")),
    Row("random_directions", "n", "whole number", "1.5", lambda: random_directions(1.5)),
    Row("vangle", "v2", "non-zero", "[0, 0, 0]", lambda: vangle([1, 0, 0], [0, 0, 0])),
    Row("radial_distribution", "positions", "finite", "nan", lambda: radial_distribution(np.full((3, 3), NAN))),
    Row("radial_distribution", "cutoff", "positive", "-1.0", lambda: radial_distribution(POINTS, cutoff=-1.0)),
    Row("radial_distribution", "bin_width", "positive", "0.0", lambda: radial_distribution(POINTS, bin_width=0.0)),
    Row("radial_distribution", "cell", "three lattice vectors", "[1.0, 2.0]", lambda: radial_distribution(POINTS, cell=[1.0, 2.0])),
    Row("radial_distribution", "periodic", "booleans", "'x'", lambda: radial_distribution(POINTS, periodic="x")),
    # Where chance comes in
    Row("Amorphous", "rng", "seed", "'x'", lambda: AmorphousGenerator(rng="x"), TypeError),
    Row("Amorphous", "rng", "seed", "1.5", lambda: AmorphousGenerator(rng=1.5), TypeError),
    Row("FCCTwin", "rng", "seed", "-1", lambda: FCCTwin(gold(), rng=-1)),
    Row("Substitution", "rng", "seed", "-1", lambda: ChemicalSubstitution(79, 29, 0.5, rng=-1)),
    Row("random_rotations", "rng", "seed", "-1", lambda: random_rotations(2, rng=-1)),
    Row("zone_axis_rotations", "rng", "seed", "-1", lambda: zone_axis_rotations([0, 0, 1], rng=-1)),
    Row("separated_indices", "rng", "seed", "-1", lambda: separated_indices(2, 3, 20, rng=-1)),
    Row("add_adsorbates", "rng", "seed", "-1", lambda: adsorb(rng=-1)),
)
# fmt: on


@table(*ROWS)
def test_a_bad_input_is_refused_in_words(row):
    refused(row)


def test_a_file_of_no_known_kind_is_refused_in_words(tmp_path: Path):
    file = tmp_path / "gold.banana"
    row = Row("to_file", "fname", "xyz", "gold.banana", lambda: crowd().to_file(file))
    refused(row)
