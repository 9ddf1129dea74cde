"""Atoms that are impossibly close are found everywhere, and nothing else is."""

import time
import warnings

import numpy as np
import pytest
from ase.build import bulk
from ase.data import covalent_radii
from hypothesis import given, settings
from hypothesis import strategies as st

from czone.generator import AmorphousGenerator, Generator
from czone.geometry import Sphere
from czone.matter import (
    ImpossibleContact,
    ShortContact,
    contact_distance,
    contact_rule,
    contacts,
    find_contacts,
)
from czone.scene import Scene
from czone.transform import ChemicalSubstitution, HStrain, Rotation
from czone.volume import MultiVolume, Volume, make_rect_prism
from hrtem_sim.refusal import Refusal
from hrtem_sim.specimen import Specimen

A = 4.078


def gold(**keywords):
    return Generator.from_spacegroup(["Au"], [[0, 0, 0]], [A] * 3, [90] * 3, sgn=225, **keywords)


def block(nx, ny, nz, **keywords):
    return Volume(points=make_rect_prism(nx, ny, nz), **keywords)


def brute(positions, numbers, cell, periodic, share):
    """All pairs (i, j, share of the radii), images by an explicit sum over 5 x 5 x 5 cells."""
    steps = [np.arange(-2, 3) if flag else np.zeros(1) for flag in periodic]
    shifts = np.array(np.meshgrid(*steps)).reshape(3, -1).T @ cell
    radii = covalent_radii[numbers]
    found = []
    for i in range(len(positions)):
        for j in range(i, len(positions)):
            for shift in shifts:
                if i == j and (not shift.any() or tuple(shift) < (0, 0, 0)):
                    continue
                d = np.linalg.norm(positions[j] + shift - positions[i])
                if d < share * (radii[i] + radii[j]):
                    found.append((i, j, round(d / (radii[i] + radii[j]), 9)))
    return sorted(found)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    periodic=st.tuples(*[st.booleans()] * 3),
    skew=st.floats(0, 2),
)
def test_the_search_finds_what_brute_force_finds(seed, periodic, skew):
    rng = np.random.default_rng(seed)
    cell = np.diag([6.0, 7.0, 8.0]) + skew * np.eye(3, k=-1)
    positions = rng.uniform(0, 1, (25, 3)) @ cell
    numbers = rng.choice([6, 14, 79], 25)
    found = find_contacts(positions, numbers, cell=cell, periodic=periodic, share=0.6)
    pairs = zip(found.first, found.second, found.shares.round(9), strict=True)
    listed = sorted((min(i, j), max(i, j), s) for i, j, s in pairs)
    near = [pair for pair in brute(positions, numbers, cell, periodic, 0.6) if pair[2] > 0.4]
    assert [pair for pair in listed if pair[2] > 0.4] == near  # nuclei below 0.4 A count besides
    assert (np.diff(found.shares) >= 0).all()


def each_way(search):
    """What a search finds with a tree and with compiled code, exactly."""
    found = []
    for few in (10**9, 0):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(contacts, "_FEW", few)
            patched.setattr(contacts, "compiled_pays", lambda bodies=1: True)
            found.append(search())
    return found


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    periodic=st.tuples(*[st.booleans()] * 3),
    count=st.integers(1, 300),
    edges=st.tuples(*[st.sampled_from([0.0, 0.3, 5.0, 11.0, 60.0])] * 3),
    grid=st.booleans(),
)
def test_compiled_code_finds_what_a_tree_finds(seed, periodic, count, edges, grid):
    """Points in flat, thin and empty boxes, and on a lattice where many pairs tie."""
    rng = np.random.default_rng(seed)
    positions = rng.uniform(-0.5, 0.5, (count, 3)) * edges
    positions = positions.round() if grid else positions
    numbers = rng.choice([1, 6, 14, 79], count)
    cell = np.maximum(edges, 3.0) + 0.1
    tree, compiled = each_way(
        lambda: find_contacts(positions, numbers, cell=cell, periodic=periodic)
    )
    for name, array in vars(tree).items():
        np.testing.assert_array_equal(vars(compiled)[name], array, err_msg=name)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), periodic=st.booleans())
