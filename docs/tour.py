"""Makes the README's animated picture, docs/tour.webp, from the real page on a local AWS of its own: `make tour`.

Nothing of it is drawn: a run trains, a version is approved and deployed, an image is classified, and what a browser
shows meanwhile is kept, with a sentence below it. It takes some minutes.
"""

from __future__ import annotations

import io
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Browser, expect, sync_playwright

from console.dataset.sample import draw_examples
from tests.browser.watching import ARGUMENTS, CHROMIUM, Tab, console, tab
from tests.e2e.laptop import Laptop, free_port

TARGET = Path(__file__).with_name("tour.webp")
LARGEST = 2_000_000
"""Bytes; a README should be there at once."""
SIZE = {"width": 1120, "height": 680}
_SHOWN = (960, 583)
_CAPTION = 44
_INK, _PAPER = "#ffffff", "#1f2933"
_SECONDS = 2.6


@dataclass
class Film:
    """The frames, each with how long it stays."""

    frames: list[Image.Image] = field(default_factory=list)
    milliseconds: list[int] = field(default_factory=list)

    def add(self, opened: Tab, sentence: str, seconds: float = _SECONDS) -> None:
        """Keep what the browser shows now."""
        shown = Image.open(io.BytesIO(opened.page.screenshot())).convert("RGB")
        frame = Image.new("RGB", (_SHOWN[0], _SHOWN[1] + _CAPTION), _PAPER)
        frame.paste(shown.resize(_SHOWN, Image.Resampling.LANCZOS), (0, 0))
        font = ImageFont.load_default(20)
        ImageDraw.Draw(frame).text((18, _SHOWN[1] + 9), sentence, _INK, font)
        self.frames.append(frame)
        self.milliseconds.append(int(seconds * 1000))

    def save(self, path: Path) -> int:
        """Write the picture; answers its bytes."""
        first, *others = self.frames
        first.save(path, save_all=True, append_images=others, duration=self.milliseconds, loop=0, quality=72, method=6)
        return path.stat().st_size


@contextmanager
def local_aws() -> Iterator[Laptop]:
    """A local AWS of its own, with the sample in its bucket."""
    with tempfile.TemporaryDirectory(prefix="scones-tour-") as folder:
        made = Laptop(free_port(), Path(folder), enforce_iam="false")
        try:
            made.scones("up")
            made.scones("dataset", "sample")
            yield made
        finally:
            made.scones("down")


def record(laptop: Laptop, browser: Browser, film: Film) -> None:
    """Go through the loop, and keep what is seen."""
    with console(laptop, laptop.port) as served, tab(browser, served, size=SIZE) as opened:
        arn = laptop.scones("run", "--profile", "quick").stdout.split()[0]
        _follow(laptop, opened, film, arn)
        opened.go("/runs")
        opened.settle(60)
        film.add(opened, "Runs: filter, sort, compare, start another")
        page = opened.go("/version/1")
        opened.settle(60)
        film.add(opened, "A version waits: its metrics, its report, its way from data to model")
        page.get_by_role("button", name="Approve").first.click()
        _confirm(opened)
        opened.go("/endpoint")
        opened.settle(60)
        film.add(opened, "Approved: the endpoint is made, and later versions shift traffic with a rollback")
        expect(page.get_by_text("In service")).to_be_visible(timeout=120_000)
        film.add(opened, "In service, with captures, alarms and scaling")
        opened.go("/classify")
        expect(page.locator(".node", has_text="SerializeImage")).to_be_visible(timeout=120_000)
        with tempfile.TemporaryDirectory() as folder:
            page.locator("input[type=file]").set_input_files(draw_examples(Path(folder))[0])
            expect(page.locator(".answer")).to_contain_text("sure", timeout=120_000)
        opened.settle(60)
        film.add(opened, "An image through the workflow of three functions", 3.5)
        laptop.scones("dusk")
        laptop.scones("monitor", "--now")
        opened.go("/monitoring")
        opened.settle(60)
        page.wait_for_timeout(3_000)
        film.add(opened, "Dusk falls: the hourly check finds it, and an alarm starts a training", 4)


def _follow(laptop: Laptop, opened: Tab, film: Film, arn: str) -> None:
    opened.go(f"/execution/{arn.rsplit('/', 1)[1]}")
    until = time.monotonic() + 600
    seen = set()
    while time.monotonic() < until:
        steps = {step["StepName"]: step["StepStatus"] for step in laptop.steps(arn).values()}
        running = frozenset(steps.items())
        if running not in seen:
            seen.add(running)
            opened.page.wait_for_timeout(2_500)
            film.add(opened, "Push, or start a run: five steps, live, each with its log and files", 1.2)
        if laptop.client("sagemaker").describe_pipeline_execution(PipelineExecutionArn=arn)[
            "PipelineExecutionStatus"
        ] not in ("Executing",):
            break
        time.sleep(1)
    opened.page.wait_for_timeout(3_000)
    film.add(opened, "The gate compares the accuracy; a version is registered")


def _confirm(opened: Tab) -> None:
    """Answer the question that the page asks before an approval."""
    opened.page.get_by_role("dialog").get_by_role("button", name="Approve it").click()
    opened.says("Version 1 is approved.", 30)


def main() -> None:
    """Record and write."""
    film = Film()
    with local_aws() as laptop, sync_playwright() as playwright:
        record(laptop, playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS), film)
    size = film.save(TARGET)
    if size > LARGEST:
        sys.exit(f"{TARGET.name} has {size} bytes; at most {LARGEST} are allowed: keep fewer frames.")
    sys.stdout.write(f"{TARGET} has {len(film.frames)} frames and {size:,} bytes.\n")


if __name__ == "__main__":
    main()
