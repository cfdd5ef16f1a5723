"""`get-pipeline-definition`: print a pipeline's definition; no account and no network is needed.

It is for reading and comparing: unless SCONES_IMAGE_URI names an image, the definition has one that nobody has built.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from pipelines.code import build_archives, locate_code
from pipelines.define import define, define_monitoring
from pipelines.errors import PipelineError
from pipelines.profiles import DEFAULT_PROFILE, PROFILES, find_profile
from pipelines.settings import Settings

UNBUILT = "registry.invalid/scones:unbuilt"


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; return the process's exit code."""
    options = _parse(words)
    try:
        definition = _build_monitoring() if options.monitoring else _build(options.profile, options.tune)
    except PipelineError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if options.output:
        options.output.write_text(definition, encoding="utf-8")
    else:
        sys.stdout.write(definition)
    return 0


def _build(profile: str, tuned: bool) -> str:
    """Build the definition from this checkout's code and the environment's settings."""
    settings = _read_settings()
    return define(settings, find_profile(profile), locate_code(settings, build_archives()), tuned=tuned)


def _build_monitoring() -> str:
    return define_monitoring(_read_settings())


def _read_settings() -> Settings:
    given = {name: value for name, value in os.environ.items() if value.strip()}
    return Settings.from_environment({"SCONES_IMAGE_URI": UNBUILT, **given})


def _parse(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("get-pipeline-definition", description="Print the pipeline's definition.")
    parser.add_argument("--profile", choices=sorted(PROFILES), default=DEFAULT_PROFILE)
    parser.add_argument("--tune", action="store_true", help="with TuneModel in place of TrainModel")
    parser.add_argument("--monitoring", action="store_true", help="that of the pipeline that checks for drift")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write here instead of standard output")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
