"""What a prediction takes of the memory, said before it is taken."""

from hrtem_sim.refusal import Refusal
from hrtem_sim.wave.memory import available_memory


def check_enlargement(
    shape: tuple[int, ...], grid: tuple[int, int], classes: int, *, pixel_size: float
) -> None:
    """Refuse an image that on the pixels of the training would not fit into the memory.

    Parameters
    ----------
    shape, grid
        Pixels of the image and of the same field on the training's pixels, (ny, nx).
    classes
        Classes of the network: one map of probabilities each, twice while maps are added up.
    pixel_size
        Pixel size of the image, in angstrom.

    Raises
    ------
    Refusal
        With the shapes, what is needed and what is there.

    Examples
    --------
    >>> check_enlargement((512, 512), (1024, 1024), 2, pixel_size=1.6)
    """
    needed = 4 * grid[0] * grid[1] * (3 + 2 * classes)
    there = available_memory()
    if there is not None and needed > there and grid[0] * grid[1] > shape[0] * shape[1]:
        raise Refusal(
            f"pixel_size must leave the image small enough for the memory: {shape[0]} x {shape[1]} "
            f"pixels of {pixel_size:g} angstrom are {grid[0]} x {grid[1]} of the training's, which "
            f"take {needed / 1e9:.3g} GB of {there / 1e9:.3g}; got {pixel_size:g}, perhaps in "
            "another unit, or predict on parts of the image"
        )