def test_a_scene_is_searched_alike_with_and_without_compiled_code(seed, periodic):
    rng = np.random.default_rng(seed)
    objects = [
        Volume(
            alg_objects=[Sphere(8.0, rng.uniform(0, 30, 3))],
            generator=gold(origin=rng.uniform(0, 4, 3)),
            priority=int(rng.integers(3)),
        )
        for _ in range(5)
    ]
    scene = Scene([[0, 0, 0], [30, 30, 30]], objects, periodic=periodic)
    with contact_rule(impossible="ignore", short="ignore"):
        scene.populate()
    tree, compiled = each_way(scene.contacts)
    for name, array in vars(tree).items():
        np.testing.assert_array_equal(vars(compiled)[name], array, err_msg=name)


def test_published_crystals_are_silent():
    cells = [
        bulk("Au"), bulk("Si"), bulk("NaCl", "rocksalt", a=5.64), bulk("Ti"), bulk("Cs"),
        bulk("ZnO", "wurtzite", a=3.25, c=5.207), bulk("W"), bulk("GaAs", "zincblende", a=5.653),
    ]  # fmt: skip
    for atoms in cells:
        found = find_contacts(atoms.positions, atoms.numbers, cell=atoms.cell[:], periodic=True)
        assert len(found) == 0, atoms


def test_bonds_of_molecules_that_are_short_by_nature_are_silent():
    # uranyl 1.76 A, vanadyl 1.58, N2 at high density 1.06, acetylene 1.20, water as by X-rays 0.72
    for pair, distance in [("UO", 1.76), ("VO", 1.58), ("NN", 1.06), ("CC", 1.20), ("OH", 0.72)]:
        assert len(find_contacts([[0, 0, 0], [0, 0, distance]], list(pair))) == 0, pair


def test_the_bounds_are_half_and_two_thirds_of_the_radii():
    both = covalent_radii[79] + covalent_radii[6]
    for share, close, impossible in [(0.66, 0, 0), (0.64, 1, 0), (0.51, 1, 0), (0.49, 1, 1)]:
        found = find_contacts([[0, 0, 0], [0, share * both, 0]], ["Au", "C"])
        assert (len(found), found.impossible.sum()) == (close, impossible)
        assert found.shares == pytest.approx([share] * close)
    assert contact_distance("Au", "C") == pytest.approx(0.85 * (1.36 + 0.76))


def test_sites_that_share_one_atom_may_coincide():
    sites, numbers = [[0, 0, 0], [0.2, 0, 0]], ["Ce", "Zr"]
    assert len(find_contacts(sites, numbers, occupancies=[0.5, 0.5])) == 0
    assert len(find_contacts(sites, numbers, occupancies=[0.5, 0.6])) == 1


def test_a_rule_allows_them_for_a_while():
    sites = ["Au", "Au"], [[0, 0, 0], [0.2, 0, 0]], [A] * 3, [90] * 3
    with contact_rule(impossible="ignore", short="ignore"):
        assert len(Generator.from_unit_cell(*sites).structure) == 2
    with contact_rule(impossible="warn"), pytest.warns(ShortContact):
        assert len(Generator.from_unit_cell(*sites).structure) == 2
    with pytest.raises(ImpossibleContact):
        Generator.from_unit_cell(*sites)


@pytest.mark.parametrize("strain", [0.0, -0.2, 0.1])
def test_what_a_crystal_says_of_its_distances_is_true(strain):
    crystal = gold(strain_field=HStrain([1 + strain, 1, 1])) if strain else gold()
    ball = Volume(alg_objects=[Sphere(12, [0, 0, 0])], generator=crystal)
    ball.transform(Rotation(np.linalg.qr(np.random.default_rng(2).normal(size=(3, 3)))[0]))
    ball.populate_atoms()
    worst = find_contacts(ball.atoms, ball.species, share=1.2).shares.min()
    assert 0 < ball.filling.apart[0] <= worst + 1e-12


