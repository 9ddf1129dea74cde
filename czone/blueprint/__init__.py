"""Objects in files: everything that makes a structure, to and from JSON, YAML, TOML and HDF5.

`scene.save("x.json")` and `Scene.load("x.json")` do it for one object. Between the object and the
file stands its `Blueprint`, a tree of nodes that can be looked at and changed.
"""

from czone.blueprint.blueprint import Blueprint
from czone.blueprint.nodes import BlueprintError
from czone.blueprint.serializer import Serializer

__all__ = ["Blueprint", "BlueprintError", "Serializer"]
