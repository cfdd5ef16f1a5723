"""The difference of two pipeline definitions, for people: what was added, removed and changed, and then every line."""

import difflib
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from common.masking import mask_document
from seedcode.errors import PackagingError

SAME = "The pipeline's definition stays as it is."
TITLE = "### The pipeline's definition"
_LONGEST = 200
_ABSENT = object()
_Pair = tuple[Any, Any]


def describe(before: Mapping[str, Any], after: Mapping[str, Any], limit: int | None = None) -> str:
    """Return the difference as Markdown, in at most `limit` characters; what does not fit is said to be missing."""
    if before == after:
        return f"{TITLE}\n\n{SAME}\n"
    summary = "\n".join([TITLE, "", *(f"- {line}" for line in summarize(before, after))])
    whole = f"{summary}\n\n```diff\n{_unified(before, after)}\n```\n"
    if limit is None or len(whole) <= limit:
        return whole
    note = "\n\nThe rest is too long for a comment; `make definition` shows it.\n"
    # Whole lines: half a line would leave a code span open, and what follows would be read as Markdown.
    return summary[: limit - len(note)].rpartition("\n")[0] + note


def summarize(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each parameter, step or value that differs; what looks like a secret is hidden in it."""
    shown = (_index(mask_document(before)), _index(mask_document(after)))
    return list(_changes((_index(before), _index(after)), shown, ""))


def _index(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Turn lists whose members have names into mappings, so that a new step shifts no other."""
    if isinstance(value, Mapping):
        return {key: _index(member) for key, member in value.items()}
    if isinstance(value, list):
        names = [_name(member) for member in value]
        if value and all(names) and len(set(names)) == len(names):
            return {name: _index(member) for name, member in zip(names, value, strict=True)}
        return {str(number): _index(member) for number, member in enumerate(value)}
    return value


def _name(member: Any) -> str | None:  # noqa: ANN401
    keys = ("Name", "InputName", "OutputName", "ChannelName", "MetricName")
    return next((str(member[key]) for key in keys if key in member), None) if isinstance(member, Mapping) else None


def _changes(pair: _Pair, shown: _Pair, path: str) -> Iterator[str]:
    """Compare a pair of values, and quote the pair that may be shown, which has the same form."""
    before, after = pair
    if before == after:
        return
    if before is _ABSENT:
        yield f"{_code(path)} is new: {_quote(shown[1])}"
    elif after is _ABSENT:
        yield f"{_code(path)} is gone; it was {_quote(shown[0])}"
    elif isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys((*before, *after)):
            inner = f"{path}.{key}" if path else str(key)
            yield from _changes(_inner(pair, key), _inner(shown, key), inner)
    else:
        yield f"{_code(path)}: {_quote(shown[0])} becomes {_quote(shown[1])}"


def _inner(pair: _Pair, key: str) -> _Pair:
    return pair[0].get(key, _ABSENT), pair[1].get(key, _ABSENT)


def _quote(value: Any) -> str:  # noqa: ANN401
    return _code(json.dumps(value, ensure_ascii=False))


def _code(text: str) -> str:
    """A code span, which nothing that the author of a pull request wrote can end, break up or turn around."""
    cut = text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
    shown = "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in cut)
    return f"`{shown.replace('`', chr(39))}`"


def _unified(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    old, new = (json.dumps(mask_document(each), indent=2, sort_keys=True).splitlines() for each in (before, after))
    return "\n".join(difflib.unified_diff(old, new, "before", "after", lineterm="", n=2))


_SECONDS = 300


def define_here(root: Path) -> dict[str, Any]:
    """Build the definition of a checkout, as `make definition` prints it."""
    command = [sys.executable, "-m", "pipelines.get_pipeline_definition"]
    definition: dict[str, Any] = json.loads(_run(command, root, {**os.environ, "PYTHONPATH": str(root)}))
    return definition


def define_at(commit: str, root: Path) -> dict[str, Any]:
    """Build the definition of a commit; one from before the pipeline has an empty one."""
    with TemporaryDirectory() as folder:
        work = Path(folder).resolve() / "before"
        _run(["git", "worktree", "add", "--quiet", "--detach", "--", str(work), _resolve(commit, root)], root)
        try:
            return define_here(work) if (work / "pipelines").is_dir() else {}
        finally:
            _run(["git", "worktree", "remove", "--force", "--", str(work)], root)


def merge_base(one: str, other: str, root: Path) -> str:
    """Return the commit at which two branches parted."""
    return _run(["git", "merge-base", "--", _resolve(one, root), _resolve(other, root)], root).strip()


def _resolve(commit: str, root: Path) -> str:
    # What is not a revision, an option among others, is refused here.
    return _run(["git", "rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}^{{commit}}"], root).strip()


def _run(command: list[str], folder: Path, environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=_SECONDS, check=False
    )
    if done.returncode:
        reason = (done.stderr.strip() or f"it ended with {done.returncode}").splitlines()[-1]
        raise PackagingError(f"`{' '.join(command[:3])}` failed in {folder}: {reason}")
    return done.stdout


LONGEST = 10_240  # CodeCommit takes this many characters


@dataclass(frozen=True)
class PullRequest:
    """Which pull request, and between which commits."""

    identifier: str
    repository: str
    before: str
    after: str


def comment(codecommit: Any, request: PullRequest, text: str) -> str:  # noqa: ANN401 - a boto3 client
    """Post a comment and return its id; a build that is repeated posts no second one."""
    token = hashlib.sha256("\0".join((request.identifier, request.before, request.after, text)).encode()).hexdigest()
    answer = codecommit.post_comment_for_pull_request(
        pullRequestId=request.identifier,
        repositoryName=request.repository,
        beforeCommitId=request.before,
        afterCommitId=request.after,
        content=text,
        clientRequestToken=token,
    )
    return str(answer["comment"]["commentId"])
