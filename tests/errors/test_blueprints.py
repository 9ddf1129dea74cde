"""Documents that are torn, changed, malicious or wrong: each is refused in words, nothing is run."""

import json
import os
from copy import deepcopy

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from czone.blueprint import Blueprint, BlueprintError, Serializer
from czone.blueprint.serializer import json_Serializer
from czone.scene import Scene
from czone.volume import Sphere, Volume, make_rect_prism
from tests.solids import gold

BALL = {"_class_type": "Sphere", "tol": 1e-5, "radius": 2.0, "center": [0, 0, 1]}
BOX = {"_class_type": "Voxel", "bases": np.eye(3).tolist(), "origin": [0, 0, 0], "scale": [1]}
FILM = {
    "_class_type": "AmorphousGenerator",
    "origin": [0, 0, 0],
    "min_dist": 1.4,
    "density": 0.1,
    "species": 6,
}
CRYSTAL = {
    "_class_type": "Generator",
    "origin": [0, 0, 0],
    "lattice_matrix": np.eye(3).tolist(),
    "basis_species": [79],
    "basis_coords": [[0, 0, 0]],
}

EXTRAS = {"_class_type": "Extras", "pbc": [True, True, True]}


def nested(depth):
    tree = {"_class_type": "MultiVolume", "priority": 0}
    for _ in range(depth):
        tree = {"_class_type": "MultiVolume", "priority": 0, "children": [tree]}
    return tree


def volume(*children, **fields):
    tree = {"_class_type": "Volume", "priority": 0, "tolerance": 1e-9, **fields}
    return {**tree, "children": list(children)}


def scene(*children):
    return {"_class_type": "Scene", "children": list(children)}


BOMB = "a: &a [1,1,1,1]\n" + "\n".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]"
    for before, name in zip("abcdefg", "bcdefgh", strict=True)
)
RUNS = "!!python/object/apply:os.system ['touch {0}']"

