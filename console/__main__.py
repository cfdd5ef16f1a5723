"""`scones`: one command for the local AWS and for AWS."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from console.errors import CommandError, explain
from console.output import plain

COMMANDS = {
    "demo": "the whole loop on the built-in sample",
    "up": "start the local AWS and deploy the stack",
    "down": "stop the local AWS",
    "status": "what runs, and what the stack holds",
    "env": "what leads the AWS command line and SDKs to the local AWS, with its access key",
    "package": "build every artifact of a deployment",
    "seed": "write the repository that a new project starts from",
    "deploy": "bring the stack up to date, on either target",
    "destroy": "remove the project; what holds data stays",
    "dataset": "draw the sample, fetch CIFAR-100, or upload an archive",
    "pretrain": "make weights to start from, out of the other 98 classes of CIFAR-100",
    "run": "update the pipeline and start an execution",
    "watch": "follow an execution live",
    "logs": "the log of one step",
    "trials": "the trainings of a search, best first",
    "builds": "the builds that pushes have started, and the log of one while it runs",
    "executions": "list executions",
    "stop": "stop an execution",
    "retry": "retry an execution from the failed step",
    "models": "list the versions in the model registry",
    "approve": "approve a version, which deploys it",
    "reject": "reject a version",
    "rollback": "go back to the version approved before",
    "endpoint": "what serves: version, traffic, alarms",
    "classify": "send pictures through the inference workflow",
    "console": "open a page to watch the whole loop on",
    "bulk": "classify every picture under an S3 prefix",
    "monitor": "does what comes in still look as it did: drift, runs, reports",
    "dusk": "send images in another light, to see that drift is found and answered",
    "ingest": "send labelled pictures and train on them",
    "label": "say what the pictures show that the model was unsure of",
}

TARGETS = ("local", "aws")
TARGET_HELP = "the local AWS or AWS itself (SCONES_TARGET; default: local)"


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and answer its exit code: 0, 1 for a failure, 2 for wrong usage."""
    words = list(sys.argv[1:] if words is None else words)
    parser = _parser(words)
    options = parser.parse_args(words)
    if options.target not in TARGETS:
        parser.error(f"SCONES_TARGET is {options.target!r}; it must be one of {', '.join(TARGETS)}")
    if options.command is None:
        parser.print_help()
        return 2
    try:
        return int(import_module(f"console.commands.{options.command}").run(options))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader (such as `head`) has gone; nobody is left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        sentence = explain(error)
        if sentence is None:
            raise
        sys.stderr.write(f"scones {options.command}: {plain(sentence)}\n")
        return 1 if not isinstance(error, CommandError) else error.exit_code


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("scones", description=__doc__)
    parser.add_argument("--target", choices=TARGETS, default=os.environ.get("SCONES_TARGET", "local"), help=TARGET_HELP)
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, sentence in COMMANDS.items():
        subparser = subparsers.add_parser(name, help=sentence, description=sentence[0].upper() + sentence[1:] + ".")
        subparser.add_argument("--target", choices=TARGETS, default=argparse.SUPPRESS, help=TARGET_HELP)
        # Only the command that is asked for is imported, which keeps `scones --help` quick.
        if name in words:
            import_module(f"console.commands.{name}").add_arguments(subparser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
