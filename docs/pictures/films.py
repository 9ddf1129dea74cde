"""Four structures on films as they are: uneven, folded, with holes, dirt and single atoms.

Usage: python docs/pictures/films.py
"""

from dataclasses import replace
from pathlib import Path

from hrtem_sim.dataset import read_dataset_recipe
from hrtem_sim.dataset.film_recipe import OrderRecipe, ReliefRecipe
from hrtem_sim.preview import preview
from hrtem_sim.provenance import Distribution


def between(low: float, high: float) -> Distribution:
    return Distribution("uniform", (low, high))


def main() -> None:
    known = read_dataset_recipe("real_micrographs")
    relief = ReliefRecipe(
        unevenness=between(0.0, 8.0),
        waviness=between(20.0, 60.0),
        holes=Distribution("choice", (0.0, 0.2, 0.4)),
        hole_radius=between(20.0, 50.0),
        contamination=between(0.0, 0.5),
        dome_radius=between(10.0, 40.0),
        dome_height=between(5.0, 20.0),
        adatoms=between(0.0, 0.3),
        folds=Distribution("integers", (0, 1)),
        fold_width=between(10.0, 40.0),
    )
    particle = replace(
        known.particle,
        radius=Distribution("log_uniform", (8.0, 20.0)),
        count=Distribution("constant", (1.0,)),
        coverage=between(0.05, 0.2),
        materials=("Au",),
    )
    recipe = replace(
        known,
        seed=5,
        particle=particle,
        film=replace(
            known.film,
            thickness=between(20.0, 40.0),
            relief=relief,
            order=OrderRecipe(between(0.0, 0.3)),
        ),
        placement=replace(known.placement, border="cut"),
        imaging=replace(
            known.imaging,
            dose=Distribution("constant", (3000.0,)),
            defocus=between(-100.0, 150.0),
        ),
    )
    figure = preview(recipe, structures=4)
    figure.savefig(Path(__file__).with_name("films.png"), dpi=70)


if __name__ == "__main__":
    main()
