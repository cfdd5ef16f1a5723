"""What several rooms need and none of them owns; it imports the standard library and nothing else of the project."""
