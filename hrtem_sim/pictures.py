"""Images as files that everything opens: 8-bit PNG, TIFF with the size of its pixels."""

import struct
import zlib
from pathlib import Path
from types import ModuleType

import numpy as np

from hrtem_sim.refusal import Refusal
from hrtem_sim.whole import whole


def to_8_bit(image: np.ndarray, percentiles: tuple[float, float] = (0.1, 99.9)) -> np.ndarray:
    """Return an image (ny, nx) scaled to uint8 between two of its percentiles.

    Examples
    --------
    >>> to_8_bit(np.array([[10, 20], [30, 40]]), (0, 100)).tolist()
    [[0, 85], [170, 255]]
    """
    low, high = np.percentile(image, percentiles)
    scaled = (np.asarray(image, float) - low) / max(high - low, 1e-12)
    return np.round(255 * np.clip(scaled, 0, 1)).astype(np.uint8)


def write_png(path: str | Path, image: np.ndarray, pixel_size: float | None = None) -> None:
    """Write a gray PNG.

    Parameters
    ----------
    path
        Path of the file.
    image
        uint8 or uint16, shape (ny, nx).
    pixel_size
        In angstrom; written as the text "pixel_size_angstrom", as PNG has no unit for it.

    Notes
    -----
    Portable Network Graphics (PNG) Specification, W3C (2003), sections 5 and 11. Written here
    because it is 20 lines and no dependency.
    """
    if image.ndim != 2 or image.dtype not in (np.uint8, np.uint16):
        raise Refusal(
            f"image must be uint8 or uint16 of shape (ny, nx); got {image.dtype} {image.shape}"
        )
    height, width = image.shape
    depth = 8 * image.dtype.itemsize
    rows = np.ascontiguousarray(image, image.dtype.newbyteorder(">"))
    lines = rows.view(np.uint8).reshape(height, -1)
    filtered = np.concatenate([np.zeros((height, 1), np.uint8), lines], axis=1)
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0))]
    if pixel_size is not None:
        chunks.append((b"tEXt", b"pixel_size_angstrom\0" + f"{pixel_size:.9g}".encode()))
    chunks += [(b"IDAT", zlib.compress(filtered.tobytes(), 6)), (b"IEND", b"")]
    with whole(path) as part, part.open("wb") as stream:
        stream.write(b"\x89PNG\r\n\x1a\n")
        for kind, data in chunks:
            check = zlib.crc32(kind + data)
            stream.write(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check))


def write_tiff(path: str | Path, image: np.ndarray, pixel_size: float) -> None:
    """Write a TIFF whose pixel size ImageJ, Digital Micrograph and HyperSpy read.

    Parameters
    ----------
    path
        Path of the file.
    image
        uint8, uint16 or float32, shape (ny, nx), or (n, ny, nx) of a stack; others become float32.
    pixel_size
        In angstrom.

    Raises
    ------
    ImportError
        If tifffile is not installed.

    Notes
    -----
    ImageJ takes the unit from the description. HyperSpy knows no nanometres there and takes them,
    as Digital Micrograph does, from the tags 65003 to 65010: units and scales along x and y.
    """
    image = np.asarray(image)
    if image.dtype not in (np.uint8, np.uint16, np.float32):
        image = image.astype(np.float32)
    writer = tifffile()
    with whole(path) as part:
        writer.imwrite(
            part,
            image,
            imagej=True,
            resolution=(10 / pixel_size, 10 / pixel_size),
            metadata={"unit": "nm", "axes": "YX" if image.ndim == 2 else "ZYX"},
            extratags=[
                *[(tag, "s", 0, "nm", False) for tag in (65003, 65004)],
                *[(tag, "d", 1, 0.0, False) for tag in (65006, 65007)],
                *[(tag, "d", 1, pixel_size / 10, False) for tag in (65009, 65010)],
            ],
        )


def tifffile() -> ModuleType:
    """Return tifffile, or say how to install it."""
    try:
        import tifffile
    except ImportError as error:
        raise ImportError(
            'TIFF files need tifffile, which is not installed: pip install "micrograph-foundry[io]"'
        ) from error
    return tifffile
