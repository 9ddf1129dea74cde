"""Crystals as textbooks and papers list them are nothing to warn of, in any of their settings."""

import pytest

from czone.generator import Generator

CUBIC, HEXAGONAL = [90, 90, 90], [90, 90, 120]
ORIGIN, EIGHTH, QUARTER, HALF = ([x] * 3 for x in (0, 1 / 8, 1 / 4, 1 / 2))
THIRD = [1 / 3, 2 / 3]

# Elements, coordinates, edges, space group, atoms in the cell; a setting where one is said.
CRYSTALS = {
    "silicon": (["Si"], [ORIGIN], 5.431, 227, 8),
    "silicon, origin 2": (["Si"], [EIGHTH], 5.431, 227, 8, 2),
    "gallium arsenide": (["Ga", "As"], [ORIGIN, QUARTER], 5.653, 216, 8),
    "caesium chloride": (["Cs", "Cl"], [ORIGIN, HALF], 4.12, 221, 2),
    "caesium": (["Cs"], [ORIGIN], 6.14, 229, 2),
    "ceria": (["Ce", "O"], [ORIGIN, QUARTER], 5.411, 225, 12),
    "palladium hydride": (["Pd", "H"], [ORIGIN, HALF], 4.09, 225, 8),
    "rutile": (["Ti", "O"], [ORIGIN, [0.305, 0.305, 0]], [4.594, 4.594, 2.959], 136, 6),
    "anatase": (["Ti", "O"], [ORIGIN, [0, 0, 0.2081]], [3.785, 3.785, 9.514], 141, 12),
    "anatase, origin 2": (
        ["Ti", "O"],
        [[0, 0.25, 0.375], [0, 0.25, 0.1668]],
        [3.785, 3.785, 9.514],
        141,
        12,
        2,
    ),
    "tin": (["Sn"], [ORIGIN], [5.831, 5.831, 3.182], 141, 4),
    "zircon": (
        ["Zr", "Si", "O"],
        [ORIGIN, [0, 0, 0.5], [0, 0.184, 0.320]],
        [6.604, 6.604, 5.979],
        141,
        24,
    ),
    "scheelite": (
        ["Ca", "W", "O"],
        [[0, 0, 0.5], ORIGIN, [0.2413, 0.1511, 0.0861]],
        [5.243, 5.243, 11.376],
        88,
        24,
    ),
    "litharge": (["O", "Pb"], [ORIGIN, [0, 0.5, 0.2385]], [3.975, 3.975, 5.023], 129, 4),
    "iron selenide": (["Fe", "Se"], [ORIGIN, [0, 0.5, 0.2673]], [3.773, 3.773, 5.524], 129, 4),
    "zirconia": (["Zr", "O"], [ORIGIN, [0, 0.5, 0.2]], [3.64, 3.64, 5.27], 137, 6),
    "titanium silicide": (["Ti", "Si"], [ORIGIN, [0.3365, 0, 0]], [8.236, 4.773, 8.523], 70, 24),
    "cuprite": (["Cu", "O"], [QUARTER, ORIGIN], 4.27, 224, 6),
    "cuprite, origin 2": (["Cu", "O"], [ORIGIN, QUARTER], 4.27, 224, 6, 2),
    "magnetite": (["Fe", "Fe", "O"], [ORIGIN, [5 / 8] * 3, [0.3799] * 3], 8.396, 227, 56),
    "magnetite, origin 2": (["Fe", "Fe", "O"], [EIGHTH, HALF, [0.2549] * 3], 8.396, 227, 56, 2),
    "Laves phase": (["Mg", "Cu"], [ORIGIN, [5 / 8] * 3], 7.03, 227, 24),
    "cristobalite": (["Si", "O"], [ORIGIN, EIGHTH], 7.16, 227, 24),
    "strontium titanate": (["Sr", "Ti", "O"], [ORIGIN, HALF, [0.5, 0.5, 0]], 3.905, 221, 5),
    "L1_0": (["Pt", "Fe"], [ORIGIN, HALF], [2.723, 2.723, 3.724], 123, 2),
    "L1_2": (["Pt", "Co"], [ORIGIN, [0.5, 0.5, 0]], 3.831, 221, 4),
    "pyrite": (["Fe", "S"], [ORIGIN, [0.3848] * 3], 5.416, 205, 12),
}
LAYERED = {
    "zinc oxide": (["Zn", "O"], [[0.3333, 0.6667, 0], [0.3333, 0.6667, 0.382]], 3.25, 5.207, 186),
    "cobalt": (["Co"], [[*THIRD, 0.25]], 2.507, 4.069, 194),
    "graphite": (["C", "C"], [[0, 0, 0.25], [*THIRD, 0.25]], 2.461, 6.708, 194),
    "molybdenite": (["Mo", "S"], [[*THIRD, 0.25], [*THIRD, 0.621]], 3.16, 12.294, 194),
    "graphene": (["C"], [[*THIRD, 0.5]], 2.46, 50, 191),
    "corundum": (["Al", "O"], [[0, 0, 0.3522], [0.3064, 0, 0.25]], 4.759, 12.991, 167),
    "quartz": (["Si", "O"], [[0.4697, 0, 1 / 3], [0.4135, 0.2669, 0.1191]], 4.916, 5.405, 152),
    "bismuth telluride": (
        ["Bi", "Te", "Te"],
        [[0, 0, z] for z in (0.4, 0, 0.2095)],
        4.385,
        30.49,
        166,
    ),
    "Fe2P": (
        ["Fe", "Fe", "P", "P"],
        [[0.256, 0, 0], [0.594, 0, 0.5], [0, 0, 0.5], [*THIRD, 0]],
        5.865,
        3.456,
        189,
    ),
}
ATOMS = dict(zip(LAYERED, (4, 2, 4, 6, 2, 30, 9, 15, 9), strict=True))


@pytest.mark.parametrize("name", CRYSTALS)
@pytest.mark.filterwarnings("error")
def test_a_crystal_in_its_customary_setting_is_nothing_to_tell(name):
    elements, coords, edges, group, atoms, *setting = CRYSTALS[name]
    edges = edges if isinstance(edges, list) else [edges] * 3
    said = {"setting": setting[0]} if setting else {}
    crystal = Generator.from_spacegroup(elements, coords, edges, CUBIC, sgn=group, **said)
    assert len(crystal.species) == atoms


@pytest.mark.parametrize("name", LAYERED)
@pytest.mark.filterwarnings("error")
def test_a_hexagonal_crystal_is_nothing_to_tell(name):
    elements, coords, a, c, group = LAYERED[name]
    crystal = Generator.from_spacegroup(elements, coords, [a, a, c], HEXAGONAL, sgn=group)
    assert len(crystal.species) == ATOMS[name]
