"""Figures show what they are given; exported networks predict the same."""

import numpy as np
import pandas as pd
import pytest

from seg_train import load_experimental_sample, load_network, particle_table
from seg_train.card import model_card
from seg_train.export import export_network, pack_run
from seg_train.figures import (
    loss_curves,
    predictions_over_micrographs,
    size_histogram,
    study_figure,
)


def test_loss_curves_draw_training_and_validation(run):
    loss, f1 = loss_curves(run.history).axes
    assert len(loss.lines) == len(f1.lines) == 2
    assert np.allclose(loss.lines[0].get_ydata(), run.history["val_loss"])


def test_every_micrograph_has_outlines_and_a_scale_bar():
    sample = load_experimental_sample()[:3]
    figure = predictions_over_micrographs(sample, [s.mask for s in sample])
    for ax, s in zip(figure.axes, sample, strict=False):
        assert len(ax.images) == 1 and len(ax.collections) == 2
        x = ax.lines[0].get_xdata()
        length = (x[1] - x[0]) * s.pixel_size / 10  # nm
        assert length == pytest.approx(float(ax.texts[0].get_text().split()[0]))
        assert "F1 1.00" in ax.get_title()


def test_histogram_counts_whole_particles_only():
    mask = np.zeros((40, 40), int)
    mask[10:20, 10:20] = mask[0:5, 30:35] = 1
    figure = size_histogram(particle_table(mask, pixel_size=1.0))
    assert figure.axes[0].get_title().startswith("1 particle, ")
    assert size_histogram(particle_table(mask * 0, pixel_size=1.0)).axes[0].get_title()


def test_a_study_of_numbers_stands_at_its_numbers():
    scores = {"condition": ["100", "100", "3000"], "particle_f1 all": [0.1, 0.3, 0.9]}
    ax = study_figure(pd.DataFrame(scores)).axes[0]
    assert ax.get_xscale() == "log"
    places = {float(x) for line in ax.lines for x in np.ravel(line.get_xdata())}
    assert places == {100, 3000}


def test_a_model_card_tells_where_the_network_comes_from(run):
    card = model_card(run)
    for known in (run.identity, run.provenance["data"], run.provenance["weights"]):
        assert known in card


def test_a_saved_model_predicts_the_same_without_this_package(network, tmp_path):
    import tensorflow as tf

    image = np.random.default_rng(1).random((1, 64, 64, 1)).astype(np.float32)
    loaded = tf.saved_model.load(str(export_network(network, tmp_path / "saved")))
    assert np.allclose(loaded.serve(image), network.model(image), atol=1e-6)


def test_an_onnx_network_predicts_the_same_at_any_size(network, tmp_path):
    pytest.importorskip("tf2onnx")
    runtime = pytest.importorskip("onnxruntime")
    path = export_network(network, tmp_path / "network.onnx")
    session = runtime.InferenceSession(str(path))
    for shape in ((1, 32, 48, 1), (2, 64, 64, 1)):
        images = np.random.default_rng(2).normal(size=shape).astype(np.float32)
        (found,) = session.run(None, {session.get_inputs()[0].name: images})
        expected = np.asarray(network.model.predict_on_batch(images))
        np.testing.assert_allclose(found, expected, atol=1e-5)  # float32, other order of sums


def test_a_packed_run_is_smaller_predicts_alike_and_names_its_source(run, tmp_path):
    (packed,) = pack_run(run, tmp_path / "packed")
    assert packed.provenance["packed_from"] == run.provenance["weights"]
    assert packed.provenance["weights"] != run.provenance["weights"]
    assert packed.identity == run.identity
    images = np.random.default_rng(2).normal(size=(1, 64, 64, 1)).astype(np.float32)
    before, after = (load_network(r).model.predict_on_batch(images) for r in (run, packed))
    # each weight is off by at most 2^-11 of itself
    np.testing.assert_allclose(after, before, atol=0.02)
    assert not np.array_equal(after, before)
    with pytest.raises(FileExistsError, match="folder must be new or empty"):
        pack_run(run, packed.folder)


def test_a_figure_shows_itself_once_in_a_notebook_with_and_without_pyplot():
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    code = "from seg_train.figures import size_histogram\nimport pandas\n" + (
        "size_histogram(pandas.DataFrame({'touches_edge': [False], 'equivalent_diameter': [30.0]}))"
    )
    cells = [
        nbformat.v4.new_code_cell(code),
        nbformat.v4.new_code_cell("%matplotlib inline\n" + code),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    nbclient.NotebookClient(notebook, timeout=120).execute()
    for cell in notebook.cells:
        (output,) = cell.outputs
        assert set(output["data"]) == {"text/plain", "image/png"}
