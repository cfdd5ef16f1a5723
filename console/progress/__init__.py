"""Following an execution: what the APIs say of it, drawn as a tree or told line by line."""
