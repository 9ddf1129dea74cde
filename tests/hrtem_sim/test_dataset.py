"""Data sets: the same bytes for any number of workers, resumable, honest."""

import dataclasses
import json
import re
import shutil
import time

import h5py
import numpy as np
import pytest

from hrtem_sim.cli import main
from hrtem_sim.database import DatabaseError, IncompleteDataset, host_name, open_database
from hrtem_sim.dataset import build_dataset, plan_structure, simulate_structure
from hrtem_sim.dataset.build import ShardTask, build_shard
from hrtem_sim.dataset.plan import StructurePlan
from hrtem_sim.dataset.recipe import FilmRecipe
from hrtem_sim.dataset.simulate import micrograph_id
from hrtem_sim.provenance import Distribution, RecipeError, from_table, rng_for
from hrtem_sim.specimen.builders import ParticlesOnFilm, build_particles_on_film
from hrtem_sim.specimen.materials import FileCrystal
from hrtem_sim.specimen.particles import ParticlePlan, most_defects, reach


def arrays(database):
    rows = np.arange(len(database))
    return database.counts(rows), database.masks(rows), list(database.catalogue["micrograph"])


def assert_same(a, b):
    assert a.identity == b.identity
    for left, right in zip(arrays(a), arrays(b), strict=True):
        np.testing.assert_array_equal(left, right)
    for one, other in zip(a.paths, b.paths, strict=True):
        with h5py.File(one) as f, h5py.File(other) as g:
            assert dict(f.attrs) == dict(g.attrs)
        assert one.read_bytes() == other.read_bytes()


def test_two_workers_give_the_bytes_of_one(tiny, tiny_database, tmp_path):
    two = build_dataset(tiny, tmp_path / "two", workers=2, progress=False)
    assert_same(tiny_database, two)


def test_a_file_does_not_depend_on_the_hour(tiny, tiny_database, tmp_path):
    """HDF5 notes whole seconds: three of them lie between these two builds at least."""
    made = tiny_database.paths[1].stat().st_mtime
    time.sleep(max(0.0, made + 3 - time.time()))
    build_shard(ShardTask(tiny, 1, tmp_path))
    assert (tmp_path / "shard-00001.h5").read_bytes() == tiny_database.paths[1].read_bytes()


def test_an_interrupted_build_goes_on_and_ends_the_same(tiny, tiny_database, tmp_path):
    build_shard(ShardTask(tiny, 1, tmp_path))
    first = (tmp_path / "shard-00001.h5").stat().st_mtime_ns
    (tmp_path / f"shard-00000.h5.{host_name()}.999999.part").write_bytes(b"torn")
    database = build_dataset(tiny, tmp_path, progress=False)
    assert_same(tiny_database, database)
    assert (tmp_path / "shard-00001.h5").stat().st_mtime_ns == first
    assert not list(tmp_path.glob("*.part"))


def test_another_seed_gives_other_structures_and_images(tiny, other_seed):
    here, there = plan_structure(tiny, 0), plan_structure(other_seed, 0)
    assert here.structure_id != there.structure_id
    assert here.specimen.particles[0].radius != there.specimen.particles[0].radius


def test_a_new_dose_does_not_change_the_particle(tiny):
    imaging = dataclasses.replace(tiny.imaging, dose=Distribution("constant", (50.0,)))
    changed = dataclasses.replace(tiny, imaging=imaging)
    a, b = plan_structure(tiny, 2), plan_structure(changed, 2)
    assert a.specimen == b.specimen
    assert a.structure_id == b.structure_id
    assert [i.defocus for i in a.images] == [i.defocus for i in b.images]
    assert micrograph_id(tiny, a, 0) != micrograph_id(changed, b, 0)


def test_images_can_be_made_again_from_the_stored_plan(tiny, tiny_database):
    with h5py.File(tiny_database.paths[1]) as file:
        table = json.loads(file["structures/plan"].asstr()[1])
        atoms = file["structures/1/positions"][:]
        wave = file["waves/1"][:]
    plan = from_table(StructurePlan, table)
    assert plan == plan_structure(tiny, 3)
    again = simulate_structure(tiny, plan)
    np.testing.assert_array_equal(again.built.specimen.positions, atoms)
    np.testing.assert_array_equal(again.wave.array, wave)
    rows = np.flatnonzero(tiny_database.catalogue["structure_index"] == 3)
    np.testing.assert_array_equal(
        tiny_database.counts(rows), np.stack([m.counts for m in again.micrographs])
    )


