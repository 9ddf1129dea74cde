"""Recipes matched to micrographs: what is measured goes in, what is not stays."""

import tomllib
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hrtem_sim.dataset import DatasetRecipe
from hrtem_sim.imaging import Detector, ImagingConditions, form_image
from hrtem_sim.interchange import ImportedMicrograph
from hrtem_sim.measure import Estimate, Measurement
from hrtem_sim.measure.rings import Rings
from hrtem_sim.provenance import from_table, read_recipe, to_toml
from hrtem_sim.refusal import Implausible
from hrtem_sim.specimen.bare_film import bare_film
from hrtem_sim.wave import WaveSettings, compute_exit_wave
from seg_train import ModelRecipe, TrainingRecipe
from seg_train.cli import main
from seg_train.match import BASE, MatchedMicrographs, match_micrographs, matched_recipe
from seg_train.model import Network, build_model

TINY = ModelRecipe(backbone="plain", stages=2, width=2)
NOTHING = Estimate(np.nan, np.nan, np.nan)


def around(value: float, share: float = 0.1) -> Estimate:
    return Estimate(value, value * (1 - share), value * (1 + share))


def measured(pixel=0.31, absolute=True, **changes) -> Measurement:
    numbers = {
        "dose": around(400.0), "cut": around(0.8), "fall": 3.0, "thickness": around(40.0),
        "vibration": 0.3, "defocus": around(500.0), "astigmatism": around(20.0), "misfit": 0.05,
        "frequencies": (), "measured": (), "modelled": (),
    }  # fmt: skip
    return Measurement(around(pixel, 0.01), pixel, Rings(**{**numbers, **changes}), absolute)


def matched(*measurements: Measurement, diameters=(40.0, 45.0, 50.0, 55.0, 60.0)):
    particles = pd.DataFrame({"equivalent_diameter": diameters, "touches_edge": False})
    mask = np.zeros((10, 10), np.uint8)
    mask[:2] = 1
    names = tuple(f"m{i}" for i in range(len(measurements)))
    masks = (mask,) * len(names)
    return MatchedMicrographs(names, measurements, particles, masks, "Pt", "C", 200e3)


def read(tables) -> DatasetRecipe:
    from_table(TrainingRecipe, tables["training"], "training")
    return from_table(DatasetRecipe, tables["dataset"], "dataset")


def test_ranges_lie_about_what_was_measured():
    both = matched(measured(dose=around(200.0)), measured(dose=around(900.0)))
    recipe = read(matched_recipe(both))
    assert recipe.particle.materials == ("Pt",)
    assert recipe.wave.energy == 200e3
    assert recipe.detector.pixel_size == 0.31
    assert abs(recipe.detector.mtf_half * 0.5 / 0.31 - 0.8) < 1e-3
    assert recipe.imaging.dose.low <= 180 and recipe.imaging.dose.high >= 990
    assert recipe.film.thickness.low < 40 < recipe.film.thickness.high
    assert recipe.particle.radius.low < 20 and recipe.particle.radius.high > 30
    assert recipe.particle.coverage.low < 0.2 < recipe.particle.coverage.high


def test_the_network_of_the_package_is_trained_on():
    tables = matched_recipe(matched(measured()))
    own, base = (
        from_table(TrainingRecipe, t["training"], "training") for t in (tables, read_recipe(BASE))
    )
    assert own.initial == BASE and own.model == base.model
    assert own.epochs < base.epochs and own.learning_rate < base.learning_rate


def test_few_large_particles_of_one_micrograph_count_beside_many_small_ones_of_another():
    both = matched(measured(), measured())
    small = pd.DataFrame({"equivalent_diameter": [20.0] * 60, "touches_edge": False, "image": "m0"})
    large = pd.DataFrame({"equivalent_diameter": [60.0], "touches_edge": True, "image": "m1"})
    radius = read(
        matched_recipe(replace(both, particles=pd.concat([small, large])))
    ).particle.radius
    assert radius.low < 10 and radius.high > 30


def test_defoci_are_of_both_signs_and_leave_out_focus_where_no_micrograph_was():
    defocus = read(matched_recipe(matched(measured()))).imaging.defocus
    (under, over) = sorted((part.low, part.high) for part in defocus.parts)
    assert under == tuple(-edge for edge in reversed(over))
    assert 300 < over[0] < 450 and over[1] > 550


def test_what_is_not_measured_stays_as_it_was():
    base = read(read_recipe("real_micrographs"))
    vague = Estimate(300.0, 0.0, 2500.0)
    recipe = read(matched_recipe(matched(measured(absolute=False, cut=NOTHING, defocus=vague))))
    assert recipe.imaging.dose == base.imaging.dose
    assert recipe.imaging.defocus == base.imaging.defocus
    assert recipe.film.thickness == base.film.thickness
    assert recipe.detector.mtf_half is None


