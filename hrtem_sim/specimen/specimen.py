"""The frozen specimen."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from ase.data import chemical_symbols

from czone.matter import find_contacts
from hrtem_sim.frozen import frozen
from hrtem_sim.provenance.classes import Expected
from hrtem_sim.provenance.doubts import say
from hrtem_sim.refusal import Implausible, Refusal
from hrtem_sim.shown import Shown
from hrtem_sim.specimen.cells import orthorhombic, rectangular
from hrtem_sim.specimen.contacts import tell_contacts

if TYPE_CHECKING:
    from ase import Atoms

    from czone.scene import BaseScene

DENSEST = 1.0
"""Atoms per cubic angstrom that no matter has: diamond has 0.18, any crystal in nm a thousand times
its own."""

_DEFAULT: Any = None  # replaced by an array when the specimen is made


@dataclass(frozen=True, eq=False, repr=False)
class Specimen(Shown):
    """Atoms in an orthorhombic cell.

    Parameters
    ----------
    positions
        Shape (n, 3), x, y, z in angstrom. x and y are periodic; z must lie inside the cell. The
        beam enters at z = 0 and leaves at z = cell[2].
    numbers
        Atomic numbers, shape (n,).
    cell
        Lengths along x, y, z in angstrom.
    labels
        For each atom the index into `objects`, shape (n,); default: all 0.
    objects
        Names of the objects the atoms came from, for example `("particle", "film")`.
    occupancies
        Probability that a site is filled, shape (n,); default: 1.

    Examples
    --------
    >>> atom = Specimen([[5.0, 5.0, 5.0]], [79], (10.0, 10.0, 10.0))
    >>> len(atom)
    1
    """

    positions: np.ndarray
    numbers: np.ndarray
    cell: tuple[float, float, float]
    labels: np.ndarray = _DEFAULT
    objects: tuple[str, ...] = ("specimen",)
    occupancies: np.ndarray = _DEFAULT

    def __post_init__(self) -> None:
        positions = frozen(np.array(self.positions, dtype=float), owned=True)
        if positions.ndim != 2 or positions.shape[1] != 3:
            raise Refusal(f"positions must have shape (n, 3); got {positions.shape}")
        n = len(positions)
        set_ = lambda name, value: object.__setattr__(self, name, value)  # noqa: E731
        set_("positions", positions)
        set_("numbers", _column("numbers", self.numbers, n, np.int64))
        labels = np.zeros(n, np.int64) if self.labels is None else self.labels
        set_("labels", _column("labels", labels, n, np.int64))
        occupancies = np.ones(n) if self.occupancies is None else self.occupancies
        set_("occupancies", _column("occupancies", occupancies, n, float))
        objects = tuple(self.objects)  # once: it may be an iterator
        if isinstance(self.objects, str) or len(set(objects)) < len(objects):
            raise Refusal(f"objects must be different names in a list; got {self.objects!r}")
        set_("objects", objects)
        set_("cell", tuple(float(length) for length in self.cell))
        self._check()

    def _check(self) -> None:
        if len(self.cell) != 3 or not all(np.isfinite(c) and c > 0 for c in self.cell):
            raise Refusal(f"cell must be three positive lengths in angstrom; got {self.cell}")
        bad = ~np.isfinite(self.positions).all(axis=1)
        if bad.any():
            raise Refusal(
                f"positions must be finite; got {self.positions[bad][0]} at atom {bad.argmax()}"
            )
        z, height = self.positions[:, 2], self.cell[2]
        outside = (z < -1e-6) | (z > height + 1e-6)
        if outside.any():
            raise Refusal(
                f"positions must have z between 0 and the cell's {height} angstrom; "
                f"got {outside.sum()} atoms outside, from z = {z.min():.3f} to {z.max():.3f}"
            )
        wrong = (self.numbers < 1) | (self.numbers > 103)
        if wrong.any():
            raise Refusal(
                f"numbers must be atomic numbers from 1 to 103; got {self.numbers[wrong][0]}"
            )
        twice = _twice(self.positions) if (self.occupancies == 1).all() else None
        if twice is not None:
            say(
                f"Specimen: positions hold several atoms at {twice.tolist()}, which scatter "
                "together: were some joined twice?",
                Implausible,
            )
        if ((self.labels < 0) | (self.labels >= len(self.objects))).any():
            raise Refusal(
                f"labels must index the {len(self.objects)} objects {self.objects}; "
                f"got {self.labels.min()} to {self.labels.max()}"
            )
        if ((self.occupancies < 0) | (self.occupancies > 1)).any():
            raise Refusal(
                f"occupancies must lie between 0 and 1; got {self.occupancies.min()} to "
                f"{self.occupancies.max()}"
            )
        density = self.occupancies.sum() / math.prod(self.cell)
        if density > DENSEST:
            raise Refusal(
                f"positions and cell must be in angstrom, with at most {DENSEST} atoms per cubic "
                f"angstrom; got {density:.3g}: multiply nanometres by 10"
            )

    def __len__(self) -> int:
        return len(self.numbers)

    def _facts(self) -> dict[str, str]:
        kinds, counts = np.unique(self.numbers, return_counts=True)
        found = (f"{chemical_symbols[k]} {n}" for k, n in zip(kinds, counts, strict=True))
        return {
            "atoms": f"{len(self)} ({', '.join(found)})",
            "cell": " x ".join(f"{length:.4g}" for length in self.cell) + " angstrom",
            "objects": ", ".join(self.objects),
        }

    def plot(self, **kwargs: Any) -> Any:
        """Return a drawing of the atoms; `kwargs` go to `czone.viz.plot`."""
        from czone.viz import plot  # loads when someone looks

        return plot((self.positions, self.numbers), **kwargs)

    def selection(self, *objects: str) -> np.ndarray:
        """Return the mask (n,) of the atoms of the named objects.

        Raises
        ------
        ValueError
            If a name is not one of `objects`.
        """
        for name in objects:
            if name not in self.objects:
                raise Refusal(f"objects must be among {self.objects}; got {name!r}")
        return np.isin(self.labels, [self.objects.index(name) for name in objects])

    def only(self, *objects: str) -> "Specimen":
        """Return the specimen of the named objects alone, in the same cell."""
        return self.keep(self.selection(*objects))

    def keep(self, mask: np.ndarray) -> "Specimen":
        """Return the specimen of the atoms in a mask or index array, in the same cell."""
        if isinstance(mask, np.ndarray) and mask.dtype == bool and mask.shape != (len(self),):
            raise Refusal(f"mask must have shape ({len(self)},), one per atom; got {mask.shape}")
        return self._with(self.positions[mask], mask, self.occupancies[mask])

    def displaced(self, shift: np.ndarray, filled: np.ndarray) -> "Specimen":
        """Return the specimen with every atom moved, and with whole atoms on the filled sites only.

        Atoms may leave the cell along the beam: they belong to the slice at its face.

        Parameters
        ----------
        shift
            Displacements (n, 3), in angstrom.
        filled
            Sites (n,) that are filled.
        """
        filled = np.asarray(filled, dtype=bool)
        return self._with((self.positions + shift)[filled], filled, np.ones(int(filled.sum())))

    def _with(self, positions: np.ndarray, mask: np.ndarray, occupancies: np.ndarray) -> "Specimen":
        """Return the atoms of a mask at other positions, which were checked when they came in."""
        taken = object.__new__(type(self))
        taken.__dict__.update(
            vars(self),
            positions=frozen(positions, owned=True),
            numbers=frozen(self.numbers[mask], owned=True),
            labels=frozen(self.labels[mask], owned=True),
            occupancies=frozen(occupancies, owned=True),
        )
        return taken

    @classmethod
    def from_scene(cls, scene: "BaseScene", objects: Sequence[str] | None = None) -> "Specimen":
        """Take the atoms of a populated `czone` scene.

        Parameters
        ----------
        scene
            Scene whose bounds become the cell, shifted to begin at the origin.
        objects
            One name per object of the scene, in its order; default: object-0, object-1, ...

        Raises
        ------
        ValueError
            If the number of names differs from the number of objects, atoms stick out of the
            bounds along the beam, or two atoms are impossibly close, those of the next cells
            included (`czone.matter.contact_rule` allows it).
        """
        from czone.scene import BaseScene  # loads with the first scene

        Expected("scene", (BaseScene,)).refuse(scene)
        bounds = np.asarray(scene.bounds, dtype=float)
        if not np.array_equal(scene.cell, np.diag(np.diag(scene.cell))):
            raise Refusal(
                "scene must have a cell along x, y and z; Specimen.from_ase(scene.ase_atoms) cuts "
                f"another to one that has; got {scene.cell.tolist()}"
            )
        if objects is None:
            objects = [f"object-{i}" for i in range(len(scene.objects))]
        if len(objects) != len(scene.objects):
            raise Refusal(
                f"objects must name the {len(scene.objects)} objects of the scene; got {objects}"
            )
        tell_contacts(scene.contacts(periodic=(True, True, False)))
        return cls(
            positions=scene.all_atoms - bounds[0],
            numbers=scene.all_species,
            cell=tuple(bounds[1] - bounds[0]),
            labels=scene.labels,
            objects=tuple(objects),
        )

    def to_ase(self) -> "Atoms":
        """Return ASE atoms, periodic along x and y, with the arrays "labels" and "occupancies"."""
        from ase import Atoms

        atoms = Atoms(self.numbers, self.positions, cell=self.cell, pbc=(True, True, False))
        atoms.set_array("labels", np.array(self.labels))
        atoms.set_array("occupancies", np.array(self.occupancies))
        return atoms

    @classmethod
    def from_ase(cls, atoms: "Atoms") -> "Specimen":
        """Take ASE atoms.

        Arrays "labels" and "occupancies" are taken, as `to_ase` gives them; objects are called
        object-0, object-1, ... Other cells than orthorhombic ones along x, y, z are cut to one:
        crystals, periodic in all three directions, by `hrtem_sim.specimen.orthorhombic`; slabs and
        sheets, periodic along the first two, by `hrtem_sim.specimen.rectangular`. Slabs
        come to lie across the beam.

        Raises
        ------
        ValueError
            If the cell is missing, or not orthorhombic and not periodic, or cannot be cut to one;
            or if two atoms are impossibly close, those of the next cells included.
        """
        from ase import Atoms  # loads with the first atoms

        Expected("atoms", (Atoms,)).refuse(atoms)
        lengths = atoms.cell.lengths()
        if (lengths <= 0).any():
            raise Refusal(
                f"atoms must have a cell of three lengths; got {lengths} (a slab gets its height "
                "by atoms.center(vacuum=5.0, axis=2))"
            )
        if not np.allclose(atoms.cell[:], np.diag(lengths), atol=1e-8):
            if not all(atoms.pbc[:2]):
                raise Refusal(
                    "atoms must have an orthorhombic cell along x, y, z, or be periodic in all "
                    "directions (a crystal) or along the first two vectors (a slab); got angles "
                    f"{atoms.cell.angles()} and pbc {atoms.pbc}"
                )
            atoms = orthorhombic(atoms) if atoms.pbc[2] else rectangular(atoms)
            lengths = atoms.cell.lengths()
        positions, numbers = atoms.positions, atoms.numbers
        labels = atoms.arrays.get("labels")
        filled = _occupancies(atoms)
        tell_contacts(
            find_contacts(
                positions,
                numbers,
                cell=lengths,
                periodic=(True, True, False),
                occupancies=filled,
            )
        )
        cell = tuple(lengths)
        if labels is None:
            return cls(positions, numbers, cell, occupancies=filled)
        objects = tuple(f"object-{i}" for i in range(int(labels.max(initial=0)) + 1))
        return cls(positions, numbers, cell, labels, objects, filled)


def _occupancies(atoms: "Atoms") -> np.ndarray:
    """Occupancies (n,) of ASE atoms: ours, or those that ASE reads from CIF files."""
    if "occupancies" in atoms.arrays:
        return atoms.arrays["occupancies"]
    filled = np.ones(len(atoms))
    sites = atoms.info.get("occupancy")
    if not sites or "spacegroup_kinds" not in atoms.arrays:
        return filled
    for i, kind in enumerate(atoms.arrays["spacegroup_kinds"]):
        species = sites.get(str(kind), sites.get(kind, {}))
        if len(species) > 1:
            raise Refusal(
                "atoms must have one element at each site; got the occupancies "
                f"{species}: czone.generator.Generator(structure=path) draws who sits where"
            )
        filled[i] = float(next(iter(species.values()), 1.0))
    return filled


def _twice(positions: np.ndarray) -> np.ndarray | None:
    """A position that several atoms share, if there is one."""
    mixed = positions @ (1.0, math.sqrt(2), math.sqrt(3))
    if np.diff(np.sort(mixed)).min(initial=np.inf) > 1e-9:  # as of nearly all; a sort is quick
        return None
    order = np.argsort(mixed)
    same = (np.diff(positions[order], axis=0) == 0).all(axis=1)
    return positions[order[same.argmax()]] if same.any() else None


def _column(name: str, values: Any, n: int, dtype: type) -> np.ndarray:
    array = np.asarray(values)
    if array.shape != (n,):
        raise Refusal(f"{name} must have shape ({n},), one per atom; got {array.shape}")
    if dtype is np.int64 and array.dtype.kind == "f" and (array != np.floor(array)).any():
        raise Refusal(f"{name} must be whole numbers; got {array[array != np.floor(array)][0]}")
    if array.dtype.kind not in "iuf":
        raise TypeError(f"{name} must be numbers; got {array.dtype}")
    return frozen(array.astype(dtype), owned=True)
