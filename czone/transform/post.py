"""Changes made to the atoms a crystal supplies, before a volume cuts them out."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from czone.equality import Compared
from czone.randomness import as_rng

__all__ = ["ArbitraryPostTransform", "BasePostTransform", "ChemicalSubstitution", "PostSequence"]


class BasePostTransform(Compared, ABC):
    """A change of (points, species); acts before the strain field and before the volume cuts.

    Examples
    --------
    >>> class AllGold(BasePostTransform):
    ...     def apply_function(self, points, species, **kwargs):
    ...         return points, np.full_like(species, 79)
    >>> AllGold().apply_function(np.zeros((1, 3)), np.array([6]))[1]
    array([79])
    """

    def __init__(self) -> None:
        self.origin = np.zeros(3)

    @abstractmethod
    def apply_function(
        self, points: np.ndarray, species: np.ndarray, **kwargs: Any
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return changed positions (n, 3), in angstrom, and atomic numbers (n,).

        Parameters
        ----------
        points, species
            Positions (n, 3), in angstrom, and atomic numbers (n,).
        **kwargs
            `seed` overrides the stored draw of those that draw.
        """

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class ChemicalSubstitution(BasePostTransform):
    """Replace a fraction of the atoms of some elements by other elements.

    Parameters
    ----------
    target, substitute
        Elements to replace and what replaces them: one atomic number or symbol, or matching lists.
        All targets are chosen among the atoms as supplied, so a substitute is not replaced again.
    frac
        Fraction between 0 and 1; one number, or one per target.
    exact
        False draws every atom with probability `frac`; True replaces round(frac * n) of the n
        atoms of the supplied block.
    rng
        int seed, numpy Generator or None. One number is drawn at construction, so the same object
        makes the same substitution at every call.

    Examples
    --------
    >>> alloy = ChemicalSubstitution("Au", "Cu", 0.5, exact=True, rng=1)
    >>> _, species = alloy.apply_function(np.zeros((4, 3)), np.full(4, 79))
    >>> sorted(species.tolist())
    [29, 29, 79, 79]
    """

    def __init__(
        self,
        target: Any,
        substitute: Any,
        frac: float | Sequence[float],
        *,
        exact: bool = False,
        rng: int | np.random.Generator | None = None,
    ) -> None:
        from czone.geometry.elements import atomic_numbers

        super().__init__()
        self.target = atomic_numbers("target", target)
        self.substitute = atomic_numbers("substitute", substitute)
        if len(self.target) != len(self.substitute):
            raise ValueError(
                "target and substitute must have the same length; "
                f"got {len(self.target)} and {len(self.substitute)}"
            )
        fractions = np.atleast_1d(np.array(frac, dtype=float))
        if fractions.shape not in ((1,), (len(self.target),)):
            raise ValueError(f"frac must be one number, or one per target; got {frac!r}")
        if not ((fractions >= 0) & (fractions <= 1)).all():
            raise ValueError(f"frac must lie between 0 and 1; got {frac!r}")
        self.frac = np.broadcast_to(fractions, len(self.target)).copy()
        self.exact = bool(exact)
        self.seed = int(as_rng(rng).integers(2**63))

    def _replace_species(self, species: np.ndarray, seed: int | None = None) -> np.ndarray:
        """Return atomic numbers with the substitutions made."""
        rng = np.random.default_rng(self.seed if seed is None else seed)
        replaced = np.array(species)
        free = np.ones(len(replaced), dtype=bool)
        for target, substitute, frac in zip(self.target, self.substitute, self.frac, strict=True):
            sites = np.flatnonzero((species == target) & free)
            if self.exact:
                chosen = rng.permutation(sites)[: round(frac * len(sites))]
            else:
                chosen = sites[rng.random(len(sites)) < frac]
            replaced[chosen] = substitute
            free[chosen] = False
        return replaced

    def apply_function(
        self, points: np.ndarray, species: np.ndarray, **kwargs: Any
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the positions and the new atomic numbers; ``seed=`` overrides the stored draw."""
        return points, self._replace_species(np.asarray(species), kwargs.get("seed"))

    def __repr__(self) -> str:
        pairs = f"{self.target.tolist()}, {self.substitute.tolist()}, {self.frac.tolist()}"
        return f"ChemicalSubstitution({pairs}, exact={self.exact})"


class ArbitraryPostTransform(BasePostTransform):
    """Any function of (points, species) as a post transform.

    Parameters
    ----------
    fun
        Function of positions (n, 3) and atomic numbers (n,) that returns both, changed.

    Examples
    --------
    >>> keep = ArbitraryPostTransform(lambda points, species: (points[:1], species[:1]))
    >>> keep.apply_function(np.zeros((3, 3)), np.array([6, 7, 8]))
    (array([[0., 0., 0.]]), array([6]))
    """

    def __init__(self, fun: Callable[..., tuple[np.ndarray, np.ndarray]]) -> None:
        super().__init__()
        if not callable(fun):
            raise TypeError(f"fun must be a function of (points, species); got {fun!r}")
        self.fun = fun

    def apply_function(
        self, points: np.ndarray, species: np.ndarray, **kwargs: Any
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return what the function makes of the atoms."""
        return self.fun(points, species, **kwargs)

    def __repr__(self) -> str:
        return f"ArbitraryPostTransform({self.fun!r})"


class PostSequence(BasePostTransform):
    """Post transforms one after another.

    Parameters
    ----------
    transforms
        Post transforms, in the order they act; each draws from its own seed.

    Examples
    --------
    >>> first = ChemicalSubstitution("Au", "Ag", 1.0, rng=1)
    >>> both = PostSequence([first, ChemicalSubstitution("Ag", "Cu", 1.0, rng=1)])
    >>> both.apply_function(np.zeros((1, 3)), np.array([79]))[1]
    array([29])
    """

    def __init__(self, transforms: Sequence[BasePostTransform]) -> None:
        super().__init__()
        self.transforms: list[BasePostTransform] = []
        for transform in transforms:
            self.add_transform(transform)

    def add_transform(self, transform: BasePostTransform) -> None:
        """Append one post transform."""
        if not hasattr(transform, "apply_function"):
            raise TypeError(f"transform must be a post transform; got {transform!r}")
        self.transforms.append(transform)

    def apply_function(
        self, points: np.ndarray, species: np.ndarray, **kwargs: Any
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the atoms after every member; a ``seed=`` is split into one stream per member."""
        seed = kwargs.pop("seed", None)
        streams = np.random.SeedSequence(seed).generate_state(len(self.transforms), dtype=np.uint64)
        for transform, stream in zip(self.transforms, streams, strict=True):
            own = kwargs if seed is None else {**kwargs, "seed": int(stream)}
            points, species = transform.apply_function(points, species, **own)
        return points, species

    def __repr__(self) -> str:
        return f"PostSequence({self.transforms!r})"
