"""The engines by name: what recipes and callers may write in place of an object."""

from dataclasses import replace
from typing import Any, cast

from hrtem_sim.provenance import RecipeError, from_table, to_table
from hrtem_sim.refusal import Refusal
from hrtem_sim.wave.engine import Engine
from hrtem_sim.wave.numpy_engine import NumpyEngine
from hrtem_sim.wave.prismatic.engine import PrismaticEngine
from hrtem_sim.wave.torch_engine import TorchEngine

ENGINES: dict[str, type[NumpyEngine] | type[TorchEngine] | type[PrismaticEngine]] = {
    "numpy": NumpyEngine,
    "prismatic": PrismaticEngine,
    "torch": TorchEngine,
}
"""Names of the engines that come with the package."""

EMBEDDED = NumpyEngine()
"""The default."""


def engine_named(engine: Engine | str) -> Engine:
    """Return the engine of a name; an engine itself comes back as it is.

    Parameters
    ----------
    engine
        Name out of `ENGINES`, or an engine.

    Raises
    ------
    ValueError
        If there is no engine of that name.
    TypeError
        If it is neither a name nor an engine.

    Examples
    --------
    >>> engine_named("numpy")
    NumpyEngine(threads=1)
    """
    if isinstance(engine, str):
        if engine not in ENGINES:
            raise Refusal(f"engine must be one of {', '.join(ENGINES)}; got {engine!r}")
        return ENGINES[engine]()
    if not isinstance(engine, Engine):
        raise TypeError(f"engine must be a name or an Engine; got {engine!r}")
    return engine


def with_threads(engine: Engine, threads: int) -> Engine:
    """Return the same engine on another number of threads.

    Parameters
    ----------
    engine
        One that has threads.
    threads
        Whole number.

    Raises
    ------
    ValueError
        If the engine has no such setting, or the number is impossible.
    """
    try:
        return replace(cast(Any, engine), threads=threads)
    except TypeError:
        raise Refusal(
            f"threads must be left out with {engine!r}, which has none; got {threads!r}"
        ) from None


def engine_from_recipe(value: Any, path: str) -> Engine:
    """Read an engine: its name, or a table of its name and settings.

    Parameters
    ----------
    value
        Value in the recipe.
    path
        Path of the field, for messages.

    Raises
    ------
    RecipeError
        If there is no such engine or setting.

    Examples
    --------
    >>> engine_from_recipe({"name": "torch", "batch": 4}, "dataset.wave.engine")
    TorchEngine(device=None, batch=4)
    """
    table = {"name": value} if isinstance(value, str) else value
    if not isinstance(table, dict) or table.get("name") not in ENGINES:
        raise RecipeError(
            f"{path} must be one of {', '.join(ENGINES)}, or a table with such a name; "
            f"got {value!r}"
        )
    settings = {key: item for key, item in table.items() if key != "name"}
    return cast(Engine, from_table(ENGINES[table["name"]], settings, path))


def engine_to_recipe(engine: Engine) -> Any:
    """Return what `engine_from_recipe` would turn back into an engine that gives these numbers.

    Parameters
    ----------
    engine
        Out of `ENGINES`.

    Raises
    ------
    TypeError
        If the engine is none of the package's, so that no recipe can name it.

    Examples
    --------
    >>> engine_to_recipe(TorchEngine(batch=4))
    'torch'
    """
    for name, kind in ENGINES.items():
        if type(engine) is kind:
            settings = to_table(engine)
            return {"name": name, **settings} if settings else name
    raise TypeError(f"recipes can name the engines {', '.join(ENGINES)} only; got {engine!r}")
