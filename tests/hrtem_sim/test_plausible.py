"""Physical ranges of fields: what is refused, what warns, and that shipped recipes are usual."""

import dataclasses
import re
import tomllib
import warnings

import numpy as np
import pytest

from czone.generator import film_of
from hrtem_sim import Implausible, Refusal
from hrtem_sim.dataset import plan_structure, read_dataset_recipe
from hrtem_sim.dataset.recipe import DatasetRecipe, FilmRecipe, ImagingRecipe, ParticleRecipe
from hrtem_sim.dataset.simulate import build_structure
from hrtem_sim.grid import Grid
from hrtem_sim.imaging import Aberrations, Detector, ImagingConditions
from hrtem_sim.provenance import Distribution, field_checks, recipe_file, shipped_recipes
from hrtem_sim.specimen import rms_displacements
from hrtem_sim.wave import ExitWave, WaveSettings
from seg_train.recipe import TrainingRecipe


def constant(value):
    return Distribution("constant", (value,))


def imaging(**values):
    return ImagingRecipe(dose=constant(400.0), **values)


def lens(value):
    return imaging(aberrations={"C30": value})


REFUSED = [
    (lambda v: WaveSettings(energy=v), 200, "energy", "keV", 200e3),
    (lambda v: WaveSettings(energy=v), 0.3, "energy", "MeV", 300e3),
    (lambda v: WaveSettings(pixel_size=v), 20.0, "pixel_size", "pm", 0.2),
    (lambda v: lens(constant(v)), 1.2, "aberrations.C30", "mm", 1.2e7),
    (lambda v: lens(constant(v)), -13.0, "aberrations.C30", "um", -1.3e5),
    (lambda v: imaging(convergence=constant(v)), 0.0002, "convergence", "rad", 0.2),
    (lambda v: imaging(focal_spread=constant(v)), 0.004, "focal_spread", "um", 40),
    (lambda v: ParticleRecipe(radius=constant(v)), 3.0, "radius", "nm", 30),
    (lambda v: FilmRecipe(thickness=constant(v)), 0.9, "thickness", "nm", 9),
    (lambda v: Detector(pixel_size=v), 40.0, "pixel_size", "pm", 0.4),
]  # fmt: skip

DOUBTED = [
    (lambda v: Aberrations(C30=v), 1.2, "Aberrations: C30", "mm", 1.2e7),
    (lambda v: Aberrations(C50=v), 5.0, "Aberrations: C50", "mm", 5e7),
    (lambda v: Aberrations(phi12=v), 45.0, "Aberrations: phi12", "degrees", 0.785398),
    (lambda v: ImagingConditions(focal_spread=v), 4.0, "focal_spread", "nm", 40),
    (lambda v: ImagingConditions(convergence=v), 0.0003, "convergence", "rad", 0.3),
    (lambda v: ImagingConditions(dose=v), 4e5, "dose", "e/nm^2", 4e3),
    (lambda v: Detector(pixel_size=v), 0.02, "Detector: pixel_size", "nm", 0.2),
    (lambda v: WaveSettings(pixel_size=v), 0.02, "WaveSettings: pixel_size", "nm", 0.2),
    (lambda v: WaveSettings(tilt=(v, 0.0)), 0.005, "WaveSettings: tilt", "rad", 5),
    (lambda v: ParticleRecipe(radius=constant(v)), 5.0, "radius", "nm", 50),
    (lambda v: FilmRecipe(thickness=constant(v)), 5.0, "thickness", "nm", 50),
    (lambda v: TrainingRecipe(seed=1, pixel_size=v), 0.04, "pixel_size", "nm", 0.4),
]  # fmt: skip


@pytest.mark.parametrize(("make", "typed", "name", "unit", "meant"), REFUSED)
def test_what_is_impossible_is_refused_with_its_likely_unit(make, typed, name, unit, meant):
    with pytest.raises(
        Refusal, match=f"{name} must be .*did you mean {typed:g} {re.escape(unit)}"
    ) as caught:
        make(typed)
    follow(make, str(caught.value), meant)


