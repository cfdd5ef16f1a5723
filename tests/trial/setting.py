"""Where a trial runs: account, region and the environment of its commands."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

from tests.rehearsal import checkout
from tests.rehearsal.replaced import Replacement
from tests.rehearsal.site import bin_folder


@dataclass
class Setting:
    """AWS, with the credentials of whoever starts the trial."""

    region: str
    # More for the deployment's command; on AWS there is nothing to add.
    more: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    # What comes before the trial's own table.
    table: tuple[Replacement, ...] = ()
    _clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """A client with the credentials of the environment; one a service, for all threads."""
        if service not in self._clients:
            self._clients[service] = boto3.client(service, region_name=self.region)
        return self._clients[service]

    def account(self) -> str:
        """The account of the credentials."""
        return str(self.client("sts").get_caller_identity()["Account"])

    def prepare(self, folder: Path) -> None:
        """Create the trial's checkout."""
        checkout.make(folder)
        checkout.make_quick(folder)
        checkout.draw_photo(folder)

    def variables(self, name: str, mark: str, folder: Path) -> dict[str, str]:
        """The terminal's environment: this one's, for a project of the trial's name, and a git configuration."""
        own = folder / "gitconfig"
        if not own.exists():
            theirs = os.environ.get("GIT_CONFIG_GLOBAL") or str(Path.home() / ".gitconfig")
            own.write_text(f"[include]\n\tpath = {theirs}\n", encoding="utf-8")
        kept = {key: value for key, value in os.environ.items() if not re.match("SCONES_|GIT_|PYTHON", key)}
        return {
            **kept,
            "PATH": os.pathsep.join((bin_folder(), kept.get("PATH", os.defpath))),
            "PYTHONPATH": str(folder / "scones"),
            "GIT_CONFIG_GLOBAL": str(own),
            "SCONES_PROJECT": name,
            "SCONES_TAGS": f"scones:trial={mark}",
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            **self.environment,
        }
