"""Advice of `czone` is followed: what the message says, done, works."""

import json
from copy import deepcopy
from re import escape

import numpy as np
import pytest

from czone.blueprint import BlueprintError
from czone.blueprint.plain import ID
from czone.generator import Generator
from czone.generator.amorphous_algorithms import gen_p_substrate
from czone.molecule import Molecule
from czone.prefab import FCCTwin, WulffSingle
from czone.surface import add_adsorbate, add_adsorbates
from czone.transform import AffineTransform, ArbitraryPostTransform, HStrain, IStrain
from czone.util import get_N_splits
from czone.volume import Volume
from tests.solids import A_AU, ball, gold

CUBE = [90, 90, 90]
ENERGIES = {(1, 1, 1): 1.0, (1, 0, 0): 1.15}
BENT = IStrain(lambda points: points + 0.01 * np.sin(points))


def advised(words: str, error: type[Exception] = ValueError):
    """Expect an error that gives this advice."""
    return pytest.raises(error, match=escape(words))


@pytest.mark.follows("set strain_field again after loading")
def test_a_strain_that_is_a_function_is_set_after_loading(tmp_path):
    crystal = gold(strain_field=BENT)
    with advised("set strain_field again after loading", TypeError):
        crystal.save(tmp_path / "a.json")
    crystal.strain_field = None
    crystal.save(tmp_path / "a.json")
    again = Generator.load(tmp_path / "a.json")
    again.strain_field = BENT
    region = ball(8.0).region
    assert again.crystal.fill(region) == gold(strain_field=BENT).crystal.fill(region)


@pytest.mark.follows("set post_transform again after loading")
def test_a_transform_that_is_a_function_is_set_after_loading(tmp_path):
    change = ArbitraryPostTransform(lambda points, species, **_: (points, species + 1))
    crystal = gold(post_transform=change)
    with advised("set post_transform again after loading", TypeError):
        crystal.save(tmp_path / "a.json")
    crystal.post_transform = None
    crystal.save(tmp_path / "a.json")
    again = Generator.load(tmp_path / "a.json")
    again.post_transform = change
    volume = ball(8.0, generator=again)
    volume.populate_atoms()
    assert set(volume.species) == {80}


class Own(Volume):
    """A user's own class, which documents do not know."""


@pytest.mark.follows("write what it is made of and make it again after loading")
def test_an_object_of_ones_own_is_written_by_its_parts(tmp_path):
    own = Own(alg_objects=ball(8.0).alg_objects, generator=gold())
    with advised("write what it is made of and make it again", TypeError):
        own.save(tmp_path / "a.json")
    parts = Volume(alg_objects=own.alg_objects, generator=own.generator)
    parts.save(tmp_path / "a.json")
    loaded = Volume.load(tmp_path / "a.json")
    again = Own(alg_objects=loaded.alg_objects, generator=loaded.generator)
    assert again.region == own.region


@pytest.mark.follows("If the change is meant, delete ")
def test_a_changed_document_without_its_id_is_read(tmp_path):
    path = tmp_path / "a.json"
    gold().save(path)
    document = json.loads(path.read_text())
    document["origin"] = [1.0, 0.0, 0.0]
    path.write_text(json.dumps(document))
    with advised(f"delete {ID!r}", BlueprintError):
        Generator.load(path)
    del document[ID]
    path.write_text(json.dumps(document))
    assert Generator.load(path).origin.tolist() == [1.0, 0.0, 0.0]


@pytest.mark.follows("change a copy (copy.deepcopy) of this ")
def test_a_copy_of_a_surface_changes():
    (sphere,) = ball(8.0).region.surfaces
    with advised("change a copy (copy.deepcopy) of this Sphere", AttributeError):
        sphere.radius = 3.0
    copy = deepcopy(sphere)
    copy.radius = 3.0
    assert (copy.radius, sphere.radius) == (3.0, 8.0)


@pytest.mark.follows("lower density or min_dist")
def test_a_film_of_lower_density_or_distance_is_filled():
    with advised("lower density or min_dist"):
        gen_p_substrate((6, 6, 6), density=0.4, rng=0)
    assert len(gen_p_substrate((6, 6, 6), density=0.1, rng=0)) > 0
    assert len(gen_p_substrate((6, 6, 6), density=0.4, min_dist=0.7, rng=0)) == 86


@pytest.mark.follows("give seed or rng, not both")
@pytest.mark.parametrize(
    "call",
    [
        lambda **which: gen_p_substrate((9, 9, 9), **which),
        lambda **which: get_N_splits(1, 1, 9, **which),
        lambda **which: add_adsorbate(Molecule(["C"], [[0, 0, 0]]), 0, 2.0, filled(), **which),
    ],
)
def test_a_seed_or_a_generator_alone_is_taken(call):
    with advised("give seed or rng, not both"):
        call(seed=1, rng=1)
    assert np.array_equal(placed(call(seed=1)), placed(call(rng=1)))


def placed(made):
    return getattr(made[0] if isinstance(made, tuple) else made, "atoms", made)


