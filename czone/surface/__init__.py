"""Surfaces of atomic structures, and molecules on them.

`surface_atoms` and `surface_normals` find the surface; `add_adsorbates` and `ligand_shell` put
molecules on it. Construction Zone's names (`alpha_shape_alg_3D`, `add_adsorbate`, ...) are here and
in `alpha_shape` and `adsorbate`.
"""

from czone.spelling import names_from
from czone.surface.adsorbate import (
    add_adsorbate,
    add_adsorbates,
    find_approximate_normal,
    get_nearest_neighbors,
    ligand_shell,
    sparse_matrix_from_tri,
)
from czone.surface.alpha_shape import (
    alpha_shape_alg_3D,
    alpha_shape_alg_3D_with_sampling,
    tetrahedron_circumradii,
)
from czone.surface.exposure import surface_atoms, surface_normals, undercoordinated_atoms

__all__ = [
    "add_adsorbate",
    "add_adsorbates",
    "alpha_shape_alg_3D",
    "alpha_shape_alg_3D_with_sampling",
    "find_approximate_normal",
    "get_nearest_neighbors",
    "ligand_shell",
    "sparse_matrix_from_tri",
    "surface_atoms",
    "surface_normals",
    "tetrahedron_circumradii",
    "undercoordinated_atoms",
]

__getattr__ = names_from(
    __name__, "czone.volume", "czone.molecule", "czone.transform", "czone.util"
)
