"""Run all benchmarks of this folder against two packages and print one table.

Usage:
    python benchmarks/czone/side_by_side.py PEER_ENVIRONMENT [name ...]

PEER_ENVIRONMENT is the folder of a virtual environment with Construction Zone; it is made if it
does not exist: Construction Zone 2022.9.20 alone, beside the numpy, scipy, pymatgen, ase and
wulffpack of the environment that runs this script. Names select scripts (amorphous, pair, ...); all
by default. Ours is the package of the checkout that this script lies in.

Every script runs in a process of its own, on one thread, three times per case; the best
processor time counts.
"""

import json
import os
import platform
import subprocess
import sys
import sysconfig
import venv
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).resolve().parent
SCRIPTS = ("amorphous", "pair", "populate", "rdf", "surface", "wulff")
PEER = "czone==2022.9.20"


def make_peer(folder: Path) -> None:
    """Make an environment with Construction Zone that borrows everything else from this one."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    # Newer versions of pip refuse the metadata of this release.
    subprocess.run([python, "-m", "pip", "install", "-q", "pip<24.1"], check=True)
    subprocess.run([python, "-m", "pip", "install", "-q", "--no-deps", PEER], check=True)
    own = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"],
        check=True, capture_output=True, text=True,
    ).stdout.strip()  # fmt: skip
    (Path(own) / "_borrowed.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")


def run(python: Path | str, name: str, checkout: Path | None = None) -> dict[str, dict]:
    """Run one script, with the package of a checkout if given; return its lines by case."""
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "CZ_PATH")}
    environment |= {"CZ_PACKAGE": "czone"} | ({"CZ_PATH": str(checkout)} if checkout else {})
    done = subprocess.run(
        [str(python), str(HERE / f"{name}.py")],
        capture_output=True, text=True, env=environment, cwd=HERE,
    )  # fmt: skip
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode:
        print(done.stderr[-2000:], file=sys.stderr)
    return {line["case"]: line for line in lines}


def cell(line: dict | None) -> str:
    """Return the time of a case and what it made, for the table."""
    if line is None:
        return "did not finish"
    if "error" in line:
        return f"fails: {line['error'].splitlines()[0][:60]}"
    made = ", ".join(
        f"{key} {value}" for key, value in line.items() if key not in ("case", "seconds", "peak_mb")
    )
    seconds = line["seconds"]
    shown = f"{seconds:.3f}" if seconds < 1 else f"{seconds:.2f}"
    return f"{shown} s ({made})" if made else f"{shown} s"


def main(folder: str, *names: str) -> None:
    """Print the table."""
    peer = Path(folder)
    if not (peer / "bin" / "python").exists():
        make_peer(peer)
    libraries = ", ".join(
        f"{name} {version(name)}" for name in ("numpy", "scipy", "pymatgen", "ase")
    )
    print(f"Python {platform.python_version()}, {libraries}, {platform.machine()}\n")
    print("| case | Construction Zone | here | ratio |\n|---|---|---|---|", flush=True)
    for name in names or SCRIPTS:
        theirs = run(peer / "bin" / "python", name)
        ours = run(sys.executable, name, HERE.parents[1])
        for case in ours:
            a, b = theirs.get(case), ours[case]
            both = a and "seconds" in a and "seconds" in b
            ratio = f"{a['seconds'] / b['seconds']:.0f}" if both else ""
            print(f"| {case} | {cell(a)} | {cell(b)} | {ratio} |", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
