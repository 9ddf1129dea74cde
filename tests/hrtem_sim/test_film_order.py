"""Films that are folded, and films with medium-range order."""

from dataclasses import replace

import numpy as np
import pytest

from czone.matter import find_contacts
from czone.util import fluctuation_variance
from hrtem_sim.database import open_database
from hrtem_sim.dataset import (
    build_dataset,
    check_dataset,
    plan_structure,
    regenerate,
    stored_plan,
)
from hrtem_sim.dataset.film_recipe import OrderRecipe, ReliefRecipe
from hrtem_sim.dataset.particle_recipe import LigandRecipe
from hrtem_sim.mask import projected_thickness
from hrtem_sim.provenance import Distribution
from hrtem_sim.specimen.builders import build_particles_on_film
from hrtem_sim.specimen.builders.relief import Relief
from hrtem_sim.specimen.film_order import FilmOrder
from tests.hrtem_sim.test_film_relief import DENSITY, FIELD, of, on_film, shape, streams

THICK = 12.0


def folded(*folds, side="entrance", **numbers):
    relief = shape(folds=folds, **numbers)
    return relief, on_film(relief, (3.0, -4.0), thickness=THICK, side=side)


@pytest.mark.parametrize(
    ("fold", "across"), [((1, 0, 0.3, 20.0), (0, 1)), ((0, 1, 0.3, 20.0), (1, 0))]
)
@pytest.mark.parametrize("side", ["entrance", "exit"])
def test_a_fold_is_three_films_thick_where_it_lies_and_nowhere_else(fold, across, side):
    _, plan = folded(fold, side=side)
    built = build_particles_on_film(plan, streams)
    film = built.specimen.only("film")
    thickness = projected_thickness(
        film, (40, 48), 2.0, objects=["film"], volumes={"film": 1 / DENSITY}, blur=1.0
    ).thickness[0]
    y, x = (np.mgrid[:40, :48] + 0.5) * 2.0
    axis = across.index(1)
    place, edge = (x, y)[axis], FIELD[axis]
    sign = 1 if axis == 0 else -1  # the fold's place counts along +x or -y
    away = sign * place - 0.3 * edge
    away = np.abs(away - edge * np.round(away / edge))
    assert thickness[away < 8.0].mean() == pytest.approx(3 * THICK, rel=0.06)
    assert thickness[away > 10.0 + THICK + 2.0].mean() == pytest.approx(THICK, rel=0.08)
    # the face of the particles is the flat film's
    atoms, particle = film.positions[:, 2], of(built, "particle-0")[:, 2]
    if side == "entrance":
        assert particle.min() < atoms.min() and np.ptp(atoms) == pytest.approx(3 * THICK, abs=0.5)
    else:
        assert particle.max() > atoms.max() and np.ptp(atoms) == pytest.approx(3 * THICK, abs=0.5)
    assert built.specimen.cell[2] > 3 * THICK


@pytest.mark.parametrize("fold", [(1, 0, 0.2, 15.0), (1, 1, 0.9, 15.0), (1, -1, 0.4, 15.0)])
def test_folds_repeat_with_the_field_and_hold_as_much_film_as_they_are_long(fold):
    relief, plan = folded(fold)
    built = build_particles_on_film(replace(plan, particles=()), streams)
    surfaces = Relief.of(relief, FIELD, THICK, streams)
    for shift in ((FIELD[0], 0.0), (0.0, FIELD[1])):
        places = np.random.default_rng(1).random((50, 2)) * FIELD
        one, other = (surfaces.faces(p)[1] for p in (places, places + shift))
        np.testing.assert_allclose(one, other, atol=1e-6)
    length = np.hypot(fold[0] * FIELD[0], fold[1] * FIELD[1])
    section = 2 * THICK * (15.0 + 2 * THICK * np.pi / 4)  # two layers more, with round edges
    volume = FIELD[0] * FIELD[1] * THICK + length * section
    assert len(of(built, "film")) == pytest.approx(DENSITY * volume, rel=0.04)


def test_order_of_a_film_is_measured_by_its_variance_and_keeps_its_density():
    plan = replace(on_film(None, (3.0, -4.0), thickness=THICK), film_order=None)
    k = np.arange(0.25, 0.95, 0.05)
    means = []
    for share in (0.0, 0.1, 0.3):
        made = build_particles_on_film(replace(plan, film_order=FilmOrder(share)), streams)
        film = made.specimen.only("film")
        means.append(fluctuation_variance(film.positions, k, edges=FIELD).variance.mean())
        flat = build_particles_on_film(plan, streams).specimen
        assert len(film) == pytest.approx(len(flat.only("film")), rel=0.03)
        assert set(film.numbers) == {6}
        found = find_contacts(
            made.specimen.positions,
            made.specimen.numbers,
            cell=np.array(made.specimen.cell),
            periodic=(True, True, False),
        )
        assert not len(found.first)
    assert means[0] < 1.1 and (np.diff(means) > 0.05).all()


def test_no_order_at_all_is_the_flat_film():
    plan = on_film(None, (3.0, -4.0))
    same = build_particles_on_film(replace(plan, film_order=FilmOrder(0.0)), streams)
    flat = build_particles_on_film(plan, streams)
    np.testing.assert_allclose(of(flat, "film"), of(same, "film"), atol=1e-9)


def test_recipes_draw_folds_and_order(tiny):
    relief = ReliefRecipe(
        folds=Distribution("integers", (0, 2)), fold_width=Distribution("uniform", (5.0, 9.0))
    )
    order = OrderRecipe(Distribution("uniform", (0.1, 0.3)), Distribution("constant", (4.0,)))
    recipe = replace(tiny, film=replace(tiny.film, relief=relief, order=order), structures=40)
    plans = [plan_structure(recipe, index).specimen for index in range(40)]
    counts = [len(plan.relief.folds) for plan in plans]
    assert set(counts) == {0, 1, 2}
    folds = [fold for plan in plans for fold in plan.relief.folds]
    assert {fold[:2] for fold in folds} == {(1, 0), (0, 1), (1, 1), (1, -1)}
    assert all(0 <= fold[2] < 1 and 5 <= fold[3] <= 9 for fold in folds)
    shares = [plan.film_order.share for plan in plans]
    assert 0.1 <= min(shares) < 0.15 and 0.25 < max(shares) <= 0.3
    assert {plan.film_order.radius for plan in plans} == {4.0}
    plain = plan_structure(replace(tiny, structures=40), 3).specimen
    assert plain.particles == plans[3].particles and plain.film_thickness == plans[3].film_thickness


def test_films_and_ligands_are_made_again_from_stored_plans(tiny, tmp_path):
    relief = ReliefRecipe(folds=Distribution("constant", (2.0,)))
    order = OrderRecipe(Distribution("constant", (0.3,)), Distribution("constant", (4.0,)))
    recipe = replace(
        tiny,
        structures=2,
        particle=replace(
            tiny.particle, ligands=LigandRecipe(coverage=Distribution("uniform", (0.5, 1.0)))
        ),
        film=replace(tiny.film, relief=relief, order=order),
    )
    database = build_dataset(recipe, tmp_path, progress=False)
    assert set(database.catalogue["film_order"]) == {0.3}
    assert database.catalogue["ligand_coverage"].between(0.5, 1.0).all()
    again = open_database(tmp_path)
    check_dataset(again)
    micrograph = regenerate(again, again.catalogue["micrograph"][3])
    assert (micrograph.counts == again.counts([3])[0]).all()
    plan = stored_plan(again, 0).specimen
    assert len(plan.relief.folds) == 2 and plan.film_order.share == 0.3 and plan.ligands.carbons
