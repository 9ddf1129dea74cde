"""Lines through convex bodies, and small facts about matrices and frames."""

import math

import numpy as np

__all__ = [
    "half_space_chords",
    "perpendicular_frame",
    "quadratic_chords",
    "similarity_scale",
]


def similarity_scale(matrix: np.ndarray) -> float | None:
    """Return s when `matrix` is s times a rotation or reflection, else None."""
    gram = matrix.T @ matrix
    scale = np.sqrt(np.trace(gram) / 3)
    return float(scale) if np.allclose(gram, scale**2 * np.eye(3), atol=1e-9 * scale**2) else None


def perpendicular_frame(axis: np.ndarray) -> np.ndarray:
    """Return two unit vectors, as columns (3, 2), perpendicular to a unit vector."""
    reference = np.eye(3)[np.argmin(np.abs(axis))]
    first = np.cross(axis, reference)
    first /= np.linalg.norm(first)
    return np.column_stack([first, np.cross(axis, first)])


def half_space_chords(
    starts: np.ndarray, direction: np.ndarray, equations: np.ndarray, tol: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return where lines enter and leave the intersection of half spaces a x + d <= tol."""
    normals = equations[:, :3]
    slopes = normals @ direction
    heights = normals @ starts.T + (equations[:, 3] - tol)[:, None]
    size = 1e-12 * math.sqrt(direction @ direction)
    out, back = slopes > size, slopes < -size
    leave = (heights[out] / -slopes[out, None]).min(axis=0, initial=np.inf)
    enter = (heights[back] / -slopes[back, None]).max(axis=0, initial=-np.inf)
    parallel = ~(out | back)
    if parallel.any():
        enter[(heights[parallel] > 0).any(axis=0)] = np.inf
    return enter, leave


def quadratic_chords(a: float, b: np.ndarray, c: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the interval where a t^2 + 2 b t + c < 0, for a >= 0."""
    if a < 1e-24:
        inside = c < 0
        return np.where(inside, -np.inf, np.inf), np.where(inside, np.inf, -np.inf)
    discriminant = b * b - a * c
    root = np.sqrt(np.maximum(discriminant, 0))
    hit = discriminant > 0
    return np.where(hit, (-b - root) / a, np.inf), np.where(hit, (-b + root) / a, -np.inf)
