"""Fetching the published archive, from a server on this machine that misbehaves on demand."""

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from console.dataset import cifar100
from console.dataset.cifar100 import PUBLISHED_MD5, PUBLISHED_URL, fetch_cifar100
from console.errors import CommandError

CONTENT = bytes(range(256)) * 4000
MD5 = hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()


class Server(ThreadingHTTPServer):
    """Serves CONTENT at every path; knows the ranges that were asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.content = CONTENT
        self.ranges = True
        self.location = ""
        self.failures: list[int] = []
        """What to do with the next requests: a status to answer, or a negative number of bytes to stop after."""
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/cifar.tar.gz"


class Handler(BaseHTTPRequestHandler):
    """Answers GET with Range, or as the server was told to fail."""

    server: Server

    def do_GET(self) -> None:
        wanted = self.headers.get("Range", "")
        self.server.asked.append(wanted)
        failure = self.server.failures.pop(0) if self.server.failures else 0
        start = int(wanted[len("bytes=") : -1]) if wanted and self.server.ranges else 0
        if failure > 0:
            self.answer(failure, b"")
        elif start >= len(self.server.content):
            self.answer(416, b"")
        else:
            body = self.server.content[start:]
            self.answer(206 if start else 200, body, start, stop=-failure or len(body))

    def answer(self, status: int, body: bytes, start: int = 0, stop: int = 0) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if status == 302:
            self.send_header("Location", self.server.location)
        if status == 206:
            last = start + len(body) - 1
            self.send_header("Content-Range", f"bytes {start}-{last}/{len(self.server.content)}")
        self.end_headers()
        self.wfile.write(body[:stop])

    def log_message(self, *_args: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(cifar100, "PAUSES_SECONDS", (0, 0, 0))
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "cifar-100-binary.tar.gz"


@pytest.fixture
def part(path: Path) -> Path:
    path.parent.mkdir()
    return path.with_name(f"{path.name}.part")


def test_the_published_address_is_https_and_its_sum_the_published_one() -> None:
    assert PUBLISHED_URL == "https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz"
    assert PUBLISHED_MD5 == "03b5dce01913d631647c71ecec9e9cb8"


def test_the_archive_arrives_whole_and_no_part_file_stays(server: Server, path: Path) -> None:
    fetch_cifar100(path, server.url, md5=MD5)
    assert path.read_bytes() == CONTENT
    assert list(path.parent.iterdir()) == [path]


def test_progress_grows_to_the_whole(server: Server, path: Path) -> None:
    told = []
    fetch_cifar100(path, server.url, progress=lambda done, total: told.append((done, total)), md5=MD5)
    assert told == sorted(told)
    assert told[-1] == (len(CONTENT), len(CONTENT))


def test_an_archive_that_is_there_already_is_not_fetched_again(server: Server, path: Path) -> None:
    fetch_cifar100(path, server.url, md5=MD5)
    fetch_cifar100(path, server.url, md5=MD5)
    assert len(server.asked) == 1


def test_a_damaged_archive_that_is_there_is_replaced(server: Server, path: Path, part: Path) -> None:
    path.write_bytes(b"damaged")
    fetch_cifar100(path, server.url, md5=MD5)
    assert path.read_bytes() == CONTENT
    assert not part.exists()


def test_a_connection_that_breaks_off_is_resumed_where_it_broke(server: Server, path: Path) -> None:
    server.failures = [-300_000]
    fetch_cifar100(path, server.url, md5=MD5)
    assert server.asked == ["", "bytes=300000-"]
    assert path.read_bytes() == CONTENT


def test_the_next_call_goes_on_from_the_part_file(server: Server, path: Path, part: Path) -> None:
    part.write_bytes(CONTENT[:1000])
    told = []
    fetch_cifar100(path, server.url, progress=lambda *both: told.append(both), md5=MD5)
    assert server.asked == ["bytes=1000-"]
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert path.read_bytes() == CONTENT


def test_a_server_that_ignores_range_sends_all_of_it_again(server: Server, path: Path, part: Path) -> None:
    part.write_bytes(CONTENT[:1000])
    server.ranges = False
    fetch_cifar100(path, server.url, md5=MD5)
    assert path.read_bytes() == CONTENT


def test_a_part_file_that_is_whole_needs_no_request(server: Server, path: Path, part: Path) -> None:
    part.write_bytes(CONTENT)
    fetch_cifar100(path, server.url, md5=MD5)
    assert server.asked == []
    assert path.read_bytes() == CONTENT


def test_a_part_file_longer_than_the_archive_is_begun_anew(server: Server, path: Path, part: Path) -> None:
    part.write_bytes(CONTENT + b"too much")
    fetch_cifar100(path, server.url, md5=MD5)
    assert server.asked == [f"bytes={len(CONTENT) + 8}-", ""]
    assert path.read_bytes() == CONTENT


def test_a_wrong_sum_is_refused_and_what_came_is_removed(server: Server, path: Path) -> None:
    server.content = CONTENT[::-1]
    with pytest.raises(CommandError, match=f"has not the published MD5 {MD5}"):
        fetch_cifar100(path, server.url, md5=MD5)
    assert list(path.parent.iterdir()) == []


def test_a_busy_server_is_asked_again(server: Server, path: Path) -> None:
    server.failures = [503, 429]
    fetch_cifar100(path, server.url, md5=MD5)
    assert len(server.asked) == 3
    assert path.read_bytes() == CONTENT


def test_a_server_that_keeps_failing_is_given_up_and_what_came_is_kept(server: Server, path: Path) -> None:
    server.failures = [-300_000, 500, 500, 500]
    with pytest.raises(CommandError, match="go on from 300,000 bytes"):
        fetch_cifar100(path, server.url, md5=MD5)
    assert not path.exists()
    assert path.with_name(f"{path.name}.part").stat().st_size == 300_000


def test_an_address_that_is_not_there_is_not_tried_again(server: Server, path: Path) -> None:
    server.failures = [404]
    with pytest.raises(CommandError, match="404"):
        fetch_cifar100(path, server.url, md5=MD5)
    assert len(server.asked) == 1


def test_a_stream_without_end_is_cut_off_and_removed(
    server: Server, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cifar100, "MAX_BYTES", 500_000)
    with pytest.raises(CommandError, match="more than 500,000 bytes"):
        fetch_cifar100(path, server.url, md5=MD5)
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize("url", ["http://example.com/a.tar.gz", "file:///etc/passwd", "ftp://127.0.0.1/a"])
def test_only_https_is_fetched_from(path: Path, url: str) -> None:
    with pytest.raises(CommandError, match="only https"):
        fetch_cifar100(path, url)
    assert not path.parent.exists()


def test_a_redirection_away_from_https_is_refused(server: Server, path: Path) -> None:
    with Server() as other:
        threading.Thread(target=other.serve_forever, args=(0.01,), daemon=True).start()
        server.failures, server.location = [302], f"http://localhost:{other.server_address[1]}/a.tar.gz"
        with pytest.raises(CommandError, match="only https"):
            fetch_cifar100(path, server.url, md5=MD5)
        other.shutdown()
    assert not path.exists()
