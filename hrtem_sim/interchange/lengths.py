"""The size of a pixel from what files say of it: units however they are spelled."""

from collections.abc import Sequence

from hrtem_sim.refusal import Refusal

_ANGSTROM = {
    "a": 1.0,
    "å": 1.0,
    "angstrom": 1.0,
    "ångström": 1.0,
    "pm": 0.01,
    "picometer": 0.01,
    "nm": 10.0,
    "nanometer": 10.0,
    "um": 1e4,
    "micron": 1e4,
    "micrometer": 1e4,
    "mm": 1e7,
    "millimeter": 1e7,
    "cm": 1e8,
    "centimeter": 1e8,
    "m": 1e10,
    "meter": 1e10,
    "inch": 2.54e8,
}

LARGEST = 1e5
"""angstrom; pixels beyond are those of a printer or of a light microscope."""


def in_angstrom(unit: object) -> float | None:
    """Return the length of a unit, None if it is none.

    Parameters
    ----------
    unit
        Name or sign, in any case of letters: nm, n_m, nanometers, µm, microns, Å, Angstrom, ...

    Examples
    --------
    >>> in_angstrom("Nanometers"), in_angstrom("n_m"), in_angstrom("1/nm")
    (10.0, 10.0, None)
    """
    name = str(unit).strip().rstrip("\0").replace("_", "")
    name = name.replace("\\u00B5", "u").replace("\\u00C5", "A").replace("\u212b", "A")
    name = name.lower().replace("\u00b5", "u").replace("\u03bc", "u").replace("metre", "meter")
    if name not in _ANGSTROM and len(name) > 3:
        name = name.removesuffix("s")
    return _ANGSTROM.get(name)


def pixel_of(axes: Sequence[dict]) -> float | None:
    """Return the pixel size of an image in angstrom, None if its axes do not say it.

    Parameters
    ----------
    axes
        Axes along y and x, each with `scale` and `units`, as RosettaSciIO gives them.

    Raises
    ------
    Refusal
        If the pixels are not square.
    """
    sizes = []
    for axis in axes:
        unit, scale = in_angstrom(axis.get("units")), axis.get("scale")
        size = float(scale) * unit if unit and scale is not None else 0.0
        if not 0 < size < LARGEST:
            return None
        sizes.append(size)
    y, x = sizes
    if abs(x / y - 1) > 0.01:
        raise Refusal(
            f"pixel_size must be given, in angstrom: pixels must be square; got {y:g} x {x:g} "
            "angstrom in the file"
        )
    return x
