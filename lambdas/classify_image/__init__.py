"""Lambda: asks the endpoint about a serialized image."""
