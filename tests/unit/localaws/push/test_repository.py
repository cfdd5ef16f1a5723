"""Repositories on disk: their names, their seed, and archives that must not be unpacked."""

import io
import os
import stat
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from common.archives import Limits
from localaws.aws import Aws
from localaws.ministack import cloudformation, services
from localaws.push import repository
from localaws.push.git import PushError
from localaws.resources import repositories
from localaws.settings import Settings


def _zip(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return buffer.getvalue()


def _git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True).stdout


def test_a_repository_without_a_seed_is_empty_and_has_an_executable_hook(settings: Settings) -> None:
    made = repository.create(settings, "scones")
    assert made == settings.home / "repositories" / "scones.git"
    assert _git(made, "branch", "--list") == ""
    hook = made / "hooks" / "post-receive"
    assert os.access(hook, os.X_OK)
    assert f"-m localaws.push {settings.port} {settings.home} us-east-1 {made}" in hook.read_text(encoding="utf-8")


def test_a_seed_becomes_the_first_commit_of_its_branch(settings: Settings) -> None:
    made = repository.create(settings, "scones", _zip(README=b"hello", inner__file=b"1"), branch="trunk")
    assert _git(made, "ls-tree", "-r", "--name-only", "trunk").split() == ["README", "inner/file"]
    assert _git(made, "rev-list", "--count", "trunk").strip() == "1"


@pytest.mark.parametrize("name", ["", "a b", "a.git", "..", "../up", "x" * 101, "naïve"])
def test_a_name_that_codecommit_refuses_is_refused(name: str, settings: Settings) -> None:
    with pytest.raises(PushError, match="1 to 100 letters"):
        repository.create(settings, name)


def test_a_second_repository_of_a_name_is_refused_and_a_deleted_one_is_gone(settings: Settings) -> None:
    made = repository.create(settings, "scones")
    with pytest.raises(PushError, match="exists already"):
        repository.create(settings, "scones")
    repository.delete(settings, "scones")
    repository.delete(settings, "scones")
    assert not made.exists()


def test_a_renamed_repository_keeps_its_history_and_its_hook_knows_the_new_place(settings: Settings) -> None:
    repository.create(settings, "old", _zip(README=b"hello"))
    made = repository.rename(settings, "old", "new")
    assert _git(made, "ls-tree", "--name-only", "main").strip() == "README"
    assert "new.git" in (made / "hooks" / "post-receive").read_text(encoding="utf-8")


def _link() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        entry = zipfile.ZipInfo("link")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("seed", "said"),
    [
        (_zip(**{"..__up": b""}), "which leads outside of it"),
        (_zip(**{".git__hooks__post-checkout": b""}), "which git keeps for itself"),
        (_zip(**{"folder__.GIT": b""}), "which git keeps for itself"),
        (_link(), "'link', a link or special file"),
        (b"no zip", "no zip that can be used"),
    ],
)
def test_a_seed_that_is_no_seed_leaves_nothing_behind(seed: bytes, said: str, settings: Settings) -> None:
    with pytest.raises(PushError, match=said):
        repository.create(settings, "scones", seed)
    assert list((settings.home / "repositories").iterdir()) == []


def test_a_seed_that_is_too_large_is_refused(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("localaws.push.repository._LIMITS", Limits(members=5, file_bytes=10, total_bytes=10))
    with pytest.raises(PushError, match="more than"):
        repository.create(settings, "scones", _zip(a=b"123456", b=b"123456"))


def test_a_new_start_brings_the_hooks_to_its_port(settings: Settings) -> None:
    made = repository.create(settings, "scones")
    repository.refresh_hooks(Settings(port=5000, home=settings.home))
    assert "-m localaws.push 5000 " in (made / "hooks" / "post-receive").read_text(encoding="utf-8")


@pytest.fixture
def handlers(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[..., tuple[str, dict[str, str]]]]:
    """The type's handlers, as they are given to CloudFormation."""
    found: dict[str, Callable[..., tuple[str, dict[str, str]]]] = {}
    monkeypatch.setattr(
        cloudformation,
        "add_resource_type",
        lambda _, create, delete, update: found.update(create=create, delete=delete, update=update),
    )
    monkeypatch.setattr(services, "read_object", lambda _, key, __: _zip(A=b"") if key == "seed.zip" else None)
    repositories.register(aws)
    aws.events.start()  # the first commit's event is delivered before the stack goes on
    return found


def test_cloudformation_creates_renames_and_deletes_it(
    handlers: dict[str, Callable[..., tuple[str, dict[str, str]]]], settings: Settings
) -> None:
    code = {"S3": {"Bucket": "bucket", "Key": "seed.zip"}}
    identifier, attributes = handlers["create"]("Repository", {"RepositoryName": "a", "Code": code}, "stack")
    assert attributes["Arn"] == "arn:aws:codecommit:us-east-1:000000000000:a"
    assert attributes["Name"] == "a"
    assert attributes["CloneUrlHttp"].endswith("/v1/repos/a")
    same, attributes = handlers["update"](identifier, {"RepositoryName": "a"}, {"RepositoryName": "b"}, "stack")
    assert (same, attributes["Name"]) == (identifier, "b")
    assert _git(repository.find(settings, "b"), "ls-tree", "--name-only", "main").strip() == "A"
    handlers["delete"](identifier, {"RepositoryName": "b"})
    assert not repository.find(settings, "b").exists()


def test_a_repository_that_a_deleted_stack_kept_is_taken_up_with_its_commits(
    handlers: dict[str, Callable[..., tuple[str, dict[str, str]]]], settings: Settings
) -> None:
    code = {"S3": {"Bucket": "bucket", "Key": "seed.zip"}}
    first, _ = handlers["create"]("Repository", {"RepositoryName": "a", "Code": code}, "stack")
    commit = _git(repository.find(settings, "a"), "rev-parse", "main")
    again, _ = handlers["create"]("Repository", {"RepositoryName": "a", "Code": code}, "stack")
    assert again == first
    assert _git(repository.find(settings, "a"), "rev-parse", "main") == commit


def test_a_seed_that_is_not_in_the_bucket_is_named(
    handlers: dict[str, Callable[..., tuple[str, dict[str, str]]]],
) -> None:
    code = {"S3": {"Bucket": "bucket", "Key": "other.zip"}}
    with pytest.raises(PushError, match=r"no s3://bucket/other\.zip"):
        handlers["create"]("Repository", {"RepositoryName": "a", "Code": code}, "stack")
