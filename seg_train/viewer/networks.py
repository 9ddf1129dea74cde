"""The networks that can be chosen: those of the package, and those a user has taught."""

from collections.abc import Iterable
from pathlib import Path

from seg_train.runs import ENSEMBLE, PROVENANCE
from seg_train.shipped import shipped_networks


def home() -> Path:
    """Return the folder in which taught networks are kept unless another is chosen."""
    return Path.home() / "micrograph-foundry"


def known_networks(root: str | Path, more: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Return the networks that can be chosen.

    Parameters
    ----------
    root
        Folder of taught networks, each `NAME/network`.
    more
        Names and folders that are listed last, if they are not among these.

    Returns
    -------
    networks
        Label and name or folder of each, those of the package first, then by name.

    Examples
    --------
    >>> known_networks("nowhere")[0]
    ('real_micrographs', 'real_micrographs')
    >>> known_networks("nowhere", ["real_micrographs", "runs/mine"])[-1]
    ('mine', 'runs/mine')
    """
    own = [
        path.parent
        for name in (PROVENANCE, ENSEMBLE)
        for path in sorted(Path(root).glob(f"*/network/{name}"))
    ]
    shipped = [(name, name) for name in shipped_networks()]
    listed = [*shipped, *sorted((path.parent.name, str(path)) for path in own)]
    known = {value for _, value in listed}
    return listed + [
        (Path(value).name, value) for value in dict.fromkeys(more) if value not in known
    ]
