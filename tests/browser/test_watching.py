"""Executions, watched in a browser while they run, fail, and while AWS is in trouble."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.relay import Relay
from tests.browser.watching import Console, Tab, console, tab
from tests.e2e.laptop import Laptop

pytestmark = pytest.mark.e2e

# The page that asks most is that of an execution with a training under way.
MOST_CALLS_A_MINUTE = 240
# A tab that was left asks on for three seconds, and what nobody asks for is read for four more.
LEASE = 7.5


def test_an_execution_appears_and_moves_without_a_reload(
    watch: Tab, laptop: Laptop, request: pytest.FixtureRequest
) -> None:
    ahead = watch.page.get_by_role("region", name="What to do next")
    expect(ahead).to_contain_text("Nothing has been trained yet", timeout=15_000)
    expect(ahead.get_by_role("link", name="Start a run")).to_have_attribute("href", "/new")
    page = watch.go("/runs")
    watch.says("No runs yet")
    arn: str = request.getfixturevalue("started")
    identifier = arn.rsplit("/", 1)[1]
    row = page.get_by_role("row").filter(has_text=identifier)
    expect(row).to_contain_text("Executing", timeout=15_000)
    expect(row).to_contain_text("compact", timeout=15_000)
    page.get_by_role("link", name=identifier).click()
    expect(page.locator(".node", has_text="TrainModel")).to_contain_text("Succeeded", timeout=90_000)
    expect(page.locator(".node", has_text="EvaluateModel")).to_contain_text("Executing", timeout=15_000)
    laptop.ended(arn)
    expect(page.locator(".node", has_text="RegisterModel")).to_contain_text("Succeeded", timeout=15_000)
    expect(page.locator(".node", has_text="AccuracyTooLow")).to_contain_text("Not run", timeout=15_000)


def test_a_step_shows_its_curve_its_files_and_its_log_under_an_address_of_its_own(
    watch: Tab, trained: str, pictures: Path | None
) -> None:
    page = watch.go(f"/execution/{trained}")
    expect(page.get_by_text(re.compile(r"^accuracy [01]\.\d{3}$"))).to_be_visible()
    page.locator(".node", has_text="TrainModel").click()
    expect(page).to_have_url(f"{watch.root}/execution/{trained}/TrainModel")
    expect(page).to_have_title(f"TrainModel · Run {trained} · Runs · Scones")
    expect(page.get_by_role("img", name=re.compile(r"Accuracy by epoch: train ends at"))).to_be_visible()
    log = page.get_by_role("region", name="Log of TrainModel")
    expect(log).to_contain_text("Epoch[1]", timeout=15_000)
    page.get_by_label("Search the log").fill("epoch[0] train")
    expect(log).not_to_contain_text("Epoch[1]")
    expect(log).to_contain_text("Epoch[0] Train-accuracy")
    expect(page.get_by_role("region", name="Outputs")).to_contain_text(re.compile(r"1 file, [\d.]+ MB"))
    with page.expect_download() as download:
        page.get_by_role("link", name="Download model.tar.gz").click()
    assert download.value.path().read_bytes()[:2] == b"\x1f\x8b"
    page.get_by_text(re.compile(r"Arguments \(\d+\)")).click()
    expect(page.get_by_role("region", name="Arguments")).to_contain_text("learning_rate")
    expect(page.locator(".gantt li")).to_have_count(5)
    watch.picture(pictures, "execution-light")
    page.locator(".gantt").get_by_role("link", name="EvaluateModel").click()
    expect(page.get_by_role("heading", name="EvaluateModel")).to_be_visible()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="evaluation/report.html", exact=True).click()
    expect(opened.value.get_by_role("heading", name="Bicycle or motorcycle")).to_be_visible(timeout=15_000)
    opened.value.close()
    page.go_back()
    expect(page.get_by_role("heading", name="TrainModel")).to_be_visible()
    page.get_by_role("navigation", name="Where this is").get_by_role("link", name="Runs").click()
    expect(page.get_by_role("heading", name="Runs", level=1)).to_be_visible()


def test_a_failed_execution_says_why_in_its_own_words_and_offers_what_can_help(
    watch: Tab, failed: str, trained: str, pictures: Path | None
) -> None:
    page = watch.go("/runs")
    row = page.get_by_role("row").filter(has_text=failed)
    expect(row).to_contain_text("below the AccuracyThreshold of 1.0", timeout=15_000)
    page.get_by_role("link", name=failed).click()
    expect(page.locator(".node", has_text="TrainModel")).to_contain_text("from the cache of")
    expect(page.locator(".node", has_text="AccuracyTooLow")).to_have_attribute("aria-current", "step")
    expect(page.locator(".banner", has_text="nothing was registered").locator("visible=true")).to_be_visible()
    report = page.get_by_role("link", name="Open the report")
    expect(report).to_have_attribute("href", f"/artifact/{failed}/EvaluateModel?output=evaluation&file=report.html")
    assert watch.page.request.get(watch.root + (report.get_attribute("href") or "")).ok
    # The gate would refuse the same numbers again.
    expect(page.get_by_role("button", name="New run like this")).to_be_visible()
    expect(page.get_by_role("button", name="Retry from the failed step")).to_be_hidden()
    page.locator(".node", has_text="AccuracyGate").click()
    gate = page.get_by_role("region", name="Conditions").locator("tbody tr")
    expect(gate.first).to_have_text(
        re.compile(r"accuracy 0\.\d{4}≥AccuracyThreshold 1\.0does not hold"), timeout=15_000
    )
    expect(gate).to_have_count(2)
    watch.picture(pictures, "failed-light")


def test_what_is_not_there_is_said_and_leads_on(watch: Tab, trained: str) -> None:
    for path, words, status in (
        ("/nothing", "No such page", 404),
        ("/execution/nope", "No such run", 404),
        ("/dataset/nope", "Data set", 404),
        (f"/execution/{trained}/Nope", "No such step", 404),
        (f"/execution/{trained}/TrainModel/more", "No such page", 404),
        ("/version/99", "No such version", 404),
        ("/version/99/card", "No such version", 404),
    ):
        answer = watch.page.goto(watch.root + path)
        assert answer is not None
        assert answer.status == status, path
        expect(watch.page.get_by_role("heading", name=words)).to_be_visible(timeout=15_000)
        expect(watch.page.get_by_role("link", name=re.compile("^All "))).to_be_visible()
        assert watch.serious() == []
    watch.complaints.clear()  # the browser's own word on each 404


def test_a_run_like_another_is_started_after_a_check_stopped_after_a_question_and_retried(
    laptop: Laptop, watch: Tab, trained: str, started: str
) -> None:
    page = watch.go(f"/new?like={trained}")
    expect(page.get_by_label("AccuracyThreshold")).to_have_value("0.1", timeout=15_000)
    start, epochs = page.get_by_role("button", name="Start", exact=True), page.get_by_label("Epochs")
    epochs.fill("0")
    expect(start).to_be_disabled()
    watch.says("Epochs is '0'; it must be a whole number of at least 1.")
    page.wait_for_timeout(500)  # a hint that fades is pale
    assert watch.serious() == []
    epochs.fill("40")
    expect(page.get_by_text("--set Epochs=40")).to_be_visible()
    start.click()
    page.wait_for_url(re.compile("/execution/"), timeout=60_000)
    identifier = page.url.rsplit("/", 1)[1]
    training = page.locator(".node", has_text="TrainModel")
    expect(training).to_contain_text("Executing", timeout=60_000)
    page.get_by_role("button", name="Stop", exact=True).click(timeout=15_000)
    page.get_by_role("button", name="Stop it").click()
    arn = f"{started.rsplit('/', 1)[0]}/{identifier}"
    assert laptop.ended(arn)["PipelineExecutionStatus"] == "Stopped"
    expect(page.get_by_role("button", name="Retry from the failed step")).to_be_visible(timeout=15_000)
    page.get_by_label("Note").fill("40 epochs are too many")
    page.get_by_label("Note").press("Enter")
    watch.says("The note is kept.")
    described = laptop.client("sagemaker").describe_pipeline_execution(PipelineExecutionArn=arn)
    assert described["PipelineExecutionDescription"] == "40 epochs are too many"
    state = page.locator(".row-of > .state").first
    expect(state).to_have_text(re.compile("Stopped"), timeout=15_000)
    page.get_by_role("button", name="Retry from the failed step").click()
    watch.says(f"{identifier} continues from the failed step.")
    expect(state).to_have_text(re.compile("Executing"), timeout=15_000)
    expect(training).to_contain_text("epoch 0 of 40", timeout=30_000)
    page.get_by_role("navigation", name="Where this is").get_by_role("link", name="Runs").click()
    row = page.get_by_role("row").filter(has_text=identifier)
    expect(row).to_contain_text("Executing", timeout=15_000)
    laptop.client("sagemaker").stop_pipeline_execution(PipelineExecutionArn=arn, ClientRequestToken="s" * 32)
    expect(row).to_contain_text("Stopped", timeout=30_000)


def test_two_executions_are_compared_side_by_side(watch: Tab, trained: str, failed: str, pictures: Path | None) -> None:
    page = watch.go("/runs")
    for name in (trained, failed):
        page.get_by_role("checkbox", name=f"Compare {name}").click()
    page.get_by_role("button", name="Compare 2").click()
    rows = page.get_by_role("region", name="Parameters").locator("tbody tr")
    expect(rows).to_have_text(["AccuracyThreshold0.11.0"], timeout=15_000)
    expect(page.get_by_text("All are equal.")).to_be_visible()
    page.get_by_role("switch", name="Only what differs").click()
    expect(page.get_by_role("region", name="Metrics")).to_contain_text("accuracy")
    expect(rows.filter(has_text="Epochs")).to_have_class("")
    expect(page.get_by_role("img", name=re.compile(f"{trained} validation ends at"))).to_be_visible()
    watch.picture(pictures, "compare-light")


def test_what_is_asked_of_the_table_is_in_the_address_and_there_again_after_going_back(
    watch: Tab, trained: str, failed: str
) -> None:
    page = watch.go("/runs")
    rows = page.locator("table.runs tbody tr")
    page.get_by_label("Search").fill("accuracy>0.1 status=failed")
    expect(rows).to_have_count(1, timeout=15_000)
    page.get_by_role("button", name="accuracy").click()
    expect(page.get_by_role("columnheader", name="accuracy")).to_have_attribute("aria-sort", "descending")
    expect(page).to_have_url(re.compile(r"/runs\?q=accuracy%3E0.1\+status%3Dfailed&sort=-accuracy$"))
    page.get_by_role("link", name=failed).click()
    watch.says(f"Run {failed}")
    page.go_back()
    expect(rows).to_have_count(1)
    expect(page.get_by_label("Search")).to_have_value("accuracy>0.1 status=failed")
    watch.go("/runs?columns=Epochs&sort=Epochs&status=Succeeded")
    expect(rows.filter(has_text=trained).locator("td.Epochs")).to_have_text("2", timeout=15_000)
    page.get_by_role("link", name="Runs", exact=True).click()
    expect(page).to_have_url(f"{watch.root}/runs")
    expect(rows.filter(has_text=failed)).to_be_visible()


def test_a_throttle_and_a_missing_permission_are_said_in_words_and_pass(watch: Tab, relay: Relay, trained: str) -> None:
    watch.go("/runs")
    with relay.refusing("ListPipelineExecutions", "ThrottlingException"):
        watch.says("AWS asks for fewer calls (ListPipelineExecutions was throttled)")
        watch.says(trained)
    with relay.refusing("ListPipelineExecutions", "AccessDeniedException"):
        watch.says("Your credentials may not call ListPipelineExecutions", 30)
    expect(watch.page.get_by_text("Your credentials may not call")).to_be_hidden(timeout=30_000)


def test_the_page_outlives_a_restart_of_the_local_aws(laptop: Laptop, watch: Tab, trained: str) -> None:
    watch.go("/runs")
    watch.says(trained)
    laptop.scones("down")
    watch.says("AWS does not answer", 30)
    expect(watch.page.get_by_text(re.compile(r"What you see is .* old"))).to_be_visible()
    watch.says(trained)
    laptop.scones("up")
    expect(watch.page.get_by_text("AWS does not answer")).to_be_hidden(timeout=30_000)
    watch.says(trained)


def test_watching_asks_seldom_and_a_second_tab_asks_no_more(
    browser: Browser, served: Console, watch: Tab, relay: Relay, trained: str
) -> None:
    watch.go(f"/execution/{trained}")
    watch.says("RegisterModel")
    relay.count(LEASE)  # what the list had asked for is forgotten by now
    alone = sum(relay.count(6).values())
    with tab(browser, served) as second:
        second.go(f"/execution/{trained}")
        second.says("RegisterModel")
        relay.count(LEASE)
        together = sum(relay.count(6).values())
    assert alone * 10 <= MOST_CALLS_A_MINUTE
    assert together <= alone + 6, "both look at one reading"


def test_everything_is_reached_by_keyboard(watch: Tab, trained: str) -> None:
    page = watch.go("/runs")
    watch.says(trained)
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to main content")).to_be_focused()
    link = page.get_by_role("link", name=trained)
    link.focus()
    page.wait_for_timeout(3_000)
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    step = page.locator(".node", has_text="PrepareData")
    step.focus()
    page.keyboard.press("Enter")
    expect(step).to_have_attribute("aria-current", "step")


def test_an_address_that_was_used_opens_nothing_in_another_browser(browser: Browser, served: Console) -> None:
    used = served.address
    with tab(browser, served):
        answer = browser.new_context().new_page().goto(used)
    assert answer is not None
    assert answer.status == 403


def test_json_of_the_list_is_what_the_page_shows(laptop: Laptop, watch: Tab, trained: str) -> None:
    listed = json.loads(laptop.scones("executions", "--json").stdout)
    watch.go("/runs")
    watch.says(trained)
    shown = watch.page.locator("table.runs td.id").all_inner_texts()
    assert shown == [item["id"] for item in listed]


def test_what_aws_tells_is_shown_as_text(browser: Browser, laptop: Laptop) -> None:
    hostile = "<img src=x onerror=\"document.title='owned'\"> {{ 7 * 7 }}"
    step = {"Name": "Refuse", "Type": "Fail", "Arguments": {"ErrorMessage": hostile}}
    definition = {"Version": "2020-12-01", "Parameters": [], "Steps": [step]}
    sagemaker, name = laptop.client("sagemaker"), "other-training"
    role = "arn:aws:iam::000000000000:role/scones-pipeline"
    sagemaker.create_pipeline(
        PipelineName=name, PipelineDefinition=json.dumps(definition), RoleArn=role, ClientRequestToken="t" * 32
    )
    arns = [
        sagemaker.start_pipeline_execution(PipelineName=name, ClientRequestToken=f"{number:032}")[
            "PipelineExecutionArn"
        ]
        for number in range(2)
    ]
    with console(laptop, laptop.port, SCONES_PROJECT="other") as served, tab(browser, served) as watch:
        rows = watch.go("/runs").locator("table.runs tbody tr")
        expect(rows).to_have_count(2, timeout=15_000)
        expect(rows.first).to_contain_text(hostile, timeout=15_000)
        watch.page.get_by_role("link", name=arns[0].rsplit("/", 1)[1]).click()
        expect(watch.page.locator(".banner", has_text=hostile).locator("visible=true")).to_be_visible()
        assert watch.page.title().startswith("Run ")
