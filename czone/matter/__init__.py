"""Matter as values that never change: atoms, and the crystal that fills regions with them."""

from czone.matter.atoms import Atoms
from czone.matter.cell import UnitCell
from czone.matter.contact_rule import ImpossibleContact, ShortContact, contact_rule
from czone.matter.contacts import Contacts, contact_distance, find_contacts
from czone.matter.crystal import Crystal

__all__ = [
    "Atoms",
    "Contacts",
    "Crystal",
    "ImpossibleContact",
    "ShortContact",
    "UnitCell",
    "contact_distance",
    "contact_rule",
    "find_contacts",
]
