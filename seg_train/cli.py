"""`seg-train`: train, benchmark and use segmentation networks from the command line."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hrtem_sim.arguments import IdleShare, count, not_negative, positive, share
from hrtem_sim.commands import command_line, run_command
from hrtem_sim.refusal import Refusal

PARTS = ("table1", "fig4a", "fig4b", "fig5", "fig6")
"""Names of `seg_train.reproduce.PARTS`, which takes TensorFlow to import."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code, 2 for input that cannot be used."""
    return run_command(_parser(), arguments)


def _parser() -> argparse.ArgumentParser:
    parser = command_line("seg-train", __doc__)
    commands = parser.add_subparsers(required=True, metavar="command")

    run = commands.add_parser("run", help="the whole path of a recipe, to a report")
    run.add_argument("recipe", help="TOML file with the tables [dataset] and [training]")
    run.add_argument("--out", required=True, help="folder of data set, network, scores and report")
    run.add_argument("--workers", type=count, default=1, help="processes that simulate (default 1)")
    run.add_argument("--builder", help="file of the recipe's builder: it is run")
    run.add_argument("--quiet", action="store_true", help="show no progress")
    run.set_defaults(run=_run, resumes=True)

    fit = commands.add_parser("fit", help="train a network")
    fit.add_argument("recipe", help="TOML file with a [training] table")
    fit.add_argument("database", nargs="+", help="folder of the data set, or of several as one")
    fit.add_argument("--out", required=True, help="folder of the run; an unfinished one continues")
    fit.add_argument("--tensorboard", action="store_true", help="write logs for TensorBoard")
    fit.add_argument("--quiet", action="store_true", help="show no progress")
    fit.set_defaults(run=_fit, resumes=True)

    benchmark = commands.add_parser("benchmark", help="score a network on labelled micrographs")
    benchmark.add_argument("network", help="folder of a run")
    benchmark.add_argument("--out", help="folder for the tables, the picture and the model card")
    benchmark.add_argument("--folder", help="micrographs NAME.tif with masks NAME_mask.tif")
    benchmark.add_argument("--images", help="HDF5 file of patches, with --masks")
    benchmark.add_argument("--masks", help="HDF5 file of their masks")
    benchmark.add_argument("--pixel-size", type=positive, help="of these files, in angstrom")
    benchmark.add_argument(
        "--median", type=count, default=3, help="window for --images (default 3)"
    )
    benchmark.add_argument(
        "--labels", choices=("classes", "instances"), help="what the numbers in masks are"
    )
    benchmark.add_argument("--threshold", type=float, help="gray above which masks are particle")
    benchmark.add_argument("--symmetries", action="store_true", help="average eight predictions")
    benchmark.add_argument(
        "--scales", type=positive, nargs="+", default=[1.0], help="average these (1 1.12 1.25)"
    )
    benchmark.set_defaults(run=_benchmark)

    predict = commands.add_parser("predict", help="segment micrographs and list their particles")
    predict.add_argument("network", help="folder of a run")
    predict.add_argument("images", nargs="+", help="DM3, DM4, EMD, MRC, SER, TIFF, PNG, .npy, ...")
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
    predict.set_defaults(run=_predict)

    gap = commands.add_parser("gap", help="compare what a recipe trains on with micrographs")
    gap.add_argument("recipe", help="TOML file with the tables [dataset] and [training]")
    gap.add_argument("images", nargs="*", help="micrographs; default: the experimental sample")
    gap.add_argument("--out", required=True, help="folder of the table and the picture")
    gap.add_argument("--data", help="data set of the recipe; default: a few structures are built")
    gap.add_argument("--structures", type=count, default=16, help="that are built (default 16)")
    gap.add_argument("--pixel-size", type=positive, help="of the micrographs, in angstrom")
    gap.add_argument("--network", default="real_micrographs", help="says where their particles are")
    gap.add_argument("--quiet", action="store_true", help="show no progress")
    gap.set_defaults(run=_gap, resumes=True)

    study = commands.add_parser("study", help="train and compare networks under conditions")
    study.add_argument("recipe", help="TOML file with a [study] table")
    study.add_argument("data", help="folder of the data set, or of the data sets by name")
    study.add_argument("--out", required=True, help="folder of the networks and tables")
    study.add_argument("--scale", type=positive, default=1.0, help="times the images (default 1)")
    study.add_argument("--share", type=share, default="0/1", help="i/n: do the i-th of n, from 0")
    study.add_argument("--quiet", action="store_true", help="show no progress")
    study.set_defaults(run=_study, resumes=True)

    again = commands.add_parser("reproduce", help="a table or figure of the paper, from data to F1")
    again.add_argument("part", choices=PARTS, help="of the paper")
    again.add_argument("--out", required=True, help="folder; what is finished there stays")
    again.add_argument("--scale", type=positive, default=1.0, help="times the paper's size")
    again.add_argument("--two-cores", action="store_true", help="smaller fields and networks")
    again.add_argument("--workers", type=count, default=1, help="processes that simulate")
    again.add_argument("--share", type=share, default="0/1", help="i/n: train the i-th of n shares")
    again.add_argument("--images", nargs="+", help="HDF5 files of patches, such as the paper's")
    again.add_argument("--masks", nargs="+", help="HDF5 files of their masks, in this order")
    again.add_argument("--pixel-size", type=positive, help="of these patches, in angstrom")
    again.add_argument("--dry-run", action="store_true", help="say what it would cost, and stop")
    again.add_argument("--quiet", action="store_true", help="show no progress")
    again.set_defaults(run=_reproduce, resumes=True)

    match = commands.add_parser("match", help="write a recipe that suits your own micrographs")
    match.add_argument("images", nargs="+", help="micrographs, as predict takes them")
    match.add_argument("--material", required=True, help="of the particles: a name or a CIF file")
    match.add_argument("--energy", type=positive, required=True, help="in eV, such as 300e3")
    match.add_argument("--out", required=True, help="recipe to write, such as mine.toml")
    match.add_argument("--film", default="C", help="symbol or formula (default C)")
    match.add_argument("--pixel-size", type=positive, help="in angstrom; default: of the files")
    match.add_argument("--gain", type=positive, help="digital units per electron, if known")
    match.add_argument("--spherical", type=float, default=0.0, help="C30 in angstrom (default 0)")
    match.add_argument("--network", default="real_micrographs", help="that finds the particles")
    match.set_defaults(run=_match)

    show = commands.add_parser("show", help="describe a run: its model card")
    show.add_argument("network", help="folder of a run")
    show.set_defaults(run=_show)

    schema = commands.add_parser("schema", help="print the JSON schema of recipes, for editors")
    schema.set_defaults(run=_schema)
    return parser


