"""The pipeline engine: takes a definition as AWS does and runs its steps."""
