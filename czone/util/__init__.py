"""Measuring structures, and small numerical helpers. Nothing here knows of volumes or scenes.

Distribution functions and neighbours: `radial_distribution`, `neighbor_pairs`,
`coordination_numbers`; medium-range order: `fluctuation_variance`. Orientations:
`random_rotations`, `zone_axis_rotations`, `random_directions`, `rotation_from_quaternion`,
`orientation_relation`. Helpers: `separated_indices`, `vangle`, `round_away`. The names of
Construction Zone (`calc_rdf`, `get_N_splits`, ...) are here and in `measure` and `misc` as well.
"""

from czone.util import measure, misc
from czone.util.fluctuation import FluctuationVariance, fluctuation_variance
from czone.util.measure import get_sdist_fun, get_voxel_grid
from czone.util.misc import get_N_splits, round_away, separated_indices, vangle
from czone.util.neighbors import NeighborPairs, coordination_numbers, neighbor_pairs
from czone.util.orientation import (
    random_directions,
    random_rotations,
    rotation_from_quaternion,
    zone_axis_rotations,
)
from czone.util.rdf import RadialDistribution, calc_rdf, radial_distribution
from czone.util.relation import orientation_relation

__all__ = [
    "FluctuationVariance",
    "NeighborPairs",
    "RadialDistribution",
    "calc_rdf",
    "coordination_numbers",
    "fluctuation_variance",
    "get_N_splits",
    "get_sdist_fun",
    "get_voxel_grid",
    "measure",
    "misc",
    "neighbor_pairs",
    "orientation_relation",
    "radial_distribution",
    "random_directions",
    "random_rotations",
    "rotation_from_quaternion",
    "round_away",
    "separated_indices",
    "vangle",
    "zone_axis_rotations",
]
