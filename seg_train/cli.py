"""`seg-train`: train, benchmark and use segmentation networks from the command line."""

import argparse
from collections.abc import Sequence

from hrtem_sim.arguments import Paths, count, not_negative, positive, probability, share
from hrtem_sim.commands import command_line, run_command
from seg_train import commands

PARTS = ("table1", "fig4a", "fig4b", "fig5", "fig6")
"""Names of `seg_train.reproduce.PARTS`, which takes TensorFlow to import."""

FORMATS = "DM3, DM4, EMD, MRC, SER, TIFF, PNG, .npy, ...; *.tif stands for all of a folder"

ABOVE = "probability above which a pixel is particle; default: that of the network"
NETWORK = "folder of a run or of several that predict together, or a name"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code, 2 for input that cannot be used."""
    return run_command(_parser(), arguments)


def _parser() -> argparse.ArgumentParser:
    parser = command_line("seg-train", __doc__)
    command = parser.add_subparsers(required=True, metavar="command")

    run = command.add_parser("run", help="the whole path of a recipe, to a report")
    run.add_argument("recipe", help="TOML file with the tables [dataset] and [training]")
    run.add_argument("--out", required=True, help="folder of data set, network, scores and report")
    run.add_argument("--workers", type=count, default=1, help="processes that simulate (default 1)")
    run.add_argument("--builder", help="file of the recipe's builder: it is run")
    run.add_argument("--quiet", action="store_true", help="show no progress")
    run.set_defaults(run=commands.on_run, resumes=True)

    fit = command.add_parser("fit", help="train a network")
    fit.add_argument("recipe", help="TOML file with a [training] table")
    fit.add_argument(
        "database",
        nargs="+",
        action=Paths,
        help="folders of data sets, or of micrographs with NAME_mask beside",
    )
    fit.add_argument("--pixel-size", type=positive, help="of these micrographs, in angstrom")
    _add_meaning(fit)
    fit.add_argument("--out", required=True, help="folder of the run; an unfinished one continues")
    fit.add_argument(
        "--samples",
        nargs="?",
        const="",
        metavar="FOLDER",
        help="score every epoch on labelled micrographs; alone: on those of the package",
    )
    fit.add_argument("--seeds", type=count, help="train so many networks, which predict together")
    fit.add_argument("--tensorboard", action="store_true", help="write logs for TensorBoard")
    fit.add_argument("--quiet", action="store_true", help="show no progress")
    fit.set_defaults(run=commands.on_fit, resumes=True)

    benchmark = command.add_parser("benchmark", help="score a network on labelled micrographs")
    benchmark.add_argument("network", help=NETWORK)
    benchmark.add_argument("--out", help="folder for the tables, the picture and the model card")
    benchmark.add_argument("--folder", help="micrographs NAME.tif with masks NAME_mask.tif")
    benchmark.add_argument("--images", help="HDF5 file of patches, with --masks")
    benchmark.add_argument("--masks", help="HDF5 file of their masks")
    benchmark.add_argument("--pixel-size", type=positive, help="of these files, in angstrom")
    benchmark.add_argument(
        "--median", type=count, default=3, help="window for --images (default 3)"
    )
    _add_meaning(benchmark)
    benchmark.add_argument("--symmetries", action="store_true", help="average eight predictions")
    benchmark.add_argument(
        "--scales", type=positive, nargs="+", default=[1.0], help="average these (1 1.12 1.25)"
    )
    benchmark.add_argument("--above", type=probability, help=ABOVE)
    benchmark.set_defaults(run=commands.on_benchmark)

    predict = command.add_parser("predict", help="segment micrographs and list their particles")
    predict.add_argument("network", help=NETWORK)
    predict.add_argument("images", nargs="+", action=Paths, help=FORMATS)
    predict.add_argument(
        "--pixel-size", type=positive, help="in angstrom; default: what each file says"
    )
    predict.add_argument("--frame", type=int, help="of stacks, from 0")
    predict.add_argument("--detector", help="name of one of several images in a file")
    predict.add_argument("--out", required=True, help="folder for masks, overlays and tables")
    predict.add_argument("--separate", action="store_true", help="split touching particles")
    predict.add_argument("--min-area", type=not_negative, default=50.0, help="square angstrom (50)")
    predict.add_argument("--also", action="append", default=[], help="one more network to average")
    predict.add_argument("--symmetries", action="store_true", help="average eight predictions")
    predict.add_argument(
        "--scales", type=positive, nargs="+", default=[1.0], help="average these (1 1.12 1.25)"
    )
    predict.add_argument("--above", type=probability, help=ABOVE)
    predict.set_defaults(run=commands.on_predict)

    gap = command.add_parser("gap", help="compare what a recipe trains on with micrographs")
    gap.add_argument("recipe", help="TOML file with the tables [dataset] and [training]")
    gap.add_argument(
        "images", nargs="*", action=Paths, help="micrographs; default: the experimental sample"
    )
    gap.add_argument("--out", required=True, help="folder of the table and the picture")
    gap.add_argument("--data", help="data set of the recipe; default: a few structures are built")
    gap.add_argument("--structures", type=count, default=16, help="that are built (default 16)")
    gap.add_argument("--pixel-size", type=positive, help="of the micrographs, in angstrom")
    gap.add_argument("--network", default="real_micrographs", help="says where their particles are")
    gap.add_argument("--quiet", action="store_true", help="show no progress")
    gap.set_defaults(run=commands.on_gap, resumes=True)

    study = command.add_parser("study", help="train and compare networks under conditions")
    study.add_argument("recipe", help="TOML file with a [study] table")
    study.add_argument("data", help="folder of the data set, or of the data sets by name")
    study.add_argument("--out", required=True, help="folder of the networks and tables")
    study.add_argument("--scale", type=positive, default=1.0, help="times the images (default 1)")
    study.add_argument("--repeats", type=count, help="networks of each condition, if others")
    study.add_argument("--share", type=share, default="0/1", help="i/n: do the i-th of n, from 0")
    study.add_argument("--quiet", action="store_true", help="show no progress")
    study.set_defaults(run=commands.on_study, resumes=True)

    again = command.add_parser("reproduce", help="a table or figure of the paper, from data to F1")
    again.add_argument("part", choices=PARTS, help="of the paper")
    again.add_argument("--out", help="folder; what is finished there stays")
    again.add_argument("--scale", type=positive, default=1.0, help="times the paper's size")
    again.add_argument("--data-scale", type=positive, help="of the data sets, if another")
    again.add_argument("--repeats", type=count, help="networks of each condition (default 5)")
    again.add_argument("--two-cores", action="store_true", help="smaller fields and networks")
    again.add_argument("--workers", type=count, default=1, help="processes that simulate")
    again.add_argument("--share", type=share, default="0/1", help="i/n: train the i-th of n shares")
    again.add_argument(
        "--images", nargs="+", action=Paths, help="HDF5 files of patches, such as the paper's"
    )
    again.add_argument(
        "--masks", nargs="+", action=Paths, help="HDF5 files of their masks, in this order"
    )
    again.add_argument("--pixel-size", type=positive, help="of these patches, in angstrom")
    again.add_argument("--dry-run", action="store_true", help="say what it would cost, and stop")
    again.add_argument("--quiet", action="store_true", help="show no progress")
    again.set_defaults(run=commands.on_reproduce, resumes=True)

    match = command.add_parser("match", help="write a recipe that suits your own micrographs")
    match.add_argument("images", nargs="+", action=Paths, help="micrographs, as predict takes them")
    match.add_argument("--material", required=True, help="of the particles: a name or a CIF file")
    match.add_argument("--energy", type=positive, required=True, help="in eV, such as 300e3")
    match.add_argument("--out", required=True, help="recipe to write, such as mine.toml")
    match.add_argument("--film", default="C", help="symbol or formula (default C)")
    match.add_argument("--pixel-size", type=positive, help="in angstrom; default: of the files")
    match.add_argument("--gain", type=positive, help="digital units per electron, if known")
    match.add_argument("--spherical", type=float, default=0.0, help="C30 in angstrom (default 0)")
    match.add_argument("--network", default="real_micrographs", help="that finds the particles")
    match.set_defaults(run=commands.on_match)

    show = command.add_parser("show", help="describe a run: its model card")
    show.add_argument("network", help=NETWORK)
    show.set_defaults(run=commands.on_show)

    export = command.add_parser("export", help="write a network for other programs")
    export.add_argument("network", help=NETWORK)
    export.add_argument("--out", required=True, help="NAME.onnx, NAME.keras, or a folder")
    export.set_defaults(run=commands.on_export)

    imported = command.add_parser("import", help="make a run of released weights of Keras 2")
    imported.add_argument("weights", help="HDF5 file of a model or of its weights, such as x.h5")
    imported.add_argument(
        "--recipe", default="training/paper", help="of the network (default training/paper)"
    )
    imported.add_argument("--out", required=True, help="folder of the run")
    imported.set_defaults(run=commands.on_import)

    pack = command.add_parser("pack", help="write networks in half the space, several as one")
    pack.add_argument("network", nargs="+", action=Paths, help=NETWORK)
    pack.add_argument("--out", required=True, help="folder of what is packed")
    pack.add_argument("--above", type=probability, help=ABOVE)
    pack.set_defaults(run=commands.on_pack)

    schema = command.add_parser("schema", help="print the JSON schema of recipes, for editors")
    schema.set_defaults(run=commands.on_schema)
    return parser


def _add_meaning(parser: argparse.ArgumentParser) -> None:
    """Add what says how drawn masks are read."""
    parser.add_argument(
        "--labels", choices=("classes", "instances"), help="what the numbers in masks are"
    )
    parser.add_argument("--threshold", type=float, help="gray above which masks are particle")