def test_the_catalogue_tells_what_was_drawn(tiny, tiny_database):
    table = tiny_database.catalogue
    assert len(table) == 12
    assert table["structure"].nunique() == 4
    assert table["radius"].between(5, 8).all()
    assert table["film_thickness"].between(4, 8).all()
    assert table["C12"].between(0, 20).all()
    assert (table["focal_spread"] == 10).all()
    plan = plan_structure(tiny, 1)
    for image, row in zip(
        plan.images, table[table["structure_index"] == 1].itertuples(), strict=True
    ):
        assert (row.defocus, row.dose) == (image.defocus, image.dose)


def test_counts_have_the_mean_of_the_dose(tiny_database):
    counts = tiny_database.counts(range(12)).mean(axis=(1, 2))
    expected = tiny_database.catalogue["dose"] * 0.4**2
    assert np.all(np.abs(counts / expected - 1) < 0.05)  # gold scatters a few percent away


def test_masks_lie_where_the_particles_are(tiny_database):
    masks = tiny_database.masks(range(12))
    for mask, row in zip(masks, tiny_database.catalogue.itertuples(), strict=True):
        y, x = np.nonzero(mask)
        assert np.hypot(y.mean() * 0.4 - row.y, x.mean() * 0.4 - row.x) < 1.0
        radius = np.sqrt(mask.sum() * 0.4**2 / np.pi)
        assert row.radius - 1.5 < radius < row.radius + 3.0  # an atom's radius and the blur


def a_plan(**changes):
    particle = {
        "material": "Au", "shape": "sphere", "radius": 10.0, "orientation": (0.0, 0.0, 0.0, 1.0),
        "offset": (3.0, -4.0), "defects": 0, "stacking_fault_ratio": 0.0,
    }  # fmt: skip
    film = {
        "field": (40.0, 40.0), "burial": 0.2, "side": "entrance", "margin": 2.0,
        "film_material": "C", "film_thickness": 10.0, "film_density": 0.11,
        "film_min_distance": 1.4,
    }  # fmt: skip
    particle |= {key: changes.pop(key) for key in list(changes) if key in particle}
    return ParticlesOnFilm(particles=(ParticlePlan(**particle),), **(film | changes))


def streams(*key):
    return rng_for(3, *key)


@pytest.mark.parametrize("side", ["entrance", "exit"])
def test_particles_sit_on_the_film_as_planned(side):
    plan = a_plan(side=side, defects=1, orientation=(0.1, 0.2, 0.3, 0.9273618495495703))
    built = build_particles_on_film(plan, streams)
    particle, film = (built.specimen.only(name).positions for name in ("particle-0", "film"))
    assert built.defects == (("twin",),)
    assert built.particles == ("particle-0",)
    np.testing.assert_allclose(particle.mean(axis=0)[:2], [23, 16], atol=0.5)
    assert np.linalg.norm(particle - [23, 16, particle[:, 2].mean()], axis=1).max() < 10.8
    away = particle[:, 2].mean() - film[:, 2].mean()
    assert away == pytest.approx((-1 if side == "entrance" else 1) * (5 + 8), abs=0.9)
    buried = (
        particle[:, 2].max() - film[:, 2].min()
        if side == "entrance"
        else film[:, 2].max() - particle[:, 2].min()
    )
    assert buried == pytest.approx(0.2 * 10, abs=0.3)
    assert built.specimen.positions[:, 2].min() == pytest.approx(2.0, abs=0.3)
    volume = 40 * 40 * 10
    assert 0.9 * volume * 0.11 < len(film) <= volume * 0.11 + 1  # less what is buried


def test_materials_without_thermal_values_are_refused_with_the_recipe(tiny):
    moving = dataclasses.replace(tiny.wave, phonons=1, rms="measured")
    oxide = FileCrystal(
        "ceria", ("Ce", "O", "O"), ((5, 0, 0), (0, 5, 0), (0, 0, 5)),
        ((0, 0, 0), (0.25, 0.25, 0.25), (0.75, 0.75, 0.75)),
    )  # fmt: skip
    particle = dataclasses.replace(tiny.particle, materials=(oxide,))
    with pytest.raises(ValueError, match=r"wave\.rms: no measured values for Ce-O; give"):
        dataclasses.replace(tiny, particle=particle, wave=moving)
    given = dataclasses.replace(moving, rms={"Ce": 0.06, "O": 0.07, "C": 0.08})
    assert dataclasses.replace(tiny, particle=particle, wave=given).wave.rms == given.rms


def test_copies_of_shards_do_not_count_twice(tiny_database, tmp_path):
    for path in tiny_database.paths:
        shutil.copy(path, tmp_path / path.name)
    shutil.copy(tiny_database.paths[0], tmp_path / "shard-00000 (1).h5")
    with pytest.warns(IncompleteDataset, match=r"do not count: shard-00000 \(1\)\.h5"):
        database = open_database(tmp_path)
    assert len(database) == len(tiny_database)


