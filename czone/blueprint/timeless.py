"""HDF5 files and groups that do not note the hour, so that one object makes the same bytes at any.

HDF5 stamps groups with the time they were made unless their properties forbid it; h5py reaches
these by its low level alone.
"""

import os
from pathlib import Path

import h5py

__all__ = ["new_file", "ordered_group"]

_ORDERED = h5py.h5p.CRT_ORDER_TRACKED | h5py.h5p.CRT_ORDER_INDEXED


def new_file(path: Path) -> h5py.File:
    """Return a new file, in place of one of this name, open for writing."""
    creation = h5py.h5p.create(h5py.h5p.FILE_CREATE)
    creation.set_obj_track_times(False)
    access = h5py.h5p.create(h5py.h5p.FILE_ACCESS)
    access.set_fclose_degree(h5py.h5f.CLOSE_STRONG)
    return h5py.File(h5py.h5f.create(os.fsencode(path), h5py.h5f.ACC_TRUNC, creation, access))


def ordered_group(parent: h5py.Group, name: str) -> h5py.Group:
    """Return a new group whose members are listed in the order of their creation."""
    creation = h5py.h5p.create(h5py.h5p.GROUP_CREATE)
    creation.set_obj_track_times(False)
    creation.set_link_creation_order(_ORDERED)
    creation.set_attr_creation_order(_ORDERED)
    return h5py.Group(h5py.h5g.create(parent.id, name.encode(), gcpl=creation))
