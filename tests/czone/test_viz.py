"""Pictures show what is there: the nearest atom, its colour, its place, on the right scale."""

import base64
import re
import shutil
import subprocess

import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("agg")
pyplot = pytest.importorskip("matplotlib.pyplot")

from ase import Atoms  # noqa: E402

from czone.molecule import Molecule  # noqa: E402
from czone.scene import Scene  # noqa: E402
from czone.viz import (  # noqa: E402
    plot,
    simple_scene_view,
    simple_scene_view_with_rotate,
    simple_scene_widget,
    simple_view_widget,
    simple_view_with_rotate,
    view,
)
from czone.viz.atoms import drawn_atoms  # noqa: E402
from czone.viz.interactive import SCRIPT  # noqa: E402
from czone.viz.render import PROJECTIONS, render_spheres  # noqa: E402


@pytest.fixture(autouse=True)
def close_figures():
    yield
    pyplot.close("all")


def color_at(atoms, projection, right, up):
    picture, (left, _, bottom, _) = render_spheres(atoms, PROJECTIONS[projection], 20.0)
    return picture[round((up - bottom) * 20), round((right - left) * 20)]


@pytest.mark.parametrize(
    ("projection", "toward", "right_up"),
    [
        ("xy", (0, 0, -1), (3, -5)),
        ("top", (0, 0, 1), (3, 5)),
        ("xz", (0, -1, 0), (3, 7)),
        ("yz", (1, 0, 0), (5, 7)),
    ],
)
def test_the_nearer_atom_hides_the_farther(projection, toward, right_up):
    place = np.array([3.0, 5, 7])
    red_in_front = drawn_atoms(
        ([place, place + 4 * np.array(toward)], [7, 8]), {"O": "red", "N": "blue"}
    )
    red, green, blue, opacity = color_at(red_in_front, projection, *right_up)
    assert opacity == 1
    assert red > 0.5 > max(green, blue)


def test_atom_covers_its_disc_and_no_more():
    gold = drawn_atoms(([[0, 0, 0]], [79]))
    picture, extent = render_spheres(gold, PROJECTIONS["xy"], 40.0)
    area = picture[..., 3].sum() / 40.0**2
    assert area == pytest.approx(np.pi * gold.radii[0] ** 2, rel=0.01)
    assert extent[1] - extent[0] == pytest.approx(picture.shape[1] / 40.0)


def test_every_projection_is_right_handed():
    for view_matrix in PROJECTIONS.values():
        assert np.linalg.det(view_matrix) == pytest.approx(1)


def test_lit_from_the_upper_left():
    gold = drawn_atoms(([[0, 0, 0]], [79]))
    bright, dark = color_at(gold, "xy", -0.6, 0.6), color_at(gold, "xy", 0.6, -0.6)
    assert bright[:3].sum() > 1.2 * dark[:3].sum()


@pytest.mark.parametrize(
    "source",
    [
        Molecule(["C", "O"], [[0, 0, 0], [0, 0, 1.13]]),
        Atoms("CO", positions=[[0, 0, 0], [0, 0, 1.13]]),
        (np.array([[0, 0, 0], [0, 0, 1.13]]), np.array([6, 8])),
    ],
)
def test_anything_with_atoms_is_drawn(source):
    figure = plot(source)
    assert len(figure.axes) == 3
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["C", "O"]


def test_scene_is_drawn_with_scale_bar_and_saved(tmp_path):
    scene = Scene(
        [[0, 0, 0], [40, 40, 20]], [Molecule("Au", [[5, 5, 5]]), Molecule("C", [[35, 5, 5]])]
    )
    scene.populate()
    figure = plot(scene, projections=("xy", "xz"), width=6)
    (bar,) = figure.axes[0].lines
    length = np.ptp(bar.get_xdata())
    assert any(text.get_text() == f"{length / 10:g} nm" for text in figure.axes[0].texts)
    # Both panels have the same number of inches per angstrom.
    scales = [
        panel.get_position().width * figure.get_figwidth() / np.ptp(panel.get_xlim())
        for panel in figure.axes
    ]
    assert scales[0] == pytest.approx(scales[1], rel=0.01)
    figure.savefig(tmp_path / "scene.png")
    assert (tmp_path / "scene.png").stat().st_size > 5000


def test_single_projection_into_given_axes():
    _, axes = pyplot.subplots()
    figure = plot(Molecule("Au", [[0, 0, 0]]), projections="yz", ax=axes)
    assert figure is axes.figure
    assert len(axes.images) == 1


