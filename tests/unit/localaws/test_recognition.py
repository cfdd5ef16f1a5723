"""The command recognises its own local AWS: what cannot prove the key is sent nothing, and is told of in a sentence."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from console.__main__ import main
from localaws import keys, neighbours, process
from localaws.front import Front
from localaws.settings import Settings

if TYPE_CHECKING:
    from localaws.aws import Aws

Say = Callable[[str], bytes]


class Impostor:
    """A server that answers 200 to everything with what it is told to say, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, bytes]] = []
        self.say: Say = lambda _: b"{}"
        impostor = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                impostor.asked.append((self.command, self.path, self.headers.as_bytes() + body))
                said = impostor.say(self.path)
                self.send_response(200)
                self.send_header("content-length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            do_GET = do_PUT = do_HEAD = do_DELETE = do_POST

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def nonce_of(path: str) -> str:
    return parse_qs(urlsplit(path).query)["nonce"][0]


@pytest.fixture
def impostor() -> Iterator[Impostor]:
    made = Impostor()
    yield made
    made.close()


@pytest.fixture
def mine(impostor: Impostor, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation on whose port somebody else answers."""
    found = Settings(port=impostor.port, home=settings.home)
    keys.ensure(found)
    monkeypatch.setattr(os, "environ", dict(os.environ))
    monkeypatch.setenv("SCONES_PORT", str(found.port))
    monkeypatch.setenv("SCONES_HOME", str(found.home))
    return found


def guess(_: str) -> bytes:
    return json.dumps({"proof": "0" * 64, "enforces_iam": False, "open": False}).encode()


@pytest.mark.parametrize("words", ["up", "env", "executions", "models", "run", "deploy", "classify x.png"])
@pytest.mark.parametrize("say", [lambda _: b"{}", guess, lambda _: b"[1]", lambda _: b"\xff<html>"])
def test_nothing_is_sent_to_a_stranger(
    impostor: Impostor, mine: Settings, capsys: pytest.CaptureFixture[str], words: str, say: Say
) -> None:
    impostor.say = say
    assert main(words.split()) == 1
    said = capsys.readouterr()
    assert f"Something else answers on port {mine.port}" in said.err
    assert "SCONES_PORT" in said.err
    assert {(method, urlsplit(path).path) for method, path, _ in impostor.asked} == {("GET", "/_localaws/health")}
    key = keys.ensure(mine)
    sent = b"".join(path.encode() + rest for _, path, rest in impostor.asked) + said.out.encode()
    assert key.secret.encode() not in sent


@pytest.mark.parametrize("words", ["status", "down"])
def test_a_stranger_behind_our_own_process_id_is_reported_of(
    impostor: Impostor, mine: Settings, capsys: pytest.CaptureFixture[str], words: str
) -> None:
    mine.pid_file.write_text(str(os.getpid()))
    assert main([words]) == 1
    assert "Something else answers" in capsys.readouterr().err


def test_a_start_begins_nothing_beside_a_stranger(
    mine: Settings, impostor: Impostor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: pytest.fail("It was started."))
    with pytest.raises(process.StrangerError):
        process.start(mine)
    assert len(impostor.asked) == 1


@pytest.mark.parametrize("words", ["up", "down --yes", "status", "env", "executions"])
def test_another_port_than_the_home_s_is_refused_in_words_and_stops_nothing(
    impostor: Impostor, mine: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: str
) -> None:
    real = keys.ensure(mine)
    impostor.say = lambda path: json.dumps({"proof": keys.prove(real, mine.port, nonce_of(path))}).encode()
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as running:
        mine.pid_file.write_text(str(running.pid))
        mine.port_file.write_text(str(mine.port))
        monkeypatch.setenv("SCONES_PORT", "4703")
        assert main(words.split()) == 1
        assert running.poll() is None
        running.kill()
    said = capsys.readouterr().err
    assert f"The port is 4703, and the local AWS of {mine.home} runs on {mine.port}: leave out SCONES_PORT" in said
    assert "SCONES_HOME" in said


def test_a_home_whose_local_aws_is_stopped_may_move_to_another_port(mine: Settings) -> None:
    mine.port_file.write_text("1")
    Settings(port=2, home=mine.home).pid_file.write_text(str(os.getpid()))
    assert process.answers(Settings(port=2, home=mine.home)) is False


def test_who_passes_the_question_on_to_the_real_one_on_another_port_is_a_stranger(
    impostor: Impostor, mine: Settings
) -> None:
    real = keys.ensure(mine)
    impostor.say = lambda path: json.dumps({"proof": keys.prove(real, 4566, nonce_of(path))}).encode()
    with pytest.raises(process.StrangerError):
        process.answers(mine)
    impostor.say = lambda path: json.dumps({"proof": keys.prove(real, mine.port, nonce_of(path))}).encode()
    assert process.answers(mine) is True


def test_an_answer_that_was_heard_before_proves_nothing(impostor: Impostor, mine: Settings) -> None:
    real, heard = keys.ensure(mine), []

    def remember(path: str) -> bytes:
        heard.append(json.dumps({"proof": keys.prove(real, mine.port, nonce_of(path))}).encode())
        return heard[0]

    impostor.say = remember
    assert process.answers(mine) is True
    with pytest.raises(process.StrangerError):
        process.answers(mine)


def _ask(front: Front, query: str) -> dict[str, Any]:
    sent: list[dict[str, Any]] = []

    async def nothing() -> dict[str, Any]:
        return {}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    headers = [(b"host", b"127.0.0.1:45660")]
    scope = {"type": "http", "method": "GET", "path": "/_localaws/health", "headers": headers}
    asyncio.run(front({**scope, "query_string": query.encode()}, nothing, send))
    answered: dict[str, Any] = json.loads(sent[1]["body"])
    return answered


def test_the_local_aws_proves_its_key_and_says_what_everybody_may_know(aws: Aws) -> None:
    key = keys.ensure(aws.settings)
    front = Front(aws, lambda *_: pytest.fail("MiniStack was asked"), prove=partial(keys.prove, key, 45660))
    nonce = "a" * 64
    assert _ask(front, f"nonce={nonce}") == {
        "proof": keys.prove(key, 45660, nonce),
        "enforces_iam": False,
        "open": False,
        "isolation": aws.settings.isolation.sentence,
    }
    for odd in ("", "nonce=short", f"nonce={nonce}%0a", "nonce=" + "A" * 64, "x=1"):
        assert _ask(front, odd)["proof"] == ""


@pytest.fixture
def elsewhere(impostor: Impostor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of a local AWS that answers, while the person is in a folder where none was started."""
    home = tmp_path / "project" / ".scones"
    other = Settings(port=impostor.port, home=home)
    real = keys.ensure(other)
    impostor.say = lambda path: json.dumps({"proof": keys.prove(real, other.port, nonce_of(path))}).encode()
    other.port_file.write_text(str(other.port))
    (tmp_path / "project" / "inner").mkdir()
    monkeypatch.setattr(os, "environ", dict(os.environ))
    monkeypatch.chdir(tmp_path / "project" / "inner")
    monkeypatch.setenv("SCONES_PORT", str(other.port))
    monkeypatch.delenv("SCONES_HOME", raising=False)
    return home


@pytest.mark.parametrize(
    "words",
    [
        *("status", "down", "models", "executions", "run", "classify x.png", "label --list", "console --no-open"),
        *("env", "builds", "monitor", "endpoint", "card 1", "approve latest", "logs latest TrainModel", "trials"),
    ],
)
def test_in_another_folder_it_says_where_the_state_is_and_makes_nothing(
    elsewhere: Path, capsys: pytest.CaptureFixture[str], words: str
) -> None:
    assert main(words.split()) == (0 if words == "down" else 1)
    said = capsys.readouterr()
    assert f"its state is in {elsewhere}" in " ".join((said.out + said.err).split())
    assert list(Path.cwd().iterdir()) == []


def test_the_home_of_a_running_one_is_found_by_its_process(
    impostor: Impostor, elsewhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    far = tmp_path / "far"
    far.mkdir()
    elsewhere.joinpath("port").unlink()
    processes = tmp_path / "proc"
    (processes / "7").mkdir(parents=True)
    (processes / "7" / "cmdline").write_bytes(b"python\0-m\0localaws\0")
    environ = f"A=1\0SCONES_PORT={impostor.port}\0SCONES_HOME={elsewhere}\0"
    (processes / "7" / "environ").write_bytes(environ.encode())
    monkeypatch.setattr(neighbours, "_PROCESSES", processes)
    assert f"its state is in {elsewhere}" in str(
        process.describe_elsewhere(Settings(port=impostor.port, home=far / ".scones"))
    )
    impostor.say = guess
    assert "Something else answers" in str(
        process.describe_elsewhere(Settings(port=impostor.port, home=far / ".scones"))
    )