def test_a_missing_shard_is_noticed_when_it_is_opened(tiny, tmp_path):
    recipe = dataclasses.replace(
        tiny, storage=dataclasses.replace(tiny.storage, structures_per_shard=1)
    )
    whole = build_dataset(recipe, tmp_path, progress=False)
    assert whole.missing == 0
    whole.paths[1].unlink()
    with pytest.warns(IncompleteDataset, match=f"lacks 1 of {recipe.structures} structures"):
        database = open_database(tmp_path)
    assert database.missing == 1


@pytest.mark.parametrize(
    ("field", "wave", "camera"),
    [((100.0, 100.0), 0.2, 0.3), ((128.0, 90.0), 0.1, 0.37), ((77.7, 51.3), 0.2, 0.2)],
)
@pytest.mark.follows("Nearest that work")
def test_pixels_that_do_not_fit_end_with_the_nearest_that_do(tiny, field, wave, camera):
    def recipe(field, wave):
        return dataclasses.replace(
            tiny,
            placement=dataclasses.replace(tiny.placement, field=field),
            wave=dataclasses.replace(tiny.wave, pixel_size=wave),
            detector=dataclasses.replace(tiny.detector, pixel_size=camera),
        )

    with pytest.raises(ValueError, match=r"Nearest that work: placement\.field") as told:
        recipe(field, wave)
    words = re.search(r"field = \[(.*), (.*)\] with wave\.pixel_size = (\S+)", str(told.value))
    advised = recipe((float(words[1]), float(words[2])), float(words[3]))
    assert advised.wave.pixel_size <= wave
    assert np.abs(np.subtract(advised.placement.field, field)).max() < 0.05 * max(field)


def test_a_silica_film_is_silica(tiny):
    """Density and distances come from the table; the plan holds them as numbers."""
    silica = dataclasses.replace(tiny, film=FilmRecipe(tiny.film.thickness, "SiO2"))
    plan = plan_structure(silica, 0).specimen
    assert plan.film_density == pytest.approx(2.2 * 0.602214076 * 3 / 60.083, rel=1e-4)
    film = build_particles_on_film(plan, streams).specimen.only("film")
    silicon, oxygen = (film.numbers == 14).sum(), (film.numbers == 8).sum()
    assert oxygen == pytest.approx(2 * silicon, rel=0.05)  # the particle displaces some of both


@pytest.mark.parametrize(
    ("material", "shape", "neighbour"),
    [
        ("Au", "sphere", 2.884),
        ("Au", "wulff", 2.884),
        ("Ag", "icosahedron", None),
        ("Au", "decahedron", None),
        ("CdSe", "sphere", 2.630),
        ("CdSe", "wulff", 2.630),
        ("CdSe", "rod", 2.630),
        ("Pt", "rod", 2.775),
        ("Ag", "cube", 2.889),
        ("Pd", "octahedron", 2.751),
    ],
)
def test_every_material_and_shape_has_its_size_and_its_bonds(material, shape, neighbour):
    from scipy.spatial import cKDTree

    field = (60.0, 60.0)  # with room for the ends of rods
    plan = a_plan(material=material, shape=shape, radius=14.0, offset=(0.0, 0.0), field=field)
    atoms = build_particles_on_film(plan, streams).specimen.only("particle-0").positions
    from hrtem_sim.specimen.materials import crystal_of

    cell = crystal_of(material).structure
    expected = 4 / 3 * np.pi * 14**3 / cell.lattice.volume * len(cell)
    assert len(atoms) == pytest.approx(expected, rel=0.35)  # closed shells come in steps
    middle = (atoms.min(axis=0) + atoms.max(axis=0)) / 2
    assert np.linalg.norm(atoms - middle, axis=1).max() < reach(shape, 14.0) + 1.5
    nearest = np.sort(cKDTree(atoms).query(atoms, k=2)[0][:, 1])
    if neighbour:
        assert nearest[0] == pytest.approx(neighbour, abs=0.005)
    assert nearest[0] > 2.5
    assert nearest[-1] < 3.1


