"""The node: what one object is made of, in plain values, and its parts as nodes below it."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, dataclass_transform

import numpy as np

from czone.equality import content

__all__ = ["NODES", "BaseNode", "BlueprintError", "exactly", "node", "node_of", "part", "within"]


class BlueprintError(ValueError):
    """A document, or a node, that no object can be made from; says where and why."""


@dataclasses.dataclass(eq=False)
class BaseNode(Mapping[str, Any]):
    """What an object is made of; a mapping from the names of its fields to their values.

    Parameters
    ----------
    children
        Nodes of the parts.

    Notes
    -----
    A kind of node names the class of its objects, lists its fields (see `czone.blueprint.fields`)
    and says how they are read off an object (`of`) and how they make one (`built`).
    """

    children: list["BaseNode"] = dataclasses.field(default_factory=list, kw_only=True)

    made: ClassVar[type[Any]]
    base: ClassVar[type]
    holds: ClassVar[tuple[type["BaseNode"], ...]] = ()
    """Kinds of nodes that may lie below."""

    single: ClassVar[tuple[type["BaseNode"], ...]] = ()
    """Those of which there is one at most."""

    def __post_init__(self) -> None:
        for name, check in self.checks().items():
            value = getattr(self, name)
            if value is not None:
                setattr(self, name, check(name, value))
        children, self.children = list(self.children), []
        for child in children:
            self.add_node(child)

    @classmethod
    def checks(cls) -> dict[str, Any]:
        """Return the check of each field."""
        return {f.name: f.metadata["check"] for f in dataclasses.fields(cls) if f.metadata}

    @classmethod
    def required(cls) -> set[str]:
        """Return the names of the fields that have no default."""
        missing = dataclasses.MISSING
        return {f.name for f in dataclasses.fields(cls) if f.metadata and f.default is missing}

    @classmethod
    def of(cls, obj: Any) -> "BaseNode":
        """Return the node of an object."""
        raise TypeError(f"{cls.__name__} is a kind of nodes, none of its own; got {obj!r}")

    def built(self) -> Any:
        """Return a new object."""
        raise TypeError(f"{type(self).__name__} is a kind of nodes, none of its own")

    def build(self) -> Any:
        """Return a new object; what is wrong with the node is said with its place in the tree."""
        try:
            return self.built()
        except BlueprintError as error:
            raise within(self.class_name, error) from error.__cause__
        except (TypeError, ValueError, ArithmeticError) as error:
            raise BlueprintError(f"{self.class_name}: {error}") from error

    def parts(self, kind: type["BaseNode"]) -> list[Any]:
        """Return the objects of the nodes of one kind below this one."""
        return [child.build() for child in self.children if isinstance(child, kind)]

    # As Construction Zone names them.

    @property
    def class_name(self) -> str:
        """Name of the class of the object."""
        return type(self).__name__.removesuffix("Node")

    @property
    def class_type(self) -> type:
        """The class of the object."""
        return self.made

    @property
    def base_type(self) -> type:
        """The abstract class that it derives from."""
        return self.base

    @property
    def is_leaf(self) -> bool:
        """Whether nothing may lie below."""
        return not self.holds

    def add_node(self, node: "BaseNode") -> None:
        """Put a node below this one, in place of the one of its kind where there may be one."""
        if self.is_leaf:
            return
        if not isinstance(node, self.holds):
            names = ", ".join(sorted(name for name, kind in NODES.items() if _may(kind, self)))
            raise TypeError(
                f"{self.class_name} may hold {names}; got {getattr(node, 'class_name', node)}"
            )
        if isinstance(node, self.single):
            self.children = [c for c in self.children if not isinstance(c, self.single)]
        self.children.append(node)

    def __getitem__(self, key: str) -> Any:
        if key not in set(self):
            raise KeyError(key)
        return getattr(self, key)

    def __iter__(self) -> Iterator[str]:
        return iter(["children", *self.checks()])

    def __len__(self) -> int:
        return 1 + len(self.checks())

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return bool(content(vars(self)) == content(vars(other)))

    __hash__ = None  # type: ignore[assignment]  # it may be changed


def _may(kind: type[BaseNode], above: BaseNode) -> bool:
    return issubclass(kind, above.holds)


NODES: dict[str, type[BaseNode]] = {}
"""Kinds of nodes by the name of the class of their objects."""

_KINDS: dict[type, type[BaseNode]] = {}


@dataclass_transform(field_specifiers=(dataclasses.field,))
def node(cls: type[Any]) -> type[Any]:
    """Make a class a kind of node, found by the class of its objects and by its name."""
    made = dataclasses.dataclass(eq=False)(cls)
    NODES[made.made.__name__] = _KINDS[made.made] = made
    return made


HOW = {
    "IStrain": "holds a function; set strain_field again after loading",
    "ArbitraryPostTransform": "holds a function; set post_transform again after loading",
}


def node_of(obj: Any) -> BaseNode:
    """Return the node of an object.

    Raises
    ------
    TypeError
        If a document cannot hold it: a function, or an object of a class of the user's own.
    """
    kind = _KINDS.get(type(obj))
    if kind is not None:
        return kind.of(obj)
    name = type(obj).__name__
    how = next((HOW[base.__name__] for base in type(obj).__mro__ if base.__name__ in HOW), None)
    how = how or (
        f"write what it is made of and make it again after loading; documents know {sorted(NODES)}"
    )
    raise TypeError(f"blueprints must be of objects that documents can hold; {name}: {how}")


def part(kind: type[BaseNode]) -> Callable[[str, Any], BaseNode]:
    """Return the check of a field that holds a node of one kind, or an object it is made of."""

    def check(name: str, value: Any) -> BaseNode:
        found = node_of(value) if isinstance(value, kind.base) else value
        if not isinstance(found, kind):
            got = getattr(found, "class_name", repr(found))
            raise TypeError(f"{name} must be a {kind.base.__name__}; got {got:.80}")
        return found

    return check


def within(name: str, error: BlueprintError) -> BlueprintError:
    """Return an error of a node as one of the node above it; long ways are left short."""
    text = str(error)
    return BlueprintError(text if text.count(" > ") > 8 else f"{name} > {text}")


def exactly(obj: Any, name: str, value: np.ndarray) -> None:
    """Give an object a unit vector to the last digit, which making it unit again would change.

    Parameters
    ----------
    obj, name
        The object, and its attribute.
    value
        The vector (3,).
    """
    if abs(np.linalg.norm(value) - 1) < 1e-12:
        vars(obj)[f"_{name}"] = np.array(value)
