"""A report that opens by itself: one HTML file with its pictures inside."""

import base64
import html
from pathlib import Path

import pandas as pd

from hrtem_sim.database import Database
from hrtem_sim.whole import write_whole
from seg_train.runs import TrainingRun

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1c2330; background: #fff;
       max-width: 1060px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.7rem; margin-bottom: .2rem; } h2 { font-size: 1.2rem; margin-top: 2.2rem; }
p.lead { color: #566; margin-top: 0; }
figure { margin: 1rem 0; } figure img { max-width: 100%; border: 1px solid #e3e6ea; }
figcaption { color: #566; font-size: .92rem; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .6rem; border-bottom: 1px solid #e3e6ea; text-align: right; }
th:first-child, td:first-child { text-align: left; }
pre { background: #f5f6f8; padding: .8rem; overflow-x: auto; font-size: .85rem; }
.numbers { display: flex; gap: 2rem; flex-wrap: wrap; margin: 1.2rem 0; }
.numbers div { min-width: 8rem; } .numbers b { display: block; font-size: 1.6rem; }
"""

COLUMNS = {
    "images": "images",
    "particle_f1": "particle F1",
    "particle_f1_low": "2.5 %",
    "particle_f1_high": "97.5 %",
    "f1": "F1 (soft, both classes)",
    "iou": "IoU",
    "precision": "precision",
    "recall": "recall",
    "found": "found",
    "missed": "missed",
    "invented": "invented",
}


def write_report(
    path: str | Path,
    *,
    title: str,
    recipe: str,
    database: Database,
    run: TrainingRun,
    scores: pd.DataFrame,
    summary: pd.DataFrame,
    figures: dict[str, Path],
) -> Path:
    """Write the report of a whole path.

    Parameters
    ----------
    path
        Path of the HTML file.
    title
        Title of the page.
    recipe
        TOML text.
    database, run
        Data set and network that were made.
    scores, summary
        On the experimental micrographs, each and pooled.
    figures
        PNG files by caption.

    Returns
    -------
    path
    """
    pooled = summary.iloc[-1]
    best = run.history["val_f1"].max() if "val_f1" in run.history else float("nan")
    numbers = {
        "structures": database.catalogue["structure"].nunique(),
        "micrographs": len(database),
        "validation F1": f"{best:.3f}",
        "F1 on experiments": f"{pooled['particle_f1']:.3f}",
    }
    pictures = "".join(map(_figure, figures.items()))
    columns = {old: new for old, new in COLUMNS.items() if old in summary}
    groups = summary[list(columns)].rename(columns=columns)
    shown = ["name", "particle_f1", "f1", "iou", "found", "missed", "invented"]
    each = scores[shown].rename(columns={**COLUMNS, "name": "micrograph"}).set_index("micrograph")
    boxes = "".join(f"<div><b>{value}</b>{name}</div>" for name, value in numbers.items())
    body = f"""
<p class="lead">Atoms, exit waves, micrographs and masks are simulated; the network has seen nothing
else; the micrographs it is scored on are real.</p>
<div class="numbers">{boxes}</div>
<h2>Pictures</h2>{pictures}
<h2>Scores on experimental micrographs</h2>
<p>Particle F1 pools the pixels of a group; its interval is a bootstrap over images. Soft F1 is the
mean over both classes without a threshold.</p>
{_table(groups)}
<h2>Each micrograph</h2>{_table(each)}
<h2>Recipe</h2><pre>{html.escape(recipe)}</pre>
<p class="lead">Data set {html.escape(database.identity)}, recipe {html.escape(database.recipe_id)}.
Micrographs: Sytwu et al. (2023), CC0-1.0, Dryad doi 10.7941/D1SP93.</p>
"""
    return write_page(path, title, body)


def write_match(
    path: str | Path, *, title: str, recipe: str, table: pd.DataFrame, figures: dict[str, Path]
) -> Path:
    """Write the page of micrographs that were measured and of a recipe that is matched to them.

    Parameters
    ----------
    path
        Path of the HTML file.
    title
        Title of the page.
    recipe
        TOML text.
    table
        One row per micrograph.
    figures
        PNG files by caption.

    Returns
    -------
    path
    """
    pictures = "".join(map(_figure, figures.items()))
    body = f"""
<p class="lead">What the micrographs say of the microscope, each number with the bounds that hold
the truth in nine cases of ten, and the recipe whose ranges lie about it.</p>
{pictures}
<h2>Measured</h2>{_table(table.set_index("image"))}
<h2>Recipe</h2><pre>{html.escape(recipe)}</pre>
"""
    return write_page(path, title, body)


def write_page(path: str | Path, title: str, body: str) -> Path:
    """Write a page with a title and what follows it.

    Parameters
    ----------
    path
        Path of the HTML file.
    title
        Title of the page, plain text.
    body
        HTML.

    Returns
    -------
    path
    """
    page = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>{STYLE}</style></head><body>
<h1>{html.escape(title)}</h1>{body}</body></html>
"""
    path = Path(path)
    write_whole(path, page)
    return path


def _figure(item: tuple[str, Path]) -> str:
    caption, path = item
    data = base64.b64encode(Path(path).read_bytes()).decode()
    text = html.escape(caption)
    image = f'<img alt="{text}" src="data:image/png;base64,{data}">'
    return f"<figure>{image}<figcaption>{text}</figcaption></figure>"


def _table(frame: pd.DataFrame) -> str:
    frame = frame.rename_axis(columns=None)
    return frame.reset_index().to_html(
        index=False, border=0, na_rep="–", float_format="{:.3f}".format
    )
