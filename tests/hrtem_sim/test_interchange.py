"""What other programs read of a data set, and what we read of theirs."""

import csv
import json
import re
import struct
import sys
from importlib.util import find_spec
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest

from hrtem_sim.dataset import build_dataset, read_dataset_recipe
from hrtem_sim.dataset.again import stored_plan
from hrtem_sim.dataset.simulate import build_structure
from hrtem_sim.interchange import (
    FORMATS,
    decode_rle,
    encode_rle,
    export,
    export_hyperspy,
    export_numpy,
    export_tiff,
    export_zarr,
    particles_of,
    read_h5_pair,
    read_micrograph,
    stored_instances,
    to_coco,
)
from hrtem_sim.pictures import to_8_bit, write_png, write_tiff

SEVERAL = """
[dataset]
name = "several"
seed = 3
structures = 2
images_per_structure = 2

[dataset.particle]
materials = ["Au", "CdSe"]
radius = { uniform = [5.0, 6.0] }
count = 2
defects = 0

[dataset.film]
thickness = 4.0

[dataset.placement]
field = [38.4, 38.4]

[dataset.wave]
pixel_size = 0.2

[dataset.imaging]
dose = 400.0

[dataset.detector]
pixel_size = 0.4
"""


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    folder = tmp_path_factory.mktemp("several")
    (folder / "recipe.toml").write_text(SEVERAL)
    recipe = read_dataset_recipe(folder / "recipe.toml")
    return build_dataset(recipe, folder / "data", progress=False)


@pytest.mark.parametrize("seed", range(5))
def test_run_lengths_and_back_is_the_mask(seed):
    mask = np.random.default_rng(seed).random((7, 9)) < 0.5
    rle = encode_rle(mask)
    assert sum(rle["counts"]) == mask.size
    np.testing.assert_array_equal(decode_rle(rle), mask)


@pytest.mark.parametrize("value", [False, True])
def test_run_lengths_of_a_mask_of_one_value(value):
    mask = np.full((3, 4), value)
    assert encode_rle(mask)["counts"] == ([0, 12] if value else [12])
    np.testing.assert_array_equal(decode_rle(encode_rle(mask)), mask)


def test_the_particles_of_a_plan_are_those_of_the_structure(database):
    for row in (0, 2):
        plan = stored_plan(database, row)
        whole = build_structure(plan)
        alone, built = particles_of(plan), whole.specimen.only(*whole.particles)
        np.testing.assert_allclose(built.positions, alone.positions, atol=1e-9)
        np.testing.assert_allclose(built.cell, alone.cell, atol=1e-9)
        np.testing.assert_array_equal(built.numbers, alone.numbers)
        np.testing.assert_array_equal(built.labels, alone.labels)


def test_stored_instances_share_out_the_stored_masks(database):
    found = list(stored_instances(database, [3, 0, 1]))
    assert [row for row, _, _ in found] == [3, 0, 1]
    for row, plan, instances in found:
        np.testing.assert_array_equal(instances.ids > 0, database.masks([row])[0] > 0)
        for i, particle in enumerate(plan.specimen.particles):
            y, x = np.nonzero(instances.ids == i + 1)
            centre = (np.array([x.mean(), y.mean()]) + 0.5) * 0.4
            expected = np.array(plan.specimen.field) / 2 + particle.offset
            assert np.abs(centre - expected).max() < 1.0  # spheres of a few dozen atoms


def test_coco_holds_every_particle_once(database, tmp_path):
    path = to_coco(database, None, tmp_path / "coco")
    content = json.loads(path.read_text())
    assert len(content["images"]) == 4
    ids = [a["id"] for a in content["annotations"]]
    assert (
        ids == list(range(1, len(ids) + 1)) and len(ids) == database.catalogue["n_particles"].sum()
    )
    names = {c["id"]: c["name"] for c in content["categories"]}
    for image in content["images"]:
        row = int(np.flatnonzero(database.catalogue["micrograph"] == image["micrograph"])[0])
        assert (path.parent / "images" / image["file_name"]).stat().st_size > 500
        assert image["pixel_size"] == 0.4
        own = [a for a in content["annotations"] if a["image_id"] == image["id"]]
        masks = [decode_rle(a["segmentation"]) for a in own]
        np.testing.assert_array_equal(sum(m.astype(int) for m in masks), database.masks([row])[0])
        for annotation, mask in zip(own, masks, strict=True):
            assert names[annotation["category_id"]] == database.catalogue.iloc[row]["material"]
            assert annotation["area"] == mask.sum()
            x, y, width, height = annotation["bbox"]
            assert mask[y : y + height, x : x + width].sum() == mask.sum()
            assert mask[y].any() and mask[:, x + width - 1].any()


