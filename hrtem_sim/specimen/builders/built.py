"""What a builder returns: atoms, and what is known of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from czone.scene import BaseScene
from hrtem_sim.frozen import frozen
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen.specimen import Specimen

Streams = Callable[..., np.random.Generator]
"""Gives the random stream of a purpose: `streams("film")`, `streams("defect planes", 1)`."""

SUPPORTS = ("film", "support", "substrate", "contamination")
"""Beginnings of the names of objects that are no particles."""

Fact = int | float | str | bool

_DEFAULT: Any = None  # replaced when the value is made


@dataclass(frozen=True, eq=False)
class Built:
    """A specimen and what its builder knows of it.

    Parameters
    ----------
    specimen
        Atoms: a `Specimen`, or a `czone` scene, which is populated if it is not.
    names
        Names of the objects of a scene, in its order; default: object-0, object-1, ...
    particles
        Names of the objects that are particles: masks and labels show these. Default: all whose
        names do not begin with film, support, substrate or contamination.
    facts
        Numbers and texts that become columns of the catalogue.
    defects
        For each particle the kinds of its planar defects, in order along the plane normal.
    volumes
        Volume per atom of objects in cubic angstrom, where it is known; others are measured.
    bases
        Basis vectors of single crystals as they lie, matrices (3, 3) of columns in angstrom, by the
        names of the objects, where they are known.

    Examples
    --------
    >>> atoms = Specimen([[2, 2, 2], [6, 2, 2]], [79, 6], (8, 8, 4), [0, 1], ("gold", "film"))
    >>> Built(atoms).particles
    ('gold',)
    """

    specimen: Specimen
    names: tuple[str, ...] = _DEFAULT
    particles: tuple[str, ...] = _DEFAULT
    facts: Mapping[str, Fact] = field(default_factory=dict)
    defects: tuple[tuple[str, ...], ...] = ()
    volumes: Mapping[str, float] = field(default_factory=dict)
    bases: Mapping[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        set_ = lambda name, value: object.__setattr__(self, name, value)  # noqa: E731
        set_("specimen", _as_specimen(self.specimen, self.names))
        objects = self.specimen.objects
        set_("names", objects)
        given = [o for o in objects if not o.startswith(SUPPORTS)]
        set_("particles", tuple(given if self.particles is None else self.particles))
        for name, known in (
            ("particles", self.particles),
            ("volumes", self.volumes),
            ("bases", self.bases),
        ):
            if strange := [one for one in known if one not in objects]:
                raise Refusal(
                    f"{name} must name objects of the specimen, {', '.join(objects)}; got "
                    f"{strange[0]!r}"
                )
        for name, value in self.facts.items():
            if not isinstance(value, Fact | np.number) or not str(name).isidentifier():
                raise Refusal(
                    "facts must be numbers or texts by names that can be columns; got "
                    f"{name!r}: {value!r}"
                )
        set_("facts", {k: _plain(v) for k, v in self.facts.items()})
        set_("volumes", {k: float(v) for k, v in self.volumes.items()})
        set_("bases", {k: frozen(v) for k, v in self.bases.items()})
        set_("defects", tuple(tuple(kinds) for kinds in self.defects))


def _plain(value: Any) -> Fact:
    fact: Fact = value.item() if isinstance(value, np.number) else value
    return fact


def _as_specimen(given: object, names: Sequence[str] | None) -> Specimen:
    if isinstance(given, Specimen):
        if names is not None and tuple(names) != given.objects:
            raise Refusal(
                f"names must be left out for a Specimen, which has its own; got {list(names)}"
            )
        return given
    if not isinstance(given, BaseScene):
        raise TypeError(f"specimen must be a Specimen or a czone scene; got {type(given).__name__}")
    try:
        _ = given.all_atoms
    except RuntimeError:  # not populated yet, or changed since
        given.populate()
    return Specimen.from_scene(given, objects=None if names is None else list(names))
