"""Changes made to the atoms a crystal supplies, before a volume cuts them out."""

import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from czone.checks import as_integer, as_offering
from czone.equality import Compared
from czone.quick import Quick
from czone.randomness import as_seed, uniforms
from czone.saved import Saved
from czone.shown import call

__all__ = [
    "ArbitraryPostTransform",
    "BasePostTransform",
    "ChemicalSubstitution",
    "CustomPostTransform",
    "PostSequence",
]


class BasePostTransform(Compared, Saved, Quick, ABC):
    """A change of (points, species); acts before the strain field and before the volume cuts.

    Examples
    --------
    >>> class AllGold(BasePostTransform):
    ...     def apply_function(self, points, species, **kwargs):
    ...         return points, np.full_like(species, 79)
    >>> AllGold().apply_function(np.zeros((1, 3)), np.array([6]))[1]
    array([79])
    """

    _quick: ClassVar[dict[str, str]] = {"apply_on_sites": "apply_function _replace_species"}

    def __init__(self) -> None:
        self.origin = np.zeros(3)

    def apply_on_sites(self, species: np.ndarray, keys: np.ndarray) -> np.ndarray | None:
        """Return the new atomic numbers (n,) of atoms that stay where they are.

        None, the default, says that positions are needed: `apply_function` is asked instead, with
        all atoms around a volume. A class that answers is asked for the atoms inside alone.

        Parameters
        ----------
        species
            Atomic numbers (n,).
        keys
            Cell and place in the cell (n, 4) of each atom, whole numbers that are its own in the
            endless crystal.
        """
        return None

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
        A mapping, ``{79: 29}``, says both: `frac` and `rng` are then the second and third argument.
    frac
        Fraction between 0 and 1 of all atoms of the target; one number, or one per target. Where a
        target is named several times, its fractions add up to 1 at most.
    exact
        False replaces every atom with probability `frac`; True replaces round(frac * n) of the n
        atoms of the target in the volume (in a scene: before others displace them), one less where
        fractions that fill up 1 would round to more than n.
    rng
        int seed, numpy Generator or None. One number is drawn at construction, so the same object
        makes the same substitution at every call. In a crystal the draw belongs to the site: the
        same site has the same atom in every volume, however the crystal is turned or moved. (With
        `exact` this holds while the volume holds the same sites.)
    seed
        The drawn number itself, of another substitution that is to be made again.
    mapping
        Targets and substitutes by name.

    Examples
    --------
    >>> alloy = ChemicalSubstitution("Au", "Cu", 0.5, exact=True, rng=1)
    >>> _, species = alloy.apply_function(np.zeros((4, 3)), np.full(4, 79))
    >>> sorted(species.tolist())
    [29, 29, 79, 79]
    >>> ChemicalSubstitution({"Au": "Cu"}, 0.5).mapping
    {79: 29}
    """

    def __init__(
        self,
        target: Any = None,
        substitute: Any = None,
        frac: Any = None,
        *,
        exact: bool = False,
        rng: int | np.random.Generator | None = None,
        seed: int | None = None,
        mapping: Mapping[Any, Any] | None = None,
    ) -> None:
        from czone.geometry.elements import atomic_numbers

        super().__init__()
        target, substitute, frac, rng = _pairs(target, substitute, frac, rng, mapping)
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
        for number in set(self.target.tolist()):
            total = self.frac[self.target == number].sum()
            if total > 1 + 1e-9:
                raise ValueError(
                    f"frac must add up to at most 1 for each target; got {total:g} for {number}"
                )
        self.exact = bool(exact)
        self.seed = as_seed(rng) if seed is None else as_integer("seed", seed)

    @property
    def mapping(self) -> dict[int, int]:
        """What replaces each element, by atomic number; set another to change it."""
        return dict(zip(self.target.tolist(), self.substitute.tolist(), strict=True))

    @mapping.setter
    def mapping(self, value: Mapping[Any, Any]) -> None:
        fractions = np.unique(self.frac)
        if len(fractions) != 1 and len(value) != len(self.frac):
            raise ValueError(f"mapping must keep its {len(self.frac)} fractions; got {value!r}")
        frac = self.frac if len(value) == len(self.frac) else fractions
        changed = ChemicalSubstitution(value, frac, exact=self.exact)
        self.target, self.substitute, self.frac = changed.target, changed.substitute, changed.frac

    @property
    def rng(self) -> np.random.Generator:
        """A stream at the drawn `seed`; setting a seed or a stream draws another."""
        return np.random.default_rng(self.seed)

    @rng.setter
    def rng(self, value: int | np.random.Generator | None) -> None:
        self.seed = as_seed(value)

    def _replace_species(
        self, species: np.ndarray, seed: int | None = None, keys: np.ndarray | None = None
    ) -> np.ndarray:
        """Return atomic numbers with the substitutions made; atoms without keys are counted."""
        seed = self.seed if seed is None else seed
        keys = np.arange(len(species))[:, None] if keys is None else keys
        replaced = np.array(species)
        for target in dict.fromkeys(self.target.tolist()):
            ways = self.target == target
            atoms = np.flatnonzero(species == target)
            # Another target or substitute is another draw, under the same seed too.
            names = [target, *self.substitute[ways].tolist()]
            draw = uniforms(seed, *names, *keys[atoms].T)
            if self.exact:
                order = np.argsort(draw, kind="stable")
                ends = _whole_shares(self.frac[ways], len(atoms)).cumsum()
                way = np.empty(len(atoms), dtype=np.int64)
                way[order] = np.searchsorted(ends, np.arange(len(atoms)), side="right")
            else:
                way = np.searchsorted(self.frac[ways].cumsum(), draw, side="right")
            # The last way is to stay.
            replaced[atoms] = np.append(self.substitute[ways], target)[way]
        return replaced

    def apply_on_sites(self, species: np.ndarray, keys: np.ndarray) -> np.ndarray | None:
        """Return the new atomic numbers of atoms on the sites of a crystal."""
        return self._replace_species(species, keys=keys)

    def apply_function(
        self, points: np.ndarray, species: np.ndarray, **kwargs: Any
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the positions and the new atomic numbers; ``seed=`` overrides the stored draw."""
        return points, self._replace_species(np.asarray(species), kwargs.get("seed"))

    def __repr__(self) -> str:
        pairs = [self.target.tolist(), self.substitute.tolist(), self.frac.tolist()]
        return call(self, *pairs, exact=self.exact, seed=self.seed)


