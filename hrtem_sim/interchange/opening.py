"""What a file holds, read with RosettaSciIO, and put right where a format is read loosely.

A signal is a dict with `data`, `axes`, `metadata` and `original_metadata`, as RosettaSciIO has it.
"""

import re
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from hrtem_sim.interchange.lengths import in_angstrom
from hrtem_sim.pictures import tifffile
from hrtem_sim.refusal import Refusal

READERS = {
    ".dm3": "digitalmicrograph",
    ".dm4": "digitalmicrograph",
    ".emd": "emd",
    ".emi": "tia",
    ".hspy": "hspy",
    ".mrc": "mrc",
    ".ser": "tia",
    ".tif": "tiff",
    ".tiff": "tiff",
}
"""Readers of RosettaSciIO by the ending of the file."""

PICTURES = (".png", ".jpg", ".jpeg")
"""Pictures, which Pillow reads."""

ENDINGS = (*READERS, ".npy", *PICTURES)
"""Of the files that can be read."""

FINEST_PRINT = 1e4
"""angstrom; larger pixels in the resolution of a TIFF are a printer's dots."""

_INSTALL = 'which is not installed: pip install "micrograph-foundry[io]"'


def signals_of(path: Path) -> list[dict]:
    """Return the signals of a file.

    Parameters
    ----------
    path
        File that ends in one of `ENDINGS`, in any case of letters.

    Raises
    ------
    ImportError
        If what reads such files is not installed.
    Refusal
        If the file is torn, foreign, or holds colours.
    """
    ending = path.suffix.lower()
    try:
        if ending == ".npy":
            data = np.squeeze(np.asarray(np.load(path, allow_pickle=False)))
            if data.ndim == 3 and data.shape[-1] in (3, 4) and data.shape[1] > 4:
                data = gray(data, path.name)  # channels of colour, not rows of 3 pixels
            return [{"data": data, "axes": [{"scale": 1.0, "units": "pixels"}] * 2}]
        if ending in PICTURES:
            return [_picture(path)]
        signals = _reader(ending).file_reader(str(path))
        if ending in (".tif", ".tiff"):
            return [_tiff(signal, path) for signal in signals]
        return [_mrc(signal, path) for signal in signals] if ending == ".mrc" else signals
    except (Refusal, OSError, ImportError, MemoryError):
        raise
    except Exception as error:  # readers raise many kinds
        if "imagecodecs" in str(error):
            raise ImportError(
                f"{path.name} is compressed and needs imagecodecs, {_INSTALL}"
            ) from None
        raise Refusal(f"path must be a whole {ending} file; {path} is not: {error}") from None


def gray(image: np.ndarray, name: str) -> np.ndarray:
    """Return the one channel of a picture whose colours are all gray, (ny, nx).

    Parameters
    ----------
    image
        (ny, nx, 3), or with a fourth channel that is left away.
    name
        Name of the file in the message.

    Examples
    --------
    >>> gray(np.ones((2, 2, 3), np.uint8), "a.png").shape
    (2, 2)
    """
    first = image[..., 0]
    if (image[..., 1:3] != first[..., None]).any():
        raise Refusal(f"path must hold an image in gray; {name} is in colour: save it as gray")
    return first


def _reader(ending: str) -> ModuleType:
    try:
        return import_module(f"rsciio.{READERS[ending]}")
    except ImportError as error:
        raise ImportError(f"{ending} files need RosettaSciIO, {_INSTALL}") from error


