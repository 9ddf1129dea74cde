"""Nodes of molecules."""

import json
from typing import Any

import numpy as np

from czone.blueprint import fields
from czone.blueprint.fields import given
from czone.blueprint.generators import BaseGeneratorNode
from czone.blueprint.nodes import BaseNode, node
from czone.molecule import Molecule
from czone.molecule.extras import Extras

__all__ = ["ExtrasNode", "MoleculeNode"]


@node
class ExtrasNode(BaseNode):
    """What a molecule brought along from ASE: cell, notes, and arrays by name as `arrays`."""

    made = Extras
    base = Extras

    pbc: tuple[bool, ...] = given(fields.flags(3))
    cell: np.ndarray | None = given(fields.rows(3), None)
    notes: str = given(fields.text, "{}")
    arrays: str = given(fields.text, "{}")

    @classmethod
    def of(cls, obj: Any) -> "ExtrasNode":
        """Return the node of what a molecule brought along."""
        arrays = {name: [values.dtype.str, values.tolist()] for name, values in obj.arrays.items()}
        return cls(
            tuple(np.broadcast_to(obj.pbc, 3).tolist()),
            obj.cell,
            _written("info", obj.info),
            _written("arrays", arrays),
        )

    def built(self) -> Extras:
        """Return new extras."""
        arrays = {}
        for name, (kind, values) in _read("arrays", self.arrays).items():
            if np.dtype(kind).kind not in "biufU":
                raise ValueError(f"arrays must hold numbers or text; got {kind!r} for {name!r}")
            arrays[name] = np.array(values, dtype=kind)
        return Extras(arrays, self.cell, np.array(self.pbc), _read("notes", self.notes))


def _read(name: str, value: str) -> dict[str, Any]:
    found = json.loads(value)
    if not isinstance(found, dict):
        raise TypeError(f"{name} must be a JSON object; got {value!r:.60}")
    return found


def _written(name: str, value: Any) -> str:
    try:
        return json.dumps(value)
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"{name} of a molecule must be numbers, text and lists of them to be written; {error}"
        ) from error


@node
class MoleculeNode(BaseGeneratorNode):
    """Explicit atoms; `tracked` is the index of the atom that is the origin."""

    made = Molecule
    holds = (ExtrasNode,)
    single = (ExtrasNode,)

    species: np.ndarray = given(fields.whole)
    positions: np.ndarray = given(fields.points)
    origin: np.ndarray | None = given(fields.vector, None)
    tracked: int | None = given(fields.integer, None)
    orientation: np.ndarray | None = given(fields.matrix, None)
    priority: int = given(fields.integer, 0)
    exclusion_radius: float | None = given(fields.number, None)
    print_warnings: bool = given(fields.flag, True)

    @classmethod
    def of(cls, obj: Any) -> "MoleculeNode":
        """Return the node of a molecule."""
        extras = obj._extras
        brought = extras.arrays or extras.info or extras.cell is not None
        return cls(
            obj.species,
            obj.atoms,
            obj._origin,
            obj._tracked,
            obj.orientation,
            obj.priority,
            obj.exclusion_radius,
            obj.print_warnings,
            children=[ExtrasNode.of(extras)] if brought else [],
        )

    def built(self) -> Molecule:
        """Return a new molecule."""
        molecule = Molecule(
            self.species,
            self.positions,
            self.origin,
            orientation=self.orientation,
            priority=self.priority,
            exclusion_radius=self.exclusion_radius,
            print_warnings=self.print_warnings,
        )
        if self.tracked is not None:
            molecule.set_origin(idx=self.tracked)
        for extras in self.parts(ExtrasNode):
            wrong = [name for name, values in extras.arrays.items() if len(values) != len(molecule)]
            if wrong:
                raise ValueError(f"arrays must have one row per atom; got {wrong}")
            molecule._extras = extras
        return molecule
