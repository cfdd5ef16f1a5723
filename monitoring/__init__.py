"""Model Monitor's container for images: a version's baseline, and every run that is held against it."""
