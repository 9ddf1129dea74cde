"""The amorphous solid: a random packing of spheres, as a value that fills regions."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from ase.data import covalent_radii

from czone.checks import as_matrix, as_points, as_vector
from czone.equality import Value, content
from czone.generator.amorphous_algorithms import atom_count, random_sequential_addition
from czone.generator.composition import split_count
from czone.geometry.region import Body
from czone.matter.atoms import Atoms
from czone.transform.base import BaseTransform

__all__ = ["Amorphous"]


@dataclass(frozen=True, eq=False)
class Amorphous(Value):
    """Atoms at random, none too close to another; `AmorphousGenerator` is its face.

    Parameters
    ----------
    shares
        Atomic number and share of every element, in pairs; the shares add up to 1.
    table
        Smallest distances (k, k) between the elements, in the order of `shares`, in angstrom.
    density
        Atoms per cubic angstrom.
    seed
        The same seed gives the same atoms.
    periodic
        Whether a block repeats along its own x and y.
    bases, origin
        Axes of the solid as columns (3, 3), x, y, z if None; its origin (3,), in angstrom.

    Examples
    --------
    >>> from czone.geometry import Region, Sphere
    >>> carbon = Amorphous(((6, 1.0),), np.array([[1.4]]), 0.1, seed=1)
    >>> ball = Region(surfaces=[Sphere(5, [0, 0, 0])])
    >>> carbon.fill(ball) == carbon.fill(ball)
    True
    """

    shares: tuple[tuple[int, float], ...]
    table: np.ndarray
    density: float
    seed: int
    periodic: tuple[bool, bool] = (True, True)
    bases: np.ndarray = None  # type: ignore[assignment]
    origin: np.ndarray = (0.0, 0.0, 0.0)  # type: ignore[assignment]

    def __post_init__(self) -> None:
        arrays = {
            "table": np.array(self.table, dtype=float),
            "bases": as_matrix("bases", np.eye(3) if self.bases is None else self.bases),
            "origin": as_vector("origin", self.origin),
        }
        object.__setattr__(self, "shares", tuple(self.shares))
        for name, array in arrays.items():
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    def moved(self, step: BaseTransform) -> "Amorphous":
        """Return this solid after one simple transform; its atoms follow.

        Parameters
        ----------
        step
            Moves the axes and, unless `basis_only`, the origin.
        """
        bases, origin = step.apply_transformation_bases(self.bases), self.origin
        if not step.basis_only:
            origin = step.apply_transformation(origin)
        return replace(self, bases=bases, origin=origin)

    def box(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return lower corner (3,) and edges (3,) of the box around points, along the own axes.

        Parameters
        ----------
        points
            Points (m, 3) in the laboratory, in angstrom.
        """
        local = np.linalg.solve(self.bases, (as_points("bbox", points) - self.origin).T).T
        low, high = local.min(axis=0), local.max(axis=0)
        # Rounded, so that the film does not hang on the last digits a rotation leaves behind.
        return low, np.round(high - low, 6)

    def block(self, low: np.ndarray, dims: Any, *, progress: bool = False) -> Atoms:
        """Return the atoms of a box, in the solid's own frame.

        Parameters
        ----------
        low, dims
            Lower corner and edges (3,), in angstrom.
        progress
            Whether to show how far the packing has come.
        """
        if (dims == 0).any():
            return Atoms.owned(np.empty((0, 3)), np.empty(0, dtype=np.int64))
        # An axis shorter than the minimum distance cannot repeat.
        periodic = (*self.periodic, False) & (dims >= self.table.max())
        positions, kinds = random_sequential_addition(
            dims,
            split_count(atom_count(dims, self.density), dict(self.shares)),
            self.table,
            periodic=periodic,
            rng=self.seed,
            progress=progress,
        )
        elements = np.array([number for number, _ in self.shares], dtype=np.int64)
        return Atoms.owned(positions + low, elements[kinds])

    def kept_share(self) -> float:
        """Return the share of the sum of their covalent radii that all atoms keep."""
        radii = covalent_radii[[number for number, _ in self.shares]]
        shares = self.table / (radii[:, None] + radii)
        return float(np.linalg.norm(self.bases, -2) * shares.min())

    def to_lab(self, local: np.ndarray) -> np.ndarray:
        """Return points of the own frame (n, 3) in the laboratory, in angstrom."""
        return local @ self.bases.T + self.origin

    def corners(self, body: Any) -> np.ndarray:
        """Return the corners (m, 3) of a box around a body, along the axes of the solid.

        A body that is turned together with its solid so keeps its atoms.

        Parameters
        ----------
        body
            A `Body`; one that can be `moved` is boxed most tightly.
        """
        moved = getattr(body, "moved", None)
        if moved is None or np.array_equal(self.bases, np.eye(3)):
            return body.get_bounding_box()
        back = np.linalg.inv(self.bases)
        return self.to_lab(moved(back, -back @ self.origin).get_bounding_box())

    def fill(self, body: Body) -> Atoms:
        """Return the atoms inside a region.

        Parameters
        ----------
        body
            A `Region`, a `Volume`, or anything else that answers as they do.
        """
        corners = self.corners(body)
        if len(corners) == 0:
            return Atoms.owned(np.empty((0, 3)), np.empty(0, dtype=np.int64))
        block = self.block(*self.box(corners))
        positions = self.to_lab(block.positions)
        return Atoms.owned(positions, block.numbers).kept(body.check_if_interior(positions))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Amorphous):
            return NotImplemented
        return self is other or bool(content(vars(self)) == content(vars(other)))
