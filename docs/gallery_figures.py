"""Figures of the gallery that are made without pyplot, for sphinx-gallery."""

from matplotlib.figure import Figure
from sphinx_gallery.scrapers import figure_rst


class Scraper:
    """Saves the figures among the variables of an example, each once (it is made anew per cell).

    `hrtem_sim.figures` and `seg_train.figures` return figures that pyplot does not know.
    """

    def __repr__(self) -> str:
        return "Scraper"

    def __call__(self, block, block_vars, gallery_conf) -> str:
        paths = []
        for value in block_vars["example_globals"].values():
            plain = isinstance(value, Figure) and not hasattr(value, "number")
            if plain and not getattr(value, "in_gallery", False):
                value.in_gallery = True
                paths.append(next(block_vars["image_path_iterator"]))
                value.savefig(paths[-1])
        return figure_rst(paths, gallery_conf["src_dir"])


def _get_sg_image_scraper() -> Scraper:
    """What sphinx-gallery asks a module for."""
    return Scraper()
