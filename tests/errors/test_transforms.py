"""Transforms, strains and post transforms that cannot be are refused in words."""

import numpy as np
import pytest

from czone.transform import (
    ArbitraryPostTransform,
    BaseTransform,
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
from czone.volume import Volume, make_rect_prism
from tests.solids import ball, gold

SHEAR = np.array([[1, 0.3, 0], [0, 1, 0.2], [0, 0, 1.5]])


def test_a_transform_that_says_nothing_is_refused():
    class Empty(BaseTransform):
        pass

    with pytest.raises(NotImplementedError, match="Empty must define matrix and shift"):
        Empty().apply_transformation([[0, 0, 0]])


@pytest.mark.parametrize(
    ("make", "error", "match"),
    [
        (lambda: Translation([1, 2]), ValueError, "shift must be 3 numbers"),
        (lambda: Translation([np.nan, 0, 0]), ValueError, "shift must be finite"),
        (lambda: Translation().apply_transformation([[0, 0, 0]]), ValueError, "shift must be set"),
        (lambda: Translation([0, 0, 0], locked=1), TypeError, "locked must be True or False"),
        (lambda: MatrixTransform(np.zeros((3, 3))), ValueError, "matrix must have three indep"),
        (lambda: MatrixTransform().matrix, ValueError, "matrix must be set before"),
        (lambda: Rotation(2 * np.eye(3)), ValueError, "matrix must be orthogonal"),
        (lambda: Rotation(SHEAR), ValueError, "matrix must be orthogonal"),
        (lambda: Inversion(matrix=np.eye(3)), ValueError, "matrix must be minus the identity"),
        (lambda: Reflection([0, 0, 1]), TypeError, "plane must be a Plane"),
        (lambda: Reflection().matrix, ValueError, "plane must be set"),
        (lambda: MultiTransform([3]), TypeError, "transformation must be a transform"),
        (lambda: HStrain([1, 2]), ValueError, "matrix must have 3, 6, 9"),
        (lambda: HStrain([0, 1, 1]), ValueError, "matrix must have three independent"),
        (lambda: HStrain([1, 1, 1], mode="banana"), ValueError, "mode must be"),
        (lambda: HStrain([1, 1, 1], origin="here"), ValueError, "origin must be"),
        (lambda: HStrain([1, 1, 1], origin=[0, 0]), ValueError, "origin must be 3 numbers"),
        (lambda: IStrain(3), TypeError, "fun must be a function"),
        (lambda: IStrain(lambda x: x[0]).apply_strain(np.ones((2, 3))), ValueError, "fun must ret"),
        (lambda: ChemicalSubstitution(79, 29, 25), ValueError, "frac must lie between 0 and 1"),
        (lambda: ChemicalSubstitution(79, [29, 3], 0.5), ValueError, "target and substitute"),
        (lambda: ChemicalSubstitution("Gold", 29, 0.5), ValueError, "target must be atomic"),
        (lambda: ArbitraryPostTransform(3), TypeError, "fun must be a function"),
        (lambda: PostSequence([3]), TypeError, "transform must be a post transform"),
    ],
)
def test_transforms_that_cannot_be_are_refused(make, error, match):
    with pytest.raises(error, match=match):
        make()


@pytest.mark.parametrize("fun", [lambda x: 0.01 * x, np.zeros_like])
def test_displacements_in_place_of_displaced_points_are_refused(fun):
    strained = gold(strain_field=IStrain(fun, mode="standard"))
    box = Volume(make_rect_prism(50, 50, 50), generator=strained)
    with pytest.raises(ValueError, match=r"strain_field must draw atoms from nearby.*x \+ u\(x\)"):
        box.populate_atoms()


@pytest.mark.parametrize("strain", [None, HStrain([1.01, 1, 1]), IStrain(mode="standard")])
def test_a_region_that_memory_cannot_hold_is_refused(strain):
    with pytest.raises(MemoryError, match=r"no more atoms than memory does.*another unit"):
        ball(1e6, generator=gold(strain_field=strain)).populate_atoms()