def test_several_particles_keep_their_distance(tiny):
    particle = dataclasses.replace(
        tiny.particle,
        count=Distribution("integers", (2, 4)),
        radius=Distribution("uniform", (5.0, 9.0)),
        materials=("CdSe", "Au"),
        shapes=("sphere", "wulff"),
        gap=6.0,
    )
    placement = dataclasses.replace(tiny.placement, field=(102.4, 102.4))
    recipe = dataclasses.replace(tiny, particle=particle, placement=placement, structures=20)
    seen = set()
    for index in range(20):
        plan = plan_structure(recipe, index).specimen
        assert 2 <= len(plan.particles) <= 4
        seen.add(plan.particles[0].material)
        assert len({p.material for p in plan.particles}) == 1
        for i, one in enumerate(plan.particles):
            for other in plan.particles[:i]:
                away = np.hypot(*np.subtract(one.offset, other.offset))
                assert away >= one.radius + other.radius + 6.0
    assert seen == {"CdSe", "Au"}
    plan = plan_structure(recipe, 0)
    simulated = simulate_structure(recipe, plan)
    from scipy.ndimage import label

    assert label(simulated.mask.classes)[1] == len(plan.specimen.particles)


def test_small_particles_get_as_many_defects_as_fit():
    assert most_defects("Au", 5.0) == 0
    assert most_defects("nothing.cif", 50.0) == 0
    for radius in (9.5, 12.0, 20.0, 30.0):
        assert most_defects("Au", radius + 3) >= most_defects("CdSe", radius)


def test_crystals_come_from_cif_files(tmp_path):
    from pymatgen.core import Lattice, Structure

    cif = tmp_path / "pt.cif"
    Structure.from_spacegroup("Fm-3m", Lattice.cubic(3.92), ["Pt"], [[0, 0, 0]]).to(str(cif))
    plan = a_plan(material=str(cif), radius=8.0)
    atoms = build_particles_on_film(plan, streams).specimen.only("particle-0")
    assert set(atoms.numbers) == {78}


def test_crystals_come_from_ase_and_pymatgen(tmp_path):
    from ase.build import bulk, molecule
    from pymatgen.core import Lattice, Structure

    platinum = bulk("Pt", a=3.92, cubic=True)
    platinum.write(tmp_path / "POSCAR")
    structure = Structure.from_spacegroup("Fm-3m", Lattice.cubic(3.92), ["Pt"], [[0, 0, 0]])
    counts = set()
    for material in (platinum, structure, tmp_path / "POSCAR"):
        plan = a_plan(material=material, radius=8.0)
        counts.add(len(build_particles_on_film(plan, streams).specimen.only("particle-0")))
    assert len(counts) == 1
    with pytest.raises(ValueError, match=r"is no usable crystal: .* set pbc = True"):
        a_plan(material=molecule("CO"))


def test_selection_draws_reproducibly_and_says_what_is_wrong(tiny_database):
    some = tiny_database.select("dose > 300", n=3, rng=1)
    assert (some["dose"] > 300).all()
    assert list(some.index) == list(tiny_database.select("dose > 300", n=3, rng=1).index)
    with pytest.raises(ValueError, match="query must be a condition on the columns"):
        tiny_database.select("doze > 300")
    with pytest.raises(ValueError, match="query must select at least one"):
        tiny_database.select("dose > 1e9")
    with pytest.raises(ValueError, match="n must be in"):
        tiny_database.select(n=1000, rng=0)
    with pytest.raises(ValueError, match="rng must be given"):
        tiny_database.select(n=2)
    with pytest.raises(ValueError, match="rows must be integers"):
        tiny_database.counts([99])


def test_fringes_have_the_spacing_of_gold(tmp_path):
    # every particle of a size shows {111} or {200} fringes somewhere in its power spectrum; a
    # particle tilted so that {111} stand on edge shows 2.355 angstrom
    # turn [1 -1 0] into the beam: {111} planes then stand on edge
    half = np.pi / 4
    axis = np.array([1.0, 1.0, 0.0]) / np.sqrt(2)
    quaternion = (*(np.sin(half) * axis), np.cos(half))
    plan = a_plan(field=(64.0, 64.0), radius=18.0, offset=(0.0, 0.0), orientation=tuple(quaternion))
    built = build_particles_on_film(plan, streams)
    from hrtem_sim.imaging import Detector, ImagingConditions, expected_image
    from hrtem_sim.wave import compute_exit_wave

    wave = compute_exit_wave(built.specimen)
    image = expected_image(wave, ImagingConditions(defocus=60.0), Detector(0.2))
    power = np.abs(np.fft.fft2(image - image.mean())) ** 2
    k = np.sqrt(wave.grid.squared_frequency())
    power[(k < 0.3) | (k > 0.47)] = 0
    peak = k.ravel()[power.argmax()]
    assert 1 / peak == pytest.approx(4.07825 / np.sqrt(3), abs=2.355**2 / 64)  # one pixel of k


