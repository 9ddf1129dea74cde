"""The fields of the panel: what is asked for, in the words of a microscopist. Needs Qt."""

from pathlib import Path

from magicgui.widgets import (
    CheckBox,
    ComboBox,
    Container,
    FileEdit,
    FloatSpinBox,
    LineEdit,
    PushButton,
    Select,
    SpinBox,
)

from seg_train.viewer.finding import SCALES, Search
from seg_train.viewer.tuning import EPOCHS

ALL = "all micrographs"
"""Choice of every micrograph that is open."""


class MicrographForm(Container):
    """Which micrograph, how large its pixels are, and whether its particles are right."""

    def __init__(self) -> None:
        self.which = ComboBox(label="micrograph", choices=[ALL])
        self.pixel = FloatSpinBox(
            label="pixel (nm)", min=0, max=10, step=0.001, tooltip="0: not known"
        )
        self.pixel.native.setDecimals(5)
        self.right = CheckBox(
            text="its particles are right",
            tooltip="ticked by itself when particles are corrected; networks learn from these",
        )
        super().__init__(widgets=[self.which, self.pixel, self.right])


class SearchForm(Container):
    """How particles are looked for."""

    def __init__(self) -> None:
        self.networks = Select(
            label="networks", choices=[], tooltip="several chosen: their mean is taken"
        )
        self.networks.native.setMaximumHeight(64)
        self.add = PushButton(text="Add a network ...")
        self.symmetries = CheckBox(
            value=True,
            text="look in all eight orientations",
            tooltip="eight times the work, fewer errors, and a map of the uncertainty",
        )
        self.scales = ComboBox(label="look at it", choices=list(SCALES))
        self.separate = CheckBox(value=True, text="split touching particles")
        self.smallest = FloatSpinBox(label="smallest (nm)", value=0.8, min=0, max=1000, step=0.1)
        self.start = PushButton(text="Find particles")
        super().__init__(
            widgets=[
                self.networks,
                self.add,
                self.symmetries,
                self.scales,
                self.separate,
                self.smallest,
                self.start,
            ]
        )

    def search(self) -> Search:
        """Return what the fields say."""
        return Search(
            networks=tuple(self.networks.value),
            symmetries=self.symmetries.value,
            scales=SCALES[self.scales.value],
            separate=self.separate.value,
            smallest=self.smallest.value,
        )


class TeachForm(Container):
    """How a network learns from corrected micrographs."""

    def __init__(self, root: Path) -> None:
        self.called = LineEdit(label="name", value="mine")
        self.root = FileEdit(label="in folder", mode="d", value=root)
        self.epochs = SpinBox(
            label="passes", value=EPOCHS, min=1, max=500, tooltip="of 64 patches each"
        )
        self.rehearse = CheckBox(
            value=True,
            text="let it keep what it knows",
            tooltip="every other patch is one of the package's; without, it may forget other kinds",
        )
        self.start = PushButton(text="Teach the network")
        super().__init__(widgets=[self.called, self.root, self.epochs, self.rehearse, self.start])
