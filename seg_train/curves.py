"""Curves of training, as runs show themselves."""

import pandas as pd

from hrtem_sim.drawing import Figure


def loss_curves(histories: pd.DataFrame | dict[str, pd.DataFrame]) -> Figure:
    """Draw loss and F1 against the epoch: training dashed, validation full, samples dotted.

    Parameters
    ----------
    histories
        The history of a run, or several by name.
    """
    if isinstance(histories, pd.DataFrame):
        histories = {"": histories}
    figure = Figure(figsize=(9, 3.4), layout="constrained")
    axes = figure.subplots(1, 2)
    panels = (("loss", "loss"), ("f1", "F1 (soft, mean of the classes)"))
    for ax, (column, label) in zip(axes, panels, strict=True):
        for number, (name, history) in enumerate(histories.items()):
            color = f"C{number}"
            title = f"{name} " if name else ""
            if f"val_{column}" in history:
                values = history[f"val_{column}"]
                ax.plot(
                    history["epoch"], values, "o-", ms=3, color=color, label=f"{title}validation"
                )
            ax.plot(history["epoch"], history[column], "--", color=color, label=f"{title}training")
            if f"sample_{column}" in history:
                values = history[f"sample_{column}"]
                ax.plot(history["epoch"], values, "s:", ms=3, color=color, label=f"{title}samples")
        ax.set(xlabel="epoch", ylabel=label)
        ax.grid(alpha=0.3)
        ax.xaxis.get_major_locator().set_params(integer=True)
    axes[1].set_ylim(top=1)
    for ax in axes:
        ax.legend(fontsize=8)
    return figure