DOCUMENTS = {
    # torn
    "empty": ("json", "", "must be a whole json document"),
    "half": ("json", json.dumps(BALL)[:40], "must be a whole json document"),
    "half yaml": ("yaml", "_class_type: Sphere\ncenter: [0, 0", "must be a whole yaml document"),
    "half toml": ("toml", '_class_type = "Sphere"\ncenter = [0, 0', "must be a whole toml document"),
    "other bytes": ("json", b"\xff\xfe\x00", "must be a whole json document"),
    "no HDF5": ("h5", "text", "must be a whole h5 document"),
    "a name twice": ("json", '{"_class_type": "Sphere", "tol": 1, "tol": 2}', "given twice"),
    "a list": ("json", [BALL], "document must be a mapping with '_class_type'; got list"),
    # changed
    "another id": ("json", {**BALL, "_id": "0" * 32}, "_id must be that of the content; got '000"),
    "later version": ("json", {**BALL, "_version": 99}, "_version must be at most 1"),
    "odd version": ("json", {**BALL, "_version": "1"}, "_version must be at most 1"),
    # what no object has
    "no class": ("json", {"radius": 2}, "_class_type must be one of AffineTransform, .* got None"),
    "unknown class": ("json", {"_class_type": "os.system"}, "got 'os.system'"),
    "class is a list": ("json", {"_class_type": ["Sphere"]}, "_class_type must be one of"),
    "unknown field": ("json", {**BALL, "radios": 2}, r"Sphere has no field \['radios'\]; it has"),
    "dunder field": ("json", {**BALL, "__class__": 2}, r"Sphere has no field \['__class__'\]"),
    "stamp below": (
        "json",
        volume({**BALL, "_id": "0"}),
        r"Volume > Sphere has no field \['_id'\]",
    ),
    "missing field": (
        "json",
        {"_class_type": "Sphere", "tol": 1, "radius": 2},
        r"Sphere must have the field \['center'\]",
    ),
    "children no list": ("json", volume() | {"children": {"a": BALL}}, "children must be a list"),
    "child no mapping": ("json", volume() | {"children": [5]}, "each object must be a mapping"),
    "child of a leaf": ("json", {**BALL, "children": [BALL]}, "nothing may lie below; got Sphere"),
    "child of a wrong kind": ("json", volume(BOX), "Volume may hold .*; got Voxel"),
    "two generators": ("json", volume(FILM, CRYSTAL), "one AmorphousGeneratorNode|at most; got two"),
    "two cells": ("json", scene(BOX, BOX), "at most; got two"),
    "node for a number": ("json", {**BALL, "radius": BALL}, "radius must be a number"),
    "number for a node": ("json", {**CRYSTAL, "strain_field": 5}, "strain_field"),
    "another kind of node": ("json", {**CRYSTAL, "strain_field": BALL}, "strain_field"),
    # values
    "text": ("json", {**BALL, "radius": "2"}, "Sphere: radius must be a number; got '2'"),
    "flag": ("json", {**BALL, "radius": True}, "radius must be a number; got True"),
    "not finite": ("json", {**BALL, "center": [0, 0, float("nan")]}, "center must be finite"),
    "infinite": ("json", json.dumps({**BALL, "radius": float("inf")}), "radius must be finite"),
    "many digits": ("json", '{"_class_type": "Sphere", "tol": ' + "9" * 5000 + "}", "digits|finite"),
    "ragged": ("json", volume(points=[[0, 0, 0], [1]]), "points must be"),
    "shape": ("json", {**BALL, "center": [0, 0]}, "center must"),
    "fraction of a number": ("json", volume(priority=1.5), "priority must be an integer; got 1.5"),
    "negative radius": ("json", {**BALL, "radius": -2}, "radius must be positive"),
    "place": (
        "json",
        scene(BOX, volume({**BALL, "radius": -2})),
        "Scene > Volume > Sphere: radius must be positive",
    ),
    "singular": ("json", {**BOX, "bases": np.ones((3, 3)).tolist()}, "Voxel: bases must"),
    "no such element": ("json", {**CRYSTAL, "basis_species": [500]}, "atomic numbers 1 to 118"),
    "negative index": (
        "json",
        {**CRYSTAL, "basis_shares": [[7, 79, 0.5]], "seed": 1},
        "basis_shares must name sites",
    ),
    "scene without cell": ("json", scene(), "children must hold the cell of the scene"),
    "arrays in a list": ("json", {**EXTRAS, "arrays": "[]"}, "arrays must be a JSON object"),
    "notes in a list": ("json", {**EXTRAS, "notes": "[]"}, "notes must be a JSON object"),
    "arrays of objects": (
        "json",
        {**EXTRAS, "arrays": '{"q": ["O", [1]]}'},
        "arrays must hold numbers or text; got 'O' for 'q'",
    ),
    # more than fits
    "deep": ("json", nested(70), "at most 64 levels deep"),
    "deeper": ("json", "[" * 100_000, "whole json document|nested less deeply"),
    "deep yaml": ("yaml", "[" * 5000, "whole yaml document|nested less deeply"),
    "yaml bomb": ("yaml", BOMB, "YAML must be without aliases"),
    "block that fills memory": (
        "json",
        {**FILM, "block": [[0, 0, 0], [1e6, 1e6, 1e6]], "seed": 1},
        "block must hold 100000000 atoms at most",
    ),
    # what would run
    "yaml that runs": ("yaml", f"_class_type: {RUNS}", "must be a whole yaml document"),
    "yaml object": ("yaml", "!!python/object:czone.volume.Volume {}", "whole yaml document"),
}  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_bad_document_is_refused_in_words(name, tmp_path):
    ending, content, message = DOCUMENTS[name]
    path, trap = tmp_path / f"a.{ending}", tmp_path / "trap"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_text(text.replace("{0}", str(trap)))
    with pytest.raises(BlueprintError, match=message) as caught:
        Serializer.read(path).to_object()
    assert len(str(caught.value)) < 1000
    assert not trap.exists()


