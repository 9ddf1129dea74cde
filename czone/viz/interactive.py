"""A structure to turn and zoom in Jupyter, with 3Dmol.js (Rego and Koes, Bioinformatics 31, 1322
(2015))."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from itertools import combinations, product
from pathlib import Path
from typing import Any

import numpy as np
from ase.data import chemical_symbols

from czone.viz.atoms import drawn_atoms
from czone.viz.extras import optional

__all__ = ["view"]

SCRIPT = Path(__file__).with_name("data") / "3Dmol-min.js"
"""3Dmol.js 2.5.5 (BSD-3-Clause, beside it), as published on npm."""


def view(
    source: Any,
    *,
    colors: Mapping[str, Any] | None = None,
    radius_scale: float = 1.0,
    box: bool = True,
    width: int = 640,
    height: int = 480,
    javascript: str | Path | None = None,
) -> Any:
    """Return a 3D view of a structure for Jupyter.

    Parameters
    ----------
    source
        A populated Scene or Volume, a Molecule, ASE Atoms, or a pair of positions and numbers.
    colors
        Colours by element symbol, anything matplotlib takes; the others are those of Jmol.
    radius_scale
        Factor on the covalent radii.
    box
        Draw the bounds of a scene.
    width, height
        In pixels.
    javascript
        Place of 3Dmol.js for the notebook: a file, which is embedded, or a URL, which keeps
        notebooks small and needs the network. None embeds the file that comes with `czone`
        (version 2.5.5, 0.7 MB in each view), so that the view needs no network.

    Returns
    -------
    viewer : py3Dmol.view
        Shown when it is the last line of a cell; its methods change the view further.

    Raises
    ------
    ImportError
        If py3Dmol is not installed.
    FileNotFoundError
        If `javascript` is neither a URL nor a file.

    Examples
    --------
    >>> viewer = view(([[0, 0, 0], [0, 0, 1.13]], [6, 8]))
    >>> type(viewer).__name__
    'view'
    """
    atoms = drawn_atoms(source, colors, radius_scale)
    script = _address(SCRIPT if javascript is None else javascript)
    viewer = optional("py3Dmol").view(width=width, height=height, js=script)
    lines = [str(len(atoms.positions)), ""]
    for number, (x, y, z) in zip(atoms.numbers.tolist(), atoms.positions.tolist(), strict=True):
        lines.append(f"{chemical_symbols[number]} {x:.4f} {y:.4f} {z:.4f}")
    viewer.addModel("\n".join(lines) + "\n", "xyz", {"assignBonds": False})
    radii = dict(zip(atoms.numbers.tolist(), atoms.radii.tolist(), strict=True))
    for symbol, color in atoms.symbols.items():
        shade = "#" + "".join(f"{round(255 * part):02x}" for part in color)
        radius = radii[chemical_symbols.index(symbol)]
        viewer.setStyle({"elem": symbol}, {"sphere": {"radius": radius, "color": shade}})
    if box and atoms.box is not None:
        for start, end in _edges(*atoms.box):
            viewer.addLine({"start": start, "end": end, "color": "gray"})
    viewer.setProjection("orthographic")
    viewer.zoomTo()
    viewer.zoom(1.4)  # zoomTo leaves more than turning needs
    return viewer


def _edges(low: np.ndarray, high: np.ndarray) -> list[tuple[dict, dict]]:
    """Return both ends of the twelve edges of a box."""
    corners = list(product(*zip(low.tolist(), high.tolist(), strict=True)))
    ends = [
        (one, other)
        for one, other in combinations(corners, 2)
        if sum(a != b for a, b in zip(one, other, strict=True)) == 1
    ]
    named = [[dict(zip("xyz", corner, strict=True)) for corner in pair] for pair in ends]
    return [(start, end) for start, end in named]


def _address(javascript: str | Path) -> str:
    """Return a URL as it is and a file as the URL that holds its content."""
    text = str(javascript)
    if text.startswith(("http://", "https://", "data:")):
        return text
    path = Path(javascript)
    if not path.is_file():
        raise FileNotFoundError(f"javascript must be a URL or the file 3Dmol-min.js; got {text!r}")
    return "data:text/javascript;base64," + base64.b64encode(path.read_bytes()).decode()
