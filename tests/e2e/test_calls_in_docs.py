"""The calls of `scones` that the README and the pages have in their sentences, run from their text in one session.

It is a person's: a data set, trainings, versions, answers, drift, and the end. Each call is run as the text has it,
with what is there for its placeholders. `PARSED_ONLY` has the calls that are not run, and why; all are parsed by
tests/contract/test_commands_in_docs.py. tests/e2e/test_docs.py runs the blocks, and the rehearsal what AWS is for.
"""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from console.__main__ import build_parser
from console.dataset.drawing.image import draw_image
from console.dataset.layout import BICYCLE, MOTORCYCLE
from console.dataset.sample import draw_examples
from tests import commands_in_docs as docs
from tests.e2e import in_process
from tests.e2e.laptop import Laptop, free_port

BUCKET = "scones-000000000000-us-east-1"
_FINE = {"bicycle": BICYCLE, "motorcycle": MOTORCYCLE}
SESSION = (
    *("up", "dataset upload PATH", *["run --profile P --set Name=Value --watch"] * 2, "watch", "logs EXECUTION STEP"),
    *("status", "status --caveats", "executions", "models", "images", "builds", "trials", "mlflow"),
    *("card V", "export V --onnx FILE", "env", "env --json", "env --role NAME", "env --shell fish"),
    *("approve V", "approve latest", "approve 7", "endpoint", "classify FILE", "bulk PREFIX", "logs endpoint"),
    *("rollback", "reject V", "reject 7"),
    *("run", "stop", "retry", "stop", "run --set Name=Value", "stop", "run --set LiveModelUri=", "stop"),
    *("run --set PairedGateLevel=0", "stop", "run --from-version V", "stop", "run --from-version 3", "stop"),
    *("dusk", "label", "ingest --close", "stop", "ingest DIR", "stop"),
    *("monitor", "monitor --now", "executions --monitoring", "logs EXECUTION CheckForDrift"),
    *("deploy", "deploy --set Name=Value", "deploy --set ConfidenceThreshold=0.9"),
    *("deploy --set MonitoringBackend=PIPELINE", "package", "seed PATH", "dataset sample"),
    *("--help", "--version", "completion bash", "destroy", "down", "down --wipe"),
)
"""The calls in an order in which each has what it needs."""
_WEIGHTS = "begins with weights that take hours to train: test_transfer.py makes small ones and starts from them"
_SEARCH = "trains twelve times: test_tuning.py searches with two trials"
PARSED_ONLY = {
    "builds --watch": "waits for the build of a push: test_push.py pushes",
    "console": "serves until it is ended: tests/browser drives it",
    "dataset cifar100": "downloads 160 MB: tests/unit/console/dataset reads an archive of its form",
    "demo": "takes a minute, and does what this session does: `make installation FORM=whole` runs it",
    "demo --drift": "takes three minutes: test_retraining.py and tests/browser have what it does",
    "images fetch sagemaker-scikit-learn:1.2-1-cpu-py3": "downloads packages",
    "images set IMAGE": "stands for the forms of docs/images.md, whose block is run",
    "images set linear-learner --program 'python3 /path/to/program.py'": "as in the block of docs/images.md",
    "ingest": "names the command: with neither folder nor --close it refuses",
    "mlflow --follow": "goes on until it is ended",
    "pretrain": "trains for hours",
    "pretrain --archive PATH --profile P --epochs 30 --seed 1 --set Name=Value": "trains for hours",
    "pretrain --epochs 30 --set AugmentationType=crop_color": "trains for hours",
    "pretrain --profile imagenet": "downloads weights",
    "run --profile imagenet": _WEIGHTS,
    "run --profile pretrained": _WEIGHTS,
    "run --profile pretrained --watch": _WEIGHTS,
    "run --profile quick --watch": "the session runs the same with a threshold that 100 images reach",
    "run --tune --trials 12": _SEARCH,
    "run --tune --trials 12 --profile quick": _SEARCH,
}
"""The calls that nothing runs as they stand, and why."""
TYPED = {"label": "b\nq", "rollback": "y", "deploy": "y", "destroy": "scones", "down": "y"}
"""What the person at the terminal answers where a call asks."""


@dataclass(frozen=True)
class Answer:
    """What a call ended with."""

    code: int
    said: str


