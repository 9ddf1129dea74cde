"""All generators under one path, as Construction Zone has it."""

from .amorphous import AmorphousGenerator
from .base import BaseGenerator, NullGenerator
from .crystal import Generator

__all__ = ["AmorphousGenerator", "BaseGenerator", "Generator", "NullGenerator"]
