"""The recipe of a data set: ranges, as a TOML file writes them."""

import dataclasses
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ase.formula import Formula

from hrtem_sim.dataset.mask_recipe import MaskRecipe
from hrtem_sim.dataset.named_cameras import with_camera
from hrtem_sim.dataset.pixels import nearest_that_work
from hrtem_sim.dataset.storage_recipe import StorageRecipe
from hrtem_sim.grid import Grid
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
    any_of,
    at_least,
    between,
    checked,
    checks,
    each,
    field_checks,
    finite,
    from_table,
    optional,
    physical,
    positive,
    read_file_table,
    recipe_file,
    that,
    whole,
)
from hrtem_sim.specimen.builders import FORMULA
from hrtem_sim.specimen.displacements import displacements_in
from hrtem_sim.specimen.films import Distances, film_matter
from hrtem_sim.specimen.materials import FCC, WURTZITE, Material, amounts_in, as_material, name_of
from hrtem_sim.wave import WaveSettings

ZERO = Distribution("constant", (0.0,))
ONE = Distribution("constant", (1.0,))
PAPER_BURIAL = Distribution("constant", (0.2,))
ANYWHERE = Distribution("uniform", (-1.0, 1.0))

NANOMETRES = {"nm": 10.0}
RADIUS = physical(4, 1000, "angstrom", usual=(6, 300), units=NANOMETRES)
THICKNESS = physical(1, 1e4, "angstrom", usual=(6, 500), units=NANOMETRES)
FIELD = physical(5, 2e4, "angstrom", usual=(20, 4000), units=NANOMETRES)
VACUUM = physical(0, 1000, "angstrom", usual=(0, 100), zero=True)

DENSITY = optional(
    any_of(
        positive("atoms per cubic angstrom"),
        that("a text such as '2.2 g/cm3'", lambda density: isinstance(density, str)),
    )
)
NOT_EMPTY = that(
    "a list of at least one name", lambda names: isinstance(names, tuple | list) and bool(names)
)


@dataclass(frozen=True)
class ParticleRecipe(Checked):
    """Random particles.

    Parameters
    ----------
    radius
        In angstrom; of faceted shapes that of the sphere of equal volume.
    materials
        Names (Ag, Al, Au, Cu, Ni, Pd, Pt, CdSe, ZnO) or paths of crystals (CIF files and the like;
        partial occupancies become alloys, each particle by its own draw); one is drawn for every
        structure. A file is read at once, and the crystal in it takes the place of its path.
    shapes
        `"sphere"`, `"wulff"`, `"decahedron"`, `"icosahedron"`; one is drawn for every particle.
    count
        Particles of a structure; those that find no room are left out.
    gap
        Least distance between the spheres about two particles, in angstrom.
    defects
        Number of planar defects of a particle: {111} twins and stacking faults of fcc metals, (002)
        stacking faults of wurtzite. A particle too small for those drawn gets as many as fit;
        decahedra, icosahedra and crystals from CIF files get none.
    stacking_fault_ratio
        Probability that a defect of an fcc particle is a stacking fault and not a twin.
    """

    radius: Distribution = field(metadata=checks(RADIUS))
    materials: tuple[Material, ...] = checked(("Au",), NOT_EMPTY)
    shapes: tuple[Literal["sphere", "wulff", "decahedron", "icosahedron"], ...] = checked(
        ("sphere",), NOT_EMPTY
    )
    count: Distribution = checked(ONE, whole(1))
    gap: float = checked(10.0, VACUUM)
    defects: Distribution = checked(ZERO, whole(0))
    stacking_fault_ratio: float = checked(0.5, between(0, 1))

    def _check_together(self) -> None:
        object.__setattr__(self, "materials", tuple(map(as_material, self.materials)))
        for material in self.materials:
            if material not in FCC and {"decahedron", "icosahedron"} & set(self.shapes):
                raise Refusal(
                    f"shapes must be sphere or wulff for {name_of(material)!r}; "
                    f"got {list(self.shapes)}"
                )


