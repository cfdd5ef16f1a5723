"""Following an execution: its state from the APIs, drawn as a tree or written line by line."""
