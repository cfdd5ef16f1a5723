"""Environments beside the one that the tests run in; what is not installed is skipped with the command that does it.

And what pip installs from in a test, which has no network.
"""

from __future__ import annotations

from pathlib import Path

import pytest

WHEELS = Path(__file__).parents[1] / ".venv" / "wheels"
OFFLINE = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(WHEELS)}
SDK3 = Path(__file__).parents[1] / ".venv" / "sdk3"

AWSCLI = Path(__file__).parents[1] / ".venv" / "awscli"

needs_awscli = pytest.mark.skipif(not AWSCLI.exists(), reason="the AWS CLI 1 is not installed: `make .venv/awscli`")
needs_sdk3 = pytest.mark.skipif(
    not (SDK3 / "ready").exists(), reason="the SageMaker SDK 3 is not installed: `make .venv/sdk3/ready`"
)
