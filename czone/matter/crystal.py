"""The crystal: a unit cell that tiles space, as a value that fills regions."""

from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from czone.checks import as_matrix, as_offering, as_points, as_vector
from czone.compiled import compiled_pays
from czone.equality import Value, content
from czone.geometry import Voxel
from czone.geometry.elements import atomic_numbers
from czone.geometry.region import Body
from czone.matter.atoms import Atoms, cut_out
from czone.matter.cell import UnitCell
from czone.matter.rows import cell_atoms, cut_rows, row_starts, written_out
from czone.memory import check_room
from czone.transform.base import BaseTransform
from czone.transform.post import BasePostTransform, as_post_transform
from czone.transform.strain import BaseStrain, as_strain

__all__ = ["Crystal"]

Lattice = tuple[np.ndarray, np.ndarray]
"""Lattice vectors as columns (3, 3) and origin (3,), in angstrom."""


@dataclass(frozen=True, eq=False)
class Crystal(Value):
    """A unit cell that tiles space from an origin, strained and changed.

    Parameters
    ----------
    cell
        Atoms of the cell, in fractional coordinates.
    bases
        Lattice vectors as columns (3, 3), in angstrom; those of the cell itself if None.
    origin
        Point (3,) where cell (0, 0, 0) begins, in angstrom.
    scale
        Factor on `bases`: one number, or one per vector.
    strain
        Displacement of the atoms, after `post`; None for none.
    post
        Change of the atoms; None for none.
    seed
        Names the draws that decide what stands on sites that several elements share, or that are
        vacant at times; None if the cell has none.

    Examples
    --------
    >>> from czone.geometry import Region, Sphere
    >>> cell = UnitCell([84], [[0, 0, 0]], 3.35 * np.eye(3))
    >>> polonium = Crystal(cell)
    >>> len(polonium.fill(Region(surfaces=[Sphere(3.5, [0, 0, 0])])))
    7
    """

    cell: UnitCell
    bases: np.ndarray = None  # type: ignore[assignment]
    origin: np.ndarray = (0.0, 0.0, 0.0)  # type: ignore[assignment]
    scale: np.ndarray = (1.0,)  # type: ignore[assignment]
    strain: BaseStrain | None = None
    post: BasePostTransform | None = None
    seed: int | None = None

    def __post_init__(self) -> None:
        as_offering("cell", self.cell, "a UnitCell", "matrix", "contents", "coords")
        bases = self.cell.matrix.T if self.bases is None else self.bases
        fields = {
            "bases": as_matrix("bases", bases),
            "origin": as_vector("origin", self.origin),
            "scale": np.atleast_1d(np.array(self.scale, dtype=float)),
        }
        for name, array in fields.items():
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        object.__setattr__(self, "strain", deepcopy(as_strain("strain", self.strain)))
        object.__setattr__(self, "post", deepcopy(as_post_transform("post", self.post)))
        if self.strain is not None:
            self.strain.scrape_params(self)
        if self.cell.contents is not None and self.seed is None:
            raise ValueError(
                "seed must be a whole number for a cell with shared or vacant sites; got None"
            )

    @classmethod
    def seen(
        cls,
        cell: UnitCell,
        voxel: Voxel,
        strain: BaseStrain | None,
        post: BasePostTransform | None,
        seed: int | None,
    ) -> "Crystal":
        """Return a crystal of things as they are, not copied: for asking it something at once.

        Parameters
        ----------
        cell, voxel, strain, post, seed
            As for the class; the voxel holds lattice vectors, scale and origin.
        """
        crystal = object.__new__(cls)
        crystal.__dict__.update(
            cell=cell,
            bases=voxel.bases,
            origin=voxel.origin,
            scale=voxel.scale,
            strain=strain,
            post=post,
            seed=seed,
        )
        if strain is not None:
            strain.scrape_params(crystal)
        return crystal

    @property
    def sbases(self) -> np.ndarray:
        """Scaled lattice vectors as columns (3, 3), in angstrom."""
        return self.bases * self.scale

    @property
    def voxel(self) -> Voxel:
        """The tiling cell, a new one."""
        return Voxel(self.bases, self.scale, self.origin)

    def moved(self, step: BaseTransform) -> "Crystal":
        """Return this crystal after one simple transform.

        Parameters
        ----------
        step
            Moves lattice vectors and, unless `basis_only`, the origin; turns the strain.
        """
        bases, origin = step.apply_transformation_bases(self.bases), self.origin
        if not step.basis_only:
            origin = step.apply_transformation(origin[None])[0]
        strain = deepcopy(self.strain)
        if strain is not None:
            strain.transform(step)
        return replace(self, bases=bases, origin=origin, strain=strain)

    def supply(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return positions and atomic numbers of all cells that reach the box around points.

        Parameters
        ----------
        points
            Points (m, 3), in angstrom.
        """
        points = as_points("bbox", points)
        if len(points) == 0:
            return np.zeros((0, 3)), np.zeros(0, dtype=np.int64)
        positions, sites = self._sites_around(points)
        numbers, kept = self._elements(positions, sites, (self.sbases, self.origin))
        positions = positions if kept is None else positions[kept]
        if self.post is not None and not self._changes_elements_only():
            positions, numbers = _checked_pair(*self.post.apply_function(positions, numbers))
            numbers = atomic_numbers("species", np.asarray(numbers))
        if self.strain is not None:
            positions = self.strain.apply_strain(positions)
        return np.asarray(positions, dtype=float), numbers

    def fill(self, body: Body) -> Atoms:
        """Return the atoms inside a region.

        Parameters
        ----------
        body
            A `Region`, a `Volume`, or anything else that answers as they do.
        """
        if not self._changes_elements_only():
            return cut_out(body, self.supply)
        quick = self._whole_rows(body)
        if quick is None:
            return self._cut_sites(body)
        positions, sites, lattice = quick
        numbers, kept = self._elements(positions, sites, lattice)
        positions = positions if kept is None else positions[kept]
        return Atoms.owned(positions, numbers)

    def kept_share(self) -> float | None:
        """Return the share of the sum of their covalent radii that all atoms keep, if known.

        A deformation shortens no distance by more than its smallest singular value.
        """
        lattice = self._lattice()
        if lattice is None or self.post is not None:
            return None
        deformation = lattice[0] @ self.cell.inverse
        stretched = np.abs(deformation.T @ deformation - np.eye(3)).max() > 1e-9
        shortest = np.linalg.norm(deformation, -2) if stretched else 1.0
        return float(shortest * self.cell.apart)

    def _changes_elements_only(self) -> bool:
        """Tell whether the atoms stand on the sites of the lattice, whatever they are."""
        nothing = np.zeros(0, dtype=np.int64)
        return self.post is None or self._substituted(nothing, np.zeros((0, 4), int)) is not None

    def _substituted(self, numbers: np.ndarray, keys: np.ndarray) -> np.ndarray | None:
        on_sites = getattr(self.post, "apply_on_sites", None)
        return None if on_sites is None else on_sites(numbers, keys)

    def _sites_around(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the sites (n, 3) of all cells that may reach a box, and their places (n,)."""
        if self.strain is not None:
            points = self.strain.source_box(points)
        # Cells that reach a box: a parallelepiped around it would count too many.
        edges = np.ptp(points, axis=0) / np.cbrt(abs(np.linalg.det(self.sbases)))
        check_room("bbox", np.zeros(3), edges, self.sbases, len(self.cell.numbers))
        positions, count = cell_atoms(self.sbases, self.origin, self.cell.coords, points)
        return positions, np.tile(np.arange(len(self.cell.numbers)), count)

    def _cut_sites(self, body: Body) -> Atoms:
        """Return the atoms inside, site by site."""
        box = body.get_bounding_box()
        if len(box) == 0:
            return Atoms.owned(np.zeros((0, 3)), np.zeros(0, dtype=np.int64))
        rest, sites = self._sites_around(as_points("bbox", box))
        positions = rest
        if self.strain is not None:
            positions = np.asarray(self.strain.apply_strain(rest), dtype=float)
        inside = body.check_if_interior(positions)
        numbers, kept = self._elements(rest[inside], sites[inside], (self.sbases, self.origin))
        positions = positions[inside]
        return Atoms.owned(positions if kept is None else positions[kept], numbers)

    def _elements(
        self, positions: np.ndarray, sites: np.ndarray, lattice: Lattice
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Return what stands on sites, and which are not vacant; None if all are filled.

        Parameters
        ----------
        positions, sites
            Where (n, 3) they are, and their places (n,) in the cell.
        lattice
            Lattice vectors and origin that the positions follow.
        """
        sharing = self.cell.sharing
        keyed = self.post is not None and self._changes_elements_only()
        if sharing is None and not keyed:
            return self.cell.numbers[sites], None
        bases, origin = lattice
        inverse = np.linalg.inv(bases)
        places = self.cell.coords + inverse @ origin
        keys = np.empty((len(sites), 4), dtype=np.int64, order="F")
        for axis in range(3):
            keys[:, axis] = np.rint(positions @ inverse[axis] - places[:, axis][sites])
        keys[:, 3] = sites
        numbers, kept = self.cell.numbers[sites], None
        if sharing is not None:
            assert self.seed is not None  # checked with the cell
            numbers = sharing.drawn(self.seed, keys)
            kept = numbers > 0
            if kept.all():
                kept = None
            else:
                numbers, keys = numbers[kept], keys[kept]
        if keyed:
            substituted = self._substituted(numbers, keys)
            assert substituted is not None  # it changes elements only
            numbers = atomic_numbers("species", np.asarray(substituted))
        return numbers, kept

    def _lattice(self) -> Lattice | None:
        """Return lattice vectors and origin as strained; None if the sites form no lattice."""
        if self.strain is None:
            return self.sbases, self.origin
        affine = self.strain.affine()
        if affine is None:
            return None
        # A homogeneous strain of a lattice is a lattice again.
        return affine[0] @ self.sbases, affine[0] @ self.origin + affine[1]

    def _whole_rows(self, body: Body) -> tuple[np.ndarray, np.ndarray, Lattice] | None:
        """Return the sites inside, row by row; None if crystal or body do not allow it.

        With them come their places in the cell, and the lattice as strained.

        A convex body cuts every row of atoms in one piece, so rows are shortened, not tested
        atom by atom.
        """
        lattice = self._lattice()
        if lattice is None:
            return None
        bases, origin = lattice
        cell, inverse = self.cell, np.linalg.inv(bases)
        span = body.span(inverse)
        if span is None:
            return None
        low, high = span
        if (low > high).any():
            return np.zeros((0, 3)), np.zeros(0, dtype=np.int64), lattice
        corner = inverse @ origin
        low, high = low - corner - cell.highest, high - corner - cell.lowest
        # A tetrahedron fills the sixth part of the box around it.
        check_room("volume", low / 2, high / 2, bases, len(cell.numbers))
        faces = body.flat_faces()
        if faces is not None and compiled_pays():
            from czone.matter.row_kernel import fill_flat_body  # loads numba

            positions, sites = fill_flat_body(bases, origin, cell.coords, low, high, faces)
            return positions, sites, lattice
        starts, step, per_atom = row_starts(bases, origin, cell.coords, low, high)
        chords = body.chords(starts, step)
        if chords is None:
            return None
        # Rows are opened by a hair; the true test at both ends decides.
        enter, leave = chords
        starts, first, counts, rows = cut_rows(starts, enter - 1e-6, leave + 1e-6)
        ends = np.concatenate([first, first + counts - 1])[:, None] * step
        ends.reshape(2, -1, 3)[:] += starts
        outside = ~body.check_if_interior(ends)
        head, tail = outside[: len(rows)], outside[len(rows) :]
        first += head
        counts = np.maximum(counts - head - tail, 0)
        positions = written_out(starts, step, first, counts)
        return positions, np.repeat(rows // per_atom, counts), lattice

    def _made_of(self) -> Any:
        return content([self.cell, self.sbases, self.origin, self.strain, self.post, self.seed])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Crystal):
            return NotImplemented
        return self is other or bool(self._made_of() == other._made_of())


def _checked_pair(positions: Any, numbers: Any) -> tuple[np.ndarray, Any]:
    """Return what a post transform has made of the atoms, if these are atoms."""
    points = as_points("positions of post_transform", positions)
    if len(points) != len(numbers):
        raise ValueError(
            "post_transform must return as many atomic numbers as positions; got "
            f"{len(numbers)} and {len(points)}"
        )
    return points, numbers
