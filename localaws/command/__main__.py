"""`localaws`: the local AWS alone, without a project of its own."""

from __future__ import annotations

import argparse
import json
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence

from localaws import keys
from localaws.command import facts, images, logs, stopping, variables
from localaws.command.consent import agree
from localaws.plain import plain
from localaws.process import ProcessError, answers, is_open, start, stop, wipe
from localaws.settings import Settings, SettingsError, from_environment


class CommandError(Exception):
    """A command cannot continue; the message says what to do."""


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and answer its exit code: 0, 1 for a failure, 2 for wrong usage."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - slow to import

    from localaws.command.session import SessionError  # noqa: PLC0415

    options = build_parser().parse_args(words)
    try:
        code: int = options.run(options, from_environment())
        return code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader (such as `head`) has ended.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (
        *(BotoCoreError, ClientError, CommandError, ProcessError, SessionError, SettingsError),
        images.ImageError,
        logs.NoLogError,
    ) as error:
        sys.stderr.write(f"localaws {options.command}: {plain(str(error))}\n")
        return 1


def build_parser() -> ArgumentParser:
    """The parser of the command and of all that it does."""
    parser = argparse.ArgumentParser("localaws", description=__doc__)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add(commands, "up", _up, "start the local AWS")
    down = _add(commands, "down", _down, "stop the local AWS")
    down.add_argument("--wipe", action="store_true", help="remove its state as well: S3, registry, logs")
    down.add_argument("--yes", action="store_true", help="do not ask, also where executions run or state is removed")
    status = _add(commands, "status", _status, "what runs")
    env = _add(commands, "env", _env, "the environment variables that lead AWS's CLI, SDKs and notebooks to it")
    variables.add_arguments(env)
    for one in (status, env):
        one.add_argument("--json", action="store_true", help="print JSON")
    images.add_actions(_add(commands, "images", _images, "what stands for which container image, and its packages"))
    log = _add(commands, "logs", _logs, "the log of a job or endpoint, or of the local AWS itself")
    log.add_argument("name", nargs="?", help="a job or endpoint (default: the local AWS)")
    log.add_argument("--follow", action="store_true", help="go on with what is added, until Ctrl-C")
    return parser


def _add(
    commands: argparse._SubParsersAction[ArgumentParser],
    name: str,
    run: Callable[[Namespace, Settings], int],
    sentence: str,
) -> ArgumentParser:
    made: ArgumentParser = commands.add_parser(name, help=sentence, description=f"{sentence.capitalize()}.")
    made.set_defaults(run=run)
    return made


def _up(_: Namespace, settings: Settings) -> int:
    started = start(settings)
    _say(
        f"The local AWS {'runs' if started else 'ran already'} on {settings.endpoint}, its state is in {settings.home}."
    )
    if is_open(settings):
        _say("It takes any credentials (SCONES_OPEN=true): every user of this machine may run code as you.")
    return 0


def _down(options: Namespace, settings: Settings) -> int:
    losses = [] if options.yes else stopping.list_losses(settings, wipe=options.wipe)
    if not agree(losses, "Go on?", yes=options.yes):
        _say("Nothing was stopped.")
        return 1
    _say("The local AWS has stopped." if stop(settings) else stopping.describe_absence(settings))
    if options.wipe:
        wipe(settings)
        _say(f"Its state in {settings.home} is removed.")
    return 0


def _status(options: Namespace, settings: Settings) -> int:
    found = facts.list_facts(settings)
    if options.json:
        _say(json.dumps(found, indent=2))
    else:
        for name, value in found.items():
            _say(f"{name.replace('_', ' '):<{max(map(len, found))}}  {value}")
    return 1 if found["local_aws"] == facts.NOT_RUNNING else 0


def _env(options: Namespace, settings: Settings) -> int:
    if not answers(settings):
        raise CommandError(f"The local AWS does not answer on {settings.endpoint}; start it with `localaws up`.")
    given = dict(os.environ)
    for theirs in variables.list_unwanted(given):
        os.environ.pop(theirs, None)  # a profile that is not there would be an error of boto3's
    variables.print_session(options, settings, keys.ensure(settings), given)
    return 0


def _images(options: Namespace, settings: Settings) -> int:
    if options.action is not None:
        images.act(settings.home, options, _say)
        return 0
    rows = images.list_rows(settings.home, as_json=options.json)
    if options.json:
        _say(json.dumps(rows, indent=2))
        return 0
    widths = {name: max(len(name), *(len(row[name]) for row in rows)) for name in rows[0]}
    for row in [{name: name for name in widths}, *rows]:
        _say("  ".join(f"{row[name]:<{width}}" for name, width in widths.items()).rstrip())
    return 0


def _logs(options: Namespace, settings: Settings) -> int:
    files = logs.find_logs(settings, options.name)
    if options.follow and len(files) > 1:
        names = ", ".join(file.stem for file in files)
        raise CommandError(
            f"{options.name} has several instances ({names}), and one can be followed; leave out --follow."
        )
    for file in files:
        mark = f"[{file.stem}] " if len(files) > 1 else ""
        for line in logs.read_lines(file, follow=options.follow):
            _say(mark + line)
    return 0


def _say(text: str) -> None:
    sys.stdout.write(f"{plain(text)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