def _pairs(target: Any, substitute: Any, frac: Any, rng: Any, mapping: Any) -> tuple:
    """Return targets, substitutes, fractions and rng from either way to give them."""
    if mapping is not None:
        if target is not None:
            raise TypeError(f"target and mapping say the same; got {target!r} and {mapping!r}")
        target = mapping
    if not isinstance(target, Mapping):
        if mapping is not None:
            raise TypeError(f"mapping must be a mapping of elements to elements; got {mapping!r}")
        for name, value in (("target", target), ("substitute", substitute), ("frac", frac)):
            if value is None:
                raise TypeError(f"{name} must be given; got None")
        return target, substitute, frac, rng
    sources, results = list(target), list(target.values())
    if substitute is None and frac is not None:  # by name
        return sources, results, frac, rng
    if substitute is not None and (frac is None or rng is None):  # (mapping, frac, rng)
        return sources, results, substitute, rng if frac is None else frac
    raise TypeError(f"mapping takes frac and rng, each once; got {frac!r} and rng={rng!r}")


def _whole_shares(fractions: np.ndarray, count: int) -> np.ndarray:
    """Return round(fraction * count) of each, less where these are more than there are."""
    shares = np.rint(fractions * count).astype(np.int64)
    for _ in range(int(max(0, shares.sum() - count))):
        shares[np.argmax(shares - fractions * count)] -= 1  # the one rounded up the most
    return shares


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


CustomPostTransform = ArbitraryPostTransform


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

    def apply_on_sites(self, species: np.ndarray, keys: np.ndarray) -> np.ndarray | None:
        """Return the atomic numbers after every member; None if one of them asks for positions."""
        for transform in self.transforms:
            on_sites = getattr(transform, "apply_on_sites", None)
            found = None if on_sites is None else on_sites(species, keys)
            if found is None:
                return None
            species = found
        return species

    def __repr__(self) -> str:
        return f"PostSequence({self.transforms!r})"


def tell_absent(post: BasePostTransform | None, cell: Any) -> None:
    """Warn of a substitution whose targets are not in a crystal, where it changes nothing."""
    if not isinstance(post, ChemicalSubstitution) or cell is None:
        return
    from czone.geometry.elements import SYMBOLS

    present = set(cell.numbers.tolist())
    for content in cell.contents or ():
        present |= {number for number, _ in content}
    if post.target.size and not present & set(post.target.tolist()):
        shown = [", ".join(SYMBOLS[n] for n in sorted(set(ns))) for ns in (post.target, present)]
        warnings.warn(
            f"target must be an element of the crystal; got {shown[0]} for a crystal of "
            f"{shown[1]}, in which nothing is replaced",
            stacklevel=4,
        )


def as_post_transform(name: str, value: BasePostTransform | None) -> BasePostTransform | None:
    """Return a post transform or None; a user's own need not derive from `BasePostTransform`."""
    if value is None:
        return value
    return as_offering(name, value, "a post transform or None", "apply_function")
