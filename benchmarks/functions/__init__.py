"""Handlers that do classify_image's work by other means, and what runs a handler as Lambda's runtime does."""
