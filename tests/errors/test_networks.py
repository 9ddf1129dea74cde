"""Bad input to `seg_train`."""

from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest

from hrtem_sim.interchange import read_micrograph
from hrtem_sim.provenance import Distribution, RecipeError, from_table
from seg_train import (
    AugmentationRecipe,
    LabelledMicrograph,
    ModelRecipe,
    PreprocessingRecipe,
    TrainingRecipe,
    choose_threshold,
    epochs_to,
    load_folder,
    load_h5_pair,
    load_run,
    particle_table,
    read_training_recipe,
    summarise,
    write_mask,
)
from seg_train.benchmark.evaluate import score
from seg_train.data import (
    ArrayExamples,
    Example,
    LabelledSource,
    apply_symmetry,
    as_source,
    grid_shape,
    normalise,
    prepare,
    resample,
    split_by_structure,
    undo_symmetry,
)
from seg_train.importing import load_weights
from seg_train.metrics import (
    bootstrap_interval,
    class_f1,
    count_near,
    count_pixels,
    detect,
    label_particles,
    mean_interval,
    separate_particles,
)
from seg_train.model import Network, SegmentationLoss, build_model
from seg_train.model.matching import put_weights, weights_of
from seg_train.particles import instance_table
from seg_train.prediction import Prediction, plan_tiles, predict
from seg_train.recipe import LowPassRecipe, TextureRecipe
from seg_train.segmenting import segment_files
from seg_train.study import Condition, StudyRecipe, read_study_recipe
from seg_train.training.initial import check_normalised_alike, completed, initial_run
from tests.errors.table import refusal as Row
from tests.errors.table import refused, table

