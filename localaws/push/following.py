"""The hook's part: report a push to the local AWS, follow the builds that it started, and say how each ended."""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import EndpointConnectionError

from localaws import keys
from localaws.clients import Clients
from localaws.process import answers
from localaws.push.changes import PATH, Change
from localaws.push.git import PushError
from localaws.settings import BUILD_LOG, Settings

_EXECUTION = re.compile(r"arn:aws[\w-]*:sagemaker:[\w-]+:\d{12}:pipeline/[\w-]+/execution/\w+")
_SHORT = 9
_POLL_SECONDS = 0.2
_REPORT_SECONDS = 120
_NOT_BUILT = "What was pushed is kept"

Say = Callable[[str], None]


@dataclass(frozen=True)
class Pushed:
    """A change, and what its event has started."""

    change: Change
    started: tuple[str, ...]
    refused: tuple[str, ...]


def read_changes(lines: Iterable[str]) -> list[Change]:
    """Read the `old new ref` lines that git gives its hook."""
    return [Change(*line.split(maxsplit=2)) for line in map(str.strip, lines) if line]


def follow(settings: Settings, repository: Path, changes: list[Change], say: Say) -> int:
    """Report a push and follow its builds; answers 1 where one did not succeed."""
    if not answers(settings):
        raise PushError(
            f"The local AWS does not answer on {settings.endpoint}; start it with `scones up`. {_NOT_BUILT}, and is "
            "built by the local AWS when it is up again."
        )
    name = repository.name.removesuffix(".git")
    codebuild = Clients(settings, keys.ensure(settings)).get("codebuild")
    return max(
        (_follow(settings, codebuild, pushed, say) for pushed in report_push(settings, name, changes)), default=0
    )


def report_push(settings: Settings, name: str, changes: list[Change]) -> list[Pushed]:
    """Report a push to the local AWS; answers what each change has started."""
    body = json.dumps({"repository": name, "changes": [[each.old, each.new, each.ref] for each in changes]}).encode()
    try:
        with urllib.request.urlopen(_signed(settings, body), timeout=_REPORT_SECONDS) as response:  # noqa: S310
            answered = json.load(response)["changes"]
    except urllib.error.HTTPError as error:
        raise PushError(f"The local AWS did not take the push: {error.read().decode(errors='replace')}") from error
    except (OSError, ValueError) as error:
        raise PushError(
            f"The local AWS got the push and did not answer ({error}). {_NOT_BUILT}; "
            "`aws codebuild list-builds` lists what was started."
        ) from error
    return [
        Pushed(Change(one["old"], one["new"], one["ref"]), tuple(one["started"]), tuple(one["refused"]))
        for one in answered
    ]


def _signed(settings: Settings, body: bytes) -> urllib.request.Request:
    """The request that reports a push, signed as CodeCommit's are: nobody else may report one."""
    key = keys.ensure(settings)
    asked = AWSRequest("POST", f"{settings.endpoint}{PATH}", {"Content-Type": "application/json"}, body)
    SigV4Auth(Credentials(key.key, key.secret), "codecommit", settings.region).add_auth(asked)
    return urllib.request.Request(asked.url, body, dict(asked.headers.items()), method="POST")  # noqa: S310 - our own


def _follow(settings: Settings, codebuild: Any, pushed: Pushed, say: Say) -> int:  # noqa: ANN401 - a boto3 client
    for sentence in pushed.refused:
        say(f"FAILED: {sentence}. {_NOT_BUILT}; no run was started.\n")
    if not pushed.started and not pushed.refused:
        say(_why_not_built(pushed.change))
    ended = [follow_build(settings, codebuild, build_id, say) for build_id in pushed.started]
    return int(bool(pushed.refused) or any(ended))


def _why_not_built(change: Change) -> str:
    if change.deleted:
        return f"{change.ref} was deleted; nothing is built.\n"
    return f"{change.ref} is kept and not built: no rule of EventBridge starts a build for it.\n"


def follow_build(settings: Settings, codebuild: Any, build_id: str, say: Say) -> int:  # noqa: ANN401
    """Print a build's log while it is written; answers 0, or 1 where the build did not succeed."""
    log = settings.builds / build_id.rpartition(":")[2] / BUILD_LOG
    read, printed = 0, []
    while True:
        # The log is whole once the build is complete, so it is read after the build.
        build = _describe(codebuild, build_id)
        piece = _read(log, read)
        read += len(piece)
        text = piece.decode("utf-8", errors="replace")
        printed.append(text)
        say(text)
        if build["buildComplete"]:
            break
        time.sleep(_POLL_SECONDS)
    say(verdict(build, "".join(printed), log))
    return int(build["buildStatus"] not in ("SUCCEEDED", "STOPPED"))


def _describe(codebuild: Any, build_id: str) -> dict[str, Any]:  # noqa: ANN401
    try:
        build: dict[str, Any] = codebuild.batch_get_builds(ids=[build_id])["builds"][0]
    except EndpointConnectionError as error:
        project = build_id.partition(":")[0]
        raise PushError(
            f"The local AWS ended, and the build with it. {_NOT_BUILT}; `scones up`, and then "
            f"`aws codebuild start-build --project-name {project}`, builds it again."
        ) from error
    return build


def _read(log: Path, start: int) -> bytes:
    """The whole lines of a log from a place on."""
    if not log.exists():
        return b""
    with log.open("rb") as file:
        file.seek(start)
        content = file.read()
    return content[: content.rfind(b"\n") + 1]


def verdict(build: dict[str, Any], printed: str, log: Path) -> str:
    """The last line: which run was started, or what failed and where the whole log is."""
    short = build.get("resolvedSourceVersion", build.get("sourceVersion", ""))[:_SHORT]
    started = [line.strip() for line in printed.splitlines() if _EXECUTION.fullmatch(line.strip())]
    run = f"It had started {started[-1]}" if started else "No run was started"
    if build["buildStatus"] == "STOPPED":
        return f"Stopped {short}. {run}. The log: {log}\n"
    if build["buildStatus"] != "SUCCEEDED":
        return f"FAILED: {short}: {_failure(build)}. {run}. The whole log: {log}\n"
    if not started:
        return f"Built {short}; its buildspec started no run. The log: {log}\n"
    return f"Started {started[-1]} for {short}.\n"


def _failure(build: dict[str, Any]) -> str:
    for phase in build["phases"]:
        for context in phase.get("contexts", []):
            if context.get("message"):
                said = " ".join(context["message"].split()).rstrip(".")
                return f"{phase['phaseType']}: {context['statusCode']}: {said}"
    return f"the build is {build['buildStatus']}"
