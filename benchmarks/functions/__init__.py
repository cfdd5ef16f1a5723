"""Handlers that do classify_image's work by other means, and a runner like Lambda's runtime."""
