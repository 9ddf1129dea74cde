"""Three structures of each builder of the package: atoms, micrographs, classes and instances.

Particles on a film with ligands are one more.

Usage: python docs/pictures/builders.py [name ...]
"""

import sys
from pathlib import Path

from hrtem_sim.dataset import read_dataset_recipe
from hrtem_sim.preview import preview

FOLDER = Path(__file__).parent / "builders"
RECIPES = (
    "core_shell",
    "particle_on_crystal",
    "nanoislands",
    "sheet_defects",
    "polycrystal",
    "particles_at_hole",
    "ligand_shells",
)


def main(names: tuple[str, ...]) -> None:
    FOLDER.mkdir(exist_ok=True)
    for name in names:
        figure = preview(read_dataset_recipe(name), structures=3)
        figure.savefig(FOLDER / f"{name}.png", dpi=70)


if __name__ == "__main__":
    main(tuple(sys.argv[1:]) or RECIPES)
