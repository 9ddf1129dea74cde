"""Whether the pages of the API leave out anything public."""

import importlib
from collections.abc import Iterator

from sphinx.util import logging

PACKAGES = {
    "czone": ("generator geometry transform volume molecule scene surface prefab util viz").split(),
    "hrtem_sim": (
        "electron grid specimen specimen.builders specimen.particles potential wave imaging mask "
        "database dataset interchange provenance figures fft cli"
    ).split(),
    "seg_train": (
        "recipe runs data data.fresh metrics model training prediction benchmark "
        "study particles figures card export reports webpage workflow cli"
    ).split(),
}
"""Public modules, package by package; each has a page."""

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
        yield name, getattr(loaded, name)


def find(path: str) -> object:
    """Return a function, class or constant by its full dotted name."""
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)


class PublicNames:
    """The check, as Sphinx calls it when all pages are read."""

    def check(self, app, env) -> None:
        """Warn of public objects that no page of the API describes, under whatever name."""
        described = env.domaindata["py"]["objects"]
        kinds = ("class", "data", "exception", "function")
        ids = {id(find(name)) for name, entry in described.items() if entry.objtype in kinds}
        for module in [*modules(), "seg_train"]:
            for name, value in public_objects(module):
                if f"{module}.{name}" not in described and id(value) not in ids:
                    log.warning("%s.%s is public and on no page of the API", module, name)
