"""HDF5 files and groups that do not note the hour, so that one object makes the same bytes at any.

HDF5 stamps groups with the time they were made unless their properties forbid it; h5py reaches
these by its low level alone. (Datasets it creates without.)
"""

import os
from pathlib import Path

import h5py

__all__ = ["new_file", "new_group"]

_ORDERED = h5py.h5p.CRT_ORDER_TRACKED | h5py.h5p.CRT_ORDER_INDEXED


def new_file(path: Path, *, compact: bool = False) -> h5py.File:
    """Return a new file, in place of one of this name, open for writing.

    Parameters
    ----------
    path
        Of the file.
    compact
        Whether to use what HDF5 1.10 brought, which older programs cannot read.
    """
    creation = h5py.h5p.create(h5py.h5p.FILE_CREATE)
    creation.set_obj_track_times(False)
    access = h5py.h5p.create(h5py.h5p.FILE_ACCESS)
    access.set_fclose_degree(h5py.h5f.CLOSE_STRONG)
    if compact:
        access.set_libver_bounds(h5py.h5f.LIBVER_V110, h5py.h5f.LIBVER_V114)
    name, mode = os.fsencode(path), h5py.h5f.ACC_TRUNC
    try:
        return h5py.File(h5py.h5f.create(name, mode, creation, access))
    except OSError as error:
        if "lock" not in str(error):
            raise
        access.set_file_locking(False, True)  # some file systems have none, and nobody else writes
        return h5py.File(h5py.h5f.create(name, mode, creation, access))


def new_group(parent: h5py.Group, name: str, *, ordered: bool = False) -> h5py.Group:
    """Return a new group.

    Parameters
    ----------
    parent, name
        Group to make it in, and what to call it.
    ordered
        Whether its members are listed in the order of their creation, not by name.
    """
    creation = h5py.h5p.create(h5py.h5p.GROUP_CREATE)
    creation.set_obj_track_times(False)
    if ordered:
        creation.set_link_creation_order(_ORDERED)
        creation.set_attr_creation_order(_ORDERED)
    return h5py.Group(h5py.h5g.create(parent.id, name.encode(), gcpl=creation))
