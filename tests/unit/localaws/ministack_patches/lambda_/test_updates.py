"""A call of a function outlives an update of it, and the process that answered it does not outlive the call."""

import base64
import io
import os
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from localaws.ministack_patches.lambda_ import updates

NAME = "slow"
# Says that it has begun, and answers when it may.
SOURCE = """
import os, pathlib, time

def handler(event, context):
    if event:
        pathlib.Path(event["begun"]).touch()
        while not os.path.exists(event["may_end"]):
            time.sleep(0.01)
    return [VERSION, os.getpid()]
"""


def package(version: int) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("module.py", f"VERSION = {version}\n{SOURCE}")
    return content.getvalue()


@pytest.fixture
def function(apply: Callable[[ModuleType], None]) -> Iterator[dict[str, Any]]:
    apply(updates)
    request = {"FunctionName": NAME, "Runtime": "python3.11", "Handler": "module.handler", "Timeout": 20}
    code = {"ZipFile": base64.b64encode(package(1)).decode()}
    status, _, body = lambda_svc._create_function({**request, "Role": "arn:aws:iam::000000000000:role/r", "Code": code})
    assert status == 201, body
    yield lambda_svc._functions[NAME]
    lambda_svc._delete_function(NAME, {})
    lambda_runtime.reset()


def call(event: dict[str, str]) -> list[int]:
    """Version of the code and process that answered."""
    answer = lambda_svc._execute_function_warm(lambda_svc._functions[NAME], event, "request")
    assert not answer.get("error"), answer
    found: list[int] = answer["body"]
    return found


def update_code() -> None:
    lambda_svc._update_code(NAME, {"ZipFile": base64.b64encode(package(2)).decode()})


def update_configuration() -> None:
    lambda_svc._update_config(NAME, {"MemorySize": 256})


def fail_another_call() -> None:
    """Another process of the function cannot begin, as where memory is short."""
    with pytest.MonkeyPatch.context() as patching:
        patching.setattr(lambda_runtime.Worker, "_spawn", _fail)
        answer = lambda_svc._execute_function_warm(lambda_svc._functions[NAME], {}, "other")
    assert answer["body"]["errorMessage"] == "no memory"


def _fail(_: object) -> None:
    raise RuntimeError("no memory")


@pytest.mark.parametrize(("happen", "version"), [(update_code, 2), (update_configuration, 1), (fail_another_call, 1)])
@pytest.mark.usefixtures("function")
def test_a_call_ends_with_what_it_began_with_and_its_process_after_it(
    tmp_path: Path, happen: Callable[[], None], version: int
) -> None:
    begun, may_end = tmp_path / "begun", tmp_path / "may_end"
    with ThreadPoolExecutor() as pool:
        running = pool.submit(call, {"begun": str(begun), "may_end": str(may_end)})
        _wait_for(begun, running)
        happen()
        may_end.touch()
        answered, process = running.result()
    assert answered == 1
    assert not _lives(process)
    assert call({})[0] == version


@pytest.mark.usefixtures("function")
def test_an_idle_process_ends_at_the_update() -> None:
    _, process = call({})
    update_code()
    assert not _lives(process)
    assert call({})[0] == 2


def _wait_for(file: Path, running: Future[Any]) -> None:
    deadline = time.monotonic() + 20
    while not file.exists():
        assert not running.done(), running.result()
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
