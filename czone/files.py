"""Files of atoms, through ASE."""

from typing import Any

__all__ = ["write_atoms"]


def write_atoms(fname: Any, atoms: Any, **kwargs: Any) -> None:
    """Write atoms to a path or an open file; `kwargs` (such as `format`) go to ase.io.write.

    LAMMPS data come with their masses, without which nobody knows the elements again.

    Raises
    ------
    ValueError
        If ASE writes no such format.
    """
    from ase.io import write
    from ase.io.formats import UnknownFileTypeError

    if kwargs.get("format") == "lammps-data":
        kwargs.setdefault("masses", True)
    try:
        write(fname, atoms, **kwargs)
    except UnknownFileTypeError:
        raise ValueError(
            "fname must end in a format that ASE writes, such as .xyz, .cif or .pdb, or format "
            f"must name one; got {str(fname)!r} and format={kwargs.get('format')!r}"
        ) from None
