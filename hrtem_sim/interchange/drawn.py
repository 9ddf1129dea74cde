"""Masks that people and programs have drawn, as classes: by a rule that is said, or not at all."""

from typing import Literal

import numpy as np

from hrtem_sim.refusal import Refusal

MOST_CLASSES = 15
"""Larger numbers in a mask are hardly classes: they are ids of particles, or shades of gray."""

WHITE = (255, 65535)
"""What white is in images of 8 and 16 bits."""

Labels = Literal["classes", "instances"]
"""What the numbers of a mask are."""


def classes_of(
    label: np.ndarray,
    *,
    labels: Labels | None = None,
    threshold: float | None = None,
    name: str = "mask",
) -> np.ndarray:
    """Return the classes of the pixels of a mask that was drawn.

    Parameters
    ----------
    label
        One number per pixel, (ny, nx) or (ny, nx, 1), or one channel per class (ny, nx, classes),
        of which the highest is the class; of two the second is the particle.
    labels
        `"classes"`: the numbers are classes, to 255; `"instances"`: they are ids of particles, 0
        the background. Absent: true and false; 0 and 255 (or 65535), black and white; or classes
        to 15, as they are. Anything else is refused.
    threshold
        Value above which a pixel is particle, for drawings with soft edges and for probabilities.
    name
        Name of the mask in messages.

    Returns
    -------
    classes
        uint8, (ny, nx), 0 the background.

    Raises
    ------
    Refusal
        If the numbers are no such thing; no number is ever cut, rounded or wrapped to fit.

    Examples
    --------
    >>> classes_of(np.array([[0, 255], [255, 0]])).tolist()
    [[0, 1], [1, 0]]
    >>> classes_of(np.array([[0, 2]])).tolist()
    [[0, 2]]
    >>> classes_of(np.array([[0, 300, 600]]), labels="instances").tolist()
    [[0, 1, 1]]
    >>> classes_of(np.array([[0.1, 0.8]]), threshold=0.5).tolist()
    [[0, 1]]
    """
    if labels not in (None, "classes", "instances"):
        raise Refusal(f'labels must be "classes" or "instances"; got {labels!r}')
    if labels and threshold is not None:
        raise Refusal(f"threshold must be absent where labels are {labels}; got {threshold!r}")
    label = np.asarray(label)
    if label.dtype.kind not in "buif" or label.ndim not in (2, 3):
        raise Refusal(
            f"{name} must hold numbers, (ny, nx) or (ny, nx, classes); got {label.dtype} "
            f"{label.shape}"
        )
    if label.dtype.kind == "f" and not np.isfinite(label).all():
        raise Refusal(f"{name} must be finite; got nan or infinite pixels")
    if label.ndim == 3 and label.shape[-1] > 1:
        return _highest(label, labels or threshold, name)
    label = label.reshape(label.shape[:2])
    if threshold is not None:
        return (label > threshold).astype(np.uint8)
    values = np.unique(label)
    _check_whole(values, name)
    if labels == "instances" or values[-1] == 1:
        return (label > 0).astype(np.uint8)
    if labels is None and len(values) <= 2 and values[0] == 0 and values[-1] in WHITE:
        return (label > 0).astype(np.uint8)
    if values[-1] > (255 if labels else MOST_CLASSES):
        raise Refusal(
            f"{name} must hold classes up to 15, or 0 and 255; got {_shown(values)}: labels = "
            '"instances" if these are ids of particles, labels = "classes" if they are classes (to '
            "255), threshold = 127 if they are shades of gray"
        )
    return label.astype(np.uint8)


def _check_whole(values: np.ndarray, name: str) -> None:
    if values[0] < 0 or (values != np.round(values)).any():
        raise Refusal(
            f"{name} must hold whole numbers from 0, the background; got {_shown(values)}: "
            "threshold = 0.5 if pixels above that are particle"
        )


def _highest(label: np.ndarray, other: object, name: str) -> np.ndarray:
    """The channel that is highest at each pixel."""
    if other is not None:
        raise Refusal(
            f"{name} must have one number per pixel for labels or threshold; got {label.shape}"
        )
    classes = label.argmax(axis=-1)
    top = np.partition(label, -2, axis=-1)[..., -2:]
    tied = int((top[..., 0] == top[..., 1]).sum())
    if tied or label.shape[-1] > 256:
        raise Refusal(
            f"{name} must have one channel per class, of which one is highest at every pixel (a "
            f"picture in colour has not: keep one of its channels); got {label.shape} with two "
            f"alike at {tied} pixels"
        )
    return classes.astype(np.uint8)


def _shown(values: np.ndarray) -> str:
    some = ", ".join(f"{value:g}" for value in values[:4].tolist())
    if len(values) <= 4:
        return some
    return f"{len(values)} values: {some}, ... {values[-1]:g}"
