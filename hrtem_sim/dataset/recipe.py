"""The recipe of a data set: ranges, as a TOML file writes them."""

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from ase.data import atomic_numbers
from ase.formula import Formula

from hrtem_sim.dataset.film_recipe import ZERO, FilmRecipe
from hrtem_sim.dataset.mask_recipe import MaskRecipe
from hrtem_sim.dataset.named_cameras import with_camera
from hrtem_sim.dataset.particle_recipe import (
    ONE,
    OnFilmRecipe,
    ParticleRecipe,
    PlacementRecipe,
)
from hrtem_sim.dataset.pixels import check_pixels
from hrtem_sim.dataset.specimen_recipe import SpecimenRecipe
from hrtem_sim.dataset.storage_recipe import StorageRecipe
from hrtem_sim.imaging import Aberrations, Detector
from hrtem_sim.imaging.aberrations import DEFOCUS
from hrtem_sim.imaging.conditions import (
    CONVERGENCE,
    DOSE,
    DRIFT_LENGTH,
    FOCAL_SPREAD,
    VIBRATION,
)
from hrtem_sim.provenance import (
    Checked,
    Distribution,
    RecipeError,
    Refusal,
    added,
    at_least,
    between,
    checked,
    checks,
    each,
    field_checks,
    finite,
    from_table,
    read_file_table,
    recipe_file,
    whole,
)
from hrtem_sim.specimen.displacements import displacements_in
from hrtem_sim.specimen.ligands import LigandShell
from hrtem_sim.specimen.materials import FCC, WURTZITE, amounts_in
from hrtem_sim.wave import WaveSettings


@dataclass(frozen=True)
class ImagingRecipe(Checked):
    """Ranges of the imaging conditions; see `hrtem_sim.imaging.ImagingConditions`.

    Parameters
    ----------
    dose
        Electrons per square angstrom.
    defocus
        Distance from the zero of `focus_reference` in angstrom; positive is underfocus.
    focal_spread
        Standard deviation of the focus in angstrom.
    convergence
        Standard deviation of the illumination's angle along each axis, in mrad.
    vibration
        Standard deviation of the image's random shifts along each axis, in angstrom.
    drift
        Length of the image's shift during the exposure, in angstrom; its direction is drawn.
    plasmon_weight
        Fraction of the electrons whose contrast is diluted by plasmon losses.
    plasmon_background
        Constant background, in units of the mean intensity, under these electrons.
    aberrations
        Coefficients in angstrom and azimuths in rad, by the names of
        `hrtem_sim.imaging.Aberrations` except C10, which is minus the defocus.
    focus_reference
        Zero of the defocus: the `"middle"` of the model, or where the particles alone have the
        least contrast without aberrations (`"minimum_contrast"`, see
        `hrtem_sim.imaging.minimum_contrast_defocus`), or the film where there are none.
    aperture
        Radius of the objective aperture in mrad; 0 means none.
    aperture_edge
        Width of the aperture's edge in mrad.
    aperture_centre
        Place of the aperture's middle along x and y in mrad.
    """

    dose: Distribution = field(metadata=checks(DOSE))
    defocus: Distribution = checked(ZERO, DEFOCUS)
    focal_spread: Distribution = checked(ZERO, FOCAL_SPREAD)
    convergence: Distribution = checked(ZERO, CONVERGENCE)
    vibration: Distribution = checked(ZERO, VIBRATION)
    drift: Distribution = checked(ZERO, DRIFT_LENGTH)
    plasmon_weight: Distribution = checked(ZERO, between(0, 1))
    plasmon_background: Distribution = checked(ONE, at_least(0, "mean intensities"))
    aberrations: dict[str, Distribution] = field(default_factory=dict)
    focus_reference: Literal["middle", "minimum_contrast"] = added("middle")
    aperture: Distribution = checked(ZERO, at_least(0, "mrad"), added=True)
    aperture_edge: float = checked(0.0, at_least(0, "mrad"), added=True)
    aperture_centre: tuple[float, float] = checked((0.0, 0.0), each(finite("mrad"), 2), added=True)

    def _check_together(self) -> None:
        known = [f.name for f in dataclasses.fields(Aberrations) if f.name != "C10"]
        rules = field_checks(Aberrations)
        for name in self.aberrations:
            if name not in known:
                raise Refusal(
                    f"aberrations.{name} is not an aberration; allowed: {', '.join(known)}"
                )
            for rule in rules[name]:
                rule.enforce("ImagingRecipe", f"aberrations.{name}", self.aberrations[name])


ON_FILM = ("particle", "film", "placement")
"""Tables of particles on a film."""

PARTICLES_ON_FILM = "particles_on_film"
"""Name of their builder, under which they may stand as well."""


