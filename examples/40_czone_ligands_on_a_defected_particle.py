"""A faceted gold particle with defects and a shell of thiolate ligands, on amorphous carbon.

The Wulff shape gives the facets, the fcc prefab the twins and stacking faults inside it; the
ligands stand on its surface where the carbon leaves room.

Usage: python examples/40_czone_ligands_on_a_defected_particle.py [picture.png]
"""

import sys

import numpy as np

from czone import viz
from czone.generator import AmorphousGenerator, Generator
from czone.molecule import Molecule
from czone.prefab import FCCMixedTwinSF, WulffSingle
from czone.scene import Scene
from czone.surface import ligand_shell
from czone.transform import Rotation, Translation, rot_vtv
from czone.volume import Plane, Volume, make_rect_prism


def butanethiolate() -> Molecule:
    """Return S-C4H9 as a zigzag of its heavy atoms along z, the sulfur at the origin."""
    positions = [[0, 0, 0], [1.05, 0, 1.45], [0.15, 0, 2.7], [1.05, 0, 3.95], [0.15, 0, 5.2]]
    return Molecule(["S", "C", "C", "C", "C"], positions)


def particle(natoms: int, rng) -> tuple:
    """Return a faceted particle with three planar defects, and what they are."""
    gold = Generator.from_spacegroup(
        Z=["Au"], coords=[[0, 0, 0]], cell_dims=[4.07825] * 3, cell_angs=[90] * 3, sgn=225
    )
    shape = WulffSingle(gold, {(1, 0, 0): 1.0, (1, 1, 1): 0.9}, natoms).get_construction()
    prefab = FCCMixedTwinSF(gold, shape, N=3, rng=rng)
    return prefab.build_object(return_defects=True)


def main(picture: str = "ligands.png") -> None:
    rng = np.random.default_rng(3)
    size, thickness = 90.0, 20.0
    gold, defects = particle(3000, rng)
    # Seen along [1 -1 0] the defect planes are edge on.
    gold.transform(Rotation(rot_vtv(np.array([1.0, -1, 0]), np.array([0.0, 0, 1]))))
    gold.populate_atoms()
    bottom = gold.atoms[:, 2].min()
    gold.transform(Translation([size / 2, size / 2, thickness + 1.5 - bottom]))
    gold.populate_atoms()

    above_the_film = Plane([0, 0, -1], [0, 0, thickness + 4])
    shell = ligand_shell(
        butanethiolate(),
        gold,
        bond_length=2.4,
        min_spacing=4.3,
        min_distance=2.2,
        region=above_the_film,
        priority=0,
        rng=rng,
    )
    film = Volume(
        points=make_rect_prism(size, size, thickness),
        generator=AmorphousGenerator(rng=rng),
        priority=1,
    )
    scene = Scene([[0, 0, 0], [size, size, 90]], [gold, shell, film], min_distance=1.5)
    scene.populate()
    print(*defects, sep="\n")
    print(
        f"{len(gold.atoms)} gold atoms, {len(shell.atoms) // 5} ligands, {len(film.atoms)} carbon"
    )
    viz.plot(scene, colors={"C": "0.45"}).savefig(picture)


if __name__ == "__main__":
    main(*sys.argv[1:])
