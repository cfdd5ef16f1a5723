"""CloudFormation is imported without the services that it makes resources of, and finds each when it needs it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from localaws.environment import PACKAGES

BEGINNING = """
import sys
from ministack import app
from localaws.ministack.stack_services import import_cloudformation
import_cloudformation()
from ministack.services.cloudformation import provisioners
assert "ministack.services.cognito" not in sys.modules
"""


@pytest.mark.parametrize(
    "use",
    [
        "from ministack.services import cognito; assert provisioners._cognito._pool_arn is cognito._pool_arn",
        "arn = provisioners._cognito._pool_arn; assert arn is app._get_module('cognito')._pool_arn",
        "from ministack.services import cognito; cognito._pool_arn = 1; assert provisioners._cognito._pool_arn == 1",
        "assert app._get_module('cognito')._pool_arn is provisioners._cognito._pool_arn",
        "assert 'cognito' not in app._build_persistence_save_dict()",
        "provisioners._cognito.__file__; assert 'cognito' in app._build_persistence_save_dict()",
    ],
)
def test_a_service_is_imported_with_its_first_use_and_is_ministack_s_own(use: str) -> None:
    subprocess.run([sys.executable, "-c", f"{BEGINNING}\n{use}"], check=True, env={"PYTHONPATH": PACKAGES})


def test_the_local_aws_starts_without_services_that_nobody_uses() -> None:
    words = f"{BEGINNING}\nimport localaws.server\nassert 'ministack.services.cognito' not in sys.modules"
    subprocess.run([sys.executable, "-c", words], check=True, env={"PYTHONPATH": PACKAGES})