def group_of(tree, file, name=None):
    group = file.create_group(name or tree["_class_type"])
    for field, value in tree.items():
        if isinstance(value, list):
            group.create_dataset(field, data=np.array(value))
        elif field != "_class_type":
            group.attrs[field] = value
    return group


def linked(file):
    group = group_of({k: v for k, v in BALL.items() if k != "center"}, file)
    group["center"] = h5py.ExternalLink("/etc/passwd", "/x")


def soft(file):
    group_of(BALL, file)["more"] = h5py.SoftLink("/Sphere")


def endless(file):
    group = file.create_group("MultiVolume")
    group.attrs["priority"] = 0
    group["MultiVolume_0"] = group  # a hard link: the group lies in itself


def huge(file):
    group = group_of({k: v for k, v in BALL.items() if k != "center"}, file)
    group.create_dataset("center", shape=(10**12,), chunks=(1000,), dtype=float)


def words(file):
    group = group_of({k: v for k, v in BALL.items() if k != "center"}, file)
    group.create_dataset("center", data=["a", "b", "c"])


def elsewhere(file):
    group = group_of({k: v for k, v in BALL.items() if k != "center"}, file)
    layout = h5py.VirtualLayout(shape=(3,), dtype=float)
    layout[:] = h5py.VirtualSource("other.h5", "x", shape=(3,))
    group.create_virtual_dataset("center", layout)


HDF5 = {
    "nothing": (lambda file: None, "HDF5 must hold one group"),
    "two": (lambda file: [group_of(BALL, file), group_of(BOX, file)], "HDF5 must hold one group"),
    "no group": (lambda file: file.create_dataset("Sphere", data=[1]), "Sphere must be a group"),
    "link to a file": (linked, "HDF5 must hold all it needs; got a link 'center'"),
    "link inside": (soft, "HDF5 must hold all it needs; got a link 'more'"),
    "endless": (endless, "at most 64 levels deep"),
    "huge": (huge, "/Sphere/center must hold 100000000 numbers at most"),
    "words": (words, "/Sphere/center must hold numbers"),
    "in another file": (elsewhere, "'center' lies in another file"),
    "unknown": (
        lambda file: group_of({**BALL, "radios": 1.0}, file),
        r"Sphere has no field \['radios'\]",
    ),
    "unknown class": (lambda file: file.create_group("Cone"), "_class_type must be .* got 'Cone'"),
}


@pytest.mark.parametrize("name", HDF5)
def test_bad_hdf5_is_refused_in_words(name, tmp_path):
    write, message = HDF5[name]
    with h5py.File(tmp_path / "a.h5", "w") as file:
        write(file)
    with pytest.raises(BlueprintError, match=message):
        Serializer.read(tmp_path / "a.h5").to_object()


@pytest.mark.parametrize("ending", ["json", "yaml", "toml", "h5"])
def test_every_torn_copy_of_a_document_is_refused(ending, tmp_path):
    path = tmp_path / f"a.{ending}"
    scene = Scene(
        objects=[Volume(make_rect_prism(2, 3, 4)), Volume(alg_objects=Sphere(2, [1] * 3))]
    )
    scene.save(path)
    whole = path.read_bytes()
    for share in np.linspace(0, 0.98, 25):
        path.write_bytes(whole[: int(share * len(whole))])
        with pytest.raises(BlueprintError):
            Scene.load(path)


@pytest.mark.parametrize("ending", ["json", "yaml", "toml", "h5"])
def test_no_changed_byte_changes_an_object_in_silence(ending, tmp_path):
    path = tmp_path / f"a.{ending}"
    scene = Scene(
        objects=[Volume(make_rect_prism(2, 3, 4)), Volume(alg_objects=Sphere(2, [1] * 3))]
    )
    scene.save(path)
    whole, rng = path.read_bytes(), np.random.default_rng(0)
    for _ in range(100):
        changed = bytearray(whole)
        for place in rng.integers(len(whole), size=rng.integers(1, 4)):
            changed[place] = rng.integers(256)
        path.write_bytes(bytes(changed))
        try:
            found = Scene.load(path)
        except BlueprintError:
            continue
        assert found == scene  # a blank, or a byte that HDF5 does not use


