"""Small files as microscopes and programs write them, read for what they are."""

import struct

import h5py
import numpy as np
import pytest

from hrtem_sim.interchange import read_micrograph
from hrtem_sim.pictures import write_png

tifffile = pytest.importorskip("tifffile")
pytest.importorskip("rsciio")

IMAGE = np.arange(48, dtype=np.uint8).reshape(6, 8)


def write_mrc(path, image, mode, *, cell=(0.7, 0.7), intervals=None, imod=None):
    ny, nx = image.shape
    header = np.zeros(256, "<i4")
    header[:4] = nx, ny, 1, mode
    header[7:10] = intervals or (nx, ny, 1)
    header[10:13] = np.array([cell[0] * nx, cell[1] * ny, 1], "<f4").view("<i4")
    header[16:19] = 1, 2, 3
    if imod is not None:
        header[38:40] = 1146047817, imod
    header[52], header[53] = int.from_bytes(b"MAP ", "little"), 0x4444
    path.write_bytes(header.tobytes() + image.tobytes())


def test_bytes_of_mrc_files_are_signed(tmp_path):
    image = (IMAGE.astype(int) - 24).astype(np.int8)
    write_mrc(tmp_path / "a.mrc", image, 0)
    np.testing.assert_array_equal(read_micrograph(tmp_path / "a.mrc").image, image)
    write_mrc(tmp_path / "a.mrc", image, 0, imod=1)
    np.testing.assert_array_equal(read_micrograph(tmp_path / "a.mrc").image, image)


def test_bytes_of_old_imod_files_are_not(tmp_path):
    image = IMAGE + np.uint8(200)
    write_mrc(tmp_path / "a.mrc", image, 0, imod=0)
    np.testing.assert_array_equal(read_micrograph(tmp_path / "a.mrc").image, image)


@pytest.mark.parametrize(
    "broken", [{"cell": (-0.7, -0.7)}, {"cell": (0.0, 0.0)}, {"intervals": (0, 0, 0)}]
)
def test_an_mrc_cell_that_is_none_is_not_believed(tmp_path, broken):
    write_mrc(tmp_path / "a.mrc", IMAGE.astype(np.float32), 2, **broken)
    with pytest.raises(ValueError, match="pixel_size must be given"):
        read_micrograph(tmp_path / "a.mrc")
    read = read_micrograph(tmp_path / "a.mrc", pixel_size=0.3)
    assert (read.pixel_size, read.stated) == (0.3, None)


def write_ser(path, image, pixel):
    """An image of Emispec's series: one 2D element of int32, calibrated in metres."""
    ny, nx = image.shape
    head = struct.pack("<HHHIIIIII", 0x4949, 0x0197, 0x0210, 0x4122, 0x4152, 1, 1, 66, 1)
    dimension = struct.pack("<IddIII", 1, 0.0, 1.0, 0, 0, 0)
    start = len(head) + len(dimension) + 8
    axes = b"".join(struct.pack("<ddI", 0.0, pixel, 0) for _ in range(2))
    data = axes + struct.pack("<HII", 6, nx, ny) + image[::-1].astype("<i4").tobytes()
    offsets = struct.pack("<II", start, start + len(data))
    tag = struct.pack("<HHI", 0x4152, 0, 1_700_000_000)
    head = head[:22] + struct.pack("<II", len(head) + len(dimension), 1)
    path.write_bytes(head + dimension + offsets + data + tag)


def test_ser_files_in_capitals(tmp_path):
    write_ser(tmp_path / "A_1.SER", IMAGE, 0.05e-9)
    read = read_micrograph(tmp_path / "A_1.SER")
    np.testing.assert_array_equal(read.image, IMAGE)
    assert read.pixel_size == pytest.approx(0.5) and read.name == "A_1"


