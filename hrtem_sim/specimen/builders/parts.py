"""Parts that builders share: slabs of amorphous matter and turned crystals."""

import numpy as np
from scipy.spatial.transform import Rotation as SpatialRotation

from czone.generator import AmorphousGenerator, Generator
from czone.transform import Rotation
from czone.volume import Volume, make_rect_prism
from hrtem_sim.specimen.films import by_pairs, film_matter
from hrtem_sim.specimen.materials import Material, as_material, crystal_of


def film_slab(
    field: tuple[float, float],
    thickness: float,
    rng: np.random.Generator,
    *,
    material: str = "C",
    bottom: float = 0.0,
    priority: int = 10,
) -> Volume:
    """Return a slab of an amorphous film that covers a field and repeats with it.

    Parameters
    ----------
    field
        Edges along x and y, in angstrom.
    thickness
        Thickness along z, in angstrom.
    rng
        Source of its atoms.
    material
        Symbol or formula: C, Si, Ge, SiO2, Si3N4 or Al2O3, whose density is known.
    bottom
        Lowest z, in angstrom.
    priority
        Precedence in scenes: atoms of objects with smaller numbers take its place.

    Examples
    --------
    >>> film = film_slab((20.0, 20.0), 10.0, np.random.default_rng(1))
    >>> film.populate_atoms()
    >>> len(film.atoms)
    441
    """
    density, distances = film_matter(material, None, None)
    return Volume(
        points=make_rect_prism(*field, thickness) + [0.0, 0.0, bottom],
        generator=AmorphousGenerator(
            species=material, density=density, min_dist=by_pairs(distances), rng=rng
        ),
        priority=priority,
    )


def turned_crystal(material: Material, rng: np.random.Generator) -> Generator:
    """Return a crystal in a random orientation, all of them equally likely.

    Parameters
    ----------
    material
        Name of a metal or compound, or a crystal from a file; see
        `hrtem_sim.specimen.materials.as_material`.
    rng
        Source of the orientation.

    Examples
    --------
    >>> turned_crystal("Au", np.random.default_rng(1)).voxel.bases.shape
    (3, 3)
    """
    crystal = crystal_of(as_material(material), rng)
    crystal.transform(Rotation(random_turn(rng)))
    return crystal


def random_turn(rng: np.random.Generator) -> np.ndarray:
    """Return the matrix (3, 3) of a rotation, all of them equally likely.

    Parameters
    ----------
    rng
        Source of the rotation.

    Notes
    -----
    A quaternion of four normal numbers is uniform over rotations (Shoemake, Graphics Gems III
    (1992) 124).

    Examples
    --------
    >>> turn = random_turn(np.random.default_rng(1))
    >>> bool(np.allclose(turn @ turn.T, np.eye(3)))
    True
    """
    return SpatialRotation.from_quat(rng.standard_normal(4)).as_matrix()
