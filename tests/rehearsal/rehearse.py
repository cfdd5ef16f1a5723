"""A rehearsal as a whole: the site, the reader, the walk, and what is told at its end."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from console.dataset.drawing.picture import draw_picture
from console.dataset.layout import MOTORCYCLE
from tests.e2e.laptop import free_port
from tests.rehearsal import archive, checkout, goals, mail
from tests.rehearsal.page import ByHand, Command, Step
from tests.rehearsal.replaced import AROUND, REPLACED
from tests.rehearsal.site import Site, bin_folder
from tests.rehearsal.terminal import Terminal
from tests.rehearsal.walk import Walk, WalkError

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


class Rehearsal:
    """One rehearsal in a folder; `hear` is given all that is printed."""

    def __init__(self, folder: Path, account: str, hear: Callable[[str], object]) -> None:
        self.site = Site(folder, free_port())
        self._account = account
        self._hear = hear
        self._walk: Walk | None = None
        self._rights: str | None = None

    def run(self, steps: Sequence[Step]) -> None:
        """Follow the steps; raises WalkError where one fails."""
        site = self.site
        self._rights = next((step.rights for step in steps if step.rights), None)
        checkout.make(site.checkout)
        checkout.shorten(site.checkout)
        data = site.folder / "drawn.tar.gz"
        archive.draw(data)
        image = Image.fromarray(draw_picture(MOTORCYCLE, np.random.default_rng(1)))
        image.save(site.checkout / "photo.png")
        site.start(self._account)
        try:
            with Terminal(site.checkout, site.environment(), lambda text: void(self._hear(text))) as terminal:
                self._walk = Walk(
                    terminal,
                    REPLACED,
                    {"bin": bin_folder(), "archive": str(data), "python": PYTHON},
                    self._become,
                    self._by_hand,
                    self._achieved,
                    lambda text: void(self._hear(text)),
                )
                self._walk.follow(steps)
        finally:
            site.stop()

    def report(self) -> None:
        """Say how long each step took, and what was not done as the page has it."""
        assert self._walk is not None
        self._hear("\nHow long each step took:\n")
        times: dict[str, float] = {}
        for done in self._walk.done:
            times[done.step.name] = times.get(done.step.name, 0) + done.seconds
        for name, seconds in times.items():
            self._hear(f"  {seconds:6.1f} s  {name}\n")
        self._hear("\nWhat was done in another way than the page says, and why:\n")
        for one in dict.fromkeys(self._walk.used):
            self._hear(f"  {one.command}\n    -> {one.by or 'nothing'}: {one.reason}\n")
        for around in AROUND:
            self._hear(f"  {around.what.format(epochs=checkout.EPOCHS)}: {around.reason}\n")

    def _become(self, step: Step) -> Mapping[str, str]:
        # Who has signed in stays so until another step needs another's rights.
        self._rights = step.rights or self._rights
        return self.site.credentials(self._rights) if self._rights else {}

    def _by_hand(self, act: ByHand) -> None:
        if re.search("[Cc]onfirm subscription", act.text):
            mail.confirm(self.site)
        elif re.search(r"[Mm]ail\b.*alarm", act.text):
            mail.await_about(self.site, "drift")
        else:
            raise WalkError(f"there is nothing that stands for these hands: {act.text}")

    def _achieved(self, act: Command | ByHand, printed: str) -> None:
        goals.check(self.site, act, printed)


def void(_: object) -> None:
    """Drop what a writer answers."""
