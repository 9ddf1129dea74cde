"""Two halves of labelled micrographs, fixed beforehand: one to choose by, one to report."""

from collections.abc import Sequence
from hashlib import sha256

from seg_train.data.micrographs import LabelledMicrograph


def halves(
    micrographs: Sequence[LabelledMicrograph],
) -> tuple[list[LabelledMicrograph], list[LabelledMicrograph]]:
    """Split labelled micrographs into a half to choose by and a half to report.

    Parameters
    ----------
    micrographs
        Micrographs with a name and a group.

    Returns
    -------
    choosing, reporting
        Every other one, ordered by group and then by the SHA-256 of the name: all groups lie on
        both sides as far as they can, and nobody has chosen which is where.

    Examples
    --------
    >>> from seg_train import load_experimental_sample
    >>> gold = load_experimental_sample()[1:5]
    >>> [[sample.name[-4:] for sample in half] for half in halves(gold)]
    [['tt_1', 'tt_0'], ['tt_3', 'tt_2']]
    """

    def place(micrograph: LabelledMicrograph) -> tuple[str, str]:
        return micrograph.group, sha256(micrograph.name.encode()).hexdigest()

    ordered = sorted(micrographs, key=place)
    return ordered[::2], ordered[1::2]
