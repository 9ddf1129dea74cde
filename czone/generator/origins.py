"""Which of two origins the coordinates of a crystal are meant for.

Twenty-four space groups have two origins in International Tables. The coordinates of one make
another crystal at the other: silicon at (1/8, 1/8, 1/8), its site at origin 2, has sixteen atoms in
its cell at origin 1 instead of eight, 1.92 angstrom apart instead of 2.35.
"""

import warnings

import numpy as np
from ase.data import covalent_radii

from czone.generator.sites import fill_cell
from czone.generator.spacegroup import SpaceGroup, space_group
from czone.matter.cell import UnitCell
from czone.matter.occupancy import Content

__all__ = ["tell_origin"]

_FAR = 1.5  # of the sum of the covalent radii: further atoms are no neighbours
_BETTER = 1.1


def tell_origin(
    group: SpaceGroup, contents: list[Content], coords: np.ndarray, cell: UnitCell
) -> None:
    """Warn where atoms of the first origin are closer than those of the second would be.

    Parameters
    ----------
    group
        Space group that was taken without being told which origin.
    contents, coords
        Asymmetric unit: what stands on its n sites, and fractional coordinates (n, 3).
    cell
        The crystal that they gave.
    """
    if not group.symbol.endswith(":1"):
        return
    try:
        filled = fill_cell(contents, coords, cell.matrix, space_group(group.number, setting=2))
    except ValueError:  # elements would share a site
        return
    second = UnitCell.of_contents(*filled, cell.matrix)
    shares = [_nearest(one, coords) for one in (cell, second)]
    if shares[1] > _BETTER * shares[0]:
        warnings.warn(
            f"{group.symbol[:-2]} has two origins, and choice 1 is taken: {len(cell.numbers)} "
            f"atoms, the nearest {shares[0]:.2g} of the sum of their covalent radii apart. With "
            f"choice 2 there are {len(second.numbers)}, {shares[1]:.2g} apart: give setting=2 if "
            "that is meant, else setting=1",
            stacklevel=4,
        )


def _nearest(cell: UnitCell, sites: np.ndarray) -> float:
    """Return the share of the sum of their covalent radii between the nearest whole atoms.

    All cells of these groups have right angles: no image is nearer than the one within half an
    edge, but for an atom's own.
    """
    own = np.array([_apart(cell, site).argmin() for site in sites])
    apart = _apart(cell, cell.coords[own][:, None])
    apart[np.arange(len(own)), own] = np.linalg.norm(cell.matrix, axis=1).min()
    radii = covalent_radii[cell.numbers]
    shares = apart / (radii[own][:, None] + radii)
    if cell.contents is not None:
        filled = np.array([sum(share for _, share in site) for site in cell.contents])
        shares[filled[own][:, None] + filled <= 1 + 1e-6] = _FAR
    return float(shares.min(initial=_FAR))


def _apart(cell: UnitCell, points: np.ndarray) -> np.ndarray:
    away = cell.coords - points
    return np.asarray(np.linalg.norm((away - np.rint(away)) @ cell.matrix, axis=-1))
