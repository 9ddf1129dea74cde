"""HDF5 files that note no hour, on any file system, also on those that have no locks."""

from pathlib import Path

import h5py

from czone.timeless import new_file, new_group

__all__ = ["new_file", "new_group", "open_hdf5"]


def open_hdf5(path: str | Path) -> h5py.File:
    """Return an HDF5 file, open for reading, without a lock where none is to be had.

    Parameters
    ----------
    path
        Path of a file that nobody writes to any more.

    Raises
    ------
    OSError
        If it cannot be read.

    Notes
    -----
    HDF5 locks what it opens, and fails on file systems that know no locks, and where another
    program holds one. It also refuses to open a file in two ways in one process, so a lock is asked
    for first, as everybody does.

    Examples
    --------
    >>> with open_hdf5("data/shard-00000.h5") as file:
    ...     file.attrs["index"]
    np.int64(0)
    """
    try:
        return h5py.File(path, "r")
    except OSError as error:
        if "lock" not in str(error):
            raise
        return h5py.File(path, "r", locking=False)
