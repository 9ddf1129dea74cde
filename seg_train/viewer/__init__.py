"""The napari plugin: micrographs, particles and networks for those who do not program.

* `napari.yaml` says what the plugin offers; napari reads it and imports a module when it is used.
* `opening` reads micrographs into layers, `saving` writes them with their masks, `samples` opens
  those of the package.
* `finding` runs networks, which `finder` does in a process of its own; `tuning` trains them on
  corrected micrographs, in another; `jobs` follows either beside the window, whose process never
  loads TensorFlow.
* `desk` knows the layers of a viewer: which is a micrograph, which its particles; the table, whose
  words and histogram are made by `measured`.
* `panel`, `forms` and `particles` are the window, the only modules that need Qt.

Labels are corrected with napari's own tools.
"""
