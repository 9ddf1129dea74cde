"""`AmorphousGenerator`: fills a region with a random packing of one or more elements."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from numbers import Integral
from types import MappingProxyType
from typing import Any

import numpy as np
from ase.data import chemical_symbols, covalent_radii

from czone.checks import as_points, as_vector
from czone.generator.base import BaseGenerator
from czone.generator.composition import distance_table, number_density, parse_composition
from czone.generator.films import FILMS, ImplausibleDensity, as_density, film_of, too_dense
from czone.generator.solid import Amorphous
from czone.geometry.region import Body
from czone.matter.atoms import Atoms
from czone.matter.contact_rule import tell_distance
from czone.randomness import Seed, as_rng
from czone.shown import call, shown
from czone.transform.base import steps_of

__all__ = ["AmorphousGenerator", "number_density"]


class AmorphousGenerator(BaseGenerator):
    """Supplies an amorphous solid: atoms at random, none too close to another.

    Parameters
    ----------
    origin
        Point in angstrom that moves along with transforms; (0, 0, 0) by default. The block of atoms
        always covers the region asked for, wherever that lies.
    min_dist
        Smallest distance in angstrom between two atoms: one number, or for mixtures a mapping that
        names every pair, ``{("Si", "O"): 1.5, ("O", "O"): 2.1, ("Si", "Si"): 2.4}``. The default is
        that of the material, for those of `czone.generator.films` (C, Si,
        Ge, SiO2, Si3N4, Al2O3).
    density
        Atoms per cubic angstrom, all elements together, or a text in g/cm3, ``"2.2 g/cm3"``. The
        default is that of the material, for the same. A warning tells of one above that of the
        crystal.
    species
        Atomic number, symbol, formula (``"SiO2"``) or mapping of elements to amounts
        (``{"Si": 1, "O": 2}``). Carbon by default.
    rng
        Seed, `numpy.random.Generator`, or None. The same seed gives the same film; a Generator
        gives one seed to this object, so that two objects made from it one after the other differ;
        with None every new block has fresh entropy. Copies share the seed and so the film.
    periodic
        Whether the block repeats along x and y, (2,) booleans or one for both: no pair is too close
        across the seam either.

    Attributes
    ----------
    use_old_result : bool
        Reuse the last block whenever it covers the region asked for. A block is in any case kept
        for a region of the same size at the same place.

    Notes
    -----
    The atoms are placed by random sequential addition (see `random_sequential_addition`), which
    cannot fill more than 0.384 of space with equal spheres of diameter `min_dist`. Rotations and
    translations of the block turn and move its atoms rigidly.

    Examples
    --------
    >>> box = np.array([[0, 0, 0], [30, 0, 0], [0, 30, 0], [0, 0, 10]])
    >>> positions, numbers = AmorphousGenerator(rng=5).supply_atoms(box)
    >>> len(positions), set(numbers.tolist())
    (993, {6})
    >>> silica = AmorphousGenerator(species="SiO2", rng=5)
    >>> np.bincount(silica.supply_atoms(box)[1])[[8, 14]].tolist()
    [397, 198]
    """

    _transient = ("_block",)

    def __init__(
        self,
        origin: Sequence[float] | None = None,
        min_dist: float | Mapping | None = None,
        density: float | str | None = None,
        species: int | str | Mapping = 6,
        rng: Seed = None,
        *,
        periodic: bool | Sequence[bool] = (True, True),
    ) -> None:
        self._block: tuple[np.ndarray, np.ndarray, Atoms] | None = None
        self._bases = np.eye(3)
        self.origin = (0.0, 0.0, 0.0) if origin is None else origin
        self._min_dist: float | Mapping | None = None
        self._density: float | None = None
        self._shares = parse_composition(species)
        if min_dist is not None:
            self.min_dist = min_dist
        if density is not None:
            self.density = density
        self._table, self._atoms_per_volume()  # refused here if unknown
        self.periodic = periodic
        self.use_old_result = False
        self.rng = rng

    @property
    def origin(self) -> np.ndarray:
        """Origin of the block's own frame in angstrom, (3,)."""
        return self._origin

    @origin.setter
    def origin(self, value: Any) -> None:
        self._origin = as_vector("origin", value)

    @property
    def density(self) -> float:
        """Atoms per cubic angstrom; may be set in g/cm3, as a text such as ``"2.2 g/cm3"``."""
        return self._atoms_per_volume()

    @density.setter
    def density(self, value: Any) -> None:
        self._density = as_density(self._composition(), value)
        self._block = None
        wrong = too_dense(self._composition(), self._density)
        if wrong:
            warnings.warn(wrong, ImplausibleDensity, stacklevel=3)

    def _composition(self) -> dict[str, float]:
        return {chemical_symbols[number]: share for number, share in self._shares.items()}

    def _known(self, argument: str) -> Any:
        """Return what a table says of this material in place of an argument."""
        film = film_of(self._composition())
        if film is None:
            known = ", ".join(FILMS)
            raise ValueError(
                f"{argument} must be given for materials other than {known}; got None for "
                f"{self._composition()}"
            )
        return getattr(film, argument)

    def _atoms_per_volume(self) -> float:
        return self._known("density") if self._density is None else self._density

    @property
    def _table(self) -> np.ndarray:
        return distance_table(self.min_dist, list(self._shares))

    @property
    def min_dist(self) -> float | Mapping:
        """Smallest distance between two atoms in angstrom, or a mapping of pairs to distances."""
        given = self._known("min_dist") if self._min_dist is None else self._min_dist
        return MappingProxyType(given) if isinstance(given, dict) else given

    @min_dist.setter
    def min_dist(self, value: Any) -> None:
        table = distance_table(value, list(self._shares))
        radii = covalent_radii[list(self._shares)]
        least = float((table / (radii[:, None] + radii)).min())
        tell_distance("min_dist", least, f"{value!r}, {least:.2g} of it. Is it in nanometres?")
        self._min_dist = dict(value) if isinstance(value, Mapping) else value
        self._block = None

    @property
    def species(self) -> int | Mapping[str, float]:
        """Atomic number, or the share of every element of a mixture."""
        if len(self._shares) == 1:
            return next(iter(self._shares))
        return MappingProxyType({chemical_symbols[z]: share for z, share in self._shares.items()})

    @species.setter
    def species(self, value: Any) -> None:
        shares = parse_composition(value)
        if self._min_dist is not None:
            distance_table(self._min_dist, list(shares))
        self._shares = shares
        self._block = None

    @property
    def periodic(self) -> tuple[bool, bool]:
        """Whether the block repeats along x and y."""
        return self._periodic

    @periodic.setter
    def periodic(self, value: Any) -> None:
        flags = (value, value) if isinstance(value, (bool, np.bool_)) else tuple(value)
        if len(flags) != 2 or not all(isinstance(flag, (bool, np.bool_)) for flag in flags):
            raise ValueError(f"periodic must be one or two booleans, for x and y; got {value!r}")
        self._periodic = (bool(flags[0]), bool(flags[1]))
        self._block = None

    @property
    def seed(self) -> int | None:
        """Number that fixes the film; with ``rng=None`` that of the last block made."""
        return self._seed

    @property
    def rng(self) -> np.random.Generator:
        """A stream at the `seed` of the film; setting a seed or a stream makes another film."""
        return np.random.default_rng(self.solid.seed)

    @rng.setter
    def rng(self, value: Seed) -> None:
        self._block = None
        self._fixed_seed = value is not None
        self._seed = _seed_from(value)

    @property
    def old_result(self) -> tuple[np.ndarray, np.ndarray] | None:
        """Positions (n, 3) and atomic numbers (n,) of the last block, or None."""
        if self._block is None:
            return None
        atoms = self._block[2]
        return self._solid(0).to_lab(atoms.positions), atoms.numbers.copy()

    def supply_atoms(
        self, bbox: np.ndarray, *, print_progress: bool = False
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return atoms that fill the box around some points.

        Parameters
        ----------
        bbox
            Corners of the region in angstrom, (m, 3). The box is aligned with the axes of the
            generator, which are those of the laboratory until it is transformed.
        print_progress
            Whether to show how far a new block has come.

        Returns
        -------
        positions : numpy.ndarray
            In angstrom, (n, 3), with n = round(density * volume of the box).
        numbers : numpy.ndarray
            Atomic numbers, (n,).

        Raises
        ------
        ValueError
            If `bbox` is not an array of points, or the density cannot be reached.
        """
        if len(as_points("bbox", bbox)) == 0:
            return np.empty((0, 3)), np.empty(0, dtype=np.int64)
        low, dims = self._solid(0).box(bbox)
        if self._block is None or not self._covers(low, dims):
            if not self._fixed_seed:
                self._seed = _fresh_seed()
            self._block = (low, dims, self.solid.block(low, dims, progress=print_progress))
        atoms = self._block[2]
        return self._solid(0).to_lab(atoms.positions), atoms.numbers.copy()

    @property
    def solid(self) -> Amorphous:
        """The solid as a value, which later changes of this generator do not reach."""
        if self._seed is None:
            self._seed = _fresh_seed()
        return self._solid(self._seed)

    def _solid(self, seed: int) -> Amorphous:
        return Amorphous(
            tuple(self._shares.items()),
            self._table,
            self.density,
            seed,
            self._periodic,
            self._bases,
            self._origin,
        )

    def transform(self, transformation: Any) -> None:
        """Move, turn or deform the solid; its atoms follow.

        Parameters
        ----------
        transformation
            A transform of `czone.transform`, or a list of them. One that is `basis_only` leaves the
            origin in place.
        """
        for step in steps_of(transformation):
            moved = self._solid(0).moved(step)
            self._bases, self._origin = np.array(moved.bases), np.array(moved.origin)

    def kept_share(self) -> float:
        """Return the share of the sum of their covalent radii that all its atoms keep."""
        return self._solid(0).kept_share()

    def supply_inside(self, region: Body, **kwargs: Any) -> tuple[np.ndarray, np.ndarray]:
        """Return the atoms inside a volume.

        The region is boxed along the axes of the generator, so that a volume that is turned
        together with its solid keeps its atoms.

        Parameters
        ----------
        region
            Region to fill, see `czone.geometry.region.Body`.
        **kwargs
            Passed to `supply_atoms`.
        """
        positions, numbers = self.supply_atoms(self._solid(0).corners(region), **kwargs)
        inside = region.check_if_interior(positions)
        return positions[inside], numbers[inside]

    def _covers(self, low: np.ndarray, dims: np.ndarray) -> bool:
        assert self._block is not None  # the caller has looked
        old_low, old_dims, _ = self._block
        slack = 1e-5
        if self.use_old_result:
            return bool(
                (old_low <= low + slack).all() and (low + dims <= old_low + old_dims + slack).all()
            )
        return np.allclose(old_low, low, rtol=0, atol=slack) and np.allclose(
            old_dims, dims, rtol=0, atol=slack
        )

    def _like(self) -> dict[str, Any]:
        # What the films' table says is as good as what was given; distances are in `_table`.
        like = {**self._made_of(), "_density": self.density, "_table": self._table}
        like.pop("_min_dist")
        if not self._fixed_seed:
            like.pop("_seed")  # that of the last block; the next has another
        return like

    def __repr__(self) -> str:
        given: dict[str, Any] = {
            "origin": self._origin,
            "min_dist": dict(apart) if isinstance(apart := self.min_dist, Mapping) else apart,
            "density": self.density,
            "species": dict(self._shares) if len(self._shares) > 1 else self.species,
        }
        if self._fixed_seed:
            given["rng"] = self._seed
        made = call(self, **given, periodic=self._periodic)
        if np.array_equal(self._bases, np.eye(3)):
            return made
        turn = f"MatrixTransform({shown(self._bases)}, basis_only=True)"
        return f"{made}.from_generator(transformation={turn})"

    def __str__(self) -> str:
        species = self.species
        if isinstance(species, int):
            name = chemical_symbols[species]
        else:
            name = " ".join(f"{symbol}{share:.3g}" for symbol, share in species.items())
        return (
            f"AmorphousGenerator({name}, density={self.density:g} per A3, "
            f"min_dist={self._table.min():g} A, seed={self._seed})"
        )


def _fresh_seed() -> int:
    return int(np.random.SeedSequence().generate_state(2, np.uint64)[0])


def _seed_from(rng: Seed) -> int | None:
    """Return a whole number that stands for `rng`, so that the generator keeps no hidden state."""
    if rng is None:
        return None
    if isinstance(rng, Integral):
        if rng < 0:
            raise ValueError(f"rng must be a seed of zero or more; got {rng}")
        return int(rng)
    return int(as_rng(rng).integers(2**63))
