"""One commit's build, from a fresh checkout to the one line that says how it ended."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path

from localaws.push import build, buildspec, environment
from localaws.push.errors import PushError
from localaws.push.git import git
from localaws.push.project import Project
from localaws.push.transcript import Transcript
from localaws.settings import Settings

_SHORT = 9


def build_commit(
    settings: Settings, repository: Path, project: Project, commit: str, say: Callable[[str], None]
) -> int:
    """Build a commit as its project says; answers 0, or 1 where it failed."""
    build_id = str(uuid.uuid4())
    transcript = Transcript(settings.home / "builds" / f"{build_id}.log", say)
    try:
        with tempfile.TemporaryDirectory(prefix="scones-source-", ignore_cleanup_errors=True) as folder:
            source = environment.Source(
                repository.name.removesuffix(".git"), project.branch, commit, Path(folder).resolve() / "src"
            )
            check_out(repository, commit, source.folder)
            failure = _run(settings, project, source, build_id, transcript)
        transcript.write(_verdict(commit, failure, transcript))
    finally:
        transcript.close()
    return int(failure is not None)


def check_out(repository: Path, commit: str, folder: Path) -> None:
    """Put a commit into a new folder, with its history, as CodeBuild clones a repository of CodeCommit."""
    git("clone", "--quiet", "--no-checkout", str(repository), str(folder), folder=repository)
    git("checkout", "--quiet", "--detach", commit, folder=folder)


def _run(
    settings: Settings, project: Project, source: environment.Source, build_id: str, transcript: Transcript
) -> str | None:
    """Run the build; answers what went wrong, or None."""
    path = source.folder / project.buildspec
    if not path.is_file() or not path.resolve().is_relative_to(source.folder):
        return f"the commit has no {project.buildspec}, which {project.name} runs"
    transcript.write(f"Building {source.commit[:_SHORT]} of {source.branch} as {project.name} does on AWS:\n")
    try:
        spec = buildspec.parse(path.read_text(encoding="utf-8"))
        made = environment.make(settings, project, source, build_id)
        failure = build.run(spec, source.folder, made, transcript.write, project.minutes * 60)
    except (PushError, UnicodeDecodeError) as error:
        return str(error).rstrip(".")
    return str(failure) if failure else None


def _verdict(commit: str, failure: str | None, transcript: Transcript) -> str:
    started = transcript.executions()
    short = commit[:_SHORT]
    if failure:
        run = f"It had started {started[-1]}" if started else "No run was started"
        return f"FAILED: {short}: {failure}. {run}. The whole log: {transcript.path}\n"
    if not started:
        return f"Built {short}; its buildspec started no run. The log: {transcript.path}\n"
    return f"Started {started[-1]} for {short}.\n"
