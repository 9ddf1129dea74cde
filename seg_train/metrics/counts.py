"""Counts of several images, added up."""

from dataclasses import dataclass, fields
from typing import Self


@dataclass(frozen=True)
class Counts:
    """Numbers that add, field by field."""

    def __add__(self, other: Self) -> Self:
        pairs = {field.name: (getattr(self, field.name), getattr(other, field.name))
                 for field in fields(self)}  # fmt: skip
        return type(self)(**{name: mine + theirs for name, (mine, theirs) in pairs.items()})