@dataclass(frozen=True)
class Session:
    """A local AWS with a folder of a person, who has files for what the text calls FILE, DIR and PATH."""

    laptop: Laptop
    folder: Path

    def run(self, call: str) -> Answer:
        """Run a call, as the text has it but for its placeholders, at a terminal where it asks."""
        words = [word for placeholder in docs.split(f"scones {call}") for word in self._fill(placeholder, call).split()]
        environment = {**self.laptop.environment, **self._mlflow(call)}
        if words[0] in {"label", *in_process.OF_THEIR_OWN}:  # of those that ask, two on a real terminal
            return self._run_at_terminal(words, environment)
        typed = f"{TYPED[words[0]]}\n" if words[0] in TYPED else None
        code, *said = in_process.run(words, environment, self.folder, 300, typed)
        if call == "stop":  # which does not wait, and what is still stopping cannot be retried
            self.laptop.ended(str(self._list("executions")[0]["arn"]))
        return Answer(code, "".join(said))

    def _run_at_terminal(self, words: list[str], environment: dict[str, str]) -> Answer:
        terminal, end = pty.openpty()
        os.write(terminal, f"{TYPED.get(words[0], '')}\n".encode())
        done = subprocess.run(
            [sys.executable, "-m", "console", *words],
            env=environment,
            cwd=self.folder,
            stdin=end,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        os.close(terminal)
        os.close(end)
        return Answer(done.returncode, done.stdout)

    def _mlflow(self, call: str) -> dict[str, str]:
        if call != "mlflow":
            return {"MLFLOW_TRACKING_URI": ""}
        return {"MLFLOW_TRACKING_URI": (self.folder / "mlflow").as_uri(), "MLFLOW_ALLOW_FILE_STORE": "true"}

    def _fill(self, word: str, call: str) -> str:
        """What is there for a placeholder; `call` says for what."""
        command = call.partition(" ")[0]
        if word in {"V", "7", "3"}:
            return str(self._list("models")[-1 if call == "approve V" else 0]["version"])
        if word == "EXECUTION":
            return str(self._list("executions", *(["--monitoring"] if "CheckForDrift" in call else []))[0]["id"])
        if word == "NAME":
            return "of-a-person"
        there = {
            "Name=Value": "ConfidenceThreshold=0.8" if command == "deploy" else "Epochs=2 --set AccuracyThreshold=0.1",
            "FILE": str(self.folder / ("model.onnx" if command == "export" else "bicycle.png")),
            "PATH": str(self.folder / "seed" if command == "seed" else self.laptop.few),
            "DIR": str(self.folder / "images"),
            **{"P": "quick", "STEP": "PrepareData", "PREFIX": "bulk/"},
        }
        return there.get(word, word)

    def _list(self, *words: str) -> list[dict[str, object]]:
        listed: list[dict[str, object]] = json.loads(self.laptop.scones(*words, "--json").stdout)
        return listed


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[tuple[str, Answer]]]:
    """What each call ended with, in their order."""
    laptop, folder = Laptop(free_port(), tmp_path_factory.mktemp("calls")), tmp_path_factory.mktemp("person")
    laptop.scones("up")
    laptop.sample()
    laptop.role("of-a-person", "sagemaker")
    for picture in draw_examples(folder):
        (folder / "images" / picture.stem).mkdir(parents=True)
        new = Image.fromarray(draw_image(_FINE[picture.stem], np.random.default_rng(77)))
        new.resize((40, 40)).save(folder / "images" / picture.stem / "new.png")
        body = picture.read_bytes()
        laptop.client("s3").put_object(Bucket=BUCKET, Key=f"bulk/{picture.name}", Body=body)
    try:
        yield [(call, Session(laptop, folder).run(call)) for call in SESSION]
    finally:
        laptop.scones("down", "--wipe")


@pytest.mark.parametrize("call", sorted(set(SESSION)))
def test_a_call_does_what_the_text_says(session: list[tuple[str, Answer]], call: str) -> None:
    for ended in [answer for known, answer in session if known == call]:
        assert ended.code == 0, ended.said
        assert "Traceback" not in ended.said


def test_each_call_of_the_text_is_run_or_its_reason_is_given() -> None:
    complete, blocks, run = _list_complete_calls(), _list_calls_of_blocks(), {f"scones {call}" for call in SESSION}
    assert run - complete == set(), "no page has these any more"
    assert {f"scones {call}" for call in PARSED_ONLY} == complete - blocks - run


def _list_calls_of_blocks() -> set[str]:
    """What tests/e2e/test_docs.py runs, which leaves the seed's page to tests/e2e/test_push.py."""
    blocks = [block for page in docs.PAGES if page.parent.name != "files" for block in docs.list_blocks(page)]
    return {line.command for block in blocks for line in block if not (line.is_aws_s or line.is_long)}


def _list_complete_calls() -> set[str]:
    """The calls that do something here: no command that is only named, and nothing on AWS, which is rehearsed."""
    calls = {call for page in docs.PAGES for call in docs.list_calls(page) if "--target aws" not in call}
    parser = build_parser(None)
    return {call for call in calls - {"scones"} if _is_complete(parser, call)}


def _is_complete(parser: ArgumentParser, call: str) -> bool:
    try:
        with redirect_stdout(io.StringIO()), redirect_stderr(said := io.StringIO()):
            parser.parse_args(docs.split(call))
    except SystemExit:  # --help, --version and what lacks an argument
        return "arguments are required" not in said.getvalue()
    return True
