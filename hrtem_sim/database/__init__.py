"""Data sets on disk: HDF5 shards and the catalogue over them.

* `open_database(folder)` gives a `Database`: a pandas catalogue with one row per micrograph, and
  the images and masks by row; `hrtem_sim.dataset.regenerate` makes a micrograph again.
* `open_databases([...])` gives several as one `PooledDatabase`.
* `write_shard` writes one shard, atomically; `read_shard` checks and reads it.
"""

from hrtem_sim.database.database import (
    Database,
    DatabaseError,
    IncompleteDataset,
    open_database,
)
from hrtem_sim.database.pooled import PooledDatabase, open_databases
from hrtem_sim.database.shard import (
    ShardContent,
    read_shard,
    shard_name,
    write_shard,
)
from hrtem_sim.whole import host_name

__all__ = [
    "Database",
    "DatabaseError",
    "IncompleteDataset",
    "PooledDatabase",
    "ShardContent",
    "host_name",
    "open_database",
    "open_databases",
    "read_shard",
    "shard_name",
    "write_shard",
]
