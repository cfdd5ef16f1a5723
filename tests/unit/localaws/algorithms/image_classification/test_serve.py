"""The model server, as a process of its own."""

import http.client
import io
import json
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from common.artifact.session import Session
from localaws.algorithms.image_classification.artifact import read_artifact, save_description, save_parameters
from localaws.algorithms.image_classification.batching import MOST_IMAGES
from localaws.algorithms.image_classification.hyperparameters import Hyperparameters
from localaws.algorithms.image_classification.images import to_network_input
from localaws.algorithms.image_classification.network import Network, build_network

from .conftest import Job

SHAPE = (3, 8, 8)


@dataclass(frozen=True)
class Server:
    """A running server: where it listens and what it serves."""

    port: int
    model: Path

    def request(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, str, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, named)
        response = connection.getresponse()
        return response.status, response.headers.get_content_type(), response.read().decode()

    def invoke(self, body: bytes, content_type: str = "image/png", **headers: str) -> tuple[int, str, str]:
        return self.request("POST", "/invocations", body, Content_Type=content_type, **headers)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def encode(pixels: np.ndarray, kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind)
    return buffer.getvalue()


def random_image(seed: int, height: int = 8, width: int = 8) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 255, (height, width, 3), np.uint8)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    job = Job(tmp_path_factory.mktemp("serve"))
    model, port = job.root / "model", free_port()
    network = network_with_statistics()
    save_description(model, network.graph, SHAPE, network.engine)
    save_parameters(model / "image-classification-0001.params", network.parameters())
    process = job.start("serve", SAGEMAKER_BIND_TO_PORT=str(port))
    started = Server(port, model)
    wait_for_ping(started, process)
    yield started
    started.request("POST", "/the-last")
    process.terminate()
    said, _ = process.communicate(timeout=10)
    assert process.returncode == 0
    # What was asked last is in the log as well, and the pings are not.
    assert said.splitlines()[-1].endswith('] "POST /the-last HTTP/1.1" 404 -')
    assert "/ping" not in said


def network_with_statistics() -> Network:
    """An untrained net that has seen images, so that its answers are not all 0 and 1."""
    settings = Hyperparameters(3, 100, num_layers=20, image_shape=SHAPE, mini_batch_size=16)
    network = build_network(settings, seed=0)
    images = to_network_input(np.stack([random_image(seed) for seed in range(16)]))
    for _ in range(40):
        network.forward(images, training=True)
        network.update(np.zeros((16, 3), np.float32), learning_rate=0)
    return network


