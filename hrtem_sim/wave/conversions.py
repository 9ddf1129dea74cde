"""Exit waves as objects of abTEM and HyperSpy, which users install themselves."""

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from hrtem_sim.wave.exit_wave import ExitWave


def to_abtem(wave: "ExitWave") -> Any:
    """Return a wave as `abtem.Waves`; see `ExitWave.to_abtem`."""
    try:
        from abtem import Waves
        from abtem.core.axes import FrozenPhononsAxis
    except ImportError as error:
        raise ImportError("abTEM is not installed: pip install abtem") from error
    pixel_y, pixel_x = wave.grid.pixel_size
    return Waves(
        np.ascontiguousarray(wave.array.swapaxes(-1, -2)),  # abTEM's arrays are [x, y]
        energy=wave.energy,
        sampling=(pixel_x, pixel_y),
        ensemble_axes_metadata=[FrozenPhononsAxis(_ensemble_mean=True)],
        metadata={"energy": wave.energy, "plane": wave.plane},
    )


def to_hyperspy(wave: "ExitWave") -> Any:
    """Return a wave as a signal of HyperSpy; see `ExitWave.to_hyperspy`."""
    try:
        from hyperspy.api import signals
    except ImportError as error:
        raise ImportError("HyperSpy is not installed: pip install hyperspy") from error
    phonons, ny, nx = wave.array.shape
    pixel_y, pixel_x = wave.grid.pixel_size
    space = [
        {"name": name, "size": size, "scale": pixel, "offset": 0.0, "units": "Å"}
        for name, size, pixel in (("y", ny, pixel_y), ("x", nx, pixel_x))
    ]
    stack = [{"name": "phonons", "size": phonons, "scale": 1.0, "offset": 0.0}]
    metadata = {
        "General": {"title": "exit wave"},
        "Acquisition_instrument": {"TEM": {"beam_energy": wave.energy / 1e3}},  # keV
        "Simulation": {"plane": wave.plane},
    }
    several = phonons > 1
    return signals.ComplexSignal2D(
        np.array(wave.array if several else wave.array[0]),
        axes=stack * several + space,
        metadata=metadata,
    )
