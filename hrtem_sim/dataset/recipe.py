"""The recipe of a data set: ranges, as a TOML file writes them."""

import dataclasses
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ase.data import atomic_numbers
from ase.formula import Formula

from hrtem_sim.grid import Grid
from hrtem_sim.imaging import Aberrations, Detector
from hrtem_sim.mask.phase import PAPER_CUT, PAPER_THRESHOLD
from hrtem_sim.provenance import (
    Distribution,
    RecipeError,
    added,
    from_table,
    read_file_table,
    recipe_file,
)
from hrtem_sim.specimen.materials import FCC, WURTZITE, Material, as_material, name_of
from hrtem_sim.wave import WaveSettings

ZERO = Distribution("constant", (0.0,))
ONE = Distribution("constant", (1.0,))
PAPER_BURIAL = Distribution("constant", (0.2,))
FOCUS_REFERENCES = ("middle", "minimum_contrast")
ANYWHERE = Distribution("uniform", (-1.0, 1.0))


@dataclass(frozen=True)
class ParticleRecipe:
    """Random particles.

    Parameters
    ----------
    radius
        In angstrom; of faceted shapes that of the sphere of equal volume.
    materials
        Names (Ag, Al, Au, Cu, Ni, Pd, Pt, CdSe, ZnO) or paths of CIF files; one is drawn for every
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

    radius: Distribution
    materials: tuple[Material, ...] = ("Au",)
    shapes: tuple[Literal["sphere", "wulff", "decahedron", "icosahedron"], ...] = ("sphere",)
    count: Distribution = ONE
    gap: float = 10.0
    defects: Distribution = ZERO
    stacking_fault_ratio: float = 0.5

    def __post_init__(self) -> None:
        _at_least("radius", self.radius, 4.0, "angstrom")
        _whole("defects", self.defects, 0)
        _whole("count", self.count, 1)
        if not (self.materials and self.shapes):
            raise ValueError("materials and shapes must name at least one each; got none")
        object.__setattr__(self, "materials", tuple(map(as_material, self.materials)))
        for material in self.materials:
            if material not in FCC and {"decahedron", "icosahedron"} & set(self.shapes):
                raise ValueError(
                    f"shapes must be sphere or wulff for {name_of(material)!r}; "
                    f"got {list(self.shapes)}"
                )
        if not 0 <= self.gap < math.inf:
            raise ValueError(f"gap must be >= 0, in angstrom; got {self.gap!r}")
        if not 0 <= self.stacking_fault_ratio <= 1:
            raise ValueError(
                f"stacking_fault_ratio must be in 0..1; got {self.stacking_fault_ratio!r}"
            )


@dataclass(frozen=True)
class FilmRecipe:
    """Amorphous support: random sequential addition, periodic in x and y.

    Parameters
    ----------
    thickness
        In angstrom.
    material
        Chemical symbol or formula, such as C or SiO2.
    density
        Atoms per cubic angstrom.
    min_distance
        Between its atoms, in angstrom.
    """

    thickness: Distribution
    material: str = "C"
    density: float = 0.1103075
    min_distance: float = 1.4

    def __post_init__(self) -> None:
        _at_least("thickness", self.thickness, 1.0, "angstrom")
        _formula("material", self.material)
        _positive("density", self.density)
        _positive("min_distance", self.min_distance)


@dataclass(frozen=True)
class PlacementRecipe:
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

    field: tuple[float, float]
    burial: Distribution = PAPER_BURIAL
    offset: Distribution = ANYWHERE
    side: Literal["entrance", "exit"] = "entrance"
    margin: float = 2.0

    def __post_init__(self) -> None:
        for length in self.field:
            _positive("field", length)
        _at_least("burial", self.burial, 0.0, "radii")
        if not self.burial.high <= 2:
            raise ValueError(f"burial must be at most 2 radii; got {self.burial.to_recipe()!r}")
        if not (self.offset.low >= -1 and self.offset.high <= 1):
            raise ValueError(f"offset must be within -1..1; got {self.offset.to_recipe()!r}")
        if not 0 <= self.margin < math.inf:
            raise ValueError(f"margin must be >= 0, in angstrom; got {self.margin!r}")


@dataclass(frozen=True)
class ImagingRecipe:
    """Ranges of the imaging conditions; see `hrtem_sim.imaging.ImagingConditions`.

    `drift` is its length; its direction is drawn.
    `aberrations` maps names of `hrtem_sim.imaging.Aberrations` to ranges.
    `focus_reference` is where defocus counts from: the `"middle"` of the model, or where the
    particles alone have the least contrast without aberrations (`"minimum_contrast"`, see
    `hrtem_sim.imaging.minimum_contrast_defocus`).
    """

    dose: Distribution
    defocus: Distribution = ZERO
    focal_spread: Distribution = ZERO
    convergence: Distribution = ZERO
    vibration: Distribution = ZERO
    drift: Distribution = ZERO
    plasmon_weight: Distribution = ZERO
    plasmon_background: Distribution = ONE
    aberrations: dict[str, Distribution] = field(default_factory=dict)
    focus_reference: Literal["middle", "minimum_contrast"] = added("middle")

    def __post_init__(self) -> None:
        _at_least("dose", self.dose, 1e-6, "e/angstrom^2")
        _at_least("focal_spread", self.focal_spread, 0.0, "angstrom")
        _at_least("convergence", self.convergence, 0.0, "mrad")
        _at_least("vibration", self.vibration, 0.0, "angstrom")
        _at_least("drift", self.drift, 0.0, "angstrom")
        _at_least("plasmon_background", self.plasmon_background, 0.0, "mean intensities")
        if not (self.plasmon_weight.low >= 0 and self.plasmon_weight.high <= 1):
            got = self.plasmon_weight.to_recipe()
            raise ValueError(f"plasmon_weight must be within 0..1; got {got!r}")
        if self.focus_reference not in FOCUS_REFERENCES:
            raise ValueError(
                f"focus_reference must be one of {', '.join(FOCUS_REFERENCES)}; "
                f"got {self.focus_reference!r}"
            )
        known = [f.name for f in dataclasses.fields(Aberrations) if f.name != "C10"]
        for name in self.aberrations:
            if name not in known:
                raise ValueError(
                    f"aberrations.{name} is not an aberration; allowed: {', '.join(known)}"
                )


@dataclass(frozen=True)
class MaskRecipe:
    """How masks are made; see `hrtem_sim.mask.phase_mask`."""

    threshold: float = PAPER_THRESHOLD
    blur: float = 1.0
    cut: float = PAPER_CUT

    def __post_init__(self) -> None:
        if not 0 < self.threshold < math.pi:
            raise ValueError(f"threshold must be between 0 and pi, in rad; got {self.threshold!r}")
        if not 0 <= self.blur < math.inf:
            raise ValueError(f"blur must be >= 0, in angstrom; got {self.blur!r}")
        if not 0 < self.cut < 1:
            raise ValueError(f"cut must be between 0 and 1; got {self.cut!r}")


@dataclass(frozen=True)
class StorageRecipe:
    """What is kept and how it is cut into files.

    Parameters
    ----------
    structures_per_shard
        Structures in one HDF5 file: the unit of work of one worker.
    atoms
        Keep the atoms of every structure.
    waves
        Keep the exit waves of the whole structures.
    labels
        Keep maps of the `"instances"` and of the crystal `"structure"` of every pixel beside the
        masks; without it they can be made from the plan (`hrtem_sim.interchange`).
    """

    structures_per_shard: int = 16
    atoms: bool = False
    waves: bool = False
    labels: tuple[Literal["instances", "structure"], ...] = added(())

    def __post_init__(self) -> None:
        if self.structures_per_shard < 1:
            raise ValueError(
                f"structures_per_shard must be at least 1; got {self.structures_per_shard}"
            )


@dataclass(frozen=True)
class DatasetRecipe:
    """Everything that a data set is made from.

    Parameters
    ----------
    name
        For people.
    seed
        Root of all random streams, a non-negative integer.
    structures
        Number of structures.
    images_per_structure
        Micrographs of each, under conditions of their own.
    particle, film, placement
        What is built.
    wave
        How exit waves are computed.
    imaging, detector
        How images are formed.
    mask
        How labels are made.
    storage
        What is kept.
    """

    name: str
    seed: int
    structures: int
    images_per_structure: int
    particle: ParticleRecipe
    film: FilmRecipe
    placement: PlacementRecipe
    imaging: ImagingRecipe
    wave: WaveSettings = field(default_factory=WaveSettings)
    detector: Detector = field(default_factory=Detector)
    mask: MaskRecipe = field(default_factory=MaskRecipe)
    storage: StorageRecipe = field(default_factory=StorageRecipe)

    def __post_init__(self) -> None:
        if self.seed < 0:
            raise ValueError(f"seed must not be negative; got {self.seed}")
        for name in ("structures", "images_per_structure"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1; got {getattr(self, name)}")
        room = min(self.placement.field) / 2 - 1.0  # the edge that plans keep
        if self.particle.radius.high > room:
            raise ValueError(
                f"particle.radius must stay below {room:g} angstrom to fit placement.field; "
                f"got {self.particle.radius.to_recipe()!r}"
            )
        if self.wave.particles:
            raise ValueError(
                f"wave.particles must be left out, each structure names its own; "
                f"got {self.wave.particles!r}"
            )
        self._check_pixels()

    def _check_pixels(self) -> None:
        grid = Grid.covering(self.placement.field, self.wave.pixel_size)
        for axis, pixel in zip("yx", grid.pixel_size, strict=True):
            binning = self.detector.pixel_size / pixel
            if abs(binning - round(binning)) > 1e-6:
                raise ValueError(
                    "detector.pixel_size must be a multiple of the wave's pixel, which is "
                    f"{pixel:.6g} angstrom along {axis} for this field; "
                    f"got {self.detector.pixel_size!r}"
                )

    def scaled(self, scale: float) -> "DatasetRecipe":
        """Return the recipe with `scale` times as many structures, at least one."""
        if not 0 < scale < math.inf:
            raise ValueError(f"scale must be positive; got {scale!r}")
        return dataclasses.replace(self, structures=max(1, round(scale * self.structures)))


def read_dataset_recipe(path: str | Path) -> DatasetRecipe:
    """Read the `[dataset]` table of a recipe file.

    Parameters
    ----------
    path
        Of the file, or the name of a recipe that comes with the package.

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
        return from_table(DatasetRecipe, table, "dataset")
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


def _formula(name: str, text: str) -> None:
    try:
        symbols = list(Formula(text).count())
    except ValueError:
        symbols = []
    if not symbols or any(symbol not in atomic_numbers for symbol in symbols):
        raise ValueError(f"{name} must be a symbol or formula such as C or SiO2; got {text!r}")


def _positive(name: str, value: float) -> None:
    if not 0 < value < math.inf:
        raise ValueError(f"{name} must be positive; got {value!r}")


def _whole(name: str, values: Distribution, low: int) -> None:
    _at_least(name, values, low, "a whole number")
    discrete = values.kind in ("constant", "integers", "choice")
    if not discrete or any(value != int(value) for value in values.values):
        raise ValueError(f"{name} must be whole numbers; got {values.to_recipe()!r}")


def _at_least(name: str, values: Distribution, low: float, unit: str) -> None:
    if not values.low >= low:
        raise ValueError(f"{name} must be at least {low:g} ({unit}); got {values.to_recipe()!r}")
