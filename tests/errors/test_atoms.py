"""Bad input to `czone`."""

from pathlib import Path

import numpy as np

from czone.generator import AmorphousGenerator, BasicStructure, Generator, number_density
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
    surface_atoms,
    surface_normals,
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
    rot_v,
    rot_vtv,
    rot_zxz,
)
from czone.util import (
    calc_rdf,
    coordination_numbers,
    get_N_splits,
    get_voxel_grid,
    neighbor_pairs,
    radial_distribution,
    random_directions,
    rotation_from_quaternion,
    separated_indices,
    vangle,
    zone_axis_rotations,
)
from czone.volume import (
    Cylinder,
    Ellipsoid,
    MultiVolume,
    Plane,
    Sphere,
    Volume,
    Voxel,
    convex_hull_to_planes,
    make_rect_prism,
    snap_plane_near_point,
)
from tests.errors.table import Row, refused, table

NAN, INF = float("nan"), float("inf")
CENTER = [0.0, 0.0, 0.0]
CUBE = [4.0, 4.0, 4.0]
RIGHT = [90, 90, 90]
ENERGIES = {(1, 1, 1): 1.0, (1, 0, 0): 1.1}


def gold() -> Generator:
    return Generator.from_spacegroup(["Au"], [CENTER], [4.078] * 3, RIGHT, sgn=225)


def cell(Z=("Au",), coords=(CENTER,), cell_dims=CUBE, cell_angs=RIGHT, **more) -> Generator:
    return Generator.from_unit_cell(Z, coords, cell_dims, cell_angs, **more)


def group(**more) -> Generator:
    return Generator.from_spacegroup(["Au"], [CENTER], CUBE, RIGHT, **more)


def ball() -> Volume:
    return Volume(alg_objects=[Sphere(8.0, CENTER)], generator=gold())


def filled() -> Volume:
    volume = ball()
    volume.populate_atoms()
    return volume


def ligand() -> Molecule:
    return Molecule(["C", "O"], [CENTER, [0, 0, 1.1]])


def shared(content: dict) -> Generator:
    return Generator.from_unit_cell([content], [CENTER], [4.0] * 3, RIGHT)


POINTS = np.random.default_rng(1).uniform(0, 10, (20, 3))


