"""What the plan of a data set's structure says of its particles' crystals."""

import numpy as np
from scipy.spatial.transform import Rotation

from hrtem_sim.specimen.builders import FILM, ParticlesOnFilm
from hrtem_sim.specimen.materials import crystal_of


def plan_bases(plan: ParticlesOnFilm) -> dict[str, np.ndarray]:
    """Return the basis vectors of the single crystals of a plan, as they lie in the specimen.

    Parameters
    ----------
    plan
        Plan of a data set; see `hrtem_sim.dataset.plan_structure`.

    Returns
    -------
    bases
        By the name of the object, matrices (3, 3) whose columns are the basis vectors in
        angstrom. Of particles with twins they are those of one of the two orientations; decahedra
        and icosahedra, which have many, are left out.

    Examples
    --------
    >>> from hrtem_sim.dataset import plan_structure, read_dataset_recipe
    >>> plan = plan_structure(read_dataset_recipe("demo"), 0)
    >>> plan_bases(plan.specimen)["particle-0"].shape
    (3, 3)
    """
    return {
        f"particle-{i}": Rotation.from_quat(particle.orientation).as_matrix()
        @ crystal_of(particle.material).voxel.bases
        for i, particle in enumerate(plan.particles)
        if particle.shape not in ("decahedron", "icosahedron")
    }


def plan_volumes(plan: ParticlesOnFilm) -> dict[str, float]:
    """Return the volume per atom of the objects of a plan by name, in cubic angstrom.

    Parameters
    ----------
    plan
        Plan of a data set; see `hrtem_sim.dataset.plan_structure`.

    Notes
    -----
    That of the crystal's unit cell divided by its atoms, exact for particles of any size; of the
    film the inverse of its density.

    Examples
    --------
    >>> from hrtem_sim.dataset import plan_structure, read_dataset_recipe
    >>> plan = plan_structure(read_dataset_recipe("demo"), 0)
    >>> round(plan_volumes(plan.specimen)["particle-0"], 2)  # of gold
    16.96
    """
    structures = [crystal_of(particle.material).structure for particle in plan.particles]
    volumes = {
        f"particle-{i}": structure.lattice.volume / len(structure)
        for i, structure in enumerate(structures)
    }
    return {**volumes, FILM: 1 / plan.film_density}
