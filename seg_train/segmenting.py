"""Segmenting files: masks, overlays and tables of whatever micrographs a user has.

One bad file among many is named and left out; the others go on.
"""

import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from hrtem_sim.interchange import ImportedMicrograph, read_micrograph
from hrtem_sim.interchange.manifest import prepared
from hrtem_sim.progress import stage
from hrtem_sim.refusal import Implausible, Refusal
from hrtem_sim.whole import write_table
from seg_train.data.mending import Blemished
from seg_train.figures import found_over_micrograph, size_histogram
from seg_train.model import Networks, load_networks
from seg_train.particles import MASK, in_nanometres, particle_table, write_mask
from seg_train.prediction import Prediction, predict
from seg_train.prediction.looks import as_scales
from seg_train.runs import THRESHOLD

_BAD = (Refusal, OSError, ImportError, MemoryError, FloatingPointError)


@dataclass(frozen=True, eq=False)
class Segmented:
    """What was found in a list of files.

    Parameters
    ----------
    particles
        Particles of all micrographs: `image`, then as `seg_train.particle_table` has it.
    micrographs
        One row per file: `image`, `file`, `pixel_size` in angstrom, `particles`, `coverage` (part
        of the pixels), `notes` (what was mended, left out or doubtful) and `error`, empty where all
        went well.
    """

    particles: pd.DataFrame
    micrographs: pd.DataFrame

    @property
    def failed(self) -> list[str]:
        """A line for every file that could not be segmented."""
        bad = self.micrographs[self.micrographs["error"] != ""]
        return [f"{row.file}: {row.error}" for row in bad.itertuples()]


def segment_files(
    network: Networks,
    files: str | Path | Sequence[str | Path],
    folder: str | Path,
    *,
    pixel_size: float | None = None,
    frame: int | None = None,
    detector: str | None = None,
    min_area: float = 50.0,
    separate: bool = False,
    symmetries: bool = False,
    scales: Sequence[float] = (1.0,),
    threshold: float | None = None,
    progress: bool = True,
) -> Segmented:
    """Segment micrographs out of files and write what there is to see.

    Parameters
    ----------
    network
        As `seg_train.predict` takes it.
    files
        Files, or one, that `hrtem_sim.interchange.read_micrograph` reads; those whose names end in
        `_mask` are left out.
    folder
        Folder for `NAME_mask.tif` (white where there is particle) and `NAME_overlay.png` of each,
        `particles.csv` in nanometres, `micrographs.csv` and `sizes.png`; what an earlier call wrote
        there is removed.
    pixel_size
        In angstrom; absent: what each file says. Where both are there this one counts, and a note
        says so if they differ.
    frame, detector
        Image in a stack, and of several detectors; see `read_micrograph`.
    min_area
        Smaller particles are left out of the tables, in square angstrom.
    separate
        Split touching particles at their necks.
    symmetries, scales
        Average predictions over the eight symmetries of the square, and over these scales; see
        `seg_train.predict`.
    threshold
        Probability above which a pixel is particle; absent: that of the run.
    progress
        Show progress.

    Returns
    -------
    segmented
        Tables of particles and of micrographs, with the errors of those that failed.

    Raises
    ------
    Refusal
        If there is no file to segment, two have one name, or the folder holds files of others.
    """
    files = [files] if isinstance(files, str | Path) else files
    paths = [path for path in map(Path, files) if not path.stem.endswith(MASK)]
    if not paths:
        raise Refusal(f"files must hold a micrograph; got {len(files)}, all named as masks")
    names = [path.stem for path in paths]
    often = Counter(name.casefold() for name in names)  # one file to some file systems
    twice = sorted({name for name in names if often[name.casefold()] > 1})
    if twice:
        raise Refusal(
            f"files must have different names, for their masks are named after them; got "
            f"{', '.join(twice)} more than once"
        )
    if threshold is not None:
        THRESHOLD.refuse("threshold", threshold)
    networks, scales = load_networks(network), as_scales(scales)
    made = [f"{name}{ending}" for name in names for ending in ("_mask.tif", "_overlay.png")]
    folder = prepared(folder, [*made, "particles.csv", "micrographs.csv", "sizes.png"])
    tables, rows = [], []
    for path in stage(paths, desc="segmenting", unit="image", shown=progress):
        row = {"image": path.stem, "file": str(path), "notes": "", "error": ""}
        try:
            with warnings.catch_warnings(record=True) as told:
                warnings.simplefilter("always")
                read = read_micrograph(path, pixel_size=pixel_size, frame=frame, detector=detector)
                found = predict(
                    networks,
                    read.image,
                    pixel_size=read.pixel_size,
                    symmetries=symmetries,
                    scales=scales,
                    threshold=threshold,
                )
            table = particle_table(
                found.mask,
                pixel_size=read.pixel_size,
                min_area=min_area,
                separate=separate,
                left_out=found.left_out,
            )
            _write(folder, read, found, len(table))
            said = [read.doubt, *(str(w.message) for w in told if w.category in _TOLD)]
            row["notes"] = "; ".join(filter(None, said))
            row |= {"pixel_size": read.pixel_size, "particles": len(table)}
            row["coverage"] = float((found.mask > 0).mean())
            table.insert(0, "image", path.stem)
            tables.append(table)
        except _BAD as error:
            row["error"] = " ".join(str(error).split()) or type(error).__name__
        rows.append(row)
    order = ["image", "file", "pixel_size", "particles", "coverage", "notes", "error"]
    micrographs = pd.DataFrame(rows).reindex(columns=order)
    particles = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
    _write_tables(folder, particles, micrographs)
    return Segmented(particles, micrographs)


_TOLD = (Implausible, Blemished)


def _write(folder: Path, read: ImportedMicrograph, found: Prediction, particles: int) -> None:
    write_mask(folder / f"{read.name}_mask.tif", found.mask, pixel_size=read.pixel_size)
    title = f"{read.name}: {particles} particle{'' if particles == 1 else 's'}"
    figure = found_over_micrograph(read.image, found.mask, pixel_size=read.pixel_size, title=title)
    figure.savefig(
        folder / f"{read.name}_overlay.png", dpi=min(256, max(110, len(found.mask) // 8))
    )


def _write_tables(folder: Path, particles: pd.DataFrame, micrographs: pd.DataFrame) -> None:
    """Write tables in nanometres."""
    rounded = micrographs.round({"pixel_size": 5, "coverage": 4})
    write_table(folder / "micrographs.csv", rounded, index=False)
    if particles.empty and not len(particles.columns):
        return
    size_histogram(particles).savefig(folder / "sizes.png", dpi=110)
    write_table(folder / "particles.csv", in_nanometres(particles), index=False)
