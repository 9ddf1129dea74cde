"""A recipe matched to somebody's own micrographs.

A network holds on micrographs that look like those it was trained on. Here the micrographs are
measured (pixel size, dose, camera, defocus, film: `hrtem_sim.measure`), their particles are found
by a network that is at hand, and a recipe is written whose ranges lie about what was found.
"""

import copy
import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hrtem_sim.dataset.pixels import nearest_that_work
from hrtem_sim.measure import Measurement, is_absolute, measure_micrograph
from hrtem_sim.progress import stage
from hrtem_sim.provenance import read_recipe
from hrtem_sim.refusal import Implausible, Refusal
from hrtem_sim.specimen.materials import Material
from seg_train.model import Networks, load_networks
from seg_train.particles import particle_table
from seg_train.prediction import predict

__all__ = ["MatchedMicrographs", "match_micrographs", "matched_recipe"]

BASE = "real_micrographs"
"""Recipe whose fields are kept where micrographs say nothing."""

SMALLEST_PARTICLE = 50.0
"""Area in square angstrom below which what the network found is no particle."""

SHARP = 6.0
"""Exponent of the camera's fall from which on it cuts, as resampling for a display does."""

CLEAR = 400.0
"""Width of an interval of the defocus, in angstrom, above which its rings say nothing."""

ALIKE = 1.5
"""Ratio of pixel sizes up to which one camera may stand for several."""

FEW = 5
"""Particles below which nothing is said of their sizes."""

STRUCTURES = 120
"""Fewer than where weights are drawn: the network of `BASE` is trained on, not anew."""

TRAINED_ON = {
    "initial": BASE,
    "initial_share": 0.5,
    "epochs": 12,
    "learning_rate": 3e-4,
    "final_rate": 3e-6,
    "ema": 0.98,
}
"""How it is, in place of how it was trained at first (docs/training.md says what that brought)."""

ROOM = 0.15
"""Share by which ranges are widened: the next micrograph is not among those that were measured."""


@dataclass(frozen=True)
class MatchedMicrographs:
    """What a set of micrographs has in common.

    Parameters
    ----------
    names
        Names of the micrographs.
    measured
        What each says of the microscope.
    particles
        Particles that the network found, as `seg_train.particle_table` lists them, with a column
        `image`.
    masks
        Classes that the network found in each, (ny, nx).
    material, film
        Crystal of the particles, and formula of the film.
    energy
        In eV.
    spherical
        Spherical aberration C30 in angstrom; 0 for a corrected microscope.
    """

    names: tuple[str, ...]
    measured: tuple[Measurement, ...]
    particles: pd.DataFrame
    masks: tuple[np.ndarray, ...]
    material: Material
    film: str
    energy: float
    spherical: float = 0.0

    @property
    def coverage(self) -> tuple[float, ...]:
        """Share of each micrograph that particles cover."""
        return tuple(float((mask > 0).mean()) for mask in self.masks)

    @property
    def table(self) -> pd.DataFrame:
        """One row per micrograph: every estimate with the bounds of its interval."""
        rows = []
        for name, measured, coverage in zip(self.names, self.measured, self.coverage, strict=True):
            row: dict[str, Any] = {"image": name, "coverage": coverage}
            for what, estimate in measured.table.items():
                row[what] = estimate.value
                row[f"{what}, low"], row[f"{what}, high"] = estimate.low, estimate.high
            rows.append(row)
        return pd.DataFrame(rows)


