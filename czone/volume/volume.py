"""The volume: the part of space inside a hull and a set of surfaces, filled by a generator."""

from collections.abc import Iterable
from copy import deepcopy
from functools import partial
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike

from czone.checks import Checked, as_points, as_zero_or_more, read_only
from czone.equality import Unordered, sorted_rows
from czone.generator.base import BaseGenerator
from czone.generator.given import as_generator
from czone.geometry import BaseAlgebraic, Hull, Region, make_rect_prism
from czone.matter.atoms import Atoms, cut_out
from czone.shown import call
from czone.spelling import keywords
from czone.transform.base import AffineTransform, steps_of
from czone.volume.base import BaseVolume
from czone.volume.multivolume import MultiVolume

# Construction Zone has all of these here.
__all__ = ["BaseVolume", "MultiVolume", "Volume", "makeRectPrism", "make_rect_prism"]

makeRectPrism = make_rect_prism


class Volume(BaseVolume):
    """The common part of a convex hull and of algebraic surfaces, filled by a generator.

    Parameters
    ----------
    points
        Points (n, 3) whose convex hull bounds the volume, in angstrom.
    alg_objects
        Surfaces (spheres, planes, ...) that bound it; copied.
    generator
        Supplier of the atoms; copied. A crystal may be a pymatgen Structure, periodic ASE Atoms or
        the path of a file too, as for `Generator`. A `Molecule` is one too: cut by the volume, or
        with nothing to bound it whole, taking up the space of its atoms.
    priority
        Precedence, see `BaseVolume`.
    tolerance
        Padding of the hull, in angstrom.
    gen_origin
        New origin (3,) for the copy of the generator, in angstrom.
    **kwargs
        None is taken: a misspelt one is refused.

    Examples
    --------
    >>> from czone.generator import Generator
    >>> from czone.geometry import Sphere
    >>> gold = Generator.from_spacegroup(
    ...     Z=[79], coords=[[0, 0, 0]], cell_dims=[4.07825] * 3, cell_angs=[90] * 3, sgn=225)
    >>> ball = Volume(alg_objects=[Sphere(10, [0, 0, 0])], generator=gold)
    >>> ball.populate_atoms()
    >>> len(ball.atoms)
    249
    >>> ball.alg_objects[0].radius = 5  # the atoms were those of another ball
    >>> ball.atoms is None
    True
    """

    _spellings: ClassVar[dict[str, str]] = {"createHull": "create_hull", "addPoints": "add_points"}
    _quick: ClassVar[dict[str, str]] = dict.fromkeys(
        ("ball", "chords", "flat_faces", "outer_box", "span"), "check_if_interior get_bounding_box"
    )

    tolerance = Checked(as_zero_or_more, "Padding of the hull, in angstrom.")

    def __init__(
        self,
        points: ArrayLike | None = None,
        alg_objects: BaseAlgebraic | Iterable[BaseAlgebraic] | None = None,
        generator: Any = None,
        priority: int = 0,
        tolerance: float = 1e-10,
        gen_origin: ArrayLike | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(priority=priority, **kwargs)
        self._points = np.zeros((0, 3))
        self._hull: Hull | None = None
        self._alg_objects: list[BaseAlgebraic] = []
        self._generator: Any = None
        self.tolerance = tolerance
        if points is not None:
            self.points = points
        if alg_objects is not None:
            self.add_alg_object(alg_objects)
        if generator is not None:
            self.add_generator(generator, origin=gen_origin)
        elif gen_origin is not None:
            raise ValueError("gen_origin needs a generator; got generator=None")

    # What bounds the volume.

    @property
    def points(self) -> np.ndarray:
        """Points (n, 3) of the hull, in angstrom, read-only: set all of them, or `add_points`."""
        return read_only(self._points)

    @points.setter
    def points(self, value: ArrayLike) -> None:
        points = as_points("points", value)
        if len(points) == 0:
            raise ValueError("points must hold at least one point; got none")
        self._hull = Hull(points) if len(points) >= 4 else None
        self._points = points if self._hull is None else self._hull.points

    def add_points(self, points: ArrayLike) -> None:
        """Add points (n, 3) to the hull; fewer than four in all do not bound anything yet."""
        self.points = np.vstack([self._points, as_points("points", points)])

    def create_hull(self) -> None:
        """Build the hull of the points; raises ValueError when they span no volume."""
        self._hull = Hull(self._points)

    @property
    def hull(self) -> Any:
        """The scipy ConvexHull of the points; None without points."""
        return None if self._hull is None else self._hull.qhull

    @property
    def tri(self) -> Any:
        """The scipy Delaunay triangulation of the points; None without points."""
        return None if self._hull is None else self._hull.delaunay

    @property
    def alg_objects(self) -> list[BaseAlgebraic]:
        """The surfaces that bound the volume, its own: changing one changes the volume."""
        return self._alg_objects

    def add_alg_object(self, obj: BaseAlgebraic | Iterable[BaseAlgebraic]) -> None:
        """Add a copy of a surface, or of several."""
        members: list[Any] = list(obj) if hasattr(obj, "__iter__") else [obj]
        for member in members:
            if not isinstance(member, BaseAlgebraic):
                raise TypeError(f"alg_objects must be Sphere, Plane, Cylinder, ...; got {member!r}")
        self._alg_objects.extend(deepcopy(members))

    @property
    def region(self) -> Region:
        """What hull and surfaces have in common, as a value that later changes do not reach."""
        self._check_points()
        return Region(self._hull, self._alg_objects, self.tolerance)

    def _check_points(self) -> None:
        if 0 < len(self._points) < 4 and self._alg_objects:
            raise ValueError(
                "points must be 4 or more to bound a volume (add_points), or none beside its "
                f"alg_objects; got {len(self._points)}"
            )

    def _seen(self) -> Any:
        """Return what bounds the volume at this moment, for asking it something at once.

        A molecule with nothing around it takes up the space of its atoms.
        """
        self._check_points()
        if self._hull is None and not self._alg_objects:
            body = getattr(self._generator, "body", None)
            if body is not None:
                return body
        return Region.seen(self._hull, self._alg_objects, self.tolerance)

    @keywords(testPoints="points")
    def check_if_interior(self, points: np.ndarray) -> np.ndarray:
        """Tell which points are inside the hull and all surfaces: (n, 3) gives (n,) booleans."""
        return self._seen().check_if_interior(points)

    def chords(
        self, starts: np.ndarray, direction: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray] | None:
        """Return where the lines start + t * direction enter and leave the volume.

        None when a surface, or a class that derives from this one, cannot tell.

        Parameters
        ----------
        starts, direction
            Points (n, 3) of the lines, in angstrom, and the vector (3,) along all of them.
        """
        return self._seen().chords(starts, direction)

    def flat_faces(self) -> np.ndarray | None:
        """Return rows (a, b, c, d) with a x + b y + c z + d <= 0 inside, when the hull is all."""
        return self._seen().flat_faces()

    def ball(self) -> np.ndarray | None:
        """Return centre and square of the radius (4,), in angstrom, when a ball is all."""
        return self._seen().ball()

    def get_bounding_box(self) -> np.ndarray:
        """Return the corners (m, 3) of a convex body around the volume, in angstrom.

        Empty when the surfaces have no common part.

        Raises
        ------
        ValueError
            If the volume is not bounded on all sides.
        """
        return self._seen().get_bounding_box()

    def span(self, directions: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
        """Return bounds of x . d over the volume, for directions d as rows (k, 3), in angstrom.

        Low above high tells that the surfaces have no common part.
        """
        return self._seen().span(directions)

    def outer_box(self) -> np.ndarray | None:
        """Return two corners (2, 3) of a box along x, y, z around the volume; (0, 3) if empty."""
        return self._seen().outer_box()

    # What fills it.

    @property
    def generator(self) -> Any:
        """The generator, the volume's own; None if there is none."""
        return self._generator

    def add_generator(self, generator: Any, origin: ArrayLike | None = None) -> None:
        """Fill the volume from a copy of a generator, with a new origin (3,) if given."""
        own = deepcopy(as_generator(generator))
        if origin is not None:
            if not hasattr(own, "origin"):
                raise TypeError(f"gen_origin needs a generator with an origin; got {generator!r}")
            own.origin = origin
        self._generator = own

    def populate_atoms(self, **kwargs: Any) -> None:
        """Fill the volume: sets `atoms` and `species`.

        Parameters
        ----------
        **kwargs
            Passed to `supply_atoms` of the generator.
        """
        generator = self._generator
        if generator is None:
            raise ValueError("generator must be set before populate_atoms(); got None")
        directly = getattr(generator, "supply_inside", None)
        inside = None if directly is None else directly(self, **kwargs)
        if inside is None:
            self._keep(cut_out(self, partial(generator.supply_atoms, **kwargs)))
        else:
            positions, numbers = inside
            share = generator.kept_share() if isinstance(generator, BaseGenerator) else None
            self._keep(Atoms.owned(positions, numbers, apart=(share or 0.0,)))

    # Moving and copying.

    def transform(self, transformation: Any) -> None:
        """Move the volume, and with locked transforms its generator.

        Parameters
        ----------
        transformation
            A transform or a list of them. Each member of a sequence moves the generator or not by
            its own `locked`.
        """
        for step in steps_of(transformation):
            if len(self._points):
                self.points = step.apply_transformation(self._points)
            surfaces = self._alg_objects
            surfaces[:] = [step.apply_transformation_alg(surface) for surface in surfaces]
            if step.locked and self._generator is not None:
                self._generator.transform(step)

    def moved(self, matrix: np.ndarray, shift: np.ndarray) -> Self:
        """Return a copy of shape alone after x -> matrix @ x + shift; the generator stays.

        Parameters
        ----------
        matrix, shift
            The map, (3, 3) and (3,), the shift in angstrom.
        """
        return self.from_volume(transformation=AffineTransform(matrix, shift, locked=False))

    def from_volume(self, **kwargs: Any) -> Self:
        """Return a copy, changed as asked, not populated.

        Parameters
        ----------
        **kwargs
            `transformation` (a transform or a list), and any argument of `Volume`: `points`,
            `alg_objects`, `generator`, `gen_origin`, `priority`, `tolerance`.
        """
        transformation = kwargs.pop("transformation", None)
        copy = deepcopy(self)
        copy._filled = None
        origin = kwargs.pop("gen_origin", None)
        generator = kwargs.pop("generator", None)
        if generator is not None or origin is not None:
            copy.add_generator(copy.generator if generator is None else generator, origin=origin)
        if "alg_objects" in kwargs:
            copy._alg_objects = []
            copy.add_alg_object(kwargs.pop("alg_objects"))
        for name in ("points", "priority", "tolerance"):
            if name in kwargs:
                setattr(copy, name, kwargs.pop(name))
        if kwargs:
            raise TypeError(f"from_volume takes no argument {sorted(kwargs)}")
        if transformation is not None:
            copy.transform(transformation)
        return copy

    def _made_of(self) -> dict[str, Any]:
        made_of = super()._made_of()
        if self._hull is not None:
            del made_of["_points"]  # the hull holds them
        return made_of

    def _like(self) -> dict[str, Any]:
        like = self._made_of()
        like.pop("_hull", None)
        like["_points"] = sorted_rows(self._points)
        like["_alg_objects"] = Unordered(self._alg_objects)
        return like

    def __str__(self) -> str:
        parts = [] if self._hull is None else [f"hull of {len(self._points)} points"]
        parts += [str(surface) for surface in self._alg_objects]
        state = "" if self.atoms is None else f", {len(self.atoms)} atoms"
        inside = " & ".join(parts) or "no bounds"
        return f"Volume({inside}, generator={self._generator}, priority={self.priority}{state})"

    def __repr__(self) -> str:
        given: dict[str, Any] = {"points": self._points if len(self._points) else None}
        given |= {"alg_objects": self._alg_objects or None, "generator": self._generator}
        set_ = {name: value for name, value in given.items() if value is not None}
        return call(self, **set_, priority=self.priority, tolerance=self.tolerance)
