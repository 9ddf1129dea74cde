"""Networks have the sizes they are known for, losses the values of segmentation-models."""

import numpy as np
import pytest

from seg_train import ModelRecipe
from seg_train.backend import keras, segmentation_models, tf
from seg_train.model import (
    ParticleF1,
    SegmentationLoss,
    SoftF1,
    build_model,
    receptive_radius,
)


@pytest.fixture(scope="module")
def example():
    rng = np.random.default_rng(1)
    mask = rng.integers(0, 3, (2, 8, 8, 1)).astype(np.uint8)
    logits = rng.normal(size=(2, 8, 8, 3)).astype(np.float32)
    return mask, tf.nn.softmax(logits).numpy(), np.eye(3, dtype=np.float32)[mask[..., 0]]


@pytest.mark.parametrize(
    ("recipe", "parameters"),
    [
        # the first is what segmentation-models builds and the paper used
        (ModelRecipe(), 14_334_437),
        (ModelRecipe(classes=3), 14_334_437 + 9 * 16 + 1),
        (ModelRecipe(stages=3), 884_197),  # cut before the deep stages that hold most weights
        (ModelRecipe(backbone="plain", stages=2, width=4), 5_409),
    ],
)
def test_parameter_counts(recipe, parameters):
    assert build_model(recipe, seed=1).count_params() == parameters


def test_resnet18_unet_is_that_of_segmentation_models():
    theirs = segmentation_models.Unet(
        "resnet18",
        input_shape=(None, None, 1),
        classes=2,
        activation="softmax",
        encoder_weights=None,
    )
    ours = build_model(ModelRecipe(), seed=1)
    assert [w.shape for w in ours.weights] == [w.shape for w in theirs.weights]
    theirs.set_weights(ours.get_weights())
    image = np.random.default_rng(2).random((1, 64, 64, 1)).astype(np.float32)
    assert np.allclose(ours(image), theirs(image), atol=1e-6)


def test_losses_and_scores_equal_those_of_segmentation_models(example):
    mask, p, one_hot = example
    theirs = segmentation_models.losses
    for kind, loss in (
        ("cce", theirs.categorical_crossentropy),
        ("dice", theirs.dice_loss),
        ("cce_dice", theirs.cce_dice_loss),
    ):
        want = float(loss(tf.constant(one_hot), tf.constant(p)))
        assert float(SegmentationLoss(kind)(mask, p)) == pytest.approx(want, rel=1e-5)
    metric = SoftF1()
    metric.update_state(mask, p)
    want = float(segmentation_models.metrics.f1_score(tf.constant(one_hot), tf.constant(p)))
    assert float(metric.result()) == pytest.approx(want, rel=1e-5)


def test_a_perfect_prediction_has_no_loss_and_f1_of_one(example):
    mask, _, one_hot = example
    assert float(SegmentationLoss()(mask, one_hot)) == pytest.approx(0, abs=1e-5)
    metric = ParticleF1()
    metric.update_state(mask, one_hot)
    assert float(metric.result()) == 1


def test_particle_f1_pools_over_batches_and_knows_empty_ones(example):
    mask, _, _ = example
    metric = ParticleF1()
    metric.update_state(mask * 0, np.eye(3)[mask[..., 0] * 0])
    assert float(metric.result()) == 1
    metric.update_state(mask, np.eye(3)[mask[..., 0] * 0])
    assert float(metric.result()) == 0


def test_a_saved_model_reloads_compiled_and_predicts_the_same(tmp_path):
    model = build_model(ModelRecipe(backbone="plain", stages=2, width=2), seed=1)
    model.compile("adam", SegmentationLoss("dice"), metrics=[SoftF1(), ParticleF1()])
    image = np.random.default_rng(2).random((1, 32, 32, 1)).astype(np.float32)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.loss.kind == "dice"
    assert np.array_equal(model(image), loaded(image))


def test_weights_depend_on_the_seed_and_nothing_else():
    recipe = ModelRecipe(backbone="plain", stages=2, width=2)
    first = build_model(recipe, seed=1).get_weights()
    keras.utils.set_random_seed(99)
    build_model(recipe, seed=5)
    again, other = build_model(recipe, seed=1).get_weights(), build_model(recipe, seed=2)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert any(not np.array_equal(a, b) for a, b in zip(first, other.get_weights(), strict=True))


def test_layers_of_one_shape_start_different():
    kernels = [
        layer.kernel.numpy()
        for layer in build_model(ModelRecipe(), seed=1).layers
        if isinstance(layer, keras.layers.Conv2D) and layer.kernel.shape == (3, 3, 64, 64)
    ]
    assert len(kernels) > 2
    assert not np.array_equal(kernels[0], kernels[1])


@pytest.mark.parametrize("backbone", ["efficientnetb0", "mobilenetv2", "seresnet18"])
def test_other_encoders_by_name(backbone):
    model = build_model(ModelRecipe(backbone=backbone), seed=1)
    assert model(np.zeros((1, 64, 64, 1), np.float32)).shape == (1, 64, 64, 2)


@pytest.mark.parametrize("architecture", ["linknet", "fpn"])
def test_other_decoders_by_name(architecture):
    model = build_model(ModelRecipe(architecture=architecture), seed=1)
    assert model(np.zeros((1, 64, 64, 1), np.float32)).shape == (1, 64, 64, 2)


def test_mixed_precision_ends_in_float32_and_leaves_the_session_alone():
    recipe = ModelRecipe(backbone="plain", stages=2, width=2)
    model = build_model(recipe, seed=1, precision="mixed_float16")
    assert model.output.dtype == "float32"
    assert model.get_layer("final_conv").compute_dtype == "float16"
    assert keras.config.dtype_policy().name == "float32"


def test_receptive_radius_of_the_resnet18_unet_bounds_its_measured_reach():
    model = build_model(ModelRecipe(), seed=1)
    radius = receptive_radius(model)
    size = 704
    image = tf.Variable(np.random.default_rng(1).random((1, size, size, 1)).astype(np.float32))
    with tf.GradientTape() as tape:
        centre = model(image, training=False)[0, size // 2, size // 2, 0]
    touched = np.argwhere(tape.gradient(centre, image)[0, ..., 0].numpy())
    reach = np.abs(touched - size // 2).max()
    assert reach <= radius <= size / 2


def test_squeeze_and_excitation_sees_the_whole_image():
    assert receptive_radius(build_model(ModelRecipe(backbone="seresnet18"), seed=1)) == np.inf
