"""The particles of all micrographs as people read them: words in cells, and a picture.

Qt is not needed; `particles` shows what is made here.
"""

from io import BytesIO
from typing import Any

import numpy as np
import pandas as pd

from seg_train.figures import size_histogram
from seg_train.particles import in_nanometres

HEADS = {
    "image": "micrograph",
    "label": "label",
    "diameter_nm": "diameter (nm)",
    "area_nm2": "area (nm²)",
    "uncertainty": "uncertainty",
    "touches_edge": "at the edge",
    "x_nm": "x (nm)",
    "y_nm": "y (nm)",
}
"""Heads of the columns of the table, in their order."""


def cells(table: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    """Return the heads and the rows of a table of particles, in words.

    Parameters
    ----------
    table
        Table as of `seg_train.viewer.desk.Desk.table`, lengths in angstrom.

    Examples
    --------
    >>> from seg_train.particles import particle_table
    >>> heads, rows = cells(particle_table(np.eye(1), pixel_size=20.0))
    >>> dict(zip(heads, rows[0]))["diameter (nm)"]
    '2.26'
    """
    shown = in_nanometres(table)
    columns = [name for name in HEADS if name in shown]
    rows = [[_text(value) for value in row] for row in shown[columns].itertuples(index=False)]
    return [HEADS[name] for name in columns], rows


def histogram_png(table: pd.DataFrame) -> bytes:
    """Return the histogram of the diameters as a PNG file of 374 by 187 pixels.

    Parameters
    ----------
    table
        Table as `cells` takes it.
    """
    figure, picture = size_histogram(table), BytesIO()
    figure.set_size_inches(5.2, 2.6)
    figure.savefig(picture, format="png", dpi=72)
    return picture.getvalue()


def _text(value: Any) -> str:
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    return f"{value:.2f}" if isinstance(value, float) else str(value)
