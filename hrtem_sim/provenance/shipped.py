"""The recipes that come with the package, by name."""

from pathlib import Path

FOLDER = Path(__file__).parents[1] / "recipes"


def shipped_recipes() -> tuple[str, ...]:
    """Return the names of the recipes that come with the package.

    Returns
    -------
    names
        In the alphabet's order; what reads a recipe takes such a name in place of a path.

    Examples
    --------
    >>> {"demo", "optimized_au", "studies/dose"} <= set(shipped_recipes())
    True
    """
    depths = ("*.toml", "*/*.toml", "*/*/*.toml")  # by hand: ** skips links
    files = [file for depth in depths for file in FOLDER.glob(depth)]
    return tuple(sorted(file.relative_to(FOLDER).with_suffix("").as_posix() for file in files))


def recipe_file(path: str | Path) -> Path:
    """Return the file of a recipe, given by its path or, if it is shipped, by its name.

    Parameters
    ----------
    path
        A file that is there wins over a name.

    Examples
    --------
    >>> recipe_file("demo").name
    'demo.toml'
    >>> recipe_file("my/recipe.toml").name  # whether it is there is for the reader to say
    'recipe.toml'
    """
    shipped = FOLDER / f"{Path(path).as_posix()}.toml"
    return shipped if not Path(path).is_file() and str(path) in shipped_recipes() else Path(path)
