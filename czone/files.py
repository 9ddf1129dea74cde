"""Files of atoms, through ASE."""

import os
from typing import Any

from czone.whole import whole

__all__ = ["write_atoms"]


def write_atoms(fname: Any, atoms: Any, **kwargs: Any) -> None:
    """Write atoms to a path or an open file; `kwargs` (such as `format`) go to ase.io.write.

    One file is written whole or not at all; formats of several files and what is appended are left
    to ASE. LAMMPS data come with their masses, without which nobody knows the elements again.

    Raises
    ------
    ValueError
        If ASE writes no such format.
    """
    from ase.io import write
    from ase.io.formats import UnknownFileTypeError, filetype, get_ioformat

    path = os.fspath(fname) if isinstance(fname, str | os.PathLike) else ""
    if kwargs.get("format") == "lammps-data":
        kwargs.setdefault("masses", True)
    try:
        if not path or path == "-" or kwargs.get("append"):
            write(fname, atoms, **kwargs)
        elif not get_ioformat(kwargs.get("format") or filetype(path, read=False)).acceptsfd:
            write(fname, atoms, **kwargs)
        else:
            with whole(path, named=True) as part:
                write(part, atoms, **kwargs)
    except UnknownFileTypeError:
        raise ValueError(
            "fname must end in a format that ASE writes, such as .xyz, .cif or .pdb, or format "
            f"must name one; got {str(fname)!r} and format={kwargs.get('format')!r}"
        ) from None
