"""
Wulff and Winterbottom
======================

The shapes that gold takes by itself: free, on a substrate, and with twins.
"""

# %%
# Surface energies by Miller indices are all that Wulff's construction needs; the interface energy
# cuts it flat for Winterbottom's, twin boundaries make a decahedron or an icosahedron of it.

import matplotlib.pyplot as plt

from czone import viz
from czone.generator import Generator
from czone.prefab import WulffDecahedron, WulffIcosahedron, WulffSingle

gold = Generator.from_spacegroup(
    Z=["Au"], coords=[[0, 0, 0]], cell_dims=[4.07825] * 3, cell_angs=[90] * 3, sgn=225
)
energies = {(1, 0, 0): 1.15, (1, 1, 1): 1.0}
single = WulffSingle(gold, energies, natoms=2000)
shapes = {
    "Wulff": single.get_construction(),
    "Winterbottom": single.winterbottom((1, 1, 1), interface_energy=0.2),
    "decahedron": WulffDecahedron(gold, energies, 0.03, natoms=2000).get_construction(),
    "icosahedron": WulffIcosahedron(gold, energies, 0.03, natoms=2000).get_construction(),
}

# %%
# From above and from the side, all on the same scale.

figure, panels = plt.subplots(2, 4, figsize=(11, 6.2))
figure.subplots_adjust(left=0.02, right=0.98, bottom=0.07, top=0.9, wspace=0.06, hspace=0.08)
for (name, shape), (top, side) in zip(shapes.items(), panels.T, strict=True):
    shape.populate_atoms()
    viz.plot(shape, projections="xy", ax=top, legend=False, scale_bar=False)
    viz.plot(shape, projections="xz", ax=side, legend=False, scale_bar=name == "Wulff")
    top.set_title(f"{name}\n{len(shape.atoms)} atoms", fontsize=10, pad=14)
for panel in panels.flat:
    x, y = sum(panel.get_xlim()) / 2, sum(panel.get_ylim()) / 2
    panel.set(xlim=(x - 26, x + 26), ylim=(y - 26, y + 26))
plt.show()
