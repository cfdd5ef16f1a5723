"""Which of the job's instances this is, from the files that SageMaker puts into every container.

`resourceconfig.json` and `processingjobconfig.json` are described in SageMaker's developer guide under
"How Amazon SageMaker Processing configures your processing container".
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.jobs import Refusal


@dataclass(frozen=True)
class Cluster:
    """This instance among all of the job's; `hosts` is sorted and the first one writes the lists."""

    host: str = "algo-1"
    hosts: tuple[str, ...] = ("algo-1",)

    @property
    def alone(self) -> bool:
        return len(self.hosts) == 1

    @property
    def first(self) -> bool:
        return self.host == self.hosts[0]

    def owns(self, index: int) -> bool:
        """Whether the archive's record with this running index is this instance's to write."""
        return index % len(self.hosts) == self.hosts.index(self.host)


def read(config_dir: Path) -> Cluster:
    """This instance; without `resourceconfig.json` (a run by hand) it is alone."""
    path = config_dir / "resourceconfig.json"
    if not path.exists():
        return Cluster()
    config = _load(path)
    host, hosts = config.get("current_host"), config.get("hosts")
    if not isinstance(host, str) or not isinstance(hosts, list) or host not in hosts:
        raise Refusal(
            f"{path} names the host {host!r} among {hosts!r}, where current_host must be one of hosts: "
            "run in a SageMaker Processing container, or without this file."
        )
    return Cluster(host, tuple(sorted(hosts)))


def meeting_place(config_dir: Path, output: str = "lst") -> str:
    """The S3 address at which the instances of this job exchange their parts.

    It lies under the job's own output named `lst`, the one place that every instance knows and may write to.
    """
    path = config_dir / "processingjobconfig.json"
    config = _load(path) if path.exists() else {}
    for entry in config.get("ProcessingOutputConfig", {}).get("Outputs", []):
        if entry.get("OutputName") == output and "S3Output" in entry:
            prefix = entry["S3Output"]["S3Uri"].rstrip("/")
            return f"{prefix}/parts/{config['ProcessingJobName']}"
    raise Refusal(
        f"{path} names no S3 output called {output!r}, which several instances need to meet: "
        f"add that output to the job, or run it on one instance."
    )


def _load(path: Path) -> dict[str, Any]:
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise Refusal(f"{path} is not JSON ({error}): run in a SageMaker Processing container.") from error
    return config if isinstance(config, dict) else {}
