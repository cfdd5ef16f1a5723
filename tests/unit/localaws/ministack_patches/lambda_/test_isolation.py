"""A function's process sees Lambda's folders, and nothing of the laptop."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from localaws.aws import Aws
from localaws.isolation.launching import find
from localaws.ministack_patches.lambda_ import errors, isolation, unpacking
from localaws.ministack_patches.lambda_.isolation import merge

FOUND = find()
pytestmark = pytest.mark.skipif(not FOUND.namespaces, reason=FOUND.reason)
NAME = "isolated"
SOURCE = """
import errno, os, sys, tempfile

def attempt(path, size=1):
    try:
        with open(path, "wb") as file:
            for _ in range(size):
                file.write(bytes(1 << 20))
        return "written"
    except OSError as error:
        return errno.errorcode[error.errno]

def handler(event, context):
    if event.get("sleep"):
        import time
        time.sleep(60)
    if event.get("run"):
        return eval(event["run"])
    return {"folder": os.getcwd(), "root": os.environ["LAMBDA_TASK_ROOT"], "path": sys.path[:2], "file": __file__}
"""
NODE = "exports.handler = async () => ({file: __filename, root: process.env.LAMBDA_TASK_ROOT, of: require('layered')});"


def packed(**files: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            info = zipfile.ZipInfo(name.replace("__", "/").replace("_DOT_", "."))
            info.external_attr = 0o755 << 16
            archive.writestr(info, text)
    return content.getvalue()


Call = Callable[..., Any]


@pytest.fixture
def call(apply: Callable[..., None], aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Call]:
    """Call a function of this source and these layers; answers what it returned, or its error."""
    settings = replace(aws.settings, isolation=FOUND)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for module in (errors, isolation, unpacking):
        apply(module, settings=settings)
    layers: dict[str, bytes] = {}
    monkeypatch.setattr(lambda_svc, "_resolve_layer_zip", lambda layer: layers[layer["Arn"]])

    def run(code: bytes, event: dict[str, Any] | None = None, given: list[bytes] | None = None, **config: Any) -> Any:
        layers.update({f"arn:{number}": content for number, content in enumerate(given or [])})
        described = {
            "FunctionName": NAME,
            "FunctionArn": f"arn:aws:lambda:us-east-1:000000000000:function:{NAME}",
            "Runtime": "python3.11",
            "Handler": "module.handler",
            "Timeout": 20,
            "Layers": [{"Arn": name} for name in layers],
            **config,
        }
        answer = lambda_svc._execute_function_warm({"config": described, "code_zip": code}, event or {}, "request")
        return answer["body"]

    yield run
    lambda_runtime.invalidate_worker(NAME, account="000000000000", region="us-east-1")


def test_the_code_lies_in_the_task_s_folder_where_the_function_begins(call: Call) -> None:
    assert call(packed(module_DOT_py=SOURCE)) == {
        **{"folder": "/var/task", "root": "/var/task", "file": "/var/task/module.py"},
        "path": ["/var/task", "/var/runtime"],
    }


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("attempt('/var/task/planted')", "EROFS"),
        ("attempt('/opt/planted')", "EROFS"),
        ("attempt('/planted')", "EROFS"),
        ("attempt('/etc/planted')", "EROFS"),
        ("attempt('/tmp/mine')", "written"),
        ("tempfile.gettempdir()", "/tmp"),
        ("attempt('/tmp/large', 3)", "ENOSPC"),
        ("[os.listdir('/run'), os.listdir('/home')]", [[], []]),
        ("__import__('importlib.util').util.find_spec('localaws.jobs')", None),
        ("__import__('botocore').__name__", "botocore"),
    ],
)
def test_a_function_may_write_its_own_tmp_of_limited_size_and_nothing_else(
    call: Call, expression: str, answer: Any
) -> None:
    assert call(packed(module_DOT_py=SOURCE), {"run": expression}, EphemeralStorage={"Size": 2}) == answer


def test_neither_home_nor_state_is_in_sight(call: Call, aws: Aws) -> None:
    (aws.settings.home / "credentials").write_text("secret")
    expression = (
        f"[os.path.exists({str(aws.settings.home)!r}), os.environ.get('HOME'), sorted(os.listdir('/var/task'))]"
    )
    assert call(packed(module_DOT_py=SOURCE), {"run": expression}) == [False, None, ["module.py"]]


def test_layers_are_one_folder_in_which_the_later_stands_before(call: Call) -> None:
    layers = [
        packed(python__layered_DOT_py="of = 1", python__first_DOT_py="of = 1", bin__tool="a"),
        packed(python__layered_DOT_py="of = 2"),
    ]
    expression = (
        "[__import__('layered').of, __import__('first').of, __import__('layered').__file__, os.listdir('/opt/bin')]"
    )
    said = call(packed(module_DOT_py=SOURCE), {"run": expression}, layers)
    assert said == [2, 1, "/opt/python/layered.py", ["tool"]]


@pytest.mark.parametrize("number", [1, 2])
def test_a_layer_from_the_cache_cannot_be_changed(call: Call, tmp_path: Path, number: int) -> None:
    layers = [packed(python__layered_DOT_py="of = 1"), packed(bin__tool="a")][:number]
    written = {"run": "attempt('/opt/python/layered.py')"}
    assert call(packed(module_DOT_py=SOURCE), written, layers) == "EROFS"
    [kept] = (tmp_path / "cache").rglob("layered.py")
    assert kept.read_text() == "of = 1"


def test_merging_changes_no_layer(tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / f"layer_{number}").mkdir()
        (tmp_path / f"layer_{number}" / "same").write_text(str(number))
    merged = merge([tmp_path / "layer_1", tmp_path / "layer_2"])
    assert (merged / "same").read_text() == "2"
    assert (tmp_path / "layer_1" / "same").read_text() == "1"


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not there")
def test_a_function_of_node_is_there_as_well(call: Call) -> None:
    layer = packed(nodejs__node_modules__layered__index_DOT_js="module.exports = 'layer';")
    said = call(packed(module_DOT_js=NODE), {}, [layer], Runtime="nodejs20.x")
    assert said == {"file": "/var/task/module.js", "root": "/var/task", "of": "layer"}


def processes() -> Iterator[psutil.Process]:
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if child.environ().get("AWS_LAMBDA_FUNCTION_NAME") == NAME:
                yield child


def test_a_function_that_takes_too_long_ends_with_its_process(call: Call, settled: Callable[..., None]) -> None:
    call(packed(module_DOT_py=SOURCE), {"run": "1"}, Timeout=1)
    assert list(processes())
    said = call(packed(module_DOT_py=SOURCE), {"sleep": 1}, Timeout=1)
    assert "Task timed out" in said["errorMessage"]
    settled(lambda: not list(processes()))


def test_the_error_of_a_function_keeps_its_name(call: Call) -> None:
    assert call(packed(module_DOT_py=SOURCE), {"run": "1 / 0"})["errorType"] == "ZeroDivisionError"


def test_what_kills_itself_is_told_so(call: Call) -> None:
    assert call(packed(module_DOT_py=SOURCE), {"run": "os.kill(os.getpid(), 9)"})["errorType"] == "Runtime.ExitError"
