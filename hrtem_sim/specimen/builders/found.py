"""Where builders come from: the package, installed packages, a user's file, a function."""

import hashlib
import inspect
import textwrap
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen.builders.builder import Builder, from_text, version_of

GROUP = "hrtem_sim.builders"
"""Group of entry points by which installed packages offer builders."""

SHIPPED: dict[str, str] = {
    "core_shell": "hrtem_sim.specimen.builders.core_shell:CoreShell",
    "particle_on_crystal": "hrtem_sim.specimen.builders.on_crystal:ParticlesOnCrystal",
    "polycrystal": "hrtem_sim.specimen.builders.polycrystal:Polycrystal",
    "sheet": "hrtem_sim.specimen.builders.sheet:Sheet",
    "particles_at_hole": "hrtem_sim.specimen.builders.at_hole:ParticlesAtHole",
    "nanoislands": "hrtem_sim.specimen.builders.nanoislands:Nanoislands",
}
"""Builders of the package: where each is defined, by its name in recipes."""


def as_builder(given: str | Path | Callable[..., Any] | Builder, attribute: str = "") -> Builder:
    """Return a builder by what a user gives.

    Parameters
    ----------
    given
        Name of a shipped or installed builder; path of a file, `my.py` or `my.py:name`, which is
        run; a function or class.
    attribute
        Name in the file, where the path does not say it.

    Raises
    ------
    Refusal
        If there is none of that name, or the source of a function cannot be read.
    """
    if isinstance(given, Builder):
        return given
    if callable(given) and not isinstance(given, str | Path):
        return _of_function(given)
    if is_file(str(given)):
        path, _, name = _split(str(given))
        return _of_file(path, name or attribute)
    return _by_name(str(given))


def is_file(name: str) -> bool:
    """Return whether a builder's name is that of a file, `my.py` or `my.py:name`.

    Examples
    --------
    >>> is_file("my_structures.py:islands"), is_file("core_shell")
    (True, False)
    """
    return _split(name)[0].endswith(".py")


def installed() -> dict[str, Any]:
    """Return the entry points of installed packages, by the names of their builders."""
    return {point.name: point for point in entry_points(group=GROUP)}


def _split(name: str) -> tuple[str, str, str]:
    """Path and name in a file; a colon after the ending of the path parts them."""
    if name.endswith(".py"):
        return name, "", ""
    return name.rpartition(":")


def _by_name(name: str) -> Builder:
    if name in SHIPPED:
        module, _, attribute = SHIPPED[name].partition(":")
        call = getattr(import_module(module), attribute)
    elif name in (points := installed()):
        call = points[name].load()
    else:
        known = ", ".join([*SHIPPED, *points])
        raise Refusal(
            f"builder must be one of {known}, or a file and a name in it such as "
            f'"my_structures.py:islands"; got {name!r}'
        )
    return Builder(name, version_of(call), "", call)


def _of_file(path: str, attribute: str) -> Builder:
    if not attribute:
        raise Refusal(f"builder must name what to run in the file, {path}:name; got {path!r}")
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(f"builder {path} cannot be read: {error}") from None
    return from_text(text, str(Path(path).resolve()), attribute)


def _of_function(call: Callable[..., Any]) -> Builder:
    name = getattr(call, "__qualname__", repr(call)).rpartition(".")[2]
    try:
        text = textwrap.dedent(inspect.getsource(call))
    except (OSError, TypeError):
        raise Refusal(
            f"builder {name} must have a source that ids can cover; got a function that was not "
            "read from a file or a notebook: write it into a file and give its path"
        ) from None
    source = hashlib.sha256(text.encode()).hexdigest()
    return Builder(name, version_of(call, inspect.getmodule(call)), source, call)
