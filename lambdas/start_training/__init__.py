"""Lambda: starts a training when the answers drift, when new images came, or when a person asks."""
