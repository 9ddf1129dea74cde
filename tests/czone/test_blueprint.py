"""Blueprints: every object goes to a file of every format and comes back, its atoms to the bit."""

import json
import tempfile
import time
import tomllib
from copy import deepcopy
from pathlib import Path

import h5py
import numpy as np
import pytest
from ase import Atoms as AseAtoms
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from czone.blueprint import Blueprint, BlueprintError, Serializer
from czone.blueprint.blueprint import BaseNode, GeneratorNode, NodeMap, SphereNode, VolumeNode
from czone.blueprint.serializer import h5_Serializer, json_Serializer
from czone.generator import AmorphousGenerator, Generator
from czone.molecule import Molecule
from czone.prefab import FCCMixedTwinSF, SimpleGrainBoundary, WulffIcosahedron, WulffSingle
from czone.scene import PeriodicScene, Scene
from czone.transform import ChemicalSubstitution, HStrain, IStrain, Rotation, Translation, rot_v
from czone.util.voxel import Voxel
from czone.volume import MultiVolume, Plane, Sphere, Volume, make_rect_prism
from tests.czone.test_equality import GOLD, OBJECTS, TITANIUM

FORMATS = ("json", "yaml", "toml", "h5")
TURN = Rotation(rot_v([1, 2, 3], 0.7), origin=[1, 0, 0])


def regained(thing, folder, ending):
    thing.save(folder / f"thing.{ending}")
    return type(thing).load(folder / f"thing.{ending}")


def atoms_of(thing):
    if hasattr(thing, "populate"):
        thing.populate()
        return thing.all_atoms, thing.all_species, thing.labels
    thing.populate_atoms()
    return thing.atoms, thing.species


def assert_same_atoms(one, two):
    for first, second in zip(atoms_of(one), atoms_of(two), strict=True):
        assert len(first) > 0
        np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("thing", OBJECTS, ids=lambda thing: type(thing).__name__)
def test_every_object_comes_back(thing, ending, tmp_path):
    again = regained(thing, tmp_path, ending)
    assert again == thing and type(again) is type(thing)
    assert Blueprint(again).mapping == Blueprint(thing).mapping


def moved(volume):
    volume.transform([TURN, Translation([0.1, 0.2, 0.3])])
    return volume


def ball(generator, x=0.0, **kwargs):
    return Volume(alg_objects=[Sphere(9, [x, 0, 0])], generator=generator, **kwargs)


def alloy(**kwargs):
    return Generator.from_unit_cell(
        [{"Pt": 0.75, "Co": 0.25}, {"Fe": 0.9}], [[0, 0, 0], [0.5] * 3], [4] * 3, [90] * 3, **kwargs
    )


def substituted():
    crystal = deepcopy(GOLD)
    crystal.post_transform = ChemicalSubstitution({79: 29}, 0.4)
    return crystal


def strained(**kwargs):
    crystal = deepcopy(TITANIUM)
    crystal.strain_field = HStrain([1.01, 1, 0.98, 0.01, 0, 0.02], **kwargs)
    return crystal


def twinned():
    particle = ball(GOLD)
    return FCCMixedTwinSF(GOLD, particle, N=2, min_sep=2, rng=5).build_object()


def water():
    return Molecule(["O", "H", "H"], [[0, 0, 0], [0.76, 0.59, 0], [-0.76, 0.59, 0.0]], origin=0)


def bicrystal():
    box = Volume(points=make_rect_prism(30, 30, 12), generator=GOLD)
    half = np.arctan(1 / 3)
    return SimpleGrainBoundary((0, 0, 1), half, r2=-half, volume=box).build_object()


def film(**kwargs):
    return AmorphousGenerator(density=0.08, **kwargs)


