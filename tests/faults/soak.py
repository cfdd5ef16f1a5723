"""A short soak test, by `make soak`: thousands of requests, and memory that must stop growing.

What is stored is on disk: of an object or a version memory has its entry in the bucket's listing, of lines nothing.

Also a file of tests that no run of all tests collects.
"""

from __future__ import annotations

import http.client
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from localaws.settings import HEALTH
from tests.e2e.laptop import Laptop, free_port
from tests.faults.site import BUCKET, ENDPOINT, PIPELINE, Site

REQUESTS = int(os.environ.get("SOAK_REQUESTS", "8000"))
CLIENTS = 4
PLAIN, VERSIONED = "soak", "soak-versions"
KINDS = ("describe", "put", "connect", "invoke", "version", "log")
ROUNDS = 6
# Of the second half of the rounds: caches, threads and pools are filled by then.
MOST_GROWTH_MIB = 3.0
MIB = 2**20
OBJECT = b"x" * 100_000
ENTRY_KIB = 4.0  # of an object or a version of it, at most
LINES = 200  # a request


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(Laptop(free_port(), tmp_path_factory.mktemp("soak")))
    try:
        made.prepare()
        s3, logs = made.client("s3"), made.client("logs")
        for bucket in (PLAIN, VERSIONED):
            s3.create_bucket(Bucket=bucket)
        s3.put_bucket_versioning(Bucket=VERSIONED, VersioningConfiguration={"Status": "Enabled"})
        logs.create_log_group(logGroupName=PLAIN)
        logs.create_log_stream(logGroupName=PLAIN, logStreamName=PLAIN)
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
        stored.append(_listed(site))
    half = ROUNDS // 2 - 1
    grown, kept = resident[-1] - resident[half], stored[-1] - stored[half]
    print(
        f"\n{kind}: {[round(mib, 1) for mib in resident]} MiB after each {each:,} requests; the second half grew by "
        f"{grown:.1f} MiB, of which {kept:.1f} MiB may be entries of objects "
        f"({(grown - kept) * 1024 / each / 3:.1f} KiB a request)",
        flush=True,
    )
    assert grown - kept < MOST_GROWTH_MIB, resident


def _listed(site: Site) -> float:
    """MiB that entries of captures and of versions may take, which S3 has in memory."""
    s3 = site.client("s3")
    captures = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="data-capture/")
    versions = s3.get_paginator("list_object_versions").paginate(Bucket=VERSIONED)
    found = sum(page.get("KeyCount", 0) for page in captures) + sum(len(page.get("Versions", [])) for page in versions)
    return found * ENTRY_KIB / 1024


def _ask(site: Site, kind: str, number: int) -> None:
    if kind == "describe":
        site.client("sagemaker").describe_pipeline(PipelineName=PIPELINE)
    elif kind == "put":
        site.client("s3").put_object(Bucket=PLAIN, Key=str(number % 10), Body=b"x" * 2000)
    elif kind == "version":
        site.client("s3").put_object(Bucket=VERSIONED, Key=str(number % 10), Body=OBJECT)
    elif kind == "log":
        line = {"timestamp": int(time.time() * 1000), "message": f"{number} says {'x' * 100}"}
        site.client("logs").put_log_events(logGroupName=PLAIN, logStreamName=PLAIN, logEvents=[line] * LINES)
    elif kind == "connect":
        # A client that opens and closes a connection for each request.
        connection = http.client.HTTPConnection("127.0.0.1", site.laptop.port)
        connection.request("GET", HEALTH)
        connection.getresponse().read()
        connection.close()
    else:
        site.client("sagemaker-runtime").invoke_endpoint(EndpointName=ENDPOINT, Body=b"x" * 200)["Body"].read()
