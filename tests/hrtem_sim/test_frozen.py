"""Ownership: frozen values copy what comes in and freeze nothing of the caller's."""

import dataclasses
import importlib
import pkgutil

import numpy as np
import pytest

import hrtem_sim
from czone.volume import Volume
from hrtem_sim.grid import Grid
from hrtem_sim.imaging import Detector, ImagingConditions
from hrtem_sim.imaging.focal_modes import FocalModes
from hrtem_sim.imaging.formation import Micrograph
from hrtem_sim.interchange.micrographs import ImportedMicrograph
from hrtem_sim.mask import (
    AtomColumns,
    CrystalStructure,
    Grain,
    InstanceMap,
    Mask,
    ThicknessMaps,
)
from hrtem_sim.mask.environment import Environments
from hrtem_sim.potential import PotentialSlices
from hrtem_sim.specimen import Specimen
from hrtem_sim.specimen.builders import Built, PlacedParticle
from hrtem_sim.wave import (
    ExitWave,
    FilmBank,
    FilmWave,
    WaveSettings,
    compute_exit_waves,
    thickness_series,
)
from hrtem_sim.wave.windows import Window

GRID = Grid((4, 4), 0.5)
ROOMS = ("specimen", "wave", "potential", "imaging", "mask", "interchange")


def waves(*shape):
    return np.ones((*shape, 4, 4), np.complex64)


def pixels(*shape):
    return np.ones((*shape, 4, 4), np.uint8)


VALUES = {
    Specimen: lambda: (
        (np.ones((2, 3)), np.array([79, 6]), np.zeros(2, int), np.ones(2)),
        lambda a, b, c, d: Specimen(a, b, (4.0, 4.0, 4.0), c, ("atoms",), d),
    ),
    Built: lambda: ((), lambda: Built(Specimen(np.ones((1, 3)), [79], (4.0, 4.0, 4.0)))),
    PlacedParticle: lambda: (
        (np.ones((2, 3)), np.array([79, 6])),
        lambda a, b: PlacedParticle(Volume(), a, b, ()),
    ),
    ExitWave: lambda: ((waves(1),), lambda a: ExitWave(a, GRID, 300e3)),
    FilmWave: lambda: ((waves(1),), lambda a: FilmWave(a, GRID, 300e3)),
    FilmBank: lambda: ((waves(1, 1),), lambda a: FilmBank(a, GRID, 300e3)),
    Window: lambda: ((np.arange(3),), lambda a: Window((0, 0), (4, 4), (8, 8), 1.0, 0, 1, a)),
    PotentialSlices: lambda: ((np.ones((1, 4, 4)),), lambda a: PotentialSlices(a, 2.0, GRID)),
    Micrograph: lambda: ((pixels(),), lambda a: Micrograph(a, 0.5, ImagingConditions())),
    FocalModes: lambda: (
        (np.ones((1, 1), bool),),
        lambda a: FocalModes((np.ones(2),), (0,), 1.0, a, 0.0),
    ),
    Mask: lambda: ((pixels(),), lambda a: Mask(a, ("background", "particle"), 0.5)),
    InstanceMap: lambda: ((pixels(),), lambda a: InstanceMap(a, ("particle",), 0.5)),
    ThicknessMaps: lambda: ((np.ones((1, 4, 4)),), lambda a: ThicknessMaps(a, ("film",), 0.5)),
    Grain: lambda: ((np.eye(3),), lambda a: Grain("particle", 1, a)),
    CrystalStructure: lambda: (
        (np.zeros(2, int), np.zeros(2, int), np.zeros(2, int)),
        lambda a, b, c: CrystalStructure(a, b, c, (), ()),
    ),
    AtomColumns: lambda: (tuple(np.ones(2) for _ in range(5)), lambda *a: AtomColumns(*a, ())),
    Environments: lambda: (tuple(np.ones((2, 3)) for _ in range(4)), Environments),
    ImportedMicrograph: lambda: (
        (np.ones((4, 4)), pixels()),
        lambda a, b: ImportedMicrograph(a, 0.5, "gold", b),
    ),
}


def frozen_values_with_arrays():
    """All frozen dataclasses of the rooms that hold arrays."""
    found = set()
    for room in ROOMS:
        package = importlib.import_module(f"hrtem_sim.{room}")
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            for value in vars(importlib.import_module(module.name)).values():
                if not (isinstance(value, type) and dataclasses.is_dataclass(value)):
                    continue
                arrays = any("ndarray" in str(field.type) for field in dataclasses.fields(value))
                if arrays and value.__module__.startswith(hrtem_sim.__name__):
                    found.add(value)
    return found


def test_every_frozen_value_with_arrays_is_tried():
    assert frozen_values_with_arrays() == set(VALUES)


@pytest.mark.parametrize("kind", VALUES, ids=lambda kind: kind.__name__)
def test_arrays_are_copied_in_and_read_only_inside(kind):
    given, make = VALUES[kind]()
    before = [array.copy() for array in given]
    value = make(*given)
    for array in given:
        array[...] = array == 0  # the caller's arrays stay the caller's
    kept = [held for held in vars(value).values() if isinstance(held, np.ndarray)]
    assert len(kept) == len(given)
    for array, right in zip(kept, before, strict=True):
        np.testing.assert_array_equal(array, right)
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


def test_bases_that_a_builder_tells_are_copied_and_read_only():
    bases = np.eye(3)
    atom = Specimen(np.ones((1, 3)), [79], (4.0, 4.0, 4.0), objects=("gold",))
    built = Built(atom, bases={"gold": bases})
    bases[...] = 7.0
    assert (built.bases["gold"] == np.eye(3)).all() and not built.bases["gold"].flags.writeable


def test_arrays_handed_over_by_name_are_not_copied():
    array = waves(1)
    assert ExitWave(array, GRID, 300e3, owned=True).array is array
    assert not array.flags.writeable


def test_replacing_a_field_keeps_the_array():
    wave = ExitWave(waves(1), GRID, 300e3)
    moved = dataclasses.replace(wave, plane=3.0)
    np.testing.assert_array_equal(moved.array, wave.array)
    assert moved.plane == 3.0


def test_waves_of_one_run_share_no_memory():
    atoms = Specimen([[4.0, 4.0, 1.0], [2.0, 4.0, 3.0]], [79, 6], (8.0, 8.0, 4.0))
    settings = WaveSettings(phonons=2, rms=0.1)
    several = [
        *compute_exit_waves(atoms, [atoms.objects, atoms.objects], settings, rng=1),
        *thickness_series(atoms, [2.0, 4.0], settings, rng=1),
    ]
    for i, wave in enumerate(several):
        assert not wave.array.flags.writeable
        assert not any(np.shares_memory(wave.array, other.array) for other in several[:i])


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda held: ImagingConditions(drift=held), "drift"),
        (lambda held: WaveSettings(tilt=held), "tilt"),
        (lambda held: FilmWave(waves(1), GRID, 3e5, held), "tilt"),
        (lambda held: Detector(0.5, mtf_curve=[(0.0, 1.0), held]), "mtf_curve"),
    ],
)
def test_lists_that_are_written_to_later_change_no_value(make, name):
    held = [1.0, 0.5]
    value = make(held)
    before = getattr(value, name)
    held[1] = 0.25
    assert getattr(value, name) == before and isinstance(before, tuple)
    assert "0.25" not in repr(before)