def test_what_an_amorphous_solid_says_of_its_distances_is_true():
    silica = AmorphousGenerator(
        species="SiO2",
        density=0.066,
        min_dist={("Si", "O"): 1.5, ("O", "O"): 2.2, ("Si", "Si"): 2.6},
        rng=3,
    )
    film = block(30, 30, 10, generator=silica)
    film.populate_atoms()
    worst = find_contacts(film.atoms, film.species, share=1.2).shares.min()
    assert 0 < film.filling.apart[0] <= worst + 1e-12


def test_a_class_of_a_users_own_is_searched():
    class Doubled(Generator):
        def supply_atoms(self, bbox, **kwargs):
            positions, numbers = super().supply_atoms(bbox)
            return np.vstack([positions, positions + 0.5]), np.tile(numbers, 2)

    doubled = Doubled(structure=gold().structure)
    ball = Volume(alg_objects=[Sphere(8, [0, 0, 0])], generator=doubled)
    with pytest.warns(ShortContact, match=r"0\.866 angstrom"):
        Scene([[-9] * 3, [9] * 3], [ball]).populate()


def test_changed_atoms_are_searched():
    """Caesium in place of gold leaves no room."""
    changed = gold(post_transform=ChemicalSubstitution("Au", "Cs", 1.0, rng=1))
    ball = Volume(alg_objects=[Sphere(8, [0, 0, 0])], generator=changed)
    with pytest.warns(ShortContact, match="Cs at"):
        Scene([[-9] * 3, [9] * 3], [ball]).populate()


def film_and_particle(**keywords):
    ball = Volume(alg_objects=[Sphere(12, [20, 20, 14])], generator=gold(), priority=0)
    slab = Volume(
        make_rect_prism(40, 40, 20) + [0, 0, 24],
        generator=AmorphousGenerator(rng=1),
        priority=1,
    )
    return Scene([[0, 0, 0], [40, 40, 46]], [ball, slab], **keywords)


def test_a_particle_meets_its_film_and_one_argument_resolves_it():
    with pytest.warns(ShortContact, match='min_distance="contact"'):
        touching = film_and_particle()
        touching.populate()
    close = touching.contacts()
    exact = find_contacts(touching.all_atoms, touching.all_species)
    assert (len(close), set(close.numbers.ravel())) == (len(exact), {6, 79})
    np.testing.assert_allclose(close.distances, exact.distances)
    with pytest.raises(Refusal, match=r"specimen must not hold atoms nearer than 0\.5"):
        Specimen.from_scene(touching)
    with contact_rule(impossible="ignore", short="ignore"):
        assert len(Specimen.from_scene(touching)) == len(touching.all_atoms)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        apart = film_and_particle(min_distance="contact")
        apart.populate()
        Specimen.from_scene(apart)
    gap = find_contacts(apart.all_atoms, apart.all_species, share=1.0)
    mixed = gap.numbers[:, 0] != gap.numbers[:, 1]
    assert gap.shares[mixed].min() >= 0.85
    # Carbon gives way, gold stays; and no carbon goes that is farther than contact.
    np.testing.assert_array_equal(apart.atoms_from_object(0), touching.atoms_from_object(0))
    lost = len(touching.all_atoms) - len(apart.all_atoms)
    distances = np.linalg.norm(
        touching.atoms_from_object(1)[:, None] - touching.atoms_from_object(0)[None], axis=2
    )
    assert lost == (distances.min(axis=1) < contact_distance("Au", "C")).sum() > 0


