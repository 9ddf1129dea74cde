"""Checking what callers hand over: every array that enters is copied, shaped and finite."""

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

import numpy as np
from numpy.typing import ArrayLike

__all__ = [
    "Checked",
    "as_between",
    "as_flag",
    "as_integer",
    "as_matrix",
    "as_offering",
    "as_points",
    "as_positive",
    "as_unit",
    "as_vector",
    "as_zero_or_more",
    "read_only",
]

T = TypeVar("T")


class Checked(Generic[T]):
    """An attribute whose values pass a check, such as `as_positive`, on their way in.

    Parameters
    ----------
    check
        Function of the attribute's name and the value that returns what is kept.
    doc
        Description of the attribute, with its unit.

    Examples
    --------
    >>> class Ball:
    ...     radius = Checked(as_positive, "Radius, in angstrom.")
    >>> ball = Ball()
    >>> ball.radius = 2
    >>> ball.radius
    2.0
    """

    def __init__(self, check: Callable[[str, Any], T], doc: str) -> None:
        self._check = check
        self.__doc__ = doc

    def __set_name__(self, owner: type, name: str) -> None:
        self._name, self._key = name, f"_{name}"

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object | None, owner: type) -> Self | T:
        return self if instance is None else instance.__dict__[self._key]

    def __set__(self, instance: object, value: Any) -> None:
        if "_frozen" in vars(instance):
            raise AttributeError(
                f"{self._name} belongs to a value that never changes; change a copy "
                f"(copy.deepcopy) of this {type(instance).__name__}"
            )
        vars(instance)[self._key] = self._check(self._name, value)

    # As of a property, so that a class further down can vary reading or setting.

    def fget(self, instance: object) -> T:
        """Return the value, as ``Ball.radius.fget(ball)``."""
        return self.__get__(instance, type(instance))

    def fset(self, instance: object, value: Any) -> None:
        """Check and keep a value, as ``Ball.radius.fset(ball, 2)``."""
        self.__set__(instance, value)

    def getter(self, function: Callable[[Any], Any]) -> property:
        """Return the attribute, read in another way: ``@Ball.radius.getter``."""
        return property(function, self.fset, doc=self.__doc__)

    def setter(self, function: Callable[[Any, Any], None]) -> property:
        """Return the attribute, set in another way: ``@Ball.radius.setter``."""
        return property(self.fget, function, doc=self.__doc__)


def _as_floats(name: str, value: ArrayLike, wanted: str) -> np.ndarray:
    try:
        array = np.array(value, dtype=float)
    except (TypeError, ValueError) as error:
        raise TypeError(f"{name} must be {wanted}; got {value!r}") from error
    wrong = ~np.isfinite(array)
    if wrong.any():
        place = tuple(np.argwhere(wrong)[0].tolist())
        at = f" at {list(place)}" if place else ""
        raise ValueError(f"{name} must be finite; got {array[place]}{at}")
    return array


def as_vector(name: str, value: ArrayLike, *, nonzero: bool = False) -> np.ndarray:
    """Return a new (3,) float array, or raise an error that names the argument.

    Examples
    --------
    >>> as_vector("center", [1, 2, 3])
    array([1., 2., 3.])
    >>> as_vector("center", [1, 2])
    Traceback (most recent call last):
        ...
    ValueError: center must be 3 numbers; got shape (2,)
    """
    array = _as_floats(name, value, "3 numbers")
    if array.size != 3 or array.ndim > 2:
        raise ValueError(f"{name} must be 3 numbers; got shape {array.shape}")
    array = array.reshape(3)
    if nonzero and not np.linalg.norm(array) > 0:
        raise ValueError(f"{name} must not be the zero vector; got {value!r}")
    return array


def as_unit(name: str, value: ArrayLike) -> np.ndarray:
    """Return a new (3,) float array of length 1 along a direction of any length."""
    direction = as_vector(name, value, nonzero=True)
    return direction / np.linalg.norm(direction)