def match_micrographs(
    micrographs: Sequence[Any],
    *,
    material: Material,
    energy: float,
    film: str = "C",
    network: Networks = BASE,
    gain: float | None = None,
    spherical: float = 0.0,
    progress: bool = True,
) -> MatchedMicrographs:
    """Measure micrographs and find their particles.

    Parameters
    ----------
    micrographs
        Objects with `image` (ny, nx), `pixel_size` in angstrom and `name`, such as
        `LabelledMicrograph`; labels are not looked at.
    material
        Crystal of the particles: a name, or a crystal that was read from a file.
    energy
        In eV.
    film
        Symbol or formula of the film.
    network
        Network, or several, that find the particles.
    gain
        Digital units per electron, if it is known.
    spherical
        Spherical aberration C30 in angstrom; 0 for a corrected microscope.
    progress
        Whether a bar is shown.

    Returns
    -------
    matched
        Measurements and particles.
    """
    if not micrographs:
        raise Refusal("micrographs must hold at least one; got none")
    loaded, names = load_networks(network), _distinct([sample.name for sample in micrographs])
    measured, tables, masks = [], [], []
    named = list(zip(names, micrographs, strict=True))
    for name, sample in stage(named, desc="measuring", unit="image", shown=progress):
        found = predict(loaded, sample.image, pixel_size=sample.pixel_size, symmetries=True)
        covered = found.mask if found.left_out is None else found.mask | found.left_out
        measured.append(
            measure_micrograph(
                _positive(np.asarray(found.image)),
                sample.pixel_size,
                energy=energy,
                material=material,
                film=film,
                particles=covered,
                spherical=spherical,
                gain=gain,
                absolute=is_absolute(sample.image),
            )
        )
        used = measured[-1].used_pixel_size
        table = particle_table(found.mask, pixel_size=used, min_area=SMALLEST_PARTICLE)
        tables.append(table.assign(image=name))
        masks.append(found.mask)
    return MatchedMicrographs(
        names,
        tuple(measured),
        pd.concat(tables, ignore_index=True),
        tuple(masks),
        material,
        film,
        energy,
        spherical,
    )


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    """Return names in one line each, those that came before with their number behind them."""
    found: list[str] = []
    for name in (" ".join(name.split()) for name in names):
        number = 1 + sum(name == before for before in found)
        while number > 1 and f"{name} ({number})" in found:
            number += 1
        found.append(name if number == 1 else f"{name} ({number})")
    return tuple(found)


def _positive(image: np.ndarray) -> np.ndarray:
    """Return an image whose mean can be the unit of its contrast: files may be standardised."""
    mean = float(np.mean(image))
    if mean <= 0:
        raise Refusal(
            f"micrographs must have a positive mean, the unit of contrast; got {mean:.4g}: were "
            "they standardised? give the recorded ones"
        )
    return image


def matched_recipe(matched: MatchedMicrographs, *, name: str = "matched") -> dict[str, Any]:
    """Return the tables of a recipe whose ranges lie about what was measured.

    Parameters
    ----------
    matched
        Measurements and particles.
    name
        Name of the data set.

    Returns
    -------
    tables
        `[dataset]` and `[training]`, as `hrtem_sim.provenance.to_toml` writes them. What
        micrographs do not say is as in the recipe `real_micrographs`, whose network is trained on
        with fewer structures and steps.
    """
    tables = copy.deepcopy(read_recipe(BASE))
    dataset, rings = tables["dataset"], [one.rings for one in matched.measured if one.rings]
    if not rings:
        raise Refusal("micrographs must show film beside their particles; got none that does")
    absolute = [one.rings for one in matched.measured if one.rings and one.absolute]
    _doubt(matched)
    dataset.update(name=name, structures=STRUCTURES)
    pixel = float(np.median([one.used_pixel_size for one in matched.measured]))
    camera = round(pixel, 4)
    field, wave = nearest_that_work(tuple(dataset["placement"]["field"]), 0.2, camera)
    dataset["placement"]["field"] = list(field)
    dataset["wave"].update(energy=matched.energy, pixel_size=wave, particle_pixel=wave)
    dataset["film"]["material"] = matched.film
    dataset["particle"].update(materials=[matched.material], radius=_radius(matched, min(field)))
    dataset["particle"].pop("count", None)
    dataset["particle"]["coverage"] = _coverage(matched)
    imaging = dataset["imaging"]
    if absolute:
        imaging["dose"] = _doses(absolute) or imaging["dose"]
        dataset["film"]["thickness"] = _thickness(absolute)
    imaging["defocus"] = _defocus(rings) or imaging["defocus"]
    imaging["vibration"] = {"uniform": [0.0, round(max(ring.vibration for ring in rings), 2)]}
    if matched.spherical:
        bounds = sorted((matched.spherical * (1 - ROOM), matched.spherical * (1 + ROOM)))
        imaging["aberrations"].update(C30={"uniform": [float(f"{one:.4g}") for one in bounds]})
    astigmatism = [ring.astigmatism.high for ring in rings if ring.astigmatism.known]
    if astigmatism:
        most = round(float(np.median(astigmatism)), 1)
        imaging["aberrations"].update(C12={"uniform": [0.0, most]})
    dataset["detector"] = _detector(rings, camera)
    training = tables["training"]
    training.update(TRAINED_ON)
    training["augmentation"]["dose"] = imaging["dose"]  # of the noise that is drawn for each patch
    if "mtf_half" in dataset["detector"]:
        training["augmentation"].pop("low_pass", None)  # the camera cuts as it was measured to
    if training["pixel_size"] < camera:
        training["pixel_size"] = camera
    return tables


