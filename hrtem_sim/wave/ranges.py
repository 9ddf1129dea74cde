"""What beams, pixels, slices and lenses there are, and the units that they are mistaken for."""

from hrtem_sim.provenance import physical

ENERGY = physical(
    10e3,
    3e6,
    "eV",
    usual=(30e3, 400e3),
    units={"keV": 1e3, "MeV": 1e6},
    text="10 to 3000 keV, in eV",
)
PIXEL = physical(0.005, 10, "angstrom", usual=(0.025, 1.5), units={"nm": 10.0, "pm": 0.01})
SLICE = physical(0.01, 1000, "angstrom", usual=(0.2, 10), units={"nm": 10.0, "pm": 0.01})
TILT = physical(
    0, 200, "mrad", usual=(0.05, 100), units={"rad": 1e3, "degrees": 17.4533}, signed=True
)

METRIC = {"mm": 1e7, "um": 1e4, "nm": 10.0, "m": 1e10}
"""Units of lengths in angstrom, as data sheets of lenses give them."""
SPHERICAL = physical(20, 2e8, "angstrom", usual=(20, 3e7), units=METRIC, signed=True)
