"""Every public name of Construction Zone is here, with a signature its callers can use.

The names are data: `upstream_names*.json` beside this file, one entry per name,
``{"module", "name", "kind", "parameters"}``; a parameter that ends in "=" has a default, and an
"abstract" class or attribute need only be there. What means different things in Construction Zone's
older and newer code "dispatches": it takes the keywords of both, and `test_both_orders` calls it.
"""

import importlib
import inspect
import json
from pathlib import Path

import numpy as np
import pytest

from czone.generator.amorphous_algorithms import gen_p_substrate, gen_p_substrate_batched
from czone.geometry import BaseAlgebraic, Sphere
from czone.molecule import Molecule
from czone.scene import Scene
from czone.spelling import Spelled, keywords
from czone.surface import (
    add_adsorbate,
    alpha_shape_alg_3D_with_sampling,
    find_approximate_normal,
)
from czone.transform import BaseTransform, ChemicalSubstitution, Inversion, Translation
from czone.util.misc import get_N_splits
from czone.util.voxel import Voxel
from czone.volume import Volume

ENTRIES = [
    entry
    for path in sorted(Path(__file__).parent.glob("upstream_names*.json"))
    for entry in json.loads(path.read_text())
]


def find(owner, dotted):
    for part in dotted.split("."):
        plain = getattr if inspect.ismodule(owner) else inspect.getattr_static
        owner = plain(owner, part)
    return owner


def signature_of(found):
    """Return the parameters of a callable after `self`, and the second spellings it takes."""
    if isinstance(found, (classmethod, staticmethod)):
        method = found.__func__
        skip = int(isinstance(found, classmethod))
    elif inspect.isclass(found):
        method, skip = found.__init__, 1
    else:
        method, skip = found, int("." in getattr(found, "__qualname__", ""))
    parameters = list(inspect.signature(method).parameters.values())[skip:]
    return parameters, getattr(method, "second_keywords", {})


def misses(entry):
    """Return what a caller of Construction Zone would miss at one of its names."""
    module = importlib.import_module(entry["module"])
    if entry["kind"] == "property":
        class_name, name = entry["name"].split(".")
        cls = getattr(module, class_name)
        return [] if hasattr(cls, name) or hasattr(cls(), name) else ["is not there"]
    if entry["kind"] == "attribute":
        made = ChemicalSubstitution({6: 7}, 0.5)
        return [] if hasattr(made, entry["name"].split(".")[1]) else ["is not there"]
    try:
        found = find(module, entry["name"])
    except AttributeError:
        return ["is not there"]
    # An abstract class is never constructed; a property stands where its other classes have one.
    if entry["kind"] == "abstract" or isinstance(found, property):
        return []
    wanted = [p for p in entry["parameters"] if not p.startswith("**")]
    if entry.get("dispatches"):
        parameters, second = signature_of(found)
        taken = second.keys() | {parameter.name for parameter in parameters}
        return [f"{p} is not taken" for p in wanted if p.rstrip("=") not in taken]
    return misfits(found, wanted)


def misfits(found, wanted):
    """Return how the signature of a callable differs from what its callers give it."""
    parameters, second = signature_of(found)
    by_name = {p.name: p for p in parameters}
    takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters)
    takes_all = any(p.kind is p.VAR_POSITIONAL for p in parameters)
    wrong = []
    for place, parameter in enumerate(wanted):
        name = parameter.rstrip("=")
        own = by_name.get(second.get(name, name))
        if own is None:
            wrong += [] if takes_any else [f"{name} is not taken"]
            continue
        in_place = own.kind is not own.POSITIONAL_OR_KEYWORD or takes_all
        if not in_place and parameters.index(own) != place:
            wrong.append(f"{name} is not argument number {place}")
        if parameter.endswith("=") and own.default is own.empty:
            wrong.append(f"{name} has no default")
    known = {second.get(p.rstrip("="), p.rstrip("=")) for p in wanted}
    for own in parameters:
        fixed = own.kind in (own.POSITIONAL_OR_KEYWORD, own.KEYWORD_ONLY)
        if fixed and own.default is own.empty and own.name not in known:
            wrong.append(f"{own.name} would be a new required argument")
    return wrong


def test_upstream_names_exist_with_compatible_signatures():
    wrong = [f"{e['module']}.{e['name']}: {miss}" for e in ENTRIES for miss in misses(e)]
    assert not wrong, "\n".join(wrong)


def test_upstream_names_are_offered_by_their_packages():
    wrong = []
    for entry in ENTRIES:
        # upstream keeps these in their modules
        beside = entry["module"].endswith(("amorphous_algorithms", "blueprint", "serializer"))
        if "." in entry["name"] or beside:
            continue
        package = importlib.import_module(entry["module"].rsplit(".", 1)[0])
        # upstream keeps those of czone.util in their modules
        if package.__name__ != "czone.util" and entry["name"] not in package.__all__:
            wrong.append(f"{package.__name__}.{entry['name']}")
    assert not wrong, "\n".join(wrong)


