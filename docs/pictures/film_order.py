"""What medium-range order does to a film's g(r) and V(k), and a table of the mean of V.

Usage: python docs/pictures/film_order.py
"""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from czone.util import fluctuation_variance, radial_distribution
from hrtem_sim.provenance import rng_for
from hrtem_sim.specimen.builders.packed import packed_film
from hrtem_sim.specimen.film_order import FilmOrder
from hrtem_sim.specimen.films import film_matter

FIELD, THICKNESS = (120.0, 120.0), 30.0
SHARES = (0.0, 0.1, 0.2, 0.4)
K = np.arange(0.15, 0.95, 0.01)


def main() -> None:
    figure = Figure(figsize=(9, 5.5), layout="constrained")
    means = {}
    for material, (left, right) in zip(("Si", "C"), figure.subplots(2, 2), strict=True):
        density, distances = film_matter(material, None, None)
        for share in SHARES:
            film, _ = packed_film(
                FIELD,
                0.0,
                THICKNESS,
                material,
                density,
                distances,
                FilmOrder(share),
                lambda *key: rng_for(1, *key),
            )
            known = radial_distribution(
                film, cutoff=14.0, cell=(*FIELD, THICKNESS), periodic=(True, True, False)
            )
            variance = fluctuation_variance(film, K, edges=FIELD).variance
            left.plot(known.r, known.g, label=f"{share:g}")
            right.plot(K, variance)
            means[share, material] = variance[K > 0.245].mean()
        left.set(xlabel="r / Å", ylabel="g(r)", title=material, xlim=(0, 14))
        right.set(xlabel="k / (1/Å)", ylabel="V(k)", title=material)
        left.legend(title="share", fontsize=8)
    figure.savefig(Path(__file__).with_name("film_order.png"), dpi=80)
    for share in SHARES:
        print(f"| {share:g} | {means[share, 'Si']:.2f} | {means[share, 'C']:.2f} |")


if __name__ == "__main__":
    main()
