"""Specimens from ASE, whatever their cell."""

import numpy as np
import pytest
from ase import Atoms
from ase.build import bulk, fcc111, graphene, hcp0001, mx2
from scipy.spatial import cKDTree

from czone.molecule import Molecule
from czone.scene import PeriodicScene
from czone.util.voxel import Voxel
from hrtem_sim.imaging import Detector, ImagingConditions, form_image
from hrtem_sim.refusal import Implausible, Refusal
from hrtem_sim.specimen import Specimen
from hrtem_sim.wave import compute_exit_wave


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


def tilted(slab):
    """The slab in another frame: its plane is no longer that of x and y."""
    turned = slab.copy()
    turned.rotate(50, (1, 2, 3), rotate_cell=True)
    return turned


def left_handed(slab):
    other = slab.copy()
    other.set_cell(slab.cell[[1, 0, 2]], scale_atoms=False)
    return other


GRAPHENE = graphene(a=2.46, vacuum=5.0)
SLABS = {
    # Rectangles of a hexagonal lattice: a by sqrt(3) a, two cells.
    "graphene": (GRAPHENE, (2.46, 2.46 * 3**0.5, 10.0), 4),
    "tilted": (tilted(GRAPHENE), (2.46, 2.46 * 3**0.5, 10.0), 4),
    "left-handed": (left_handed(GRAPHENE), (2.46, 2.46 * 3**0.5, 10.0), 4),
    "MoS2": (mx2("MoS2", a=3.19, thickness=3.13, vacuum=6.0), (3.19, 3.19 * 3**0.5, 15.13), 6),
    "Au": (fcc111("Au", (1, 1, 4), a=4.078, vacuum=4.0), (2.8836, 2.8836 * 3**0.5, None), 8),
    "Ti": (hcp0001("Ti", (1, 1, 3), a=2.95, c=4.68, vacuum=4.0), (2.95, 2.95 * 3**0.5, None), 6),
    "two by one": (fcc111("Pt", (2, 1, 2), a=3.92, vacuum=4.0), (2.7719, 2.7719 * 3**0.5, None), 4),
}


@pytest.mark.parametrize("name", SLABS)
def test_slabs_with_hexagonal_cells_are_cut_to_rectangles(name):
    slab, lengths, count = SLABS[name]
    assert not slab.pbc[2]
    slab.pbc = True, True, False
    specimen = Specimen.from_ase(slab)
    assert len(specimen) == count
    for found, wanted in zip(specimen.cell, lengths, strict=True):
        assert wanted is None or found == pytest.approx(wanted, abs=2e-4)
    cut = Atoms(numbers=specimen.numbers, positions=specimen.positions, cell=specimen.cell)
    # Around each atom the same neighbours, by element and distance, in the plane for ever.
    assert shells(cut) == shells(slab)


def shells(slab):
    """Return the neighbours of the atoms within 6 angstrom, each kind of neighbourhood once."""
    crowd = Atoms(slab, pbc=False)
    block = crowd.repeat((13, 13, 1))
    middle = 6 * np.array(slab.cell[0]) + 6 * np.array(slab.cell[1])
    kinds = set()
    for number, place in zip(slab.numbers, slab.positions + middle, strict=True):
        distances = np.linalg.norm(block.positions - place, axis=1)
        near = distances < 6.0
        rows = zip(block.numbers[near].tolist(), distances[near].round(4).tolist(), strict=True)
        kinds.add((int(number), tuple(sorted(rows))))
    return kinds


def test_slabs_lie_across_the_beam_the_same_side_up():
    mixed = mx2("MoSSe", a=3.25, thickness=3.2, vacuum=4.0)
    specimen = Specimen.from_ase(mixed)
    heights = {n: specimen.positions[specimen.numbers == n, 2].mean() for n in (16, 34, 42)}
    before = {n: mixed.positions[mixed.numbers == n, 2].mean() for n in (16, 34, 42)}
    assert heights == pytest.approx(before)


def test_slabs_without_height_and_oblique_ones_are_refused_with_what_helps():
    flat = mx2("MoS2")
    assert flat.cell.lengths()[2] == 0
    with pytest.raises(
        ValueError, match=r"gets its height by atoms\.center\(vacuum=5\.0, axis=2\)"
    ):
        Specimen.from_ase(flat)
    flat.center(vacuum=5.0, axis=2)
    assert len(Specimen.from_ase(flat)) == 6
    oblique = Atoms("C", cell=[[3, 0, 0], [1.1234, 2.9, 0], [0, 0, 9]], pbc=(True, True, False))
    with pytest.raises(ValueError, match="two orthogonal lattice vectors in the plane"):
        Specimen.from_ase(oblique)


def test_a_scene_with_an_oblique_cell_is_cut_to_a_rectangle():
    cell = Voxel([[3.0, -1.5, 0], [0, 1.5 * np.sqrt(3), 0], [0, 0, 5.0]])
    atom = Molecule("Ti", [[0.5, 0.5, 0.5]])
    scene = PeriodicScene(cell, atom)
    scene.populate()
    with pytest.raises(Refusal, match=r"Specimen.from_ase\(scene.ase_atoms\) cuts"):
        Specimen.from_scene(scene)
    specimen = Specimen.from_ase(scene.ase_atoms)  # as the message says
    volume = np.prod(specimen.cell)
    assert len(specimen.numbers) / volume == pytest.approx(1 / np.linalg.det(cell.sbases))


def test_specimens_go_to_ase_and_come_back():
    there = Specimen(
        [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]],
        [79, 6],
        (8.0, 9.0, 10.0),
        labels=[1, 0],
        objects=("object-0", "object-1"),
        occupancies=[1.0, 0.5],
    )
    back = Specimen.from_ase(there.to_ase())
    for name in ("positions", "numbers", "labels", "occupancies"):
        np.testing.assert_array_equal(getattr(back, name), getattr(there, name))
    assert (back.cell, back.objects) == (there.cell, there.objects)


def test_ase_atoms_are_imaged_in_three_lines():
    atoms = bulk("Au", cubic=True) * (3, 3, 2)
    wave = compute_exit_wave(atoms)
    micrograph = form_image(wave, ImagingConditions(defocus=100, dose=1000), Detector(0.204), rng=1)
    assert micrograph.counts.shape == (60, 60)
    np.testing.assert_array_equal(wave.array, compute_exit_wave(Specimen.from_ase(atoms)).array)


def test_atoms_that_are_joined_twice_are_told():
    with pytest.warns(Implausible, match=r"several atoms at \[1\.0, 1\.0, 1\.0\]"):
        Specimen([[1.0, 1.0, 1.0]] * 2, [79, 79], (4.0, 4.0, 4.0))


def test_occupancies_of_files_are_taken():
    """As ASE reads them with `fractional_occupancies=True`."""
    atoms = Atoms("AuPt", [[0, 0, 0], [2, 2, 2]], cell=[4, 4, 4], pbc=True)
    atoms.set_array("spacegroup_kinds", np.array([0, 1]))
    atoms.info["occupancy"] = {"0": {"Au": 1.0}, "1": {"Pt": 0.5}}
    assert Specimen.from_ase(atoms).occupancies.tolist() == [1.0, 0.5]


@pytest.mark.filterwarnings("error")
def test_names_of_objects_may_come_from_anything_that_lists_them():
    names = ["particle", "film"]
    for given in (names, tuple(names), np.array(names), iter(names), dict.fromkeys(names).keys()):
        specimen = Specimen([[1, 1, 1], [3, 3, 3]], [79, 6], [8.0, 8.0, 8.0], [0, 1], given)
        assert specimen.objects == ("particle", "film")