@dataclass(frozen=True)
class DatasetRecipe(Checked):
    """Everything that a data set is made from.

    Parameters
    ----------
    name
        Name for people to read.
    seed
        Root of all random streams, a non-negative integer.
    structures
        Number of structures.
    images_per_structure
        Micrographs of each, under conditions of their own.
    particle, film, placement
        Particles, film and their placement: what is built, unless `specimen` says it.
    wave
        Settings of the exit waves.
    imaging, detector
        Conditions of the microscope and the detector that records the images.
    mask
        Rule of the labels.
    storage
        Parts of the result that are kept.
    specimen
        Builder and the ranges of its parameters, in place of particle, film and placement.
    """

    name: str
    seed: int = field(metadata=checks(whole(0)))
    structures: int = field(metadata=checks(whole(1)))
    images_per_structure: int = field(metadata=checks(whole(1)))
    particle: ParticleRecipe | None = None
    film: FilmRecipe | None = None
    placement: PlacementRecipe | None = None
    imaging: ImagingRecipe = field(kw_only=True)
    wave: WaveSettings = field(default_factory=WaveSettings)
    detector: Detector = field(default_factory=Detector)
    mask: MaskRecipe = field(default_factory=MaskRecipe)
    storage: StorageRecipe = field(default_factory=StorageRecipe)
    specimen: SpecimenRecipe | None = added(None)

    def _check_together(self) -> None:
        absent = [name for name in ON_FILM if getattr(self, name) is None]
        if self.specimen is not None and len(absent) < len(ON_FILM):
            raise Refusal(
                "specimen must stand alone, as its builder says all of what is built; got "
                f"{', '.join(name for name in ON_FILM if name not in absent)} beside it"
            )
        if self.specimen is None and absent:
            raise Refusal(f"{absent[0]} is missing, and so is specimen, which may stand for it")
        if self.wave.particles:
            raise Refusal(
                f"wave.particles must be left out, each structure names its own; "
                f"got {self.wave.particles!r}"
            )
        if self.specimen is None:
            field = self.on_film.placement.field
            check_pixels(field, self.wave.pixel_size, self.detector.pixel_size, "placement.field")
            self._check_motion()

    @cached_property
    def on_film(self) -> OnFilmRecipe:
        """The tables particle, film and placement, where these say what is built."""
        if self.particle is None or self.film is None or self.placement is None:
            raise Refusal("particle must be a table of the recipe; got one with a builder instead")
        return OnFilmRecipe(self.particle, self.film, self.placement)

    def with_builder(self, builder: str | Path | Callable[..., Any] | None) -> "DatasetRecipe":
        """Return the recipe with its builder found, see `SpecimenRecipe.with_builder`.

        Parameters
        ----------
        builder
            Function, class or file; None where the recipe names one of the package.
        """
        if self.specimen is None and builder is None:
            return self
        if self.specimen is None:
            raise Refusal(
                "builder must be left out for a recipe without a table specimen, whose particle, "
                f"film and placement say what is built; got {builder!r}"
            )
        return dataclasses.replace(self, specimen=self.specimen.with_builder(builder))

    def _check_motion(self) -> None:
        """Ask for displacements now, not when the first structure with this material comes."""
        if not self.wave.phonons:
            return
        found = [amounts_in(material) for material in self.on_film.particle.materials]
        counts = Formula(self.on_film.film.material).count()
        film = {symbol: float(n) for symbol, n in counts.items()}
        if self.on_film.film.relief is not None:  # single atoms of the heaviest element, and dirt
            heaviest = [max(one, key=lambda s: atomic_numbers[s]) for one in found]
            found += [{"C": 1.0}, *({symbol: 1.0} for symbol in heaviest)]
        ligands = self.on_film.particle.ligands
        if ligands is not None:
            found.append(LigandShell(ligands.head, int(ligands.carbons.low)).amounts)
        found.append(film)
        elements = [symbol for amounts in found for symbol in amounts]
        for amounts in found:
            try:
                displacements_in(amounts, self.wave.rms, beside=elements)
            except Refusal as error:
                told = Refusal(f"wave.{error}")
                told.in_recipe = error.in_recipe and f"wave.{error.in_recipe}"
                raise told from None

    def scaled(self, scale: float) -> "DatasetRecipe":
        """Return the recipe with `scale` times as many structures, at least one."""
        if not 0 < scale < math.inf:
            raise Refusal(f"scale must be positive; got {scale!r}")
        return dataclasses.replace(self, structures=max(1, round(scale * self.structures)))


def read_dataset_recipe(path: str | Path) -> DatasetRecipe:
    """Read the `[dataset]` table of a recipe file.

    Parameters
    ----------
    path
        Path of the file, or the name of a recipe that comes with the package.

    Raises
    ------
    RecipeError
        If the file cannot be read or its table is wrong; the message names the field.

    Examples
    --------
    >>> read_dataset_recipe("optimized_au").structures
    1000
    """
    table = _on_film(read_file_table(path, "dataset"))
    table = _with_paths(table, recipe_file(path).parent)
    try:
        recipe = from_table(DatasetRecipe, with_camera(table), "dataset")
        if recipe.specimen and recipe.specimen.needs_nobody:
            return recipe.with_builder(None)
        return recipe
    except RecipeError as error:
        raise RecipeError(f"{path}: {error}") from None


def _on_film(table: dict[str, Any]) -> dict[str, Any]:
    """Return the table with the builder "particles_on_film" as the three tables it stands for."""
    specimen = table.get("specimen")
    if not isinstance(specimen, dict) or specimen.get("builder") != PARTICLES_ON_FILM:
        return table
    rest = {name: value for name, value in table.items() if name != "specimen"}
    for name, value in specimen.items():
        if name == "builder":
            continue
        if name not in ON_FILM or name in rest:
            raise RecipeError(
                f"dataset.specimen.{name} is not one of the tables of the builder "
                f"{PARTICLES_ON_FILM!r}, {', '.join(ON_FILM)}, or stands twice; got {value!r}"
            )
        rest[name] = value
    return rest


def _with_paths(table: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return the table with files of materials found beside the recipe, or where the user works."""
    particle = table.get("particle")
    materials = particle.get("materials") if isinstance(particle, dict) else None
    if not isinstance(materials, list):
        return table
    found = [_found(m, folder) if isinstance(m, str) else m for m in materials]
    return {**table, "particle": {**table["particle"], "materials": found}}


def _found(name: str, folder: Path) -> str:
    beside, here = folder / name, Path(name)
    if name in FCC or name in WURTZITE or not beside.is_file():
        return name
    if here.is_file() and here.read_bytes() != beside.read_bytes():
        raise RecipeError(
            f"dataset.particle.materials must name one file; {name!r} is one beside the recipe and "
            "another in the working folder: write the whole path"
        )
    return str(beside)
