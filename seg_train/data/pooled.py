"""Several sources as one: data sets pooled, simulated and labelled micrographs together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hrtem_sim.provenance import identity
from hrtem_sim.refusal import Refusal
from seg_train.data.examples import Example, Examples, as_examples
from seg_train.data.source import Source


class PooledSource:
    """All examples of several sources, every epoch.

    Parameters
    ----------
    sources
        Sources, at least one. Their pixels may differ; all are brought to the training grid.

    Examples
    --------
    >>> from seg_train import load_experimental_sample
    >>> from seg_train.data import LabelledSource
    >>> sample = load_experimental_sample()
    >>> gold, silver = sample[4:], sample[:4]
    >>> parts = [LabelledSource(part, seed=1, held_out=0.5) for part in (gold, silver)]
    >>> len(PooledSource(parts).epoch(0))
    8
    """

    def __init__(self, sources: Sequence[Source]) -> None:
        if not sources:
            raise Refusal("sources must hold at least one; got none")
        self._sources = tuple(sources)
        self.pixel_size = max(source.pixel_size for source in sources)
        self.identity = identity([source.identity for source in sources], "pooled")
        self._known: dict[tuple[int, ...], Joined] = {}

    @property
    def sources(self) -> tuple[Source, ...]:
        """Sources, in order."""
        return self._sources

    def epoch(self, number: int) -> "Joined":
        """Return the examples of an epoch, source after source."""
        return self._joined([as_examples(s.epoch(number), s.pixel_size) for s in self._sources])

    def validation(self) -> "Joined":
        """Return the validation examples of all sources."""
        return Joined(tuple(as_examples(s.validation(), s.pixel_size) for s in self._sources))

    def _joined(self, parts: list[Examples]) -> "Joined":
        """The same object for the same parts, so that what was prepared of them stays known."""
        key = tuple(map(id, parts))
        if key not in self._known:
            self._known = {key: Joined(tuple(parts))}
        return self._known[key]


@dataclass(frozen=True, eq=False)
class Joined:
    """Examples one after the other.

    Parameters
    ----------
    parts
        Examples of each source.
    """

    parts: tuple[Examples, ...]

    @property
    def sizes(self) -> list[int]:
        """Number of examples of each source."""
        return [len(part) for part in self.parts]

    def __len__(self) -> int:
        return sum(self.sizes)

    def take(self, positions: np.ndarray) -> list[Example]:
        """Return the examples at some positions."""
        ends = np.cumsum(self.sizes)
        owner = np.searchsorted(ends, positions, side="right")
        found: dict[int, Example] = {}
        for k in np.unique(owner).tolist():
            places = np.flatnonzero(owner == k)
            begin = ends[k] - len(self.parts[k])
            taken = self.parts[k].take(np.asarray(positions)[places] - begin)
            found.update(zip(places.tolist(), taken, strict=True))
        return [found[k] for k in range(len(positions))]
