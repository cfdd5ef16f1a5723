"""`run-pipeline`: update the pipeline and start it; standard output is the execution's ARN alone."""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence

from botocore.exceptions import BotoCoreError, ClientError

from pipelines.clients import make_client
from pipelines.errors import NoDataError, PipelineError
from pipelines.profiles import DEFAULT_PROFILE, PROFILES, find_profile
from pipelines.run import run
from pipelines.search_space import STRATEGIES, tuning_overrides
from pipelines.stack import get_settings
from pipelines.start import parse_overrides
from pipelines.wait import wait_for_execution


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; return the process's exit code."""
    options = _parse(words)
    try:
        return _run(options)
    except (PipelineError, BotoCoreError, ClientError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _run(options: argparse.Namespace) -> int:
    settings, profile = get_settings(os.environ), find_profile(options.profile)
    if profile.note:
        sys.stderr.write(f"{profile.note}\n")
    try:
        arn = run(
            settings,
            profile,
            _describe_origin(os.environ) | _tuning(options) | parse_overrides(options.set),
            display_name=options.display_name,
            token=options.token,
            from_version=options.from_version,
            tuned=options.tune,
        )
    except NoDataError as error:
        if not options.skip_without_data:
            raise
        sys.stderr.write(
            f"No run was started, and nothing is wrong: {error} Then start one with `scones run`, or push.\n"
        )
        return 0
    sys.stdout.write(f"{arn}\n")
    sys.stdout.flush()
    if not options.wait:
        return 0
    ending = wait_for_execution(make_client("sagemaker", settings.region), arn)
    sys.stderr.write(f"{ending.status}. {ending.reason}".rstrip() + "\n")
    return 0 if ending.good else 1


def _tuning(options: argparse.Namespace) -> dict[str, str]:
    return tuning_overrides(options.trials, options.strategy) if options.tune else {}


def _describe_origin(environment: Mapping[str, str]) -> dict[str, str]:
    """Tell commit and starter where CodeBuild or GitHub name them."""
    names = {
        "CommitId": ("CODEBUILD_RESOLVED_SOURCE_VERSION", "GITHUB_SHA"),
        "StartedBy": ("CODEBUILD_INITIATOR", "GITHUB_ACTOR", "USER"),
    }
    return {
        parameter: value
        for parameter, variables in names.items()
        if (value := next((environment[name] for name in variables if environment.get(name)), None))
    }


def _parse(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("run-pipeline", description="Update the pipeline and start an execution.")
    parser.add_argument("--profile", choices=sorted(PROFILES), default=DEFAULT_PROFILE)
    parser.add_argument("--set", action="append", default=[], metavar="Name=Value", help="a pipeline parameter")
    parser.add_argument("--tune", action="store_true", help="search hyperparameters: TuneModel in place of TrainModel")
    parser.add_argument("--trials", type=int, metavar="N", help="trainings of a search (default: 12)")
    parser.add_argument("--strategy", choices=STRATEGIES, help="how a search goes (default: Bayesian)")
    parser.add_argument("--from-version", metavar="V", help="go on from this registered version, or from `live`")
    parser.add_argument("--display-name", help="what Studio calls the execution")
    parser.add_argument("--token", help="start at most one execution for this token of 32 to 128 characters")
    parser.add_argument(
        "--skip-without-data",
        action="store_true",
        help="where no archive was brought yet, say so and exit with 0, as a new project's first build does",
    )
    parser.add_argument("--wait", action="store_true", help="wait for the end; exit with 1 unless it is good")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
