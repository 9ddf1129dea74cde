"""Matter as values that never change: atoms, and the crystal that fills regions with them."""

from czone.matter.atoms import Atoms
from czone.matter.cell import UnitCell
from czone.matter.crystal import Crystal

__all__ = ["Atoms", "Crystal", "UnitCell"]
