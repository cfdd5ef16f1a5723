"""New run: a form that starts the pipeline, filled from a profile or a past run, and checked before the start."""