def test_command_line_builds_shows_and_checks(tiny_file, tmp_path, capsys):
    out = tmp_path / "set"
    arguments = ["build", str(tiny_file), "--out", str(out), "--scale", "0.5", "--quiet"]
    assert main(arguments) == 0
    assert "6 micrographs of 2 structures" in capsys.readouterr().out
    assert main(["show", str(out)]) == 0
    assert main(["check", str(out)]) == 0
    assert main(["check", str(tmp_path)]) == 2
    capsys.readouterr()
    arguments = ["export", str(out), "--format", "numpy", "--out", str(tmp_path / "np")]
    assert main([*arguments, "--select", "image_index == 0"]) == 0
    assert "2 micrographs" in capsys.readouterr().out
    arguments[3] = "gif"
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2 and "'gif' (choose from 'coco'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("structures = 4", "structurs = 4", "dataset.structurs is not a field"),
        (
            "structures = 4",
            "structures = 0",
            "dataset.structures must be a whole number of at",
        ),
        ("structures = 4", 'structures = "4"', "dataset.structures must be an integer; got '4'"),
        ("seed = 11", "seed = -1", "dataset.seed must be a whole number of at least 0; got -1"),
        ("seed = 11", "", "dataset.seed is missing"),
        ("uniform = [5.0, 8.0]", "uniform = [8.0, 5.0]", "dataset.particle.radius: uniform"),
        ("uniform = [5.0, 8.0]", "uniform = [1.0, 5.0]", "dataset.particle.radius must be 4 to"),
        ("uniform = [5.0, 8.0]", "uniform = [5.0, 50.0]", "particle.radius must stay below"),
        ("integers = [0, 2]", "uniform = [0, 2]", "dataset.particle.defects must be a whole"),
        ("pixel_size = 0.4", "pixel_size = 0.3", "dataset.detector.pixel_size must be a mult"),
        ("focal_spread = 10.0", "focal_spread = -1.0", "dataset.imaging.focal_spread must be"),
        ("C12 =", "C13 =", "dataset.imaging.aberrations.C13 is not an aberration"),
        ("rms = 0.1", 'rms = "hot"', "dataset.wave.rms must be in [0, 0.6] angstrom, or one of"),
        ("phonons = 1", "phonons = -2", "dataset.wave.phonons must be a whole number"),
        ("[dataset]", "[datasets]", "datasets is not a table of a recipe"),
        ("seed = 11", "seed = = 11", "is not valid TOML"),
    ],
)
def test_bad_recipes_end_with_one_line_and_nothing_written(
    old, new, message, tiny_file, tmp_path, capsys
):
    text = tiny_file.read_text()
    assert old in text
    bad = tmp_path / "bad.toml"
    bad.write_text(text.replace(old, new, 1))
    assert main(["build", str(bad), "--out", str(tmp_path / "out"), "--quiet"]) == 2
    error = capsys.readouterr().err.strip()
    assert message in error
    assert len(error.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_missing_recipes_are_refused(tmp_path, capsys):
    assert main(["build", str(tmp_path / "no.toml"), "--out", str(tmp_path / "out")]) == 2
    assert "cannot be read: No such file" in capsys.readouterr().err


def test_plans_refuse_indices_outside_the_recipe(tiny):
    with pytest.raises(ValueError, match=r"index must be in 0..3; got 4"):
        plan_structure(tiny, 4)
    with pytest.raises(ValueError, match="scale must be positive"):
        tiny.scaled(0)
    assert issubclass(RecipeError, ValueError)


def test_labels_are_kept_where_the_recipe_asks(tiny, tiny_database, tmp_path):
    from hrtem_sim.interchange import stored_instances

    storage = dataclasses.replace(tiny.storage, labels=("instances", "structure"))
    particle = dataclasses.replace(
        tiny.particle, count=Distribution("constant", (2.0,)), gap=0.0,
        radius=Distribution("constant", (5.0,)),
    )  # fmt: skip
    recipe = dataclasses.replace(tiny, structures=1, storage=storage, particle=particle)
    database = build_dataset(recipe, tmp_path, progress=False)
    (instances,) = database.labels([1])
    np.testing.assert_array_equal(instances > 0, database.masks([1])[0] > 0)
    # the same as made from the plan when they are asked for
    ((_, plan, made),) = stored_instances(database, [1])
    assert instances.max() == len(plan.specimen.particles) == 2
    np.testing.assert_array_equal(instances, made.ids)
    (structure,) = database.labels([1], "structure")
    np.testing.assert_array_equal(structure > 0, instances > 0)
    assert structure.max() <= 3
    with pytest.raises(DatabaseError, match=r"keeps no labels .instances.: set storage\.labels"):
        tiny_database.labels([0])
