"""Conditions on tables: what selects micrographs is parsed, never run.

A condition comes from a command line, a recipe, a colleague's mail. Handed to `pandas.query` it is
a program that may do anything; here it is read as a syntax tree of which a dozen kinds of nodes are
known. All others are refused before a single value is looked at.
"""

import ast
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from hrtem_sim.refusal import Refusal

LONGEST = 10_000
"""Characters of a condition."""

ALLOWED = "columns, numbers, strings, comparisons, in, and, or, not"

COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}

CONNECTIVES: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.And: operator.and_,
    ast.BitAnd: operator.and_,
    ast.Or: operator.or_,
    ast.BitOr: operator.or_,
}

Leaf = int | float | str | bool


def parse_condition(text: str) -> ast.expr:
    """Return the syntax tree of a condition, after refusing all that is none.

    Parameters
    ----------
    text
        Comparisons of columns with numbers, strings or lists of these, joined by `and`, `or`,
        `not`: `"300 < dose < 500 and material in ['Au', 'Ag']"`. `&`, `|` and `~` may join
        comparisons in parentheses.

    Raises
    ------
    ValueError
        If it is anything else; the message names the part that cannot be allowed.

    Examples
    --------
    >>> type(parse_condition("dose > 300")).__name__
    'Compare'
    >>> try:
    ...     parse_condition("dose.max() > 300")
    ... except ValueError as error:
    ...     print(str(error)[:28])
    'dose.max()' is not allowed:
    """
    if not isinstance(text, str):
        raise Refusal(f"a condition is a text such as 'dose > 300'; got {type(text).__name__}")
    if len(text) > LONGEST:
        raise Refusal(f"a condition has at most {LONGEST} characters; got {len(text)}")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        _check(tree)
    except SyntaxError as error:
        raise Refusal(f"it cannot be read: {error.msg}") from None
    except (RecursionError, MemoryError):
        raise Refusal("it is nested too deeply") from None
    return tree


def rows_that_meet(text: str, table: pd.DataFrame) -> np.ndarray:
    """Return which rows of a table meet a condition, (n,) booleans.

    Parameters
    ----------
    text
        See `parse_condition`.
    table
        Table whose columns may be named.

    Raises
    ------
    ValueError
        If it is no condition, names a column that is not there, or compares numbers with text.

    Examples
    --------
    >>> table = pd.DataFrame({"dose": [100.0, 400.0, 900.0], "material": ["Au", "Au", "Ag"]})
    >>> rows_that_meet("200 < dose and material in ['Au', 'Pt']", table)
    array([False,  True, False])
    """
    return np.asarray(_truth(parse_condition(text), table), dtype=bool)


def _check(node: ast.expr) -> None:
    """Refuse a tree that is no condition."""
    match node:
        case ast.BoolOp(values=parts):
            for part in parts:
                _check(part)
        case ast.BinOp(left=left, op=ast.BitAnd() | ast.BitOr(), right=right):
            _check(left)
            _check(right)
        case ast.UnaryOp(op=ast.Not() | ast.Invert(), operand=operand):
            _check(operand)
        case ast.Compare(left=left, ops=ops, comparators=others):
            _check_comparison(node, [left, *others], ops)
        case _:
            raise _refusal(node)


def _check_comparison(node: ast.expr, parts: list[ast.expr], operators: list[ast.cmpop]) -> None:
    for op, right in zip(operators, parts[1:], strict=True):
        if type(op) in COMPARISONS:
            _check_term(right)
        elif isinstance(op, ast.In | ast.NotIn) and isinstance(right, ast.List | ast.Tuple):
            for item in right.elts:
                _leaf(item)
        else:
            raise _refusal(node)
    if any(isinstance(part, ast.List | ast.Tuple) for part in parts[:-1]):
        raise _refusal(node)
    _check_term(parts[0])
    if not any(isinstance(part, ast.Name) for part in parts):
        raise _refusal(node)


def _check_term(node: ast.expr) -> None:
    if not isinstance(node, ast.Name):
        _leaf(node)


def _leaf(node: ast.expr) -> Leaf:
    """Return the number or text that a leaf of the tree is."""
    match node:
        case ast.Constant(value=bool() | int() | float() | str() as value):
            return value
        case ast.UnaryOp(
            op=ast.USub() | ast.UAdd() as sign, operand=ast.Constant(value=int() | float() as value)
        ) if not isinstance(value, bool):
            return -value if isinstance(sign, ast.USub) else value
    raise _refusal(node)


def _refusal(node: ast.expr) -> Refusal:
    shown = ast.unparse(node)
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    return Refusal(f"{shown!r} is not allowed: a condition holds {ALLOWED}")


def _truth(node: ast.expr, table: pd.DataFrame) -> Any:
    """Evaluate a tree that has been checked."""
    match node:
        case ast.BoolOp(op=op, values=parts):
            truth = _truth(parts[0], table)
            for part in parts[1:]:
                truth = CONNECTIVES[type(op)](truth, _truth(part, table))
            return truth
        case ast.BinOp(left=left, op=connective, right=right):
            return CONNECTIVES[type(connective)](_truth(left, table), _truth(right, table))
        case ast.UnaryOp(operand=operand):
            return ~_truth(operand, table)
        case ast.Compare(left=first, ops=ops, comparators=others):
            truth = np.ones(len(table), dtype=bool)
            for sign, left, right in zip(ops, [first, *others], others, strict=False):
                truth = truth & _compared(sign, left, right, table)
            return truth
    raise _refusal(node)


def _compared(op: ast.cmpop, left: ast.expr, right: ast.expr, table: pd.DataFrame) -> np.ndarray:
    if isinstance(right, ast.List | ast.Tuple):
        items = [_leaf(item) for item in right.elts]
        value = _value(left, table)
        for item in items:
            _check_kinds(value, item)
        found = pd.Series(value).isin(items).to_numpy()
        found = found if isinstance(value, np.ndarray) else np.full(len(table), bool(found[0]))
        return ~found if isinstance(op, ast.NotIn) else found
    one, other = _value(left, table), _value(right, table)
    _check_kinds(one, other)
    return np.broadcast_to(np.asarray(COMPARISONS[type(op)](one, other), bool), (len(table),))


def _value(node: ast.expr, table: pd.DataFrame) -> Any:
    if not isinstance(node, ast.Name):
        return _leaf(node)
    if node.id not in table:
        raise Refusal(f"there is no column {node.id!r}")
    column = table[node.id].to_numpy()
    return column if column.dtype.kind in "biuf" else column.astype(object)


def _check_kinds(one: Any, other: Any) -> None:
    if _is_text(one) != _is_text(other):
        raise Refusal("numbers cannot be compared with text")


def _is_text(value: Any) -> bool:
    return value.dtype.kind == "O" if isinstance(value, np.ndarray) else isinstance(value, str)
