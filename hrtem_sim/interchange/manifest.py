"""The folder of an export: new, or cleared of what an earlier export left in it."""

import json
from collections.abc import Sequence
from pathlib import Path

from hrtem_sim.refusal import Refusal
from hrtem_sim.whole import sweep, write_whole

MANIFEST = "export.json"
"""Names of the files of an export, written before the first of them."""


def prepared(folder: str | Path, names: Sequence[str]) -> Path:
    """Return a folder that is ready for the files of an export, and for no others.

    Files that an earlier export wrote there are removed, so that no micrograph of an earlier
    selection stays among those of this one. A folder with other files is refused.

    Parameters
    ----------
    folder
        Folder of the export; made if it is missing.
    names
        Files that will be written, relative to the folder.

    Raises
    ------
    Refusal
        If the folder holds files that no export has listed.

    Examples
    --------
    >>> first = prepared("out", ["a.txt", "b.txt"])
    >>> _ = (first / "a.txt").write_text("a")
    >>> sorted(path.name for path in prepared("out", ["c.txt"]).iterdir())
    ['export.json']
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    manifest = folder / MANIFEST
    known = [folder / name for name in (_listed(manifest) if manifest.is_file() else ())]
    ours = [path for path in known if path.resolve().is_relative_to(folder.resolve())]
    for path in ours:
        path.unlink(missing_ok=True)
    for parent in {path.parent for path in ours}:
        sweep(parent)
    left = [path for path in sorted(folder.rglob("*")) if path.is_file() and path != manifest]
    if left:
        raise Refusal(
            f"folder must be new, empty, or hold an earlier export; {folder} holds "
            f"{left[0].relative_to(folder)}, which no export has written there"
        )
    write_whole(manifest, json.dumps(list(names), indent=0))
    return folder


def _listed(manifest: Path) -> list[str]:
    try:
        names = json.loads(manifest.read_text(encoding="utf-8"))
    except ValueError:
        names = None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise Refusal(f"{manifest} is no list of an export's files; choose another folder")
    return names
