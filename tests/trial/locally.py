"""`python -m tests.trial.locally`: a trial on the local AWS of AWS_ENDPOINT_URL, which tests the trial itself."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.rehearsal import archive, checkout
from tests.rehearsal.replaced import Replacement
from tests.rehearsal.site import PYTHON, local_variables
from tests.trial.__main__ import main
from tests.trial.setting import Setting


@dataclass
class LocalSetting(Setting):
    """The local AWS: a trial here has to replace the same as a rehearsal."""

    def __post_init__(self) -> None:
        address = os.environ.get("AWS_ENDPOINT_URL", "")
        if urlsplit(address).hostname != "127.0.0.1":
            sys.exit(f"AWS_ENDPOINT_URL is {address!r}; it must be the address of a local AWS on 127.0.0.1.")
        self.more = f" --set BakeSeconds=1 --set PythonRuntime=python{PYTHON}"
        self.environment = dict(local_variables(address, Path(os.environ["SCONES_HOME"]), self.region))

    def prepare(self, folder: Path) -> None:
        """As on AWS, with fewer epochs and a data set that they can learn."""
        super().prepare(folder)
        checkout.shorten(folder)

    def variables(self, name: str, mark: str, folder: Path) -> dict[str, str]:
        """As on AWS; the data set is drawn when it is first needed."""
        data = folder.resolve() / "drawn.tar.gz"
        if not data.exists():
            archive.draw(data)
        by = rf"\1 upload {data}"
        self.table = (Replacement(r"(scones --target aws dataset) cifar100", by, "a few epochs learn it"),)
        return super().variables(name, mark, folder)


if __name__ == "__main__":
    sys.exit(main(setting=LocalSetting))