def test_two_exports_of_one_data_set_call_the_materials_alike(database, tmp_path):
    first = {m: database.select(f"material == '{m}'").index for m in ("Au", "CdSe")}
    found = {}
    for material, rows in first.items():
        content = json.loads(to_coco(database, rows, tmp_path / material).read_text())
        (found[material],) = {a["category_id"] for a in content["annotations"]}
        assert [c["name"] for c in content["categories"]] == ["Au", "CdSe"]
    assert found == {"Au": 1, "CdSe": 2}


@pytest.mark.parametrize("format", ["coco", "tiff", "numpy"])
def test_a_second_export_leaves_nothing_of_the_first(database, tmp_path, format):
    export(database, [0, 1], tmp_path / "one", format=format)
    export(database, [2], tmp_path / "both", format=format)
    export(database, [0, 1], tmp_path / "both", format=format)
    names = [
        sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
        for folder in (tmp_path / "one", tmp_path / "both")
    ]
    assert names[0] == names[1]


def test_files_of_others_are_neither_removed_nor_mixed_in(database, tmp_path):
    (tmp_path / "thesis.tif").write_text("mine")
    with pytest.raises(ValueError, match=r"holds thesis\.tif, which no export has written"):
        export(database, [0], tmp_path, format="tiff")
    assert (tmp_path / "thesis.tif").read_text() == "mine"
    (tmp_path / "thesis.tif").unlink()
    outside = tmp_path.parent / "outside.txt"
    outside.write_text("mine")
    (tmp_path / "export.json").write_text(json.dumps(["../outside.txt"]))
    export(database, [0], tmp_path, format="tiff")
    assert outside.read_text() == "mine"


def test_coco_run_lengths_are_those_of_pycocotools():
    tools = pytest.importorskip("pycocotools.mask")
    mask = np.random.default_rng(1).random((20, 30)) < 0.4
    rle = encode_rle(mask)
    np.testing.assert_array_equal(tools.decode(tools.frPyObjects(rle, 20, 30)), mask)


def test_png_is_read_back(tmp_path):
    pillow = pytest.importorskip("PIL.Image")
    for kind, top in ((np.uint8, 255), (np.uint16, 65535)):
        image = np.random.default_rng(0).integers(0, top, (5, 8), endpoint=True).astype(kind)
        write_png(tmp_path / "a.png", image, 0.25)
        with pillow.open(tmp_path / "a.png") as read:
            np.testing.assert_array_equal(np.array(read), image)
            assert read.info["pixel_size_angstrom"] == "0.25"
    with pytest.raises(ValueError, match="image must be"):
        write_png(tmp_path / "a.png", image.astype(float))


def test_8_bits_of_a_flat_image_are_dark():
    assert not to_8_bit(np.full((3, 3), 7)).any()


def test_tiffs_hold_counts_masks_and_pixel_size(database, tmp_path):
    pytest.importorskip("tifffile")
    folder = export_tiff(database, [1, 2], tmp_path / "tiff")
    with open(folder / "catalogue.csv", encoding="utf-8") as stream:
        lines = list(csv.DictReader(stream))
    assert [int(line["database_row"]) for line in lines] == [1, 2]
    pytest.importorskip("rsciio")
    for row, line in zip((1, 2), lines, strict=True):
        read = read_micrograph(folder / f"{line['micrograph']}.tif")
        np.testing.assert_array_equal(read.image, database.counts([row])[0])
        assert read.image.dtype == np.uint16 and read.name == line["micrograph"]
        assert read.pixel_size == pytest.approx(0.4, rel=1e-6)
        mask = read_micrograph(folder / f"{line['micrograph']}_mask.tif")
        np.testing.assert_array_equal(mask.image, database.masks([row])[0])


