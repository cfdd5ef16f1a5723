"""The stand-in for the built-in image classification algorithm: channels, limits, log lines, artifact, answers."""
