"""A soak in miniature, by `make soak`: thousands of requests, and memory that does not grow any more.

Also a file of tests that no run of all tests collects.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from tests.e2e.laptop import Laptop, free_port
from tests.faults.site import BUCKET, ENDPOINT, PIPELINE, Site

REQUESTS = int(os.environ.get("SOAK_REQUESTS", "6000"))
CLIENTS = 4
ROUNDS = 6
# Of the second half of the rounds: what is kept once (caches, threads, pools) is there by then.
MOST_GROWTH_MIB = 6.0


def test_memory_is_flat_after_thousands_of_requests(tmp_path_factory: pytest.TempPathFactory) -> None:
    site = Site(Laptop(free_port(), tmp_path_factory.mktemp("soak")))
    try:
        site.prepare()
        process = psutil.Process(int((site.laptop.home / "localaws.pid").read_text()))
        resident = []
        for number in range(ROUNDS):
            _ask(site, REQUESTS // ROUNDS)
            resident.append(process.memory_info().rss / 2**20)
            print(f"after {(number + 1) * REQUESTS // ROUNDS:,} requests: {resident[-1]:.1f} MiB", flush=True)
    finally:
        site.laptop.scones("down", "--wipe", code=None)
    assert resident[-1] - resident[ROUNDS // 2 - 1] < MOST_GROWTH_MIB, resident


def _ask(site: Site, count: int) -> None:
    """A third describes, a third asks the endpoint, a third puts the same few objects."""
    sagemaker, runtime, s3 = (site.client(name) for name in ("sagemaker", "sagemaker-runtime", "s3"))

    def one(number: int) -> None:
        if number % 3 == 0:
            sagemaker.describe_pipeline(PipelineName=PIPELINE)
        elif number % 3 == 1:
            runtime.invoke_endpoint(EndpointName=ENDPOINT, Body=b"x" * 2000)
        else:
            s3.put_object(Bucket=BUCKET, Key=f"soak/{number % 10}", Body=b"x" * 2000)

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(one, range(count)))
