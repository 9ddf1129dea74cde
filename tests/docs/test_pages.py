"""The pages: what they import exists, what they show runs, nothing public is left out."""

import ast
import importlib
import re
import runpy
import shutil
import tomllib
from pathlib import Path
from textwrap import dedent

import pytest

from hrtem_sim.dataset import DatasetRecipe
from hrtem_sim.dataset.film_recipe import FilmRecipe
from hrtem_sim.dataset.mask_recipe import MaskRecipe
from hrtem_sim.dataset.particle_recipe import ParticleRecipe, PlacementRecipe
from hrtem_sim.dataset.recipe import ImagingRecipe, StorageRecipe
from hrtem_sim.imaging import Detector
from hrtem_sim.provenance import from_table
from hrtem_sim.wave import WaveSettings
from seg_train import TrainingRecipe

ROOT = Path(__file__).parents[2]
PAGES = sorted([*(ROOT / "docs").glob("*.md"), ROOT / "README.md"])
RUN = ("howto-structure.md", "howto-microscope.md", "howto-waves.md")
"""Pages whose samples run one after the other; those of the others need data, a cluster, a card."""


def samples(page: Path) -> list[str]:
    return blocks(page, "python")


def blocks(page: Path, language: str) -> list[str]:
    text = page.read_text(encoding="utf-8")
    found = re.findall(rf"^ *```{language}\n(.*?)```", text, flags=re.DOTALL | re.MULTILINE)
    return [dedent(block) for block in found]


def in_docs(target: str) -> bool:
    """Whether a link leads to a page that is made when the documentation is built."""
    name = Path(target).name
    example = ROOT / "examples" / f"{name}.py"
    known = name in ("index", "recipe-fields.md") or example.exists()
    return target.startswith(("gallery/", "api/")) and known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_imports_exists(page):
    for sample in samples(page):
        for node in ast.walk(ast.parse(sample)):
            ours = isinstance(node, ast.ImportFrom) and node.module.split(".")[0] in (
                "czone",
                "hrtem_sim",
                "seg_train",
            )
            for alias in node.names if ours else ():
                module = importlib.import_module(node.module)
                if not hasattr(module, alias.name):
                    importlib.import_module(f"{node.module}.{alias.name}")


@pytest.mark.parametrize("page", RUN)
def test_the_samples_of_a_page_run(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "agg")
    if page == "howto-waves.md":  # a folder of them
        (tmp_path / "waves").mkdir()
        for ending in ("h5", "xyz"):
            shutil.copy(ROOT / f"tests/physics/data/a2_au_atom_offgrid.{ending}", "waves")
    exec("\n".join(samples(ROOT / "docs" / page)), {})


def test_recipes_in_pages_are_recipes():
    kinds = {
        "film": FilmRecipe,
        "particle": ParticleRecipe,
        "placement": PlacementRecipe,
        "wave": WaveSettings,
        "imaging": ImagingRecipe,
        "detector": Detector,
        "mask": MaskRecipe,
        "storage": StorageRecipe,
    }
    tables = [tomllib.loads(block) for page in PAGES for block in blocks(page, "toml")]
    assert len(tables) >= 3
    for table in tables:
        assert set(table) <= {"dataset", "training"}
        if "training" in table:
            from_table(TrainingRecipe, table["training"], "training")
        if "seed" in table.get("dataset", {}):  # a whole one
            from_table(DatasetRecipe, table.pop("dataset"), "dataset")
        for name, part in table.get("dataset", {}).items():
            from_table(kinds[name], part, f"dataset.{name}")


def api_pages(monkeypatch):
    pytest.importorskip("sphinx")
    monkeypatch.syspath_prepend(ROOT / "docs")
    return runpy.run_path(str(ROOT / "docs" / "api_pages.py"))


def test_every_public_name_is_on_the_page_of_its_module(tmp_path, monkeypatch):
    pages = api_pages(monkeypatch)
    pages["write"](tmp_path)
    index = (tmp_path / "index.md").read_text(encoding="utf-8")
    for module in pages["modules"]():
        text = (tmp_path / f"{module}.md").read_text(encoding="utf-8")
        named = set(re.findall(r"\w+", text))
        missing = [name for name, _ in pages["public_objects"](module) if name not in named]
        assert not missing, f"the page of {module} leaves out {missing}"
        assert f"[{module}]" in index


def test_a_package_that_hands_on_describes_nothing_twice(tmp_path, monkeypatch):
    pages = api_pages(monkeypatch)
    pages["write"](tmp_path)
    # `automodule` with an empty list of members describes all that it can find
    for page in tmp_path.glob("*.md"):
        assert not re.search(r":members:\s*$", page.read_text(encoding="utf-8"), re.M), page.name
    assert "`BaseStrain`" in (tmp_path / "czone.types.md").read_text()


def test_every_package_has_its_pages(monkeypatch):
    pages = api_pages(monkeypatch)
    for package in ("czone", "hrtem_sim", "seg_train"):
        folders = {path.parent.name for path in (ROOT / package).glob("*/__init__.py")}
        assert folders <= set(pages["PACKAGES"][package])


def test_links_between_pages_lead_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            found = in_docs(target) or (page.parent / target).exists()
            assert found, f"{page.name} points at {target}"


def test_every_benchmark_is_listed():
    text = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    scripts = [path for path in (ROOT / "benchmarks").glob("*/*.py") if path.stem != "common"]
    assert [str(path) for path in scripts if path.stem not in text] == []
