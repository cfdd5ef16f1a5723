"""Lambda: verifies an image, resizes and crops it for the model, and puts it under serialized/ as a small PNG."""
