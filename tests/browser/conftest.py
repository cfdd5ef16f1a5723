"""A local AWS with one succeeded and one failed execution, a relay in front of it, the page on the relay, a browser."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.relay import Relay
from tests.browser.watching import ARGUMENTS, CHROMIUM, Console, Tab, console, tab
from tests.e2e.laptop import Laptop, free_port

QUICK = ("Epochs=2", "LearningRateScheduleSteps=1", "AccuracyThreshold=0.1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let test_watching begin, whose first test sees the page of a local AWS without executions."""
    items.sort(key=lambda item: item.path.name != "test_watching.py")


@pytest.fixture(scope="session")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    made = Laptop(free_port(), tmp_path_factory.mktemp("watched"))
    made.scones("up")
    made.sample()
    yield made
    made.scones("down")


@pytest.fixture(scope="session")
def relay(laptop: Laptop) -> Iterator[Relay]:
    made = Relay(laptop.port, laptop.key)
    yield made
    made.close()


@pytest.fixture(scope="session")
def served(laptop: Laptop, relay: Relay) -> Iterator[Console]:
    with console(laptop, relay.port) as made:
        yield made


# A module's, not the session's: while Playwright runs, no other test of the process may run an event loop.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        if os.environ.get("SCONES_NO_BROWSER"):
            pytest.skip("SCONES_NO_BROWSER is set, and there is no Chromium.")
        pytest.fail(
            f"The browser tests drive {CHROMIUM}, which is not there: `apt-get install chromium` (on a Mac, Google "
            "Chrome will do), or set SCONES_NO_BROWSER=1 to leave them out."
        )
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)


@pytest.fixture
def watch(browser: Browser, served: Console) -> Iterator[Tab]:
    with tab(browser, served) as made:
        yield made


@pytest.fixture(scope="session")
def pictures() -> Path | None:
    """Where screenshots are put: SCONES_SCREENSHOTS, for who wants to look at them; else nowhere: each takes time."""
    wanted = os.environ.get("SCONES_SCREENSHOTS")
    if not wanted:
        return None
    folder = Path(wanted)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def started(laptop: Laptop) -> str:
    """The ARN of an execution that has just been started."""
    words = [word for assignment in QUICK for word in ("--set", assignment)]
    return laptop.scones("run", *words).stdout.strip()


@pytest.fixture(scope="session")
def trained(laptop: Laptop, started: str) -> str:
    """The id of an execution that has registered a version."""
    assert laptop.ended(started)["PipelineExecutionStatus"] == "Succeeded"
    return started.rsplit("/", 1)[1]


@pytest.fixture(scope="session")
def failed(laptop: Laptop, started: str, trained: str) -> str:
    """The id of an execution whose model was too bad; the training came from the cache."""
    arn = start_again(laptop, started, AccuracyThreshold="1.0")
    assert laptop.ended(arn)["PipelineExecutionStatus"] == "Failed"
    return arn.rsplit("/", 1)[1]


def start_again(laptop: Laptop, arn: str, name: str | None = None, **changes: str) -> str:
    """Start an execution with the parameters of another, but for some; those that are empty there are its defaults."""
    sagemaker = laptop.client("sagemaker")
    known = sagemaker.list_pipeline_parameters_for_execution(PipelineExecutionArn=arn, MaxResults=100)
    parameters = {item["Name"]: item["Value"] for item in known["PipelineParameters"]} | changes
    started: str = sagemaker.start_pipeline_execution(
        PipelineName="scones-training",
        PipelineParameters=[{"Name": name, "Value": value} for name, value in parameters.items() if value],
        ClientRequestToken=uuid4().hex,
        **({"PipelineExecutionDisplayName": name} if name else {}),
    )["PipelineExecutionArn"]
    return started
