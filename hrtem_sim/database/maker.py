"""Who makes micrographs again: they are made above the database, which looks down only.

`hrtem_sim.dataset` enters its function here when it is imported; where nobody has imported it,
`make_again` does, by its name. This is the one call upwards in the house.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hrtem_sim.database.database import Database
    from hrtem_sim.imaging import Micrograph

    Maker = Callable[[Database, str], Micrograph]

MAKER = "hrtem_sim.dataset"

_entered: list[Maker] = []


def makes_again(function: Maker) -> Maker:
    """Enter, as a decorator, the function of a database and an id that makes a micrograph again."""
    _entered[:] = [function]
    return function


def make_again(database: Database, micrograph: str) -> Micrograph:
    """Make a micrograph again with the function that was entered."""
    if not _entered:
        import_module(MAKER)
    return _entered[0](database, micrograph)