def test_hundred_thousand_atoms_are_drawn():
    positions = np.random.default_rng(0).uniform(0, 100, (100_000, 3))
    figure = plot((positions, np.full(100_000, 6)), legend=False)
    assert len(figure.axes) == 3


def test_a_scene_shows_and_draws_itself():
    pytest.importorskip("py3Dmol")
    scene = Scene([[0, 0, 0], [9, 9, 9]], [Molecule(["Au", "C"], [[1, 2, 3], [4, 5, 6]])])
    scene.populate()
    assert hasattr(scene.view(), "_repr_html_")  # what Jupyter asks for
    assert "Au 1.0000 2.0000 3.0000" in scene.view().write_html()
    assert len(scene.plot().axes) == 3


def test_point_views_of_old_notebooks():
    points = np.random.default_rng(0).uniform(0, 10, (20, 3))
    assert len(simple_view_with_rotate(points, azim=10, elev=20).axes) == 4
    scene = Scene([[0, 0, 0], [10, 10, 10]], [Molecule(["Au", "C"], [[1, 2, 3], [4, 5, 6]])])
    scene.populate()
    assert len(simple_scene_view(scene, azim=10, elev=20).axes) == 4
    assert len(simple_scene_view_with_rotate(scene).axes) == 4


def test_widgets_have_two_sliders():
    pytest.importorskip("ipywidgets")
    scene = Scene([[0, 0, 0], [10, 10, 10]], [Molecule("Au", [[1, 2, 3]])])
    scene.populate()
    for widget in (simple_view_widget(np.zeros((3, 3))), simple_scene_widget(scene)):
        assert [child.description for child in widget.children[:2]] == ["azim", "elev"]


def test_view_holds_every_atom_and_the_box():
    pytest.importorskip("py3Dmol")
    scene = Scene([[0, 0, 0], [10, 10, 10]], [Molecule(["Au", "C"], [[1, 2, 3], [4, 5, 6]])])
    scene.populate()
    html = view(scene, colors={"C": "black"}).write_html()
    assert "Au 1.0000 2.0000 3.0000" in html
    assert html.count("addLine") == 12
    assert "#000000" in html


def test_view_takes_its_script_from_a_file_for_notebooks_without_network(tmp_path):
    pytest.importorskip("py3Dmol")
    script = tmp_path / "3Dmol-min.js"
    script.write_text("var three = 3;")
    atom = ([[0, 0, 0]], [79])
    page = view(atom, javascript=script).write_html()
    assert "data:text/javascript;base64,dmFyIHRocmVlID0gMzs=" in page
    assert "'https://here/3Dmol.js'" in view(atom, javascript="https://here/3Dmol.js")._make_html()
    with pytest.raises(FileNotFoundError, match="javascript must be a URL or the file"):
        view(atom, javascript=tmp_path / "absent.js")


def test_a_view_brings_its_script_and_needs_no_network():
    pytest.importorskip("py3Dmol")
    page = view(([[0, 0, 0]], [79])).write_html()
    assert "http://" not in page and "https://" not in page
    (script,) = re.findall(r"data:text/javascript;base64,([A-Za-z0-9+/=]+)", page)
    assert b"3dmol v2.5.5" in SCRIPT.with_name("3Dmol-min.js.LICENSE.txt").read_bytes()
    assert base64.b64decode(script) == SCRIPT.read_bytes()
    assert len(page) < 1e6


@pytest.mark.slow
def test_a_view_draws_in_a_browser_without_network(tmp_path):
    pytest.importorskip("py3Dmol")
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("there is no headless browser")
    gold = ([[0, 0, 0], [0, 0, 2.88]], [79, 79])
    (tmp_path / "view.html").write_text(view(gold, width=200, height=200).write_html())
    picture = tmp_path / "view.png"
    options = (
        "--headless",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--enable-unsafe-swiftshader",
    )
    offline = "--host-resolver-rules=MAP * ~NOTFOUND"
    subprocess.run(
        [
            browser,
            *options,
            offline,
            "--virtual-time-budget=20000",
            "--window-size=300,300",
            f"--user-data-dir={tmp_path / 'profile'}",
            f"--screenshot={picture}",
            (tmp_path / "view.html").as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=300,
    )
    pixels = pyplot.imread(picture)[..., :3]
    golden = (pixels[..., 0] > 0.4) & (pixels[..., 2] < 0.6 * pixels[..., 0])
    assert golden.mean() > 0.005  # an atom upon the other
