"""How docstrings become reStructuredText: what napoleon and autodoc would read in another way."""

import builtins
import re
from collections.abc import Iterator

NAPOLEON = 500
"""Priority of napoleon, which makes fields of numpydoc's sections."""


def connect(app) -> None:
    """Have Sphinx call what is here."""
    app.connect("autodoc-process-docstring", keep_colons, priority=NAPOLEON - 100)
    app.connect("autodoc-process-docstring", escape_bars)
    app.connect("autodoc-process-docstring", take_types_from_annotations, priority=NAPOLEON + 100)
    app.connect("autodoc-process-docstring", say_once, priority=NAPOLEON + 100)
    app.connect("autodoc-skip-member", skip_aliases)


def escape_bars(app, what, name, obj, options, lines) -> None:
    """Keep |x| an absolute value where reStructuredText would see a substitution."""
    lines[:] = [line.replace("|", r"\|") if "``" not in line else line for line in lines]


def keep_colons(app, what, name, obj, options, lines) -> None:
    """Keep "Precedence: ..." a sentence where napoleon would see a type and what it is of."""
    if what in ("attribute", "data", "property") and lines:
        lines.insert(0, "\u200b")  # of no width


def take_types_from_annotations(app, what, name, obj, options, lines) -> None:
    """Show the name of what is returned as a name; its type comes from the annotation.

    numpydoc's "Returns" has a name or a type; napoleon takes either for a type.
    """
    for k, line in enumerate(lines):
        found = re.fullmatch(r":rtype: ([a-z_]\w*)", line)
        if found and not hasattr(builtins, found[1]):
            lines[k] = ""
            for i in range(k):
                if lines[i].startswith(":returns: "):
                    lines[i] = f":returns: **{found[1]}** -- {lines[i][10:]}"


def say_once(app, what, name, obj, options, lines) -> None:
    """Say what several parameters are, if one sentence tells of all, with the first of them."""
    made: list[str] = []
    names: list[str] = []
    said = None
    for parameter, block in _blocks(lines):
        text = None if parameter is None else [block[0].split(":", 2)[2], *block[1:]]
        if parameter is None or text != said:
            _finish(made, names)
            names, said = [] if parameter is None else [parameter], text
            made += block
        else:
            names.append(parameter)
            made.append(f":param {parameter}: See `{names[0]}`.")
    _finish(made, names)
    lines[:] = made


def _blocks(lines: list[str]) -> Iterator[tuple[str | None, list[str]]]:
    """Yield the lines of each parameter with its name, and all others one by one with None."""
    parameter, block = None, []
    for line in lines:
        found = re.match(r":param (\S+):", line)
        if block and (found or not line.startswith(" ")):
            yield parameter, block
            parameter, block = None, []
        if found:
            parameter, block = found[1], [line]
        elif block:
            block.append(line)
        else:
            yield None, [line]
    if block:
        yield parameter, block


def _finish(made: list[str], names: list[str]) -> None:
    """Name all parameters that a sentence tells of, where it stands."""
    if len(names) > 1:
        head = f":param {names[0]}:"
        place = max(k for k, line in enumerate(made) if line.startswith(head))
        listed = ", ".join(f"`{name}`" for name in names)
        made[place] = f"{head} {listed}: {made[place][len(head) :].lstrip()}"


def skip_aliases(app, what, name, obj, skip, options) -> bool | None:
    """Leave out the fields of named tuples, which say what number they have."""
    return True if (getattr(obj, "__doc__", None) or "").startswith("Alias for field") else None
