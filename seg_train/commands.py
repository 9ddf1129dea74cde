"""What each command of `seg-train` does: read, call, print, and return the exit code.

What can be refused is looked at before the seconds that TensorFlow takes: modules that load it are
imported where they are needed, after the input.
"""

import argparse
import json
import sys
import warnings
from pathlib import Path
from typing import Any

from hrtem_sim.arguments import IdleShare
from hrtem_sim.refusal import Refusal


def on_run(options: argparse.Namespace) -> int:
    from hrtem_sim.dataset import read_dataset_recipe
    from seg_train.recipe import read_training_recipe

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


def on_fit(options: argparse.Namespace) -> int:
    from seg_train.recipe import read_training_recipe

    recipe = read_training_recipe(options.recipe)
    data = _trained_on(options, shares=recipe.shares is not None)
    more = {
        "samples": _scored(options),
        "progress": not options.quiet,
        "tensorboard": options.tensorboard,
    }
    from seg_train import fit, fit_ensemble

    if options.seeds is None:
        runs = [fit(recipe, data, options.out, **more)]
    else:
        runs = fit_ensemble(recipe, data, options.out, seeds=options.seeds, **more)
    for run in runs:
        print(run.identity, run.folder)
    return 0


def _trained_on(options: argparse.Namespace, *, shares: bool) -> Any:
    """Return data sets, as one where no shares are asked for, and labelled micrographs."""
    from hrtem_sim.database import open_database, open_databases
    from seg_train.data import is_labelled, load_folder

    meaning = {"labels": options.labels, "threshold": options.threshold}
    labelled = {path for path in options.database if is_labelled(path)}
    parts: list[Any] = [
        load_folder(path, pixel_size=options.pixel_size, **meaning)
        if path in labelled
        else open_database(path)
        for path in options.database
    ]
    if len(parts) == 1:
        return parts[0]
    return parts if labelled or shares else open_databases(parts)


def _scored(options: argparse.Namespace) -> Any:
    """Return the micrographs that every epoch is scored on, or None."""
    from seg_train.data import load_experimental_sample, load_folder

    if options.samples is None:
        return None
    if options.samples == "":
        return load_experimental_sample()
    meaning = {"labels": options.labels, "threshold": options.threshold}
    return load_folder(options.samples, pixel_size=options.pixel_size, **meaning)


