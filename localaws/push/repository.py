"""Bare repositories, as CodeCommit has them: in `SCONES_HOME/repositories`, and another region's in its own folder."""

from __future__ import annotations

import io
import re
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

from common.archives import BadArchive, Limits, Member, read_zip
from common.archives import unpack as unpack_members
from localaws.push import hook
from localaws.push.git import PushError, git
from localaws.settings import Settings

_ID = "scones-id"
_COMMIT = re.compile(r"[0-9a-f]{40}")
_NAME = re.compile(r"[\w.-]{1,100}", re.ASCII)


def folder(settings: Settings) -> Path:
    """Where the repositories lie."""
    return settings.state / "repositories"


def find(settings: Settings, name: str) -> Path:
    """The place of a repository; raise PushError for a name that CodeCommit refuses."""
    if not _NAME.fullmatch(name) or name.endswith(".git") or name in (".", ".."):
        raise PushError(
            f"RepositoryName is {name!r}; it must be 1 to 100 letters, digits, dots, dashes and underscores, "
            "and not end in .git."
        )
    return folder(settings) / f"{name}.git"


def arn(settings: Settings, name: str) -> str:
    """The ARN of a repository."""
    return f"arn:aws:codecommit:{settings.region}:{settings.account}:{name}"


def clone_url(settings: Settings, name: str) -> str:
    """The address that CodeCommit gives a repository."""
    return f"https://git-codecommit.{settings.region}.amazonaws.com/v1/repos/{name}"


def pusher(settings: Settings) -> str:
    """Who pushes and asks on a laptop: the account's root, whose credentials everybody has there."""
    return f"arn:aws:iam::{settings.account}:root"


def default_branch(path: Path) -> str:
    """The branch that a repository's HEAD names."""
    return (path / "HEAD").read_text(encoding="utf-8").strip().rpartition("refs/heads/")[2]


def resolve(path: Path, version: str) -> str | None:
    """The commit that a version names: a commit, a branch, a tag or a whole reference; None for what is not there."""
    for name in (version, f"refs/heads/{version}", f"refs/tags/{version}"):
        if name == "HEAD" or name.startswith("refs/") or _COMMIT.fullmatch(name):
            try:
                words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
                return git(*words, folder=path).strip()
            except PushError:
                continue
    return None


def create(settings: Settings, name: str, seed: bytes | None = None, branch: str = "main") -> Path:
    """Make a repository, with one commit of the seed's files where there is a seed."""
    path = find(settings, name)
    if path.exists():
        raise PushError(f"A repository {name} exists already; delete it, or choose another name.")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # It appears under its name when it is whole: an interrupted start leaves no half of a repository.
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".new-") as work:
        made = Path(work) / "bare"
        git("init", "--quiet", "--bare", f"--initial-branch={branch}", str(made), folder=path.parent)
        _let_commits_be_asked_for(made)
        if seed is not None:
            _commit(seed, Path(work) / "seed", made, branch)
        hook.write(settings, made, path)
        (made / _ID).write_text(str(uuid.uuid4()), encoding="ascii")
        made.rename(path)
    return path


def read_id(path: Path) -> str:
    """A repository's id, which stays when its name changes."""
    return (path / _ID).read_text(encoding="ascii")


def rename(settings: Settings, old: str, new: str) -> Path:
    """Rename a repository; its history stays."""
    source, target = find(settings, old), find(settings, new)
    if target.exists():
        raise PushError(f"A repository {new} exists already; choose another name.")
    source.rename(target)
    hook.write(settings, target, target)
    return target


def delete(settings: Settings, name: str) -> None:
    """Delete a repository with all that was pushed to it; one that is gone already is no error."""
    shutil.rmtree(find(settings, name), ignore_errors=True)


def refresh_hooks(settings: Settings) -> None:
    """Bring every hook to the port and Python of this start."""
    for path in folder(settings).glob("*.git"):
        hook.write(settings, path, path)
        _let_commits_be_asked_for(path)


def _let_commits_be_asked_for(path: Path) -> None:
    # A build fetches its commit by name, with as little history as its project wants.
    git("config", "uploadpack.allowAnySHA1InWant", "true", folder=path)


def _commit(seed: bytes, work: Path, bare: Path, branch: str) -> None:
    unpack(seed, work)
    git("init", "--quiet", f"--initial-branch={branch}", folder=work)
    git("add", "--all", "--force", folder=work)
    git("commit", "--quiet", "--no-verify", "--message", "Initial commit", folder=work)
    git("push", "--quiet", str(bare), branch, folder=work)


# CodeCommit takes less; what a project starts from is far below either.
_LIMITS = Limits(members=5_000, file_bytes=100_000_000, total_bytes=100_000_000)


def unpack(content: bytes, folder: Path) -> None:
    """Unpack a zip into a new folder; raise PushError for one that is damaged, too large, or leads out."""
    try:
        unpack_members(_read(content), folder)
    except BadArchive as error:
        raise PushError(f"The repository's seed is no zip that can be used, as {error}.") from error


def _read(content: bytes) -> Iterator[Member]:
    for member in read_zip(io.BytesIO(content), _LIMITS):
        if ".git" in member.name.lower().split("/"):
            raise BadArchive(f"it holds {member.name!r}, which git keeps for itself")
        yield member
