"""The command line of the local AWS alone, and what `scones` shares with it."""
