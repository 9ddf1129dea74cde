"""What a row of the tables says, and the one test that all of them run."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from hrtem_sim.refusal import Refusal


class Row(NamedTuple):
    """A bad input: the message must hold the argument, the rule and the value that came."""

    where: str
    argument: str
    rule: str
    value: str
    call: Callable[[], Any]
    error: type[Exception] = ValueError


def refusal(
    where: str,
    argument: str,
    rule: str,
    value: str,
    call: Callable[[], Any],
    error: type[Exception] = Refusal,
) -> Row:
    """A row for what says no with a `Refusal`, which command lines print without a traceback."""
    return Row(where, argument, rule, value, call, error)


def table(*rows: Row) -> pytest.MarkDecorator:
    """Parametrise a test with `row`."""
    names = [f"{row.where}-{row.argument}-{row.value}" for row in rows]
    assert len(set(names)) == len(names), "two rows say the same"
    return pytest.mark.parametrize("row", rows, ids=names)


def refused(row: Row) -> None:
    """Check that the call raises exactly this kind of error with all three in its message."""
    with pytest.raises(row.error) as caught:
        row.call()
    assert caught.type is row.error
    said(row, str(caught.value))


def said(row: Row, message: str) -> None:
    """Check that a message holds the argument, then the rule, and the value that came."""
    missing = [part for part in (row.argument, row.rule, row.value) if part not in message]
    assert not missing, f"{message!r} does not say {missing}"
    assert len(message) < 1000, "a message that nobody reads"
