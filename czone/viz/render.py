"""Pictures of spheres: depth buffer, light, shade and outline, as an array of colours."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter, zoom

from czone.viz.atoms import DrawnAtoms

__all__ = ["PROJECTIONS", "render_spheres"]

PROJECTIONS = {
    "xy": np.array([[1, 0, 0], [0, -1, 0], [0, 0, -1.0]]),
    "top": np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1.0]]),
    "xz": np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0.0]]),
    "yz": np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0.0]]),
}
"""Rows: directions to the right, up, and towards the viewer. "xy" looks along the beam, with rows
that run downwards, and so shows every atom where the micrograph does."""

ARROWS = {"xy": "x → y ↓", "top": "x → y ↑", "xz": "x → z ↑", "yz": "y → z ↑"}
"""What is to the right and what is up or down."""

_LIGHT = np.array([-0.45, 0.55, 0.70])  # from the upper left, in front
_SUPERSAMPLING = 2


def render_spheres(
    atoms: DrawnAtoms, view: np.ndarray, scale: float, margin: float = 1.0
) -> tuple[np.ndarray, tuple[float, float, float, float]]:
    """Return a picture of atoms as lit spheres.

    Parameters
    ----------
    atoms
        Atoms to draw.
    view
        Rows: directions to the right, up, and towards the viewer, (3, 3).
    scale
        Pixels per angstrom.
    margin
        Empty rim in angstrom.

    Returns
    -------
    picture : numpy.ndarray
        Red, green, blue, opacity from 0 to 1, (rows, columns, 4), lowest row first.
    extent : tuple of float
        Left, right, bottom, top in angstrom.

    Notes
    -----
    Diffuse and specular light (Blinn, SIGGRAPH 1977), and a darkening of what lies behind its
    surroundings, from the depth buffer and its blurred self (Luft, Colditz and Deussen, ACM Trans.
    Graph. 25, 1206 (2006)), which shows steps, pores and outlines.
    """
    from czone.viz.sphere_kernel import draw_spheres  # loads numba

    fine = scale * _SUPERSAMPLING
    seen = atoms.positions @ view.T
    reach = atoms.radii.max() + margin
    low, high = seen[:, :2].min(axis=0) - reach, seen[:, :2].max(axis=0) + reach
    columns, rows = (np.ceil((high - low) * scale).astype(int)) * _SUPERSAMPLING
    depth = np.full((rows, columns), -np.inf, dtype=np.float32)
    owner = np.full((rows, columns), -1, dtype=np.int32)
    centers = np.column_stack([(seen[:, :2] - low) * fine, seen[:, 2] * fine])
    draw_spheres(centers, atoms.radii * fine, depth, owner)
    picture = _shaded(atoms, centers, depth, owner, fine)
    # Premultiplied mean of every block of fine pixels, which softens the edges.
    blocks = picture.reshape(rows // _SUPERSAMPLING, _SUPERSAMPLING, -1, _SUPERSAMPLING, 4)
    opacity = blocks[..., 3:].mean(axis=(1, 3))
    color = (blocks[..., :3] * blocks[..., 3:]).mean(axis=(1, 3)) / np.maximum(opacity, 1e-6)
    size = np.array([columns, rows]) / fine
    (left, bottom), (right, top) = low.tolist(), (low + size).tolist()
    return np.concatenate([np.clip(color, 0, 1), opacity], axis=-1), (left, right, bottom, top)


def _shaded(
    atoms: DrawnAtoms, centers: np.ndarray, depth: np.ndarray, owner: np.ndarray, fine: float
) -> np.ndarray:
    """Return colours and opacity of every fine pixel, (rows, columns, 4)."""
    picture = np.zeros((*depth.shape, 4), dtype=np.float32)
    inside = owner >= 0
    row, column = np.nonzero(inside)
    sphere = owner[row, column]
    normal = np.stack([column, row, depth[row, column]], axis=1) - centers[sphere]
    normal /= (atoms.radii[sphere] * fine)[:, None]
    light = _LIGHT / np.linalg.norm(_LIGHT)
    halfway = light + [0, 0, 1]
    halfway /= np.linalg.norm(halfway)
    diffuse = np.clip(normal @ light, 0, 1)
    gloss = np.clip(normal @ halfway, 0, 1) ** 40
    rim = np.clip(normal[:, 2] / 0.35, 0, 1)
    level = (0.55 + 0.58 * diffuse) * (0.60 + 0.40 * rim) * _openness(depth, inside, fine)[inside]
    picture[row, column, :3] = atoms.colors[sphere] * level[:, None] + 0.22 * gloss[:, None]
    picture[row, column, 3] = 1.0
    return picture


def _openness(depth: np.ndarray, inside: np.ndarray, fine: float) -> np.ndarray:
    """Return how freely every pixel is seen: 1 on top, less behind its surroundings."""
    top, bottom = depth[inside].max(), depth[inside].min()
    filled = np.where(inside, depth, bottom)
    level = np.ones(depth.shape, dtype=np.float32)
    for radius, strength in ((1.5, 0.22), (6.0, 0.30)):  # angstrom
        behind = (_blurred(filled, radius * fine) - filled) / (fine * 2 * radius)
        level *= 1 - strength * np.clip(behind, 0, 1.5)
    span = max(top - bottom, 1e-6)
    return level * (0.78 + 0.22 * np.clip((filled - bottom) / span, 0, 1))


def _blurred(image: np.ndarray, sigma: float) -> np.ndarray:
    """Return a Gaussian blur of `sigma` pixels, worked out on a coarser grid when it is wide."""
    step = max(1, int(sigma / 6))
    coarse = gaussian_filter(image[::step, ::step], sigma / step, truncate=2.5)
    if step == 1:
        return coarse
    factors = [wide / narrow for wide, narrow in zip(image.shape, coarse.shape, strict=True)]
    return zoom(coarse, factors, order=1, grid_mode=True, mode="nearest")
