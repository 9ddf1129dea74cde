"""Data for networks: labelled micrographs, selections, preparation and batches.

* `LabelledMicrograph` and its loaders: the sample that comes with the package, benchmark files of
  the paper's kind, a folder of one's own.
* A `Source` says what a network is trained on: `StoredMicrographs` of a data set, some of whose
  structures `split_by_structure` holds out; a `LabelledSource`; a `PooledSource` of several; and
  `seg_train.data.fresh` from waves. `as_source` makes one of whatever it is given, `Batches` cuts
  it up.
* `mend` finds what files hold beside the micrograph: wrong pixels, borders and bars.
* `resample`, `denoise`, `normalise` are what the network sees of an image, in training and in use.

`seg_train.data.pipeline` alone needs TensorFlow and is not imported here.
"""

from seg_train.data.batches import Batches
from seg_train.data.door import as_source
from seg_train.data.examples import ArrayExamples, Example
from seg_train.data.halves import halves
from seg_train.data.labelled import LabelledSource
from seg_train.data.loaders import is_labelled, load_folder, load_h5_pair
from seg_train.data.mending import Blemished, Mended, mend
from seg_train.data.micrographs import (
    LabelledMicrograph,
    load_experimental_sample,
    load_simulated,
)
from seg_train.data.pooled import PooledSource
from seg_train.data.prepare import Prepared, prepare
from seg_train.data.preprocess import denoise, normalise
from seg_train.data.resampling import grid_shape, resample, resample_mask
from seg_train.data.selection import Split, split_by_structure
from seg_train.data.source import Source
from seg_train.data.stored import StoredMicrographs
from seg_train.data.symmetry import SYMMETRIES, apply_symmetry, undo_symmetry

__all__ = [
    "SYMMETRIES",
    "ArrayExamples",
    "Batches",
    "Blemished",
    "Example",
    "LabelledMicrograph",
    "LabelledSource",
    "Mended",
    "PooledSource",
    "Prepared",
    "Source",
    "Split",
    "StoredMicrographs",
    "apply_symmetry",
    "as_source",
    "denoise",
    "grid_shape",
    "halves",
    "is_labelled",
    "load_experimental_sample",
    "load_folder",
    "load_h5_pair",
    "load_simulated",
    "mend",
    "normalise",
    "prepare",
    "resample",
    "resample_mask",
    "split_by_structure",
    "undo_symmetry",
]
