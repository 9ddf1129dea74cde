"""Cameras that recipes call by their names.

The curves themselves become part of the recipe, and of its id: nothing is looked up later.
"""

from typing import Any

from hrtem_sim.imaging.cameras import camera_settings
from hrtem_sim.provenance import RecipeError, Refusal
from hrtem_sim.wave import WaveSettings


def with_camera(table: dict[str, Any]) -> dict[str, Any]:
    """Return the table with what is known of a camera in the place of its name.

    Parameters
    ----------
    table
        Table `[dataset]` of a recipe, which may have `detector.camera`.

    Raises
    ------
    RecipeError
        If there is no such camera, or it was not measured at the energy.
    """
    detector, wave = table.get("detector"), table.get("wave", {})
    if not isinstance(detector, dict) or "camera" not in detector:
        return table
    energy = wave.get("energy", WaveSettings.energy) if isinstance(wave, dict) else None
    if isinstance(energy, bool) or not isinstance(energy, int | float):
        return table  # refused where energies are
    changes = {name: value for name, value in detector.items() if name != "camera"}
    try:
        known = camera_settings(detector["camera"], energy)
    except Refusal as error:
        raise RecipeError(f"dataset.detector.{error}") from None
    return {**table, "detector": {**known, **changes}}
