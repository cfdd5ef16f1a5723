"""Where the local AWS lives: port, state directory, region and account."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from localaws.algorithms.image_classification.engine import EngineError, choose_engine
from localaws.algorithms.image_classification.replicas import ReplicasError, count_cores
from localaws.isolation.kinds import NAMESPACES, PATHS, REWRITTEN, VARIABLE, Isolation

DEFAULT_PORT = 4566
REGION = "us-east-1"  # the home region
ACCOUNT = "000000000000"
HOST = "127.0.0.1"
_PORT_FILE = "port"
BUILD_LOG = "log"  # in a build's directory, for who follows it
_REGIONS, _DATABASE = "regions", "sagemaker.db"
HEALTH = "/_localaws/health"  # the one path that answers everybody


class SettingsError(ValueError):
    """An environment variable has a value that cannot be used; the message says which and what is allowed."""


@dataclass(frozen=True)
class Settings:
    """One local AWS. Two checkouts with different ports and homes run side by side."""

    port: int = DEFAULT_PORT
    home: Path = Path(".scones")
    region: str = REGION
    account: str = ACCOUNT
    enforce_iam: bool = False
    existing_customer: bool = False
    open_to_all: bool = False
    engine: str = "mxnet"
    training_cores: int = 1
    isolation: Isolation = REWRITTEN

    @property
    def endpoint(self) -> str:
        """The URL that AWS_ENDPOINT_URL names."""
        return f"http://{HOST}:{self.port}"

    def in_region(self, name: str) -> Settings:
        """The same local AWS as its region `name` sees it."""
        return self if name == self.region else replace(self, region=name)

    def used_regions(self) -> list[Settings]:
        """This region, then every other that has kept something here."""
        found = sorted(path.parent.name for path in (self.home / _REGIONS).glob(f"*/{_DATABASE}"))
        return [self, *(self.in_region(name) for name in [REGION, *found] if name != self.region)]

    @property
    def state(self) -> Path:
        """Where the region keeps what is its own: the home itself, for the home region."""
        return self.home if self.region == REGION else self.home / _REGIONS / self.region

    @property
    def database(self) -> Path:
        """The region's store."""
        return self.state / _DATABASE

    @property
    def key_file(self) -> Path:
        """Holds the installation's access key, for its owner alone; see localaws.keys."""
        return self.home / "credentials"

    @property
    def pid_file(self) -> Path:
        """Holds the process id while the local AWS runs."""
        return self.home / "localaws.pid"

    @property
    def port_file(self) -> Path:
        """Holds the port that the local AWS was last started on."""
        return self.home / _PORT_FILE

    @property
    def account_file(self) -> Path:
        """Says which account the local AWS was started as: new or existing."""
        return self.home / "account"

    @property
    def jobs(self) -> Path:
        """One directory a job: its /opt/ml for each instance, and its logs."""
        return self.state / "jobs"

    @property
    def builds(self) -> Path:
        """One directory a build: its log, and while it runs its source."""
        return self.state / "builds"

    @property
    def deployments(self) -> Path:
        """One empty file a stack whose deployment by `scones` has begun and not come to its end."""
        return self.state / "deployments"

    @property
    def access_log(self) -> Path:
        """What roles were used for, where IAM is enforced."""
        return self.home / "access.jsonl"

    @property
    def mail(self) -> Path:
        """One file a message that AWS would have sent by mail."""
        return self.home / "mail"

    @property
    def issuers(self) -> Path:
        """The keys of identity providers, a JSON Web Key Set each, by their host."""
        return self.home / "issuers"

    @property
    def endpoints(self) -> Path:
        """One directory an endpoint: an /opt/ml for each of its instances, and their logs."""
        return self.state / "endpoints"


def from_environment() -> Settings:
    """Read what the environment says of a local AWS.

    SCONES_PORT (by default the port that the home's was last started on, 4566 for a new one), SCONES_HOME (.scones/ in
    the working directory), SCONES_ENFORCE_IAM (false), SCONES_OPEN
    (false: who has no key of the installation is refused), and SCONES_ACCOUNT: `new` (default), to which AWS closed
    Model Monitor, Clarify and Debugger, or `existing`. SCONES_ENGINE says what trains: by default MXNet, where it is
    installed; SCONES_TRAINING_CORES on how many cores: by default OMP_NUM_THREADS, or all. SCONES_ISOLATION is checked;
    what this machine has is found out when the local AWS starts.
    """
    home = Path(os.environ.get("SCONES_HOME", ".scones")).resolve()
    port = os.environ.get("SCONES_PORT", str(load_port(home) or DEFAULT_PORT))
    if not port.isdecimal() or not 1024 <= int(port) <= 65535:
        raise SettingsError(f"SCONES_PORT is {port!r}; it must be a number from 1024 to 65535.")
    enforce, open_to_all = _flag("SCONES_ENFORCE_IAM"), _flag("SCONES_OPEN")
    account = os.environ.get("SCONES_ACCOUNT", "") or "new"
    if account not in ("new", "existing"):
        raise SettingsError(f"SCONES_ACCOUNT is {account!r}; it must be new or existing.")
    isolation = os.environ.get(VARIABLE, "")
    if isolation not in ("", NAMESPACES, PATHS):
        raise SettingsError(f"{VARIABLE} is {isolation!r}; it must be {NAMESPACES} or {PATHS}, or be left out.")
    return Settings(
        int(port),
        home,
        enforce_iam=enforce,
        existing_customer=account == "existing",
        open_to_all=open_to_all,
        engine=_engine(),
        training_cores=_training_cores(),
    )


def load_port(home: Path) -> int | None:
    """The port that the local AWS of a home was last started on; None where it never was."""
    try:
        return int((home / _PORT_FILE).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def _engine() -> str:
    try:
        return choose_engine()
    except EngineError as error:
        raise SettingsError(f"{error}.") from error


def _training_cores() -> int:
    try:
        return count_cores()
    except ReplicasError as error:
        raise SettingsError(f"{error}.") from error


def _flag(name: str) -> bool:
    value = os.environ.get(name, "") or "false"
    if value not in ("true", "false"):
        raise SettingsError(f"{name} is {value!r}; it must be true or false.")
    return value == "true"
