"""The directories and files that SageMaker gives a training or hosting container."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Container:
    """A directory that stands for ``/opt/ml``.

    Paths are those of AWS's page "How Amazon SageMaker provides training information".
    """

    root: Path

    @classmethod
    def from_environment(cls) -> "Container":
        """Take the directory that the variable ``OPT_ML`` names, or ``/opt/ml`` itself."""
        return cls(Path(os.environ.get("OPT_ML", "/opt/ml")))

    @property
    def hyperparameters(self) -> Path:
        return self.root / "input" / "config" / "hyperparameters.json"

    @property
    def input_data_config(self) -> Path:
        return self.root / "input" / "config" / "inputdataconfig.json"

    @property
    def checkpoint_config(self) -> Path:
        return self.root / "input" / "config" / "checkpointconfig.json"

    @property
    def resource_config(self) -> Path:
        return self.root / "input" / "config" / "resourceconfig.json"

    @property
    def data(self) -> Path:
        return self.root / "input" / "data"

    @property
    def model(self) -> Path:
        return self.root / "model"

    @property
    def checkpoints(self) -> Path:
        return self.root / "checkpoints"

    @property
    def failure(self) -> Path:
        return self.root / "output" / "failure"
