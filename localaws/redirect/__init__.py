"""Leads clients that name AWS's own hosts to the local AWS.

The SageMaker SDK asks STS at `https://sts.<region>.amazonaws.com`, whatever AWS_ENDPOINT_URL says, so that neither
`default_bucket()` nor `get_execution_role()` would reach the local AWS. The folder of this package stands on PYTHONPATH
of shells (`scones env`) and of jobs; Python imports its `sitecustomize` at each start.
"""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = str(Path(__file__).parent)
"""What PYTHONPATH has to name."""
NO_TELEMETRY = {"SAGEMAKER_ADMIN_CONFIG_OVERRIDE": str(Path(FOLDER, "sagemaker.yaml"))}
"""Keeps the SageMaker SDK from telling AWS of each call, at a host that no client is made for.

https://sagemaker.readthedocs.io/en/stable/overview.html#configuring-and-using-defaults-with-the-sagemaker-python-sdk
"""


def with_redirect(paths: str) -> str:
    """A PYTHONPATH with the folder first; what it had, follows."""
    return os.pathsep.join([FOLDER, *(path for path in paths.split(os.pathsep) if path not in ("", FOLDER))])
