"""A structure to turn and zoom in Jupyter, with 3Dmol.js (Rego and Koes, Bioinformatics 31, 1322
(2015))."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ase.data import chemical_symbols

from czone.viz._extras import optional
from czone.viz.atoms import drawn_atoms

__all__ = ["view"]


def view(
    source: Any,
    *,
    colors: Mapping[str, Any] | None = None,
    radius_scale: float = 1.0,
    box: bool = True,
    width: int = 640,
    height: int = 480,
):
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

    Returns
    -------
    viewer : py3Dmol.view
        Shown when it is the last line of a cell; its methods change the view further.

    Raises
    ------
    ImportError
        If py3Dmol is not installed.

    Examples
    --------
    >>> viewer = view(([[0, 0, 0], [0, 0, 1.13]], [6, 8]))
    >>> type(viewer).__name__
    'view'
    """
    atoms = drawn_atoms(source, colors, radius_scale)
    viewer = optional("py3Dmol").view(width=width, height=height)
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
        low, high = atoms.box
        corner, size = (low + high) / 2, high - low
        viewer.addBox(
            {
                "center": dict(zip("xyz", corner.tolist(), strict=True)),
                "dimensions": dict(zip("whd", size.tolist(), strict=True)),
                "wireframe": True,
                "color": "gray",
            }
        )
    viewer.setProjection("orthographic")
    viewer.zoomTo()
    return viewer
