"""The networks that come with the package, by name."""

from pathlib import Path

FOLDER = Path(__file__).parent / "networks"


def shipped_networks() -> tuple[str, ...]:
    """Return the names of the networks that come with the package.

    Returns
    -------
    names
        Names that stand for the folder of a run, or of several that predict together, wherever one
        is wanted: `load_runs`, `load_networks`, `predict`, `evaluate` and the command line.

    Examples
    --------
    >>> shipped_networks()
    ('real_micrographs',)
    """
    known = (path.parent.name for name in _KNOWN_BY for path in FOLDER.glob(f"*/{name}"))
    return tuple(sorted(set(known)))


_KNOWN_BY = ("provenance.json", "ensemble.json")  # of one run; of several


def run_folder(path: str | Path) -> Path:
    """Return the folder of a run, given by its path or, if it is shipped, by its name.

    Parameters
    ----------
    path
        A folder that is there wins over a name. Of several networks under one name each is
        `name/1`, `name/2` and so on.

    Examples
    --------
    >>> run_folder("real_micrographs").parent.name
    'networks'
    >>> run_folder("runs/mine").as_posix()  # whether it is there is for the reader to say
    'runs/mine'
    """
    path = Path(path)
    named = path.parts[:1] and path.parts[0] in shipped_networks()
    return FOLDER / path if named and not Path(path.parts[0]).exists() else path
