"""`hrtem-sim`: recipes and data sets from the command line."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from hrtem_sim.arguments import IdleShare, count, positive, share
from hrtem_sim.commands import command_line, run_command
from hrtem_sim.refusal import Refusal

FORMATS = ("coco", "hyperspy", "numpy", "tiff", "zarr")
"""Names of `hrtem_sim.interchange.FORMATS`, which takes a second to import."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code, 2 for input that cannot be used."""
    return run_command(_parser(), arguments)


def _parser() -> argparse.ArgumentParser:
    parser = command_line("hrtem-sim", __doc__)
    commands = parser.add_subparsers(required=True, metavar="command")

    recipes = commands.add_parser("recipes", help="list the recipes of the package, or print one")
    recipes.add_argument("name", nargs="?", help="one of the list, to be printed")
    recipes.set_defaults(run=_recipes)

    build = commands.add_parser("build", help="make a data set from a recipe")
    build.add_argument("recipe", help="TOML file with a [dataset] table, or a name")
    build.add_argument("--out", help="folder of the data set")
    build.add_argument(
        "--dry-run",
        action="store_true",
        help="make a few structures and say what all of them will cost; write nothing",
    )
    build.add_argument("--workers", type=count, default=1, help="processes (default 1)")
    build.add_argument(
        "--scale", type=positive, default=1.0, help="times the recipe's number of structures"
    )
    build.add_argument(
        "--share",
        type=share,
        default="0/1",
        help="i/n: make the i-th of n shares, from 0",
    )
    build.add_argument("--builder", help="file of the recipe's builder: it is run")
    build.add_argument(
        "--on-error",
        choices=("stop", "skip"),
        default="stop",
        help="whether structures whose builder fails are left out",
    )
    build.add_argument("--quiet", action="store_true", help="show no progress")
    build.set_defaults(run=_build, resumes=True)

    preview = commands.add_parser("preview", help="draw a few structures of a recipe")
    preview.add_argument("recipe", help="TOML file with a [dataset] table, or a name")
    preview.add_argument("--structures", type=count, default=6, help="how many (default 6)")
    preview.add_argument("--builder", help="file of the recipe's builder: it is run")
    preview.add_argument("--out", default="preview.png", help="picture (default preview.png)")
    preview.set_defaults(run=_preview)

    show = commands.add_parser("show", help="describe a data set")
    show.add_argument("folder")
    show.set_defaults(run=_show)

    export = commands.add_parser("export", help="write micrographs for other programs")
    export.add_argument("folder")
    export.add_argument("--format", required=True, choices=FORMATS, help="of the files")
    export.add_argument("--out", required=True, help="folder or file to write")
    export.add_argument("--select", help='condition on the catalogue, such as "dose > 300"')
    export.set_defaults(run=_export)

    engines = commands.add_parser("engines", help="show which engines this machine has")
    engines.set_defaults(run=_engines)

    schema = commands.add_parser("schema", help="print the JSON schema of data-set recipes")
    schema.set_defaults(run=_schema)

    check = commands.add_parser("check", help="verify checksums, ids and completeness")
    check.add_argument("folder")
    check.set_defaults(run=_check)
    return parser


def _recipes(options: argparse.Namespace) -> int:
    from hrtem_sim.provenance import recipe_file, shipped_recipes

    names = shipped_recipes()
    if options.name is None:
        for name in names:
            first, *_ = recipe_file(name).read_text(encoding="utf-8").splitlines()
            print(f"{name:<{max(map(len, names)) + 2}}{first.removeprefix('# ')}")
    elif options.name in names:
        print(recipe_file(options.name).read_text(encoding="utf-8"), end="")
    else:
        plain = sorted({name.partition("/")[0] + "/" * ("/" in name) for name in names})
        raise Refusal(
            f"name must be one of {', '.join(plain)} (of those with a slash `hrtem-sim recipes` "
            f"lists all); got {options.name!r}"
        )
    return 0


def _schema(options: argparse.Namespace) -> int:
    from hrtem_sim.dataset.reference import dataset_schema
    from hrtem_sim.provenance.files import FILE_TABLES
    from hrtem_sim.provenance.schema import recipe_schema

    others = {name: {"type": "object"} for name in FILE_TABLES}  # of seg-train schema
    print(json.dumps(recipe_schema({**others, "dataset": dataset_schema()}), indent=1))
    return 0


def _engines(options: argparse.Namespace) -> int:
    from hrtem_sim.wave import ENGINES

    for name, kind in ENGINES.items():
        print(f"{name:<{max(map(len, ENGINES)) + 2}}{kind().describe()}")
    return 0


def _build(options: argparse.Namespace) -> int:
    from hrtem_sim.database import DatabaseError
    from hrtem_sim.dataset import build_dataset, read_dataset_recipe
    from hrtem_sim.wave import PrismaticError

    recipe = read_dataset_recipe(options.recipe).scaled(options.scale)
    if options.dry_run:
        from hrtem_sim.dataset.trial import estimate

        print(estimate(recipe, workers=options.workers, builder=options.builder))
        return 0
    if options.out is None:
        raise Refusal("--out must name the folder of the data set; got none")
    try:
        database = build_dataset(
            recipe,
            options.out,
            workers=options.workers,
            share=options.share,
            builder=options.builder,
            on_error=options.on_error,
            progress=not options.quiet,
        )
    except IdleShare as idle:
        print(idle)
        return 0
    except PrismaticError as error:
        raise DatabaseError(f"no wave from the engine of the recipe: {error}") from None
    print(database.identity, database)
    return 0


def _preview(options: argparse.Namespace) -> int:
    from hrtem_sim.dataset import read_dataset_recipe
    from hrtem_sim.drawing import Figure
    from hrtem_sim.preview import preview

    kinds, kind = Figure().canvas.get_supported_filetypes(), Path(options.out).suffix[1:].lower()
    if kind not in kinds:
        raise Refusal(f"--out must be a picture, such as preview.png; got {options.out!r}")
    recipe = read_dataset_recipe(options.recipe)
    figure = preview(recipe, structures=options.structures, builder=options.builder)
    figure.savefig(options.out, dpi=110)
    print(options.out)
    return 0


def _show(options: argparse.Namespace) -> int:
    from hrtem_sim.database import open_database

    database = open_database(options.folder)
    print(database.identity, database)
    print(database.catalogue.describe().T.to_string(float_format="{:.4g}".format))
    return 0


def _export(options: argparse.Namespace) -> int:
    from hrtem_sim.database import open_database
    from hrtem_sim.interchange import export

    database = open_database(options.folder)
    rows = list(database.select(options.select).index)
    path = export(database, rows, options.out, format=options.format)
    print(f"{len(rows)} micrographs: {path}")
    return 0


def _check(options: argparse.Namespace) -> int:
    from hrtem_sim.database import open_database
    from hrtem_sim.dataset import check_dataset

    database = open_database(options.folder)
    check_dataset(database)
    print(f"{len(database.paths)} shards are whole: {database.identity}")
    return 0