@dataclass(frozen=True)
class FilmRecipe(Checked):
    """Amorphous support: random sequential addition, periodic in x and y.

    Parameters
    ----------
    thickness
        In angstrom.
    material
        Chemical symbol or formula, such as C or SiO2.
    density
        Atoms per cubic angstrom, or a text such as "2.2 g/cm3". Known for C, Si, Ge, SiO2, Si3N4
        and Al2O3 (`czone.generator.film_of`), needed for other materials.
    min_distance
        Smallest distance between its atoms, in angstrom; known for the same, for every pair of
        elements.
    """

    thickness: Distribution = field(metadata=checks(THICKNESS))
    material: str = checked("C", FORMULA)
    density: float | str | None = checked(None, DENSITY)
    min_distance: float | None = checked(None, optional(positive("angstrom")))

    def _check_together(self) -> None:
        _ = self.matter

    @property
    def matter(self) -> tuple[float, Distances]:
        """Atoms per cubic angstrom and smallest distances in angstrom; from a table by default."""
        return film_matter(self.material, self.density, self.min_distance)


@dataclass(frozen=True)
class PlacementRecipe(Checked):
    """Where the particle sits.

    Parameters
    ----------
    field
        Edges of the model along x and y, in angstrom.
    burial
        Depth of the particle's lowest point under the film's surface, in radii (0 touches, 1 is
        half buried).
    offset
        Shift of the particle's centre from the middle of the field, in x and in y, as a fraction of
        the room it has.
    side
        Face of the film that carries the particle: the one where the beam enters, or leaves.
    margin
        Vacuum above and below, in angstrom.
    """

    field: tuple[float, float] = dataclasses.field(metadata=checks(each(FIELD, 2)))
    burial: Distribution = checked(PAPER_BURIAL, between(0, 2, "radii"))
    offset: Distribution = checked(ANYWHERE, between(-1, 1))
    side: Literal["entrance", "exit"] = "entrance"
    margin: float = checked(2.0, VACUUM)


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
        `hrtem_sim.imaging.minimum_contrast_defocus`).
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
        Particles, film and their placement: what is built.
    wave
        Settings of the exit waves.
    imaging, detector
        Conditions of the microscope and the detector that records the images.
    mask
        Rule of the labels.
    storage
        Parts of the result that are kept.
    """

    name: str
    seed: int = field(metadata=checks(whole(0)))
    structures: int = field(metadata=checks(whole(1)))
    images_per_structure: int = field(metadata=checks(whole(1)))
    particle: ParticleRecipe
    film: FilmRecipe
    placement: PlacementRecipe
    imaging: ImagingRecipe
    wave: WaveSettings = field(default_factory=WaveSettings)
    detector: Detector = field(default_factory=Detector)
    mask: MaskRecipe = field(default_factory=MaskRecipe)
    storage: StorageRecipe = field(default_factory=StorageRecipe)

    def _check_together(self) -> None:
        room = min(self.placement.field) / 2 - 1.0  # the edge that plans keep
        if self.particle.radius.high > room:
            raise Refusal(
                f"particle.radius must stay below {room:g} angstrom to fit placement.field; "
                f"got {self.particle.radius.to_recipe()!r}"
            )
        if self.wave.particles:
            raise Refusal(
                f"wave.particles must be left out, each structure names its own; "
                f"got {self.wave.particles!r}"
            )
        self._check_pixels()
        self._check_motion()

    def _check_pixels(self) -> None:
        grid = Grid.covering(self.placement.field, self.wave.pixel_size)
        for axis, pixel in zip("yx", grid.pixel_size, strict=True):
            binning = self.detector.pixel_size / pixel
            if abs(binning - round(binning)) > 1e-6:
                field, wave = nearest_that_work(
                    self.placement.field, self.wave.pixel_size, self.detector.pixel_size
                )
                raise Refusal(
                    "detector.pixel_size must be a multiple of the wave's pixel, which is "
                    f"{pixel:.6g} angstrom along {axis} for this field; "
                    f"got {self.detector.pixel_size!r}. Nearest that work: placement.field = "
                    f"{list(field)} with wave.pixel_size = {wave:g}"
                )

    def _check_motion(self) -> None:
        """Ask for displacements now, not when the first structure with this material comes."""
        if not self.wave.phonons:
            return
        found = [amounts_in(material) for material in self.particle.materials]
        film = {symbol: float(n) for symbol, n in Formula(self.film.material).count().items()}
        for amounts in [*found, film]:
            try:
                displacements_in(amounts, self.wave.rms)
            except Refusal as error:
                raise Refusal(f"wave.{error}") from None

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
    table = _with_paths(read_file_table(path, "dataset"), recipe_file(path).parent)
    try:
        return from_table(DatasetRecipe, with_camera(table), "dataset")
    except RecipeError as error:
        raise RecipeError(f"{path}: {error}") from None


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
