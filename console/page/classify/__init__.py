"""Classify an image by the inference workflow, as `scones classify` does."""
