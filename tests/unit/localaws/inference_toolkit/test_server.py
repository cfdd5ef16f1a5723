"""The server as a process of the image's own Python: where code is found, several workers, last words."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

import localaws.inference_toolkit
from tests.e2e.laptop import free_port

PROGRAM = Path(localaws.inference_toolkit.__file__).with_name("__main__.py")
SCRIPT = """
import os, sys
import numpy as np

def model_fn(model_dir):
    assert not [name for name in sys.path if os.path.exists(os.path.join(name, "web.py"))]
    return open(model_dir + "/scale").read()

def predict_fn(data, model):
    return data * float(model) + (os.getpid() if "WORKER" in os.environ else 0)
"""


class Server:
    """The server of a model's directory."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.port = free_port()
        self._process: subprocess.Popen[str] | None = None

    def start(self, **variables: str) -> None:
        environment = {
            "PATH": os.environ["PATH"],
            "OPT_ML": str(self.root),
            "SAGEMAKER_BIND_TO_PORT": str(self.port),
            **variables,
        }
        self._process = subprocess.Popen(
            [sys.executable, str(PROGRAM), "sklearn"],
            env=environment,
            cwd=self.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def wait(self) -> None:
        for _ in range(200):
            try:
                if urllib3.request("GET", f"http://127.0.0.1:{self.port}/ping", retries=False).status == 200:
                    return
            except urllib3.exceptions.HTTPError:
                time.sleep(0.05)
        raise TimeoutError(self.end()[1])

    def ask(self, body: str, **headers: str) -> tuple[int, str]:
        answer = urllib3.request(
            "POST",
            f"http://127.0.0.1:{self.port}/invocations",
            body=body,
            headers={"Content-Type": "application/json", **headers},
        )
        return answer.status, answer.data.decode()

    def end(self) -> tuple[int, str]:
        assert self._process
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        said = self._process.communicate(timeout=20)[0]
        return self._process.returncode, said


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "scale").write_text("3")
    made = Server(tmp_path)
    yield made
    made.end()


@pytest.mark.parametrize(
    ("folder", "variables"),
    [
        ("model/code", {"SAGEMAKER_PROGRAM": "predict.py"}),
        ("model/code", {"SAGEMAKER_PROGRAM": "predict.py", "SAGEMAKER_SUBMIT_DIRECTORY": "{root}/model/code"}),
        ("code", {"SAGEMAKER_PROGRAM": "predict.py", "SAGEMAKER_SUBMIT_DIRECTORY": "s3://bucket/sourcedir.tar.gz"}),
    ],
)
def test_the_script_is_found_where_the_sdk_puts_it(server: Server, folder: str, variables: dict[str, str]) -> None:
    code = server.root / folder
    code.mkdir()
    (code / "predict.py").write_text(SCRIPT)
    server.start(**{name: value.format(root=server.root) for name, value in variables.items()})
    server.wait()
    assert server.ask("[[1, 2]]") == (200, "[[3.0, 6.0]]")
    assert server.ask("[[1]]", Origin="https://page.example")[0] == 403
    assert server.end()[0] == 0


def test_workers_share_the_port_and_end_together(server: Server) -> None:
    code = server.root / "model" / "code"
    code.mkdir()
    (code / "inference.py").write_text(SCRIPT)
    server.start(SAGEMAKER_MODEL_SERVER_WORKERS="2", WORKER="1")
    server.wait()
    pids = set()
    for _ in range(100):
        pids.add(server.ask("[[0]]", Connection="close")[1])
        if len(pids) == 2:
            break
    assert len(pids) == 2
    code_of_exit, said = server.end()
    assert said.count("Model server is ready") == 2
    for text in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(int(float(text.strip("[]"))), 0)
    assert code_of_exit == 0


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize(
    ("script", "words"),
    [
        (None, "ModuleNotFoundError: There is no inference.py in a folder code in the model's archive"),
        ("import nothing_of_this_name\n", "ModuleNotFoundError: No module named 'nothing_of_this_name'"),
        (
            "def model_fn(model_dir):\n    raise ValueError('the weights are torn')\n",
            "ValueError: the weights are torn",
        ),
        ("def model_fn(a, b, c):\n    pass\n", "TypeError: model_fn() missing 2 required positional arguments"),
    ],
)
def test_what_keeps_a_model_from_serving_is_said_last(
    server: Server, script: str | None, words: str, workers: str
) -> None:
    if script is not None:
        (server.root / "model" / "code").mkdir()
        (server.root / "model" / "code" / "inference.py").write_text(script)
    server.start(SAGEMAKER_MODEL_SERVER_WORKERS=workers)
    code, said = server.end() if not _waited(server) else (0, "it served")
    assert code == 1
    assert words in said.splitlines()[-1]


def _waited(server: Server) -> bool:
    assert server._process
    try:
        server._process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        return True
    return False
