"""Data for networks: labelled micrographs, selections, preparation and batches.

* `LabelledMicrograph` and its loaders: the sample that comes with the package, benchmark files of
  the paper's kind, a folder of one's own.
* `split_by_structure` chooses rows of a catalogue; `DatabaseExamples` and `StreamExamples` turn
  them into batches.
* `resample`, `denoise`, `normalise` are what the network sees of an image, in training and in use.

`seg_train.data.pipeline` alone needs TensorFlow and is not imported here.
"""

from seg_train.data.examples import DatabaseExamples, StreamExamples, prepare_examples
from seg_train.data.micrographs import (
    LabelledMicrograph,
    load_experimental_sample,
    load_folder,
    load_h5_pair,
    load_simulated,
    read_image,
)
from seg_train.data.preprocess import denoise, grid_shape, normalise, resample, resample_mask
from seg_train.data.selection import Split, split_by_structure
from seg_train.data.symmetry import SYMMETRIES, apply_symmetry, undo_symmetry

__all__ = [
    "SYMMETRIES",
    "DatabaseExamples",
    "LabelledMicrograph",
    "Split",
    "StreamExamples",
    "apply_symmetry",
    "denoise",
    "grid_shape",
    "load_experimental_sample",
    "load_folder",
    "load_h5_pair",
    "load_simulated",
    "normalise",
    "prepare_examples",
    "read_image",
    "resample",
    "resample_mask",
    "split_by_structure",
    "undo_symmetry",
]
