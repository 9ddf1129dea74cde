"""Wulff particles of gold."""

from common import case, gold, module

prefab = module("prefab")


def particle(natoms):
    """Return a populated Wulff particle."""
    recipe = prefab.WulffSingle(gold(), {(1, 0, 0): 1.0, (1, 1, 1): 0.9}, natoms)
    volume = recipe.get_construction()
    volume.populate_atoms()
    return volume


for natoms in (1000, 100_000):
    case(
        f"Wulff particle for {natoms} atoms",
        lambda natoms=natoms: particle(natoms),
        lambda volume: {"atoms": len(volume.atoms)},
    )
