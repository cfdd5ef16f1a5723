"""A short soak test, by `make soak`: thousands of requests, and memory that must stop growing.

Also a file of tests that no run of all tests collects.
"""

from __future__ import annotations

import http.client
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from localaws.settings import HEALTH
from tests.e2e.laptop import Laptop, free_port
from tests.faults.site import BUCKET, ENDPOINT, PIPELINE, Site

REQUESTS = int(os.environ.get("SOAK_REQUESTS", "8000"))
CLIENTS = 4
PLAIN = "soak"
KINDS = ("describe", "put", "connect", "invoke")
ROUNDS = 6
# Of the second half of the rounds: caches, threads and pools are filled by then.
MOST_GROWTH_MIB = 3.0
MIB = 2**20


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(Laptop(free_port(), tmp_path_factory.mktemp("soak")))
    try:
        made.prepare()
        # The stack's bucket keeps every version of an object; what is stored is no leak.
        made.client("s3").create_bucket(Bucket=PLAIN)
        yield made
    finally:
        made.laptop.scones("down", "--wipe", code=None)


@pytest.mark.parametrize("kind", KINDS)
def test_memory_is_flat_after_thousands_of_requests(site: Site, kind: str) -> None:
    process = psutil.Process(int((site.laptop.home / "localaws.pid").read_text()))
    each = REQUESTS // len(KINDS) // ROUNDS
    resident, stored = [], []
    for _ in range(ROUNDS):
        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(lambda number: _ask(site, kind, number), range(each)))
        resident.append(process.memory_info().rss / MIB)
        stored.append(_captured(site))
    half = ROUNDS // 2 - 1
    grown, kept = resident[-1] - resident[half], stored[-1] - stored[half]
    print(
        f"\n{kind}: {[round(mib, 1) for mib in resident]} MiB after each {each:,} requests; the second half grew by "
        f"{grown:.1f} MiB, of which {kept:.1f} MiB are captures ({(grown - kept) * 1024 / each / 3:.1f} KiB a request)",
        flush=True,
    )
    assert grown - kept < MOST_GROWTH_MIB, resident


def _captured(site: Site) -> float:
    """MiB of captures in S3, which MiniStack keeps in memory as well as on disk."""
    pages = site.client("s3").get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="data-capture/")
    return sum(float(item["Size"]) for page in pages for item in page.get("Contents", [])) / MIB


def _ask(site: Site, kind: str, number: int) -> None:
    if kind == "describe":
        site.client("sagemaker").describe_pipeline(PipelineName=PIPELINE)
    elif kind == "put":
        site.client("s3").put_object(Bucket=PLAIN, Key=str(number % 10), Body=b"x" * 2000)
    elif kind == "connect":
        # A client that opens and closes a connection for each request.
        connection = http.client.HTTPConnection("127.0.0.1", site.laptop.port)
        connection.request("GET", HEALTH)
        connection.getresponse().read()
        connection.close()
    else:
        site.client("sagemaker-runtime").invoke_endpoint(EndpointName=ENDPOINT, Body=b"x" * 200)["Body"].read()