def test_a_file_too_large_is_not_read(tmp_path):
    path = tmp_path / "a.json"
    path.touch()
    os.truncate(path, 2**30 + 1)
    with pytest.raises(BlueprintError, match="bytes at most"):
        Serializer.read(path)


@pytest.mark.parametrize("name", ["a.txt", "a", "a.pickle"])
def test_unknown_formats_are_named(name, tmp_path):
    with pytest.raises(ValueError, match="format must be one of json, yaml"):
        Sphere(1, [0, 0, 0]).save(tmp_path / name)
    with pytest.raises(ValueError, match="format must be one of json, yaml"):
        Sphere.load(tmp_path / name)


def test_a_missing_file_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError):
        Sphere.load(tmp_path / "a.json")


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.json"
    Sphere(1, [0, 0, 0]).save(path)
    with pytest.raises(TypeError):
        Serializer.write(path, Blueprint(Sphere(2, [0, 0, 0])), word=3)
    assert Sphere.load(path).radius == 1 and list(tmp_path.iterdir()) == [path]


# Any value in any place of a document: an object, or words.

PIECES = [
    *(json.loads(json.dumps(tree)) for tree in (BALL, BOX, FILM, CRYSTAL)),
    scene(BOX, volume(CRYSTAL, BALL, points=np.eye(4, 3).tolist())),
    {"_class_type": "Molecule", "species": [6, 8], "positions": [[0, 0, 0], [0, 0, 1]]},
    {
        **CRYSTAL,
        "strain_field": {"_class_type": "HStrain", "matrix": np.eye(3).tolist(), "mode": "crystal"},
        "post_transform": {
            "_class_type": "ChemicalSubstitution", "target": [79], "substitute": [29],
            "frac": [0.5], "exact": False, "seed": 5,
        },
        "basis_shares": [[0, 79, 0.5]],
        "seed": 3,
    },
    {**FILM, "species": [[14, 0.5], [8, 0.5]], "min_dist": [[14, 14, 2.0], [14, 8, 1.5], [8, 8, 2]]},
    {
        "_class_type": "Extras", "pbc": [True, True, True], "cell": np.eye(3).tolist(),
        "notes": "{}", "arrays": '{"q": ["<f8", [1.0]]}',
    },
    {
        "_class_type": "Reflection",
        "children": [{"_class_type": "Plane", "tol": 1e-5, "normal": [0, 0, 1], "point": [0, 0, 1]}],
    },
]  # fmt: skip
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
    | st.sampled_from(["<f8", "|O", "[]", "{", '{"q": ["O", [1]]}', "9" * 40]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)  # fmt: skip


def places(tree, way=()):
    """The ways to all values in a tree."""
    yield way
    items = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for name, value in items if isinstance(tree, (dict, list)) else ():
        if isinstance(value, (dict, list)):
            yield from places(value, (*way, name))
        else:
            yield (*way, name)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(PIECES), st.integers(0, 10**6), VALUE)
def test_any_value_in_any_place_is_an_object_or_words(piece, place, value):
    tree = deepcopy(piece)
    ways = list(places(tree))
    way = ways[place % len(ways)]
    holder = tree
    for name in way[:-1]:
        holder = holder[name]
    if way:
        holder[way[-1]] = value
    else:
        tree = value
    try:
        json_Serializer.from_dict(tree).build()
    except BlueprintError as error:
        assert len(str(error)) < 2000


def test_a_file_of_another_class_is_refused(tmp_path):
    gold().save(tmp_path / "a.json")
    with pytest.raises(TypeError, match="holds a Generator, not a Scene"):
        Scene.load(tmp_path / "a.json")
