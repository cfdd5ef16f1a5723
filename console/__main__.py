"""`scones`: one command for the local AWS and for AWS."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from console.commands import Command
from console.errors import CommandError, explain
from console.parser import Parser, PrintVersion
from localaws.plain import plain

GROUPS: dict[str, dict[str, tuple[str, str]]] = {
    "Start here": {
        "demo": ("demo", "the whole loop on the built-in sample"),
        "console": ("console", "open a page to watch the whole loop on"),
        "up": ("local_aws", "start the local AWS and deploy the stack"),
        "down": ("local_aws", "stop the local AWS"),
        "status": ("status", "what runs, and what the stack holds"),
    },
    "Data": {
        "dataset": ("dataset", "draw the sample, fetch CIFAR-100, or upload an archive"),
        "ingest": ("intake", "send labelled images and train on them"),
        "label": ("intake", "label the images that the model was unsure of"),
        "pretrain": ("dataset", "train weights to start from, on the other 98 classes of CIFAR-100"),
    },
    "Training": {
        "run": ("run", "update the pipeline and start an execution"),
        "watch": ("executions", "follow an execution live"),
        "executions": ("executions", "list executions"),
        "logs": ("executions", "the log of one step"),
        "trials": ("executions", "the trainings of a search, best first"),
        "stop": ("executions", "stop an execution"),
        "retry": ("executions", "retry an execution from the failed step"),
    },
    "Versions": {
        "models": ("versions", "list the versions in the model registry"),
        "card": ("versions", "the model card of a version: use, limits, metrics, slices"),
        "approve": ("versions", "approve a version, which deploys it"),
        "reject": ("versions", "reject a version"),
        "rollback": ("versions", "go back to the version approved before"),
        "export": ("export", "write a version as ONNX, which other programs run"),
    },
    "Serving and drift": {
        "endpoint": ("inference", "the live version, its traffic and its alarms"),
        "classify": ("inference", "send images through the inference workflow"),
        "bulk": ("inference", "classify every image under an S3 prefix"),
        "monitor": ("drift", "check for drift: schedule, runs, reports"),
        "dusk": ("drift", "send images in another light, to see that drift is found and answered"),
    },
    "The project": {
        "deploy": ("stack", "bring the stack up to date, on either target"),
        "destroy": ("stack", "remove the project; what holds data stays"),
        "package": ("stack", "build every artifact of a deployment"),
        "seed": ("stack", "write the repository that a new project starts from"),
        "builds": ("builds", "the builds that pushes have started, and the log of one while it runs"),
    },
    "This machine": {
        "env": ("env", "the environment variables that lead AWS's CLI, SDKs and notebooks to the local AWS"),
        "images": ("images", "what stands for which container image on the local AWS, and its packages"),
        "mlflow": ("tracking", "write executions as runs of MLflow, where MLFLOW_TRACKING_URI names a server"),
        "completion": ("completion", "what lets your shell complete commands and options"),
    },
}
"""The commands by subject: the module of each in console.commands, and its help."""

COMMANDS = {name: entry for group in GROUPS.values() for name, entry in group.items()}

TARGETS = ("local", "aws")
TARGET_HELP = "the local AWS or AWS itself (SCONES_TARGET; default: local)"


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and answer its exit code: 0, 1 for a failure, 2 for wrong usage."""
    words = list(sys.argv[1:] if words is None else words)
    parser = build_parser(words)
    options = parser.parse_args(words)
    if options.target not in TARGETS:
        parser.error(f"SCONES_TARGET is {options.target!r}; it must be one of {', '.join(TARGETS)}")
    if options.command is None:
        parser.print_help()
        return 2
    try:
        return _load(options.command).run(options)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader (such as `head`) has ended.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        sentence = explain(error)
        if sentence is None:
            raise
        sys.stderr.write(f"scones {options.command}: {plain(sentence)}\n")
        return 1 if not isinstance(error, CommandError) else error.exit_code


def _load(name: str) -> Command:
    command: Command = import_module(f"console.commands.{COMMANDS[name][0]}").COMMANDS[name]
    return command


def build_parser(words: Sequence[str] | None) -> Parser:
    """The parser; of the commands those among `words` have their own arguments, or all where there are no words."""
    # Only the command that is asked for is imported, which keeps `scones --help` quick.
    parser = Parser(prog="scones", description=__doc__, groups=_list_help())
    parser.add_argument("--version", action=PrintVersion, help="print the version")
    parser.add_argument("--target", choices=TARGETS, default=os.environ.get("SCONES_TARGET", "local"), help=TARGET_HELP)
    parser.set_defaults(build_whole_parser=lambda: build_parser(None))
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, (_, sentence) in COMMANDS.items():
        subparser = subparsers.add_parser(name, help=sentence, description=sentence[0].upper() + sentence[1:] + ".")
        subparser.add_argument("--target", choices=TARGETS, default=argparse.SUPPRESS, help=TARGET_HELP)
        parser.commands[name] = subparser
        if words is None or name in words:
            _load(name).add_arguments(subparser)
    return parser


def _list_help() -> dict[str, dict[str, str]]:
    return {group: {name: sentence for name, (_, sentence) in named.items()} for group, named in GROUPS.items()}


if __name__ == "__main__":
    sys.exit(main())