FILLED = {
    "crystal": lambda: ball(GOLD),
    "turned crystal": lambda: moved(ball(TITANIUM, priority=3, tolerance=1e-6)),
    "hull": lambda: moved(Volume(make_rect_prism(9, 8, 7), generator=TITANIUM)),
    "alloy, seeded": lambda: moved(ball(alloy(rng=3))),
    "alloy, fresh": lambda: ball(alloy()),
    "substitution": lambda: moved(ball(substituted())),
    "strain": lambda: moved(ball(strained())),
    "strain along x, y, z": lambda: moved(ball(strained(mode="standard"))),
    "strain about a point": lambda: moved(ball(strained(origin=[1, 2, 3]))),
    "film": lambda: Volume(make_rect_prism(20, 20, 9), generator=film(rng=3)),
    "film, turned": lambda: moved(Volume(make_rect_prism(20, 20, 9), generator=film(rng=3))),
    "mixture": lambda: ball(
        AmorphousGenerator(
            species="SiO2",
            density=0.05,
            min_dist={("Si", "O"): 1.5, ("O", "O"): 2.0, ("Si", "Si"): 2.2},
            rng=2,
            periodic=(True, False),
        )
    ),
    "molecule": lambda: moved(Volume(generator=water())),
    "cut molecule": lambda: Volume(alg_objects=[Sphere(0.5, [0, 0, 0])], generator=water()),
    "twins": lambda: moved(twinned()),
    "Wulff shape": lambda: WulffSingle(
        GOLD, {(1, 0, 0): 1.0, (1, 1, 1): 0.9}, natoms=300
    ).get_construction(),
    "icosahedron": lambda: WulffIcosahedron(
        GOLD, {(1, 1, 1): 1.0}, 0.04, natoms=561
    ).get_construction(),
    "grain boundary": lambda: moved(bicrystal()),
    "union": lambda: MultiVolume([ball(GOLD), MultiVolume([ball(TITANIUM, 9.0, priority=2)])]),
    "scene": lambda: Scene([[0.1, 0, 0], [0.7, 9, 9]], [ball(GOLD), water()], min_distance=1.0),
    "scene of a cell": lambda: Scene(
        Voxel([[9.0, 4, 0], [0, 9, 0], [0, 0, 9]]), [ball(GOLD)], clip=True
    ),
    "periodic scene": lambda: PeriodicScene(
        Voxel([[19.0, 4, 0], [0, 18, 0], [0, 0, 17]], [1], [1, 2, 3]),
        [ball(GOLD, priority=2), ball(TITANIUM, 9.0)],
        (True, True, False),
    ),
}


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("name", FILLED)
def test_atoms_are_the_same_to_the_bit(name, ending, tmp_path):
    thing = FILLED[name]()
    again = regained(thing, tmp_path, ending)
    assert again == thing
    assert_same_atoms(again, thing)
    # once more from what was loaded, and after the atoms were made
    assert_same_atoms(regained(again, tmp_path, ending), thing)


def test_a_film_without_seed_is_regained_once_it_has_atoms(tmp_path):
    film_of_chance = Volume(make_rect_prism(20, 20, 9), generator=film())
    film_of_chance.save(tmp_path / "before.json")
    one, two = (Volume.load(tmp_path / "before.json") for _ in range(2))
    assert not np.array_equal(atoms_of(one)[0], atoms_of(two)[0])  # nothing was decided
    again = regained(one, tmp_path, "json")
    assert again == one
    assert_same_atoms(again, one)
    # the next block is drawn anew, as that of the object itself would be
    again.points = make_rect_prism(21, 20, 9)
    assert again.generator.seed == one.generator.seed
    again.populate_atoms()
    assert again.generator.seed != one.generator.seed


def test_streams_go_on_after_loading(tmp_path):
    crystal = ball(alloy(rng=3))
    other = regained(crystal, tmp_path, "toml")
    for volume in (crystal, other):
        volume.alg_objects[0].radius = 12  # sites that no volume has had yet
    assert_same_atoms(crystal, other)


