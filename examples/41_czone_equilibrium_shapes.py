"""Equilibrium shapes of gold: free, on a substrate, and with twins.

Usage: python examples/41_czone_equilibrium_shapes.py [picture.png]
"""

import sys

import matplotlib.pyplot as plt
import numpy as np

from czone import viz
from czone.generator import Generator
from czone.prefab import WulffDecahedron, WulffIcosahedron, WulffSingle


def share_scale(panels) -> None:
    """Give all panels the same width and height in angstrom."""
    panels = list(panels)
    middles = [(np.mean(panel.get_xlim()), np.mean(panel.get_ylim())) for panel in panels]
    half = max(np.ptp(side) for p in panels for side in (p.get_xlim(), p.get_ylim())) / 2
    for panel, (x, y) in zip(panels, middles, strict=True):
        panel.set(xlim=(x - half, x + half), ylim=(y - half, y + half))


def main(picture: str = "equilibrium_shapes.png") -> None:
    gold = Generator.from_spacegroup(
        Z=["Au"], coords=[[0, 0, 0]], cell_dims=[4.07825] * 3, cell_angs=[90] * 3, sgn=225
    )
    energies = {(1, 0, 0): 1.0, (1, 1, 1): 0.9}
    single = WulffSingle(gold, energies, natoms=2000)
    shapes = {
        "Wulff": single.get_construction(),
        "Winterbottom": single.winterbottom((1, 1, 1), 0.2),
        "decahedron": WulffDecahedron(gold, energies, 0.03, natoms=2000).get_construction(),
        "icosahedron": WulffIcosahedron(gold, energies, 0.03, natoms=2000).get_construction(),
    }
    figure, panels = plt.subplots(2, 4, figsize=(12, 6.6), dpi=150)
    figure.subplots_adjust(left=0.02, right=0.98, bottom=0.06, top=0.9, wspace=0.08, hspace=0.1)
    for (name, shape), (top, side) in zip(shapes.items(), panels.T, strict=True):
        shape.populate_atoms()
        print(f"{name}: {len(shape.atoms)} atoms")
        viz.plot(shape, projections="xy", ax=top, legend=False, scale_bar=False)
        viz.plot(shape, projections="xz", ax=side, legend=False, scale_bar=name == "Wulff")
        top.set_title(f"{name}, {len(shape.atoms)} atoms", fontsize=10, pad=16)
    share_scale(panels.flat)
    figure.savefig(picture)


if __name__ == "__main__":
    main(*sys.argv[1:])
