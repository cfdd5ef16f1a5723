"""Clients that name AWS's hosts reach the local AWS, in every Python that has the folder on its path."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest

from localaws.redirect import FOLDER, with_redirect
from localaws.redirect.sitecustomize import find_endpoint

LOCAL = "http://127.0.0.1:4999"


def python(program: str, *paths: str, **variables: str) -> str:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(paths), **variables}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("named", "reached"),
    [
        ("https://sts.eu-west-1.amazonaws.com", LOCAL),
        ("https://sts.eu-west-1.amazonaws.com:443/", LOCAL),
        ("https://STS.cn-north-1.amazonaws.com.cn", LOCAL),
        ("https://sagemaker.eu-west-1.api.aws", LOCAL),
        ("https://vpce-1.s3.eu-west-1.vpce.amazonaws.com/path", LOCAL),
        ("http://minio.example.org:9000", "http://minio.example.org:9000"),
        ("https://amazonaws.com.example.org", "https://amazonaws.com.example.org"),
        ("https://notamazonaws.com", "https://notamazonaws.com"),
    ],
)
def test_a_host_of_aws_gives_way_and_no_other(monkeypatch: pytest.MonkeyPatch, named: str, reached: str) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", LOCAL)
    assert find_endpoint("sts", named) == reached


def test_a_service_s_own_variable_goes_first_and_one_forbids_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", LOCAL)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME", "http://127.0.0.1:5000")
    named = "https://runtime.sagemaker.eu-west-1.amazonaws.com"
    assert find_endpoint("sagemaker-runtime", named) == "http://127.0.0.1:5000"
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    assert find_endpoint("sagemaker-runtime", named) == named


def test_without_the_variable_aws_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    assert find_endpoint("sts", "https://sts.eu-west-1.amazonaws.com") == "https://sts.eu-west-1.amazonaws.com"


def test_a_python_that_has_the_folder_is_redirected_once_it_imports_botocore() -> None:
    program = (
        "import sys; assert 'botocore' not in sys.modules and 'importlib.abc' not in sys.modules\n"
        "import boto3\n"
        "client = boto3.client('sts', region_name='eu-west-1', endpoint_url='https://sts.eu-west-1.amazonaws.com')\n"
        "print(client.meta.endpoint_url)"
    )
    assert python(program, FOLDER, AWS_ENDPOINT_URL=LOCAL).split() == [LOCAL]


SDK = """
def validate_sagemaker_config(sagemaker_config=None):
    print("validated", sagemaker_config)
    if sagemaker_config == {"bad": 1}:
        raise ValueError
"""


@pytest.mark.parametrize("place", ["sagemaker/config", "sagemaker/core/config"])
def test_the_sdk_validates_a_configuration_again_only_where_it_is_another_one_or_wrong(
    tmp_path: Path, place: str
) -> None:
    (tmp_path / place).mkdir(parents=True)
    for folder in [tmp_path / place, *(tmp_path / place).parents]:
        if folder.is_relative_to(tmp_path / "sagemaker"):
            (folder / "__init__.py").touch()
    (tmp_path / place / "config.py").write_text(SDK, encoding="utf-8")
    program = (
        f"from {place.replace('/', '.')}.config import validate_sagemaker_config as validate\n"
        "for given in ({'a': 1}, {'a': 1}, {'a': 2}, {'a': 1}, {'bad': 1}, {'bad': 1}):\n"
        "    try:\n        validate(given)\n    except ValueError:\n        print('refused')\n"
    )
    said = python(program, FOLDER, str(tmp_path)).splitlines()
    assert said == ["validated {'a': 1}", "validated {'a': 2}", *["validated {'bad': 1}", "refused"] * 2]


def test_the_sdk_has_what_is_changed() -> None:
    there = distribution("sagemaker").locate_file("sagemaker/config/config.py")
    assert "def validate_sagemaker_config(" in Path(str(there)).read_text(encoding="utf-8")


def test_a_sitecustomize_that_is_there_runs_as_well(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.theirs = __file__", encoding="utf-8")
    assert python("import sys; print(sys.theirs)", FOLDER, str(tmp_path)).strip() == str(tmp_path / "sitecustomize.py")


def test_the_folder_stands_first_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert with_redirect("") == FOLDER
    assert with_redirect(with_redirect("/a:/b")) == f"{FOLDER}:/a:/b"