@pytest.mark.parametrize("ending", FORMATS)
def test_what_molecules_bring_along_comes_back(ending, tmp_path):
    atoms = AseAtoms("CO", [[0, 0, 0], [0, 0, 1.13]], cell=[5, 6, 7], pbc=[True, False, True])
    atoms.set_initial_charges([0.1, -0.1])
    atoms.info["name"] = "carbon monoxide"
    molecule = Molecule.from_ase_atoms(atoms, origin=1)
    again = regained(molecule, tmp_path, ending)
    assert again == molecule and again.ase_atoms == molecule.ase_atoms
    assert again.ase_atoms.info == atoms.info and again._origin_idx == 1


# Any scene at all.

COORDINATE = st.floats(-20, 20, allow_nan=False)
POINT = st.tuples(COORDINATE, COORDINATE, COORDINATE)
SURFACE = st.one_of(
    st.builds(Sphere, st.floats(1, 6), POINT, tol=st.floats(1e-9, 1e-3)),
    st.builds(
        Plane, POINT.filter(lambda v: np.linalg.norm(v) > 1e-3), POINT, tol=st.floats(1e-9, 1e-3)
    ),
)
CRYSTAL = st.builds(
    lambda a, b, gamma, z, turn, shift: Generator.from_unit_cell(
        [z, 8], [[0, 0, 0], [0.5, 0.4, 0.5]], [a, b, 4.1], [90, 90, gamma]
    ).from_generator(transformation=[Rotation(rot_v([1, 2, 3], turn)), Translation(shift)]),
    st.floats(3.5, 5),
    st.floats(3.5, 5),
    st.floats(75, 105),
    st.integers(22, 92),
    st.floats(0, 6),
    POINT,
)
VOLUME = st.builds(
    lambda center, surfaces, crystal, priority: Volume(
        make_rect_prism(7, 8, 9, center), surfaces, crystal, priority
    ),
    POINT,
    st.lists(SURFACE, max_size=2),
    CRYSTAL,
    st.integers(-3, 3),
)
OBJECT = st.one_of(VOLUME, st.builds(MultiVolume, st.lists(VOLUME, min_size=1, max_size=2)))
CELL = st.builds(
    lambda a, b, slant, origin: Voxel([[a, slant, 0], [0, b, 0], [0, 0, 15]], origin=origin),
    st.floats(10, 20),
    st.floats(10, 20),
    st.floats(-5, 5),
    POINT,
)
SCENE = st.one_of(
    st.builds(Scene, CELL, st.lists(OBJECT, min_size=1, max_size=3), clip=st.booleans()),
    st.builds(
        PeriodicScene,
        CELL,
        st.lists(OBJECT, min_size=1, max_size=3),
        st.tuples(st.booleans(), st.booleans(), st.booleans()),
    ),
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(SCENE, st.sampled_from(FORMATS))
def test_any_scene_is_regained(tmp_path, scene, ending):
    again = regained(scene, tmp_path, ending)
    assert again == scene
    scene.populate()
    again.populate()
    np.testing.assert_array_equal(again.all_atoms, scene.all_atoms)
    np.testing.assert_array_equal(again.all_species, scene.all_species)


# Documents.

TETRAHEDRON = [[0.0, 0.0, 0.0], [7.0, 0.0, 0.0], [0.0, 7.0, 0.0], [0.0, 0.0, 7.0]]
OF_2024 = {
    "_class_type": "PeriodicScene",
    "pbc": [True, True, False],
    "children": [
        {
            "_class_type": "Voxel",
            "bases": [[14.0, 0, 0], [0, 14.0, 0], [0, 0, 14.0]],
            "origin": [0.0, 0, 0],
            "scale": [1],
        },
        {
            "_class_type": "Volume",
            "priority": 1,
            "tolerance": 1e-10,
            "points": TETRAHEDRON,
            "children": [
                {
                    "_class_type": "Generator",
                    "origin": [0.5, 0, 0],
                    "lattice_matrix": [[3.5, 0, 0], [0, 3.5, 0], [0, 0, 3.5]],
                    "basis_species": [84],
                    "basis_coords": [[0.0, 0, 0]],
                },
                {
                    "_class_type": "Plane",
                    "normal": [0.0, 0, 1],
                    "point": [0.0, 0, 3],
                    "tol": 1e-5,
                },
            ],
        },
    ],
}

YAML_2024 = """\
_class_type: PeriodicScene
children:
- _class_type: Voxel
  bases:
  - - 14.0
    - 0.0
    - 0.0
  - [0.0, 14.0, 0.0]
  - [0.0, 0.0, 14.0]
  origin: [0.0, 0.0, 0.0]
  scale:
  - 1
- _class_type: Volume
  children:
  - _class_type: Generator
    basis_coords:
    - [0.0, 0.0, 0.0]
    basis_species: !!python/tuple
    - 84
    lattice_matrix: [[3.5, 0.0, 0.0], [0.0, 3.5, 0.0], [0.0, 0.0, 3.5]]
    origin: [0.5, 0.0, 0.0]
  - {_class_type: Plane, normal: [0.0, 0.0, 1.0], point: [0.0, 0.0, 3.0], tol: 1.0e-05}
  points: [[0.0, 0.0, 0.0], [7.0, 0.0, 0.0], [0.0, 7.0, 0.0], [0.0, 0.0, 7.0]]
  priority: 1
  tolerance: 1.0e-10
pbc: !!python/tuple
- true
- true
- false
"""


def write_2024(path, tree=OF_2024, above=None, name=None):
    """Write HDF5 as Construction Zone lays it out."""
    with h5py.File(path, "w") if above is None else above as file:
        group = file.create_group(tree["_class_type"] if name is None else name)
        count = {}
        for child in tree.get("children", []):
            kind = child["_class_type"]
            count[kind] = count.get(kind, -1) + 1
            write_2024(path, child, _Open(group), f"{kind}_{count[kind]}")
        for field, value in tree.items():
            if field in ("pbc", "basis_species"):
                group.attrs[field] = np.array(value)
            elif isinstance(value, list) and field != "children":
                group.create_dataset(field, data=np.array(value))
            elif field not in ("children", "_class_type"):
                group.attrs[field] = value


class _Open:
    def __init__(self, group):
        self.group = group

    def __enter__(self):
        return self.group

    def __exit__(self, *error):
        return None


def grain():
    crystal = Generator.from_unit_cell([84], [[0, 0, 0]], [3.5] * 3, [90] * 3, origin=[0.5, 0, 0])
    volume = Volume(TETRAHEDRON, [Plane([0, 0, 1], [0, 0, 3])], crystal, priority=1)
    return PeriodicScene(Voxel(14 * np.eye(3)), [volume], (True, True, False))


def test_documents_of_construction_zone_are_read(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(OF_2024))
    (tmp_path / "a.yaml").write_text(YAML_2024)
    write_2024(tmp_path / "a.h5")
    for ending in ("json", "yaml", "h5"):
        scene = Serializer.read(tmp_path / f"a.{ending}").to_object()
        assert scene == grain()
        scene.populate()
        assert len(scene.all_atoms) == 3
    # by any other case of the names, without children, in any order
    small = json.loads(json.dumps(OF_2024).replace("PeriodicScene", "PERIODICSCENE").lower())
    small["children"] = small["children"][::-1]
    assert json_Serializer.from_dict(small).build() == grain()
    bare = {"_class_type": "Volume", "priority": 1, "tolerance": 1e-10, "points": TETRAHEDRON}
    assert json_Serializer.from_dict(bare).build().generator is None


def test_bare_documents_hold_the_fields_of_construction_zone(tmp_path):
    for ending in FORMATS:
        Serializer.write(tmp_path / f"a.{ending}", grain(), bare=True)
    with open(tmp_path / "a.json", encoding="utf-8") as file:
        assert json.load(file) == json.loads(json.dumps(OF_2024))
    assert tomllib.loads((tmp_path / "a.toml").read_text()) == json.loads(json.dumps(OF_2024))
    write_2024(tmp_path / "theirs.h5")

    def listed(path):
        found = {}
        with h5py.File(path) as file:
            file.visititems(lambda name, item: found.update({name: sorted(item.attrs)}))
        return found

    assert listed(tmp_path / "a.h5") == listed(tmp_path / "theirs.h5")


def test_children_of_hdf5_keep_their_order(tmp_path):
    balls = [Volume(alg_objects=Sphere(1 + k, [0, 0, 0]), priority=k % 3) for k in range(13)]
    again = regained(MultiVolume(balls), tmp_path, "h5")
    assert [v.alg_objects[0].radius for v in again.volumes] == list(range(1, 14))
    tree = {"_class_type": "MultiVolume", "priority": 0}
    tree["children"] = [
        {"_class_type": "Volume", "priority": k, "tolerance": 1e-9} for k in range(13)
    ]
    write_2024(tmp_path / "theirs.h5", tree)
    theirs = Serializer.read(tmp_path / "theirs.h5").to_object()
    assert [v.priority for v in theirs.volumes] == list(range(13))


def test_one_object_has_one_id_in_every_format(tmp_path):
    ids = set()
    for ending in FORMATS:
        grain().save(tmp_path / f"a.{ending}")
    ids.add(json.loads((tmp_path / "a.json").read_text())["_id"])
    ids.add(tomllib.loads((tmp_path / "a.toml").read_text())["_id"])
    with h5py.File(tmp_path / "a.h5") as file:
        ids.add(file.attrs["_id"])
    line = next(x for x in (tmp_path / "a.yaml").read_text().splitlines() if x.startswith("_id"))
    ids.add(line.split('"')[1])
    assert len(ids) == 1
    # spacing, order and 3 for 3.0 are no changes; a number is
    document = json.loads((tmp_path / "a.json").read_text())
    text = json.dumps(dict(reversed(document.items()))).replace("14.0", "14")
    (tmp_path / "b.json").write_text(text)
    assert PeriodicScene.load(tmp_path / "b.json") == grain()
    (tmp_path / "b.json").write_text(text.replace("3.5", "3.6"))
    with pytest.raises(BlueprintError, match="_id must be that of the content"):
        PeriodicScene.load(tmp_path / "b.json")
    document.pop("_id")
    (tmp_path / "b.json").write_text(json.dumps(document).replace("3.5", "3.6"))
    assert PeriodicScene.load(tmp_path / "b.json") != grain()


def test_the_same_object_gives_the_same_bytes(tmp_path):
    for ending in FORMATS:
        grain().save(tmp_path / f"a.{ending}")
        if ending in ("h5", "hdf5"):
            time.sleep(1.1)  # HDF5 counts seconds
        PeriodicScene.load(tmp_path / f"a.{ending}").save(tmp_path / f"b.{ending}")
        assert (tmp_path / f"a.{ending}").read_bytes() == (tmp_path / f"b.{ending}").read_bytes()
    assert {path.suffix for path in tmp_path.iterdir()} == {f".{ending}" for ending in FORMATS}


def test_formats_go_by_ending_or_by_name(tmp_path):
    for name in ("json", "yaml", "toml", "h5"):
        grain().save(tmp_path / "scene.dat", format=name)
        assert PeriodicScene.load(tmp_path / "scene.dat", format=name) == grain()
    for ending in ("yml", "hdf5", "H5", "JSON"):
        assert regained(grain(), tmp_path, ending) == grain()
    Serializer.serialize(tmp_path / "a.json", Blueprint(grain()), indent=4, sort_keys=True)
    assert Serializer.deserialize(tmp_path / "a.json") == grain()
    assert (tmp_path / "a.json").read_text().count("\n") > 50


# The tree.


def test_nodes_are_mappings_that_may_be_changed():
    blueprint = Blueprint(Sphere(2.0, [0, 0, 1]))
    node = blueprint.mapping
    assert isinstance(node, BaseNode) and type(node) is SphereNode
    assert list(node) == ["children", "tol", "radius", "center"] and len(node) == 4
    assert {**node}["radius"] == 2.0
    with pytest.raises(KeyError):
        node["class_type"]
    assert node.class_type is Sphere and node.is_leaf
    node.radius = 3.0
    assert blueprint.to_object() == Sphere(3.0, [0, 0, 1])
    assert node == SphereNode(1e-5, 3.0, [0, 0, 1]) and node != SphereNode(1e-5, 2.0, [0, 0, 1])
    node.add_node(node)  # leaves take nothing, in silence
    assert node.children == []


def test_volumes_take_one_generator_and_any_number_of_surfaces():
    node = VolumeNode(0, 1e-10, TETRAHEDRON)
    for child in (GOLD, TITANIUM, Sphere(1, [0, 0, 0]), Sphere(2, [0, 0, 0])):
        node.add_node(Blueprint(child).mapping)
    volume = Blueprint(node).to_object()
    assert volume.generator == TITANIUM and len(volume.alg_objects) == 2
    with pytest.raises(TypeError, match=r"Volume may hold .*Sphere.*; got Voxel"):
        node.add_node(Blueprint(Voxel()).mapping)
    assert NodeMap["GENERATOR"] is NodeMap["generator"] is NodeMap["Generator"] is GeneratorNode


def test_later_changes_of_the_object_do_not_show():
    volume = ball(strained())
    blueprint = Blueprint(volume)
    before = deepcopy(volume)
    volume.transform(TURN)
    volume.generator.strain_field.matrix = np.eye(3)
    volume.alg_objects[0].center[0] = 7
    assert blueprint == before and blueprint != volume
    assert blueprint == Blueprint(before)


def test_maps_go_by_the_kind_of_object():
    things = {
        "generator": GOLD,
        "algebraic": Sphere(1, [0, 0, 0]),
        "volume": MultiVolume([ball(GOLD)]),
        "voxel": Voxel(),
        "scene": grain(),
    }
    for kind, thing in things.items():
        node = getattr(Blueprint, f"map_{kind}")(thing)
        assert getattr(Blueprint, f"inverse_map_{kind}")(node) == thing
        for other, wrong in things.items():
            if other != kind:
                with pytest.raises(TypeError):
                    getattr(Blueprint, f"map_{kind}")(wrong)
                with pytest.raises(TypeError):
                    getattr(Blueprint, f"inverse_map_{other}")(node)


def test_nodes_go_to_open_groups(tmp_path):
    with h5py.File(tmp_path / "many.h5", "w") as file:
        h5_Serializer.write_node_to_group(Blueprint(GOLD).mapping, file, name="Generator_3")
        assert h5_Serializer.read_node_from_group(file["Generator_3"]).build() == GOLD


class Bent(Volume):
    """A user's own."""


@pytest.mark.parametrize(
    ("thing", "message"),
    [
        (
            lambda: ball(Generator(structure=GOLD.structure, strain_field=IStrain(lambda x: x))),
            "IStrain: holds a function; set strain_field again after loading",
        ),
        (lambda: Bent(), "Bent: write what it is made of and make it again after loading"),
        (lambda: 5, "int: write what it is made of"),
    ],
)
def test_what_documents_cannot_hold_is_refused_by_name(thing, message, tmp_path):
    with pytest.raises(TypeError, match=message):
        Serializer.write(tmp_path / "a.json", thing())
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**80))
def test_seeds_of_any_size_are_kept(seed):
    with tempfile.TemporaryDirectory() as folder:
        for ending in FORMATS:
            film_of_it = AmorphousGenerator(rng=seed)
            assert regained(film_of_it, Path(folder), ending).seed == seed
