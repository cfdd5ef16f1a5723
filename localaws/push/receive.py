"""What a push brings: which branch moved where, and whether that is built."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from localaws.clients import Clients
from localaws.process import answers
from localaws.push import project
from localaws.push.commit import build_commit
from localaws.push.errors import PushError
from localaws.push.lock import alone
from localaws.settings import Settings


@dataclass(frozen=True)
class Change:
    """One line of what git tells its hook."""

    old: str
    new: str
    ref: str

    @property
    def deleted(self) -> bool:
        """Whether the ref is gone."""
        return not self.new.strip("0")


def read_changes(lines: Iterable[str]) -> list[Change]:
    """Read `old new ref` lines."""
    return [Change(*line.split(maxsplit=2)) for line in map(str.strip, lines) if line]


def receive(settings: Settings, repository: Path, changes: Iterable[Change], say: Callable[[str], None]) -> int:
    """Build what is to be built and say why the rest is not; answers 1 where a build failed."""
    if not answers(settings):
        raise PushError(
            f"The local AWS does not answer on {settings.endpoint}; start it with `scones up` and push again. "
            "What was pushed is kept, no run was started."
        )
    name = repository.name.removesuffix(".git")
    found = project.find(Clients(settings).get("codebuild"), name)
    if found is None:
        say(f"No CodeBuild project builds the repository {name}: the stack was deployed without one. No run started.\n")
        return 0
    return max([_take(settings, repository, found, change, say) for change in changes], default=0)


def _take(
    settings: Settings, repository: Path, found: project.Project, change: Change, say: Callable[[str], None]
) -> int:
    if change.deleted:
        say(f"{change.ref} was deleted; nothing is built.\n")
        return 0
    if change.ref != f"refs/heads/{found.branch}":
        say(f"{change.ref} is kept and not built: {found.name} builds the branch {found.branch} only.\n")
        return 0
    with alone(repository, say):
        return build_commit(settings, repository, found, change.new, say)
