"""How far the input reaches an output pixel: what tiles must overlap by."""

import math

from seg_train.backend import keras


def receptive_radius(model: "keras.Model") -> float:
    """Return how many pixels to each side of an output pixel can influence it.

    Parameters
    ----------
    model
        A fully convolutional Keras model whose output has the size of its input.

    Returns
    -------
    radius
        In input pixels, for images that are multiples of all its strides; infinite when a layer
        averages over the whole image.

    Notes
    -----
    Exact for the connections of the network, whatever the weights: an output pixel is followed
    back through the graph as the interval of pixels it depends on, once for each place it can have
    on the coarsest grid.

    Examples
    --------
    >>> from seg_train.model import build_model
    >>> from seg_train import ModelRecipe
    >>> tiny = ModelRecipe(backbone="plain", stages=2, width=2)
    >>> receptive_radius(build_model(tiny, seed=1)) < 30
    True
    """
    period = 1
    for layer in model.layers:
        if type(layer).__name__ == "UpSampling2D":
            period *= layer.size[0]
    far = 1024 * period  # far from the borders
    return max(_reach(model, far + phase) for phase in range(period))


def _reach(model: "keras.Model", place: int) -> float:
    """Return the reach of the input along x to the output pixel at `place`."""
    needed: dict[str, tuple[float, float]] = {model.output.name: (place, place)}
    for layer in reversed(model.layers):
        interval = needed.get(layer.output.name)
        if interval is None or type(layer).__name__ == "InputLayer":
            continue
        low, high = _through(layer, *interval)
        inputs = layer.input if isinstance(layer.input, list) else [layer.input]
        for tensor in inputs:
            old = needed.get(tensor.name, (math.inf, -math.inf))
            needed[tensor.name] = (min(low, old[0]), max(high, old[1]))
    low, high = needed[model.input.name]
    return max(place - low, high - place)


def _through(layer: "keras.Layer", low: float, high: float) -> tuple[float, float]:
    """Return the interval of its input that an interval of a layer's output depends on."""
    kind = type(layer).__name__
    if kind.startswith("Global"):
        return -math.inf, math.inf
    if kind == "ZeroPadding2D":
        before = layer.padding[1][0]
        return low - before, high - before
    if kind == "UpSampling2D":
        return low // layer.size[1], high // layer.size[1]
    window = getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", None)
    if window is None:
        return low, high
    stride = layer.strides[1]
    if kind.startswith("Conv2DTranspose"):
        return low // stride - window[1], high // stride + window[1]
    width = (window[1] - 1) * getattr(layer, "dilation_rate", (1, 1))[1] + 1
    before = max(width - stride, 0) // 2 if layer.padding == "same" else 0
    return low * stride - before, high * stride - before + width - 1
