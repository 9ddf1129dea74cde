"""Specimens from ASE, whatever their cell."""

import numpy as np
import pytest
from ase import Atoms
from ase.build import bulk
from scipy.spatial import cKDTree

from hrtem_sim.specimen import Specimen


def neighbours(positions, cell):
    """Distances of the twelve nearest neighbours of the first atom, periodic."""
    shifts = np.stack(np.meshgrid(*[[-1, 0, 1]] * 3), axis=-1).reshape(-1, 3) * np.asarray(cell)
    crowd = (positions[None] + shifts[:, None]).reshape(-1, 3)
    return np.sort(cKDTree(crowd).query(positions[0], k=13)[0][1:])


@pytest.mark.parametrize(
    ("atoms", "lengths"),
    [
        (bulk("Au", "fcc", a=4.078), (2.8836, 2.8836, 4.078)),
        (bulk("Fe", "bcc", a=2.8665), None),
        (bulk("Ti", "hcp", a=2.95, c=4.68), (2.95, 5.1095, 4.68)),
        (bulk("CdSe", "wurtzite", a=4.2985, c=7.0152), (4.2985, 7.4452, 7.0152)),
        (bulk("Bi", "rhombohedral", a=4.75, alpha=57.24), None),
    ],
    ids=lambda value: str(value.symbols) if isinstance(value, Atoms) else "",
)
def test_crystals_are_cut_to_orthorhombic_cells(atoms, lengths):
    specimen = Specimen.from_ase(atoms)
    if lengths:
        np.testing.assert_allclose(sorted(specimen.cell), sorted(lengths), rtol=1e-4)
    volume = np.prod(specimen.cell) / len(specimen)
    assert volume == pytest.approx(atoms.get_volume() / len(atoms))
    whole = atoms.repeat((3, 3, 3))
    middle = whole.repeat(1)
    middle.wrap()
    expected = np.sort(middle.get_all_distances(mic=True)[0])[1:13]
    repeated = np.concatenate(
        [specimen.positions + np.array(s) * specimen.cell for s in np.ndindex(3, 3, 3)]
    )
    found = neighbours(repeated, 3 * np.array(specimen.cell))
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_cells_along_the_axes_are_taken_as_they_are():
    gold = bulk("Au", "fcc", a=4.078, cubic=True)
    specimen = Specimen.from_ase(gold)
    np.testing.assert_array_equal(specimen.positions, gold.positions)