def _picture(path: Path) -> dict:
    try:
        from PIL import Image
    except ImportError as error:
        raise ImportError(f"{path.suffix} files need Pillow, {_INSTALL}") from error
    with Image.open(path) as opened:
        if opened.mode in ("P", "PA"):
            raise Refusal(f"path must hold an image in gray; {path.name} has a palette of colours")
        if opened.mode in ("CMYK", "YCbCr", "LAB", "HSV"):  # gray is in none of their channels
            raise Refusal(f"path must hold an image in gray; {path.name} is in {opened.mode}")
        data = np.array(opened)
        said = opened.info.get("pixel_size_angstrom")  # of `hrtem_sim.pictures.write_png`
    if data.ndim == 3:
        data = data[..., 0] if data.shape[-1] == 2 else gray(data, path.name)
    axis = {"scale": float(said), "units": "A"} if said else {"scale": 1.0, "units": "pixels"}
    return {"data": data, "axes": [axis] * 2}


def _tiff(signal: dict, path: Path) -> dict:
    """A signal of a TIFF: bright is more, gray, and its axes in the unit that the file names."""
    tags, data = signal["original_metadata"], signal["data"]
    meaning = int(tags.get("PhotometricInterpretation", 1))
    if meaning == 3:
        raise Refusal(f"path must hold an image in gray; {path.name} has a palette of colours")
    if data.dtype.names:
        data = gray(np.stack([data[name] for name in data.dtype.names], axis=-1), path.name)
    if meaning == 0:  # white is zero
        top = np.iinfo(data.dtype).max if data.dtype.kind in "iu" else data.max(initial=0)
        data = ~data if data.dtype.kind == "b" else (top - data).astype(data.dtype)
    axes = signal["axes"][-2:]
    if any(in_angstrom(axis.get("units")) is None for axis in axes):
        axes = _tiff_axes(axes, tags, path)
    return {**signal, "data": data, "axes": axes}


def _tiff_axes(axes: list[dict], tags: dict, path: Path) -> list[dict]:
    """Axes along y and x by OME, by ImageJ, or by the resolution itself."""
    with tifffile().TiffFile(path) as file:
        imagej, ome = file.imagej_metadata or {}, file.ome_metadata or ""
    unit = str(imagej.get("unit", ""))
    if in_angstrom(unit):  # the resolution is in pixels per unit
        return [{"scale": axis["scale"], "units": unit} for axis in axes]
    if ome:
        return [_ome_axis(ome, name) for name in "YX"]
    length = {2: "inch", 3: "cm"}.get(int(tags.get("ResolutionUnit", 1)))
    per = [tags.get(f"{name}Resolution") or (0, 1) for name in "YX"]
    if not length or not all(part[0] for part in per):
        return axes
    sizes = [part[1] / part[0] for part in per]
    if max(sizes) * (in_angstrom(length) or 0.0) >= FINEST_PRINT:
        return axes
    return [{"scale": size, "units": length} for size in sizes]


def _ome_axis(ome: str, name: str) -> dict[str, Any]:
    size = re.search(rf'PhysicalSize{name}="([-+.\deE]+)"', ome)
    unit = re.search(rf'PhysicalSize{name}Unit="([^"]+)"', ome)
    return {
        "scale": float(size[1]) if size else None,
        "units": unit[1] if unit else "um",  # the schema's default
    }


def _mrc(signal: dict, path: Path) -> dict:
    """A signal of an MRC file whose bytes are signed, and whose cell is there or not.

    MRC2014 (Cheng et al., J. Struct. Biol. 192 (2015) 146): mode 0 is signed; IMOD's older files,
    which say so in words 39 and 40 of the header, are not. A cell of no length is none.
    """
    with open(path, "rb") as stream:
        words = np.frombuffer(stream.read(160), "<i4")
    data, axes = signal["data"], signal["axes"]
    unsigned = words[38] == _IMOD and not words[39] & 1
    if data.dtype == np.uint8 and not unsigned:
        data = data.view(np.int8)
    cell = (*words[7:9], *words[10:12].view("<f4"))
    if "fei_header" not in signal["original_metadata"] and not all(length > 0 for length in cell):
        axes = [{**axis, "units": None} for axis in axes]
    return {**signal, "data": data, "axes": axes}


_IMOD = 1146047817
"""IMOD's stamp, word 39 of the header."""
