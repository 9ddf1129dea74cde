"""Several transforms as one."""

from typing import Any

import numpy as np

from czone.transform.base import BaseTransform, steps_of

__all__ = ["MultiTransform"]


class MultiTransform(BaseTransform):
    """Sequence of transforms, the first acting first.

    Each member keeps its own `locked` and `basis_only`: a locked rotation followed by an unlocked
    shift turns the crystal of a volume and does not shift it.

    Parameters
    ----------
    transforms
        Transforms, in the order they act.

    Examples
    --------
    >>> from czone.transform import Translation
    >>> both = MultiTransform([Translation([1, 0, 0]), Translation([0, 2, 0])])
    >>> both.apply_transformation([0, 0, 0])
    array([1., 2., 0.])
    """

    def __init__(self, transforms: list[BaseTransform] | None = None) -> None:
        self._transforms: list[BaseTransform] = []
        if transforms is not None:
            self.add_transform(transforms)

    @property
    def transforms(self) -> list[BaseTransform]:
        """The members, in the order they act."""
        return self._transforms

    def add_transform(self, transform: BaseTransform | list[BaseTransform]) -> None:
        """Append one transform, or several, to the end."""
        steps_of(transform)
        members = transform if isinstance(transform, (list, tuple)) else [transform]
        self._transforms.extend(members)

    @property
    def steps(self) -> tuple[BaseTransform, ...]:
        """The members, those of nested sequences included."""
        return steps_of(self._transforms)

    @property
    def params(self) -> list:
        """The parameters of every member."""
        return [member.params for member in self._transforms]

    @property
    def locked(self) -> bool:
        """Whether any member moves the crystal of a volume."""
        return any(member.locked for member in self._transforms)

    @locked.setter
    def locked(self, value: bool) -> None:
        for member in self._transforms:
            member.locked = value

    @property
    def basis_only(self) -> bool:
        """Whether any member leaves the origin of a crystal in place."""
        return any(member.basis_only for member in self._transforms)

    @basis_only.setter
    def basis_only(self, value: bool) -> None:
        for member in self._transforms:
            member.basis_only = value

    @property
    def matrix(self) -> np.ndarray:
        """Linear part (3, 3) of the whole sequence."""
        matrix = np.eye(3)
        for step in self.steps:
            matrix = step.matrix @ matrix
        return matrix

    @property
    def shift(self) -> np.ndarray:
        """Image (3,) of the coordinate origin, in angstrom."""
        shift = np.zeros(3)
        for step in self.steps:
            shift = step.matrix @ shift + step.shift
        return shift

    def apply_transformation(self, points: np.ndarray) -> np.ndarray:
        """Return points moved by every member in turn."""
        for member in self._transforms:
            points = member.apply_transformation(points)
        return np.array(points, dtype=float)

    def apply_transformation_bases(self, points: np.ndarray) -> np.ndarray:
        """Return lattice vectors (columns) moved by every member in turn."""
        for member in self._transforms:
            points = member.apply_transformation_bases(points)
        return np.array(points, dtype=float)

    def apply_transformation_alg(self, alg_object: Any) -> Any:
        """Return a surface itself, moved in place by every member in turn."""
        for member in self._transforms:
            alg_object = member.apply_transformation_alg(alg_object)
        return alg_object

    def inverse(self) -> "MultiTransform":
        """Return the inverses of the members in reverse order."""
        return MultiTransform([member.inverse() for member in reversed(self._transforms)])

    def __repr__(self) -> str:
        return f"MultiTransform({self._transforms!r})"