NAN, INF = float("nan"), float("inf")
IMAGE = np.arange(64.0).reshape(8, 8)
MASK = (IMAGE > 30).astype(np.uint8)
RNG = np.random.default_rng(1)
SAMPLE = LabelledMicrograph(IMAGE, MASK, 0.5, "gold", "one")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Files of the rows are written, or missing, in a folder of their own."""
    monkeypatch.chdir(tmp_path)


def recipe(**values) -> TrainingRecipe:
    return TrainingRecipe(**{"seed": 1, **values})


def read(**values) -> TrainingRecipe:
    return from_table(TrainingRecipe, {"seed": 1, **values}, "training")


def model(**values) -> ModelRecipe:
    return ModelRecipe(**values)


def sample(image=IMAGE, mask=MASK, pixel_size=0.5) -> LabelledMicrograph:
    return LabelledMicrograph(image, mask, pixel_size, "gold", "g1")


def network(**values) -> Network:
    of = ModelRecipe(**{"backbone": "plain", "stages": 2, "width": 2, **values})
    return Network(build_model(of, seed=1), recipe(model=of), 0.5)


def study(**values) -> StudyRecipe:
    condition = Condition("one", recipe())
    return StudyRecipe(**{"name": "s", "seed": 1, "conditions": (condition,), **values})


def hand_on(to: dict, of: dict, last: int | None = None) -> None:
    """Give one small network the weights of another, some of whose layers are cut off."""
    given, own = weights_of(network(**of).model), network(**to).model
    if last is not None:
        given = [w._replace(name=mine.name) for w, mine in zip(given, weights_of(own), strict=True)]
    put_weights(own, given[:last], argument="initial")


def small() -> TrainingRecipe:
    return recipe(pixel_size=0.5, model=ModelRecipe(backbone="plain", stages=2, width=2))


def h5_of(layers: dict) -> str:
    """Write a file of Keras 2 with arrays of some shapes; of no layers a file without a list."""
    with h5py.File("plain.h5", "w") as file:
        if layers:
            file.attrs["layer_names"] = np.array([name.encode() for name in layers])
        for name, shapes in layers.items():
            group = file.create_group(name)
            group.attrs["weight_names"] = np.array(
                [f"{name}/{k}:0".encode() for k in shapes], "S64"
            )
            for k, shape in shapes.items():
                group.create_dataset(f"{name}/{k}:0", data=np.zeros(shape))
    return "plain.h5"


def two_frames() -> str:
    np.save("two.npy", np.stack([IMAGE, IMAGE]))
    return "two.npy"


def folder_with_a_mask_alone() -> str:
    """A folder in which one micrograph is of a kind that cannot be read."""
    for name in ("a", "a_mask", "b_mask"):
        np.save(f"{name}.npy", np.zeros((8, 8), np.uint8))
    Path("b.gif").write_bytes(b"GIF89a")
    return "."


TEN = [LabelledMicrograph(IMAGE + k, MASK, 0.5, "gold", str(k)) for k in range(10)]
CATALOGUE = pd.DataFrame(
    {"micrograph": list("abcd"), "structure": ["s", "s", "t", "t"], "dose": [1.0, 2.0, 3.0, 4.0]}
)


# fmt: off
ROWS = (
    # Recipes of trainings, as their files hold them
    Row("recipe", "training.learnig_rate", "did you mean 'learning_rate'", "allowed", lambda: read(learnig_rate=0.1), RecipeError),
    Row("recipe", "training.seed", "integer", "'one'", lambda: read(seed="one"), RecipeError),
    Row("recipe", "training.seed", "at least 0", "-1", lambda: read(seed=-1), RecipeError),
    Row("recipe", "training.epochs", "integer", "2.5", lambda: read(epochs=2.5), RecipeError),
    Row("recipe", "training.epochs", "integer", "true", lambda: read(epochs=True), RecipeError),
    Row("recipe", "training.epochs", "at least 1", "0", lambda: read(epochs=0), RecipeError),
    Row("recipe", "training.learning_rate", "finite number", "nan", lambda: read(learning_rate=NAN), RecipeError),
    Row("recipe", "training.learning_rate", "positive", "-0.1", lambda: read(learning_rate=-0.1), RecipeError),
    Row("recipe", "training.loss", "'cce_dice'", "'mse'", lambda: read(loss="mse"), RecipeError),
    Row("recipe", "training.seed", "is missing", "training", lambda: from_table(TrainingRecipe, {}, "training"), RecipeError),
    Row("recipe", "training.deterministic", "true or false", "1", lambda: read(deterministic=1), RecipeError),
    Row("recipe", "training.model.stages", "in [2, 5]", "7", lambda: read(model={"stages": 7}), RecipeError),
    Row("recipe", "training.model", "table", "'unet'", lambda: read(model="unet"), RecipeError),
    Row("recipe", "training.select", "string", "300", lambda: read(select=300), RecipeError),
    Row("recipe", "training.select", "is not allowed", "'dose.max()'", lambda: read(select="dose.max() > 3"), RecipeError),
    Row("recipe", "training.augmentation.blur", "low <= high", "[2, 1]", lambda: read(augmentation={"blur": {"uniform": [2, 1]}}), RecipeError),
    Row("recipe", "training.augmentation.blur", "number or a table", "'some'", lambda: read(augmentation={"blur": "some"}), RecipeError),
    Row("recipe", "recipe", "cannot be read", "gone.toml", lambda: read_training_recipe("gone.toml"), RecipeError),
    # The same from Python, where no reader has looked at the numbers
    Row("TrainingRecipe", "model", "a ModelRecipe", "ModelRecipe(**{'width': 2})", lambda: recipe(model={"width": 2})),
    Row("TrainingRecipe", "augmentation", "an AugmentationRecipe", "None", lambda: recipe(augmentation=None)),
    Row("TrainingRecipe", "select", "a text or None", "3", lambda: recipe(select=3)),
    Row("Condition", "training", "a TrainingRecipe", "TrainingRecipe(**{'seed': 1})", lambda: Condition("one", {"seed": 1})),
    Row("Augmentation", "blur", "a Distribution or None", "values=(2.0,)", lambda: AugmentationRecipe(blur=2.0)),
    Row("Augmentation", "texture", "a TextureRecipe or None", "0.2", lambda: AugmentationRecipe(texture=0.2)),
    Row("Augmentation", "symmetries", "True or False", "'none'", lambda: AugmentationRecipe(symmetries="none")),
    Row("StudyRecipe", "conditions[0]", "a Condition", "'one'", lambda: study(conditions=("one",))),
    Row("StudyRecipe", "data.film", "a text", "3", lambda: study(data={"film": 3})),
    Row("TrainingRecipe", "pixel_size", "0.01 to 10 angstrom", "-1.0", lambda: recipe(pixel_size=-1.0)),
    Row("TrainingRecipe", "pixel_size", "0.01 to 10 angstrom", "nan", lambda: recipe(pixel_size=NAN)),
    Row("TrainingRecipe", "pixel_size", "0.01 to 10 angstrom", "inf", lambda: recipe(pixel_size=INF)),
    Row("TrainingRecipe", "patch", "multiple of 32", "48", lambda: recipe(patch=48)),
    Row("TrainingRecipe", "n_images", "at least 1", "0", lambda: recipe(n_images=0)),
    Row("TrainingRecipe", "validation", "[0, 1)", "1.0", lambda: recipe(validation=1.0)),
    Row("TrainingRecipe", "validation", "[0, 1)", "nan", lambda: recipe(validation=NAN)),
    Row("TrainingRecipe", "learning_rate", "positive", "inf", lambda: recipe(learning_rate=INF)),
    Row("TrainingRecipe", "decay", "(0, 1]", "0.0", lambda: recipe(decay=0.0)),
    Row("TrainingRecipe", "batch_size", "at least 1", "0", lambda: recipe(batch_size=0)),
    Row("ModelRecipe", "stages", "'fpn'", "3", lambda: model(architecture="fpn", stages=3)),
    Row("ModelRecipe", "classes", "at least 2", "1", lambda: model(classes=1)),
    Row("ModelRecipe", "channels", "at least 1", "0", lambda: model(channels=0)),
    Row("ModelRecipe", "norm_momentum", "[0, 1)", "1.0", lambda: model(norm_momentum=1.0)),
    Row("ModelRecipe", "architecture", "one of 'unet'", "'vnet'", lambda: model(architecture="vnet")),
    Row("ModelRecipe", "architecture", "'unet' for the backbone 'plain'", "'fpn'", lambda: model(architecture="fpn", backbone="plain")),
    Row("Preprocessing", "median", "one of 1, 3, 5, 7", "4", lambda: PreprocessingRecipe(median=4)),
    Row("Augmentation", "magnification", "[0.5, 2]", "3.0", lambda: AugmentationRecipe(magnification=Distribution("uniform", (1.0, 3.0)))),
    Row("Augmentation", "blur", "at least 0, in angstrom", "-1.0", lambda: AugmentationRecipe(blur=Distribution("uniform", (-1.0, 3.0)))),
    Row("Augmentation", "shading", "at most 0.2 of the mean", "[0.0, 0.5]", lambda: AugmentationRecipe(shading=Distribution("uniform", (0.0, 0.5)))),
    Row("StudyRecipe", "repeats", "at least 1", "0", lambda: study(repeats=0)),
    Row("StudyRecipe", "conditions", "at least one", "()", lambda: study(conditions=())),
    Row("StudyRecipe.scaled", "scale", "(0, 1]", "2", lambda: study().scaled(2)),
    Row("TrainingRecipe", "patches", "at least 1", "0", lambda: recipe(patches=0)),
    Row("TrainingRecipe", "shares", "positive numbers", "(1.0, 0.0)", lambda: recipe(shares=(1.0, 0.0))),
    Row("TrainingRecipe", "shares", "positive numbers", "()", lambda: recipe(shares=())),
    Row("as_source", "shares", "absent where nothing is pooled", "(1.0, 1.0)", lambda: as_source([sample()] * 3, recipe(shares=(1.0, 1.0)))),
    Row("as_source", "shares", "one for each of the 2", "3", lambda: as_source([[sample()] * 3] * 2, recipe(shares=(1.0, 1.0, 1.0)))),
    # Networks
    Row("put_weights", "initial", "the 20 layers of the network", "19, lacking final_conv", lambda: hand_on({}, {}, last=-1)),
    Row("put_weights", "initial", "the shapes of the network's layers", "kernel of (3, 3, 1, 4) for (3, 3, 1, 2)", lambda: hand_on({}, {"width": 4})),
    Row("put_weights", "initial", "the 20 layers of the network", "28, from layer 12 on others", lambda: hand_on({}, {"stages": 3})),
    Row("put_weights", "initial", "shapes", "kernel of (3, 3, 3, 2) for (3, 3, 1, 2)", lambda: hand_on({}, {"channels": 3})),
    Row("load_weights", "weights", "HDF5 file of Keras 2", "plain.h5", lambda: load_weights(h5_of({}), small())),
    Row("load_weights", "weights", "hold layers with weights", "2 without", lambda: load_weights(h5_of({"a": {}, "b": {}}), small())),
    Row("load_weights", "weights", "the 20 layers of the network", "1, from layer 1 on others: conv0/beta of none for (1,)", lambda: load_weights(h5_of({"conv0": {"kernel": (3, 3, 1, 8)}}), small())),
    Row("load_weights", "recipe", "pixel_size", "none", lambda: load_weights("gone.h5", recipe())),
    Row("load_weights", "gone.h5", "file", "", lambda: load_weights("gone.h5", small()), FileNotFoundError),
    Row("fit", "normalisation", "'standard', to which the weights", "min_max", lambda: check_normalised_alike(recipe(), recipe(preprocessing=PreprocessingRecipe(normalisation="standard")))),
    Row("initial_run", "initial", "a network that is there", "gone", lambda: initial_run(recipe(initial="gone")), FileNotFoundError),
    Row("completed", "initial_share", "unless initial is a network", "no initial", lambda: completed(recipe(initial_share=0.5), None)),
    Row("completed", "initial_share", "of the same classes", "other classes", lambda: completed(recipe(initial_share=0.5, model=ModelRecipe(classes=3)), initial_run(recipe(initial="real_micrographs")))),
    Row("TrainingRecipe", "initial_share", "[0, 1)", "1.0", lambda: recipe(initial_share=1.0)),
    Row("build_model", "model.backbone", "resnet18", "'vgg99'", lambda: build_model(model(backbone="vgg99"), seed=1)),
    Row("build_model", "model.backbone", "one of plain", "'resnet19'", lambda: build_model(model(backbone="resnet19"), seed=1)),
    Row("SegmentationLoss", "kind", "'cce_dice'", "'mse'", lambda: SegmentationLoss("mse")),
    Row("load_run", "folder", "training run", "gone", lambda: load_run("gone"), FileNotFoundError),
    Row("epochs_to", "f1", "between 0 and 1", "90", lambda: epochs_to(pd.DataFrame({"epoch": [1], "val_f1": [0.5]}), 90)),
    # Images and masks
    Row("Labelled", "image", "(ny, nx)", "(8, 8, 3)", lambda: sample(image=np.zeros((8, 8, 3)))),
    Row("Labelled", "image", "finite", "g1", lambda: sample(image=np.full((8, 8), NAN))),
    Row("Labelled", "image of g1", "real numbers", "complex128", lambda: sample(image=IMAGE * 1j)),
    Row("Labelled", "image of g1", "real numbers", "<U", lambda: sample(image=IMAGE.astype(str))),
    Row("Labelled", "image of g1", "shown whole", "hidden", lambda: sample(image=np.ma.masked_array(IMAGE, IMAGE > 30))),
    Row("Labelled", "image of g1", "single precision", "1000000000", lambda: sample(image=IMAGE // 10 + 1e9)),
    Row("Labelled", "image of g1", "within 3.4e38", "1e+40", lambda: sample(image=np.where(MASK, 1e40, 0))),
    Row("Labelled", "image of g1", "at least one pixel", "(0, 8)", lambda: sample(image=IMAGE[:0], mask=MASK[:0])),
    Row("Labelled", "mask of g1", "shown whole", "hidden", lambda: sample(mask=np.ma.masked_array(MASK, MASK > 0))),
    Row("Labelled", "mask", "whole numbers", "float64 from 0 to 1", lambda: sample(mask=MASK * 1.0)),
    Row("Labelled", "classes", "all classes of the mask, 3", "has 2", lambda: LabelledMicrograph(IMAGE, 2 * MASK, 0.5, "gold", "g1", ("background", "core"))),
    Row("Labelled", "mask", "shape of the image", "(4, 4)", lambda: sample(mask=MASK[:4, :4])),
    Row("Labelled", "mask", "whole numbers from 0", "float64", lambda: sample(mask=IMAGE)),
    Row("Labelled", "mask", "0 to 255", "300", lambda: sample(mask=np.full((8, 8), 300))),
    Row("Labelled", "pixel_size", "positive", "0", lambda: sample(pixel_size=0)),
    Row("Labelled", "pixel_size", "positive", "inf", lambda: sample(pixel_size=INF)),
    Row("ArrayExamples", "masks", "shape of the images", "(2, 4, 8)", lambda: ArrayExamples(np.zeros((2, 8, 8)), np.zeros((2, 4, 8)), 0.5)),
    Row("load_h5_pair", "images", "file", "gone.h5", lambda: next(load_h5_pair("gone.h5", "gone.h5", pixel_size=0.2)), FileNotFoundError),
    Row("load_h5_pair", "pixel_size", "positive", "-0.2", lambda: next(load_h5_pair("a.h5", "b.h5", pixel_size=-0.2))),
    Row("load_h5_pair", "median", "odd number", "-3", lambda: next(load_h5_pair("a.h5", "b.h5", pixel_size=0.2, median=-3))),
    Row("read_micrograph", "pixel_size", "positive", "True", lambda: read_micrograph("a.npy", pixel_size=True)),
    Row("read_micrograph", "pixel_size", "positive", "(0.5, 0.5)", lambda: read_micrograph("a.npy", pixel_size=(0.5, 0.5))),
    Row("read_micrograph", "frame", "one of the 2 images", "True", lambda: read_micrograph(two_frames(), pixel_size=0.5, frame=True)),
    Row("load_folder", "folder", "folder", "gone", lambda: load_folder("gone", pixel_size=0.2), FileNotFoundError),
    Row("load_folder", "every mask", "needs a micrograph beside it", "b is not", lambda: load_folder(folder_with_a_mask_alone(), pixel_size=0.2)),
    Row("grid_shape", "pixel_size", "positive", "nan", lambda: grid_shape((8, 8), NAN, 0.5)),
    Row("grid_shape", "new_pixel_size", "positive", "0.0", lambda: grid_shape((8, 8), 0.5, 0.0)),
    Row("resample", "shape", "positive", "(0, 8)", lambda: resample(IMAGE, (0, 8))),
    Row("resample", "image", "(ny, nx)", "(64,)", lambda: resample(IMAGE.ravel(), (4, 4))),
    Row("normalise", "image", "finite", "nan", lambda: normalise(np.full((8, 8), NAN), PreprocessingRecipe())),
    Row("apply_symmetry", "index", "0 to 7", "8", lambda: apply_symmetry(IMAGE, 8)),
    Row("undo_symmetry", "index", "0 to 7", "-1", lambda: undo_symmetry(IMAGE, -1)),
    Row("split", "select", "at least", "dose > 99", lambda: split_by_structure(CATALOGUE, recipe(select="dose > 99"))),
    Row("split", "select", "condition on", "dosis > 2", lambda: split_by_structure(CATALOGUE, recipe(select="dosis > 2"))),
    Row("split", "rows", "integers in 0..3", "flatnonzero", lambda: split_by_structure(CATALOGUE, recipe(), rows=CATALOGUE["dose"] > 2)),
    Row("as_source", "data", "the same structures", "one part trains on", lambda: as_source([TEN[:6], TEN[2:]], recipe())),
    Row("split", "rows", "integers in 0..3", "0.5", lambda: split_by_structure(CATALOGUE, recipe(), rows=[0.5, 1.0])),
    Row("as_source", "select", "absent for labelled", "'dose > 5'", lambda: as_source([SAMPLE] * 3, recipe(select="dose > 5"))),
    Row("as_source", "n_images", "absent for labelled", "2", lambda: as_source([SAMPLE] * 3, recipe(n_images=2))),
    Row("LabelledSource", "micrographs", "at least 2 that differ", "copies of one", lambda: LabelledSource([SAMPLE] * 3, seed=1)),
    Row("split", "n_images", "at most 4", "9", lambda: split_by_structure(CATALOGUE, recipe(n_images=9))),
    Row("particle_table", "pixel_size", "positive", "-1", lambda: particle_table(MASK, pixel_size=-1)),
    Row("particle_table", "pixel_size", "positive", "(0.5, 0.5): not square", lambda: particle_table(MASK, pixel_size=(0.5, 0.5))),
    Row("particle_table", "pixel_size", "positive", "True", lambda: particle_table(MASK, pixel_size=True)),
    Row("particle_table", "mask", "those above a threshold", "float64 from 0 to 0.3", lambda: particle_table(MASK * 0.3, pixel_size=1)),
    Row("particle_table", "mask", "whole numbers from 0", "nan", lambda: particle_table(np.where(MASK, NAN, 0), pixel_size=1)),
    Row("particle_table", "mask", "whole numbers from 0", "-1 to 0", lambda: particle_table(-MASK.astype(int), pixel_size=1)),
    Row("particle_table", "left_out", "true or false for each pixel", "float64", lambda: particle_table(MASK, pixel_size=1, left_out=MASK * 0.2)),
    Row("particle_table", "left_out", "true or false for each pixel", "(1, 8)", lambda: particle_table(MASK, pixel_size=1, left_out=MASK[:1] > 0)),
    Row("write_mask", "mask", "to 255", "300", lambda: write_mask("m.tif", 300 * MASK.astype(int), pixel_size=1)),
    Row("write_mask", "mask", "whole numbers from 0", "2.7", lambda: write_mask("m.tif", 2.7 * MASK, pixel_size=1)),
    Row("write_mask", "path", ".tif or .tiff", "m.png", lambda: write_mask("m.png", MASK, pixel_size=1)),
    Row("particle_table", "min_area", ">= 0", "nan", lambda: particle_table(MASK, pixel_size=1, min_area=NAN)),
    Row("particle_table", "mask", "(ny, nx)", "(64,)", lambda: particle_table(MASK.ravel(), pixel_size=1)),
    Row("instance_table", "instances", "whole numbers", "float64", lambda: instance_table(MASK * 0.5, pixel_size=1)),
    Row("write_mask", "mask", "(ny, nx)", "(64,)", lambda: write_mask("m.tif", MASK.ravel(), pixel_size=1)),
    Row("prepare", "masks", "whole numbers from 0", "0.1 to 0.8", lambda: prepare(Example(IMAGE, np.where(MASK, 0.8, 0.1), 0.5), recipe(patch=32), 0.5)),
    Row("prepare", "masks", "whole numbers from 0", "-1 to 1", lambda: prepare(Example(IMAGE, 2 * MASK.astype(int) - 1, 0.5), recipe(patch=32), 0.5)),
    Row("segment_files", "files", "different names", "m0", lambda: segment_files("gone", ["m0.tif", "m0.npy"], "out")),
    Row("segment_files", "files", "different names", "A, a", lambda: segment_files("gone", ["a.tif", "A.npy"], "out")),
    Row("segment_files", "files", "a micrograph", "all named as masks", lambda: segment_files("gone", ["m0_mask.tif"], "out")),
    # Scores
    Row("count_near", "prediction", "shape of the mask", "(4, 4)", lambda: count_near(MASK, MASK[:4, :4], distance=1)),
    Row("count_near", "distance", "zero or more", "-1", lambda: count_near(MASK, MASK, distance=-1)),
    Row("separate_particles", "labels", "(ny, nx)", "(64,)", lambda: separate_particles(MASK.ravel())),
    Row("separate_particles", "neck", "between 0 and 1", "1.5", lambda: separate_particles(MASK, neck=1.5)),
    Row("count_pixels", "probability", "shape of the mask", "(4, 4)", lambda: count_pixels(MASK, MASK[:4, :4])),
    Row("count_pixels", "probability", "in [0, 1]", "0 to 1.5", lambda: count_pixels(MASK, MASK * 1.5)),
    Row("class_f1", "found", "shape of the mask", "(1, 8)", lambda: class_f1(MASK, MASK[:1], 1)),
    Row("detect", "prediction", "above a threshold", "0.4", lambda: detect(MASK, MASK * 0.4)),
    Row("score", "prediction", "the sample's pixels, 0.8", "0.5", lambda: score(sample(pixel_size=0.8), Prediction(np.stack([1 - MASK, MASK], -1), 0.5))),
    Row("score", "min_area", ">= 0", "nan", lambda: score(SAMPLE, Prediction(np.stack([1 - MASK, MASK], -1), 0.5), min_area=NAN)),
    Row("count_pixels", "threshold", "between 0 and 1", "2", lambda: count_pixels(MASK, MASK, threshold=2)),
    Row("count_pixels", "probability", "finite", "nan", lambda: count_pixels(MASK, np.full((8, 8), NAN))),
    Row("detect", "prediction", "shape of the mask", "(4, 4)", lambda: detect(MASK, MASK[:4, :4])),
    Row("label_particles", "min_area", "at least 1", "0", lambda: label_particles(MASK, min_area=0)),
    Row("bootstrap", "n", "at least 1", "0", lambda: bootstrap_interval(lambda i: 1.0, 0, rng=RNG)),
    Row("bootstrap", "confidence", "between 0 and 1", "95", lambda: bootstrap_interval(lambda i: 1.0, 3, rng=RNG, confidence=95)),
    Row("bootstrap", "resamples", "at least 1", "0", lambda: bootstrap_interval(lambda i: 1.0, 3, rng=RNG, resamples=0)),
    Row("mean_interval", "confidence", "between 0 and 1", "95", lambda: mean_interval(np.ones(3), confidence=95)),
    Row("summarise", "by", "among", "'colour'", lambda: summarise(pd.DataFrame({"group": ["a"]}), by="colour")),
    Row("plan_tiles", "shape", "multiples of 32", "(50, 64)", lambda: plan_tiles((50, 64), window=64, overlap=0, stride=32)),
    Row("plan_tiles", "window", "at least", "32", lambda: plan_tiles((256, 256), window=32, overlap=64, stride=32)),
    Row("predict", "network", "one or several", "none", lambda: predict([], IMAGE)),
    Row("predict", "network", "same classes", "[2, 3]", lambda: predict([network(), network(classes=3)], IMAGE)),
    Row("predict", "scales", "factors in [0.5, 2]", "(3.0,)", lambda: predict(network(), IMAGE, scales=(3.0,))),
    Row("predict", "scales", "factors in [0.5, 2]", "()", lambda: predict(network(), IMAGE, scales=())),
    Row("predict", "scales", "a list of factors", "1.12", lambda: predict(network(), IMAGE, scales=1.12)),
    Row("predict", "symmetries", "from 1 to 8", "2.7", lambda: predict(network(), IMAGE, symmetries=2.7)),
    Row("predict", "pixel_size", "positive", "0", lambda: predict(network(), IMAGE, pixel_size=0)),
    Row("predict", "pixel_size", "positive", "True", lambda: predict(network(), IMAGE, pixel_size=True)),
    Row("predict", "pixel_size", "must be given", "0.5, 0.8", lambda: predict([network(), replace(network(), pixel_size=0.8)], IMAGE)),
    Row("predict", "image", "real numbers", "complex64", lambda: predict(network(), IMAGE.astype(np.complex64))),
    Row("predict", "window", "whole number", "60.5", lambda: predict(network(), IMAGE, window=60.5)),
    Row("predict", "overlap", "whole number of at least 0", "-20", lambda: predict(network(), IMAGE, window=40, overlap=-20)),
    Row("predict", "threshold", "in (0, 1)", "1", lambda: predict(network(), IMAGE, threshold=1)),
    Row("predict", "symmetries", "from 1 to 8", "9", lambda: predict(network(), IMAGE, symmetries=9)),
    Row("choose_threshold", "thresholds", "between 0 and 1", "1.0", lambda: choose_threshold(network(), [SAMPLE] * 2, thresholds=(0.5, 1.0))),
    Row("choose_threshold", "thresholds", "one at least", "none", lambda: choose_threshold(network(), [SAMPLE] * 2, thresholds=())),
    Row("choose_threshold", "samples", "at least 2", "1", lambda: choose_threshold(network(), [SAMPLE])),
    # Schedules
    Row("TrainingRecipe", "warmup", "end before the training", "2.0", lambda: recipe(warmup=2.0, epochs=2)),
    Row("TrainingRecipe", "ema", "[0, 1)", "1.0", lambda: recipe(ema=1.0)),
    Row("LowPass", "cutoff", "0.05 to 10 1/angstrom", "44.0", lambda: LowPassRecipe(cutoff=Distribution("constant", (44.0,)))),
    Row("LowPass", "sharpness", "[1, 100]", "0.0", lambda: LowPassRecipe(cutoff=Distribution("constant", (0.5,)), sharpness=Distribution("constant", (0.0,)))),
    Row("Texture", "length", "positive", "0.0", lambda: TextureRecipe(amplitude=Distribution("constant", (0.5,)), length=Distribution("constant", (0.0,)))),
)
# fmt: on


@table(*ROWS)
def test_a_bad_input_is_refused_in_words(row):
    refused(row)


STUDY = """
[study]
name = "size"
seed = 3
repeats = 2
[study.training]
epochs = 2
[study.conditions.8]
n_images = 8
"""
STUDIES = (
    ("seed = 3\n", "", "study.seed", "is missing", "study"),
    ("n_images = 8", "n_image = 8", "study.conditions.8.n_image", "did you mean", "'n_images'"),
    ("epochs = 2", "seed = 2", "study.training.seed", "absent", "every network"),
    ("repeats = 2", "repeats = 0", "study.repeats", "at least 1", "0"),
)


@pytest.mark.parametrize(("good", "bad", "argument", "rule", "value"), STUDIES)
def test_a_bad_study_names_its_field(good, bad, argument, rule, value, tmp_path):
    path = tmp_path / "study.toml"
    path.write_text(STUDY.replace(good, bad))
    refused(Row("study", argument, rule, value, lambda: read_study_recipe(path), RecipeError))
