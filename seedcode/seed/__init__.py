"""The seed: what a new project's repository starts from."""
