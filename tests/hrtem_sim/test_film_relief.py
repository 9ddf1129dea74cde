"""Films as they are: uneven, with holes, dirt and single heavy atoms."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import cKDTree

from hrtem_sim.dataset import plan_structure, simulate_structure
from hrtem_sim.dataset.film_recipe import ReliefRecipe
from hrtem_sim.dataset.films import disc_coverage
from hrtem_sim.interchange import particles_of
from hrtem_sim.mask import projected_thickness
from hrtem_sim.provenance import Distribution, rng_for
from hrtem_sim.specimen.builders import ParticlesOnFilm, build_particles_on_film, place
from hrtem_sim.specimen.builders.film_relief import FilmRelief
from hrtem_sim.specimen.builders.relief import DIRT_DENSITY, Relief
from hrtem_sim.specimen.particles import ParticlePlan

FIELD = (96.0, 80.0)
DENSITY = 0.11


def streams(*key):
    return rng_for(4, *key)


def shape(**numbers):
    flat = {"unevenness": 0.0, "waviness": 20.0, "holes": (), "patches": (), "adatoms": 0}
    return FilmRelief(**flat | {"adatom": "Au"} | numbers)


def on_film(relief, *offsets, thickness=20.0, side="entrance", border="cut"):
    turn = (0.1, 0.2, 0.3, 0.9273618495495703)
    particles = tuple(ParticlePlan("Au", "sphere", 8.0, turn, xy, 0, 0.0) for xy in offsets)
    film = ("C", thickness, DENSITY, 1.4, border)
    return ParticlesOnFilm(FIELD, particles, 0.2, side, 2.0, *film, relief=relief)


def of(built, name):
    return built.specimen.only(name).positions


def away(places, x, y):
    edges = np.array(FIELD)
    shift = places[:, :2] - edges / 2 - [x, y]
    return np.linalg.norm(shift - edges * np.round(shift / edges), axis=1)


def test_a_flat_relief_is_the_flat_film():
    flat = build_particles_on_film(on_film(None, (3.0, -4.0)), streams)
    same = build_particles_on_film(on_film(shape(), (3.0, -4.0)), streams)
    np.testing.assert_allclose(of(flat, "film"), of(same, "film"), atol=1e-9)
    np.testing.assert_allclose(of(flat, "particle-0"), of(same, "particle-0"), atol=1e-9)
    assert same.particles == ("particle-0",)


def test_surfaces_have_the_rms_and_the_length_asked_for_and_repeat():
    relief = Relief.of(shape(unevenness=6.0, waviness=12.0), FIELD, 40.0, streams)
    assert (relief.back - relief.front).std() == pytest.approx(6.0, rel=0.2)
    assert relief.front.std() == pytest.approx(6.0 / 2**0.5, rel=0.02)  # cut off at 3 rms
    spectrum = np.abs(np.fft.fft2(relief.front)) ** 2
    alike = np.fft.ifft2(spectrum).real
    step = round(12.0 / (FIELD[0] / relief.front.shape[1]))
    assert alike[0, step] / alike[0, 0] == pytest.approx(np.exp(-0.5), abs=0.15)
    left, right = (relief.faces(np.array([[x, 7.0]]))[0] for x in (1e-6, FIELD[0] - 1e-6))
    assert left == pytest.approx(right, abs=0.01)


def test_an_uneven_film_keeps_its_density_and_varies_in_thickness():
    built = build_particles_on_film(on_film(shape(unevenness=6.0, waviness=15.0)), streams)
    film = of(built, "film")
    assert len(film) == pytest.approx(DENSITY * FIELD[0] * FIELD[1] * 20.0, rel=0.03)
    relief = Relief.of(shape(unevenness=6.0, waviness=15.0), FIELD, 20.0, streams)
    thickness = projected_thickness(
        built.specimen, (40, 48), 2.0, objects=["film"], volumes={"film": 1 / DENSITY}, blur=3.0
    ).thickness[0]
    y, x = (np.mgrid[:40, :48] + 0.5) * 2.0
    front, back = relief.faces(np.column_stack([x.ravel(), y.ravel()]))
    expected = (back - front).reshape(40, 48)
    assert np.corrcoef(thickness.ravel(), expected.ravel())[0, 1] > 0.9
    nearest = cKDTree(film).query(film, k=2)[0][:, 1]
    assert nearest.min() > 1.39


@pytest.mark.parametrize("side", ["entrance", "exit"])
def test_particles_stand_on_the_film_where_it_is(side):
    uneven = shape(unevenness=8.0, waviness=30.0)
    offsets = ((-30.0, -20.0), (0.0, 15.0), (30.0, -20.0))
    relief = Relief.of(uneven, FIELD, 20.0, streams)
    outward = 1.0 if side == "exit" else -1.0
    flat = place(on_film(None, *offsets, side=side), streams)
    for one, other, offset in zip(
        place(on_film(uneven, *offsets, side=side), streams), flat, offsets, strict=True
    ):
        (depth,), _ = relief.faces(np.array([np.array(FIELD) / 2 + offset]))
        shift = one.atoms - other.atoms
        np.testing.assert_allclose(shift[:, 2], -outward * depth, atol=1e-9)


def test_holes_hold_no_film_no_dirt_and_no_single_atoms():
    holes = ((10.0, 5.0, 15.0), (-45.0, 30.0, 12.0))
    dirty = shape(holes=holes, patches=((12.0, 5.0, 25.0, 9.0),), adatoms=60)
    built = build_particles_on_film(on_film(dirty), streams)
    for name in ("film", "contamination", "adatoms"):
        atoms = of(built, name)
        assert len(atoms) and all(away(atoms, x, y).min() >= r for x, y, r in holes)
    area = FIELD[0] * FIELD[1] - np.pi * (15.0**2 + 12.0**2)
    assert len(of(built, "film")) == pytest.approx(DENSITY * area * 20.0, rel=0.02)
    assert len(of(built, "adatoms")) == pytest.approx(60 * area / (FIELD[0] * FIELD[1]), abs=12)


@pytest.mark.parametrize("height", [12.0, -12.0])
def test_dirt_is_a_dome_on_its_face(height):
    built = build_particles_on_film(on_film(shape(patches=((5.0, -8.0, 20.0, height),))), streams)
    dirt, film = of(built, "contamination"), of(built, "film")
    assert away(dirt, 5.0, -8.0).max() < 20.0
    volume = np.pi * 20.0**2 * 12.0 / 2 - np.pi * 20.0**2 * 1.4  # a paraboloid less the gap below
    assert len(dirt) == pytest.approx(DIRT_DENSITY * volume, rel=0.15)
    above = film[:, 2].min() - dirt[:, 2] if height > 0 else dirt[:, 2] - film[:, 2].max()
    assert (above > 0).all() and above.max() == pytest.approx(12.0, abs=2.0)
    assert built.particles == ()  # and no label


def test_single_atoms_lie_on_the_face_of_the_particles_and_apart_from_them():
    built = build_particles_on_film(on_film(shape(adatoms=40), (0.0, 0.0)), streams)
    single = built.specimen.only("adatoms")
    assert set(single.numbers) == {79} and 30 < len(single) <= 40
    film, particle = of(built, "film"), of(built, "particle-0")
    assert cKDTree(film).query(single.positions)[0].min() > 0.84 * 2.12
    assert cKDTree(particle).query(single.positions)[0].min() > 0.84 * 2.72
    assert single.positions[:, 2].max() < film[:, 2].min()  # where the beam enters


def test_recipes_draw_what_they_ask_for_and_particles_avoid_the_holes(tiny):
    relief = ReliefRecipe(
        unevenness=Distribution("uniform", (2.0, 4.0)),
        holes=Distribution("uniform", (0.1, 0.4)),
        hole_radius=Distribution("uniform", (8.0, 20.0)),
        contamination=Distribution("constant", (0.3,)),
        adatoms=Distribution("constant", (0.5,)),
    )
    particle = replace(tiny.particle, count=Distribution("constant", (4.0,)), gap=0.0)
    placement = replace(tiny.placement, field=(102.4, 102.4), border="cut")
    film = replace(tiny.film, relief=relief)
    recipe = replace(tiny, particle=particle, placement=placement, film=film, structures=30)
    covered = []
    for index in range(30):
        plan = plan_structure(recipe, index).specimen
        covered.append(disc_coverage(plan.relief.holes, plan.field))
        assert 2 <= plan.relief.unevenness <= 4 and plan.relief.adatoms == 52
        assert plan.relief.adatom == "Au"
        for one in plan.particles:
            for x, y, radius in plan.relief.holes:
                shift = np.subtract(one.offset, (x, y))
                shift -= 102.4 * np.round(shift / 102.4)
                assert np.hypot(*shift) >= radius
    assert 0.15 < np.mean(covered) < 0.35 and max(covered) < 0.5
    # the particles alone, as exports build them, are those of the whole structure
    plan = plan_structure(replace(recipe, wave=replace(recipe.wave, phonons=0)), 3)
    simulated = simulate_structure(recipe, plan)
    whole, alone = simulated.built.specimen, particles_of(plan)
    np.testing.assert_allclose(alone.cell, whole.cell)
    kept = whole.only(*simulated.built.particles)
    edges = np.array([102.4, 102.4, np.inf])
    shift = kept.positions - alone.positions
    shift[:, :2] -= edges[:2] * np.round(shift[:, :2] / edges[:2])
    np.testing.assert_allclose(shift, 0, atol=1e-9)
    assert simulated.mask.classes.any()
