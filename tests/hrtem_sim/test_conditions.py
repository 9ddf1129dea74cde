"""Selections are conditions: they mean what pandas means by them, and nothing hostile ever runs."""

import builtins
import os
import subprocess

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrtem_sim.provenance import parse_condition, rows_that_meet

TABLE = pd.DataFrame(
    {
        "dose": [100.0, 300.0, 500.0, 900.0],
        "defocus": [-500.0, 0.0, 250.0, 500.0],
        "n_defects": [0, 1, 2, 0],
        "material": ["Au", "Ag", "Au", "CdSe"],
        "shape": ["sphere", "sphere wulff", "wulff", "sphere"],
    }
)

MEANT_BY_PANDAS = [
    "dose > 300",
    "300 <= dose < 900",
    "300 < dose < 900 and n_defects > 0",
    "dose < 200 or dose > 600",
    "not (dose < 200)",
    "dose > 100 and (n_defects == 0 or material == 'Au')",
    "(dose > 100) & (n_defects == 0)",
    "(dose < 200) | ~(n_defects == 0)",
    "defocus in [-500, 0, 500]",
    "material not in ['Au', 'Ag']",
    "material in ('Au',) and dose != 100",
    "'Au' == material",
    "defocus >= -1e2",
    "n_defects == n_defects and dose > defocus",
]

HOSTILE = [
    "@pd.io.common.os.system('touch pwned') == 0",
    "@os.system('touch pwned') == 0",
    "__import__('os').system('touch pwned') == 0",
    "dose.__class__.__mro__ == 0",
    "dose.map(print) > 0",
    "[x for x in dose] == 0",
    "(lambda: 0)() == dose",
    "dose > (y := 3)",
    "material.str.contains('A')",
    "dose['x'] > 3",
    "dose if dose else dose",
    "f'{dose}' == material",
    "dose > 10 ** 10 ** 10",
    "dose + 1 > 3",
    "open('pwned', 'w') == dose",
    "dose == {1: 2}",
    "dose in dose",
    "dose in [dose]",
    "dose is None",
    "1 < 2",
    "'a' * 9999999999 == material",
    "dose",
    "True",
    "",
    "dose >",
    "import os",
    "dose > 1; 1",
    "dose > 1j",
    "dose == b'x'",
    "await dose > 1",
    "(" * 300 + "dose > 1" + ")" * 300,
    "not " * 50_000 + "dose > 1",
    "dose > 1 & n_defects < 2",
]


@pytest.mark.parametrize("condition", MEANT_BY_PANDAS)
def test_a_condition_means_what_pandas_means_by_it(condition):
    expected = TABLE.index.isin(TABLE.query(condition).index)
    np.testing.assert_array_equal(rows_that_meet(condition, TABLE), expected)
    assert 0 < expected.sum()


@pytest.mark.parametrize("condition", HOSTILE, ids=lambda text: text[:30])
def test_what_is_no_condition_is_refused_and_not_run(condition, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def never(*arguments, **options):
        raise AssertionError(f"{arguments} ran")

    monkeypatch.setattr(os, "system", never)
    monkeypatch.setattr(subprocess, "Popen", never)
    monkeypatch.setattr(builtins, "eval", never)
    monkeypatch.setattr(builtins, "__import__", never)
    try:
        with pytest.raises(ValueError):
            rows_that_meet(condition, TABLE)
    finally:
        monkeypatch.undo()
    assert not list(tmp_path.iterdir())


PIECES = [
    *(
        "dose",
        "material",
        "n_defects",
        "@pd",
        "os",
        "__import__",
        "system",
        "lambda",
        ".",
        "(",
        ")",
    ),
    *("[", "]", "{", "}", ":", "=", ":=", "==", "<", ">", "in", "not", "and", "or", "is", "if"),
    *("else", "for", "*", "**", "@", "&", "|", "~", "1", "-1", "1e9", "'Au'", "'id'", ",", ";"),
]


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=14).map(" ".join))
def test_any_words_are_a_condition_or_are_refused(text):
    """Whatever is accepted holds no call, attribute, subscript or name that is no column."""
    try:
        tree = parse_condition(text)
    except ValueError:
        return
    kinds = {type(node).__name__ for node in _walk(tree)}
    assert not kinds & {"Call", "Attribute", "Subscript", "Lambda", "ListComp", "NamedExpr"}
    try:
        assert rows_that_meet(text, TABLE).shape == (len(TABLE),)
    except ValueError as error:
        assert "no column" in str(error) or "compared" in str(error)


def _walk(tree):
    import ast

    return ast.walk(tree)


def test_data_sets_select_without_running_anything(tiny_database, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="query must be a condition on the columns"):
        tiny_database.select("@pd.io.common.os.system('touch pwned') == 0")
    assert not (tmp_path / "pwned").exists()