def on_benchmark(options: argparse.Namespace) -> int:
    from seg_train.ensembles import load_runs

    samples = _samples(options)
    network = load_runs(options.network)
    from seg_train.reports import benchmark_report

    summary = benchmark_report(
        network,
        samples,
        options.out,
        symmetries=options.symmetries,
        scales=options.scales,
        threshold=options.above,
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


def on_predict(options: argparse.Namespace) -> int:
    from seg_train.ensembles import as_runs

    network = as_runs([options.network, *options.also])
    _some_can_be_read(options)
    from seg_train.segmenting import segment_files

    done = segment_files(
        network,
        options.images,
        options.out,
        pixel_size=options.pixel_size,
        frame=options.frame,
        detector=options.detector,
        min_area=options.min_area,
        separate=options.separate,
        symmetries=options.symmetries,
        scales=options.scales,
        threshold=options.above,
    )
    for row in done.micrographs.itertuples():
        if row.notes:
            print(f"{row.image}: {row.notes}", file=sys.stderr)
    good = len(done.micrographs) - len(done.failed)
    print(f"{len(done.particles)} particles in {good} micrographs:", Path(options.out))
    for line in done.failed:
        print(f"not segmented: {line}", file=sys.stderr)
    return 1 if done.failed else 0


def _some_can_be_read(options: argparse.Namespace) -> None:
    """Refuse files of which none can be read; where one can, the others are named at the end."""
    from hrtem_sim.interchange import read_micrograph

    how = {name: getattr(options, name) for name in ("pixel_size", "frame", "detector")}
    bad = []
    for path in options.images:
        try:
            with warnings.catch_warnings(action="ignore"):  # told when the file's turn comes
                read_micrograph(path, **how)
        except (Refusal, OSError, ImportError, MemoryError) as error:
            bad.append(str(error))
        else:
            return
    more = f" ({len(bad) - 1} more cannot be read either)" if len(bad) > 1 else ""
    raise Refusal(bad[0] + more)


def on_gap(options: argparse.Namespace) -> int:
    from hrtem_sim.database import open_database
    from hrtem_sim.dataset import read_dataset_recipe
    from hrtem_sim.interchange import read_micrograph
    from seg_train.data import load_experimental_sample
    from seg_train.ensembles import load_runs
    from seg_train.recipe import read_training_recipe

    read_dataset_recipe(options.recipe)
    read_training_recipe(options.recipe)
    if options.data is not None:
        open_database(options.data)
    for path in options.images:
        read_micrograph(path, pixel_size=options.pixel_size)
    network = load_runs(options.network) if options.images else []
    from seg_train.gap import gap_report, micrographs_of

    if options.images:
        micrographs = micrographs_of(options.images, network, pixel_size=options.pixel_size)
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


def on_study(options: argparse.Namespace) -> int:
    from seg_train.study import read_study_recipe
    from seg_train.study.stores import open_stores, rows_of_conditions

    recipe = read_study_recipe(options.recipe).repeated(options.repeats)
    recipe = recipe.scaled(options.scale)
    stores = open_stores(recipe, options.data)
    rows_of_conditions(recipe, stores)
    from seg_train.reports import study_report

    try:
        table = study_report(
            recipe,
            stores,
            options.out,
            share=options.share,
            progress=not options.quiet,
        )
    except IdleShare as idle:
        print(idle)
        return 0
    print(table.T.to_string(float_format="{:.3f}".format))
    return 0


def on_schema(options: argparse.Namespace) -> int:
    from seg_train.study.reference import schema

    print(json.dumps(schema(), indent=1))
    return 0


def on_reproduce(options: argparse.Namespace) -> int:
    size = {
        "scale": options.scale,
        "data_scale": options.data_scale,
        "repeats": options.repeats,
        "two_cores": options.two_cores,
        "workers": options.workers,
    }
    if options.dry_run:
        from seg_train.reproduce import cost

        print("\n".join(cost(options.part, **size)))
        return 0
    if options.out is None:
        raise Refusal("--out must be given, or --dry-run to learn the cost; got neither")
    samples = _benchmarks(options)
    from seg_train.reproduce import reproduce

    table = reproduce(
        options.part,
        options.out,
        samples=samples,
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


def on_match(options: argparse.Namespace) -> int:
    from hrtem_sim.interchange import read_micrograph
    from hrtem_sim.specimen.materials import as_material
    from hrtem_sim.wave import WaveSettings
    from seg_train.ensembles import load_runs

    material = as_material(options.material)
    WaveSettings(energy=options.energy)
    network = load_runs(options.network)
    images = [read_micrograph(path, pixel_size=options.pixel_size) for path in options.images]
    for image in images:
        if image.doubt:
            print(f"{image.name}: {image.doubt}", file=sys.stderr)
    from seg_train.match import match_micrographs
    from seg_train.match_report import match_report

    matched = match_micrographs(
        images,
        material=material,
        energy=options.energy,
        film=options.film,
        network=network,
        gain=options.gain,
        spherical=options.spherical,
    )
    match_report(matched, images, options.out)
    for name, measured in zip(matched.names, matched.measured, strict=True):
        said = "; ".join(f"{what} {number}" for what, number in measured.table.items())
        print(f"{name}: {said}")
    print(Path(options.out), Path(options.out).with_suffix(".html"))
    return 0


def on_show(options: argparse.Namespace) -> int:
    from seg_train.card import model_card
    from seg_train.ensembles import load_runs

    print(model_card(load_runs(options.network)))
    return 0


def on_export(options: argparse.Namespace) -> int:
    from seg_train.ensembles import load_runs

    network = load_runs(options.network)
    from seg_train.export import export_network

    print(export_network(network, options.out))
    return 0


def on_pack(options: argparse.Namespace) -> int:
    from seg_train.ensembles import as_runs

    network = as_runs(options.network)
    from seg_train.export import pack_run

    for run in pack_run(network, options.out, threshold=options.above):
        print(run.identity, run.folder)
    return 0


def on_import(options: argparse.Namespace) -> int:
    """Make a run of released weights."""
    from seg_train.keras_files import read_keras_weights
    from seg_train.recipe import read_training_recipe

    recipe = read_training_recipe(options.recipe)
    read_keras_weights(options.weights)
    from seg_train.importing import import_weights

    run = import_weights(options.weights, options.out, recipe)
    print(run.identity, run.folder)
    return 0
