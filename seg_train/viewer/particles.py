"""The table and the histogram of particles in the panel. Needs Qt."""

import pandas as pd
from qtpy.QtCore import Qt, Signal
from qtpy.QtGui import QPixmap
from qtpy.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from seg_train.viewer.measured import cells, histogram_png


class ParticleView(QWidget):
    """A table of particles above the histogram of their diameters.

    Notes
    -----
    `chosen` is emitted with the number of a row when it alone is selected.
    """

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.table = QTableWidget()
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.verticalHeader().setVisible(False)
        self.table.verticalHeader().setDefaultSectionSize(22)
        self.table.itemSelectionChanged.connect(self._selected)
        self.histogram = QLabel()
        self.histogram.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table, stretch=1)
        layout.addWidget(self.histogram)

    def display(self, particles: pd.DataFrame) -> None:
        """Show a table of particles, lengths in angstrom, in place of the one before."""
        heads, rows = cells(particles)
        self.table.setColumnCount(len(heads))
        self.table.setRowCount(len(rows))
        self.table.setHorizontalHeaderLabels(heads)
        for number, row in enumerate(rows):
            for column, text in enumerate(row):
                self.table.setItem(number, column, QTableWidgetItem(text))
        self.table.resizeColumnsToContents()
        picture = QPixmap()
        picture.loadFromData(histogram_png(particles))
        self.histogram.setPixmap(picture)

    def _selected(self) -> None:
        rows = {item.row() for item in self.table.selectedItems()}
        if len(rows) == 1:
            self.chosen.emit(rows.pop())
