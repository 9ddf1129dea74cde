"""Recipe files: the tables that they hold side by side."""

import tomllib
from pathlib import Path
from typing import Any

from hrtem_sim.provenance.recipes import RecipeError
from hrtem_sim.provenance.shipped import recipe_file, shipped_recipes

FILE_TABLES = ("dataset", "training", "study")
"""Tables that a recipe file may hold side by side; each package reads its own."""


def read_recipe(path: str | Path) -> dict[str, Any]:
    """Read a TOML file into nested tables.

    Parameters
    ----------
    path
        Path of the file, or the name of a recipe out of `shipped_recipes`.

    Raises
    ------
    RecipeError
        If the file cannot be read or is not TOML.

    Examples
    --------
    >>> sorted(read_recipe("demo"))
    ['dataset', 'training']
    """
    path = recipe_file(path)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = str(error.strerror) if isinstance(error, OSError) else "it is not UTF-8 text"
        if not path.suffix:
            names = [name for name in shipped_recipes() if "/" not in name]
            reason += f"; names that come with the package: {', '.join(names)}, and more in folders"
        raise RecipeError(f"recipe {path} cannot be read: {reason}") from None
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(f"recipe {path} is not valid TOML: {error}") from None


def read_file_table(path: str | Path, name: str) -> dict[str, Any]:
    """Return one table of a recipe file, which may hold those of other packages beside it.

    Parameters
    ----------
    path
        Path of the file, or the name of a recipe out of `shipped_recipes`.
    name
        Name of the table: dataset, training or study.

    Raises
    ------
    RecipeError
        If the file cannot be read, lacks the table, or holds one that no package reads.

    Examples
    --------
    >>> read_file_table("demo", "dataset")["name"]
    'demo'
    """
    tables = read_recipe(path)
    for other in tables:
        if other not in FILE_TABLES:
            raise RecipeError(
                f"{path}: {other} is not a table of a recipe; allowed: {', '.join(FILE_TABLES)}"
            )
    if name not in tables:
        raise RecipeError(f"{path}: the table {name} is missing")
    return tables[name]
