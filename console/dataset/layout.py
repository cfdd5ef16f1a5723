"""The published CIFAR-100 binary layout: members, records and labels.

Source: Krizhevsky, "Learning Multiple Layers of Features from Tiny Images" (2009), and the description of the
binary version on https://www.cs.toronto.edu/~kriz/cifar.html.
"""

from __future__ import annotations

from typing import Final

FOLDER: Final = "cifar-100-binary"
TRAIN: Final = f"{FOLDER}/train.bin"
TEST: Final = f"{FOLDER}/test.bin"
FINE_NAMES_FILE: Final = f"{FOLDER}/fine_label_names.txt"
COARSE_NAMES_FILE: Final = f"{FOLDER}/coarse_label_names.txt"
MEMBERS: Final = (TRAIN, TEST, FINE_NAMES_FILE, COARSE_NAMES_FILE)

SIDE: Final = 32
"""Pixels along an image's side."""
IMAGE_BYTES: Final = 3 * SIDE * SIDE
RECORD_BYTES: Final = 2 + IMAGE_BYTES
"""A record: coarse label, fine label, then the red, green and blue planes row by row, a byte a value."""

_FAMILIES: Final = {
    "aquatic_mammals": "beaver dolphin otter seal whale",
    "fish": "aquarium_fish flatfish ray shark trout",
    "flowers": "orchid poppy rose sunflower tulip",
    "food_containers": "bottle bowl can cup plate",
    "fruit_and_vegetables": "apple mushroom orange pear sweet_pepper",
    "household_electrical_devices": "clock keyboard lamp telephone television",
    "household_furniture": "bed chair couch table wardrobe",
    "insects": "bee beetle butterfly caterpillar cockroach",
    "large_carnivores": "bear leopard lion tiger wolf",
    "large_man-made_outdoor_things": "bridge castle house road skyscraper",
    "large_natural_outdoor_scenes": "cloud forest mountain plain sea",
    "large_omnivores_and_herbivores": "camel cattle chimpanzee elephant kangaroo",
    "medium_mammals": "fox porcupine possum raccoon skunk",
    "non-insect_invertebrates": "crab lobster snail spider worm",
    "people": "baby boy girl man woman",
    "reptiles": "crocodile dinosaur lizard snake turtle",
    "small_mammals": "hamster mouse rabbit shrew squirrel",
    "trees": "maple_tree oak_tree palm_tree pine_tree willow_tree",
    "vehicles_1": "bicycle bus motorcycle pickup_truck train",
    "vehicles_2": "lawn_mower rocket streetcar tank tractor",
}

COARSE_NAMES: Final = tuple(sorted(_FAMILIES))
"""The 20 coarse names; a name's place is its label."""
FINE_NAMES: Final = tuple(sorted(name for members in _FAMILIES.values() for name in members.split()))
"""The 100 fine names; a name's place is its label."""

_FAMILY_OF: Final = {name: family for family, members in _FAMILIES.items() for name in members.split()}
COARSE_OF_FINE: Final = tuple(COARSE_NAMES.index(_FAMILY_OF[name]) for name in FINE_NAMES)
"""The coarse label of every fine label."""

BICYCLE: Final = FINE_NAMES.index("bicycle")
MOTORCYCLE: Final = FINE_NAMES.index("motorcycle")


def names_file(names: tuple[str, ...]) -> bytes:
    """Return the text of a label names file: one name a line, in label order."""
    return "".join(f"{name}\n" for name in names).encode("ascii")
