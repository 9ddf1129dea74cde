"""What shells need to complete our commands: shtab's scripts, right where several paths are taken.

shtab reads a parser. For arguments of several words its scripts of zsh complete the first alone,
and those of tcsh nothing from the third word on. Both are put right here, and shells are told what
is a path: what is no number and none of a few words.
"""

import argparse
import re
from collections.abc import Sequence
from typing import Any

import shtab

__all__ = ["add_completion"]

_NOTHING = {"tcsh": "()"}
"""Of numbers: tcsh, which knows no commands, would complete a file."""


def add_completion(parser: argparse.ArgumentParser) -> None:
    """Give a command line `--print-completion`, which prints what a shell needs to complete it.

    Parameters
    ----------
    parser
        Parser that is changed in place.
    """
    parser.add_argument(
        "--print-completion",
        action=_Print,
        choices=shtab.SUPPORTED_SHELLS,
        metavar="SHELL",
        help=f"print what a shell needs to complete this: {', '.join(shtab.SUPPORTED_SHELLS)}",
    )


class _Print(argparse.Action):
    """Print the script of a shell, and end."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        _complete_paths(parser)
        shell = str(values)
        script = shtab.complete(parser, shell)
        print(_RIGHT[shell](script) if shell in _RIGHT else script)
        parser.exit(0)


def _complete_paths(parser: argparse.ArgumentParser) -> None:
    """Let shells complete what may be a path: what is no number and none of a few words."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                _complete_paths(command)
        elif action.nargs != 0 and not action.choices:
            paths = shtab.FILE if action.type is None else _NOTHING
            action.complete = paths  # type: ignore[attr-defined]


def _zsh(script: str) -> str:
    """Let `_arguments` take any number of words where the command line does."""
    return re.sub(r'^  "\(\*\)::?', '  "*:', script, flags=re.MULTILINE)


def _tcsh(script: str) -> str:
    """Let words from the third on be files."""
    return script.replace("'p/*/()/'", "'p/*/f/'")


_RIGHT = {"zsh": _zsh, "tcsh": _tcsh}
