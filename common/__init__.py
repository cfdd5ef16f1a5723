"""What several packages share; it imports nothing else of the project."""