def test_numpy_arrays_hold_the_rows(database, tmp_path):
    folder = export_numpy(database, [3, 0], tmp_path / "numpy")
    images = np.load(folder / "images.npy", mmap_mode="r")
    np.testing.assert_array_equal(images, database.counts([3, 0]))
    np.testing.assert_array_equal(np.load(folder / "masks.npy"), database.masks([3, 0]))
    metadata = json.loads((folder / "metadata.json").read_text())
    assert metadata["pixel_size_angstrom"] == 0.4 and metadata["dataset"] == database.identity


def test_zarr_holds_the_rows_and_the_instances(database, tmp_path):
    zarr = pytest.importorskip("zarr")
    path = export_zarr(database, None, tmp_path / "data.zarr", instances=True)
    group = zarr.open_group(str(path), mode="r")
    np.testing.assert_array_equal(group["images"][:], database.counts(range(4)))
    np.testing.assert_array_equal(group["masks"][:], database.masks(range(4)))
    np.testing.assert_array_equal(group["instances"][:] > 0, database.masks(range(4)) > 0)
    assert group.attrs["pixel_size_angstrom"] == 0.4
    table = pd.read_csv(path / "catalogue.csv", index_col="database_row")
    assert list(table["micrograph"]) == list(database.catalogue["micrograph"])
    with pytest.raises(FileExistsError):
        export_zarr(database, None, path)


def test_hyperspy_files_have_the_right_pixel_size(database, tmp_path):
    path = export_hyperspy(database, [2, 1], tmp_path / "data.hspy")
    with pytest.raises(ValueError, match="path must end"):
        export_hyperspy(database, [2, 1], tmp_path / "data.h5")
    hspy = pytest.importorskip("rsciio.hspy")
    (signal,) = hspy.file_reader(str(path))
    np.testing.assert_array_equal(signal["data"], database.counts([2, 1]))
    assert [axis["navigate"] for axis in signal["axes"]] == [True, False, False]
    assert [axis["units"] for axis in signal["axes"][1:]] == ["Å", "Å"]
    assert [axis["scale"] for axis in signal["axes"][1:]] == [0.4, 0.4]
    table = pd.DataFrame(signal["original_metadata"]["catalogue"])
    for name in ("dose", "micrograph", "n_particles"):
        assert list(table[name]) == list(database.catalogue[name].iloc[[2, 1]])
    second = read_micrograph(path, frame=1)
    np.testing.assert_array_equal(second.image, database.counts([1])[0])
    assert second.pixel_size == pytest.approx(0.4)
    with pytest.raises(ValueError, match="frame must be one of the 2"):
        read_micrograph(path)


@pytest.mark.parametrize("kind", sorted(FORMATS))
def test_every_format_by_its_name(database, tmp_path, kind):
    for library in ("tifffile", "zarr"):
        pytest.importorskip(library)
    name = {"hyperspy": "a.hspy", "zarr": "a.zarr"}.get(kind, "a")
    assert export(database, [0], tmp_path / name, format=kind).exists()
    with pytest.raises(ValueError, match="format must be one of"):
        export(database, [0], tmp_path / "b", format="bmp")


