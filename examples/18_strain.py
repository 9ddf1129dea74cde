"""
Strain
======

A crystal stretched as a whole, and one bent by a function of place.
"""

# %%
# `HStrain` is a deformation gradient: 1.04 is four per cent longer. `IStrain` takes any function
# that moves points; here the lattice is bent to a radius of 8 nm.

import matplotlib.pyplot as plt
import numpy as np

from czone import viz
from czone.generator import Generator
from czone.transform import HStrain, IStrain
from czone.volume import Volume, make_rect_prism


def bent(points: np.ndarray, radius: float) -> np.ndarray:
    """Return the points lifted along z by x^2 / (2 radius)."""
    return points + points[:, :1] ** 2 / (2 * radius) * [0, 0, 1]


strains = {
    "at rest": None,
    "stretched by 4 % along x": HStrain([1.04, 1, 1], mode="standard"),
    "bent to a radius of 8 nm": IStrain(bent, mode="standard", radius=80.0),
}
box = make_rect_prism(72, 12, 24, center=[0, 0, 0])

# %%
# The volume stays where it is; the lattice moves in it, and atoms fill it to its faces.

figure, panels = plt.subplots(3, 1, figsize=(7, 8.6))
figure.subplots_adjust(left=0.03, right=0.97, bottom=0.05, top=0.94, hspace=0.25)
for (name, strain), panel in zip(strains.items(), panels, strict=True):
    copper = Generator.from_spacegroup(
        Z=["Cu"], coords=[[0, 0, 0]], cell_dims=[3.615] * 3, cell_angs=[90] * 3, sgn=225,
        strain_field=strain,
    )  # fmt: skip
    block = Volume(points=box, generator=copper)
    block.populate_atoms()
    rows = np.unique(block.atoms[:, 0].round(6))
    print(f"{name}: {len(block.atoms)} atoms, a along x {2 * np.diff(rows).mean():.3f} Å")
    viz.plot(block, projections="xz", ax=panel, radius_scale=0.7, legend=False)
    panel.set(title=name, xlim=(-40, 40), ylim=(-14, 14))
plt.show()
