"""The error that says no: what a caller handed over cannot be used, and the message says why.

Command lines print a `Refusal` as one line, without a traceback. A bare `ValueError` is nobody's
refusal but a fault of the program, so its traceback is shown.
"""

from collections.abc import Callable

__all__ = ["Implausible", "Refusal", "answered"]


class Refusal(ValueError):
    """Input that cannot be used; the message names the argument, the rule and what came."""

    in_recipe: str = ""
    """The message as those read it who wrote a recipe, where its advice is not Python for them."""


class Implausible(UserWarning):
    """A number that is possible but unusual, often one in another unit."""


_ANSWERED = (Refusal, OSError, ImportError, MemoryError, FloatingPointError)


def answered(command: Callable[[], int]) -> tuple[int, str]:
    """Run a command; return its exit code and the line to print if it was refused.

    Parameters
    ----------
    command
        Returns an exit code.

    Returns
    -------
    code
        Exit code of the command; 2 if it was refused, or if the machine could not do it: a file, a
        library or memory is missing, a number ran over.
    line
        The message in one line; empty if nothing went wrong.

    Examples
    --------
    >>> def command():
    ...     raise Refusal("dose must be positive; got -1")
    >>> answered(command)
    (2, 'dose must be positive; got -1')
    """
    try:
        return command(), ""
    except BrokenPipeError:
        raise  # the reader of the output went away; nobody is left to be told
    except _ANSWERED as error:
        words = getattr(error, "in_recipe", "") or str(error)  # commands read recipes
        return 2, " ".join(words.split()) or type(error).__name__
