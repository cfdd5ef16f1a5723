"""One module a command of `python -m seedcode`: `add_arguments(parser)` and `run(options) -> exit code`."""
