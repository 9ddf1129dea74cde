"""Examples are notebooks too: made by sphinx-gallery, run without a browser."""

import json
import re
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("[0-9]*.py"))
IDEAS = (
    "tour", "gold_sphere", "cif", "twins", "amorphous", "equilibrium_shapes", "core_shell",
    "nanoislands", "ligands", "strain", "million_atoms", "exit_wave", "phonons", "focal_series",
    "aberrations", "detector", "masks_and_instances", "dataset", "training", "benchmark", "study",
    "whole_micrograph", "periodic_scenes", "periodic_grain_boundary", "blueprints",
    "platinum_on_ceria",
)  # fmt: skip


def test_every_idea_has_its_example():
    names = [path.stem for path in EXAMPLES]
    assert [idea for idea in IDEAS if not any(idea in name for name in names)] == []
    numbers = [name[:2] for name in names]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_maps_have_y_downwards_as_micrographs_have(example):
    assert 'origin="lower"' not in example.read_text(encoding="utf-8")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_a_page(example):
    text = example.read_text(encoding="utf-8")
    title, line, _, idea = text.removeprefix('"""\n').splitlines()[:4]
    assert re.fullmatch("=+", line) and len(line) == len(title) and idea
    assert "# %%" in text
    assert text.rstrip().endswith(("plt.show()", "figure")) or example.stem == "01_tour"
    assert len(text.splitlines()) < (220 if example.stem == "01_tour" else 110)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["10_gold_sphere", "20_exit_wave", "30_dataset_from_recipe"])
def test_a_notebook_runs_from_above_to_below(name, tmp_path):
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    notebook = nbformat.reads(json.dumps(as_notebook(name)), as_version=4)
    client = nbclient.NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        resources={"metadata": {"path": str(tmp_path)}},
    )
    client.execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    shown = {kind for output in outputs for kind in output.get("data", {})}
    printed = "".join(output.get("text", "") for output in outputs)
    assert "image/png" in shown
    assert re.search(r"\d", printed)


def as_notebook(name: str) -> dict:
    """Return an example as sphinx-gallery turns it into a notebook."""
    pytest.importorskip("sphinx_gallery")
    from sphinx_gallery.gen_gallery import DEFAULT_GALLERY_CONF
    from sphinx_gallery.notebook import jupyter_notebook
    from sphinx_gallery.py_source_parser import split_code_and_text_blocks

    (path,) = (example for example in EXAMPLES if example.stem == name)
    _, blocks = split_code_and_text_blocks(str(path))
    settings = (path.parents[1] / "docs" / "conf.py").read_text(encoding="utf-8")
    first = re.search('"first_notebook_cell": "(.*)"', settings)[1]
    conf = {**DEFAULT_GALLERY_CONF, "first_notebook_cell": first}
    return jupyter_notebook(blocks, conf, str(path.parent))
