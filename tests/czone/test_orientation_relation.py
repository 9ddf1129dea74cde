"""Orientation relations: planes and directions that are to be parallel are."""

import numpy as np
import pytest

from czone.matter.cell import lattice_matrix
from czone.util import orientation_relation, random_rotations

CUBIC = 4.0 * np.eye(3)
HEXAGONAL = lattice_matrix([2.95, 2.95, 4.68], [90, 90, 120]).T


def unit(vector):
    return vector / np.linalg.norm(vector)


def test_burgers_relation_of_titanium():
    """(0001) || {110} and <11-20> || <111>: W. G. Burgers, Physica 1, 561 (1934)."""
    beta = random_rotations(rng=1) @ (3.3 * np.eye(3))
    matrix = orientation_relation(
        HEXAGONAL,
        (0, 0, 0, 1),
        (1, 1, -2, 0),
        onto=beta,
        onto_plane=(1, 1, 0),
        onto_direction=(1, -1, 1),
    )
    np.testing.assert_allclose(matrix @ matrix.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(matrix) == pytest.approx(1)
    turned = matrix @ HEXAGONAL
    np.testing.assert_allclose(unit(turned[:, 2]), unit(beta @ [1, 1, 0]), atol=1e-9)
    along = unit(turned @ [1, 1, 0])  # [11-20] in three indices
    np.testing.assert_allclose(along, unit(beta @ [1, -1, 1]), atol=1e-9)


def test_cube_on_cube_undoes_a_rotation():
    turn = random_rotations(rng=2)
    matrix = orientation_relation(turn @ CUBIC, (1, 1, 1), (1, -1, 0), onto=5.4 * np.eye(3))
    np.testing.assert_allclose(matrix @ turn, np.eye(3), atol=1e-9)


@pytest.mark.parametrize("prefix", ["", "onto_"])
def test_a_direction_out_of_its_plane_is_refused(prefix):
    arguments = {"plane": (1, 1, 1), "direction": (1, -1, 0)}
    arguments |= {"onto_plane": (1, 1, 1), "onto_direction": (1, -1, 0)}
    arguments[f"{prefix}direction"] = (1, 0, 0)
    with pytest.raises(ValueError, match=f"{prefix}direction must lie in {prefix}plane") as told:
        orientation_relation(CUBIC, onto=CUBIC, **arguments)
    assert "35.3 degrees" in str(told.value)
