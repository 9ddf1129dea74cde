"""The command line reads, calls and prints."""

import subprocess
import sys
from pathlib import Path

import numpy as np

from seg_train.cli import main


def test_show_prints_the_model_card(run, capsys):
    assert main(["show", str(run.folder)]) == 0
    card = capsys.readouterr().out
    assert run.identity in card and "[training.model]" in card and "## Limits" in card


def test_benchmark_scores_the_sample_and_leaves_pictures(run, tmp_path, capsys):
    assert main(["benchmark", str(run.folder), "--out", str(tmp_path / "b")]) == 0
    assert "2.2nm_Au" in capsys.readouterr().out
    left = {path.name for path in (tmp_path / "b").iterdir()}
    assert left == {
        "scores.csv",
        "summary.csv",
        "predictions.png",
        "history.png",
        "model-card.md",
    }
    assert "| all | 16 |" in (tmp_path / "b" / "model-card.md").read_text()


def test_predict_leaves_masks_overlays_tables_and_a_histogram(run, database, tmp_path):
    for number in (0, 2):
        np.save(tmp_path / f"m{number}.npy", database.counts([number])[0])
    images = [str(tmp_path / f"m{number}.npy") for number in (0, 2)]
    out = tmp_path / "out"
    code = main(["predict", str(run.folder), *images, "--pixel-size", "0.5", "--out", str(out)])
    assert code == 0
    assert {path.name for path in out.iterdir()} == {
        "m0_mask.tif",
        "m0_overlay.png",
        "m2_mask.tif",
        "m2_overlay.png",
        "particles.csv",
        "micrographs.csv",
        "sizes.png",
        "export.json",
    }


def test_predict_goes_on_past_bad_files_and_ends_with_their_list(run, database, tmp_path, capsys):
    np.save(tmp_path / "good.npy", database.counts([0])[0])
    (tmp_path / "torn.dm4").write_bytes(b"torn")
    (tmp_path / "photo.gif").write_bytes(b"GIF89a")
    files = [str(tmp_path / name) for name in ("torn.dm4", "good.npy", "photo.gif", "gone.tif")]
    out = tmp_path / "out"
    code = main(["predict", str(run.folder), *files, "--pixel-size", "0.5", "--out", str(out)])
    said = capsys.readouterr()
    assert code == 1 and "in 1 micrographs" in said.out, said
    lines = [line for line in said.err.splitlines() if line.startswith("not segmented: ")]
    assert [Path(line.split(": ")[1]).name for line in lines] == [
        "torn.dm4",
        "photo.gif",
        "gone.tif",
    ]
    assert (out / "good_mask.tif").is_file() and not (out / "torn_mask.tif").exists()


BAD = (
    "fit demo gone --out out",
    "fit training/two_cores empty --out out --samples gone",
    "benchmark gone",
    "benchmark real_micrographs --folder empty",
    "benchmark real_micrographs --images torn.h5 --masks torn.h5 --pixel-size 1",
    "predict gone torn.dm4 --out out",
    "predict real_micrographs torn.dm4 gone.tif --out out",
    "predict real_micrographs *.tif --out out",
    "gap demo torn.dm4 --out out",
    "gap demo --data gone --out out",
    "export gone --out out",
    "pack gone --out out",
    "import gone.h5 --out out",
    "import torn.h5 --out out",
    "import torn.h5 --out out --recipe gone",
    "run gone --out out",
    "study gone empty --out out",
    "study studies/size gone --out out",
    "study studies/size empty --out out",
    "reproduce fig4b --out out --images torn.h5 --masks torn.h5 --pixel-size 1",
    "match torn.dm4 --material Pt --energy 300e3 --out out",
)


def test_what_cannot_be_used_is_refused_before_tensorflow_loads(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "torn.dm4").write_bytes(b"torn")
    (tmp_path / "torn.h5").write_bytes(b"torn")
    code = (
        "import sys; from seg_train.cli import main\n"
        "for line in sys.argv[1:]:\n"
        "    try: code = main(line.split())\n"
        "    except SystemExit as end: code = end.code\n"
        "    assert code == 2, (code, line)\n"
        "    assert 'tensorflow' not in sys.modules, line"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *BAD], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "out").exists()


def test_light_modules_load_neither_tensorflow_nor_matplotlib():
    code = (
        "import sys, seg_train, seg_train.cli, seg_train.metrics, seg_train.data, seg_train.study,"
        "seg_train.runs, seg_train.card, seg_train.particles\n"
        "try: seg_train.cli.main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'tensorflow', 'keras', 'matplotlib', 'segmentation_models'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_without_tensorflow_the_error_names_the_extra():
    code = (
        "import sys; sys.modules['tensorflow'] = None\n"
        "import seg_train\n"
        "try: seg_train.fit\n"
        "except ImportError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert 'pip install "micrograph-foundry[train]"' in done.stdout
