"""The interface of everything that supplies atoms, and the supplier of none."""

from abc import ABC, abstractmethod
from copy import deepcopy
from typing import Any, ClassVar, Self

import numpy as np

from czone.equality import Compared
from czone.geometry.region import Body
from czone.quick import Quick
from czone.saved import Saved
from czone.spelling import Spelled
from czone.transform.base import steps_of

__all__ = ["BaseGenerator", "NullGenerator"]


class BaseGenerator(Compared, Saved, Quick, Spelled, ABC):
    """A supplier of atoms for a volume.

    A new generator needs `supply_atoms`. One whose atoms have a place of their own (an origin, a
    direction) also needs `transform`; the default leaves it as it is.

    Examples
    --------
    >>> import numpy as np
    >>> class OneAtom(BaseGenerator):
    ...     def supply_atoms(self, bbox):
    ...         return np.zeros((1, 3)), np.array([79])
    >>> from czone.volume import Sphere, Volume
    >>> ball = Volume(alg_objects=[Sphere(1, [0, 0, 0])], generator=OneAtom())
    >>> ball.populate_atoms()
    >>> ball.species
    array([79])
    """

    _quick: ClassVar[dict[str, str]] = {
        "supply_inside": "supply_atoms",
        "kept_share": "supply_atoms supply_inside",
    }

    @abstractmethod
    def supply_atoms(self, bbox: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return atoms that fill a region.

        Parameters
        ----------
        bbox
            Points (m, 3) around the region, in angstrom.

        Returns
        -------
        positions
            Array (n, 3), in angstrom; may reach beyond the region.
        numbers
            Atomic numbers (n,).
        """

    def kept_share(self) -> float | None:
        """Return the share of the sum of their covalent radii that all its atoms keep, if known.

        What is known here need not be searched for in every volume and scene.
        """
        return None

    def supply_inside(self, region: Body, **kwargs: Any) -> tuple[np.ndarray, np.ndarray] | None:
        """Return the atoms inside a volume directly, or None when they must be supplied and tested.

        A class that overrides `supply_atoms` and not this is asked for the former.

        Parameters
        ----------
        region
            Region to fill, see `czone.geometry.region.Body`.
        **kwargs
            Keywords that `Volume.populate_atoms` was given.
        """
        return None

    @property
    def body(self) -> Body | None:
        """The space that the atoms take up, where they have one of their own; None for a solid."""
        return None

    def transform(self, transformation: Any) -> None:
        """Move the generator; the default has no place of its own and checks the argument only."""
        steps_of(transformation)

    def from_generator(self, **kwargs: Any) -> Self:
        """Return a copy, moved by ``transformation``: one transform or a list of them."""
        transformation = kwargs.pop("transformation", None)
        if kwargs:
            raise TypeError(f"from_generator takes transformation only; got {sorted(kwargs)}")
        copy = deepcopy(self)
        for step in () if transformation is None else steps_of(transformation):
            copy.transform(step)
        return copy

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class NullGenerator(BaseGenerator):
    """Supplies no atoms: a volume of empty space, which still displaces those of others.

    Examples
    --------
    >>> len(NullGenerator().supply_atoms(np.eye(3))[0])
    0
    """

    def supply_atoms(self, bbox: np.ndarray, **kwargs: Any) -> tuple[np.ndarray, np.ndarray]:
        """Return no atoms, (0, 3) and (0,).

        Parameters
        ----------
        bbox, **kwargs
            Points (m, 3), in angstrom, and what `Volume.populate_atoms` was given; both ignored.
        """
        return np.zeros((0, 3)), np.zeros(0, dtype=np.int64)