def as_points(name: str, value: ArrayLike) -> np.ndarray:
    """Return a new (n, 3) float array; a single point (3,) becomes (1, 3)."""
    array = _as_floats(name, value, "points of shape (n, 3)")
    if array.shape == (3,):
        array = array.reshape(1, 3)
    if array.size == 0:
        array = array.reshape(0, 3)
    if array.ndim != 2 or array.shape[1] != 3:
        raise ValueError(f"{name} must be points of shape (n, 3); got shape {array.shape}")
    return array


def as_matrix(name: str, value: ArrayLike, *, regular: bool = True) -> np.ndarray:
    """Return a new (3, 3) float array; `regular` refuses a matrix of rank below 3."""
    array = _as_floats(name, value, "a matrix of shape (3, 3)")
    if array.shape != (3, 3):
        raise ValueError(f"{name} must be a matrix of shape (3, 3); got shape {array.shape}")
    if regular and np.linalg.matrix_rank(array) < 3:
        raise ValueError(f"{name} must have three independent columns; got {array.tolist()}")
    return array


def as_zero_or_more(name: str, value: Any) -> float:
    """Return a finite float not below zero, a length in angstrom."""
    return as_positive(name, value, or_zero=True)


def as_positive(name: str, value: Any, unit: str = "angstrom", *, or_zero: bool = False) -> float:
    """Return a finite float above zero, or not below it.

    Examples
    --------
    >>> as_positive("radius", 2)
    2.0
    >>> as_positive("radius", -1)
    Traceback (most recent call last):
        ...
    ValueError: radius must be positive, in angstrom; got -1
    """
    allowed, kind = ("zero or more", "number") if or_zero else ("positive", "positive number")
    if isinstance(value, (bool, np.bool_, str)) or np.ndim(value):
        raise TypeError(f"{name} must be a {kind}, in {unit}; got {value!r}")
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        raise TypeError(f"{name} must be a {kind}, in {unit}; got {value!r}") from error
    if not (0 <= number < np.inf) or (number == 0 and not or_zero):
        raise ValueError(f"{name} must be {allowed}, in {unit}; got {value!r}")
    return number


def as_between(name: str, value: Any, low: float, high: float, unit: str = "") -> float:
    """Return a float from `low` to `high`, both included.

    Examples
    --------
    >>> as_between("ratio", 0.5, 0, 1)
    0.5
    """
    allowed = f"from {low:g} to {high:g}" + (f", in {unit}" if unit else "")
    if isinstance(value, (bool, np.bool_, str)) or np.ndim(value):
        raise TypeError(f"{name} must be a number {allowed}; got {value!r}")
    if not low <= value <= high:
        raise ValueError(f"{name} must be {allowed}; got {value!r}")
    return float(value)


def as_integer(name: str, value: Any) -> int:
    """Return an int; NumPy integers are integers, booleans are not."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{name} must be an integer; got {value!r}")
    return int(value)


def as_flag(name: str, value: Any) -> bool:
    """Return a bool; NumPy booleans are booleans."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False; got {value!r}")
    return bool(value)


def as_offering(name: str, value: T, wanted: str, *offered: str) -> T:
    """Return a value that has the attributes of what is wanted, or raise an error.

    Examples
    --------
    >>> as_offering("view", np.eye(2), "an array", "shape").shape
    (2, 2)
    >>> as_offering("view", {}, "an array", "shape")
    Traceback (most recent call last):
        ...
    TypeError: view must be an array; got {}
    """
    if not all(hasattr(value, attribute) for attribute in offered):
        raise TypeError(f"{name} must be {wanted}; got {value!r}")
    return value


def read_only(array: np.ndarray) -> np.ndarray:
    """Return an array, or a view of it, that refuses changes: writing into it is an error.

    Examples
    --------
    >>> read_only(np.zeros(2))[0] = 1
    Traceback (most recent call last):
        ...
    ValueError: assignment destination is read-only
    """
    if array.flags.writeable:
        array = array.view()
        array.flags.writeable = False
    return array
