"""Fluctuation microscopy and the order that it sees: known variances, known structures."""

import numpy as np
import pytest
from scipy.spatial import cKDTree

from czone.generator import AmorphousGenerator, Generator, with_grains
from czone.util import fluctuation_variance, radial_distribution
from czone.volume import Volume, make_rect_prism

EDGES = (80.0, 90.0)
SILICON = Generator.from_spacegroup(["Si"], [[0, 0, 0]], [5.431] * 3, [90] * 3, sgn=227)
K_111, K_220 = 3**0.5 / 5.431, 8**0.5 / 5.431


@pytest.fixture(scope="module")
def film():
    slab = Volume(
        points=make_rect_prism(*EDGES, 30.0), generator=AmorphousGenerator(species="Si", rng=1)
    )
    slab.populate_atoms()
    return np.array(slab.atoms), np.array(slab.species)


def with_order(film, share, **numbers):
    given = {"radius": 7.0, "min_distance": 2.2, "edges": EDGES, "rng": 2} | numbers
    return with_grains(*film, SILICON, share=share, **given)


@pytest.mark.parametrize(("count", "resolution"), [(60, 5.0), (300, 5.0), (300, 10.0), (3000, 5.0)])
def test_independent_atoms_have_the_variance_of_speckle_and_of_their_number(count, resolution):
    found = []
    for seed in range(20):
        gas = np.random.default_rng(seed).random((count, 3)) * [*EDGES, 20.0]
        made = fluctuation_variance(gas, [0.4, 0.7], edges=EDGES, resolution=resolution)
        found.append(made.variance)
        assert made.intensity.mean() == pytest.approx(1.0, abs=0.35)
    # the integral of the squared overlap of two unit discs is 14.251, and 14.251 / pi^2 = 1.444
    expected = 1 + 1.444 * (0.61 / resolution) ** 2 * np.prod(EDGES) / count
    error = np.std(np.mean(found, axis=1)) / 20**0.5
    assert np.mean(found) == pytest.approx(expected, abs=3 * error + 0.01 * expected)


def test_a_crystal_under_every_place_has_no_variance():
    """All places of a film of one crystal diffract alike, into its reflections."""
    cells = np.indices((10, 10, 5)).reshape(3, -1).T
    points = (cells[:, None] + SILICON.coords).reshape(-1, 3) * 5.431
    # k is (4, 0) of the cell: one azimuth along x, its reciprocal vector exactly
    made = fluctuation_variance(
        points, [4 / 5.431], edges=(54.31, 54.31), azimuths=1, resolution=12.0
    )
    turned = fluctuation_variance(
        points[:, [1, 0, 2]], [4 / 5.431], edges=(54.31, 54.31), azimuths=1, resolution=12.0
    )
    assert made.variance == pytest.approx(0.0, abs=1e-9)
    assert turned.variance == pytest.approx(0.0, abs=1e-9)
    assert made.intensity[0] > 10.0  # in step


def test_weights_of_zero_are_no_atoms(film):
    atoms = film[0]
    half = np.arange(len(atoms)) % 2 == 0
    weighed = fluctuation_variance(atoms, [0.4], edges=EDGES, weights=half.astype(float))
    alone = fluctuation_variance(atoms[half], [0.4], edges=EDGES)
    np.testing.assert_allclose(weighed.variance, alone.variance)


def test_a_random_packing_varies_as_independent_atoms_do(film):
    k = np.arange(0.2, 0.9, 0.05)
    variance = fluctuation_variance(film[0], k, edges=EDGES).variance
    assert variance.mean() == pytest.approx(1.0, abs=0.05) and np.ptp(variance) < 0.3


def test_order_shows_in_the_variance_and_grows_with_its_share(film):
    k = np.arange(0.25, 0.95, 0.03)
    means = [
        fluctuation_variance(with_order(film, share)[0].positions, k, edges=EDGES).variance.mean()
        for share in (0.0, 0.05, 0.1, 0.2)
    ]
    assert means[0] == pytest.approx(1.0, abs=0.03)
    assert (np.diff(means) > 0.04).all()


def test_the_variance_peaks_at_the_planes_of_the_grains(film):
    points = with_order(film, 0.2)[0].positions
    between, low, high = fluctuation_variance(points, [0.2, K_111, K_220], edges=EDGES).variance
    assert min(low, high) > between + 0.2 and between < 1.15


def test_order_hardly_shows_in_the_radial_distribution_beyond_a_nanometre(film):
    plain, grainy = (
        radial_distribution(points, cutoff=14.0, cell=[*EDGES, 30.0], periodic=(True, True, False))
        for points in (film[0], with_order(film, 0.2)[0].positions)
    )
    far = plain.r > 9.0
    np.testing.assert_allclose(grainy.g[far], 1.0, atol=0.12)
    second = np.abs(plain.r - 3.84) < 0.1  # second neighbours of the crystal
    assert grainy.g[second].max() > plain.g[second].max() + 0.1


@pytest.mark.parametrize("share", [0.15, 0.5, 0.9])
def test_grains_keep_density_distances_and_the_share_asked_for(film, share):
    atoms, reached = with_order(film, share)
    assert reached == pytest.approx(share, abs=0.02)
    assert len(atoms.positions) == pytest.approx(len(film[0]), rel=0.02)
    points = np.array(atoms.positions)
    assert points[:, 2].min() >= film[0][:, 2].min() - 1e-9
    assert points[:, 2].max() <= film[0][:, 2].max() + 1e-9
    tree = cKDTree(np.column_stack([points[:, :2] % EDGES, points[:, 2]]), boxsize=[*EDGES, 0])
    nearest = tree.query(tree.data, k=2)[0][:, 1]
    assert nearest.min() > 0.9 * 2.2  # the strain of a grain brings bonds of 2.35 closer
    again = with_order(film, share)[0]
    np.testing.assert_array_equal(again.positions, points)


def test_grains_are_the_crystal_turned_and_strained(film):
    atoms, _ = with_order(film, 0.1, radius=9.0, strain=0.0)
    added = np.array(atoms.positions)[~np.isin(atoms.positions, film[0]).all(axis=1)]
    neighbours = cKDTree(added).query(added, k=5)[0][:, 1:]
    inner = (np.abs(neighbours - 5.431 * 3**0.5 / 4) < 1e-6).all(axis=1)
    assert inner.mean() > 0.3  # four bonds of the crystal around every atom inside a grain