def _doubt(matched: MatchedMicrographs) -> None:
    """Warn of micrographs that one recipe hardly stands for."""
    pixels = [one.used_pixel_size for one in matched.measured]
    if max(pixels) > ALIKE * min(pixels):
        warnings.warn(
            f"micrographs should have about one pixel size, for a recipe has one camera; got "
            f"{min(pixels):.3g} to {max(pixels):.3g} angstrom: match those of each by themselves",
            Implausible,
            stacklevel=3,
        )
    if len(matched.particles) < FEW:
        warnings.warn(
            f"micrographs should show {FEW} particles at least, which tell the sizes to simulate; "
            f"got {len(matched.particles)}: radii are those of particles at large",
            Implausible,
            stacklevel=3,
        )


def _thickness(rings: Sequence[Any]) -> dict[str, Any]:
    found = [ring.thickness.value for ring in rings if ring.thickness.known] or [20.0, 80.0]
    low, high = np.clip([min(found) * (1 - ROOM), max(found) * (1 + ROOM)], 10.0, 300.0)
    return {"uniform": [round(float(low), 1), round(float(high), 1)]}


def _radius(matched: MatchedMicrographs, field: float) -> dict[str, Any]:
    """Return radii from the smallest to the largest of any micrograph.

    Micrographs count alike, for many small particles of one outnumber the few large ones of
    another. Those that the edge cuts are at least as large as what is seen of them.
    """
    particles = matched.particles
    if len(particles) < FEW:
        return {"log_uniform": [8.0, 50.0]}
    radius = particles["equivalent_diameter"] / 2
    image = particles.get("image", pd.Series("", particles.index))
    cut = particles.get("touches_edge", pd.Series(False, particles.index))
    whole = ~cut if (~cut).any() else cut
    low = radius[whole].groupby(image[whole]).quantile(0.02).min()
    high = radius.groupby(image).quantile(0.98).max()
    low, high = max(5.0, low * (1 - ROOM)), min(0.4 * field, high * (1 + ROOM))
    return {"log_uniform": [round(float(low), 1), round(float(max(high, 1.1 * low)), 1)]}


def _coverage(matched: MatchedMicrographs) -> dict[str, Any]:
    low = min(matched.coverage) * (1 - ROOM)
    high = np.clip(max(matched.coverage) * (1 + ROOM), 0.05, 0.6)
    return {"uniform": [round(float(min(low, high)), 3), round(float(high), 3)]}


def _doses(rings: Sequence[Any]) -> dict[str, Any] | None:
    known = [ring.dose for ring in rings if ring.dose.known]
    if not known:
        return None
    low, high = min(dose.low for dose in known), max(dose.high for dose in known)
    return {"log_uniform": [float(f"{low:.3g}"), float(f"{high:.3g}")]}


def _defocus(rings: Sequence[Any]) -> dict[str, Any] | None:
    """Return defoci of both signs, which rings do not tell apart; of rings that are clear alone."""
    clear = [ring.defocus for ring in rings if ring.defocus.high - ring.defocus.low < CLEAR]
    if not clear:
        return None
    low = math.floor(min(defocus.low for defocus in clear) * (1 - ROOM))
    high = math.ceil(max(defocus.high for defocus in clear) * (1 + ROOM))
    if low < 100:
        return {"uniform": [-float(high), float(high)]}
    return {"uniform": [[-float(high), -float(low)], [float(low), float(high)]]}


def _detector(rings: Sequence[Any], camera: float) -> dict[str, Any]:
    """Return a camera whose transfer falls where the noise does."""
    nyquist = 0.5 / camera
    detector: dict[str, Any] = {"pixel_size": camera}
    known = [ring for ring in rings if ring.cut.known]
    if not known:
        return detector
    cut = float(np.median([ring.cut.value for ring in known]))
    fall = float(np.median([ring.fall for ring in known]))
    if cut < 2 * nyquist:
        detector.update(mtf_half=round(cut / nyquist, 3), mtf_power=round(min(fall, SHARP * 4), 2))
    return detector
