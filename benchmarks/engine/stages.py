"""Where the time of a wave goes: CPU seconds of every stage of the embedded engine."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from hrtem_sim.fft import choose_fft
from hrtem_sim.potential import passes, slices
from hrtem_sim.wave import multislice

STAGES = {
    "transforms of rows": [(choose_fft(), "forward_rows"), (choose_fft(), "inverse_rows")],
    "transpositions": [(passes, "rows_to_columns"), (passes, "columns_to_rows")],
    "spreading of atoms": [(slices, "spread")],
    "filters of atoms": [(slices, "filter_columns")],
    "two slices out of one array": [(slices, "separate")],
    "propagator": [(multislice, "propagate")],
    "transmission": [(multislice, "transmit")],
}


def stages(function: Callable[[], object]) -> dict[str, float]:
    """Return CPU seconds by stage of one call, and of the rest."""
    taken = dict.fromkeys(STAGES, 0.0)
    with ExitStack() as stack:
        for name, places in STAGES.items():
            for place in places:
                stack.enter_context(_timed(*place, taken, name))
        start = time.thread_time()
        function()
        total = time.thread_time() - start
    return taken | {"rest": total - sum(taken.values())}


@contextmanager
def _timed(owner: object, attribute: str, taken: dict[str, float], name: str) -> Iterator[None]:
    plain = getattr(owner, attribute)

    def timed(*arguments: object) -> object:
        start = time.thread_time()
        result = plain(*arguments)
        taken[name] += time.thread_time() - start
        return result

    with patch.object(owner, attribute, timed):
        yield
