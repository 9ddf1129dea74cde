"""Volumes bounded by a hull: the compiled way gives what supplying and testing gives."""

import subprocess
import sys

import numpy as np
import pytest

from czone.generator import Generator
from czone.geometry import Hull, Sphere, make_rect_prism
from czone.matter import crystal as crystals
from czone.scene import Scene
from czone.transform import Rotation, rot_v
from czone.volume import Volume, precedence
from tests.solids import gold


def sorted_rows(array):
    return array[np.lexsort(np.round(array, 6).T)]


@pytest.mark.parametrize("seed", range(8))
def test_hull_holds_exactly_the_atoms_inside(seed):
    rng = np.random.default_rng(seed)
    crystal = Generator.from_unit_cell(
        ["Na", "Cl"],
        [[0, 0, 0], [0.4, 0.55, 0.3]],
        rng.uniform(3, 6, 3),
        rng.uniform(70, 110, 3),
        origin=rng.normal(size=3),
    )
    crystal.transform(Rotation(rot_v(rng.normal(size=3), rng.uniform(0, np.pi))))
    points = rng.uniform(-15, 15, (rng.integers(4, 30), 3))
    body = Volume(points=points, generator=crystal)
    body.populate_atoms()
    positions, numbers = crystal.supply_atoms(points)
    inside = body.check_if_interior(positions)
    assert inside.any()
    assert np.allclose(sorted_rows(body.atoms), sorted_rows(positions[inside]), atol=1e-9)
    assert sorted(body.species) == sorted(numbers[inside])


def test_hull_alone_and_hull_in_a_large_ball_hold_the_same_atoms_in_the_same_order():
    crystal = gold()
    box = make_rect_prism(20.39125, 16.313, 24.4695)  # faces on lattice planes
    alone = Volume(points=box, generator=crystal)
    ball = Volume(points=box, alg_objects=[Sphere(100, [0, 0, 0])], generator=crystal)
    alone.populate_atoms()
    ball.populate_atoms()
    # 6 x 5 x 7 corners of cells, and the centres of 5 x 4 x 7, 5 x 5 x 6 and 6 x 4 x 6 faces.
    assert len(alone.atoms) == 210 + 140 + 150 + 144
    assert np.array_equal(alone.atoms, ball.atoms)
    assert np.array_equal(alone.species, ball.species)


def test_opposite_faces_of_a_hull_are_tested_together():
    assert [len(part) for part in Hull(make_rect_prism(1, 2, 3)).slabs] == [3, 3, 3]
    pyramid = Hull([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]])
    assert [len(part) for part in pyramid.slabs] == [4, 0, 4]
    assert pyramid.check_if_interior(np.array([0.1, 0.1, 0.1]), 1e-10)
    assert not pyramid.check_if_interior(np.array([0.4, 0.4, 0.4]), 1e-10)


class Hollow(Sphere):
    """A ball whose inside is said anew: the quick ways of a ball are not its own."""

    def check_if_interior(self, points):
        return super().check_if_interior(points) & (
            np.linalg.norm(points - self.center, axis=-1) > 4
        )


def shape(kind, at):
    if kind == "boxes":
        return {"points": make_rect_prism(12, 14, 16) + at}
    return {"alg_objects": [{"balls": Sphere, "hollow": Hollow}[kind](8.0, at + 7)]}


@pytest.mark.parametrize("periodic", [False, True])
@pytest.mark.parametrize("kind", ["boxes", "balls", "hollow"])
def test_compiled_and_plain_ways_agree(monkeypatch, periodic, kind):
    rng = np.random.default_rng(5)
    crystal = gold()
    bodies = [
        Volume(
            **shape(kind, rng.uniform(0, 24, 3)),
            generator=crystal,
            priority=int(rng.integers(0, 4)),
        )
        for _ in range(12)
    ]
    scene = Scene([[0, 0, 0], [32, 32, 40]], bodies, periodic=periodic)
    found = []
    for answer in (True, False):
        for module in (crystals, precedence):
            monkeypatch.setattr(module, "compiled_pays", lambda answer=answer: answer)
        scene.populate()
        found.append((scene.all_atoms, scene.labels))
    assert len(found[0][0]) > 500
    assert np.array_equal(found[0][0], found[1][0])
    assert np.array_equal(found[0][1], found[1][1])


def test_one_box_does_not_load_numba():
    script = (
        "import sys; from czone.generator import Generator; from czone.volume import *\n"
        "gold = Generator.from_unit_cell([79], [[0, 0, 0]], [4] * 3, [90] * 3)\n"
        "box = Volume(points=make_rect_prism(9, 9, 9), generator=gold); box.populate_atoms()\n"
        "assert len(box.atoms) == 27 and 'numba' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
