"""What a hook tells the local AWS of a push; it imports little, as git waits for the hook."""

from __future__ import annotations

from dataclasses import dataclass

PATH = "/_localaws/received"
_TYPES = {"heads": "branch", "tags": "tag"}


@dataclass(frozen=True)
class Change:
    """A reference that moved, as git tells its hook: from a commit to a commit, which is zeros where there is none."""

    old: str
    new: str
    ref: str

    @property
    def created(self) -> bool:
        """Whether the reference is new."""
        return not self.old.strip("0")

    @property
    def deleted(self) -> bool:
        """Whether the reference is gone."""
        return not self.new.strip("0")

    @property
    def name(self) -> str:
        """The reference's name without `refs/heads/` or `refs/tags/`."""
        return self.ref.split("/", 2)[-1]

    @property
    def type(self) -> str:
        """`branch` or `tag`; empty for references that CodeCommit tells nothing of."""
        return _TYPES.get(self.ref.split("/")[1], "") if self.ref.count("/") > 1 else ""
