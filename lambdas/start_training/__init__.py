"""Lambda: starts a training when the answers drift, when new pictures came, or when a person asks."""
