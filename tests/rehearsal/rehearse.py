"""A rehearsal as a whole: the site, the reader, the walk, and the summary at its end."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.laptop import free_port
from tests.rehearsal import archive, checkout, goals, mail
from tests.rehearsal.observer import Observer
from tests.rehearsal.page import ByHand, Command, Step
from tests.rehearsal.replaced import AROUND, REPLACED
from tests.rehearsal.site import PROJECT, PYTHON, Site, bin_folder
from tests.rehearsal.terminal import Terminal
from tests.rehearsal.walk import Forgetful, Walk, WalkError

# The monitoring backend, where it is not the default.
BACKENDS = {"new": "", "existing": " --set MonitoringBackend=MODEL_MONITOR"}


class Rehearsal:
    """One rehearsal in a folder; `hear` is given all that is printed."""

    def __init__(self, folder: Path, account: str, hear: Callable[[str], object], *, patient: bool = False) -> None:
        self.site = Site(folder, free_port())
        settings = self.site.settings
        self.observer = Observer(
            self.site.client, PROJECT, settings.account, settings.region, patient=patient, changed=lambda: None
        )
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
        checkout.draw_photo(site.checkout)
        site.start(self._account)
        try:
            with Terminal(site.checkout, site.environment(), lambda text: void(self._hear(text))) as terminal:
                self._walk = Walk(
                    terminal,
                    REPLACED,
                    {"bin": bin_folder(), "archive": str(data), "python": PYTHON, "backend": BACKENDS[self._account]},
                    self._become,
                    self._by_hand,
                    self._achieved,
                    lambda text: void(self._hear(text)),
                    Watched(self.observer),
                    step_done=self._step_done,
                )
                self.observer.begin()
                self._walk.follow(steps)
        finally:
            self.observer.end()
            site.stop()

    def report(self) -> None:
        """Print how long each step took, and what was replaced."""
        assert self._walk is not None
        self._hear("\nHow long each step took:\n")
        for title, record in self.observer.steps.items():
            self._hear(f"  {record.seconds:6.1f} s  {title}\n")
        self._hear("\nDifferences from the page, with reasons:\n")
        for one in dict.fromkeys(self._walk.used):
            self._hear(f"  {one.command}\n    -> {one.by or 'nothing'}: {one.reason}\n")
        for around in AROUND:
            self._hear(f"  {around.what.format(epochs=checkout.EPOCHS)}: {around.reason}\n")

    def _become(self, step: Step) -> Mapping[str, str]:
        self.observer.enter(step.title)
        # Credentials stay until another step needs other rights.
        self._rights = step.rights or self._rights
        return self.site.credentials(self._rights) if self._rights else {}

    def _step_done(self, step: Step) -> None:
        self.observer.leave(step.title, self.site.stack_id)

    def _by_hand(self, act: ByHand) -> None:
        if re.search("[Cc]onfirm subscription", act.text):
            mail.confirm(self.site)
        elif re.search(r"[Mm]ail\b.*alarm", act.text):
            mail.await_about(self.site, "drift")
        else:
            raise WalkError(f"there is nothing that stands for these hands: {act.text}")

    def _achieved(self, act: Command | ByHand, printed: str) -> None:
        goals.check(self.site, act, printed)


@dataclass
class Watched(Forgetful):
    """A walk's journal that reports durations to an observer."""

    observer: Observer

    def finish(self, step: Step, _act: Command | ByHand, seconds: float) -> None:
        self.observer.spent(step.title, seconds)


def void(_: object) -> None:
    """Ignore a writer's return value."""