def test_emd_and_mrc_micrographs(tmp_path):
    pytest.importorskip("rsciio")
    image = np.arange(30, dtype=np.float32).reshape(5, 6)
    with h5py.File(tmp_path / "a.emd", "w") as file:  # Berkeley's EMD
        file.attrs.update({"version_major": 0, "version_minor": 2})
        group = file.create_group("data/micrograph")
        group.attrs["emd_group_type"] = 1
        group["data"] = image.T  # x first, as RosettaSciIO reads and writes it
        for i, (name, n) in enumerate((("x", 6), ("y", 5)), start=1):
            dim = group.create_dataset(f"dim{i}", data=np.arange(n) * 0.03)
            dim.attrs.update({"name": name, "units": "nm"})
    read = read_micrograph(tmp_path / "a.emd")
    np.testing.assert_array_equal(read.image, image)
    assert read.pixel_size == pytest.approx(0.3)

    header = np.zeros(256, np.int32)
    header[:4] = 6, 5, 1, 2  # nx, ny, nz, float32
    header[7:10] = 6, 5, 1
    header[10:13] = np.array([6 * 0.7, 5 * 0.7, 1.0], np.float32).view(np.int32)  # angstrom
    header[16:19] = 1, 2, 3
    header[52], header[53] = int.from_bytes(b"MAP ", "little"), 0x4444
    (tmp_path / "a.mrc").write_bytes(header.tobytes() + image.tobytes())
    read = read_micrograph(tmp_path / "a.mrc")
    assert read.image.shape == (5, 6) and read.pixel_size == pytest.approx(0.7)
    np.testing.assert_array_equal(read.image, image)


def _dm3(image, scale, unit):
    """The bytes of a Digital Micrograph 3 file of one float32 image."""

    def group(**tags):
        return b"\1\0" + struct.pack(">i", len(tags)) + b"".join(tags.values())

    def named(kind, name, content):
        return bytes([kind]) + struct.pack(">h", len(name)) + name.encode() + content

    def sub(name, **tags):
        return named(20, name, group(**tags))

    def data(name, *definition, content):
        return named(21, name, b"%%%%" + struct.pack(f">{1 + len(definition)}i", len(definition),
                     *definition) + content)  # fmt: skip

    def number(name, kind, form, value):
        return data(name, kind, content=struct.pack(f"<{form}", value))

    def text(name, value):
        return data(name, 20, 4, len(value), content=value.encode("utf-16-le"))

    def calibration(name, scale, unit):
        origin, size = number("Origin", 6, "f", 0.0), number("Scale", 6, "f", scale)
        return sub(name, o=origin, s=size, u=text("Units", unit))

    axes = {"x": calibration("", scale, unit), "y": calibration("", scale, unit)}
    lengths = {"x": number("", 5, "I", image.shape[1]), "y": number("", 5, "I", image.shape[0])}
    content = sub(
        "ImageData",
        c=sub("Calibrations", b=calibration("Brightness", 1.0, "e-"), d=sub("Dimension", **axes)),
        d=data("Data", 20, 6, image.size, content=image.astype("<f4").tobytes()),
        t=number("DataType", 5, "I", 2),
        n=sub("Dimensions", **lengths),
        p=number("PixelDepth", 5, "I", 4),
    )
    root = group(i=sub("ImageList", one=sub("", d=content, t=sub("ImageTags"))))
    return struct.pack(">iii", 3, len(root), 1) + root


def test_digital_micrograph_files(tmp_path):
    pytest.importorskip("rsciio")
    image = np.arange(30, dtype=np.float32).reshape(5, 6)
    (tmp_path / "a.dm3").write_bytes(_dm3(image, 0.021, "nm"))
    read = read_micrograph(tmp_path / "a.dm3")
    np.testing.assert_array_equal(read.image, image)
    assert read.pixel_size == pytest.approx(0.21, rel=1e-6)  # stored as float32
    (tmp_path / "b.dm3").write_bytes(_dm3(image, 0.021, "1/nm"))
    with pytest.raises(ValueError, match="its axes are in '1/nm'"):
        read_micrograph(tmp_path / "b.dm3")


def test_a_file_without_pixel_size_asks_for_it(tmp_path):
    tifffile = pytest.importorskip("tifffile")
    pytest.importorskip("rsciio")
    image = np.arange(12, dtype=np.uint8).reshape(3, 4)
    tifffile.imwrite(tmp_path / "a.tif", image)
    with pytest.raises(ValueError, match="pixel_size must be given"):
        read_micrograph(tmp_path / "a.tif")
    read = read_micrograph(tmp_path / "a.tif", pixel_size=0.5)
    assert read.pixel_size == 0.5
    np.testing.assert_array_equal(read.image, image)
    with pytest.raises(ValueError, match="read-only"):
        read.image[0, 0] = 1


