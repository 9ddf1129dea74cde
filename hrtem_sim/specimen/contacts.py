"""No specimen takes atoms that are impossibly close, its periodic images included."""

from czone.matter import Contacts, ImpossibleContact
from czone.matter.contact_rule import tell_contacts as tell
from hrtem_sim.refusal import Refusal

CAUSES = (
    "lengths in nanometres, objects that touch or overlap (Scene(min_distance='contact') drops "
    "atoms of lower precedence), or a cell whose x and y edges are not whole periods of what lies "
    "in it (Scene(periodic=True) keeps one of two atoms that meet there)"
)


def tell_contacts(contacts: Contacts) -> None:
    """Refuse atoms that are closer than atoms can be, and warn of those that nearly are.

    Parameters
    ----------
    contacts
        Pairs that were found, in a cell that is periodic along x and y.

    Raises
    ------
    Refusal
        If two atoms are closer than half of the sum of their covalent radii;
        `czone.matter.contact_rule` allows it.
    """
    try:
        tell(contacts, "specimen", CAUSES)
    except ImpossibleContact as error:
        raise Refusal(str(error)) from None
