"""The crystal: a unit cell that tiles space."""

from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from czone.checks import as_integer, as_offering, as_vector
from czone.equality import sorted_rows
from czone.generator.amorphous import AmorphousGenerator
from czone.generator.base import BaseGenerator, NullGenerator
from czone.generator.doors import CAUSES, as_cell, as_sites, tell_sparse, tell_stretch
from czone.generator.origins import tell_origin
from czone.generator.sites import fill_cell
from czone.generator.spacegroup import space_group
from czone.generator.written import Written, edges_and_angles, formula_of
from czone.geometry import Voxel
from czone.geometry.region import Body
from czone.matter.cell import UnitCell, lattice_matrix
from czone.matter.contact_rule import tell_contacts
from czone.matter.crystal import Crystal
from czone.matter.occupancy import as_contents
from czone.randomness import Seed, as_seed
from czone.shown import call
from czone.spelling import keywords
from czone.transform.base import steps_of
from czone.transform.post import BasePostTransform, as_post_transform, tell_absent
from czone.transform.strain import BaseStrain, as_strain

# Construction Zone has all of these here.
__all__ = ["AmorphousGenerator", "BaseGenerator", "Generator", "NullGenerator"]


class Generator(BaseGenerator):
    """A crystal: a unit cell that tiles space.

    Parameters
    ----------
    origin
        Point (3,) where cell (0, 0, 0) begins, in angstrom.
    structure
        The unit cell: a pymatgen Structure, periodic ASE Atoms, or the path of a file (CIF, POSCAR,
        whatever ASE reads); it is copied. Oxidation states are ignored. Sites that elements share,
        or that are vacant at times, are decided one by one by `rng`.
    strain_field
        Displacement of the supplied atoms, after `post_transform`; None for none.
    post_transform
        Change of the supplied atoms; None for none.
    rng
        Seed, numpy Generator or None for fresh entropy: decides what stands on shared sites. One
        number is drawn, `seed`; each site of the crystal then has an atom of its own, which it
        keeps in every volume, however the crystal is turned, moved or strained.
    seed
        Number that another crystal has drawn, to make that one again.

    Examples
    --------
    >>> gold = Generator.from_spacegroup(
    ...     Z=["Au"], coords=[[0, 0, 0]], cell_dims=[4.078] * 3, cell_angs=[90] * 3, sgn=225)
    >>> print(gold)
    Generator(Au4, a=4.078 b=4.078 c=4.078, alpha=90 beta=90 gamma=90, origin=[0.0, 0.0, 0.0])
    """

    def __init__(
        self,
        origin: ArrayLike | None = None,
        structure: Any = None,
        strain_field: BaseStrain | None = None,
        post_transform: BasePostTransform | None = None,
        *,
        rng: Seed = None,
        seed: int | None = None,
    ) -> None:
        self._cell: UnitCell | None = None
        self._structure = None
        self._voxel: Voxel | None = None
        if isinstance(origin, (str, Path)) or hasattr(origin, "cell"):
            raise TypeError(
                f"origin must be 3 numbers; got {origin!r}: a crystal is the structure="
            )
        self._first_origin = np.zeros(3) if origin is None else as_vector("origin", origin)
        self._strain_field: BaseStrain | None = None
        self._post_transform: BasePostTransform | None = None
        self._seed = None if rng is None else as_seed(rng)
        if seed is not None:
            self.seed = seed
        if structure is not None:
            self.structure = structure
        self.strain_field = strain_field
        self.post_transform = post_transform

    @classmethod
    @keywords(cellDims="cell_dims", cellAngs="cell_angs")
    def from_spacegroup(
        cls,
        Z: Any,
        coords: ArrayLike,
        cell_dims: ArrayLike,
        cell_angs: ArrayLike,
        sgn: int | None = None,
        sym: str | None = None,
        setting: int | str | None = None,
        **kwargs: Any,
    ) -> Self:
        """Build a crystal from its asymmetric unit.

        Points that the operations bring closer together than 0.05 angstrom are one site, so rounded
        coordinates such as 0.3333 will do.

        Parameters
        ----------
        Z
            Elements (n,) of the asymmetric unit, as atomic numbers or symbols. A mapping such as
            ``{"Pt": 0.75, "Co": 0.25}`` or ``{"Fe": 0.95}`` is a site that elements share, or that
            is vacant at times.
        coords
            Fractional coordinates (n, 3).
        cell_dims
            Lengths a, b, c, in angstrom.
        cell_angs
            Angles alpha, beta, gamma, in degrees.
        sgn, sym
            Space group by number (1 to 230) or by symbol; the number counts if both are given and
            differ. A number alone means unique axis b, origin choice 1, hexagonal axes, as in
            pymatgen and ASE; a symbol means its own setting (``Pbnm``, ``P2_1/n``, ``R-3c:R``).
        setting
            Origin choice 1 or 2, axes ``"H"`` or ``"R"``, or a choice of axes such as ``"cab"``.
        **kwargs
            Passed to `Generator` (`origin`, `strain_field`, `post_transform`, `rng`).
        """
        contents = as_contents("Z", Z)
        sites = as_sites(coords, len(contents))
        matrix = lattice_matrix(cell_dims, cell_angs)
        group = space_group(sgn, sym, setting)
        cell = UnitCell.of_contents(*fill_cell(contents, sites, matrix, group), matrix)
        if setting is None and not (sym or "").endswith((":1", "S")):
            tell_origin(group, contents, sites, cell)
        return cls._from_cell(cell, kwargs)

    @classmethod
    @keywords(cellDims="cell_dims", cellAngs="cell_angs")
    def from_unit_cell(
        cls, Z: Any, coords: ArrayLike, cell_dims: ArrayLike, cell_angs: ArrayLike, **kwargs: Any
    ) -> Self:
        """Return a crystal from all atoms of its cell; those closer than 0.05 angstrom are one.

        Parameters
        ----------
        Z, coords, cell_dims, cell_angs, **kwargs
            As in `from_spacegroup`.
        """
        contents = as_contents("Z", Z)
        sites = as_sites(coords, len(contents))
        matrix = lattice_matrix(cell_dims, cell_angs)
        return cls._from_cell(UnitCell.of_listed(contents, sites, matrix), kwargs)

    @classmethod
    def from_crystal(cls, crystal: Crystal) -> Self:
        """Return the face of a crystal.

        Parameters
        ----------
        crystal
            The value; it is not changed by what is done to its face.
        """
        given = {"strain_field": crystal.strain, "post_transform": deepcopy(crystal.post)}
        generator = cls._from_cell(crystal.cell, {"origin": crystal.origin, **given})
        generator._voxel = crystal.voxel
        generator._seed = crystal.seed
        return generator

    @classmethod
    def _from_cell(cls, cell: UnitCell, kwargs: dict[str, Any]) -> Self:
        generator = cls(**kwargs)
        generator._set_cell(cell)
        return generator

    def _set_cell(self, cell: UnitCell) -> None:
        origin = self._first_origin if self._voxel is None else self._voxel.origin
        turn = self.orientation
        tell_contacts(cell.contacts, "crystal", CAUSES)
        tell_sparse(cell)
        tell_absent(self._post_transform, cell)
        self._cell = cell
        self._structure = None
        if cell.contents is not None and self._seed is None:
            self._seed = as_seed(None)
        self._voxel = Voxel(bases=turn @ cell.matrix.T, origin=origin)

    def _tell_strain(self) -> None:
        if self._strain_field is not None and self._voxel is not None:
            self._strain_field.scrape_params(self)

    def _seen(self) -> Crystal:
        """Return the crystal as it is at this moment, for asking it something at once."""
        cell = self._contents()
        return Crystal.seen(cell, self.voxel, self._strain_field, self._post_transform, self._seed)

    @property
    def crystal(self) -> Crystal:
        """The crystal as a value, which later changes of this generator do not reach."""
        seen = self._seen()
        return replace(seen)

    def _contents(self) -> UnitCell:
        if self._cell is None:
            raise ValueError("structure must be set before this Generator is used; got None")
        # The Structure, once handed out, may have been edited by its reader.
        return self._cell if self._structure is None else UnitCell.from_structure(self._structure)

    @property
    def structure(self) -> Any:
        """The pymatgen Structure before all transforms; setting it keeps origin and rotation."""
        if self._structure is None and self._cell is not None:
            self._structure = self._cell.to_structure()
        return self._structure

    @structure.setter
    def structure(self, value: Any) -> None:
        cell = as_cell(value)
        self._set_cell(cell)
        # A Structure keeps what a cell does not know (charges, names), unless atoms of it are one.
        if hasattr(value, "frac_coords") and len(cell.numbers) == len(value):
            self._structure = value.copy()

    @property
    def seed(self) -> int | None:
        """Number that decides what stands on shared sites; None where there are none."""
        return self._seed

    @seed.setter
    def seed(self, value: int) -> None:
        self._seed = as_integer("seed", value)

    @property
    def lattice(self) -> Any:
        """The pymatgen Lattice of the untransformed cell."""
        return self.structure.lattice

    @property
    def species(self) -> tuple[int, ...]:
        """Atomic numbers of the cell; the most frequent ones of shared sites."""
        return tuple(int(n) for n in self._contents().numbers)

    @property
    def coords(self) -> np.ndarray:
        """Fractional coordinates (n, 3) of the cell."""
        return np.array(self._contents().coords)

    @property
    def orientation(self) -> np.ndarray:
        """Matrix (3, 3) from the lattice of the structure to the present one: all transforms."""
        if self._voxel is None or self._cell is None:
            return np.eye(3)
        return self._voxel.sbases @ np.linalg.inv(self._cell.matrix.T)

    @property
    def origin(self) -> np.ndarray:
        """Point (3,) where cell (0, 0, 0) begins, in angstrom."""
        return self._first_origin if self._voxel is None else self._voxel.origin

    @origin.setter
    def origin(self, value: ArrayLike) -> None:
        if self._voxel is None:
            self._first_origin = as_vector("origin", value)
        else:
            self._voxel.origin = value

    @property
    def voxel(self) -> Voxel:
        """The tiling cell: lattice vectors as they are now, as columns, and origin."""
        self._contents()
        assert self._voxel is not None  # comes with the contents
        return self._voxel

    @voxel.setter
    def voxel(self, value: Voxel) -> None:
        self._voxel = deepcopy(as_offering("voxel", value, "a Voxel", "sbases", "origin"))

    @property
    def strain_field(self) -> BaseStrain | None:
        """Displacement of the supplied atoms; None for none. It knows the lattice of now."""
        self._tell_strain()
        return self._strain_field

    @strain_field.setter
    def strain_field(self, value: BaseStrain | None) -> None:
        self._strain_field = deepcopy(as_strain("strain_field", value))

    @property
    def post_transform(self) -> BasePostTransform | None:
        """Change of the supplied atoms, before the strain; None for none."""
        return self._post_transform

    @post_transform.setter
    def post_transform(self, value: BasePostTransform | None) -> None:
        self._post_transform = as_post_transform("post_transform", value)
        tell_absent(self._post_transform, self._cell)

    def supply_atoms(self, bbox: np.ndarray, **kwargs: Any) -> tuple[np.ndarray, np.ndarray]:
        """Return the atoms of all cells that reach a region.

        Parameters
        ----------
        bbox
            Points (m, 3) around the region, in angstrom.
        **kwargs
            Taken and ignored, as in Construction Zone: a class of its own may use them.

        Returns
        -------
        positions
            Array (n, 3), in angstrom, after post transform and strain.
        numbers
            Atomic numbers (n,).
        """
        return self._seen().supply(bbox)

    def kept_share(self) -> float | None:
        """Return the share of the sum of their covalent radii that all its atoms keep, if known."""
        return self._seen().kept_share()

    def supply_inside(self, region: Body, **kwargs: Any) -> tuple[np.ndarray, np.ndarray]:
        """Return the atoms inside a region, whole rows at a time where it is convex.

        Parameters
        ----------
        region
            Region to fill, see `czone.geometry.region.Body`.
        **kwargs
            Taken and ignored, as by `supply_atoms`.
        """
        atoms = self._seen().fill(region)
        return atoms.positions, atoms.numbers

    def transform(self, transformation: Any) -> None:
        """Move the crystal: lattice vectors and, unless `basis_only`, the origin."""
        voxel = self.voxel
        for step in steps_of(transformation):
            moved = self._seen().moved(step)
            voxel.bases, voxel.origin = moved.bases, moved.origin
            self._strain_field = moved.strain
            tell_stretch(step.matrix)

    def __deepcopy__(self, memo: dict) -> Self:
        copy = type(self).__new__(type(self))
        for key, value in vars(self).items():
            # The cell is frozen and shared; the Structure has a quicker copy of its own.
            shared = key == "_cell"
            own = value.copy() if key == "_structure" and value is not None else None
            setattr(
                copy, key, value if shared else own if own is not None else deepcopy(value, memo)
            )
        return copy

    def _made_of(self) -> dict[str, Any]:
        self._tell_strain()
        made_of = super()._made_of()
        if self._voxel is not None:
            made_of["_cell"] = self._contents()
            del made_of["_structure"], made_of["_first_origin"]
            if made_of["_cell"].contents is None:
                del made_of["_seed"]  # decides nothing
        return made_of

    def _like(self) -> dict[str, Any]:
        # What it supplies: the sites in any order, the lattice as it is now.
        like = self._made_of()
        if self._voxel is not None:
            cell = like.pop("_cell")
            # What chance decides goes by the order of the sites.
            chance = None if cell.contents is None else (cell.coords, cell.contents)
            like["sites"] = chance or sorted_rows(cell.coords, cell.numbers)
            like["_voxel"] = (self._voxel.sbases, self._voxel.origin)
        return like

    def __repr__(self) -> str:
        given: dict[str, Any] = {"origin": self.origin, "structure": None}
        if self._cell is not None:
            given["structure"] = Written(self._contents(), self.voxel.sbases.T)
        given |= {"strain_field": self.strain_field, "post_transform": self.post_transform}
        if self._cell is None or self._contents().contents is not None:
            given["seed"] = self._seed
        return call(self, **{name: value for name, value in given.items() if value is not None})

    def __str__(self) -> str:
        if self._cell is None:
            return "Generator(structure=None)"
        shown = f"{formula_of(self._contents())}, {edges_and_angles(self.voxel.sbases)}"
        for name in ("strain_field", "post_transform"):
            value = getattr(self, name)
            shown += "" if value is None else f", {name}={value!r}"
        return f"Generator({shown}, origin={np.round(self.origin, 6).tolist()})"
