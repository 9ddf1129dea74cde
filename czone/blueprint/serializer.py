"""Blueprints in files: JSON, YAML, TOML and HDF5."""

from pathlib import Path
from typing import Any, ClassVar

from czone.blueprint.blueprint import Blueprint
from czone.blueprint.documents import read_file, write_file
from czone.blueprint.hdf5 import read_group, write_group
from czone.blueprint.nodes import BaseNode
from czone.blueprint.plain import from_plain, plain

__all__ = [
    "BaseSerializer",
    "Serializer",
    "h5_Serializer",
    "json_Serializer",
    "toml_Serializer",
    "yaml_Serializer",
]


class BaseSerializer:
    """Writes blueprints in one format, and reads them.

    Notes
    -----
    Documents hold the names that Construction Zone has for classes and fields, so its files are
    read. They carry a version and an id, the hash of the content.
    """

    name: ClassVar[str]

    @classmethod
    def write(cls, filepath: str | Path, blueprint: Any, **kwargs: Any) -> None:
        """Write a blueprint, whole or not at all.

        Parameters
        ----------
        filepath
            Path of the file.
        blueprint
            A `Blueprint`, or the object itself.
        **kwargs
            As of `Serializer.write`.
        """
        Serializer.write(filepath, blueprint, **{"format": cls.name, **kwargs})

    @classmethod
    def read(cls, filepath: str | Path, **kwargs: Any) -> Blueprint:
        """Return the blueprint of a file.

        Parameters
        ----------
        filepath
            Path of the file.
        **kwargs
            As of `Serializer.read`.
        """
        return Serializer.read(filepath, **{"format": cls.name, **kwargs})

    serialize = write
    deserialize = read


class json_Serializer(BaseSerializer):
    """JSON."""

    name = "json"

    @staticmethod
    def to_dict(node: BaseNode) -> dict[str, Any]:
        """Return a node as nested mappings and lists."""
        return plain(node)

    @staticmethod
    def from_dict(bdict: dict[str, Any]) -> BaseNode:
        """Return the node of nested mappings and lists, which stay as they are."""
        return from_plain(bdict)


class yaml_Serializer(json_Serializer):
    """YAML."""

    name = "yaml"


class toml_Serializer(json_Serializer):
    """TOML."""

    name = "toml"


class h5_Serializer(BaseSerializer):
    """HDF5."""

    name = "h5"

    @staticmethod
    def write_node_to_group(node: BaseNode, group: Any, **kwargs: Any) -> None:
        """Write a node into an open group.

        Parameters
        ----------
        node
            What to write.
        group
            Of h5py.
        **kwargs
            `name` of the new group, that of the class if not given.
        """
        write_group(plain(node), group, **kwargs)

    @staticmethod
    def read_node_from_group(group: Any) -> BaseNode:
        """Return the node of an open group."""
        return from_plain(read_group(group))


class Serializer:
    """Writes blueprints to files and reads them, in the format that the name ends in.

    Examples
    --------
    >>> import tempfile
    >>> from czone.volume import Sphere
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Serializer.write(f"{folder}/ball.yaml", Blueprint(Sphere(2.0, [0, 0, 1])))
    ...     Serializer.read(f"{folder}/ball.yaml").to_object()
    Sphere(radius=2.0, center=array([0.0, 0.0, 1.0]), tol=1e-05)
    """

    @staticmethod
    def write(
        filepath: str | Path,
        blueprint: Any,
        *,
        format: str | None = None,
        bare: bool = False,
        **kwargs: Any,
    ) -> None:
        """Write a blueprint, whole or not at all.

        Parameters
        ----------
        filepath
            Path; it ends in .json, .yaml, .toml or .h5.
        blueprint
            A `Blueprint`, or the object itself.
        format
            "json", "yaml", "toml" or "h5" for other endings.
        bare
            Whether version and id are left out, for Construction Zone, which refuses to read them.
        **kwargs
            For JSON: `indent` and `sort_keys`, as of `json.dump`.
        """
        if not isinstance(blueprint, Blueprint):
            blueprint = Blueprint(blueprint)
        write_file(Path(filepath), blueprint.mapping, format=format, bare=bare, **kwargs)

    @staticmethod
    def read(filepath: str | Path, *, format: str | None = None) -> Blueprint:
        """Return the blueprint of a file; nothing in the file is ever run.

        Parameters
        ----------
        filepath, format
            As of `write`.

        Raises
        ------
        BlueprintError
            If the file is torn, was changed since, or holds what no object has.
        """
        return Blueprint(read_file(Path(filepath), format=format))

    serialize = write
    deserialize = read
