"""How soon the page paints, with a thousand executions in the list."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from playwright.sync_api import Browser, sync_playwright

from benchmarks.figures import Measured, Series
from benchmarks.local import LocalAws
from tests.browser.watching import CHROMIUM

EXECUTIONS = 1_000
VISITS = {True: 4, False: 11}
OURS = "console"
PROJECT = "many"
ROLE = "arn:aws:iam::000000000000:role/scones-pipeline"
ARGUMENTS = ["--no-sandbox", "--headless=new", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
DEFINITION = {
    "Version": "2020-12-01",
    "Parameters": [{"Name": "CommitId", "Type": "String", "DefaultValue": "unknown"}],
    "Steps": [{"Name": "Refuse", "Type": "Fail", "Arguments": {"ErrorMessage": "There is nothing to do."}}],
}
_PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


def measure(quick: bool) -> Measured:
    """Against its own local AWS; the first visit finds no warm cache."""
    with LocalAws() as aws, sync_playwright() as playwright:
        _fill(aws)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        with _served(aws) as address:
            visits = [_visit(browser, address) for _ in range(VISITS[quick])]
    paints, rows = zip(*visits, strict=True)
    series = (
        Series("first visit, first paint", OURS, "ms", paints[:1]),
        Series("first visit, rows shown", OURS, "ms", rows[:1]),
        Series("later visits, first paint", OURS, "ms", paints[1:]),
        Series("later visits, rows shown", OURS, "ms", rows[1:]),
    )
    return Measured("page", OURS, series, (f"A list of {EXECUTIONS:,} executions, in Chromium without a screen.",))


def _fill(aws: LocalAws) -> None:
    """Start executions of a pipeline that fails at once."""
    sagemaker, name = aws.client("sagemaker"), f"{PROJECT}-training"
    sagemaker.create_pipeline(
        PipelineName=name, PipelineDefinition=json.dumps(DEFINITION), RoleArn=ROLE, ClientRequestToken=uuid4().hex
    )
    for _ in range(EXECUTIONS):
        sagemaker.start_pipeline_execution(PipelineName=name, ClientRequestToken=uuid4().hex)


@contextmanager
def _served(aws: LocalAws) -> Iterator[str]:
    environment = {
        **os.environ,
        "SCONES_PORT": str(aws.settings.port),
        "SCONES_HOME": str(aws.settings.home),
        "SCONES_PROJECT": PROJECT,
    }
    words = [sys.executable, "-m", "console", "console", "--no-open"]
    with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            found = re.search(r"http://\S+", process.stdout.readline() if process.stdout else "")
            if found is None:
                raise SystemExit("The console said no address.")
            yield found[0]
        finally:
            process.terminate()


def _visit(browser: Browser, address: str) -> tuple[float, float]:
    """Milliseconds to the first paint and to the rows, in a browser with an empty cache."""
    context = browser.new_context()
    page, began = context.new_page(), time.perf_counter()
    page.goto(address)
    page.locator(".rows.executions li").nth(24).wait_for()
    shown = (time.perf_counter() - began) * 1_000
    paint = float(page.evaluate(_PAINT))
    context.close()
    return paint, shown
