"""Labels: which pixels show the particle.

* `phase_mask` thresholds the phase of the particle's exit wave, as the paper does.
"""

from hrtem_sim.mask.phase import Mask, phase_mask

__all__ = ["Mask", "phase_mask"]
