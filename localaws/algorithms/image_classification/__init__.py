"""The stand-in for the built-in image classification algorithm: its channels, limits, log lines and artifact."""
