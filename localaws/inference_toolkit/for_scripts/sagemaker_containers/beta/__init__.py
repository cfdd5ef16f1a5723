"""The public part of the toolkit."""
