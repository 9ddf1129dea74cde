"""The page of costs: its tables follow from what it says was measured."""

import re
from pathlib import Path

import pytest

from hrtem_sim.dataset import read_dataset_recipe

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "costs.md").read_text(encoding="utf-8")
WORKERS = 2


def rows(text: str, columns: int) -> list[tuple[str, list[float]]]:
    """Recipe and numbers of the rows of tables with so many numbers."""
    found = []
    for line in text.splitlines():
        name, *cells = [cell.strip() for cell in line.strip("|").split("|")]
        numbers = [cell for cell in cells if re.fullmatch(r"[\d.,]+", cell)]
        if re.fullmatch(r"`\w+`", name) and len(numbers) == columns:
            found.append((name.strip("`"), [float(one.replace(",", "")) for one in numbers]))
    return found


def section(title: str) -> str:
    return PAGE.split(f"## {title}\n")[1].split("\n## ")[0]


MEASURED, EACH = section("Measured").split("```text")
PRICE = float(re.search(r"\*\*([\d.]+) € per core hour", PAGE)[1])


def of_one(name: str) -> tuple[float, float, float]:
    """Core seconds, gigabytes and euros of one micrograph, from the measured row."""
    (micrographs, wall, megabytes) = dict(rows(MEASURED, 3))[name]
    seconds = WORKERS * wall / micrographs
    return seconds, megabytes / micrographs / 1e3, seconds / 3600 * PRICE


def test_a_thousand_micrographs_cost_what_was_measured():
    table = rows(EACH, 3)
    assert [name for name, _ in table] == [name for name, _ in rows(MEASURED, 3)]
    for name, numbers in table:
        assert numbers == pytest.approx([1e3 * one for one in of_one(name)], rel=0.02), name


def test_projections_are_the_measured_times_their_number():
    table = rows(section("Projected"), 5)
    assert [numbers[0] for _, numbers in table] == 3 * [1e3, 1e4, 1e5, 1e6, 1e7]
    for name, (number, hours, shared, gigabytes, euros) in table:
        seconds, disk, price = (number * one for one in of_one(name))
        due = [seconds / 3600, seconds / 3600 / 100, disk, price]
        assert [hours, shared, gigabytes, euros] == pytest.approx(due, rel=0.06), name


def test_two_rows_are_those_of_the_throughput_on_the_page_of_data_sets():
    text = (DOCS / "datasets.md").read_text(encoding="utf-8")
    throughput = dict(rows(text.split("## Throughput")[1].split("\n## ")[0], 8))
    for name, (micrographs, wall, megabytes) in rows(MEASURED, 3):
        if name not in throughput:
            continue
        images = read_dataset_recipe(name).images_per_structure
        _, _, _, per_structure, _, kilobytes, _, _ = throughput.pop(name)
        assert micrographs == 8 * images
        assert wall == pytest.approx(8 * per_structure, rel=0.01)
        assert megabytes == pytest.approx(micrographs * kilobytes / 1e3, rel=0.01)
    assert not throughput
