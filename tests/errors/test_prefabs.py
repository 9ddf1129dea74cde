"""What prefabs cannot build is refused in words: twins, faults, grain boundaries."""

import numpy as np
import pytest

from czone.generator import Generator
from czone.prefab import (
    FCCMixedTwinSF,
    FCCStackingFault,
    FCCTwin,
    SimpleGrainBoundary,
    WurtziteStackingFault,
)
from czone.transform import HStrain
from czone.volume import Sphere, Volume
from tests.solids import gold

SITES = np.array(
    [[1 / 3, 2 / 3, 0], [2 / 3, 1 / 3, 0.5], [1 / 3, 2 / 3, 0.376], [2 / 3, 1 / 3, 0.876]]
)


def ball(radius=25.0, center=(0, 0, 0), **keywords):
    return Volume(alg_objects=[Sphere(radius, center)], **keywords)


def cdse(sites=SITES):
    cell = [4.299, 4.299, 7.010], [90, 90, 120]
    return Generator.from_unit_cell(["Cd", "Cd", "Se", "Se"], sites, *cell)


def strained():
    crystal = gold()
    crystal.strain_field = HStrain([1.01, 1, 1])
    return crystal


def alfe3():
    """D0_3, whose iron sites form a bcc lattice."""
    sites = [[0, 0, 0], [0.5, 0.5, 0.5], [0.25, 0.25, 0.25]]
    return Generator.from_spacegroup(["Al", "Fe", "Fe"], sites, [5.79] * 3, [90] * 3, sgn=225)


def iron():
    return Generator.from_spacegroup(["Fe"], [[0, 0, 0]], [2.8665] * 3, [90] * 3, sgn=229)


def test_too_many_defects_are_refused_with_the_number_that_fits():
    with pytest.raises(ValueError, match=r"N must be at most 5 in a particle of 21 planes"):
        FCCTwin(gold(), ball(), N=6).build_object()
    FCCTwin(gold(), ball(), N=5).build_object()
    with pytest.raises(ValueError, match="N must be at most 0"):
        FCCTwin(gold(), ball(5), N=1).build_object()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (lambda: dict(volume=ball()), ValueError, "generator must be set"),
        (lambda: dict(generator=gold()), ValueError, "volume must be set"),
        (
            lambda: dict(generator=gold(), volume=ball(0.5, (1, 1, 0))),
            ValueError,
            "volume must hold",
        ),
        (
            lambda: dict(generator=gold(), volume=ball(), plane=(1, 0, 0)),
            ValueError,
            "plane must be a",
        ),
        (lambda: dict(generator=iron(), volume=ball()), ValueError, "plane must be a"),
        (
            lambda: dict(generator=alfe3(), volume=ball()),
            ValueError,
            "generator must have one atom",
        ),
        (lambda: dict(generator=strained(), volume=ball()), ValueError, "generator must not carry"),
        (lambda: dict(generator=3), TypeError, "generator must be a Generator"),
        (lambda: dict(volume=3), TypeError, "volume must be a Volume"),
        (lambda: dict(N=-1), ValueError, "N must be a whole number"),
        (lambda: dict(N=1.5), ValueError, "N must be a whole number"),
        (lambda: dict(min_sep=0), ValueError, "min_sep must be a whole number"),
        (lambda: dict(ratio=1.5), ValueError, "ratio must be from 0"),
        (lambda: dict(ratio=np.nan), ValueError, "ratio must be from 0"),
        (lambda: dict(plane=(0, 0, 0)), ValueError, "plane must be three whole"),
        (lambda: dict(plane=(1, 1)), ValueError, "plane must be three Miller"),
    ],
)
def test_faults_that_cannot_be_are_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        FCCMixedTwinSF(**arguments()).build_object()


def test_fixed_ratio_and_unbuilt_record_are_refused():
    with pytest.raises(ValueError, match="ratio of FCCTwin is 0"):
        FCCTwin().ratio = 0.5
    with pytest.raises(RuntimeError, match="build_object"):
        _ = FCCTwin().defects


def test_a_stacking_fault_of_fluorite_is_refused():
    """Either cations stand on cations or anions on anions, whatever is cut."""
    ceria = Generator.from_spacegroup(
        ["Ce", "O"], [[0, 0, 0], [0.25, 0.25, 0.25]], [5.411] * 3, [90] * 3, sgn=225
    )
    with pytest.raises(ValueError, match="for a stacking fault"):
        FCCStackingFault(ceria, ball(20), rng=1).build_object()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (dict(z1=(0, 0, 0)), ValueError, "z1 must not be the zero"),
        (dict(z2=(1, 0)), ValueError, "z2 must be"),
        (dict(r1="x"), ValueError, "r1 must be"),
        (dict(r2=np.nan), ValueError, "r2 must be"),
        (dict(plane=(0, 0, 0)), ValueError, "plane must not be the zero"),
        (dict(point=(0, 0)), ValueError, "point must be"),
        (dict(min_distance=-1), ValueError, "min_distance must be"),
        (dict(volume=None), ValueError, "volume must be set"),
        (
            dict(volume=Volume(alg_objects=[Sphere(5, [0, 0, 0])])),
            ValueError,
            "generator must be set",
        ),
    ],
)
def test_grain_boundaries_that_cannot_be_are_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        SimpleGrainBoundary(
            **(dict(z1=(0, 0, 1), r1=0.0, volume=ball(25, generator=gold())) | arguments)
        ).build_object()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (lambda: dict(generator=gold(), volume=ball(26)), "generator must be a wurtzite"),
        (
            lambda: dict(generator=cdse(SITES[:, [2, 1, 0]]), volume=ball(26)),
            "generator must be a wurtz",
        ),
        (lambda: dict(generator=cdse(), volume=ball(8)), "N must be at most 0"),
        (lambda: dict(generator=cdse(), volume=ball(), N=9), "N must be at most"),
        (lambda: dict(generator=cdse(), volume=ball(), kind="I3"), "kind must be among"),
        (
            lambda: dict(generator=cdse(), volume=ball(), kind="E", min_sep=1),
            "min_sep must be 2 or more where kind has 'E'.*got 1",
        ),
        (lambda: dict(generator=cdse(), volume=ball(), kind=()), "kind must be among"),
        (lambda: dict(generator=cdse()), "volume must be set"),
    ],
)
def test_wurtzite_faults_that_cannot_be_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        WurtziteStackingFault(**arguments()).build_object()
