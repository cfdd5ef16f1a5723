"""Lambda: verifies a picture, fits it to the model and puts it under serialized/ as a small PNG."""
