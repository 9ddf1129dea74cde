"""A builder that was found: what it is called, what it is made of, and how it is run.

Builders travel to workers. Those that go by a name are found there again; those of a file take its
text along, so that every worker runs what the user named, whatever becomes of the file meanwhile.
"""

import hashlib
import linecache
import pickle
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from hrtem_sim.provenance import to_value
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen.builders.built import Built, Streams
from hrtem_sim.specimen.builders.signature import Signature

LONGEST = 400
"""Characters of the numbers that an error shows."""


class BuilderError(Refusal):
    """A builder failed; the message says for which structure, with which numbers, in which line."""


@dataclass(frozen=True)
class Builder:
    """A builder by what ids cover of it.

    Parameters
    ----------
    name
        Name of a shipped or installed builder, `file.py:name`, or the name of a function.
    version
        What it declares as its `VERSION`; empty if nothing.
    source
        SHA-256 of the text of its file, or of the function's own; empty for those by name, whose
        version says what they do.
    call
        The function or class.
    path
        File that it comes from; empty for all others.
    text
        Content of this file.
    """

    name: str
    version: str
    source: str
    call: Callable[..., Any] = field(compare=False, repr=False)
    path: str = field(default="", compare=False, repr=False)
    text: str = field(default="", compare=False, repr=False)

    @cached_property
    def signature(self) -> Signature:
        """Its parameters."""
        return Signature.of(self.call, self.name)

    def numbers(self, numbers: dict[str, Any]) -> dict[str, Any]:
        """Return drawn numbers with those that the builder adds by default, as plans keep them.

        Parameters
        ----------
        numbers
            As `Signature.drawn` returns them.
        """
        given = self.signature.arguments(numbers, self.name)
        optional = {p.name: p.default for p in self.signature.parameters if not p.required}
        later = self._later
        return {
            name: to_value(value)
            for name, value in {**optional, **given}.items()
            if value is not None and not (name in later and value == optional[name])
        }

    @property
    def _later(self) -> set[str]:
        """Parameters that came when there were ids already: at their defaults they are left out."""
        if not is_dataclass(self.call):
            return set()
        return {one.name for one in fields(self.call) if one.metadata.get("added")}

    def build(self, numbers: dict[str, Any], streams: Streams, index: int) -> Built:
        """Return the specimen of a structure.

        Parameters
        ----------
        numbers
            As a plan keeps them.
        streams
            Random streams of the structure.
        index
            Index of the structure, for messages.

        Raises
        ------
        BuilderError
            If the builder fails, or returns what is no specimen.
        """
        try:
            arguments = self.signature.arguments(numbers, self.name)
            if isinstance(self.call, type):
                made = self.call(**arguments).build(streams)
            elif self.signature.streams:
                made = self.call(**arguments, streams=streams)
            else:
                made = self.call(**arguments)
            return made if isinstance(made, Built) else Built(made)
        except MemoryError:
            raise
        except Exception as error:
            shown = ", ".join(f"{name}={value!r}" for name, value in numbers.items())
            raise BuilderError(
                f"structure {index}: the builder {self.name} with {shown[:LONGEST]} failed"
                f"{self._place(error)}: {type(error).__name__}: {error}"
            ) from error

    def _place(self, error: Exception) -> str:
        """The last line of the builder's own file that the error came through."""
        code = getattr(self.call, "__code__", None)
        own = self.path or (code.co_filename if code else "")
        if not own and (module := sys.modules.get(self.call.__module__)):
            own = getattr(module, "__file__", None) or ""
        frames = [one for one in traceback.extract_tb(error.__traceback__) if one.filename == own]
        if not frames:
            return ""
        return f" in {Path(own).name} line {frames[-1].lineno} ({frames[-1].line})"

    def __reduce__(self) -> tuple[Any, ...]:
        if self.path:
            return from_text, (self.text, self.path, self.name.rpartition(":")[2])
        if not self.source:
            return Builder, (self.name, self.version, self.source, self.call)
        return _unpacked, (self.name, self.version, self.source, _packed(self.call))


def from_text(text: str, path: str, attribute: str) -> Builder:
    """Run the text of a file and return the builder in it.

    Parameters
    ----------
    text
        Content of the file.
    path
        Its path, for messages and names.
    attribute
        Name of the builder in it.
    """
    source = hashlib.sha256(text.encode()).hexdigest()
    module = ModuleType(f"hrtem_sim_builder_{source[:16]}")
    module.__file__ = path
    if module.__name__ in sys.modules:
        module = sys.modules[module.__name__]
    else:
        sys.modules[module.__name__] = module  # dataclasses look up their module
        linecache.cache[path] = (len(text), None, text.splitlines(keepends=True), path)
        try:
            exec(compile(text, path, "exec"), vars(module))
        except Exception as error:
            del sys.modules[module.__name__]
            found = traceback.extract_tb(error.__traceback__)
            lines = [one.lineno for one in found if one.filename == path]
            place = f" line {lines[-1]}" if lines else ""
            raise BuilderError(
                f"builder: {path}{place} cannot be run: {type(error).__name__}: {error}"
            ) from error
    call = getattr(module, attribute, None)
    if call is None:
        raise Refusal(f"builder {attribute!r} must be defined in {path}; got a file without it")
    name = f"{Path(path).name}:{attribute}"
    return Builder(name, version_of(call, module), source, call, path, text)


def version_of(call: Any, module: Any = None) -> str:
    """Return the version that a builder, or its module, declares; empty if none."""
    return str(getattr(call, "VERSION", getattr(module, "VERSION", "")))


def _packed(call: Callable[..., Any]) -> bytes:
    """A function for other processes: by its name, or by value where it has none there."""
    main = sys.modules.get("__main__")
    notebook = call.__module__ == "__main__" and not hasattr(main, "__file__")
    try:
        if not notebook:
            return pickle.dumps(call)
    except (pickle.PicklingError, AttributeError, TypeError):
        pass
    try:
        import cloudpickle
    except ImportError:
        raise Refusal(
            f"builder {call.__qualname__} cannot be sent to other processes: give it by its file, "
            'builder="my_structures.py:name", or install cloudpickle'
        ) from None
    return bytes(cloudpickle.dumps(call))


def _unpacked(name: str, version: str, source: str, packed: bytes) -> Builder:
    return Builder(name, version, source, pickle.loads(packed))
