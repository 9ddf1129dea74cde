"""Labelled HRTEM data sets from atomic structures.

    specimen = hrtem_sim.Specimen.from_ase(atoms)
    wave = hrtem_sim.compute_exit_wave(specimen, hrtem_sim.WaveSettings(pixel_size=0.1))
    conditions = hrtem_sim.ImagingConditions(defocus=80.0, dose=400.0)
    micrograph = hrtem_sim.form_image(wave, conditions, hrtem_sim.Detector(0.2), rng=rng)

    recipe = hrtem_sim.read_dataset_recipe("demo")
    database = hrtem_sim.build_dataset(recipe, "my-data")

These names are the main ones of the rooms below, which hold the rest: `specimen`, `potential`,
`wave`, `imaging`, `mask`, `measure`, `dataset`, `database`, `interchange`, `provenance`. Each is
loaded when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from czone import __version__
from hrtem_sim.refusal import Implausible, Refusal

if TYPE_CHECKING:
    from hrtem_sim.database import (
        Database,
        open_database,
        open_databases,
    )
    from hrtem_sim.dataset import (
        DatasetRecipe,
        build_dataset,
        check_dataset,
        plan_structure,
        read_dataset_recipe,
        regenerate,
        simulate_structure,
    )
    from hrtem_sim.imaging import (
        Aberrations,
        Detector,
        ImagingConditions,
        Micrograph,
        form_image,
        form_images,
    )
    from hrtem_sim.interchange import (
        export,
        read_micrograph,
    )
    from hrtem_sim.mask import (
        Mask,
        class_map,
        instance_map,
        phase_mask,
    )
    from hrtem_sim.specimen import (
        Specimen,
    )
    from hrtem_sim.wave import (
        ExitWave,
        WaveSettings,
        compute_exit_wave,
        compute_exit_waves,
    )

_ROOMS = {
    "Aberrations": "imaging",
    "Database": "database",
    "DatasetRecipe": "dataset",
    "Detector": "imaging",
    "ExitWave": "wave",
    "ImagingConditions": "imaging",
    "Mask": "mask",
    "Micrograph": "imaging",
    "Specimen": "specimen",
    "WaveSettings": "wave",
    "build_dataset": "dataset",
    "check_dataset": "dataset",
    "class_map": "mask",
    "compute_exit_wave": "wave",
    "compute_exit_waves": "wave",
    "export": "interchange",
    "form_image": "imaging",
    "form_images": "imaging",
    "instance_map": "mask",
    "open_database": "database",
    "open_databases": "database",
    "phase_mask": "mask",
    "plan_structure": "dataset",
    "read_dataset_recipe": "dataset",
    "read_micrograph": "interchange",
    "regenerate": "dataset",
    "simulate_structure": "dataset",
}

_OPEN = {*_ROOMS.values(), "electron", "figures", "grid", "measure", "potential", "provenance"}

__all__ = [
    "Aberrations",
    "Database",
    "DatasetRecipe",
    "Detector",
    "ExitWave",
    "ImagingConditions",
    "Implausible",
    "Mask",
    "Micrograph",
    "Refusal",
    "Specimen",
    "WaveSettings",
    "__version__",
    "build_dataset",
    "check_dataset",
    "class_map",
    "compute_exit_wave",
    "compute_exit_waves",
    "export",
    "form_image",
    "form_images",
    "instance_map",
    "open_database",
    "open_databases",
    "phase_mask",
    "plan_structure",
    "read_dataset_recipe",
    "read_micrograph",
    "regenerate",
    "simulate_structure",
]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return getattr(import_module(f"hrtem_sim.{_ROOMS[name]}"), name)
    if name in _OPEN:
        return import_module(f"hrtem_sim.{name}")
    raise AttributeError(f"module 'hrtem_sim' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*__all__, *_OPEN})
