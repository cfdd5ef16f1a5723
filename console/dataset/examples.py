"""Two drawn images to try the workflow with, which are in no data set."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from console.dataset.drawing.image import draw_image
from console.dataset.layout import BICYCLE, MOTORCYCLE

# Of the images that these generators draw, two in which a person sees at once what it is.
_SEEDS = {"bicycle": (BICYCLE, 2_029), "motorcycle": (MOTORCYCLE, 2_027)}


def draw_examples(folder: Path) -> list[Path]:
    """Write bicycle.png and motorcycle.png (32x32) and answer their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, (fine, seed) in _SEEDS.items():
        path = folder / f"{name}.png"
        Image.fromarray(draw_image(fine, np.random.default_rng(seed))).save(path)
        paths.append(path)
    return paths
