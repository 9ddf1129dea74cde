"""Other programs' files: data sets for them, micrographs from them.

* `to_coco` writes micrographs with the instances of their particles.
* `export_tiff`, `export_numpy`, `export_zarr`, `export_hyperspy` write micrographs and masks;
  `export` chooses among all `FORMATS` by name.
* `MapDataset` hands examples to PyTorch and others by number.
* `read_micrograph` reads DM3, DM4, EMD, MRC, TIFF, NumPy; `read_h5_pair` the paper's benchmark
  files; `classes_of` says what a drawn mask means, or refuses it.
* `stored_instances` gives the instance maps of a database's micrographs, `particles_of` the atoms
  of a plan's particles.

tifffile, RosettaSciIO and zarr, the extra "io", are imported when they are first needed.
"""

from hrtem_sim.interchange.coco import decode_rle, encode_rle, to_coco
from hrtem_sim.interchange.drawn import classes_of
from hrtem_sim.interchange.export import FORMATS, export
from hrtem_sim.interchange.folders import export_numpy, export_tiff
from hrtem_sim.interchange.hyperspy_file import export_hyperspy
from hrtem_sim.interchange.map_style import MapDataset
from hrtem_sim.interchange.micrographs import ImportedMicrograph, read_micrograph
from hrtem_sim.interchange.pairs import read_h5_pair
from hrtem_sim.interchange.structures import particles_of, stored_instances
from hrtem_sim.interchange.zarr_group import export_zarr

__all__ = [
    "FORMATS",
    "ImportedMicrograph",
    "MapDataset",
    "classes_of",
    "decode_rle",
    "encode_rle",
    "export",
    "export_hyperspy",
    "export_numpy",
    "export_tiff",
    "export_zarr",
    "particles_of",
    "read_h5_pair",
    "read_micrograph",
    "stored_instances",
    "to_coco",
]