def test_numpy_files_need_no_other_library_but_a_pixel_size(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "rsciio", None)
    image = np.arange(12, dtype=np.int16).reshape(3, 4)
    np.save(tmp_path / "a.npy", image[..., None])
    with pytest.raises(ValueError, match="pixel_size must be given"):
        read_micrograph(tmp_path / "a.npy")
    read = read_micrograph(tmp_path / "a.npy", pixel_size=0.5)
    assert read.image.dtype == np.int16 and (read.pixel_size, read.name) == (0.5, "a")
    np.testing.assert_array_equal(read.image, image)


@pytest.mark.parametrize(("unit", "size"), [("nm", 0.3), ("micron", 300.0), ("\\u00C5", 0.03)])
def test_tiffs_of_imagej_are_in_their_unit(tmp_path, unit, size):
    tifffile = pytest.importorskip("tifffile")
    pytest.importorskip("rsciio")
    options = {"resolution": (1 / 0.03, 1 / 0.03), "metadata": {"unit": unit, "axes": "YX"}}
    tifffile.imwrite(tmp_path / "a.tif", np.zeros((4, 4), np.uint8), imagej=True, **options)
    assert read_micrograph(tmp_path / "a.tif").pixel_size == pytest.approx(size, rel=1e-6)


def test_float_tiff_keeps_large_counts(tmp_path):
    pytest.importorskip("tifffile")
    pytest.importorskip("rsciio")
    write_tiff(tmp_path / "a.tif", np.array([[70000, 1]], np.uint32), 0.2)
    np.testing.assert_array_equal(read_micrograph(tmp_path / "a.tif").image, [[70000, 1]])


@pytest.mark.parametrize(("name", "channels"), [("maps", 2), ("labels", 0)])
def test_h5_pairs_of_the_papers_kind(tmp_path, name, channels):
    rng = np.random.default_rng(0)
    images = rng.random((3, 8, 8, 1), np.float32)
    masks = (rng.random((3, 8, 8)) < 0.3).astype(np.uint8)
    masks[1] = 0
    stored = np.stack([1 - masks, masks], -1) if channels else 255 * masks
    with h5py.File(tmp_path / "i.h5", "w") as file:
        file["images"] = images
    with h5py.File(tmp_path / "m.h5", "w") as file:
        file[name] = stored
    found = list(read_h5_pair(tmp_path / "i.h5", tmp_path / "m.h5", pixel_size=0.2))
    assert [f.name for f in found] == ["i_0000", "i_0001", "i_0002"]
    np.testing.assert_array_equal([f.image for f in found], images[..., 0])
    np.testing.assert_array_equal([f.mask for f in found], masks)
    some = read_h5_pair(tmp_path / "i.h5", tmp_path / "m.h5", pixel_size=0.2, keep_empty=False)
    assert [f.name for f in some] == ["i_0000", "i_0002"]


def test_the_data_set_sample_of_the_labels_page_runs(database, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").symlink_to(database.folder)
    page = (Path(__file__).parents[2] / "docs/labels.md").read_text()
    names: dict = {}
    exec(re.findall(r"```python\n(.*?)```", page, re.DOTALL)[1], names)
    assert len(names["structure"].grains) == database.catalogue["n_particles"].iloc[0]
    assert all(grain.bases is not None for grain in names["structure"].grains)


def test_the_samples_of_the_interchange_page_run(database, tmp_path, monkeypatch):
    for library in ("rsciio", "tifffile", "zarr"):
        pytest.importorskip(library)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").symlink_to(database.folder)
    page = (Path(__file__).parents[2] / "docs/interchange.md").read_text()
    out, loader, back = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    exec(out, {})
    if find_spec("torch"):
        exec(loader, {"__name__": "__main__"})
    assert {"coco", "tiff", "numpy", "data.zarr", "data.hspy"} < {
        p.name for p in tmp_path.iterdir()
    }
    write_tiff(tmp_path / "tiff" / "example.tif", database.counts([0])[0], 0.4)
    for name in ("images", "maps"):
        with h5py.File(f"{name}.h5", "w") as file:
            file[name] = np.zeros((1, 8, 8), np.uint8)
    names: dict = {}
    exec(back, names)
    assert names["micrograph"].image.shape == database.shape