@pytest.mark.parametrize(("make", "typed", "name", "unit", "meant"), DOUBTED)
def test_what_is_unusual_warns_of_its_likely_unit(make, typed, name, unit, meant):
    with pytest.warns(
        Implausible, match=f"{name} is .*did you mean {typed:g} {re.escape(unit)}"
    ) as caught:
        make(typed)
    assert caught[0].filename == __file__, "the warning is at the caller's line"
    follow(make, str(caught[0].message), meant)


def follow(make, message, meant):
    """Do what the message says: nothing is said again."""
    advised = float(re.search(r", ([-+.e0-9]+)\?$", message)[1])
    assert advised == pytest.approx(meant, rel=1e-5)
    with warnings.catch_warnings():
        warnings.simplefilter("error", Implausible)
        make(advised)


@pytest.mark.parametrize(
    "make",
    [
        lambda: imaging(focal_spread=constant(0.0), convergence=constant(0.0)),
        lambda: lens(Distribution("uniform", (-28695.0, 0.0))),
        lambda: imaging(defocus=Distribution("normal", (100.0, 150.0))),
        lambda: imaging(vibration=Distribution("uniform", (0.0, 0.7))),
        lambda: ImagingConditions(),
        lambda: WaveSettings(energy=80e3),
    ],
)
def test_perfect_microscopes_and_ranges_from_nothing_are_usual(make):
    with warnings.catch_warnings():
        warnings.simplefilter("error", Implausible)
        make()


def test_numbers_drawn_from_a_recipe_warn_no_more(tmp_path):
    recipe = read_dataset_recipe("demo")
    with pytest.warns(Implausible, match="convergence is 2.0 mrad, where 0.05 to 0.5 is usual"):
        odd = dataclasses.replace(
            recipe, imaging=dataclasses.replace(recipe.imaging, convergence=constant(2.0))
        )
    with warnings.catch_warnings():
        warnings.simplefilter("error", Implausible)
        assert plan_structure(odd, 0).images[0].convergence == 2.0


def tables():
    for name in shipped_recipes():
        table = tomllib.loads(recipe_file(name).read_text(encoding="utf-8"))
        yield from ((name, part) for part in table if part in ("dataset", "training"))


@pytest.mark.parametrize(("name", "part"), list(tables()))
def test_every_number_of_a_shipped_recipe_is_usual(name, part):
    with warnings.catch_warnings():
        warnings.simplefilter("error", Implausible)
        if part == "training":
            from seg_train.recipe import read_training_recipe

            assert looked_at(read_training_recipe(name)) >= 0
        else:
            assert looked_at(read_dataset_recipe(name)) > 10


def looked_at(value):
    """The number of physical quantities, each within its usual range or nothing."""
    found = 0
    for name, rules in field_checks(type(value)).items():
        item = getattr(value, name)
        if dataclasses.is_dataclass(item) and not hasattr(item, "from_recipe"):
            found += looked_at(item)
        for rule in (rule for rule in rules if rule.usual and item is not None):
            assert not any(map(rule.doubt, item if rule.items else [item])), name
            found += 1
    return found


@pytest.mark.parametrize("name", [name for name, part in tables() if part == "dataset"])
def test_every_material_of_a_shipped_recipe_is_in_the_tables(name):
    recipe = read_dataset_recipe(name)
    assert isinstance(recipe, DatasetRecipe)
    if recipe.film is not None:
        known = film_of(recipe.film.material)
        density, _ = recipe.film.matter
        assert known is not None and density == pytest.approx(known.density, rel=0.3)
    built = build_structure(plan_structure(recipe, 0)).specimen
    u = rms_displacements(built, recipe.wave.rms)
    assert 0.03 <= u.min() and u.max() <= (0.22 if "ligands" in built.objects else 0.2)


@pytest.mark.parametrize("norm", [0.1, 100.0])
def test_waves_that_are_normed_to_another_beam_are_doubted(norm):
    """Their images would have another dose than the one that was asked for."""
    beam = np.full((1, 8, 8), norm, np.complex64)
    with pytest.warns(Implausible, match=r"mean intensity of .*, where 1 is usual"):
        ExitWave(beam, Grid((8, 8), 0.5), 300e3)
