"""
A gold sphere
=============

A crystal that knows no end, and a sphere that cuts it: the smallest structure there is.
"""

# %%
# A `Generator` is an infinite crystal, a `Volume` the part of it that is kept. Lengths are in
# angstrom.

import matplotlib.pyplot as plt

from czone import viz
from czone.generator import Generator
from czone.volume import Sphere, Volume

gold = Generator.from_spacegroup(
    Z=["Au"], coords=[[0, 0, 0]], cell_dims=[4.078] * 3, cell_angs=[90] * 3, sym="Fm-3m"
)
ball = Volume(alg_objects=[Sphere(radius=20, center=[0, 0, 0])], generator=gold)
ball.populate_atoms()

# %%
# The number of atoms is that of the sphere's volume, four atoms in each cell.

expected = 4 / 3 * 3.14159 * 20**3 * 4 / 4.078**3
print(f"{len(ball.atoms)} atoms; the volume of the sphere has room for {expected:.0f}")

viz.plot(ball, projections=("xy", "xz"))
plt.show()
