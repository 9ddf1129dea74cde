"""The experimental micrographs of the package, as sample data of napari."""

from functools import partial
from math import ceil, sqrt

from seg_train.data import load_experimental_sample
from seg_train.viewer.layers import LayerData, micrograph_layer

GAP = 0.05
"""Space between patches that lie side by side, as a part of one."""


def open_sample(start: str) -> list[LayerData]:
    """Return patches of the sample side by side.

    Parameters
    ----------
    start
        Beginning of the names of the groups that are wanted.

    Examples
    --------
    >>> [settings["name"] for _, settings, _ in open_sample("5nm_Ag")]
    ['ag5nm_330kx']
    """
    samples = [one for one in load_experimental_sample() if one.group.startswith(start)]
    width = (1 + GAP) / 10 * max(max(one.image.shape) * one.pixel_size for one in samples)
    columns = ceil(sqrt(len(samples)))
    layers = []
    for number, one in enumerate(samples):
        data, settings, kind = micrograph_layer(one.image, pixel_size=one.pixel_size, name=one.name)
        place = (number // columns * width, number % columns * width)
        layers.append((data, {**settings, "translate": place}, kind))
    return layers


gold_10_nm = partial(open_sample, "10nm_Au")
gold_5_nm = partial(open_sample, "5nm_Au")
gold_2_nm = partial(open_sample, "2.2nm_Au")
silver_5_nm = partial(open_sample, "5nm_Ag")