def test_other_endings_in_capitals(tmp_path):
    write_mrc(tmp_path / "A.MRC", IMAGE.astype(np.float32), 2)
    tifffile.imwrite(tmp_path / "A.TIF", IMAGE)
    np.save(tmp_path / "a.npy", IMAGE)
    (tmp_path / "a.npy").rename(tmp_path / "A.NPY")
    write_png(tmp_path / "A.PNG", IMAGE)
    for ending in ("MRC", "TIF", "NPY", "PNG"):
        read = read_micrograph(tmp_path / f"A.{ending}", pixel_size=0.5)
        np.testing.assert_array_equal(read.image, IMAGE)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_white_that_is_zero_is_turned(tmp_path, dtype):
    image = IMAGE.astype(dtype)
    tifffile.imwrite(tmp_path / "a.tif", image, photometric="miniswhite")
    read = read_micrograph(tmp_path / "a.tif", pixel_size=1).image
    np.testing.assert_array_equal(read, np.iinfo(dtype).max - image)
    assert read.dtype == dtype


def test_colours_are_refused_and_gray_in_three_channels_is_gray(tmp_path):
    colours = np.stack([IMAGE, IMAGE, IMAGE // 2], axis=-1)
    tifffile.imwrite(tmp_path / "colour.tif", colours, photometric="rgb")
    tifffile.imwrite(tmp_path / "gray.tif", np.stack([IMAGE] * 3, axis=-1), photometric="rgb")
    table = np.zeros((3, 256), np.uint16)
    tifffile.imwrite(tmp_path / "palette.tif", IMAGE, photometric="palette", colormap=table)
    pillow = pytest.importorskip("PIL.Image")
    pillow.fromarray(colours).save(tmp_path / "colour.png")
    pillow.fromarray(colours).convert("P").save(tmp_path / "palette.png")
    np.save(tmp_path / "colour.npy", colours)
    for name in ("colour.tif", "colour.png", "colour.npy", "palette.tif", "palette.png"):
        with pytest.raises(ValueError, match=r"path must hold an image in gray; .* colour"):
            read_micrograph(tmp_path / name, pixel_size=1)
    np.save(tmp_path / "gray.npy", np.stack([IMAGE] * 3, axis=-1))
    for name in ("gray.tif", "gray.npy"):
        read = read_micrograph(tmp_path / name, pixel_size=1)
        np.testing.assert_array_equal(read.image, IMAGE)
    pillow.fromarray(IMAGE).convert("CMYK").save(tmp_path / "ink.jpg")  # 255 is no ink, not white
    with pytest.raises(ValueError, match=r"image in gray; ink\.jpg is in CMYK"):
        read_micrograph(tmp_path / "ink.jpg", pixel_size=1)


@pytest.mark.parametrize(
    ("unit", "size"),
    [
        ("Angstrom", 0.03),
        ("nanometer", 0.3),
        ("nanometers", 0.3),
        ("n_m", 0.3),
        ("microns", 300.0),
        ("\\u00B5m", 300.0),
        ("pm", 0.0003),
        ("NM", 0.3),
    ],
)
def test_units_of_imagej_however_they_are_spelled(tmp_path, unit, size):
    options = {"resolution": (1 / 0.03, 1 / 0.03), "metadata": {"unit": unit, "axes": "YX"}}
    tifffile.imwrite(tmp_path / "a.tif", IMAGE, imagej=True, **options)
    assert read_micrograph(tmp_path / "a.tif").pixel_size == pytest.approx(size, rel=1e-5)


@pytest.mark.parametrize(
    ("unit", "size"), [({}, 500.0), ({"PhysicalSizeXUnit": "nm", "PhysicalSizeYUnit": "nm"}, 0.5)]
)
def test_sizes_of_ome(tmp_path, unit, size):
    sizes = {"axes": "YX", "PhysicalSizeX": 0.05, "PhysicalSizeY": 0.05, **unit}
    tifffile.imwrite(tmp_path / "a.ome.tif", IMAGE, ome=True, metadata=sizes)
    assert read_micrograph(tmp_path / "a.ome.tif").pixel_size == pytest.approx(size)


@pytest.mark.parametrize("size", [0.5, 2000.0])
@pytest.mark.parametrize(("unit", "length"), [("CENTIMETER", 1e8), ("INCH", 2.54e8)])
def test_resolutions_of_microscopes_are_believed(tmp_path, size, unit, length):
    per = (length / size, length / size)
    tifffile.imwrite(tmp_path / "a.tif", IMAGE, resolution=per, resolutionunit=unit, metadata=None)
    assert read_micrograph(tmp_path / "a.tif").pixel_size == pytest.approx(size, rel=1e-6)


def test_pixels_above_a_thousand_angstrom_are_read(tmp_path):
    options = {"resolution": (2, 2), "metadata": {"unit": "micron", "axes": "YX"}}
    tifffile.imwrite(tmp_path / "a.tif", IMAGE, imagej=True, **options)
    assert read_micrograph(tmp_path / "a.tif").pixel_size == pytest.approx(5000)


@pytest.mark.parametrize("compression", ["lzw", "zlib"])
def test_compressed_tiffs(tmp_path, compression):
    pytest.importorskip("imagecodecs")
    tifffile.imwrite(tmp_path / "a.tif", IMAGE, compression=compression)
    np.testing.assert_array_equal(read_micrograph(tmp_path / "a.tif", pixel_size=1).image, IMAGE)


def test_a_tiff_that_was_compressed_with_loss(tmp_path):
    pytest.importorskip("imagecodecs")
    smooth = np.tile(np.arange(64, dtype=np.uint8) * 3, (64, 1))
    tifffile.imwrite(tmp_path / "a.tif", smooth, compression="jpeg")
    read = read_micrograph(tmp_path / "a.tif", pixel_size=1).image
    assert np.abs(read.astype(int) - smooth).max() <= 8


def test_pictures_need_a_pixel_size_unless_they_are_ours(tmp_path):
    pillow = pytest.importorskip("PIL.Image")
    smooth = np.tile(np.arange(64, dtype=np.uint8) * 3, (64, 1))
    pillow.fromarray(smooth).save(tmp_path / "a.jpg", dpi=(300, 300))
    write_png(tmp_path / "plain.png", smooth)
    write_png(tmp_path / "ours.png", smooth.astype(np.uint16) * 100, 0.25)
    for name in ("a.jpg", "plain.png"):
        with pytest.raises(ValueError, match="pixel_size must be given"):
            read_micrograph(tmp_path / name)
    assert (
        np.abs(read_micrograph(tmp_path / "a.jpg", pixel_size=1).image - smooth.astype(int)).max()
        < 9
    )
    ours = read_micrograph(tmp_path / "ours.png")
    assert ours.pixel_size == 0.25
    np.testing.assert_array_equal(ours.image, smooth.astype(np.uint16) * 100)


def test_what_the_file_states_is_kept_beside_what_is_given(tmp_path):
    write_mrc(tmp_path / "a.mrc", IMAGE.astype(np.float32), 2)
    read = read_micrograph(tmp_path / "a.mrc", pixel_size=0.5)
    assert read.pixel_size == 0.5 and read.stated == pytest.approx(0.7)


def test_one_detector_of_several_is_chosen_by_its_name(tmp_path):
    with h5py.File(tmp_path / "a.emd", "w") as file:  # Berkeley's EMD with two images
        file.attrs.update({"version_major": 0, "version_minor": 2})
        for number, name in enumerate(("HAADF", "BF")):
            group = file.create_group(f"data/{name}")
            group.attrs["emd_group_type"] = 1
            group["data"] = (IMAGE + number).T
            for axis, (label, n) in enumerate((("x", 8), ("y", 6)), start=1):
                dim = group.create_dataset(f"dim{axis}", data=np.arange(n) * 0.05)
                dim.attrs.update({"name": label, "units": "n_m"})
    for number, name in enumerate(("HAADF", "BF")):
        read = read_micrograph(tmp_path / "a.emd", detector=name)
        np.testing.assert_array_equal(read.image, IMAGE + number)
        assert read.pixel_size == pytest.approx(0.5)
    with pytest.raises(ValueError, match=r"detector must be given: .* several .*'BF', 'HAADF'"):
        read_micrograph(tmp_path / "a.emd")
    with pytest.raises(ValueError, match=r"detector must be one of 'BF', 'HAADF'"):
        read_micrograph(tmp_path / "a.emd", detector="EELS")
