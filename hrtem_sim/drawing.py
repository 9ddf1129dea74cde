"""Drawing of images, waves and masks, for the values that show themselves and for `figures`.

Rows run downwards and columns to the right, as in the files of micrographs: the point (x, y) lies
to the right by x and down by y in every picture, seen along the beam.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import numpy as np

try:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as PlainFigure
    from matplotlib.patches import Patch
except ImportError as error:
    raise ImportError(
        'figures need matplotlib, which is not installed: pip install "micrograph-foundry[viz]"'
    ) from error

__all__ = [
    "OUTLINE",
    "draw_classes",
    "draw_images",
    "draw_waves",
    "scale_bar",
    "show_micrograph",
    "show_phase",
]

OUTLINE = "#ffb000"
"""Colour of the outlines of masks."""

CLASS_COLOURS = ("#000000", "#ffb000", "#00a5ff", "#dc267f", "#648fff", "#fe6100", "#785ef0")
"""Colours of classes, the background first; told apart with any colour vision."""

SHEET_PIXELS = 320
"""Along x of a picture in a contact sheet."""


class Figure(PlainFigure):
    """A matplotlib figure that a notebook shows although pyplot does not know it.

    Examples
    --------
    >>> Figure(figsize=(1, 1))._repr_png_()[1:4]
    b'PNG'
    """

    def _repr_png_(self) -> bytes:
        stream = BytesIO()
        self.savefig(stream, format="png", dpi=100)
        return stream.getvalue()


def draw_images(
    images: Sequence[np.ndarray] | np.ndarray,
    pixel_size: float,
    *,
    masks: Sequence[np.ndarray] | np.ndarray | None = None,
    titles: Sequence[str] | None = None,
    columns: int = 6,
) -> Figure:
    """Draw images side by side, with the outlines of their masks.

    Parameters
    ----------
    images
        Each of shape (ny, nx).
    pixel_size
        In angstrom.
    masks
        Classes of each image; default: no outlines.
    titles
        Words over each image.
    columns
        Pictures side by side.
    """
    columns = max(1, min(columns, len(images)))
    height = -(-len(images) // columns)
    figure = Figure(figsize=(2.2 * columns, 2.45 * height), layout="constrained")
    axes = figure.subplots(height, columns, squeeze=False)
    for ax in axes.flat:
        ax.set_axis_off()
    for number, image in enumerate(images):
        ax = axes.flat[number]
        show_micrograph(ax, image, pixel_size, pixels=SHEET_PIXELS)
        mask = None if masks is None else masks[number]
        if mask is not None and mask.any() and not mask.all():
            ax.contour(mask > 0, [0.5], colors=OUTLINE, linewidths=0.9)
        if titles is not None:
            ax.set_title(titles[number], fontsize=7)
    return figure


def draw_waves(array: np.ndarray, pixel_size: tuple[float, float]) -> Figure:
    """Draw amplitude and phase of the mean of waves.

    Parameters
    ----------
    array
        Complex, (phonons, ny, nx).
    pixel_size
        Edges of a pixel along y and x, in angstrom.
    """
    mean = array.mean(axis=0)
    figure = Figure(figsize=(7, 3.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    low, high = np.percentile(np.abs(mean), [0.5, 99.5])
    shown = left.imshow(np.abs(mean), cmap="gray", vmin=low, vmax=high, interpolation="nearest")
    figure.colorbar(shown, ax=left, shrink=0.8)
    left.set_title("amplitude", fontsize=10)
    show_phase(right, np.angle(mean), "phase")
    for ax in (left, right):
        ax.set_axis_off()
        ax.set_aspect(pixel_size[0] / pixel_size[1])
        scale_bar(ax, mean.shape, pixel_size[1])
    return figure


def show_phase(ax: Axes, phase: np.ndarray, title: str) -> None:
    """Draw a phase in rad up to its 99.5 percentile: columns of heavy atoms wrap around beyond pi.

    Parameters
    ----------
    ax
        Axes to draw in.
    phase
        (ny, nx), in rad.
    title
        Words over the picture.
    """
    high = max(float(np.percentile(phase, 99.5)), 1e-6)
    shown = ax.imshow(phase, cmap="magma", vmin=0, vmax=high, interpolation="nearest")
    ax.figure.colorbar(shown, ax=ax, shrink=0.8, label="rad")
    ax.set_title(title, fontsize=10)


def draw_classes(classes: np.ndarray, names: Sequence[str], pixel_size: float) -> Figure:
    """Draw the classes of a mask, each in a colour of its own.

    Parameters
    ----------
    classes
        (ny, nx), indices into `names`.
    names
        Names of the classes, the background first.
    pixel_size
        In angstrom.
    """
    rgb = np.array([_rgb(number) for number in range(len(names))])
    figure = Figure(figsize=(4, 3.6), layout="constrained")
    ax = figure.subplots()
    ax.imshow(rgb[classes], interpolation="nearest")
    ax.set_axis_off()
    scale_bar(ax, classes.shape, pixel_size)
    patches = [Patch(fc=rgb[k], ec="0.4", label=name) for k, name in enumerate(names)]
    figure.legend(handles=patches, loc="outside right upper", fontsize=8, frameon=False)
    return figure


def _rgb(number: int) -> tuple[float, ...]:
    colours = CLASS_COLOURS
    colour = colours[0] if number == 0 else colours[1 + (number - 1) % (len(colours) - 1)]
    return tuple(int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5))


def show_micrograph(
    ax: Axes, image: np.ndarray, pixel_size: float, *, pixels: int | None = None
) -> None:
    """Draw an image in gray from its 0.5 to its 99.5 percentile, with a scale bar.

    Parameters
    ----------
    ax
        Axes to draw in.
    image
        Shape (ny, nx).
    pixel_size
        In angstrom.
    pixels
        Average whole pixels until at most so many are left along x: a picture smaller than its
        image shows every so-manieth pixel otherwise, which overstates noise and makes moire of
        lattice fringes.
    """
    ny, nx = image.shape
    by = 1 if pixels is None else max(1, -(-nx // pixels))
    whole = image[: ny // by * by, : nx // by * by]
    mean = whole.reshape(ny // by, by, nx // by, by).mean(axis=(1, 3))
    low, high = np.percentile(mean, [0.5, 99.5])
    extent = (-0.5, whole.shape[1] - 0.5, whole.shape[0] - 0.5, -0.5)
    ax.imshow(mean, cmap="gray", vmin=low, vmax=high, interpolation="antialiased", extent=extent)
    scale_bar(ax, image.shape, pixel_size)


def scale_bar(ax: Axes, shape: tuple[int, int], pixel_size: float) -> None:
    """Put a bar of a round length, about a fifth of the width, into a picture.

    Parameters
    ----------
    ax
        Axes in pixels.
    shape
        Shape of the picture, (ny, nx).
    pixel_size
        In angstrom.
    """
    width = shape[1] * pixel_size / 10
    lengths = np.array([0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500])
    length = float(lengths[np.abs(np.log(lengths / (width / 5))).argmin()])
    pixels = 10 * length / pixel_size
    x, y = 0.05 * shape[1], 0.94 * shape[0]
    ax.plot([x, x + pixels], [y, y], color="white", lw=3, solid_capstyle="butt")
    ax.text(
        x + pixels / 2,
        y - 0.03 * shape[0],
        f"{length:g} nm",
        color="white",
        fontsize=7,
        ha="center",
        va="bottom",
        bbox={"boxstyle": "round,pad=0.15", "fc": "black", "ec": "none", "alpha": 0.6},
    )
