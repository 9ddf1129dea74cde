"""Files are whole or not there: what fails or is killed in mid-writing leaves the old one."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from czone.molecule import Molecule
from czone.whole import host_name, sweep, whole, write_whole
from hrtem_sim.database import open_database
from hrtem_sim.interchange import export
from hrtem_sim.whole import write_table


@pytest.mark.parametrize("named", [False, True])
def test_what_fails_in_mid_writing_leaves_the_old_file_and_no_litter(tmp_path, named):
    path = tmp_path / "out" / "old.txt"
    path.parent.mkdir()
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt):
        with whole(path, named=named) as part:
            part.write_text("half of the new")
            raise KeyboardInterrupt
    assert path.read_text() == "old"
    assert list(path.parent.iterdir()) == [path]


def test_what_is_killed_in_mid_writing_leaves_the_old_file_and_what_sweep_takes(tmp_path):
    path = tmp_path / "old.txt"
    path.write_text("old")
    program = (
        "import sys, czone.whole as w\n"
        "with w.whole(sys.argv[1]) as part:\n"
        "    part.write_text('half of the new')\n"
        "    print(part.name, flush=True)\n"
        "    sys.stdin.read()\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    name = child.stdout.readline().strip()
    assert name == f"old.txt.{host_name()}.{child.pid}.part"
    sweep(tmp_path)
    assert (tmp_path / name).exists()  # its process is at it
    child.send_signal(signal.SIGKILL)
    child.communicate()
    assert path.read_text() == "old"
    sweep(tmp_path)
    assert list(tmp_path.iterdir()) == [path]


def test_sweep_leaves_what_other_programs_and_other_machines_write(tmp_path):
    names = ["film.h5.part", "best.weights.h5.part", f"a.txt.elsewhere.{os.getpid()}.part"]
    for name in names:
        (tmp_path / name).touch()
    sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)


def test_a_link_stays_a_link_and_modes_stay(tmp_path):
    real, link = tmp_path / "real.txt", tmp_path / "link.txt"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real)
    write_whole(link, "new")
    assert link.is_symlink() and real.read_text() == "new"
    assert real.stat().st_mode & 0o777 == 0o640


def test_devices_are_written_to(tmp_path):
    write_whole("/dev/null", "nothing stays")
    assert not Path("/dev/null").is_file()


def test_a_table_is_what_pandas_writes(tmp_path):
    table = pd.DataFrame({"größe": [1.5, 0.1], "name": ["a,b", 'c"d']})
    write_table(tmp_path / "ours.csv", table, index=False)
    table.to_csv(tmp_path / "theirs.csv", index=False)
    assert (tmp_path / "ours.csv").read_bytes() == (tmp_path / "theirs.csv").read_bytes()


def molecule(atoms: int) -> Molecule:
    return Molecule(["Au"] * atoms, 3.0 * np.arange(3 * atoms).reshape(atoms, 3))


@pytest.mark.parametrize("name", ["a.cif", "a.xyz", "a.xyz.gz", "a.gro"])
def test_atoms_that_cannot_be_written_leave_the_old_file(tmp_path, name, monkeypatch):
    path = tmp_path / name
    molecule(9).to_file(path)
    before = path.read_bytes()
    assert len(before) > 50 and list(tmp_path.iterdir()) == [path]
    monkeypatch.setattr("ase.io.formats.IOFormat.write", _write_half)
    with pytest.raises(OSError, match="disk is full"):
        molecule(12).to_file(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def _write_half(self, fd, *args, **kwargs):
    if hasattr(fd, "write"):
        fd.write(b"half" if self.isbinary else "half")
    else:
        Path(fd).write_text("half", encoding="utf-8")
    raise OSError("disk is full")


@pytest.mark.parametrize(
    ("format", "name", "kept"),
    [
        ("numpy", "out", {"export.json"}),
        ("hyperspy", "out.hspy", None),
        ("zarr", "out.zarr", None),
    ],
)
def test_an_export_that_fails_is_not_taken_for_a_whole_one(
    tiny_database, tmp_path, monkeypatch, format, name, kept
):
    pytest.importorskip("zarr" if format == "zarr" else "h5py")
    database = open_database(tiny_database.folder)

    def failing(rows):
        if list(rows) == [1]:
            raise KeyboardInterrupt
        return type(database).counts(database, rows)

    monkeypatch.setattr(database, "counts", failing, raising=False)
    with pytest.raises(KeyboardInterrupt):
        export(database, [0, 1], tmp_path / name, format=format)
    found = {str(path.relative_to(tmp_path / name)) for path in (tmp_path / name).rglob("*")}
    assert found == (kept or set())
    assert (tmp_path / name).exists() == bool(kept)
    assert not list(tmp_path.glob("*.part"))
