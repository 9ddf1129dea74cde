"""Files that are whole or not there, as `czone.whole` writes them; tables too."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from czone.whole import host_name, sweep, whole, write_whole

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["host_name", "sweep", "whole", "write_table", "write_whole"]


def write_table(path: str | Path, table: "pd.DataFrame", **kwargs: Any) -> None:
    """Write a table as CSV, whole or not at all: without its end it would pass for another.

    Parameters
    ----------
    path
        Path of the file.
    table
        Table.
    **kwargs
        Passed to `pandas.DataFrame.to_csv`, such as `index`.

    Examples
    --------
    >>> import pandas as pd
    >>> write_table("sizes.csv", pd.DataFrame({"size": [1.5, 2.0]}), index=False)
    >>> Path("sizes.csv").read_text()
    'size\\n1.5\\n2.0\\n'
    """
    write_whole(path, table.to_csv(**kwargs))
