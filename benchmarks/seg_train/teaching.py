"""What a network gains and forgets when it is taught with two micrographs of one kind.

    python benchmarks/seg_train/teaching.py FOLDER

Two patches of a kind of the experimental sample teach the network of the package, as the panel in
napari does. It is scored on these two, on the other two of the kind, and on the other kinds: with
half of their patches rehearsed, which do not count, and with nothing rehearsed; and the rehearsed
one together with the network of the package. Particle F1 of the pixels of each part together, one
look. FOLDER keeps the networks.
"""

import sys
from pathlib import Path

import pandas as pd

from seg_train import evaluate, fit, load_experimental_sample, load_run, summarise
from seg_train.data import LabelledMicrograph
from seg_train.viewer.tuning import EPOCHS, tuning_recipe

BASE = "real_micrographs"
KINDS = ("5nm_Au_330kx_lowres", "2.2nm_Au_lowres", "10nm_Au_330kx_lowres")


def scores(network: object, samples: list[LabelledMicrograph], parts: list[str]) -> pd.Series:
    """Return the particle F1 of each part."""
    table = evaluate(network, samples, progress=False).table.assign(part=parts)
    return summarise(table, by="part", rng=1)["particle_f1"]


def main(folder: Path) -> None:
    samples, rows = load_experimental_sample(), {}
    for kind in KINDS:
        own = [sample for sample in samples if sample.group == kind]
        others = [sample for sample in samples if sample.group != kind]
        shown = [*own, *others[1::2]]
        parts = ["taught"] * 2 + ["same kind"] * 2 + ["other kinds"] * len(others[1::2])
        rows[kind, "before"] = scores(BASE, shown, parts)
        for rehearse, data in ((False, own[:2]), (True, [own[:2], others[::2]])):
            recipe = tuning_recipe(
                load_run(BASE), own[:2], initial=BASE, epochs=EPOCHS, rehearse=rehearse
            )
            run = fit(recipe, data, folder / f"{kind}-{rehearse}", progress=False)
            rows[kind, "rehearsed" if rehearse else "alone"] = scores(run, shown, parts)
        rows[kind, "and the old one"] = scores([BASE, run], shown, parts)
    print(pd.DataFrame(rows).T[["taught", "same kind", "other kinds"]].round(3).to_string())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
