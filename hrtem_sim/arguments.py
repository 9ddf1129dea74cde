"""What command lines are given: numbers that fit and paths, or one line that says what does.

A share (i, n) is the i-th of n shares of some work, counted from 0, as job arrays count.
"""

import argparse
import math
import os
from collections.abc import Sequence
from glob import glob, has_magic
from typing import Any

from hrtem_sim.refusal import Refusal

__all__ = [
    "IdleShare",
    "Paths",
    "checked_share",
    "count",
    "not_negative",
    "positive",
    "probability",
    "share",
]


class IdleShare(Refusal):
    """A share of some work that there is too little of; command lines end well on it."""


class Paths(argparse.Action):
    """Take several paths, in which `*`, `?` and `[...]` stand for what is there.

    Shells of Unix put the names in before a program starts; those of Windows leave it to the
    program. A path that exists is taken as it is written.

    Examples
    --------
    >>> parser = argparse.ArgumentParser()
    >>> _ = parser.add_argument("images", nargs="+", action=Paths)
    >>> parser.parse_args(["one.tif", "two.tif"]).images
    ['one.tif', 'two.tif']
    """

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        """Put the paths that the words stand for into the options."""
        setattr(namespace, self.dest, [path for word in values or () for path in self._found(word)])

    def _found(self, word: str) -> list[str]:
        if not has_magic(word) or os.path.lexists(word):
            return [word]
        if found := sorted(glob(word)):
            return found
        raise argparse.ArgumentError(self, f"must match what is there; got {word!r}: nothing does")


def count(text: str) -> int:
    """Read a whole number of at least 1."""
    try:
        number = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a whole number; got {text!r}") from None
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1; got {text}")
    return number


def positive(text: str) -> float:
    """Read a finite number above zero."""
    number = _number(text)
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"must be positive; got {text}")
    return number


def probability(text: str) -> float:
    """Read a number between zero and one, neither included."""
    number = _number(text)
    if not 0 < number < 1:
        raise argparse.ArgumentTypeError(f"must be between 0 and 1; got {text}")
    return number


def not_negative(text: str) -> float:
    """Read a finite number of zero or more."""
    number = _number(text)
    if not 0 <= number < math.inf:
        raise argparse.ArgumentTypeError(f"must be zero or more; got {text}")
    return number


def share(text: str) -> tuple[int, int]:
    """Read i/n, the i-th of n shares, counted from 0.

    Examples
    --------
    >>> share("0/4")
    (0, 4)
    """
    try:
        mine, shares = (int(word) for word in text.split("/"))
        return _share((mine, shares))
    except ValueError:
        message = (
            f"must be i/n with 0 <= i < n; got {text!r}: shares are counted from 0, and n is the "
            "number of all, also if only some of them are made now"
        )
        raise argparse.ArgumentTypeError(message) from None


def checked_share(share: tuple[int, int], parts: int, of: str) -> tuple[int, int]:
    """Return a share, or refuse one that is none.

    Parameters
    ----------
    share
        Share (i, n).
    parts
        Number of parts that the work has.
    of
        Name of the parts, in the plural.

    Raises
    ------
    IdleShare
        If there are too few parts for this share to have one.

    Examples
    --------
    >>> checked_share((0, 4), 10, "shards")
    (0, 4)
    """
    mine, shares = _share(share)
    if mine >= parts:
        raise IdleShare(f"share {mine}/{shares} has nothing to do: there are {parts} {of}")
    return mine, shares


def _share(share: tuple[int, int]) -> tuple[int, int]:
    good = isinstance(share, tuple | list) and len(share) == 2
    if not (good and all(isinstance(n, int) for n in share) and 0 <= share[0] < share[1]):
        raise Refusal(f"share must be (i, n) with 0 <= i < n; got {share!r}")
    return share[0], share[1]


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a number; got {text!r}") from None
