"""The volume: the part of space inside a hull and a set of surfaces, filled by a generator."""

import functools
import operator
from collections.abc import Sequence
from copy import deepcopy
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from czone.checks import as_points, as_positive
from czone.geometry import BaseAlgebraic, Hull, enclosed_corners, make_rect_prism
from czone.geometry.base import point_rows
from czone.spelling import keywords
from czone.transform.base import steps_of
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
        Supplier of the atoms; copied.
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
    """

    _spellings: ClassVar[dict[str, str]] = {"createHull": "create_hull", "addPoints": "add_points"}
    _transient: ClassVar[tuple[str, ...]] = ("_atoms", "_species", "_delaunay")

    def __init__(
        self,
        points: ArrayLike | None = None,
        alg_objects: Sequence[BaseAlgebraic] | None = None,
        generator: Any = None,
        priority: int = 0,
        tolerance: float = 1e-10,
        gen_origin: ArrayLike | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(priority=priority, **kwargs)
        self._points = np.zeros((0, 3))
        self._hull: Hull | None = None
        self._delaunay = None
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
        """Points (n, 3) of the hull, in angstrom."""
        return self._points

    @points.setter
    def points(self, value: ArrayLike) -> None:
        points = as_points("points", value)
        if len(points) == 0:
            raise ValueError("points must hold at least one point; got none")
        hull = Hull(points) if len(points) >= 4 else None
        self._set_points(points, hull)

    def _set_points(self, points: np.ndarray, hull: Hull | None) -> None:
        self._points = points
        self._hull = hull
        self._delaunay = None
        self._forget_atoms()

    def add_points(self, points: ArrayLike) -> None:
        """Add points (n, 3) to the hull; fewer than four in all do not bound anything yet."""
        self.points = np.vstack([self._points, as_points("points", points)])

    def create_hull(self) -> None:
        """Build the hull of the points; raises ValueError when they span no volume."""
        self._set_points(self._points, Hull(self._points))

    @property
    def hull(self) -> Any:
        """The scipy ConvexHull of the points; None without points."""
        return None if self._hull is None else self._hull.qhull

    @property
    def tri(self) -> Any:
        """The scipy Delaunay triangulation of the points; None without points."""
        if self._delaunay is None and self._hull is not None:
            from scipy.spatial import Delaunay

            self._delaunay = Delaunay(self._points)
        return self._delaunay

    @property
    def tolerance(self) -> float:
        """Padding of the hull, in angstrom."""
        return self._tolerance

    @tolerance.setter
    def tolerance(self, value: float) -> None:
        self._tolerance = as_positive("tolerance", value)

    @property
    def alg_objects(self) -> list[BaseAlgebraic]:
        """The surfaces that bound the volume."""
        return self._alg_objects

    def add_alg_object(self, obj: BaseAlgebraic | Sequence[BaseAlgebraic]) -> None:
        """Add a copy of a surface, or of several."""
        given: Any = obj
        members = list(given) if isinstance(given, (list, tuple, np.ndarray)) else [given]
        for member in members:
            if not isinstance(member, BaseAlgebraic):
                raise TypeError(f"alg_objects must be Sphere, Plane, Cylinder, ...; got {member!r}")
        self._alg_objects.extend(deepcopy(members))
        self._forget_atoms()

    @keywords(testPoints="points")
    def check_if_interior(self, points: np.ndarray) -> np.ndarray:
        """Tell which points are inside the hull and all surfaces: (n, 3) gives (n,) booleans."""
        points = point_rows(points)
        self._require_bounds()
        tests = [surface.check_if_interior(points) for surface in self._alg_objects]
        if self._hull is not None:
            tests.insert(0, self._hull.check_if_interior(points, self.tolerance))
        return functools.reduce(operator.and_, tests)

    def _require_bounds(self) -> None:
        if self._hull is None and not self._alg_objects:
            raise ValueError(
                "a Volume needs points (4 or more) or alg_objects to have an inside; "
                f"got {len(self._points)} points and no alg_objects"
            )

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
        if type(self).check_if_interior is not Volume.check_if_interior:
            return None
        enter, leave = np.array(-np.inf), np.array(np.inf)
        parts = [surface.chords(starts, direction) for surface in self._alg_objects]
        if self._hull is not None:
            parts.append(self._hull.chords(starts, direction, self.tolerance))
        for part in parts:
            if part is None:
                return None
            enter, leave = np.maximum(enter, part[0]), np.minimum(leave, part[1])
        return enter, leave

    def flat_faces(self) -> np.ndarray | None:
        """Return rows (a, b, c, d) with a x + b y + c z + d <= 0 inside, when the hull is all.

        None when surfaces, or a class that derives from this one, bound the volume too.
        """
        if type(self).check_if_interior is not Volume.check_if_interior:
            return None
        if self._hull is None or self._alg_objects:
            return None
        return self._hull.equations - [0, 0, 0, self.tolerance]

    def get_bounding_box(self) -> np.ndarray:
        """Return the corners (m, 3) of a convex body around the volume, in angstrom.

        Empty when the surfaces have no common part.

        Raises
        ------
        ValueError
            If the volume is not bounded on all sides.
        """
        self._require_bounds()
        if self._hull is not None and not self._alg_objects:
            return np.array(self._points)
        if len(self._alg_objects) == 1 and self._hull is None:
            corners = self._alg_objects[0].get_bounding_box()
            if corners is not None:
                return np.array(corners)
        faces = [surface.half_spaces() for surface in self._alg_objects]
        if self._hull is not None:
            faces.append(self._hull.equations - [0, 0, 0, self.tolerance])
        corners, status = enclosed_corners(np.vstack(faces))
        if status == 3:
            raise ValueError(
                "alg_objects must bound the volume on all sides, with points or by themselves; "
                f"got {self._alg_objects!r}"
            )
        return corners

    def span(self, directions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return bounds of x . d over the volume, for directions d as rows (k, 3), in angstrom.

        Low above high tells that the surfaces have no common part.
        """
        self._require_bounds()
        spans = [] if self._hull is None else [self._hull.span(directions)]
        spans += [span for s in self._alg_objects if (span := s.span(directions)) is not None]
        if not spans:
            heights = self.get_bounding_box() @ directions.T
            spans = [(heights.min(axis=0, initial=np.inf), heights.max(axis=0, initial=-np.inf))]
        low, high = spans[0]
        for other_low, other_high in spans[1:]:
            low, high = np.maximum(low, other_low), np.minimum(high, other_high)
        return low - self.tolerance, high + self.tolerance

    def outer_box(self) -> np.ndarray:
        """Return two corners (2, 3) of a box along x, y, z around the volume; (0, 3) if empty."""
        if self._hull is not None and not self._alg_objects:
            return self._hull.box + [[-self.tolerance], [self.tolerance]]
        low, high = self.span(np.eye(3))
        return np.zeros((0, 3)) if (low > high).any() else np.array([low, high])

    # What fills it.

    @property
    def generator(self) -> Any:
        """The generator; None if there is none."""
        return self._generator

    def add_generator(self, generator: Any, origin: ArrayLike | None = None) -> None:
        """Fill the volume from a copy of a generator, with a new origin (3,) if given."""
        if not hasattr(generator, "supply_atoms"):
            raise TypeError(f"generator must offer supply_atoms; got {generator!r}")
        own = deepcopy(generator)
        if origin is not None:
            if not hasattr(own, "origin"):
                raise TypeError(f"gen_origin needs a generator with an origin; got {generator!r}")
            own.origin = origin
        self._generator = own
        self._forget_atoms()

    def populate_atoms(self) -> None:
        """Fill the volume: sets `atoms` and `species`."""
        if self._generator is None:
            raise ValueError("generator must be set before populate_atoms(); got None")
        inside = getattr(self._generator, "supply_inside", lambda region: None)(self)
        if inside is None:
            inside = self._supplied_inside()
        self._atoms, self._species = inside

    def _supplied_inside(self) -> tuple[np.ndarray, np.ndarray]:
        """Return those of the atoms supplied for the bounding box that are inside."""
        box = self.get_bounding_box()
        if len(box) == 0:
            return np.zeros((0, 3)), np.zeros(0, dtype=np.int64)
        positions, numbers = self._generator.supply_atoms(box)
        positions = np.asarray(positions, dtype=float).reshape(-1, 3)
        keep = self.check_if_interior(positions)
        return positions[keep], np.asarray(numbers)[keep].astype(np.int64)

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
                points = step.apply_transformation(self._points)
                self._set_points(points, Hull(points) if self._hull is not None else None)
            self._alg_objects = [step.apply_transformation_alg(s) for s in self._alg_objects]
            if step.locked and self._generator is not None:
                self._generator.transform(step)
        self._forget_atoms()

    def from_volume(self, **kwargs: Any) -> "Volume":
        """Return a copy, changed as asked.

        Parameters
        ----------
        **kwargs
            `transformation` (a transform or a list), and any argument of `Volume`: `points`,
            `alg_objects`, `generator`, `gen_origin`, `priority`, `tolerance`.
        """
        transformation = kwargs.pop("transformation", None)
        copy = deepcopy(self)
        copy._forget_atoms()
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

    def __getstate__(self) -> dict:
        # Qhull's triangulation does not pickle; it is made again when asked for.
        return vars(self) | {"_delaunay": None}

    def __repr__(self) -> str:
        parts = [] if self._hull is None else [f"hull of {len(self._points)} points"]
        parts += [repr(surface) for surface in self._alg_objects]
        state = "" if self._atoms is None else f", {len(self._atoms)} atoms"
        inside = " & ".join(parts) or "no bounds"
        return f"Volume({inside}, generator={self._generator!r}, priority={self.priority}{state})"
