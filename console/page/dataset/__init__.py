"""The data set of a run: counts by split and class, sample images, duplicates, and where it comes from."""
