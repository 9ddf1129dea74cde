"""The panel of the napari plugin: find particles, correct them, measure them, teach a network.

Nothing is computed here: the panel asks `finder`, `tuning` and `desk`, beside the window where it
takes long, and shows what they say. Needs napari and Qt.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from napari.utils.notifications import show_error
from qtpy.QtCore import QTimer
from qtpy.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from hrtem_sim.refusal import Refusal
from hrtem_sim.whole import write_table
from seg_train.ensembles import load_runs
from seg_train.particles import in_nanometres
from seg_train.viewer.desk import RIGHT, Desk
from seg_train.viewer.finder import Finder
from seg_train.viewer.finding import FoundParticles
from seg_train.viewer.forms import ALL, MicrographForm, SearchForm, TeachForm
from seg_train.viewer.jobs import Job, Report, Stopped
from seg_train.viewer.layers import pixel_size_of
from seg_train.viewer.networks import home, known_networks
from seg_train.viewer.particles import ParticleView
from seg_train.viewer.saving import calibrated, save_pair
from seg_train.viewer.tuning import new_folder, tune

SAID = (Refusal, OSError, ImportError, MemoryError)
"""Errors that are an answer to the user; others are faults, which napari shows with their trace."""

LOOK, SETTLE = 100, 300
"""Milliseconds between looks at work, and after a stroke of the brush until the table follows."""


class Panel(QWidget):
    """Find particles, correct them with napari's tools, measure them, teach a network.

    Parameters
    ----------
    napari_viewer
        Viewer, or its model; napari hands it over.
    """

    def __init__(self, napari_viewer: Any) -> None:
        super().__init__()
        self.viewer = napari_viewer
        self.job: Job | None = None
        self.finder = Finder()
        self._after: Callable[[], None] = lambda: None
        self._timer, self._settle = QTimer(self), QTimer(self)
        self._timer.setInterval(LOOK)
        self._timer.timeout.connect(self._look)
        self._settle.setInterval(SETTLE)
        self._settle.setSingleShot(True)
        self._settle.timeout.connect(self.refresh)
        self._lay_out()
        self.desk = Desk(napari_viewer, changed=self._settle.start)
        self._connect()
        _show_scale_bar(napari_viewer)
        self.list_networks()
        self.search.networks.value = [self.search.networks.choices[0]]
        self.refresh()

    # What is seen

    def _lay_out(self) -> None:
        self.micrograph, self.search, self.teach = MicrographForm(), SearchForm(), TeachForm(home())
        tabs = QTabWidget()
        tabs.addTab(self.search.native, "Find")
        tabs.addTab(self.teach.native, "Teach")
        self.bar, self.words = QProgressBar(), QLabel()
        self.bar.setMaximum(1000)
        self.words.setWordWrap(True)
        self.stop = QPushButton("Stop")
        self.stop.setEnabled(False)
        self.particles = ParticleView()
        self.save_table_button = QPushButton("Save table ...")
        self.save_masks_button = QPushButton("Save micrographs and masks ...")
        layout = QVBoxLayout(self)
        layout.addWidget(self.micrograph.native)
        layout.addWidget(tabs)
        layout.addLayout(_row(self.bar, self.stop))
        layout.addWidget(self.words)
        layout.addWidget(self.particles, stretch=1)
        layout.addLayout(_row(self.save_table_button, self.save_masks_button))

    def _connect(self) -> None:
        self.micrograph.which.changed.connect(self._show_micrograph)
        self.micrograph.pixel.changed.connect(self._answered(self._calibrate))
        self.micrograph.right.changed.connect(self._mark)
        self.search.add.changed.connect(self._answered(self._ask_for_network))
        self.search.start.changed.connect(self._answered(self.find))
        self.teach.start.changed.connect(self._answered(self.learn))
        self.teach.root.changed.connect(self.list_networks)
        self.stop.clicked.connect(self._stop)
        self.particles.chosen.connect(lambda row: self.desk.go_to(self.table.iloc[row]))
        self.save_table_button.clicked.connect(self._answered(self._ask_and_save_table))
        self.save_masks_button.clicked.connect(self._answered(self._ask_and_save_masks))

    def _answered(self, action: Callable[..., None]) -> Callable[..., None]:
        """The action, whose refusals are one message in the window."""

        def act(*_: Any) -> None:
            try:
                action()
            except SAID as error:
                show_error(" ".join(str(error).split()))

        return act

    # Micrographs

    def chosen(self) -> list[Any]:
        """Return the micrographs that are chosen: one, or all."""
        which = self.micrograph.which.value
        return [m for m in self.desk.micrographs if which in (ALL, m.name)]

    def refresh(self) -> None:
        """Show the micrographs, the table and the histogram as they are now."""
        names = [ALL, *(m.name for m in self.desk.micrographs)]
        if list(self.micrograph.which.choices) != names:
            before = self.micrograph.which.value
            self.micrograph.which.choices = names
            self.micrograph.which.value = before if before in names else ALL
        self._show_micrograph()
        self.table = self.desk.table()
        self.particles.display(self.table)
        right = len(list(self.desk.pairs(right=True)))
        self.teach.start.text = f"Teach the network with {right} micrograph{'s'[: right != 1]}"

    def _show_micrograph(self) -> None:
        one = self.chosen()[0] if len(self.chosen()) == 1 else None
        particles = self.desk.particles_of(one) if one else None
        with self.micrograph.pixel.changed.blocked(), self.micrograph.right.changed.blocked():
            self.micrograph.pixel.value = (pixel_size_of(one) or 0) / 10 if one else 0
            self.micrograph.right.value = bool(particles and particles.metadata.get(RIGHT))
        self.micrograph.pixel.enabled = one is not None
        self.micrograph.right.enabled = particles is not None

    def _calibrate(self) -> None:
        for micrograph in self.chosen()[:1]:
            self.desk.calibrate(micrograph, 10 * self.micrograph.pixel.value)

    def _mark(self) -> None:
        for micrograph in self.chosen()[:1]:
            particles = self.desk.particles_of(micrograph)
            if particles is not None:
                particles.metadata[RIGHT] = self.micrograph.right.value
        self.refresh()

    # Saving

    def save_table(self, path: str | Path) -> None:
        """Write the table of particles, lengths in nanometres, as CSV to a path."""
        write_table(path, in_nanometres(self.table), index=False)

    def save_masks(self, folder: str | Path) -> list[str]:
        """Write all micrographs that have particles, with masks, to a folder; return the paths."""
        written = []
        for micrograph, particles in self.desk.pairs():
            written += save_pair(
                folder,
                micrograph.name,
                micrograph.data,
                particles.data,
                pixel_size=calibrated(micrograph),
            )
        if not written:
            raise Refusal("particles must be found or drawn before they are saved; there are none")
        return written

    def _ask_and_save_table(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, "Save table", "particles.csv", "CSV (*.csv)")
        if path:
            self.save_table(path)

    def _ask_and_save_masks(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Folder of micrographs and masks")
        if folder:
            self.words.setText(f"{len(self.save_masks(folder))} files written to {folder}")

    # Networks

    def list_networks(self) -> None:
        """List the networks of the package and of the folder of the user's own."""
        before = list(self.search.networks.value)
        self.search.networks.choices = known_networks(self.teach.root.value, before)
        self.search.networks.value = before

    def choose_network(self, folder: str | Path) -> None:
        """Add the network or ensemble of a folder to the list and choose it alone."""
        load_runs(folder)  # refused now, not when a search begins
        listed = [*self.search.networks.choices, str(folder)]
        self.search.networks.choices = known_networks(self.teach.root.value, listed)
        self.search.networks.value = [str(folder)]

    def _ask_for_network(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Folder of a network")
        if folder:
            self.choose_network(folder)

    # Long work

    def find(self) -> None:
        """Find particles in the micrographs that are chosen, beside the window."""
        search = self.search.search()
        layers = self.chosen()
        if not layers:
            raise Refusal("micrograph must be open before particles are found in it; got none")
        asked = [(m.name, m.data, calibrated(m)) for m in layers]
        ready: SimpleQueue[tuple[int, FoundParticles]] = SimpleQueue()
        work = partial(self.finder.find_all, asked, search, ready.put)

        def show() -> None:
            while not ready.empty():
                number, found = ready.get()
                if layers[number] in self.viewer.layers:
                    self.desk.show(layers[number], found)

        self._begin(work, show)

    def learn(self) -> None:
        """Teach the chosen network with the micrographs that are right, beside the window."""
        chosen = self.search.networks.value
        if len(chosen) != 1:
            raise Refusal(f"networks must be one to be taught; got {len(chosen)} chosen in Find")
        micrographs = self.desk.labelled()
        folder = new_folder(self.teach.root.value, self.teach.called.value)
        work = partial(
            tune,
            chosen[0],
            micrographs,
            folder,
            epochs=self.teach.epochs.value,
            rehearse=self.teach.rehearse.value,
        )
        self._begin(lambda report: work(report=report), lambda: None)

    def _begin(self, work: Callable[[Report], Any], after: Callable[[], None]) -> None:
        if self.job is not None:
            raise Refusal("work must end before other work begins; press Stop, or wait")
        self.job, self._after = Job(work), after
        self._busy(True)
        self._timer.start()

    def _look(self) -> None:
        """Show how far the work is, and what came of it when it is over."""
        job = self.job
        if job is None:
            return
        over = job.over
        self.bar.setValue(round(1000 * job.done))
        self.words.setText(job.words)
        self._after()
        if not over:
            return
        self.job = None
        self._timer.stop()
        self._busy(False)
        try:
            result = job.result()
        except Stopped:
            self.words.setText("stopped")
            return
        except SAID as error:
            self.words.setText("")
            show_error(" ".join(str(error).split()))
            return
        self.bar.setValue(1000)
        self.refresh()
        if isinstance(result, Path):
            self.list_networks()
            self.choose_network(result)
            self.words.setText(f"the network {result.parent.name} is made and chosen")
        else:
            notes = f"; {'; '.join(result)}" if result else ""
            self.words.setText(f"{len(self.table)} particles in the table{notes}")

    def _busy(self, busy: bool) -> None:
        self.stop.setEnabled(busy)
        self.search.start.enabled = self.teach.start.enabled = not busy

    def _stop(self) -> None:
        if self.job is not None:
            self.job.stop()

    def closeEvent(self, event: Any) -> None:
        """End the work with the window."""
        self._stop()
        if self.job is None:
            self.finder.close()
        super().closeEvent(event)


def _show_scale_bar(viewer: Any) -> None:
    canvas = getattr(viewer, "canvas", None)  # of napari 0.9 and later
    bar = viewer.scale_bar if canvas is None else canvas.overlays.scale_bar
    bar.visible = True


def _row(*widgets: QWidget) -> QHBoxLayout:
    layout = QHBoxLayout()
    for widget in widgets:
        layout.addWidget(widget)
    return layout