def test_the_spherical_aberration_that_was_stated_is_simulated():
    base = read(read_recipe(BASE)).imaging.aberrations
    assert read(matched_recipe(matched(measured()))).imaging.aberrations["C30"] == base["C30"]
    stated = read(matched_recipe(replace(matched(measured()), spherical=1.2e7)))
    spread = stated.imaging.aberrations["C30"]
    assert 1e7 < spread.low < 1.2e7 < spread.high < 1.4e7


@pytest.mark.parametrize("pixel", [0.05, 1.33, 2.1333, 2.55])
def test_cameras_of_any_pixel_have_a_field_that_works(pixel):
    recipe = read(matched_recipe(matched(measured(pixel=pixel))))
    assert recipe.detector.pixel_size == pixel and 0.8 < recipe.placement.field[0] / 128 < 1.2


def test_micrographs_that_one_recipe_hardly_stands_for_are_doubted():
    with pytest.warns(Implausible, match=r"about one pixel size.*0\.31 to 1\.2 angstrom"):
        matched_recipe(matched(measured(), measured(pixel=1.2)))
    with pytest.warns(Implausible, match="5 particles at least.*got 2"):
        matched_recipe(matched(measured(), diameters=(40.0, 50.0)))


def test_micrographs_of_one_name_are_told_apart():
    image = np.random.default_rng(1).poisson(64, (128, 128))
    network = Network(build_model(TINY, seed=1), TrainingRecipe(seed=1, model=TINY), 0.5)
    both = match_micrographs(
        [ImportedMicrograph(image, 0.5, name) for name in ("001", "001", "a\nb")],
        material="Pt", energy=300e3, network=network, progress=False,
    )  # fmt: skip
    assert both.names == ("001", "001 (2)", "a b")
    assert set(both.particles["image"]) <= set(both.names)


def test_noise_is_drawn_at_the_doses_that_were_measured():
    tables = matched_recipe(matched(measured()))
    assert tables["training"]["augmentation"]["dose"] == tables["dataset"]["imaging"]["dose"]
    assert (
        tables["dataset"]["imaging"]["dose"]
        != read_recipe("real_micrographs")["dataset"]["imaging"]["dose"]
    )


def test_the_camera_cuts_once():
    """By its measured transfer, or where none was measured by the augmentation's."""
    known = read_training(matched_recipe(matched(measured())))
    unknown = read_training(matched_recipe(matched(measured(cut=NOTHING))))
    assert known.augmentation.low_pass is None
    assert unknown.augmentation.low_pass is not None


def read_training(tables) -> TrainingRecipe:
    return from_table(TrainingRecipe, tables["training"], "training")


def test_coarse_cameras_train_on_their_own_pixels():
    assert matched_recipe(matched(measured(pixel=1.1)))["training"]["pixel_size"] == 1.1


def test_recipes_are_the_same_when_read_again(tmp_path):
    tables = matched_recipe(matched(measured()))
    assert read(tomllib.loads(to_toml(tables))) == read(tables)


@pytest.mark.slow
def test_a_file_becomes_a_recipe_and_a_page(tmp_path, capsys):
    """A film of carbon, 300 angstrom underfocus, 500 e/A^2 on pixels of 0.4 angstrom."""
    wave = compute_exit_wave(bare_film("C", 102.4, 30.0, rng=3), WaveSettings(pixel_size=0.2))
    conditions = ImagingConditions(defocus=600.0, dose=500.0)
    image = form_image(wave, conditions, Detector(0.4, mtf_half=0.7), rng=1)
    image.save(tmp_path / "film.tif")
    out = tmp_path / "mine.toml"
    line = ["match", str(tmp_path / "film.tif"), "--material", "Au", "--energy", "300e3"]
    assert main([*line, "--gain", "1", "--out", str(out)]) == 0
    assert "defocus" in capsys.readouterr().out
    recipe = read(tomllib.loads(out.read_text(encoding="utf-8")))
    assert recipe.imaging.dose.low < 500 < recipe.imaging.dose.high
    assert recipe.imaging.defocus.low < -600 and recipe.imaging.defocus.high > 600
    assert abs(recipe.detector.pixel_size - 0.4) < 1e-3
    assert abs(recipe.detector.mtf_half - 0.7) < 0.1
    page = out.with_suffix(".html").read_text(encoding="utf-8")
    assert "base64," in page and "film" in page
    assert pd.read_csv(out.with_suffix(".csv"))["image"].tolist() == ["film"]
