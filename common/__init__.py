"""What several rooms need and none of them owns; it imports nothing else of the project."""
