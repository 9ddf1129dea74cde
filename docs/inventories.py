"""Where the names of other projects are described: small inventories, as intersphinx reads them.

Those of the projects hold tens of thousands of names and are to be had on the web only, and Keras
has none. These hold what the pages of the API refer to, so that the documentation is built without
network and its links are the same wherever that is. `conf.py` calls `write`.
"""

import zlib
from pathlib import Path

PROJECTS = {
    "python": ("https://docs.python.org/3/", "library/{page}.html#{name}"),
    "numpy": ("https://numpy.org/doc/stable/", "reference/{page}.html#{name}"),
    "scipy": ("https://docs.scipy.org/doc/scipy/", "reference/generated/{name}.html#{name}"),
    "ase": ("https://ase-lib.org/", "ase/{page}.html#{name}"),
    "pandas": ("https://pandas.pydata.org/docs/", "reference/api/{name}.html#{name}"),
    "matplotlib": ("https://matplotlib.org/stable/", "api/_as_gen/{name}.html#{name}"),
    "keras": ("https://keras.io/api/", "{page}/"),
}
"""Address of each project's pages, and where on them a name is described."""

NAMES = {
    "python": {
        "collections.abc.Callable": "collections.abc",
        "collections.abc.Iterable": "collections.abc",
        "collections.abc.Iterator": "collections.abc",
        "collections.abc.Mapping": "collections.abc",
        "collections.abc.Sequence": "collections.abc",
        "pathlib.Path": "pathlib",
    },
    "numpy": {
        "numpy.ndarray": "generated/numpy.ndarray",
        "numpy.random.Generator": "random/generator",
        "numpy.typing.ArrayLike": "typing",
    },
    "scipy": {"scipy.spatial.transform.Rotation": ""},
    "ase": {"ase.Atoms": "atoms"},
    "pandas": {"pandas.DataFrame": ""},
    "matplotlib": {"matplotlib.figure.Figure": ""},
    "keras": {"keras.Model": "models/model"},
}
"""Names by project, each with its page."""

DEFINED = {
    "ase.Atoms": "ase.atoms.Atoms",
    "keras.Model": "keras.src.models.model.Model",
    "numpy.random.Generator": "numpy.random._generator.Generator",
    "scipy.spatial.transform.Rotation": "scipy.spatial.transform._rotation.Rotation",
}
"""Names under which autodoc meets them, where they are not the public ones."""


def write(folder: Path) -> dict[str, tuple[str, str]]:
    """Write an inventory for each project; return what `intersphinx_mapping` is to be."""
    folder.mkdir(parents=True, exist_ok=True)
    mapping = {}
    for project, (address, place) in PROJECTS.items():
        lines = []
        for name, page in NAMES[project].items():
            where = place.format(name=name, page=page)
            for known in dict.fromkeys((name, DEFINED.get(name, name))):
                lines.append(f"{known} py:class 1 {where} {name}")
        head = (
            "# Sphinx inventory version 2\n"
            f"# Project: {project}\n# Version: \n"
            "# The remainder of this file is compressed using zlib.\n"
        )
        path = folder / f"{project}.inv"
        path.write_bytes(head.encode() + zlib.compress("".join(f"{x}\n" for x in lines).encode()))
        mapping[project] = (address, str(path))
    return mapping
