"""Amorphous carbon films: 5 x 5 x 2 nm and 10 x 10 x 5 nm."""

from common import case, module

generator = module("generator")
box = module("volume").makeRectPrism

for dims in ((50, 50, 20), (100, 100, 50)):
    name = " x ".join(f"{side / 10:g}" for side in dims)
    case(
        f"amorphous carbon {name} nm",
        lambda dims=dims: generator.AmorphousGenerator().supply_atoms(box(*dims)),
        lambda result: {"atoms": len(result[0])},
    )
