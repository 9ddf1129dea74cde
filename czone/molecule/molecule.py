"""The molecule."""

from czone.molecule.base import BaseMolecule

__all__ = ["Molecule"]


class Molecule(BaseMolecule):
    """Explicit atoms, see `BaseMolecule`.

    Parameters
    ----------
    species, positions, origin, orientation, priority, exclusion_radius, print_warnings
        As in `BaseMolecule`: lengths in angstrom.

    Examples
    --------
    >>> carbon_monoxide = Molecule(["C", "O"], [[0, 0, 0], [0, 0, 1.13]], origin=0)
    >>> carbon_monoxide
    Molecule(C1O1, priority=0)
    >>> carbon_monoxide.check_if_interior([[0, 0, 0.5], [0, 0, 5]])
    array([ True, False])
    """
