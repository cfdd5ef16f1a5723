"""How soon the page paints with a thousand runs in the table, and how soon a search of them answers."""

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
SEARCHES = {True: 5, False: 20}
OURS = "console"
PROJECT = "many"
ROLE = "arn:aws:iam::000000000000:role/scones-pipeline"
ARGUMENTS = ["--no-sandbox", "--headless=new", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
DEFINITION = {
    "Version": "2020-12-01",
    "Parameters": [{"Name": "CommitId", "Type": "String", "DefaultValue": "unknown"}],
    "Steps": [{"Name": "Refuse", "Type": "Fail", "Arguments": {"ErrorMessage": "There is nothing to do."}}],
}
# Puts words into the search as a person's last letter does, and waits for the one row that they leave.
_ANSWER = """async (wanted) => {
  const input = document.querySelector(".search input");
  const rows = () => [...document.querySelectorAll("table.runs td.id")].map((cell) => cell.innerText);
  const write = (words) => { input.value = words; input.dispatchEvent(new Event("input", { bubbles: true })); };
  const until = async (holds) => { while (!holds()) await new Promise((go) => setTimeout(go, 1)); };
  const began = performance.now();
  write(wanted);
  await until(() => rows().length === 1 && rows()[0] === wanted);
  const took = performance.now() - began;
  write("");
  await until(() => rows().length === 50);
  return took;
}"""
_PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


def measure(quick: bool) -> Measured:
    """Against its own local AWS; the first visit finds no warm cache."""
    with LocalAws() as aws, sync_playwright() as playwright:
        _fill(aws)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        with _served(aws) as addresses:
            visits = [_visit(browser, next(addresses)) for _ in range(VISITS[quick])]
            searches = _search(browser, next(addresses), SEARCHES[quick])
    paints, rows = zip(*visits, strict=True)
    series = (
        Series("first visit, first paint", OURS, "ms", paints[:1]),
        Series("first visit, rows shown", OURS, "ms", rows[:1]),
        Series("later visits, first paint", OURS, "ms", paints[1:]),
        Series("later visits, rows shown", OURS, "ms", rows[1:]),
        Series("a search, until its row is shown", OURS, "ms", searches),
    )
    return Measured("page", OURS, series, (f"A table of {EXECUTIONS:,} runs, in Chromium without a screen.",))


def _fill(aws: LocalAws) -> None:
    """Start executions of a pipeline that fails at once."""
    sagemaker, name = aws.client("sagemaker"), f"{PROJECT}-training"
    sagemaker.create_pipeline(
        PipelineName=name, PipelineDefinition=json.dumps(DEFINITION), RoleArn=ROLE, ClientRequestToken=uuid4().hex
    )
    for _ in range(EXECUTIONS):
        sagemaker.start_pipeline_execution(PipelineName=name, ClientRequestToken=uuid4().hex)


@contextmanager
def _served(aws: LocalAws) -> Iterator[Iterator[str]]:
    """The addresses of a console: each holds for one visit, and the next is printed when one was used."""
    environment = {
        **os.environ,
        "SCONES_PORT": str(aws.settings.port),
        "SCONES_HOME": str(aws.settings.home),
        "SCONES_PROJECT": PROJECT,
    }
    words = [sys.executable, "-m", "console", "console", "--no-open"]
    with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield _read_addresses(process)
        finally:
            process.terminate()


def _read_addresses(process: subprocess.Popen[str]) -> Iterator[str]:
    while process.stdout:
        found = re.search(r"http://\S+", process.stdout.readline())
        if found is None:
            raise SystemExit("The console said no address.")
        yield found[0].replace("/?", "/runs?")


def _search(browser: Browser, address: str, times: int) -> tuple[float, ...]:
    """Milliseconds from a search's last letter to its one row, measured in the browser."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    page.get_by_text(f"of {EXECUTIONS}").wait_for()
    identifiers = page.locator("table.runs td.id").all_inner_texts()
    took = [float(page.evaluate(_ANSWER, identifiers[number])) for number in range(times)]
    context.close()
    return tuple(took)


def _visit(browser: Browser, address: str) -> tuple[float, float]:
    """Milliseconds to the first paint and to the rows, in a browser with an empty cache."""
    context = browser.new_context()
    page, began = context.new_page(), time.perf_counter()
    page.goto(address)
    page.locator("table.runs tbody tr").nth(49).wait_for()
    shown = (time.perf_counter() - began) * 1_000
    paint = float(page.evaluate(_PAINT))
    context.close()
    return paint, shown
