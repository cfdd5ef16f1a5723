"""From a registered version to an answer about a picture, all of it on the page."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from common.images import resize_and_crop
from console.dataset.sample import draw_examples
from tests.browser.conftest import start_again
from tests.browser.watching import SIZES, Console, Tab, console, list_looks, tab
from tests.e2e.laptop import Laptop

pytestmark = pytest.mark.e2e
BUCKET = "scones-000000000000-us-east-1"
CAPTURES = 40
"""More than the 30 from which on a check claims anything."""
GROUP = "arn:aws:sagemaker:us-east-1:000000000000:model-package/scones-vehicles"


def test_a_version_waits_with_its_metrics_and_its_report(watch: Tab, trained: str, pictures: Path | None) -> None:
    page = watch.page
    ahead = page.get_by_role("region", name="What to do next")
    expect(ahead).to_contain_text(
        re.compile(r"Version 1 waits for approval, with an accuracy of 0\.\d{3}\."), timeout=15_000
    )
    expect(ahead.get_by_role("link", name="Approve or reject it")).to_have_attribute("href", "/version/1")
    page.get_by_role("navigation", name="Panels").get_by_role("link", name="Registry").click()
    row = page.get_by_role("listitem").filter(has_text="Version 1")
    expect(row).to_contain_text("Waits for approval", timeout=15_000)
    expect(row).to_contain_text(re.compile(r"accuracy 0\.\d{3}"))
    page.get_by_role("link", name="Version 1").click()
    expect(page.get_by_role("region", name="Metrics")).to_contain_text("auc")
    lineage = page.get_by_role("navigation", name="Lineage")
    expect(lineage.get_by_role("link", name=trained)).to_have_attribute("href", f"/execution/{trained}")
    expect(lineage.get_by_role("link", name="of version 1")).to_have_attribute("href", "/version/1/card")
    report = page.frame_locator("iframe")
    expect(report.get_by_role("heading", name="Bicycle or motorcycle")).to_be_visible(timeout=15_000)
    assert page.locator("iframe").get_attribute("sandbox") == ""
    watch.picture(pictures, "version-light")


def test_a_version_has_the_card_that_the_evaluation_wrote(watch: Tab, laptop: Laptop, trained: str) -> None:
    card = laptop.client("sagemaker").describe_model_package(ModelPackageName=f"{GROUP}/1")["ModelCard"]
    assert card["ModelCardStatus"] == "Draft"
    content = json.loads(card["ModelCardContent"])
    assert content["model_overview"]["model_artifact"][0].startswith(f"s3://{BUCKET}/runs/{trained}/model/")
    page = watch.go("/version/1")
    page.get_by_role("link", name="Metrics with intervals, slices, training").click()
    expect(page).to_have_title("Model card · Version 1 · Registry · Scones")
    expect(page.get_by_text(content["additional_information"]["caveats_and_recommendations"])).to_be_visible()
    slices = page.get_by_role("region", name="Slices of the test images: Accuracy by class")
    expect(slices).to_contain_text(re.compile(r"motorcycle.*of 100 images; 95 % interval"))
    expect(page.get_by_role("region", name="Training: Hyperparameters")).to_contain_text("epochs2")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as JSON").click()
    assert json.loads(download.value.path().read_text()) == content


def test_the_data_of_a_version_is_looked_at_from_its_lineage(watch: Tab, trained: str) -> None:
    page = watch.go("/version/1")
    page.get_by_role("navigation", name="Lineage").locator("a").first.click()
    expect(page).to_have_url(f"{watch.root}/dataset/{trained}")
    rows = page.get_by_role("region", name="Images by split and class").locator("tbody tr")
    expect(rows).to_have_text(["train90901800", "validation1010200", "test1001002000"], timeout=15_000)
    shown = page.get_by_role("list", name="motorcycle images of test").locator("img")
    expect(shown).to_have_count(14)
    page.get_by_role("button", name="More motorcycle images of test").click()
    expect(shown).to_have_count(42)
    page.wait_for_function("document.querySelector('.samples img').naturalWidth === 32")
    expect(page.get_by_role("region", name="Images in two splits")).to_contain_text("test in train")
    for path in ("evaluation/../../x.png", "0.txt"):
        assert page.request.get(f"{watch.root}/dataset/{trained}/image/test/{path}").status == 404
    page.get_by_role("navigation", name="Panels").get_by_role("link", name="Data").click()
    expect(rows).to_have_count(3, timeout=15_000)


def test_an_approval_with_a_comment_deploys_and_the_endpoint_panel_sees_it(
    laptop: Laptop, watch: Tab, trained: str, pictures: Path | None
) -> None:
    page = watch.go("/version/1")
    page.get_by_label("Why").fill("good enough, for <b>now</b>")
    expect(page.get_by_text("Rejecting version 1 changes nothing on the endpoint")).to_be_visible(timeout=15_000)
    page.get_by_role("button", name="Approve").click()
    asked = page.get_by_role("dialog")
    expect(asked).to_contain_text("Approving version 1 creates the endpoint")
    asked.get_by_role("button", name="Approve it").click()
    watch.says("Version 1 is approved.")
    expect(page.get_by_role("region", name="Decisions")).to_contain_text("good enough", timeout=15_000)
    expect(page.get_by_text("Version 1 is approved already, and")).to_be_visible(timeout=15_000)
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    described = laptop.client("sagemaker").describe_model_package(ModelPackageName=f"{GROUP}/1")
    assert described["ApprovalDescription"] == "good enough, for <b>now</b>"
    page.get_by_role("navigation", name="Panels").get_by_role("link", name="Endpoint").click()
    expect(page.get_by_text("In service")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("meter")).to_have_attribute("aria-valuenow", "100")
    page.get_by_text(re.compile(r"^\d+ OK|^\d+ without data")).click()
    expect(page.get_by_text("scones-vehicles-5xx")).to_be_visible()
    expect(page.get_by_role("region", name="What happened")).to_contain_text("Version 1: Approved by", timeout=30_000)
    lineage = page.get_by_role("navigation", name="Lineage")
    expect(lineage.get_by_role("listitem")).to_have_count(6)
    expect(lineage.get_by_role("link", name=trained)).to_have_attribute("href", f"/execution/{trained}")
    page.get_by_role("navigation", name="Panels").get_by_role("link", name="Registry").click()
    expect(page.locator(".serves", has_text="live")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="Version 1")).to_contain_text("Approved by")
    watch.picture(pictures, "registry-light")


def test_a_dropped_picture_lights_its_way_and_is_answered(
    watch: Tab, trained: str, tmp_path: Path, pictures: Path | None
) -> None:
    page = watch.page
    page.get_by_role("navigation", name="Panels").get_by_role("link", name="Classify").click()
    expect(page.locator(".node", has_text="SerializeImage")).to_be_visible(timeout=60_000)
    page.locator("input[type=file]").set_input_files(draw_examples(tmp_path)[0])
    answer = page.locator(".answer")
    expect(answer).to_contain_text(re.compile(r"(bicycle|motorcycle), \d+\.\d% sure"), timeout=60_000)
    expect(answer).to_contain_text(re.compile("Assigned to (nearby|distant) orders|a person decides"))
    expect(page.locator(".node", has_text="ClassifyImage")).to_contain_text("Succeeded")
    watch.picture(pictures, "try-light")
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"this is no picture")
    page.locator("input[type=file]").set_input_files(broken)
    expect(answer).to_contain_text("Failed", timeout=60_000)
    expect(answer).to_contain_text("BadPicture")
    notes = tmp_path / "notes.txt"
    notes.write_text("no image at all")
    page.locator("input[type=file]").set_input_files(notes)
    watch.says("notes.txt is no PNG or JPEG image")
    assert watch.serious() == []


def test_a_doubtful_picture_is_looked_at_and_labelled(laptop: Laptop, watch: Tab, trained: str, tmp_path: Path) -> None:
    key = "review/2026-11-24/doubtful.png"
    s3 = laptop.client("s3")
    words = {"label": "bicycle", "confidence": "0.51", "model-version": "1"}
    s3.put_object(Bucket=BUCKET, Key=key, Body=draw_examples(tmp_path)[0].read_bytes(), Metadata=words)
    page = watch.page
    page.get_by_role("navigation", name="Panels").get_by_role("link", name="Monitoring").click()
    waiting = page.get_by_role("listitem").filter(has=page.get_by_alt_text("doubtful.png"))
    expect(waiting).to_contain_text("Version 1 took it for a bicycle, and was 51% sure", timeout=20_000)
    page.wait_for_function("document.querySelector('.waiting img').naturalWidth === 32")
    close = page.get_by_role("button", name="Close the batch and train")
    expect(page.get_by_text("No image is new since the last successful training began")).to_be_visible(timeout=20_000)
    expect(close).to_be_disabled()
    waiting.get_by_role("button", name="Motorcycle").click()
    expect(waiting).to_have_count(0, timeout=20_000)
    watch.says("Labelled as motorcycle")
    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET, Prefix=key)
    other = "review/2026-11-24/other.png"
    s3.put_object(Bucket=BUCKET, Key=other, Body=draw_examples(tmp_path)[1].read_bytes(), Metadata=words)
    expect(page.get_by_alt_text("other.png")).to_be_visible(timeout=20_000)
    # A key labels the image that waits longest, which may be another test's.
    first = page.locator(".waiting img").first.get_attribute("alt")
    page.keyboard.press("n")
    watch.says("Labelled as neither")
    s3.head_object(Bucket=BUCKET, Key=f"quarantine/neither/{first}")
    expect(page.get_by_alt_text(first or "")).to_have_count(0)
    close.click(timeout=20_000)
    asked = page.get_by_role("dialog")
    expect(asked).to_contain_text("starts a training on all curated images. One image is new since")
    expect(asked).to_contain_text("by which the live version 1 was trained as well")
    page.get_by_role("button", name="Cancel").click()


def test_only_pictures_that_wait_can_be_fetched(watch: Tab, laptop: Laptop, trained: str) -> None:
    for key in (f"runs/{trained}/evaluation/evaluation.json", "review/../raw/x", "review/nothing.png"):
        answer = watch.page.request.get(f"{watch.root}/image", params={"key": key})
        assert (answer.status, "no PNG or JPEG" in answer.text()) == (404, True)


def test_a_run_of_the_monitor_and_a_retraining_with_its_reason_appear(
    laptop: Laptop, watch: Tab, started: str, trained: str, pictures: Path | None
) -> None:
    _send_test_images(laptop, trained)
    laptop.scones("monitor", "--now")
    arn = start_again(laptop, started, "auto-drift-1", StartReason="drift: brightness is not as it was")
    page = watch.go("/monitoring")
    expect(page.get_by_text("Completed").first).to_be_visible(timeout=20_000)
    expect(page.locator(".summary")).to_have_text("Images and answers are distributed as in the baseline.")
    features = page.get_by_role("group", name="Features, by group")
    expect(features.get_by_role("heading")).to_have_text(["Light", "Texture", "Colour", "Files", "Answers"])
    drawn = features.get_by_role(
        "img", name=re.compile(r"^brightness, as in the baseline: 0\.\d+ → 0\.\d+\. baseline most")
    )
    expect(drawn.locator("canvas, svg").first).to_be_visible()
    expect(page.get_by_text(re.compile(r"^hourly, next at \d\d:\d\d$"))).to_be_visible()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Open the last report").click()
    expect(opened.value.get_by_role("heading", name="scones-vehicles")).to_be_visible(timeout=20_000)
    opened.value.close()
    expect(page.get_by_text("drift: brightness is not as it was")).to_be_visible(timeout=20_000)
    laptop.ended(arn)
    watch.picture(pictures, "monitoring-light")


def _send_test_images(laptop: Laptop, trained: str) -> None:
    """Ask the endpoint about images that the model was tested on, of its own size: nothing has drifted in them."""
    s3, runtime = laptop.client("s3"), laptop.client("sagemaker-runtime")
    listed = s3.get_object(Bucket=BUCKET, Key=f"runs/{trained}/lst/test.lst")["Body"].read().decode().splitlines()
    for line in listed[:CAPTURES]:
        key = f"runs/{trained}/test/{line.rsplit(chr(9), 1)[1]}"
        image = Image.open(io.BytesIO(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()))
        sent = io.BytesIO()
        resize_and_crop(image, 28, 28).save(sent, "PNG")
        runtime.invoke_endpoint(EndpointName="scones-vehicles", ContentType="application/x-image", Body=sent.getvalue())


def test_every_panel_fits_a_desk_a_tablet_and_a_phone_and_can_be_read_in_light_and_dark(
    browser: Browser, served: Console, trained: str, failed: str, pictures: Path | None
) -> None:
    panels = {
        "overview": "/",
        "runs": "/runs",
        "new-run": f"/new?like={trained}",
        "compare": f"/compare?runs={trained},{failed}",
        "run": f"/execution/{failed}",
        "step": f"/execution/{trained}/EvaluateModel",
        "dataset": f"/dataset/{trained}",
        "registry": "/registry",
        "version": "/version/1",
        "card": "/version/1/card",
        "endpoint": "/endpoint",
        "classify": "/classify",
        "monitoring": "/monitoring",
    }
    with tab(browser, served, size=SIZES["desk"]) as watch:
        for number, (name, path) in enumerate(panels.items()):
            watch.go(path)
            watch.settle()
            for size, scheme in list_looks(number):
                watch.page.set_viewport_size(SIZES[size])  # type: ignore[arg-type]
                watch.page.emulate_media(color_scheme=scheme)
                watch.page.wait_for_timeout(150)
                watch.picture(pictures, f"{name}-{size}-{scheme}")
                assert watch.serious() == [], (path, size, scheme)
                assert not watch.overflows(), (path, size)
                # What a box of its own cuts off is not in the page's width.
                assert watch.cut(".nav, .scrolls:has(.graph), .rows > li, .sheet") == [], (path, size)
        watch.go("/version/1").frame_locator("iframe").get_by_role("heading", name="Bicycle or motorcycle").wait_for()
        assert not watch.page.frames[-1].evaluate("document.documentElement.scrollWidth > window.innerWidth")


def test_on_aws_the_page_is_read_only_unless_told(browser: Browser, laptop: Laptop, trained: str) -> None:
    # The same endpoint, reached as AWS itself would be: by the environment's own settings.
    with (
        console(laptop, laptop.port, "--target", "aws", SCONES_ACCOUNT_ID="000000000000") as served,
        tab(browser, served) as watch,
    ):
        page = watch.go("/version/1")
        expect(page.get_by_text("read-only")).to_be_visible()
        expect(page.get_by_role("region", name="Metrics")).to_be_visible(timeout=15_000)
        expect(page.get_by_role("button", name="Approve")).to_have_count(0)
        watch.go("/classify")
        watch.says("This page is read-only")
