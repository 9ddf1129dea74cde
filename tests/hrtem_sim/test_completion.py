"""Tab in shells: lines typed at a terminal of theirs, and the words that the program then gets."""

import os
import shutil
import subprocess
import sys

import pytest

START = {  # how a shell starts without the files of its user, and how README says it is told
    "bash": (["bash", "--norc", "--noprofile", "-i"], 'eval "$(cat script)"'),
    "zsh": (["zsh", "-f", "-i"], 'autoload -Uz compinit; compinit -D -u; eval "$(cat script)"'),
    "tcsh": (["tcsh", "-f"], "source script"),
}
TYPED = {  # before Tab: after it
    "ben": "benchmark",
    "reproduce t": "reproduce table1",
    "fit recipe.toml data --labels i": "fit recipe.toml data --labels instances",
    "predict one two --sym": "predict one two --symmetries",
    "fit rec": "fit recipe.toml",
    "benchmark --folder mi": "benchmark --folder micrograph.tif",
    "predict real_micrographs mi": "predict real_micrographs micrograph.tif",
    "predict net a.tif b.tif mi": "predict net a.tif b.tif micrograph.tif",
    "fit recipe.toml data --seeds mi": "fit recipe.toml data --seeds mi",  # a number is no file
    "predict one two --above mi": "predict one two --above mi",
}


@pytest.mark.parametrize("shell", START)
def test_tab_completes_commands_words_and_files_but_no_numbers(shell, tmp_path):
    pytest.importorskip("pty", reason="there are no terminals of Unix")
    if not shutil.which(shell):
        pytest.skip(f"there is no {shell}")
    for name in ("micrograph.tif", "recipe.toml"):
        (tmp_path / name).touch()
    printed = [sys.executable, "-m", "seg_train", "--print-completion", shell]
    script = subprocess.run(printed, capture_output=True, check=True).stdout
    (tmp_path / "script").write_bytes(script)
    program = tmp_path / "bin" / "seg-train"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho "$@" >> words\n', encoding="utf-8")
    program.chmod(0o755)
    (tmp_path / "words").touch()
    words, told = START[shell]
    lines = [told, *(f"seg-train {typed}\t" for typed in TYPED), "exit"]
    at_terminal = "import pty, sys; pty.spawn(sys.argv[1:])"
    done = subprocess.run(
        [sys.executable, "-c", at_terminal, *words],
        input="".join(line + "\n" for line in lines).encode(),
        capture_output=True,
        cwd=tmp_path,
        env={
            **os.environ,
            "HOME": str(tmp_path),
            "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
            "TERM": "vt100",
        },
    )
    seen = (tmp_path / "words").read_text(encoding="utf-8").splitlines()
    assert seen == list(TYPED.values()), done.stdout.decode(errors="replace")
