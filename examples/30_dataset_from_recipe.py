"""
A data set from a recipe
========================

Ranges in, micrographs with masks out: forty structures, two hundred micrographs, one folder.
"""

# %%
# A recipe is TOML. What is left out has a default; an unknown field or an impossible value is
# refused with the name of the field.

from pathlib import Path

from hrtem_sim.dataset import build_dataset, read_dataset_recipe, regenerate
from hrtem_sim.figures import contact_sheet

recipe_text = """
[dataset]
name = "example"
seed = 11
structures = 40
images_per_structure = 5

[dataset.particle]
materials = ["Au"]
radius = { truncated_normal = [16.0, 7.0, 8.0, 30.0] }  # mean, standard deviation, low, high; in Å
count = { integers = [1, 4] }
gap = 4.0
defects = { integers = [0, 2] }

[dataset.film]
thickness = { uniform = [15.0, 40.0] }

[dataset.placement]
field = [76.8, 76.8]

[dataset.wave]
energy = 300e3
pixel_size = 0.2  # coarse, for speed; 0.1 for data sets that are kept

[dataset.imaging]
dose = { log_uniform = [200.0, 1200.0] }  # e/Å²
defocus = { normal = [30.0, 150.0] }
focal_spread = 15.0
plasmon_weight = { uniform = [0.0, 0.3] }

[dataset.imaging.aberrations]
C30 = { uniform = [-5.0e4, 5.0e4] }
C12 = { uniform = [0.0, 20.0] }
phi12 = { uniform = [0.0, 3.1416] }

[dataset.detector]
pixel_size = 0.8
"""
runs = Path("runs")
runs.mkdir(exist_ok=True)
recipe_file = runs / "example.toml"
recipe_file.write_text(recipe_text, encoding="utf-8")
recipe = read_dataset_recipe(recipe_file)

# %%
# Building goes on where it was stopped, with any number of `workers`, to the same bits.

database = build_dataset(recipe, runs / "example-data", progress=False)
print(database)

# %%
# The catalogue is a pandas table with all that was drawn; queries choose from it.

chosen = database.select("300 < dose < 900 and n_defects > 0")
print(f"{len(chosen)} of {len(database)} micrographs fit")
print(
    chosen[["radius", "film_thickness", "defocus", "dose"]].describe().loc[["min", "max"]].round(1)
)

# %%
# Every micrograph can be made again from the numbers of its plan alone.

again = regenerate(database, chosen["micrograph"].iloc[0])
stored = database.counts(chosen.index[:1])[0]
print("the same counts:", bool((again.counts == stored).all()))

figure = contact_sheet(database, chosen.index[::7][:12])
figure.savefig(runs / "30_dataset.png")
figure
