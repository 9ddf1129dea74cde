"""Which atoms of a structure are meant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from czone.geometry.elements import atomic_numbers
from czone.matter.atoms import populated

__all__ = ["allowed_atoms", "atoms_of", "filtered_atoms"]


def atoms_of(target: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return positions and atomic numbers of a volume, molecule or scene."""
    if hasattr(type(target), "all_atoms"):
        return np.asarray(target.all_atoms), np.asarray(target.all_species)
    if hasattr(type(target), "atoms"):
        atoms = populated(target)
        return atoms.positions, atoms.numbers
    raise TypeError(f"target must be a Volume, MultiVolume, Molecule or Scene; got {target!r}")


def allowed_atoms(
    atoms: np.ndarray, species: Any, elements: Any, indices: Any, mask: Any, region: Any
) -> np.ndarray:
    """Return which atoms pass all filters, (n,)."""
    allowed = np.ones(len(atoms), dtype=bool)
    if elements is not None:
        allowed &= np.isin(species, atomic_numbers("elements", elements))
    if indices is not None:
        chosen = np.zeros(len(atoms), dtype=bool)
        chosen[np.asarray(indices, dtype=np.int64)] = True
        allowed &= chosen
    if mask is not None:
        flags = np.asarray(mask)
        if flags.shape != allowed.shape or flags.dtype != bool:
            raise ValueError(f"mask must be {len(atoms)} booleans; got {flags.dtype} {flags.shape}")
        allowed &= flags
    if region is not None:
        inside = getattr(region, "check_if_interior", region)
        allowed &= np.asarray(inside(atoms), dtype=bool)
    return allowed


def filtered_atoms(atoms: np.ndarray, species: Any, filters: Mapping[str, Any]) -> np.ndarray:
    """Return which atoms pass Construction Zone's dictionary of filters, (n,)."""
    names = {"element": "elements", "mask": "mask", "indices": "indices", "spatial": "region"}
    allowed = np.ones(len(atoms), dtype=bool)
    for key, value in filters.items():
        name = next((name for word, name in names.items() if word in key), None)
        if name is None:
            raise ValueError(
                f"filters keys must contain element, mask, indices or spatial; got {key!r}"
            )
        choice = dict.fromkeys(names.values()) | {name: value}
        allowed &= allowed_atoms(atoms, species, **choice)
    return allowed
