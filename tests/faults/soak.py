"""A soak in miniature, by `make soak`: thousands of requests, and memory that does not grow any more.

Also a file of tests that no run of all tests collects.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from tests.e2e.laptop import Laptop, free_port
from tests.faults.site import ENDPOINT, PIPELINE, Site

REQUESTS = int(os.environ.get("SOAK_REQUESTS", "6000"))
CLIENTS = 4
BUCKET = "soak"
ROUNDS = 6
# Of the second half of the rounds: what is kept once (caches, threads, pools) is there by then.
MOST_GROWTH_MIB = 3.0


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(Laptop(free_port(), tmp_path_factory.mktemp("soak")))
    try:
        made.prepare()
        # The stack's bucket keeps every version of an object; what is stored is no leak.
        made.client("s3").create_bucket(Bucket=BUCKET)
        yield made
    finally:
        made.laptop.scones("down", "--wipe", code=None)


@pytest.mark.parametrize("kind", ["describe", "put", "invoke"])
def test_memory_is_flat_after_thousands_of_requests(site: Site, kind: str) -> None:
    process = psutil.Process(int((site.laptop.home / "localaws.pid").read_text()))
    resident = []
    for _ in range(ROUNDS):
        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(lambda number: _ask(site, kind, number), range(REQUESTS // 3 // ROUNDS)))
        resident.append(round(process.memory_info().rss / 2**20, 1))
    print(f"{kind}: {resident} MiB after each {REQUESTS // 3 // ROUNDS:,} requests", flush=True)
    assert resident[-1] - resident[ROUNDS // 2 - 1] < MOST_GROWTH_MIB, resident


def _ask(site: Site, kind: str, number: int) -> None:
    if kind == "describe":
        site.client("sagemaker").describe_pipeline(PipelineName=PIPELINE)
    elif kind == "put":
        site.client("s3").put_object(Bucket=BUCKET, Key=str(number % 10), Body=b"x" * 2000)
    else:
        site.client("sagemaker-runtime").invoke_endpoint(EndpointName=ENDPOINT, Body=b"x" * 200)