def _run(options: argparse.Namespace) -> int:
    from hrtem_sim.dataset import read_dataset_recipe
    from seg_train.recipe import read_training_recipe

    # before the seconds TensorFlow takes
    read_dataset_recipe(options.recipe).with_builder(options.builder)
    read_training_recipe(options.recipe)
    from seg_train.workflow import run_workflow

    result = run_workflow(
        options.recipe,
        options.out,
        workers=options.workers,
        builder=options.builder,
        progress=not options.quiet,
    )
    columns = ["images", "particle_f1", "f1", "found", "missed", "invented"]
    print(result.summary[columns].to_string(float_format="{:.3f}".format))
    print(result.database.identity, result.report)
    return 0


def _fit(options: argparse.Namespace) -> int:
    from seg_train.recipe import read_training_recipe

    recipe = read_training_recipe(options.recipe)  # before the seconds TensorFlow takes
    from hrtem_sim.database import open_databases
    from seg_train import fit

    one, *others = options.database
    run = fit(
        recipe,
        open_databases([one, *others]) if others else one,
        options.out,
        progress=not options.quiet,
        tensorboard=options.tensorboard,
    )
    print(run.identity, run.folder)
    return 0


def _benchmark(options: argparse.Namespace) -> int:
    from seg_train.reports import benchmark_report

    samples = _samples(options)
    summary = benchmark_report(
        options.network,
        samples,
        options.out,
        symmetries=options.symmetries,
        scales=options.scales,
    )
    print(summary.to_string(float_format="{:.3f}".format))
    return 0


def _samples(options: argparse.Namespace) -> Any:
    from seg_train.data import load_experimental_sample, load_folder, load_h5_pair

    if (options.images is None) != (options.masks is None):
        got = options.images or options.masks
        raise Refusal(f"--images and --masks must be given together; got {got} alone")
    if options.folder is None and options.images is None:
        return load_experimental_sample()
    meaning = {"labels": options.labels, "threshold": options.threshold}
    if options.folder is not None:
        return load_folder(options.folder, pixel_size=options.pixel_size, **meaning)
    if options.pixel_size is None:
        raise Refusal(f"--pixel-size must be given with --images; got {options.images} alone")
    return list(
        load_h5_pair(
            options.images,
            options.masks,
            pixel_size=options.pixel_size,
            median=options.median,
            **meaning,
        )
    )


