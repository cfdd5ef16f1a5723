"""A build's source: a commit of a repository of the local CodeCommit, fetched under the build's role."""

from __future__ import annotations

from pathlib import Path

from localaws.aws import Aws
from localaws.builds.errors import YAML_FILE_ERROR, BuildError
from localaws.builds.projects import PRINCIPAL
from localaws.errors import AwsError
from localaws.push import repository
from localaws.push.git import PushError, git
from localaws.shapes import Document

_DEFAULT_BUILDSPEC = "buildspec.yml"


def download(aws: Aws, build: Document, folder: Path) -> str | None:
    """Put the commit that a build is of into a new folder and answer its id; None for a build without source.

    Raises BuildError where the role may not read the repository, or the version is not there.
    """
    source = build["source"]
    if source["type"] == "NO_SOURCE":
        folder.mkdir()
        return None
    if source["type"] != "CODECOMMIT":
        raise BuildError(
            f"The source is of type {source['type']}; the local AWS builds its own CODECOMMIT or NO_SOURCE."
        )
    version = build.get("sourceVersion") or "HEAD"
    place = _repository(aws, build, version)
    commit = repository.resolve(place, version)
    if commit is None:
        raise BuildError(f"reference not found for primary source and source version {version}")
    check_out(place, commit, folder, source.get("gitCloneDepth") or 0)
    return commit


def find_buildspec(build: Document, folder: Path) -> str:
    """The text of a build's buildspec: inline, or a file of the source."""
    given = build["source"].get("buildspec") or _DEFAULT_BUILDSPEC
    if "\n" in given or given.lstrip().startswith("{"):
        return str(given)
    path = folder / given
    if not path.is_file() or not path.resolve().is_relative_to(folder.resolve()):
        raise BuildError(f"YAML file does not exist: the commit has no {given}", YAML_FILE_ERROR)
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise BuildError(f"{given} is not UTF-8: {error}", YAML_FILE_ERROR) from error


def check_out(place: Path, commit: str, folder: Path, depth: int) -> None:
    """Put a commit into a new folder, with all history (depth 0) or as much as the project wants."""
    folder.mkdir()
    git("init", "--quiet", folder=folder)
    git("remote", "add", "origin", f"file://{place}", folder=folder)
    if depth:
        git("fetch", "--quiet", f"--depth={depth}", "origin", commit, folder=folder)
    else:
        git("fetch", "--quiet", "--tags", "origin", "+refs/heads/*:refs/remotes/origin/*", folder=folder)
        if not _has(folder, commit):  # of a branch that is gone
            git("fetch", "--quiet", "origin", commit, folder=folder)
    git("checkout", "--quiet", "--detach", commit, folder=folder)


def _has(folder: Path, commit: str) -> bool:
    try:
        git("cat-file", "-e", f"{commit}^{{commit}}", folder=folder)
    except PushError:
        return False
    return True


def _repository(aws: Aws, build: Document, version: str) -> Path:
    name = str(build["source"].get("location", "")).rstrip("/").rpartition("/")[2]
    about = f"primary source and source version {version}"
    if aws.authority:
        arn = f"arn:aws:codecommit:{aws.settings.region}:{aws.settings.account}:{name}"
        try:
            aws.authority.check(build["serviceRole"], "codecommit:GitPull", arn, service=PRINCIPAL)
        except AwsError as error:
            raise BuildError(f"authorization failed for {about}: {error.message}") from error
    try:
        place = repository.find(aws.settings, name)
    except PushError as error:
        raise BuildError(f"repository not found for {about}: {error}") from error
    if not place.exists():
        raise BuildError(f"repository not found for {about}")
    return place.resolve()