def wait_for_ping(server: Server, process: "subprocess.Popen[str]") -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            assert server.request("GET", "/ping")[0] == 200
        except ConnectionError:
            assert process.poll() is None, "the server ended before it was ready"
            time.sleep(0.1)
        else:
            return
    pytest.fail("no ping within a minute")


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "rebound.example.org"},
        {"Host": "rebound.example.org:8080"},
        {"Host": "127.0.0.1.example.org"},
        {"Host": "localhost@example.org"},
        {"Host": ""},
        {"Origin": "https://example.org"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:4566"},
        {"Referer": "https://example.org/page"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "none"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_web_page_s_request_is_refused_whatever_name_it_asks_under(
    server: Server, method: str, headers: dict[str, str]
) -> None:
    path, body = ("/ping", b"") if method == "GET" else ("/invocations", encode(random_image(1)))
    status, kind, sentence = server.request(method, path, body, Content_Type="image/png", **headers)
    assert (status, kind) == (403, "text/plain")
    assert sentence.endswith(".")


def test_a_request_under_this_machine_s_own_names_is_answered(server: Server) -> None:
    for host in ("127.0.0.1", "localhost", f"localhost:{server.port}"):
        assert server.request("GET", "/ping", Host=host)[0] == 200


@pytest.mark.parametrize("content_type", ["application/x-image", "image/png"])
def test_a_image_gets_its_probabilities_in_label_order(server: Server, content_type: str) -> None:
    pixels = random_image(1)
    status, kind, body = server.invoke(encode(pixels), content_type)
    assert (status, kind) == (200, "application/json")
    expected = Session(read_artifact(server.model)).answer(to_network_input(pixels[np.newaxis]))[0]
    np.testing.assert_allclose(json.loads(body), expected, rtol=1e-4)


def test_a_jpeg_is_a_image_too(server: Server) -> None:
    status, _, body = server.invoke(encode(random_image(2), "JPEG"), "image/jpeg")
    assert status == 200
    assert sum(json.loads(body)) == pytest.approx(1)


def test_a_image_of_any_shape_is_resized_and_not_cropped(server: Server) -> None:
    wide = np.repeat(np.repeat(random_image(3), 4, axis=1), 2, axis=0)
    assert wide.shape == (16, 32, 3)
    resized = np.asarray(Image.fromarray(wide).resize((8, 8), Image.Resampling.BILINEAR))
    assert json.loads(server.invoke(encode(wide))[2]) == json.loads(server.invoke(encode(resized))[2])


def test_batch_transform_gets_json_lines(server: Server) -> None:
    image = encode(random_image(4))
    status, kind, body = server.invoke(image, Accept="application/jsonlines")
    assert (status, kind) == (200, "application/jsonlines")
    assert json.loads(body)["prediction"] == json.loads(server.invoke(image)[2])
    assert body.endswith("}\n")


def test_many_requests_at_once_each_get_their_own_answer(server: Server) -> None:
    images = [encode(random_image(seed)) for seed in range(40)]
    alone = [json.loads(server.invoke(image)[2]) for image in images]
    with ThreadPoolExecutor(20) as pool:
        together = [json.loads(body) for _, _, body in pool.map(server.invoke, images)]
    np.testing.assert_allclose(together, alone, rtol=1e-3)
    assert len({tuple(answer) for answer in alone}) == 40


def test_each_size_of_batch_gives_the_answers_of_images_one_by_one(server: Server) -> None:
    session = Session(read_artifact(server.model))
    images = to_network_input(np.stack([random_image(seed) for seed in range(MOST_IMAGES)]))
    alone = np.concatenate([session.answer(image[np.newaxis]) for image in images])
    for count in range(1, len(images) + 1):
        assert session.answer(images[:count]) == pytest.approx(alone[:count], abs=1e-6)


@pytest.mark.parametrize(
    ("body", "content_type", "status", "words"),
    [
        (b"not an image", "image/png", 400, "The body is not a whole PNG or JPEG image."),
        (b"", "image/png", 400, "The body is not a whole PNG or JPEG image."),
        (b"1,2,3", "text/csv", 415, "The request has text/csv: send an image as application/x-image"),
    ],
)
def test_what_is_no_image_is_refused_in_a_sentence(
    server: Server, body: bytes, content_type: str, status: int, words: str
) -> None:
    answer = server.invoke(body, content_type)
    assert answer[0] == status
    assert answer[2].startswith(words)


def test_a_image_with_too_many_pixels_is_refused(server: Server) -> None:
    huge = io.BytesIO()
    Image.new("1", (8000, 8000)).save(huge, "PNG")
    status, _, sentence = server.invoke(huge.getvalue())
    assert (status, sentence) == (400, "The body has 8000 x 8000 pixels, and 50,000,000 are allowed.")


def test_a_body_that_claims_to_be_huge_is_refused_unread(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as raw:
        raw.sendall(b"POST /invocations HTTP/1.1\r\nContent-Type: image/png\r\nContent-Length: 999999999\r\n\r\n")
        assert raw.recv(100).startswith(b"HTTP/1.1 413 ")


def test_a_large_image_is_decoded_beside_small_ones(server: Server) -> None:
    large, small = encode(random_image(5, 400, 400)), encode(random_image(5))
    assert len(large) > 64 * 1024
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(server.invoke, [large, small] * 8))
    assert [status for status, _, _ in answers] == [200] * 16
    assert len({body for _, _, body in answers}) == 2


def test_a_connection_carries_one_request_after_the_other(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    for seed in range(3):
        connection.request("POST", "/invocations", encode(random_image(seed)), {"Content-Type": "image/png"})
        assert connection.getresponse().read() == server.invoke(encode(random_image(seed)))[2].encode()
        kept = connection.sock
    assert kept is connection.sock
    connection.close()


def test_what_is_no_http_is_refused(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as raw:
        raw.sendall(b"hello\r\n\r\n")
        assert raw.recv(100).startswith(b"HTTP/1.1 400 ")


def test_a_body_without_a_length_is_refused(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as raw:
        raw.sendall(b"POST /invocations HTTP/1.1\r\nContent-Type: image/png\r\n\r\n")
        assert raw.recv(100).startswith(b"HTTP/1.1 411 ")


def test_other_paths_are_not_found(server: Server) -> None:
    assert server.request("GET", "/")[0] == 404
    assert server.request("POST", "/", b"x")[0] == 404


def test_it_listens_on_this_machine_only(server: Server) -> None:
    connections = [found for child in psutil.Process().children() for found in child.net_connections("tcp")]
    listening = [found.laddr for found in connections if found.status == psutil.CONN_LISTEN]
    assert {address.ip for address in listening if address.port == server.port} == {"127.0.0.1"}


def test_a_directory_without_a_model_is_not_served(tmp_path: Path) -> None:
    process = Job(tmp_path).start("serve", SAGEMAKER_BIND_TO_PORT=str(free_port()))
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "No model artifact was found" in output
