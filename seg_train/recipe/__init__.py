"""What is trained and how: strict recipes for training runs.

Defaults are those of Rangel DaCosta et al., npj Comput. Mater. 10 (2024),
doi 10.1038/s41524-024-01336-0, unless the field says otherwise.
"""

from seg_train.recipe.augmentation import AugmentationRecipe, LowPassRecipe, TextureRecipe
from seg_train.recipe.network import ModelRecipe, PreprocessingRecipe
from seg_train.recipe.training import TrainingRecipe, read_training_recipe

__all__ = [
    "AugmentationRecipe",
    "LowPassRecipe",
    "ModelRecipe",
    "PreprocessingRecipe",
    "TextureRecipe",
    "TrainingRecipe",
    "read_training_recipe",
]