def test_a_name_that_is_missing_or_differs_would_be_seen():
    entry = {"module": "czone.volume", "name": "Sphere", "kind": "class", "parameters": []}
    assert misses({**entry, "name": "Cone"}) == ["is not there"]
    assert misses({**entry, "parameters": ["radius", "centre"]}) == [
        "centre is not taken",
        "center would be a new required argument",
    ]
    assert misses({**entry, "parameters": ["center", "radius="]}) == [
        "center is not argument number 0",
        "radius is not argument number 1",
        "radius has no default",
    ]


def test_the_list_of_names_is_not_empty():
    assert len(ENTRIES) > 400


def stream(seed=5):
    return np.random.default_rng(seed)


BLOCK = np.indices((3, 3, 3)).reshape(3, -1).T * 2.5
AROUND = np.array([[1, 0, -1], [-1, 0, -1], [0, 1, -1], [0, -1, -1]])


def adsorbed(**kwargs):
    target = Molecule(np.full(27, 79), BLOCK)
    placed, ok = add_adsorbate(Molecule(["C"], [[0, 0, 0]]), 0, 2.0, target, **kwargs)
    return ok and placed.atoms.tolist()


# What means different things in Construction Zone's older and newer code: both calls, one outcome.
TWICE = {
    "get_N_splits": (
        lambda: get_N_splits(2, 3, 20, seed=5),
        lambda: get_N_splits(N=2, M=3, L=20, rng=stream()),
        lambda: get_N_splits(2, 3, 20, stream()),
    ),
    "gen_p_substrate": (
        lambda: gen_p_substrate([9, 9, 9], 1.4, 0.1, False, 5).tolist(),
        lambda: gen_p_substrate([9, 9, 9], 1.4, 0.1, False, stream()).tolist(),
        lambda: gen_p_substrate_batched([9, 9, 9], 1.4, 0.1, False, 2.0, 16, stream()).tolist(),
    ),
    "find_approximate_normal": (
        lambda: find_approximate_normal(AROUND, 0.99, 1e-5, 0, 23, 1000).tolist(),
        lambda: find_approximate_normal(AROUND, 0.99, 1e-5, 0, 1000, stream()).tolist(),
        lambda: find_approximate_normal(AROUND, 0.99, 1e-5, 0, 1000, None).tolist(),
        lambda: find_approximate_normal(AROUND, max_steps=1000, rng=stream()).tolist(),
    ),
    "alpha_shape_alg_3D_with_sampling": (
        lambda: alpha_shape_alg_3D_with_sampling(BLOCK, 2.5, 9, 1e-4, stream(), 3, True)[0],
        lambda: alpha_shape_alg_3D_with_sampling(BLOCK, 2.5, 9, 1e-4, True, stream())[0],
        lambda: alpha_shape_alg_3D_with_sampling(BLOCK, 2.5, 9, 1e-4, False, stream()),
    ),
    "add_adsorbate": (lambda: adsorbed(seed=5), lambda: adsorbed(rng=stream())),
    "ChemicalSubstitution": (
        lambda: ChemicalSubstitution([79, 6], [29, 7], 0.5, rng=5),
        lambda: ChemicalSubstitution({79: 29, 6: 7}, 0.5, stream()),
        lambda: ChemicalSubstitution({79: 29, 6: 7}, frac=0.5, rng=stream()),
        lambda: ChemicalSubstitution({79: 29, 6: 7}, 0.5, rng=stream()),
        lambda: ChemicalSubstitution(mapping={79: 29, 6: 7}, frac=0.5, rng=stream()),
    ),
    "Inversion": (
        lambda: Inversion(None, [1, 2, 3]),
        lambda: Inversion(-np.eye(3), [1, 2, 3]),
        lambda: Inversion([1, 2, 3]),
    ),
    "Scene": (
        lambda: Scene([[0, 0, 0], [4, 5, 6]]),
        lambda: Scene(Voxel(np.diag([4, 5, 6]))),
        lambda: Scene(domain=Voxel(np.diag([4, 5, 6]))),
    ),
}


@pytest.mark.parametrize("name", TWICE)
def test_both_orders(name):
    outcomes = [call() for call in TWICE[name]]
    assert all(outcome == outcomes[0] for outcome in outcomes)
    assert name in {entry["name"] for entry in ENTRIES if entry.get("dispatches")}


def test_all_that_dispatches_is_called_both_ways():
    listed = {entry["name"] for entry in ENTRIES if entry.get("dispatches")}
    assert listed - TWICE.keys() == {"gen_p_substrate_batched"}  # beside gen_p_substrate


# What each package of Construction Zone's newer code exports.
PACKAGES_2024 = {
    "blueprint": "Blueprint Serializer",
    "generator": "AmorphousGenerator Generator NullGenerator",
    "molecule": "Molecule",
    "scene": "PeriodicScene Scene",
    "surface": "add_adsorbate get_nearest_neighbors alpha_shape_alg_3D "
    "alpha_shape_alg_3D_with_sampling",
    "transform": "ChemicalSubstitution CustomPostTransform HStrain IStrain Inversion "
    "MatrixTransform MultiTransform Reflection Rotation Translation rot_align rot_v rot_vtv "
    "rot_zxz s2s_alignment",
    "types": "BaseAlgebraic BaseGenerator BasePostTransform BasePrefab BaseScene BaseStrain "
    "BaseTransform BaseVolume",
    "volume": "Cylinder MultiVolume Plane Sphere Volume convex_hull_to_planes get_bounding_box "
    "makeRectPrism",
}


