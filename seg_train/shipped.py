"""The networks that come with the package, by name."""

from pathlib import Path

FOLDER = Path(__file__).parent / "networks"


def shipped_networks() -> tuple[str, ...]:
    """Return the names of the networks that come with the package.

    Returns
    -------
    names
        Names that stand for the folder of a run wherever one is wanted: `load_run`, `load_network`,
        `predict`, `evaluate` and the command line.

    Examples
    --------
    >>> shipped_networks()
    ('real_micrographs',)
    """
    return tuple(sorted(path.parent.name for path in FOLDER.glob("*/provenance.json")))


def run_folder(path: str | Path) -> Path:
    """Return the folder of a run, given by its path or, if it is shipped, by its name.

    Parameters
    ----------
    path
        A folder that is there wins over a name.

    Examples
    --------
    >>> run_folder("real_micrographs").parent.name
    'networks'
    >>> run_folder("runs/mine").as_posix()  # whether it is there is for the reader to say
    'runs/mine'
    """
    path = Path(path)
    return FOLDER / path if not path.exists() and str(path) in shipped_networks() else path
