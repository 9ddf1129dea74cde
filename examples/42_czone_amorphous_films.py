"""Amorphous carbon and silica, and how their atoms are spaced: g(r), partial for silica.

Usage: python examples/42_czone_amorphous_films.py [picture.png]
"""

import sys

import matplotlib.pyplot as plt
import numpy as np

from czone import viz
from czone.generator import AmorphousGenerator
from czone.generator.amorphous import number_density
from czone.util import radial_distribution
from czone.volume import make_rect_prism


def main(picture: str = "amorphous_films.png") -> None:
    dims = np.array([60.0, 60.0, 40.0])
    carbon = AmorphousGenerator(rng=1)
    silica = AmorphousGenerator(
        species="SiO2",
        density=number_density("SiO2", 2.2),  # g/cm3
        min_dist={("Si", "O"): 1.55, ("O", "O"): 2.1, ("Si", "Si"): 2.5},
        rng=2,
    )
    figure, panels = plt.subplots(2, 2, figsize=(10, 7), dpi=150, layout="constrained")
    for (picture_panel, curve), film in zip(panels, (carbon, silica), strict=True):
        positions, numbers = film.supply_atoms(make_rect_prism(*dims))
        rdf = radial_distribution(
            positions, cutoff=6.0, bin_width=0.05, cell=dims, periodic=(True, True, False),
            numbers=numbers,
        )  # fmt: skip
        print(f"{film}: {len(positions)} atoms")
        viz.plot((positions, numbers), projections="xz", ax=picture_panel)
        for (first, second), values in rdf.partial.items():
            if first <= second:
                curve.plot(rdf.r, values, label=f"{first}-{second}")
        curve.set(xlabel="r (Å)", ylabel="g(r)", xlim=(0, 6), ylim=(0, None))
        curve.legend(frameon=False)
    figure.savefig(picture)


if __name__ == "__main__":
    main(*sys.argv[1:])
