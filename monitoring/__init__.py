"""Model Monitor's container for pictures: a version's baseline, and every run that is held against it."""
