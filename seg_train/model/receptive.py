"""How far the input reaches an output pixel: what tiles must overlap by."""

import math

from seg_train.backend import keras


def receptive_radius(model: "keras.Model") -> float:
    """Return how many pixels to each side of an output pixel can influence it.

    Parameters
    ----------
    model
        A fully convolutional Keras model.

    Returns
    -------
    radius
        In input pixels, an upper bound that is tight to a few pixels; infinite when a layer
        averages over the whole image.

    Notes
    -----
    Walks the graph with two numbers per tensor: its pixel in units of input pixels (the jump) and
    the reach. A window of k pixels adds ceil((k - 1) / 2) jumps; a stride adds up to half of a
    new pixel and an upsampling up to one old pixel, because the grids do not share their centres.
    """
    reach: dict[str, tuple[float, float]] = {}
    for layer in model.layers:
        inputs = layer.input if isinstance(layer.input, list) else [layer.input]
        known = [reach[tensor.name] for tensor in inputs if tensor.name in reach]
        jump, radius = (max(column) for column in zip(*known, strict=True)) if known else (1, 0)
        reach[layer.output.name] = _through(layer, jump, radius)
    return reach[model.output.name][1]


def _through(layer: "keras.Layer", jump: float, radius: float) -> tuple[float, float]:
    """Return jump and reach behind a layer."""
    kind = type(layer).__name__
    if kind.startswith("Global"):
        return jump, math.inf
    if kind == "UpSampling2D":
        return jump / layer.size[0], radius + jump * (1 - 1 / layer.size[0])
    window = getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", None)
    if window is None:
        return jump, radius
    dilation = getattr(layer, "dilation_rate", (1,))[0]
    stride = layer.strides[0]
    if kind.startswith("Conv2DTranspose"):
        return jump / stride, radius + jump * math.ceil((window[0] - 1) / stride)
    radius += jump * dilation * math.ceil((window[0] - 1) / 2)
    return jump * stride, radius + (jump * stride / 2 if stride > 1 else 0)
