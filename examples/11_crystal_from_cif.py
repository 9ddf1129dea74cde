"""
A crystal from a CIF file
=========================

Any file of a crystal becomes a `Generator`; here rutile, TiO2, as a bar of cells.
"""

# %%
# The file, as a database of crystals gives it: the cell, its symmetry, and the atoms that the
# symmetry does not make.

from pathlib import Path
from tempfile import TemporaryDirectory

import matplotlib.pyplot as plt
import numpy as np

from czone import viz
from czone.generator import Generator
from czone.util import coordination_numbers
from czone.volume import Volume, make_rect_prism

rutile_cif = """data_TiO2
_chemical_formula_sum 'Ti2 O4'
_cell_length_a 4.594
_cell_length_b 4.594
_cell_length_c 2.959
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
_symmetry_space_group_name_H-M 'P 42/m n m'
loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
Ti1 Ti 0 0 0
O1 O 0.3053 0.3053 0
"""
with TemporaryDirectory() as folder:
    path = Path(folder) / "rutile.cif"
    path.write_text(rutile_cif)
    rutile = Generator(structure=path)
print(rutile)

# %%
# A box cuts a bar out of the crystal. Far from the surfaces each Ti has six O about it.

bar = Volume(points=make_rect_prism(30, 30, 15), generator=rutile)
bar.populate_atoms()
inner = ((bar.atoms > 3) & (bar.atoms < [27, 27, 12])).all(axis=1)
neighbours = coordination_numbers(bar.atoms, cutoff=2.1)
found = np.unique(neighbours[inner & (bar.species == 22)]).tolist()
print(f"{len(bar.atoms)} atoms; neighbours of an inner Ti: {found}")

viz.plot(bar, projections=("xy", "xz"), radius_scale=0.7)
plt.show()