@pytest.mark.parametrize("package", PACKAGES_2024)
def test_packages_export_what_those_of_2024_export(package):
    module = importlib.import_module(f"czone.{package}")
    assert set(PACKAGES_2024[package].split()) <= set(module.__all__)


def test_star_imports_bring_only_our_own_names():
    for name in ("generator", "volume", "transform", "scene", "molecule", "geometry"):
        module = importlib.import_module(f"czone.{name}")
        for exported in module.__all__:
            value = getattr(module, exported)
            assert value.__module__.startswith("czone."), f"czone.{name}.{exported}"


@pytest.mark.parametrize(
    ("package", "names"),
    [
        ("generator", "Voxel BaseTransform BaseStrain gen_p_substrate"),
        ("molecule", "BaseTransform"),
        ("transform", "Plane Sphere BaseAlgebraic"),
        ("volume", "AmorphousGenerator BaseGenerator BaseTransform HStrain round_away"),
        ("scene", "BaseMolecule BaseVolume makeRectPrism"),
        ("surface", "BaseMolecule BaseVolume Rotation Translation rot_v rot_vtv"),
        (
            "prefab",
            "Generator Volume MultiVolume Plane Sphere Rotation s2s_alignment HStrain",
        ),
        ("viz", "Scene"),
    ],
)
def test_packages_hand_on_what_they_build_on(package, names):
    module = importlib.import_module(f"czone.{package}")
    for name in names.split():
        assert getattr(module, name).__name__ in (name, "make_rect_prism")
    assert not set(names.split()) & set(module.__all__)
    with pytest.raises(AttributeError, match=f"czone.{package}"):
        module.no_such_name  # noqa: B018


class UpstreamSphere(BaseAlgebraic):
    """As a user of Construction Zone writes it."""

    def __init__(self, radius):
        super().__init__(tol=1e-5)
        self.radius = radius

    @property
    def params(self):
        return (self.radius,)

    def checkIfInterior(self, testPoints):
        return np.linalg.norm(np.atleast_2d(testPoints), axis=1) < self.radius


def test_override_by_the_second_spelling_is_found_by_the_first():
    ball = UpstreamSphere(2.0)
    points = np.array([[1.0, 0, 0], [3.0, 0, 0]])
    assert ball.check_if_interior(points).tolist() == [True, False]
    assert Volume(alg_objects=[ball]).checkIfInterior(points).tolist() == [True, False]


@pytest.mark.parametrize("own", ["checkIfInterior", "check_if_interior"])
@pytest.mark.parametrize("inherited", ["checkIfInterior", "check_if_interior"])
@pytest.mark.parametrize("called", ["checkIfInterior", "check_if_interior"])
def test_override_of_either_spelling_can_call_super_by_either(own, inherited, called):
    class Outside(Sphere):
        pass

    def opposite(self, points):
        return ~getattr(super(inverted, self), inherited)(points)

    inverted = type("Inverted", (Outside,), {own: opposite})
    found = getattr(inverted(1.0, [0, 0, 0]), called)(np.array([[0.0, 0, 0], [2.0, 0, 0]]))
    assert found.tolist() == [False, True]


def test_grandchild_keeps_the_override_of_its_parent():
    class Child(UpstreamSphere):
        pass

    class Grandchild(Child):
        def check_if_interior(self, points):
            return ~super().checkIfInterior(points)

    assert Grandchild(2.0).checkIfInterior([[0, 0, 0]]).tolist() == [False]


def test_upstream_transform_of_a_user_works_with_volumes():
    class Shift(BaseTransform):
        def applyTransformation(self, points):
            return points + 1.0

        def applyTransformation_bases(self, points):
            return points

        def applyTransformation_alg(self, alg_object):
            return alg_object.moved(np.eye(3), np.ones(3))

        @property
        def params(self):
            return None

    volume = Volume(alg_objects=[Sphere(1.0, [0, 0, 0])])
    volume.transform(Shift())
    np.testing.assert_allclose(volume.alg_objects[0].center, [1, 1, 1])
    np.testing.assert_allclose(Shift().matrix, np.eye(3))
    np.testing.assert_allclose(Shift().shift, [1, 1, 1])


def test_second_spelling_is_silent(recwarn):
    Sphere(1, [0, 0, 0]).checkIfInterior(testPoints=np.zeros((1, 3)))
    Translation([0, 0, 1]).applyTransformation(np.zeros((1, 3)))
    assert len(recwarn) == 0


def test_class_with_no_second_spellings_is_left_alone():
    class Plain(Spelled):
        def walk(self):
            return "walked"

    assert Plain().walk() == "walked"
    assert keywords(a="b")(lambda b: b)(a=3) == 3