# fmt: off
ROWS = (
    # Shapes
    Row("Sphere", "radius", "positive", "-1", lambda: Sphere(-1, CENTER)),
    Row("Sphere", "radius", "positive", "0", lambda: Sphere(0, CENTER)),
    Row("Sphere", "radius", "positive", "nan", lambda: Sphere(NAN, CENTER)),
    Row("Sphere", "radius", "positive", "inf", lambda: Sphere(INF, CENTER)),
    Row("Sphere", "radius", "number", "'big'", lambda: Sphere("big", CENTER), TypeError),
    Row("Sphere", "center", "3 numbers", "(2,)", lambda: Sphere(1, [0, 0])),
    Row("Sphere", "center", "finite", "nan", lambda: Sphere(1, [0, 0, NAN])),
    Row("Sphere", "tol", "zero or more", "-0.1", lambda: Sphere(1, CENTER, tol=-0.1)),
    Row("Sphere", "points", "(n, 3)", "(2,)", lambda: Sphere(1, CENTER).check_if_interior([0, 0])),
    Row("Ellipsoid", "axes", "(3, 3)", "(3,)", lambda: Ellipsoid([1, 1, 1], CENTER)),
    Row("Ellipsoid", "axes", "independent", "0.0", lambda: Ellipsoid(np.zeros((3, 3)), CENTER)),
    Row("Plane", "normal", "zero vector", "[0, 0, 0]", lambda: Plane([0, 0, 0], CENTER)),
    Row("Plane", "point", "finite", "inf", lambda: Plane([0, 0, 1], [0, INF, 0])),
    Row("Cylinder", "length", "positive", "-4", lambda: Cylinder([0, 0, 1], CENTER, 1, -4)),
    Row("Cylinder.moved", "matrix", "circular", "3.0", lambda: Cylinder([0, 0, 1], CENTER, 1, 4).moved(np.diag([3.0, 1, 1]), np.zeros(3))),
    Row("Voxel", "bases", "parallel", "1.0", lambda: Voxel(bases=np.ones((3, 3)))),
    Row("Voxel", "scale", "positive", "-2", lambda: Voxel(scale=-2)),
    Row("make_rect_prism", "a", "positive", "-3", lambda: make_rect_prism(-3, 1, 1)),
    Row("make_rect_prism", "c", "positive", "nan", lambda: make_rect_prism(1, 1, NAN)),
    Row("convex_hull", "points", "4", "3", lambda: convex_hull_to_planes(np.eye(3))),
    # Crystals and films
    Row("from_unit_cell", "cell_dims", "positive", "-4.0", lambda: cell(cell_dims=[4, 4, -4.0])),
    Row("from_unit_cell", "cell_dims", "positive", "nan", lambda: cell(cell_dims=[4, 4, NAN])),
    Row("from_unit_cell", "cell_angs", "180", "190", lambda: cell(cell_angs=[90, 90, 190])),
    Row("from_unit_cell", "cell_angs", "volume", "[30, 30, 170]", lambda: cell(cell_angs=[30, 30, 170])),
    Row("from_unit_cell", "Z", "symbols", "Xx", lambda: cell(Z=["Xx"])),
    Row("from_unit_cell", "Z", "1 to", "0", lambda: cell(Z=[0])),
    Row("from_unit_cell", "coords", "same length", "2", lambda: cell(coords=[CENTER, CENTER])),
    Row("from_unit_cell", "coords", "finite", "nan", lambda: cell(coords=[[0, 0, NAN]])),
    Row("from_spacegroup", "sgn", "230", "999", lambda: group(sgn=999)),
    Row("from_spacegroup", "sym", "international symbol", "Fm-9m", lambda: group(sym="Fm-9m")),
    Row("Generator", "structure", "pymatgen", "3", lambda: Generator(structure=3), TypeError),
    Row("from_unit_cell", "Z", "at most 1", "0.7", lambda: shared({"Au": 0.7, "Ag": 0.7})),
    Row("from_unit_cell", "Z", "between 0 and 1", "-0.5", lambda: shared({"Au": -0.5})),
    Row("Generator", "strain_field", "BaseStrain", "0.1", lambda: cell(strain_field=0.1), TypeError),
    Row("Generator", "origin", "finite", "nan", lambda: cell(origin=[NAN, 0, 0])),
    Row("Generator", "bbox", "finite", "nan", lambda: gold().supply_atoms([[NAN] * 3] * 8)),
    Row("Amorphous", "density", "positive", "-0.1", lambda: AmorphousGenerator(density=-0.1)),
    Row("Amorphous", "density", "positive", "nan", lambda: AmorphousGenerator(density=NAN)),
    Row("Amorphous", "min_dist", "positive", "0", lambda: AmorphousGenerator(min_dist=0)),
    Row("Amorphous", "species", "element", "Qq", lambda: AmorphousGenerator(species="Qq")),
    Row("Amorphous", "rng", "zero or more", "-3", lambda: AmorphousGenerator(rng=-3)),
    Row("Amorphous", "origin", "finite", "inf", lambda: AmorphousGenerator([0, 0, INF])),
    Row("number_density", "mass_density", "positive", "-2", lambda: number_density("C", -2)),
    # Volumes, molecules, scenes
    Row("Volume", "points", "(n, 3)", "(2, 2)", lambda: Volume(points=[[0, 0], [1, 1]])),
    Row("Volume", "alg_objects", "Sphere", "'ball'", lambda: Volume(alg_objects=["ball"]), TypeError),
    Row("Volume", "generator", "supply_atoms", "7", lambda: Volume(generator=7), TypeError),
    Row("Volume", "priority", "integer", "1.5", lambda: Volume(priority=1.5), TypeError),
    Row("Volume", "tolerance", "zero or more", "-1", lambda: Volume(tolerance=-1)),
    Row("Volume.transform", "transformation", "transform", "3", lambda: ball().transform(3), TypeError),
    Row("MultiVolume", "volumes", "Volume", "1", lambda: MultiVolume([1]), TypeError),
    Row("Molecule", "species", "same length", "1", lambda: Molecule(["C"], [CENTER, CUBE])),
    Row("Molecule", "positions", "finite", "nan", lambda: Molecule(["C"], [[NAN, 0, 0]])),
    Row("Molecule", "species", "symbols", "Zz", lambda: Molecule(["Zz"], [CENTER])),
    Row("Molecule", "origin", "2 atoms", "5", lambda: Molecule(["C", "O"], [CENTER, CUBE], 5), IndexError),
    Row("Molecule", "exclusion_radius", "positive", "-1", lambda: Molecule(["C"], [CENTER], exclusion_radius=-1)),
    Row("Molecule", "orientation", "rotation", "2.0", lambda: Molecule(["C"], [CENTER], orientation=2.0 * np.eye(3))),
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
    Row("Scene", "bounds", "lower corner", "-1", lambda: Scene(bounds=[CENTER, [-1, 1, 1]])),
    Row("Scene", "objects", "volumes", "'gold'", lambda: Scene(objects=["gold"]), TypeError),
    Row("Scene", "min_distance", "positive", "-1", lambda: Scene(min_distance=-1)),
    Row("Scene", "min_distance", "positive", "nan", lambda: Scene(min_distance=NAN)),
    Row("Scene", "periodic", "two", "True, True, True", lambda: Scene(periodic=[True, True, True])),
    Row("Scene", "clip", "True or False", "'yes'", lambda: Scene(clip="yes"), TypeError),
    Row("Scene.remove_object", "idx", "1 objects", "4", lambda: Scene(objects=[ball()]).remove_object(4), IndexError),
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
    Row("HStrain", "matrix", "(3, 3)", "(2,)", lambda: HStrain([1, 1])),
    Row("HStrain", "mode", "crystal", "'lab'", lambda: HStrain([1, 1, 1], mode="lab")),
    Row("IStrain", "fun", "function", "3", lambda: IStrain(3), TypeError),
    Row("rot_v", "v", "zero vector", "[0, 0, 0]", lambda: rot_v([0, 0, 0], 1.0)),
    Row("rot_v", "theta", "finite", "nan", lambda: rot_v([0, 0, 1], NAN)),
    Row("rot_vtv", "vt", "zero vector", "[0, 0, 0]", lambda: rot_vtv([0, 0, 1], [0, 0, 0])),
    Row("rot_zxz", "convention", "extrinsic", "'xyz'", lambda: rot_zxz(0, 0, 0, "xyz")),
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
    Row("snap_plane", "mode", "nearest", "'left'", lambda: snap_plane_near_point(CENTER, gold(), (1, 1, 1), "left")),
    Row("snap_plane", "miller_indices", "zero vector", "(0, 0, 0)", lambda: snap_plane_near_point(CENTER, gold(), (0, 0, 0))),
    # Surfaces
    Row("surface_atoms", "positions", "(n, 3)", "(2, 2)", lambda: surface_atoms(np.zeros((2, 2)))),
    Row("surface_atoms", "probe_radius", "positive", "-1", lambda: surface_atoms(POINTS, -1)),
    Row("surface_atoms", "positions", "finite", "nan", lambda: surface_atoms(np.full((5, 3), NAN))),
    Row("alpha_shape", "probe_radius", "positive", "nan", lambda: alpha_shape_alg_3D(POINTS, NAN)),
    Row("surface_normals", "cutoff", "positive", "-8", lambda: surface_normals(POINTS, cutoff=-8)),
    Row("undercoordinated", "cutoff", "positive", "-3", lambda: undercoordinated_atoms(POINTS, -3, 12)),
    Row("add_adsorbates", "number", "not both", "0.5", lambda: add_adsorbates(ligand(), filled(), number=1, coverage=0.5)),
    Row("add_adsorbates", "coverage", "0", "2.0", lambda: add_adsorbates(ligand(), filled(), coverage=2.0)),
    Row("add_adsorbates", "number", "zero or more", "-3", lambda: add_adsorbates(ligand(), filled(), number=-3)),
    Row("add_adsorbates", "bond_length", "positive", "-2", lambda: add_adsorbates(ligand(), filled(), number=1, bond_length=-2)),
    Row("add_adsorbates", "anchor", "from 0 to 1", "7", lambda: add_adsorbates(ligand(), filled(), number=1, anchor=7)),
    Row("add_adsorbate", "bond_length", "positive", "nan", lambda: add_adsorbate(ligand(), 0, NAN, filled())),
    # Measures
    Row("neighbor_pairs", "cutoff", "positive", "nan", lambda: neighbor_pairs(POINTS, NAN)),
    Row("neighbor_pairs", "positions", "(n, 3)", "(4,)", lambda: neighbor_pairs(np.zeros(4), 1)),
    Row("coordination", "periodic", "booleans", "[True, False]", lambda: coordination_numbers(POINTS, 3, periodic=[True, False])),
    Row("coordination", "cell", "volume", "[0, 1, 1]", lambda: coordination_numbers(POINTS, 3, cell=[0, 1, 1], periodic=True)),
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
)
# fmt: on


@table(*ROWS)
def test_a_bad_input_is_refused_in_words(row):
    refused(row)


def test_a_file_of_no_known_kind_is_refused_in_words(tmp_path: Path):
    scene = Scene(bounds=[CENTER, CUBE], objects=[ball()])
    scene.populate()
    row = Row(
        "to_file", "fname", "xyz", "gold.banana", lambda: scene.to_file(tmp_path / "gold.banana")
    )
    refused(row)
