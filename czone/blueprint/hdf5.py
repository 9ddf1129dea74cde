"""Documents in HDF5: a group for every node, arrays as datasets, the rest as attributes."""

import re
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from czone.blueprint.fields import LARGEST
from czone.blueprint.nodes import BlueprintError
from czone.blueprint.plain import CHILDREN, DEEPEST, ID, KIND, NUMBER
from czone.timeless import new_file, new_group

__all__ = ["read_group", "read_hdf5", "write_group", "write_hdf5"]

_AS_ATTRIBUTES = ("basis_species", "pbc")
"""Lists that Construction Zone keeps as attributes."""


def write_hdf5(path: Path, tree: dict[str, Any]) -> None:
    """Write a tree; version and id are attributes of the file."""
    with new_file(path) as file:
        for name in (NUMBER, ID):
            if name in tree:
                file.attrs[name] = tree[name]
        write_group({k: v for k, v in tree.items() if k not in (NUMBER, ID)}, file)


def write_group(tree: dict[str, Any], above: h5py.Group, name: str | None = None) -> None:
    """Write a tree as one group.

    Parameters
    ----------
    tree
        As `czone.blueprint.plain.plain` makes it.
    above
        Group to write into.
    name
        Of the new group; the name of the class if None.
    """
    # In the order of creation, which is that of the children.
    group = new_group(above, tree[KIND] if name is None else name, ordered=True)
    counts: dict[str, int] = {}
    for field, value in tree.items():
        if field == CHILDREN:
            for child in value:
                kind = child[KIND]
                write_group(child, group, f"{kind}_{counts.get(kind, 0)}")
                counts[kind] = counts.get(kind, 0) + 1
        elif isinstance(value, dict):
            write_group(value, group, field)
            group[field].attrs[KIND] = value[KIND]
        elif isinstance(value, list) and field not in _AS_ATTRIBUTES:
            group.create_dataset(field, data=np.array(value), track_times=False)
        elif field != KIND:
            group.attrs[field] = value


def read_hdf5(path: Path) -> dict[str, Any]:
    """Return the tree of a file."""
    with h5py.File(path, "r") as file:
        names = list(file)
        if len(names) != 1:
            raise BlueprintError(f"HDF5 must hold one group, the object; got {names[:5]}")
        group = _own(file, names[0])
        if not isinstance(group, h5py.Group):
            raise BlueprintError(f"{names[0]} must be a group; got a dataset")
        tree = read_group(group)
        for name in (NUMBER, ID):
            if name in file.attrs:
                tree[name] = _plain(file.attrs[name])
    return tree


def read_group(group: h5py.Group, depth: int = 0) -> dict[str, Any]:
    """Return the tree of a group.

    Parameters
    ----------
    group
        Named by its class.
    depth
        How many groups lie above.
    """
    if depth >= DEEPEST:
        raise BlueprintError(f"document must be at most {DEEPEST} levels deep; got more")
    own = group.name.rsplit("/", 1)[-1]
    attributes = {name: _plain(_attribute(group, name)) for name in group.attrs}
    tree: dict[str, Any] = {KIND: own.split("_")[0], **attributes}
    children = []
    for name in _in_order(group):
        item = _own(group, name)
        if isinstance(item, h5py.Dataset):
            tree[name] = _array(item)
        elif KIND in item.attrs:
            tree[name] = read_group(item, depth + 1)
        else:
            children.append(read_group(item, depth + 1))
    return {**tree, CHILDREN: children} if children else tree


def _in_order(group: h5py.Group) -> list[str]:
    """Return names as they were written; of files that do not tell, 2 before 10."""
    names = list(group)
    if group.id.get_create_plist().get_link_creation_order():
        return names
    return sorted(
        names, key=lambda n: [int(p) if p.isdigit() else p for p in re.split(r"(\d+)", n)]
    )


def _own(group: h5py.Group, name: str) -> Any:
    """Return what a group itself holds; links to elsewhere are refused."""
    if not isinstance(group.get(name, getlink=True), h5py.HardLink):
        raise BlueprintError(f"HDF5 must hold all it needs; got a link {name!r}")
    item = group[name]
    if isinstance(item, h5py.Dataset) and (item.is_virtual or item.external):
        raise BlueprintError(f"HDF5 must hold all it needs; {name!r} lies in another file")
    return item


def _array(dataset: h5py.Dataset) -> Any:
    if dataset.dtype.kind not in "iufb":
        raise BlueprintError(f"{dataset.name} must hold numbers; got {dataset.dtype}")
    if dataset.size is None or dataset.size > LARGEST:
        raise BlueprintError(
            f"{dataset.name} must hold {LARGEST} numbers at most; got {dataset.size}"
        )
    return dataset[()]


def _attribute(group: h5py.Group, name: str) -> Any:
    kind = group.attrs.get_id(name)
    if np.prod(kind.shape, dtype=float) > LARGEST:
        raise BlueprintError(f"{group.name} must hold few numbers in {name!r}; got {kind.shape}")
    return group.attrs[name]


def _plain(value: Any) -> Any:
    """Return an attribute as a plain value."""
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, np.generic):
        return value.item()
    return list(value) if isinstance(value, np.ndarray) and value.dtype == bool else value
