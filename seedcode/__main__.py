"""`python -m seedcode`: what a build runs, in CodeBuild, in GitHub Actions and on a laptop alike.

It prints lines and asks nothing. Every module of `seedcode.commands` is a command; its docstring is its help.
"""

import argparse
import ast
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from pipelines.errors import PipelineError
from seedcode.errors import PackagingError, StackError

COMMANDS = Path(__file__).with_name("commands")


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and answer its exit code: 0, 1 for a failure, 2 for wrong usage."""
    words = list(sys.argv[1:] if words is None else words)
    parser = _parser(words)
    options = parser.parse_args(words)
    if options.command is None:
        parser.print_help()
        return 2
    try:
        return int(import_module(f"seedcode.commands.{options.command}").run(options))
    except (BotoCoreError, PackagingError, PipelineError, StackError) as error:
        sentence = str(error)
    except ClientError as error:
        said = error.response.get("Error", {})
        sentence = f"AWS refused {error.operation_name}: {said.get('Code')}: {said.get('Message')}"
    sys.stderr.write(f"seedcode {options.command}: {sentence}\n")
    return 1


def list_commands() -> dict[str, str]:
    """Return the commands with what each is for: the first line of its module's docstring, after its name."""
    return {path.stem: _sentence(path) for path in sorted(COMMANDS.glob("[a-z]*.py"))}


def _sentence(path: Path) -> str:
    # Read, not imported: help answers quickly, and a command may need packages that are not everywhere.
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or path.stem
    return docstring.splitlines()[0].partition(": ")[2].rstrip(".") or docstring.splitlines()[0]


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m seedcode", description=(__doc__ or "").splitlines()[0])
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, sentence in list_commands().items():
        subparser = subparsers.add_parser(name, help=sentence, description=sentence[:1].upper() + sentence[1:] + ".")
        if name in words:
            import_module(f"seedcode.commands.{name}").add_arguments(subparser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
