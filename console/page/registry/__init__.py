"""The model registry: every version, and which one is deployed."""
