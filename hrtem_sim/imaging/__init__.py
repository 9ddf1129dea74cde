"""From exit waves to micrographs: aberrations, partial coherence, losses, dose and detector.

* `form_image(wave, conditions, detector)` gives a `Micrograph`; `form_images` one per condition
  from a single forward transform.
* `ImagingConditions` and `Aberrations` say how, `Detector` on which pixels, with which noise;
  `Detector.preset` knows the `CAMERAS` that were measured; a `Clipped` warning tells of saturation.
* A beam tilted by tau (rad) against the lens, with C30, is as good as C21 = 3 C30 tau, C12 = C30
  tau^2 and C10 = 2 C30 tau^2 more: `WaveSettings(tilt=...)` tilts it against the specimen alone.
* `Micrograph.save` writes one micrograph, `save_series` a focal series as a stack.
* `minimum_contrast_defocus` is a zero of focus; `UncertainFocus` warns where there is none.
* `quick_look` is a cheap approximation to look at, never to train on.
* `as_contrast` and `from_contrast` keep expected images, of which a `Recorder` makes micrographs.
* `aberration_phase` is chi(k), `focal_series_weights` an incoherent average over foci.
"""

from hrtem_sim.imaging.aberrations import Aberrations, aberration_phase
from hrtem_sim.imaging.cameras import CAMERAS
from hrtem_sim.imaging.coherence import focal_series_weights, number_of_foci, sigma_from_1_over_e
from hrtem_sim.imaging.conditions import ImagingConditions
from hrtem_sim.imaging.detector import Clipped, Detector
from hrtem_sim.imaging.focus import UncertainFocus, minimum_contrast_defocus
from hrtem_sim.imaging.formation import (
    Micrograph,
    expected_image,
    form_image,
    form_images,
    quick_look,
)
from hrtem_sim.imaging.former import ImageFormer
from hrtem_sim.imaging.recorder import Recorder, as_contrast, from_contrast
from hrtem_sim.imaging.saving import save_series

__all__ = [
    "CAMERAS",
    "Aberrations",
    "Clipped",
    "Detector",
    "ImageFormer",
    "ImagingConditions",
    "Micrograph",
    "Recorder",
    "UncertainFocus",
    "aberration_phase",
    "as_contrast",
    "expected_image",
    "focal_series_weights",
    "form_image",
    "form_images",
    "from_contrast",
    "minimum_contrast_defocus",
    "number_of_foci",
    "quick_look",
    "save_series",
    "sigma_from_1_over_e",
]
