"""Data sets as files: draw the sample archive, fetch the published one, check any before it is uploaded."""
