"""Docstrings of all that is public: complete, true to the signature, with units and examples."""

import dataclasses
import functools
import importlib
import inspect
import pkgutil
import re
import textwrap
from typing import Any, NamedTuple

import pytest

from czone.checks import Checked

PACKAGES = ("czone", "hrtem_sim", "seg_train")

LENGTHS = """
    pixel_size new_pixel_size slice_thickness thickness radius cutoff defocus focal_spread
    particle_pixel bond_length min_distance min_dist probe_radius blur depths
    exclusion_radius bin_width min_spacing outline vibration drift rms temperature energy energies
    convergence tilt dose field gap burial spread in_plane r1 r2 density mass_density
    """.split()
"""Parameters that are lengths, energies, angles, doses or densities wherever they occur."""

UNITS = (
    r"angstrom|\bA\b|\beV\b|mrad|\brad\b|radian|degree|kelvin|\bK\b|pixel|Nyquist|radii|\bg/cm|"
    r"e/A\^2|e/angstrom|atoms per|covalent"
)


class Public(NamedTuple):
    """A public object and where it is found."""

    path: str
    thing: Any


def modules() -> list[str]:
    """The packages and their public modules that list names in `__all__`."""
    names = list(PACKAGES)
    for package in PACKAGES:
        folder = importlib.import_module(package).__path__
        names += [f"{package}.{m.name}" for m in pkgutil.iter_modules(folder) if m.ispkg]
    return [*names, "hrtem_sim.grid", "hrtem_sim.electron", "hrtem_sim.fft"]


@functools.cache
def public() -> tuple[Public, ...]:
    """Functions and classes, each once, by the package that lists it."""
    found: dict[int, Public] = {}
    for name in modules():
        module = importlib.import_module(name)
        listed = getattr(module, "__all__", None)
        if listed is None:
            listed = [
                key
                for key, value in vars(module).items()
                if not key.startswith("_") and getattr(value, "__module__", "") == name
            ]
        for key in listed:
            thing = getattr(module, key)
            if inspect.isclass(thing) or inspect.isroutine(thing):
                found.setdefault(id(thing), Public(f"{name}.{key}", thing))
    return tuple(sorted(found.values()))


@functools.cache
def members() -> tuple[Public, ...]:
    """Methods and properties that public classes define themselves."""
    found: dict[int, Public] = {}
    for path, cls in public():
        if not inspect.isclass(cls):
            continue
        for key, value in vars(cls).items():
            kinds = (property, functools.cached_property, classmethod, staticmethod, Checked)
            if key.startswith("_") or not (inspect.isfunction(value) or isinstance(value, kinds)):
                continue
            function = getattr(value, "__func__", value)
            found.setdefault(id(function), Public(f"{path}.{key}", function))
    return tuple(sorted(found.values()))


def text_of(thing: Any) -> str:
    """The docstring of a method and of those above it in the classes that it overrides."""
    own = getattr(thing, "__doc__", None) or ""
    function = getattr(thing, "fget", getattr(thing, "func", thing))  # of a property
    if not inspect.isroutine(function):
        return own
    name, qualname = function.__name__, function.__qualname__
    cls = getattr(importlib.import_module(function.__module__), qualname.split(".")[0], None)
    bases = cls.__mro__[1:-1] if inspect.isclass(cls) and "." in qualname else ()
    return "\n".join(
        [own, *(vars(base)[name].__doc__ or "" for base in bases if name in vars(base))]
    )


def sections(thing: Any) -> dict[str, str]:
    """The docstring by its numpydoc headings; the text before the first is "Summary"."""
    text = inspect.cleandoc(getattr(thing, "__doc__", None) or "")
    parts = re.split(r"^(\w[\w ]*)\n-{3,}\n", text, flags=re.MULTILINE)
    return {"Summary": parts[0].strip(), **dict(zip(parts[1::2], parts[2::2], strict=True))}


def described(section: str) -> dict[str, str]:
    """Parameters of a section, by name: "a, b" stands for two."""
    entries: dict[str, str] = {}
    for entry in re.split(r"^(?=\S)", section, flags=re.MULTILINE):
        head, _, body = entry.partition("\n")
        for name in re.split(r"\s*,\s*", head.split(" : ")[0].strip()):
            if name:
                entries[name.lstrip("*")] = textwrap.dedent(body)
    return entries


def parameters(thing: Any) -> list[str]:
    """Names in the signature of a function or class; those of private meaning left out."""
    if isinstance(thing, property | functools.cached_property | Checked):
        return []
    if getattr(thing, "_is_protocol", False):  # nobody makes one
        return []
    try:
        signature = inspect.signature(thing)
    except ValueError:
        return []
    names = list(signature.parameters)
    if names[:1] in (["self"], ["cls"]) and "." in thing.__qualname__:
        names = names[1:]
    return [name for name in names if not name.startswith("_")]


