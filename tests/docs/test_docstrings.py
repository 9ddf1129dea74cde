"""What becomes of docstrings on the pages of the API."""

import runpy
from pathlib import Path
from typing import NamedTuple

HOOKS = runpy.run_path(str(Path(__file__).parents[2] / "docs" / "docstrings.py"))


def after(hook: str, text: str) -> str:
    lines = text.splitlines()
    HOOKS[hook](None, "function", "name", None, None, lines)
    return "\n".join(lines)


def test_what_tells_of_several_parameters_is_said_once_and_names_them():
    text = (
        ":param a: Sampling, eV,\n    mrad.\n:param b: Sampling, eV,\n    mrad.\n:param c: Else.\n"
    )
    wanted = ":param a: `a`, `b`: Sampling, eV,\n    mrad.\n:param b: See `a`.\n:param c: Else."
    assert after("say_once", text) == wanted
    alone = "A sentence.\n\n:param a: One.\n:param b: Two.\n\n:returns: It."
    assert after("say_once", alone) == alone


def test_the_name_of_what_is_returned_is_no_type():
    assert after("take_types_from_annotations", ":returns: In A.\n:rtype: corners") == (
        ":returns: **corners** -- In A.\n"
    )
    for kept in (":rtype: float", ":returns: In A.\n:rtype: numpy.ndarray"):
        assert after("take_types_from_annotations", kept) == kept


def test_fields_of_named_tuples_are_told_by_the_class_alone():
    class Pair(NamedTuple):
        first: int

    skip = HOOKS["skip_aliases"]
    assert skip(None, "attribute", "first", Pair.first, False, None)
    assert skip(None, "method", "count", Pair.count, False, None) is None
