"""Labelled patches out of pairs of HDF5 files, laid out as those of the paper's benchmark."""

from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np

from hrtem_sim.hdf5 import open_hdf5
from hrtem_sim.interchange.drawn import Labels, classes_of
from hrtem_sim.interchange.micrographs import ImportedMicrograph
from hrtem_sim.refusal import Refusal


def read_h5_pair(
    images: str | Path,
    masks: str | Path,
    *,
    pixel_size: float,
    keep_empty: bool = True,
    labels: Labels | None = None,
    threshold: float | None = None,
) -> Iterator[ImportedMicrograph]:
    """Read the labelled patches of a pair of HDF5 files, laid out as the paper's.

    Parameters
    ----------
    images
        File with `images`, or one dataset of another name, (n, ny, nx) or (n, ny, nx, 1).
    masks
        File with `maps`, `labels` or `masks`, or one dataset of another name, (n, ny, nx) or (n,
        ny, nx, channels): of several channels the highest is the class, so that of two the second
        is the particle.
    pixel_size
        In angstrom; the files do not hold it (0.20 to 0.42 in the published ones).
    keep_empty
        Keep patches without a particle; the paper leaves them out.
    labels, threshold
        Meaning of the numbers in the masks; see `classes_of`.

    Yields
    ------
    micrograph
        One at a time.

    Raises
    ------
    FileNotFoundError
        If a file is not there.
    Refusal
        If a file is no HDF5 file or does not hold one such dataset, or if their shapes differ.

    Notes
    -----
    Benchmark of Rangel DaCosta et al., npj Comput. Mater. 10 (2024), data on Dryad (CC0).

    Examples
    --------
    >>> import h5py
    >>> for name, key in (("i.h5", "images"), ("m.h5", "maps")):
    ...     with h5py.File(name, "w") as file:
    ...         file[key] = np.ones((2, 8, 8), np.uint8)
    >>> [patch.name for patch in read_h5_pair("i.h5", "m.h5", pixel_size=0.2)]
    ['i_0000', 'i_0001']
    """
    images, masks = Path(images), Path(masks)
    if not 0 < pixel_size < np.inf:
        raise Refusal(f"pixel_size must be positive, in angstrom; got {pixel_size!r}")
    for name, path in (("images", images), ("masks", masks)):
        if not path.is_file():
            raise FileNotFoundError(f"{name} must be a file; got {path}")
    with (
        _opened("images", images) as image_file,
        _opened("masks", masks) as mask_file,
    ):
        patches = _dataset(image_file, "images")
        drawn = _dataset(mask_file, "maps", "labels", "masks")
        if patches.shape[:3] != drawn.shape[:3] or patches.shape[3:] not in ((), (1,)):
            raise Refusal(
                f"images must have shape (n, ny, nx) or (n, ny, nx, 1) and masks the same n, ny, "
                f"nx; got {patches.shape} and {drawn.shape}"
            )
        for index in range(len(patches)):
            name = f"{masks.stem}[{index}]"
            mask = classes_of(drawn[index], labels=labels, threshold=threshold, name=name)
            if mask.any() or keep_empty:
                image = np.array(patches[index]).reshape(patches.shape[1:3])
                name = f"{images.stem}_{index:04d}"
                yield ImportedMicrograph(image, float(pixel_size), name, mask)


def _opened(name: str, path: Path) -> h5py.File:
    try:
        return open_hdf5(path)
    except OSError as error:
        raise Refusal(f"{name} must be an HDF5 file; {path} cannot be read: {error}") from None


def _dataset(file: h5py.File, *names: str) -> h5py.Dataset:
    """The dataset of one of these names, in small letters or capitals, or else the only one."""
    stacks = {k: d for k, d in file.items() if isinstance(d, h5py.Dataset) and d.ndim >= 3}
    named = [item for key, item in stacks.items() if key.lower() in names]
    for found in (named, list(stacks.values())):
        if len(found) == 1:
            return found[0]
    raise Refusal(
        f"{file.filename} must hold one dataset of shape (n, ny, nx, ...), by name "
        f"{' or '.join(names)}; got {list(file)}"
    )
