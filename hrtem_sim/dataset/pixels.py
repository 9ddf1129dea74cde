"""Pixels that go together: those of a camera are whole pixels of the wave, on fast transforms."""

import itertools
import math

from hrtem_sim.grid import Grid, fast_even_length
from hrtem_sim.refusal import Refusal


def nearest_that_work(
    field: tuple[float, float], wave_pixel: float, camera_pixel: float
) -> tuple[tuple[float, float], float]:
    """Return the field nearest to one asked for, and the wave's pixel, that suit a camera's pixel.

    Parameters
    ----------
    field
        Edges along x and y that were asked for, in angstrom.
    wave_pixel
        Largest pixel of the wave, in angstrom.
    camera_pixel
        Pixel of the camera, in angstrom; it stays as it is.

    Returns
    -------
    field
        Edges in angstrom: whole numbers of the camera's pixels.
    wave_pixel
        Pixel of the wave in angstrom, the camera's over a whole number.

    Examples
    --------
    >>> nearest_that_work((100.0, 100.0), 0.2, 0.3)
    ((97.2, 97.2), 0.15)
    >>> nearest_that_work((100.0, 100.0), 0.1, 0.7)  # eight pixels of the wave, never seven
    ((100.8, 100.8), 0.0875)
    """
    binning = math.ceil(camera_pixel / wave_pixel - 1e-9)
    while not _is_fast(binning):  # 7 times whatever is on no fast transform
        binning += 1
    edges = [_nearest_edge(edge, camera_pixel, binning) for edge in field]
    return (edges[0], edges[1]), round(camera_pixel / binning, 9)


def _is_fast(number: int) -> bool:
    """Whether a number has no prime factors but 2, 3 and 5."""
    return fast_even_length(2 * number) == 2 * number


def _nearest_edge(edge: float, camera_pixel: float, binning: int) -> float:
    """Return the nearest edge of so many camera pixels that the wave's are a fast even number."""
    asked = max(1, round(edge / camera_pixel))
    for step in itertools.count():
        for count in (asked + step, asked - step):
            if count > 0 and fast_even_length(count * binning) == count * binning:
                return round(count * camera_pixel, 9)
    raise AssertionError("every power of two is fast")  # the count has no end


def check_pixels(
    field: tuple[float, float], wave_pixel: float, camera_pixel: float, name: str
) -> None:
    """Refuse a field whose waves cannot be binned to the pixels of the camera.

    Parameters
    ----------
    field
        Edges of the field along x and y, in angstrom.
    wave_pixel, camera_pixel
        Pixel sizes that were asked for, in angstrom.
    name
        Name of the field in the message.

    Examples
    --------
    >>> check_pixels((25.6, 25.6), 0.2, 0.4, "placement.field")
    """
    grid = Grid.covering(field, wave_pixel)
    for axis, pixel in zip("yx", grid.pixel_size, strict=True):
        binning = camera_pixel / pixel
        if abs(binning - round(binning)) > 1e-6:
            near, wave = nearest_that_work(field, wave_pixel, camera_pixel)
            raise Refusal(
                "detector.pixel_size must be a multiple of the wave's pixel, which is "
                f"{pixel:.6g} angstrom along {axis} for this field; got {camera_pixel!r}. "
                f"Nearest that work: {name} = {list(near)} with wave.pixel_size = {wave:g}"
            )
