"""The pages of the API, written from what the packages list as public, and a check of them.

Sphinx calls `write` before it reads the pages (`docs/api` is not kept in git) and `PublicNames`
when it has read them.
"""

import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

import recipe_page
from sphinx.util import logging

PACKAGES = {
    "czone": (
        "generator geometry matter transform volume molecule scene surface prefab blueprint types "
        "io util viz"
    ).split(),
    "hrtem_sim": (
        "electron grid specimen specimen.builders specimen.particles potential wave imaging mask "
        "measure database dataset dataset.reference dataset.trial interchange provenance "
        "provenance.described provenance.schema figures preview drawing shown fft progress "
        "commands cli"
    ).split(),
    "seg_train": (
        "recipe runs ensembles shipped data data.fresh metrics model training prediction benchmark "
        "gap study study.reference match match_report reproduce "
        "particles curves figures card export reports webpage viewer workflow cli"
    ).split(),
}
"""Public modules, package by package; each has a page."""

HOLDS = {
    "czone": "Atoms",
    "hrtem_sim": "Waves, images and data sets",
    "seg_train": "Networks. What one needs most can be imported from `seg_train` itself",
}

CONSTANTS = {
    "PARAMETRIZATIONS": "Names of the tables of scattering factors.",
    "ENGINES": "Names of the engines of `compute_exit_wave`.",
    "ENVIRONMENTS": "Names of the kinds of `local_environment`.",
    "STRUCTURES": "Names of the classes of `class_map` by structure.",
    "FORMATS": "The writers by the names that `export` takes.",
    "FILM": "Name of the film among the objects of a specimen.",
    "FORMULA": "Check of a film's material.",
    "RESTING": "Distance in angstrom between the atoms of particles that rest on each other.",
    "SHIPPED": "Builders of the package: where each is defined, by its name in recipes.",
    "SYMMETRIES": "Number of symmetries of the square; `apply_symmetry` counts them from 0.",
}

log = logging.getLogger(__name__)


def modules() -> list[str]:
    """Return the public modules by their full names."""
    return [f"{package}.{name}" for package, names in PACKAGES.items() for name in names]


def public_objects(module: str) -> Iterator[tuple[str, object]]:
    """Yield the public names of a module with what they are: `__all__`, else what it defines."""
    loaded = importlib.import_module(module)
    names = getattr(loaded, "__all__", None)
    if names is None:
        names = [
            name
            for name, value in vars(loaded).items()
            if not name.startswith("_") and getattr(value, "__module__", None) == module
        ]
    for name in names:
        value = getattr(loaded, name)
        if not inspect.ismodule(value):
            yield name, value


def write(folder: Path) -> None:
    """Write one page for every public module and one that lists them."""
    folder.mkdir(exist_ok=True)
    homes = _homes()
    pages = {f"{module}.md": _page(module, homes) for module in modules()}
    pages["index.md"] = _index()
    pages["recipe-fields.md"] = recipe_page.page()
    for stale in {path.name for path in folder.glob("*.md")} - set(pages):
        (folder / stale).unlink()
    for name, text in pages.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def _homes() -> dict[int, str]:
    """Return for every public object, by its identity, the module whose page describes it."""
    homes: dict[int, str] = {}
    for module in modules():
        for _, value in public_objects(module):
            source = f"{getattr(value, '__module__', '')}."
            known = homes.get(id(value))
            better = source.startswith(f"{module}.") and not (
                known and source.startswith(f"{known}.") and len(known) > len(module)
            )
            if known is None or better:
                homes[id(value)] = module
    return homes


def _page(module: str, homes: dict[int, str]) -> str:
    """Return the page of a module: a table, every object of its own, and what it hands on."""
    own: dict[int, str] = {}
    constants, second, handed_on = [], [], {}
    for name, value in public_objects(module):
        if not callable(value):
            constants.append(name)
        elif homes[id(value)] != module:
            handed_on.setdefault(homes[id(value)], []).append(name)
        elif id(value) in own or value.__name__ != name:
            second.append(f"`{name}` is `{value.__name__}`")
        else:
            own[id(value)] = name
    lazy = [name for name in own.values() if name not in vars(importlib.import_module(module))]
    members = [name for name in own.values() if name not in lazy]
    lines = [f"# {module}", "", "```{eval-rst}", f".. currentmodule:: {module}", ""]
    if own:
        lines += [".. autosummary::", "   :nosignatures:", ""]
        lines += [f"   {name}" for name in own.values()]
    lines += ["", f".. automodule:: {module}"]
    if members:  # without names, all that can be found would be described
        lines += [f"   :members: {', '.join(members)}"]
    for name in lazy:
        lines += ["", f".. autofunction:: {name}"]
    for name in constants:
        lines += ["", f".. py:data:: {name}", "", f"   {CONSTANTS.get(name, 'A constant.')}"]
    lines += ["```"]
    if second:
        lines += ["", f"Second spellings: {', '.join(second)}."]
    for home, names in handed_on.items():
        listed = ", ".join(f"`{name}`" for name in names)
        lines += ["", f"From [{home}]({home}.md), importable here too: {listed}."]
    return "\n".join(lines) + "\n"


def _index() -> str:
    lines = [
        "# API",
        "",
        "Every public object, module by module. Shapes, units, errors and sources",
    ]
    lines += ["stand with each. What recipes hold is on [a page of its own](recipe-fields.md).", ""]
    for package, names in PACKAGES.items():
        lines += [f"## {package}", "", f"{HOLDS[package]}.", ""]
        lines += ["| module | holds |", "|---|---|"]
        for name in names:
            module = f"{package}.{name}"
            first = inspect.getdoc(importlib.import_module(module)).splitlines()[0]
            lines.append(f"| [{module}]({module}.md) | {first} |")
        lines += ["", "```{toctree}", ":hidden:", ""]
        lines += [f"{package}.{name}" for name in names] + ["```", ""]
    return "\n".join(lines)


class PublicNames:
    """The check, as Sphinx calls it when all pages are read."""

    def check(self, app, env) -> None:
        """Warn of public objects that no page of the API describes, under whatever name."""
        described = env.domaindata["py"]["objects"]
        kinds = ("class", "data", "exception", "function")
        ids = {id(_find(name)) for name, entry in described.items() if entry.objtype in kinds}
        for module in [*modules(), "seg_train"]:
            for name, value in public_objects(module):
                if f"{module}.{name}" not in described and id(value) not in ids:
                    log.warning("%s.%s is public and on no page of the API", module, name)


def _find(path: str) -> object:
    """Return a function, class or constant by its full dotted name."""
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)
