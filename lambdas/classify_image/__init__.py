"""Lambda: asks the endpoint about a serialized picture."""