def test_members_of_a_multivolume_keep_their_distance():
    left = block(A * 4, A * 4, A * 4, generator=gold(), priority=0)
    right = Volume(
        make_rect_prism(A * 4, A * 4, A * 4) + [A * 4 + 0.3, 0, 0],
        generator=gold(origin=[A * 4 + 0.3, 0, 0]),
        priority=1,
    )
    bounds = [[-1, -1, -1], [40, 20, 20]]
    with pytest.warns(ShortContact):
        close = Scene(bounds, [MultiVolume([left, right])])
        close.populate()
    apart = Scene(bounds, [MultiVolume([left, right])], min_distance="contact")
    apart.populate()
    alone = Scene(bounds, [left, right], min_distance="contact")
    alone.populate()
    np.testing.assert_array_equal(apart.all_atoms, alone.all_atoms)
    assert len(apart.all_atoms) < len(close.all_atoms)


@pytest.mark.parametrize(("extra", "atoms"), [(0.0, 4 * 6 * 6 * 2), (0.02, 4 * 6 * 6 * 2)])
def test_a_crystal_that_fills_a_repeating_box_is_not_doubled_at_the_seam(extra, atoms):
    edge = 6 * A + extra
    slab = block(edge, edge, 2 * A - 0.1, generator=gold())
    scene = Scene([[0, 0, 0], [edge, edge, 12]], [slab], periodic=True)
    scene.populate()
    assert len(scene.all_atoms) == atoms
    assert len(Specimen.from_scene(scene)) == atoms


def test_a_crystal_that_does_not_fit_the_box_is_told_and_cut_at_the_seam():
    edge = 6 * A + 0.4
    slab = block(edge, edge, 2 * A - 0.1, generator=gold())
    scene = Scene([[0, 0, 0], [edge, edge, 12]], [slab], periodic=True)
    with pytest.warns(ShortContact, match="across the periodic edge"):
        scene.populate()
    with pytest.raises(Refusal, match="whole periods"):
        Specimen.from_scene(scene)
    cut = Scene([[0, 0, 0], [edge, edge, 12]], [slab], periodic=True, min_distance="contact")
    cut.populate()
    assert len(cut.contacts()) == 0
    assert len(cut.all_atoms) == 4 * 6 * 6 * 2


def test_a_scene_that_is_not_periodic_is_looked_at_across_its_faces_when_handed_over():
    edge = 6 * A
    slab = block(edge, edge, 2 * A - 0.1, generator=gold())
    scene = Scene([[0, 0, 0], [edge, edge, 12]], [slab])
    scene.populate()
    assert len(scene.contacts()) == 0
    with pytest.raises(Refusal, match="across the periodic edge"):
        Specimen.from_scene(scene)


def test_atoms_from_ase_are_looked_at():
    atoms = bulk("Au", cubic=True) * (3, 3, 3)
    assert len(Specimen.from_ase(atoms)) == 108
    atoms.set_cell(atoms.cell[:] - np.diag([2.9, 0, 0]))
    with pytest.raises(Refusal, match="across the periodic edge"):
        Specimen.from_ase(atoms)
    small = bulk("Au", cubic=True) * (3, 3, 3)
    small.set_cell(small.cell[:] / 10, scale_atoms=True)
    with pytest.raises(Refusal, match="nanometres"):
        Specimen.from_ase(small)


def test_checks_cost_little():
    """A 20 nm particle within 0.1 s, a scene of a million atoms within 3 s."""
    edge = 257.0
    block_of_gold = block(edge, edge, edge, generator=gold())
    scene = Scene([[0, 0, 0], [edge] * 3], [block_of_gold])
    scene.populate()
    begin = time.process_time()
    scene.populate()
    million = time.process_time() - begin
    assert len(scene.all_atoms) > 1_000_000
    ball = Scene(
        [[-101] * 3, [101] * 3], [Volume(alg_objects=[Sphere(100, [0] * 3)], generator=gold())]
    )
    begin = time.process_time()
    ball.populate()
    particle = time.process_time() - begin
    assert len(ball.all_atoms) > 240_000
    assert (million < 3, particle < 0.3) == (True, True), (million, particle)
