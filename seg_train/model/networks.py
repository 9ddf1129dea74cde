"""Networks by recipe: U-Nets and relatives on the encoders of segmentation-models."""

from typing import Any

from hrtem_sim.refusal import Refusal
from seg_train.backend import keras, segmentation_models
from seg_train.recipe import ModelRecipe, TrainingRecipe

layers = keras.layers

_DECODER_FILTERS = (256, 128, 64, 32, 16)


def build_model(recipe: ModelRecipe, *, seed: int, precision: str = "float32") -> "keras.Model":
    """Build a network with weights that depend on the recipe and the seed alone.

    Parameters
    ----------
    recipe
        Recipe of the network.
    seed
        Root seed of the weights at the start; see `initialise`.
    precision
        Keras dtype policy; the softmax is always computed in float32.

    Returns
    -------
    model
        Images (n, ny, nx, channels) -> class probabilities (n, ny, nx, classes); ny and nx are
        multiples of `recipe.stride`.

    Raises
    ------
    ValueError
        If the backbone is unknown or cannot be cut to that many stages.

    Examples
    --------
    >>> from seg_train import ModelRecipe, TrainingRecipe
    >>> tiny = ModelRecipe(backbone="plain", stages=2, width=2)
    >>> build_model(tiny, seed=1).output_shape
    (None, None, None, 2)
    """
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        logits = _logits(recipe)
        output = layers.Activation("softmax", dtype="float32", name="softmax")(logits.output)
        model = keras.Model(logits.input, output, name=f"{recipe.architecture}_{recipe.backbone}")
    finally:
        keras.config.set_dtype_policy(policy)
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.momentum = recipe.norm_momentum
    initialise(model, seed)
    return model


def model_for(recipe: TrainingRecipe) -> "keras.Model":
    """Build the network of a training recipe, before training.

    Parameters
    ----------
    recipe
        Recipe with the model, the seed and the precision.

    Examples
    --------
    >>> from seg_train import ModelRecipe, TrainingRecipe
    >>> tiny = ModelRecipe(backbone="plain", stages=2, width=2)
    >>> model_for(TrainingRecipe(seed=1, model=tiny)).output_shape
    (None, None, None, 2)
    """
    return build_model(recipe.model, seed=recipe.seed, precision=recipe.precision)


def initialise(model: "keras.Model", seed: int) -> None:
    """Draw the weights of every layer anew from its own initialiser and a named stream.

    Keras draws from a global generator when a layer is built, so the weights would depend on
    whatever was built before; here they depend on the seed and the place in the network.

    Parameters
    ----------
    model
        Changed in place.
    seed
        Root seed of the weights.

    Examples
    --------
    >>> from seg_train import ModelRecipe, TrainingRecipe
    >>> tiny = ModelRecipe(backbone="plain", stages=2, width=2)
    >>> one, other = build_model(tiny, seed=1), build_model(tiny, seed=2)
    >>> initialise(other, 1)
    >>> all((a == b).all() for a, b in zip(one.get_weights(), other.get_weights(), strict=True))
    True
    """
    from hrtem_sim.provenance import stream_seed

    for number, layer in enumerate(model.layers):
        for kind in ("kernel", "depthwise", "pointwise"):
            initializer = getattr(layer, f"{kind}_initializer", None)
            variable = getattr(layer, "kernel" if kind == "kernel" else f"{kind}_kernel", None)
            if initializer is None or variable is None:
                continue
            config = initializer.get_config()
            if "seed" in config:
                config["seed"] = stream_seed(seed, "weights", number, kind) % 2**31
                variable.assign(
                    type(initializer).from_config(config)(variable.shape, variable.dtype)
                )
        generator = getattr(layer, "seed_generator", None)
        if generator is not None:  # dropout
            state = stream_seed(seed, "dropout", number) % 2**31
            generator.state.assign([state, 0])


def backbones() -> list[str]:
    """Return the names that `ModelRecipe.backbone` may take.

    Examples
    --------
    >>> {"plain", "resnet18"} <= set(backbones())
    True
    """
    return ["plain", *sorted(segmentation_models.get_available_backbone_names())]


def _logits(recipe: ModelRecipe) -> "keras.Model":
    if recipe.backbone not in backbones():
        raise Refusal(
            f"model.backbone must be one of {', '.join(backbones())}; got {recipe.backbone!r}"
        )
    if recipe.backbone == "plain":
        return _plain_unet(recipe)
    if recipe.stages < 5:
        return _cut_unet(recipe)
    builder = {
        "unet": segmentation_models.Unet,
        "linknet": segmentation_models.Linknet,
        "fpn": segmentation_models.FPN,
    }[recipe.architecture]
    return builder(
        recipe.backbone,
        input_shape=(None, None, recipe.channels),
        classes=recipe.classes,
        activation="linear",
        encoder_weights=None,
    )


def _cut_unet(recipe: ModelRecipe) -> "keras.Model":
    """Build a U-Net on the first stages of an encoder: the paper's text speaks of three."""
    from segmentation_models.backbones.backbones_factory import Backbones

    encoder = Backbones.get_backbone(
        recipe.backbone,
        input_shape=(None, None, recipe.channels),
        weights=None,
        include_top=False,
        backend=keras.backend,
        layers=keras.layers,
        models=keras.models,
        utils=keras.utils,
    )
    names = Backbones.get_feature_layers(recipe.backbone, n=4)
    features = [
        encoder.get_layer(**({"name": n} if isinstance(n, str) else {"index": n})).output
        for n in names
    ]
    deepest, *skips = features[4 - recipe.stages :]
    outputs = _decode(deepest, [*skips, None], _DECODER_FILTERS[-recipe.stages :])
    return keras.Model(encoder.input, _head(outputs, recipe.classes))


def _plain_unet(recipe: ModelRecipe) -> "keras.Model":
    """Build the classical U-Net: two convolutions per stage, maxima pooled between stages."""
    image = keras.Input((None, None, recipe.channels), name="data")
    x = layers.BatchNormalization(scale=False, name="bn_data")(image)
    skips = []
    for stage in range(recipe.stages):
        x = _convolve(_convolve(x, recipe.width * 2**stage), recipe.width * 2**stage)
        skips.append(x)
        x = layers.MaxPooling2D()(x)
    x = _convolve(x, recipe.width * 2**recipe.stages)
    filters = [recipe.width * 2**stage for stage in reversed(range(recipe.stages))]
    return keras.Model(image, _head(_decode(x, skips[::-1], filters), recipe.classes))


def _decode(x: Any, skips: Any, filters: Any) -> Any:
    for skip, width in zip(skips, filters, strict=True):
        x = layers.UpSampling2D(2)(x)
        if skip is not None:
            x = layers.Concatenate()([x, skip])
        x = _convolve(_convolve(x, width), width)
    return x


def _convolve(x: Any, filters: int) -> Any:
    convolution = layers.Conv2D(
        filters, 3, padding="same", use_bias=False, kernel_initializer="he_uniform"
    )
    return layers.ReLU()(layers.BatchNormalization()(convolution(x)))


def _head(x: Any, classes: int) -> Any:
    return layers.Conv2D(classes, 3, padding="same", name="final_conv")(x)