def gives(thing: Any) -> bool:
    """Whether a function returns something."""
    if inspect.isclass(thing) or not callable(thing):
        return False
    returned = inspect.signature(thing).return_annotation
    return returned not in (None, "None", inspect.Signature.empty)


def is_data(cls: Any) -> bool:
    """Whether users read instances and do not make them: frozen dataclasses and errors."""
    return dataclasses.is_dataclass(cls) or (inspect.isclass(cls) and issubclass(cls, Exception))


def named(things: tuple[Public, ...], fails: Any) -> list[str]:
    return [f"{path}: {said}" for path, thing in things if (said := fails(thing))]


def no_summary(thing: Any) -> str:
    text = getattr(thing, "__doc__", None) or (text_of(thing) if inspect.isroutine(thing) else "")
    first = inspect.cleandoc(text).split("\n")[0]
    return "" if len(first) > 10 and first.rstrip(":;,") == first else f"summary {first!r}"


def wrong_parameters(thing: Any) -> str:
    """What is described and not taken, and what is taken and not described."""
    taken, found = parameters(thing), sections(thing)
    entries = described(found.get("Parameters", "") + "\n" + found.get("Attributes", ""))
    strange = [name for name in described(found.get("Parameters", "")) if name not in taken]
    silent = [name for name in taken if name not in entries]
    return ", ".join(
        [f"{n} is not taken" for n in strange] + [f"{n} not described" for n in silent]
    )


NO_NOUN = re.compile(
    r"(Of|Which|What|Says|Its|Their|Takes|Gets|Holds|Where|How|For people|From|At least)\b"
)
"""Beginnings of an entry that leave the reader to guess what it is."""


def without_noun(thing: Any) -> str:
    """Entries that do not begin with the noun they are about."""
    entries = [
        item
        for heading in ("Parameters", "Attributes", "Returns")
        for item in described(sections(thing).get(heading, "")).items()
    ]
    return ", ".join(f"{name}: {m[0]} ..." for name, text in entries if (m := NO_NOUN.match(text)))


def unnamed_parameters(thing: Any) -> str:
    """Parameters of a method that its docstring does not mention, if there are several."""
    taken = parameters(thing)
    strange = [n for n in described(sections(thing).get("Parameters", "")) if n not in taken]
    said = text_of(thing)
    silent = [n for n in taken if not re.search(rf"\b{re.escape(n)}\b", said)]
    return ", ".join(
        [f"{n} is not taken" for n in strange]
        + [f"{n} not mentioned" for n in silent if len(taken) > 1]
    )


def no_return(thing: Any) -> str:
    found = sections(thing)
    if not gives(thing) or {"Returns", "Yields"} & set(found):
        return ""
    said = re.match(r"(Return|Yield|Draw|Tell|Read|Build|Take|Find|Make)", text_of(thing).strip())
    return "" if said else "does not say what it returns"


def no_unit(thing: Any) -> str:
    entries = described(sections(thing).get("Parameters", ""))
    silent = [n for n, text in entries.items() if n in LENGTHS and not re.search(UNITS, text)]
    return ", ".join(f"{name} has no unit" for name in silent)


EXAMPLES_ELSEWHERE = {
    "run_study": "docs/training.md",  # it trains networks for minutes
    "gap_report": "docs/training.md",  # it simulates for a minute
    "Fft": "hrtem_sim.fft.choose_fft",
    "MklFft": "hrtem_sim.fft.choose_fft",
    "Fftw": "hrtem_sim.fft.choose_fft",
    "ScipyFft": "hrtem_sim.fft.choose_fft",
}
"""What is shown by an example of another place."""


def no_example(thing: Any) -> str:
    if thing.__name__ in EXAMPLES_ELSEWHERE:
        return ""
    return "" if ">>> " in (thing.__doc__ or "") or is_data(thing) else "no example"


def check(fails: Any, things: tuple[Public, ...]) -> None:
    missing = named(things, fails)
    assert not missing, f"{len(missing)}:\n" + "\n".join(missing)


def test_all_that_is_public_is_found():
    assert len(public()) > 200 and len(members()) > 250
    with pytest.raises(AssertionError, match="no example"):
        check(no_example, (Public("here", test_all_that_is_public_is_found),))


@pytest.mark.parametrize(
    "fails", [no_summary, wrong_parameters, without_noun, no_return, no_unit, no_example]
)
def test_functions_and_classes_say(fails):
    check(fails, public())


@pytest.mark.parametrize(
    "fails", [no_summary, unnamed_parameters, without_noun, no_return, no_unit]
)
def test_methods_and_properties_say(fails):
    check(fails, members())
