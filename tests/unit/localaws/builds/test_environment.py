"""What a build finds in its environment, and what it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from localaws.builds import environment
from localaws.keys import Credentials
from localaws.redirect import FOLDER
from localaws.settings import Settings

BUILD = {
    "id": "bakery-build:1",
    "arn": "arn:aws:codebuild:us-east-1:000000000000:build/bakery-build:1",
    "buildNumber": 3,
    "projectName": "bakery-build",
    "startTime": 1.0,
    "source": {"type": "NO_SOURCE"},
    "sourceVersion": "refs/heads/main",
    "resolvedSourceVersion": "c" * 40,
    "initiator": "rule/bakery-push",
    "encryptionKey": "key",
    "logs": {"streamName": "1"},
    "environment": {"environmentVariables": [{"name": "SCONES_PROJECT", "value": "bakery"}]},
}


def test_a_build_finds_codebuilds_variables_and_nothing_of_the_pushers(settings: Settings, tmp_path: Path) -> None:
    given = {"AWS_PROFILE": "mine", "GIT_DIR": "/x", "PYTHONPATH": "/x", "HOME": "/home/me", "PATH": "/bin"}
    made = environment.make(settings, BUILD, tmp_path, Credentials("ASIAROLE", "secret", "token"), given)
    assert not {"AWS_PROFILE", "GIT_DIR", "CODEBUILD_SOURCE_REPO_URL"} & set(made)
    assert made["PYTHONPATH"] == FOLDER
    assert made["HOME"] == "/home/me"
    assert made["CODEBUILD_RESOLVED_SOURCE_VERSION"] == "c" * 40
    assert (made["CODEBUILD_BUILD_ID"], made["CODEBUILD_BUILD_NUMBER"]) == ("bakery-build:1", "3")
    assert made["CODEBUILD_INITIATOR"] == "rule/bakery-push"
    assert (made["AWS_ACCESS_KEY_ID"], made["AWS_SESSION_TOKEN"]) == ("ASIAROLE", "token")
    assert made["AWS_ENDPOINT_URL"] == settings.endpoint
    assert made["SCONES_PROJECT"] == "bakery"
    assert made["PATH"].endswith(":/bin")


@pytest.mark.parametrize(
    ("name", "value", "comes"),
    [
        ("HTTPS_PROXY", "http://proxy.example.org:3128", True),
        ("HTTPS_PROXY", "http://me:letmein@proxy.example.org:3128", False),
        ("https_proxy", "http://letmein@proxy.example.org:3128", False),
        ("PIP_CERT", "/etc/ssl/certs/ca.pem", True),
        ("PIP_FIND_LINKS", "/wheels", True),
        ("PIP_INDEX_URL", "https://packages.example.org/simple", True),
        ("PIP_EXTRA_INDEX_URL", "https://a.example.org/simple https://me:letmein@b.example.org/simple", False),
        ("PIP_INDEX_TOKEN", "letmein", False),
    ],
)
def test_a_proxy_or_package_index_comes_along_unless_it_tells_a_password(
    settings: Settings, tmp_path: Path, name: str, value: str, comes: bool
) -> None:
    made = environment.make(settings, BUILD, tmp_path, Credentials("ASIAROLE", "secret", "token"), {name: value})
    assert (made.get(name) == value) is comes
    assert "letmein" not in str(made) or comes
