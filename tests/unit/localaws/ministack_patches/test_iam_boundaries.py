"""CloudFormation gives a role its boundary, changes it, and takes it away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ministack.services import iam
from ministack.services.cloudformation import provisioners

from localaws.ministack import identity
from localaws.ministack_patches import iam as patched

KIND = "AWS::IAM::Role"
BOUNDARIES = [f"arn:aws:iam::000000000000:policy/{name}" for name in ("one", "two")]
TRUST = {
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]
}


@pytest.fixture(autouse=True)
def _applied(apply: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(iam, "_boundary_policy_error", lambda arn: None if arn in BOUNDARIES else "error")
    apply(patched)
    yield
    iam._roles.clear()


def _properties(boundary: str | None) -> dict[str, Any]:
    given = {"PermissionsBoundary": boundary} if boundary else {}
    return {"RoleName": "bounded", "AssumeRolePolicyDocument": TRUST, **given}


def test_a_role_has_the_boundary_that_its_template_gives_it_and_no_other_afterwards() -> None:
    handlers = provisioners._RESOURCE_HANDLERS[KIND]
    made, _ = handlers["create"]("Bounded", _properties(BOUNDARIES[0]), "stack")
    assert identity.boundary("role", "bounded", "000000000000") == BOUNDARIES[0]
    handlers["update"](made, _properties(BOUNDARIES[0]), _properties(BOUNDARIES[1]), "stack")
    assert identity.boundary("role", "bounded", "000000000000") == BOUNDARIES[1]
    handlers["update"](made, _properties(BOUNDARIES[1]), _properties(None), "stack")
    assert identity.boundary("role", "bounded", "000000000000") is None
    assert identity.boundary("user", "bounded", "000000000000") is None


def test_a_boundary_that_is_no_policy_is_refused_in_awss_words() -> None:
    with pytest.raises(ValueError, match="Scope ARN: arn:nobody does not exist or is not attachable"):
        provisioners._RESOURCE_HANDLERS[KIND]["create"]("Bounded", _properties("arn:nobody"), "stack")
    assert "bounded" not in iam._roles