def filled() -> Volume:
    volume = ball(8.0)
    volume.populate_atoms()
    return volume


@pytest.mark.follows("give number or coverage, not both")
def test_a_number_or_a_coverage_alone_is_taken():
    oxygen = Molecule(["O"], [[0, 0, 0]])
    with advised("give number or coverage, not both"):
        add_adsorbates(oxygen, filled(), number=1, coverage=0.1)
    assert len(add_adsorbates(oxygen, filled(), number=2, rng=1)) == 2
    assert len(add_adsorbates(oxygen, filled(), coverage=0.2, rng=1)) > 0


@pytest.mark.follows("If elements share the site, give their shares, such as ")
def test_shares_as_the_message_writes_them_are_an_alloy():
    shares = {"Pt": 0.75, "Co": 0.25}
    with advised(f"If elements share the site, give their shares, such as {shares}"):
        Generator.from_spacegroup(["Pt", "Co"], [[0, 0, 0]] * 2, [3.854] * 3, CUBE, sgn=225)
    alloy = Generator.from_spacegroup([shares], [[0, 0, 0]], [3.854] * 3, CUBE, sgn=225, rng=1)
    volume = ball(12.0, generator=alloy)
    volume.populate_atoms()
    assert np.mean(volume.species == 78) == pytest.approx(0.75, abs=0.1)


@pytest.mark.follows("call populate_atoms() first")
def test_a_populated_volume_has_a_surface():
    volume = ball(8.0)
    oxygen = Molecule(["O"], [[0, 0, 0]])
    with advised("call populate_atoms() first", RuntimeError):
        add_adsorbates(oxygen, volume, number=1, rng=1)
    volume.populate_atoms()
    assert len(add_adsorbates(oxygen, volume, number=1, rng=1)) == 1


@pytest.mark.follows("Set another origin first")
def test_with_another_origin_a_molecule_loses_the_atom():
    water = Molecule(["H", "H", "O"], np.eye(3))
    water.set_origin(idx=2)
    with advised("Set another origin first"):
        water.set_atoms(["H", "H"], np.eye(3)[:2])
    water.set_origin(idx=0)
    water.set_atoms(["H", "H"], np.eye(3)[:2])
    assert len(water.atoms) == 2


def twin(**strain) -> FCCTwin:
    return FCCTwin(generator=gold(**strain), volume=ball(10.0), rng=1)


@pytest.mark.follows("call it first")
def test_defects_are_known_once_built():
    made = twin()
    with advised("call it first", RuntimeError):
        _ = made.defects
    made.build_object()
    assert len(made.defects) == 1


@pytest.mark.follows("then particle.transform(AffineTransform(gradient))")
def test_a_twin_is_deformed_as_a_particle():
    gradient = np.diag([1.02, 1.0, 1.0])
    with advised("then particle.transform(AffineTransform(gradient))"):
        twin(strain_field=HStrain(gradient)).build_object()
    particle, plain = twin().build_object(), twin().build_object()
    particle.transform(AffineTransform(gradient))
    particle.populate_atoms(), plain.populate_atoms()
    widths = [np.ptp(one.atoms[:, 0]) for one in (particle, plain)]
    assert widths[0] / widths[1] == pytest.approx(1.02, abs=1e-9)


@pytest.mark.follows("then strains what the flat facets hold")
def test_a_shape_holds_a_crystal_that_is_bent_later():
    with advised("then strains what the flat facets hold"):
        WulffSingle(gold(strain_field=BENT), ENERGIES, natoms=300).build_object()
    particle = WulffSingle(gold(), ENERGIES, natoms=300).build_object()
    particle.populate_atoms()
    flat = particle.atoms.copy()
    particle.generator.strain_field = BENT
    particle.populate_atoms()
    assert len(particle.atoms) > 0 and not np.isin(particle.atoms[:, 0], flat[:, 0]).all()


@pytest.mark.follows("Is it a strain, and ")
@pytest.mark.parametrize("strain", [[0.01, 0.02, 0.0], 0.01 * np.eye(3)])
def test_the_gradient_that_was_meant_is_taken(strain):
    with pytest.raises(ValueError, match=r"Is it a strain, and (.*) meant") as caught:
        HStrain(strain)
    meant = json.loads(str(caught.value).rpartition(" and ")[2].removesuffix(" meant?"))
    assert np.ptp(HStrain(meant).matrix - np.eye(3)) == pytest.approx(np.ptp(strain))


@pytest.mark.follows(" (like ")
def test_a_symbol_that_is_likely_meant_is_a_space_group():
    with pytest.raises(ValueError, match=r"\(like (.*)\?\)") as caught:
        Generator.from_spacegroup(["Au"], [[0, 0, 0]], [A_AU] * 3, CUBE, sym="Fm3m3")
    for near in str(caught.value).rpartition("(like ")[2].removesuffix("?)").split(", "):
        try:
            Generator.from_spacegroup(["Au"], [[0, 0, 0]], [A_AU] * 3, CUBE, sym=near)
        except ValueError as error:
            assert "sym must be an international symbol" not in str(error)
