"""How values show themselves: in one line, and in notebooks with a picture beside the numbers."""

import base64
import html
from io import BytesIO
from typing import Any

__all__ = ["Shown"]


class Shown:
    """Base of values that are mostly arrays, which nobody reads as text.

    A class says its few numbers in `_facts` and draws itself in `plot`.

    Examples
    --------
    >>> class Film(Shown):
    ...     def _facts(self):
    ...         return {"thickness": "30 angstrom"}
    >>> Film()
    Film(thickness: 30 angstrom)
    """

    def _facts(self) -> dict[str, str]:
        """Return a few numbers with their units, by name."""
        raise NotImplementedError

    def plot(self) -> Any:
        """Return a matplotlib figure."""
        raise NotImplementedError

    def __repr__(self) -> str:
        facts = ", ".join(f"{name}: {value}" for name, value in self._facts().items())
        return f"{type(self).__name__}({facts})"

    def _repr_html_(self) -> str:
        """Return numbers and picture for a notebook; numbers alone without matplotlib."""
        rows = "".join(
            f"<tr><th style='text-align:left'>{html.escape(name)}</th>"
            f"<td style='text-align:left'>{html.escape(value)}</td></tr>"
            for name, value in self._facts().items()
        )
        table = f"<b>{type(self).__name__}</b><table>{rows}</table>"
        try:
            figure = self.plot()
        except ImportError:
            return table
        stream = BytesIO()
        figure.savefig(stream, format="png", dpi=80)
        picture = base64.b64encode(stream.getvalue()).decode()
        return f"{table}<img src='data:image/png;base64,{picture}'>"
