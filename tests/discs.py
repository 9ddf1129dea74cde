"""A data set of bright discs that is made in no time: what networks learn in the tests."""

import numpy as np
import pandas as pd

from hrtem_sim.imaging import Detector, Recorder
from hrtem_sim.provenance import identity, rng_for


class FakeDatabase:
    """Bright discs on Poisson noise, with the interface of `hrtem_sim.database`."""

    def __init__(self, structures=6, per_structure=2, shape=(64, 64), pixel_size=0.5, seed=3):
        self.pixel_size, self.shape = pixel_size, shape
        n = structures * per_structure
        self.catalogue = pd.DataFrame(
            {
                "micrograph": [f"m{i:04d}" for i in range(n)],
                "structure": [f"s{i // per_structure:04d}" for i in range(n)],
                "structure_index": [i // per_structure for i in range(n)],
                "dose": [100.0 * (1 + i % per_structure) for i in range(n)],
                "n_defects": [i // per_structure % 3 for i in range(n)],
            }
        )
        self._counts = np.empty((n, *shape), np.uint16)
        self._masks = np.empty((n, *shape), np.uint8)
        y, x = np.mgrid[: shape[0], : shape[1]]
        for i in range(n):
            place = rng_for(seed, "place", i // per_structure)
            cy, cx = place.uniform(0.2, 0.8, 2) * shape
            radius = place.uniform(0.15, 0.3) * min(shape)
            self._masks[i] = np.hypot(y - cy, x - cx) < radius
            self._counts[i] = rng_for(seed, "noise", i).poisson(20 + 20 * self._masks[i])

    def counts(self, rows):
        return self._counts[rows]

    def masks(self, rows):
        return self._masks[rows]

    def select(self, query=None, n=None, rng=None):
        table = self.catalogue if query is None else self.catalogue.query(query)
        return table if n is None else table.sample(n, random_state=rng)

    @property
    def identity(self):
        return identity([self._counts, self._masks], "data-set")


class ExpectedDatabase(FakeDatabase):
    """Discs of which the data set keeps what is expected."""

    keeps_expected = True

    def expected(self, rows):
        return (1 + 0.5 * self._masks[rows]).astype(np.float32)

    def recorder(self, row):
        return Recorder(Detector(self.pixel_size), float(self.catalogue["dose"].iloc[row]))
