"""Where shards are made: in this process, in a pool of spawned ones, or by a dask cluster."""

import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from numbers import Integral
from typing import Any, TypeVar

from tqdm import tqdm

from hrtem_sim.refusal import Refusal

Task = TypeVar("Task")
Result = TypeVar("Result")

THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "NUMBA_NUM_THREADS",
)


PATIENCE = 60.0
"""Seconds between two looks at whether a dask cluster has workers."""

log = logging.getLogger(__name__)


def check_executor(workers: int, client: Any = None) -> None:
    """Refuse what tasks cannot be run on, before anything is made.

    Raises
    ------
    TypeError
        If `workers` is not an integer, or `client` does not run functions as a dask client does.
    ValueError
        If `workers` is below 1.
    """
    if isinstance(workers, bool) or not isinstance(workers, Integral):
        raise TypeError(f"workers must be an integer; got {workers!r}")
    if workers < 1:
        raise Refusal(f"workers must be at least 1; got {workers}")
    if client is not None and not (hasattr(client, "map") and hasattr(client, "cancel")):
        raise TypeError(f"client must be a dask.distributed.Client; got {client!r}")


def run_tasks(
    function: Callable[[Task], Result],
    tasks: Sequence[Task],
    workers: int = 1,
    *,
    client: Any = None,
) -> Iterator[Result]:
    """Yield the results of a function over tasks, in the order in which they are done.

    Parameters
    ----------
    function
        Importable by name: workers are fresh processes.
    tasks
        Small: they travel to the workers; large results should go to disk.
    workers
        Processes, each of one thread; 1 works here.
    client
        A `dask.distributed.Client`, of a LocalCluster or of any other, to work instead. Its
        workers must see the same file system.

    Raises
    ------
    TypeError, ValueError
        For what `check_executor` refuses.
    """
    check_executor(workers, client)
    if client is not None:
        yield from _by_dask(function, tasks, client)
        return
    if workers == 1 or len(tasks) < 2:
        yield from map(function, tasks)
        return
    context = multiprocessing.get_context("spawn")
    before = {name: os.environ.get(name) for name in THREAD_VARIABLES}
    os.environ.update(dict.fromkeys(THREAD_VARIABLES, "1"))  # inherited by the workers
    others = set(multiprocessing.active_children())
    try:
        with ProcessPoolExecutor(
            min(workers, len(tasks)), mp_context=context, initializer=_leave_with_parent
        ) as pool:
            futures = [pool.submit(function, task) for task in tasks]
            try:
                for future in as_completed(futures):
                    yield future.result()
            except BrokenProcessPool:
                raise RuntimeError(
                    "a worker process died: it was killed, ran out of memory, or could not import "
                    'the main script (scripts need the guard if __name__ == "__main__")'
                ) from None
            except (KeyboardInterrupt, GeneratorExit):
                for worker in set(multiprocessing.active_children()) - others:
                    worker.terminate()  # a shard takes minutes: too long to wait for
                pool.shutdown(cancel_futures=True)
                raise
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _leave_with_parent() -> None:
    """End this worker when the process that started it ends, however that came about.

    Ctrl-C in a terminal comes to all its processes: the one that started the workers ends them.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tqdm.set_lock(threading.RLock())  # tqdm's own lock outlives a worker that is ended
    parent = multiprocessing.parent_process()
    assert parent is not None  # workers are started by another process
    sentinel = parent.sentinel

    def watch() -> None:
        wait([sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _by_dask(function: Callable[[Task], Result], tasks: Sequence[Task], client: Any) -> Any:
    try:
        from dask.distributed import as_completed as finished
    except ImportError as error:
        raise ImportError(
            'client needs dask.distributed: pip install "micrograph-foundry[dask]"'
        ) from error
    futures = client.map(function, tasks, pure=False, retries=2)
    over = threading.Event()
    threading.Thread(target=_tell_idleness, args=(client, over), daemon=True).start()
    try:
        for future in finished(futures):
            yield future.result()
    finally:
        over.set()
        client.cancel(futures)


def _tell_idleness(client: Any, over: threading.Event) -> None:
    """Say now and then that there is no worker, which dask waits for without a word."""
    while not over.wait(PATIENCE):
        if not client.nthreads():
            log.warning("no dask worker is there: waiting for one")
