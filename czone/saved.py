"""Objects that go to a file and come back: the two methods that all of them have.

What is written, and how, is in `czone.blueprint`, which knows every class and so lies above them.
"""

import importlib
from pathlib import Path
from typing import Any, Self

__all__ = ["Saved"]


class Saved:
    """Base of objects that `czone.blueprint` writes and reads.

    Examples
    --------
    >>> import tempfile
    >>> from czone.volume import Sphere
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Sphere(2.0, [0, 0, 1]).save(f"{folder}/ball.toml")
    ...     Sphere.load(f"{folder}/ball.toml")
    Sphere(radius=2.0, center=array([0.0, 0.0, 1.0]), tol=1e-05)
    """

    def save(self, fname: str | Path, *, format: str | None = None) -> None:
        """Write the object, all that it is made of and its random streams, not its atoms.

        Parameters
        ----------
        fname
            Path; it ends in .json, .yaml, .toml or .h5.
        format
            "json", "yaml", "toml" or "h5" for other endings.
        """
        blueprint = _blueprint()
        blueprint.Serializer.write(fname, blueprint.Blueprint(self), format=format)

    @classmethod
    def load(cls, fname: str | Path, *, format: str | None = None) -> Self:
        """Return the object of a file; its atoms are made again by populating it.

        Parameters
        ----------
        fname, format
            As of `save`.

        Raises
        ------
        ValueError
            If the file is torn, was changed, or holds what no object has.
        TypeError
            If the object is of another class.
        """
        found = _blueprint().Serializer.read(fname, format=format).to_object()
        if not isinstance(found, cls):
            raise TypeError(f"{fname} holds a {type(found).__name__}, not a {cls.__name__}")
        return found


def _blueprint() -> Any:
    return importlib.import_module("czone.blueprint")
