"""Scoring a network on labelled micrographs."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from hrtem_sim.progress import stage
from hrtem_sim.refusal import Refusal
from seg_train.data import LabelledMicrograph
from seg_train.metrics import class_f1, count_near, count_pixels, detect
from seg_train.model import Networks, load_networks
from seg_train.prediction import Prediction, predict
from seg_train.prediction.looks import as_scales

BORDER = 4.0
"""angstrom; outlines that people draw differ by as much."""


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What a network found on labelled micrographs, and what that is worth.

    Parameters
    ----------
    table
        One row per micrograph: name, group, pixel_size; `f1` (the paper's), `soft_particle_f1`,
        `particle_f1`, `iou`, `precision`, `recall`; the pixel counts these are made of;
        `tolerant_f1`, which forgives `BORDER` at the edge of a particle, and its counts; particles
        `found`, `missed`, `invented`, `split`, `merged`; of networks with several classes the F1 of
        each, `f1_core` and so on, by the names that the data set gives them or else by their
        numbers, unless the mask has other classes. `seg_train.summarise` pools all but these.
    predictions
        In the order of the rows; none where they were not kept.
    """

    table: pd.DataFrame
    predictions: tuple[Prediction, ...]

    @property
    def masks(self) -> list[np.ndarray]:
        """Most probable class of each pixel, (ny, nx) uint8, in the order of the rows."""
        return [prediction.mask for prediction in self.predictions]


def evaluate(
    network: Networks,
    samples: Iterable[LabelledMicrograph],
    *,
    symmetries: bool | int = False,
    scales: Sequence[float] = (1.0,),
    threshold: float | None = None,
    min_area: float = 50.0,
    separate: bool = False,
    keep: bool = True,
    progress: bool = False,
) -> Evaluation:
    """Score a network on labelled micrographs, each on its own grid.

    Parameters
    ----------
    network
        A network, a run or the folder of one, or a list of these, which predict together.
    samples
        Micrographs with masks; a generator is read one at a time.
    symmetries
        Average predictions over the eight symmetries of the square.
    scales
        Average predictions over these scales, see `seg_train.predict`.
    threshold
        Probability above which a pixel is particle; absent: that of the run.
    min_area
        Particles and regions smaller than this are no detections, in square angstrom.
    separate
        Split touching particles at their necks before they are counted, in masks and predictions.
    keep
        Keep the predictions; without, a generator of many micrographs needs the memory of one.
    progress
        Show a progress bar.

    Returns
    -------
    evaluation
        Scores and predictions.

    Raises
    ------
    ValueError
        If there are no samples.

    Examples
    --------
    >>> from seg_train import load_experimental_sample
    >>> from seg_train.model import Network, build_model
    >>> from seg_train import ModelRecipe, TrainingRecipe
    >>> tiny = ModelRecipe(backbone="plain", stages=2, width=2)
    >>> network = Network(build_model(tiny, seed=1), TrainingRecipe(seed=1, model=tiny), 0.5)
    >>> evaluation = evaluate(network, load_experimental_sample()[:2])
    >>> len(evaluation.table), evaluation.masks[0].shape
    (2, (203, 203))
    """
    networks, scales = load_networks(network), as_scales(scales)
    rows, predictions = [], []
    for sample in stage(samples, desc="scoring", unit="image", shown=progress):
        prediction = predict(
            networks,
            sample.image,
            pixel_size=sample.pixel_size,
            symmetries=symmetries,
            scales=scales,
            threshold=threshold,
        )
        rows.append(score(sample, prediction, min_area=min_area, separate=separate))
        if keep:
            predictions.append(prediction)
    if not rows:
        raise Refusal("samples must hold at least one micrograph; got none")
    return Evaluation(pd.DataFrame(rows), tuple(predictions))


def score(
    sample: LabelledMicrograph,
    prediction: Prediction,
    *,
    min_area: float = 50.0,
    separate: bool = False,
) -> dict[str, float | str]:
    """Return the row of one micrograph; see `Evaluation`.

    Parameters
    ----------
    sample
        A labelled micrograph.
    prediction
        Prediction for the same pixels.
    min_area
        Smaller particles do not count, in square angstrom.
    separate
        Split touching particles at their necks first.

    Examples
    --------
    >>> import numpy as np
    >>> from seg_train import LabelledMicrograph
    >>> mask = np.zeros((32, 32), np.uint8)
    >>> mask[8:24, 8:24] = 1
    >>> sample = LabelledMicrograph(mask, mask, 0.5, "gold", "one")
    >>> score(sample, Prediction(np.stack([1 - mask, mask], axis=-1), 0.5))["particle_f1"]
    1.0
    """
    if not np.isclose(prediction.pixel_size, sample.pixel_size, rtol=1e-6):
        raise Refusal(
            f"prediction must be of the sample's pixels, {sample.pixel_size:g} angstrom; got one "
            f"of {prediction.pixel_size:g}"
        )
    if not 0 <= min_area < np.inf:
        raise Refusal(f"min_area must be >= 0, in square angstrom; got {min_area!r}")
    counts = count_pixels(sample.mask, prediction.particle, threshold=prediction.threshold)
    smallest = max(1, round(min_area / sample.pixel_size**2))
    found = prediction.particle > prediction.threshold
    near = count_near(sample.mask, found, distance=BORDER / sample.pixel_size)
    detection = detect(sample.mask, found, min_area=smallest, separate=separate)
    return {
        "name": sample.name,
        "group": sample.group,
        "pixel_size": sample.pixel_size,
        "f1": counts.soft_f1,
        "soft_particle_f1": counts.soft_particle_f1,
        "particle_f1": counts.f1,
        "iou": counts.iou,
        "precision": counts.precision,
        "recall": counts.recall,
        **asdict(counts),
        "tolerant_f1": near.f1,
        "found_near": near.found_near,
        "truth_near": near.truth_near,
        **asdict(detection),
        **_by_class(sample, prediction),
    }


def _by_class(sample: LabelledMicrograph, prediction: Prediction) -> dict[str, float]:
    """F1 of each class but the background, where there are several."""
    number = prediction.probabilities.shape[-1]
    if number == 2 or len(sample.classes) not in (0, number) or sample.mask.max() >= number:
        return {}  # of masks with other classes only what is particle can be compared
    names = sample.classes or tuple(map(str, range(number)))
    return {
        f"f1_{name}": class_f1(sample.mask, prediction.mask, k) for k, name in enumerate(names) if k
    }
