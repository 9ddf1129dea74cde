"""
Amorphous films
===============

Amorphous carbon and silica, and how their atoms are spaced.
"""

# %%
# Densities and smallest distances of common films (C, Si, Ge, SiO2, Si3N4, Al2O3) are known, with
# their sources in `czone.generator.films`; for others `density="2.2 g/cm3"` and `min_dist`, for a
# mixture one for every pair, are given. `rng` makes the film the same every time.

import matplotlib.pyplot as plt
import numpy as np

from czone import viz
from czone.generator import AmorphousGenerator
from czone.util import radial_distribution
from czone.volume import make_rect_prism

dims = np.array([50.0, 50.0, 25.0])
films = {
    "carbon": AmorphousGenerator(rng=1),
    "silica": AmorphousGenerator(species="SiO2", rng=2),
}

# %%
# The pair distribution g(r) is nothing below the smallest distance and goes to one: random
# sequential addition keeps distances and density, and knows no bonds or shells of neighbours.

figure, panels = plt.subplots(2, 2, figsize=(10, 6), layout="constrained")
for (name, film), (picture, curve) in zip(films.items(), panels, strict=True):
    positions, numbers = film.supply_atoms(make_rect_prism(*dims))
    rdf = radial_distribution(
        positions, cutoff=6.0, bin_width=0.05, cell=dims, periodic=(True, True, False),
        numbers=numbers,
    )  # fmt: skip
    print(f"{name}: {len(positions)} atoms in {dims.prod() / 1000:.1f} nm3")
    viz.plot((positions, numbers), projections="xz", ax=picture)
    pairs = [pair for pair in rdf.partial if pair[0] <= pair[1]]
    for (first, second), style in zip(pairs, ("-", "--", ":"), strict=False):
        curve.plot(rdf.r, rdf.partial[first, second], style, label=f"{first}–{second}")
    curve.axhline(1, color="0.7", lw=0.8, zorder=0)
    curve.set(xlabel="r (Å)", ylabel="g(r)", xlim=(0, 6), ylim=(0, None), title=name)
    curve.legend(frameon=False)
plt.show()
