"""TensorBoard logs of a run."""

from pathlib import Path

from seg_train.backend import tf

_SCALAR = tf.compat.v1.SummaryMetadata(
    plugin_data=tf.compat.v1.SummaryMetadata.PluginData(plugin_name="scalars"), data_class=1
)


class BoardLog:
    """Write every epoch's numbers for TensorBoard into `folder/tensorboard`.

    Numbers of training go to the log `train`, those of validation to `validation` under the same
    names, so that TensorBoard draws them into one figure.
    """

    def __init__(self, folder: Path) -> None:
        make = tf.summary.create_file_writer
        self._training = make(str(folder / "tensorboard" / "train"))
        self._validation = make(str(folder / "tensorboard" / "validation"))

    def write(self, row: dict[str, float]) -> None:
        """Write one row of the history."""
        for key, value in row.items():
            if key == "epoch":
                continue
            writer = self._validation if key.startswith("val_") else self._training
            with writer.as_default():
                # not `summary.scalar`, which needs TensorBoard itself to be installed
                name = key.removeprefix("val_")
                tf.summary.write(name, float(value), step=int(row["epoch"]), metadata=_SCALAR)

    def close(self) -> None:
        """Finish the files."""
        self._training.close()
        self._validation.close()