def _predict(options: argparse.Namespace) -> int:
    from seg_train.segmenting import segment_files

    done = segment_files(
        [options.network, *options.also],
        options.images,
        options.out,
        pixel_size=options.pixel_size,
        frame=options.frame,
        detector=options.detector,
        min_area=options.min_area,
        separate=options.separate,
        symmetries=options.symmetries,
        scales=options.scales,
    )
    for row in done.micrographs.itertuples():
        if row.notes:
            print(f"{row.image}: {row.notes}", file=sys.stderr)
    good = len(done.micrographs) - len(done.failed)
    print(f"{len(done.particles)} particles in {good} micrographs:", Path(options.out))
    for line in done.failed:
        print(f"not segmented: {line}", file=sys.stderr)
    return 1 if done.failed else 0


def _gap(options: argparse.Namespace) -> int:
    from hrtem_sim.dataset import read_dataset_recipe
    from seg_train.recipe import read_training_recipe

    read_dataset_recipe(options.recipe)  # before the seconds TensorFlow takes
    read_training_recipe(options.recipe)
    from seg_train.data import load_experimental_sample
    from seg_train.gap import gap_report, micrographs_of

    if options.images:
        micrographs = micrographs_of(options.images, options.network, pixel_size=options.pixel_size)
    else:
        micrographs = load_experimental_sample()
    gap = gap_report(
        options.recipe,
        micrographs,
        options.out,
        data=options.data,
        structures=options.structures,
        progress=not options.quiet,
    )
    print(gap.table.to_string(float_format="{:.3f}".format))
    print("\n".join(f"does not fit: {line}" for line in gap.failures) or "training holds the real")
    return 1 if gap.failures else 0


def _study(options: argparse.Namespace) -> int:
    from seg_train.study import read_study_recipe

    recipe = read_study_recipe(options.recipe).scaled(options.scale)
    from seg_train.reports import study_report

    try:
        table = study_report(
            recipe,
            options.data,
            options.out,
            share=options.share,
            progress=not options.quiet,
        )
    except IdleShare as idle:
        print(idle)
        return 0
    print(table.T.to_string(float_format="{:.3f}".format))
    return 0


def _schema(options: argparse.Namespace) -> int:
    from seg_train.study.reference import schema

    print(json.dumps(schema(), indent=1))
    return 0


def _reproduce(options: argparse.Namespace) -> int:
    from seg_train.reproduce import cost, reproduce

    size = {
        "scale": options.scale,
        "two_cores": options.two_cores,
        "workers": options.workers,
    }
    if options.dry_run:
        print("\n".join(cost(options.part, **size)))
        return 0
    table = reproduce(
        options.part,
        options.out,
        samples=_benchmarks(options),
        share=options.share,
        progress=not options.quiet,
        **size,
    )
    print(table.T.to_string(float_format="{:.3f}".format))
    return 0


def _benchmarks(options: argparse.Namespace) -> Any:
    """Return the patches of all files, or None for the sample of the package."""
    from seg_train.data import load_h5_pair

    images, masks = options.images or [], options.masks or []
    if len(images) != len(masks):
        raise Refusal(f"--masks must be as many as --images, {len(images)}; got {len(masks)}")
    if not images:
        return None
    if options.pixel_size is None:
        raise Refusal(f"--pixel-size must be given with --images; got {images[0]} alone")
    pairs = zip(images, masks, strict=True)
    return [patch for pair in pairs for patch in load_h5_pair(*pair, pixel_size=options.pixel_size)]


def _match(options: argparse.Namespace) -> int:
    from hrtem_sim.interchange import read_micrograph
    from hrtem_sim.specimen.materials import as_material
    from hrtem_sim.wave import WaveSettings

    material = as_material(options.material)
    WaveSettings(energy=options.energy)  # before the seconds TensorFlow takes
    images = [read_micrograph(path, pixel_size=options.pixel_size) for path in options.images]
    from seg_train.match import match_micrographs
    from seg_train.match_report import match_report

    matched = match_micrographs(
        images,
        material=material,
        energy=options.energy,
        film=options.film,
        network=options.network,
        gain=options.gain,
        spherical=options.spherical,
    )
    match_report(matched, images, options.out)
    for name, measured in zip(matched.names, matched.measured, strict=True):
        said = "; ".join(f"{what} {number}" for what, number in measured.table.items())
        print(f"{name}: {said}")
    print(Path(options.out), Path(options.out).with_suffix(".html"))
    return 0


def _show(options: argparse.Namespace) -> int:
    from seg_train.card import model_card
    from seg_train.runs import load_run

    print(model_card(load_run(options.network)))
    return 0
