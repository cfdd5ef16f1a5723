"""A whole trial: followed, resumed after an interruption, and removed whatever happens."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from tests.rehearsal import leftovers
from tests.rehearsal.events import remove
from tests.rehearsal.mail import ADDRESS
from tests.rehearsal.observer import Observer
from tests.rehearsal.page import ByHand, Command, Step, parse, renamed
from tests.rehearsal.site import bin_folder
from tests.rehearsal.terminal import Terminal
from tests.rehearsal.walk import Walk, WalkError
from tests.trial.setting import Setting
from tests.trial.state import DiskJournal, State, Store
from tests.trial.table import AGAIN, table

_POLL_SECONDS = 5.0
_REST_SECONDS = 3_600
_CONFIRM_SECONDS = 1_800
_TAG = "scones:trial"


class TrialError(Exception):
    """A trial cannot start or continue; the message says why and what to do."""


class Trial:
    """One trial in its folder."""

    def __init__(self, store: Store, state: State, setting: Setting, say: Callable[[str], None]) -> None:
        self._store, self._state, self._setting, self._say = store, state, setting, say
        self._client = setting.client
        self._observer = Observer(
            self._client,
            state.name,
            state.account,
            state.region,
            state.steps,
            state.histories,
            lambda: store.save(state),
        )

    @property
    def steps(self) -> list[Step]:
        """The page's steps, for this trial's name and region."""
        text = self._store.page.read_text(encoding="utf-8")
        named = renamed(text, self._state.name, self._state.region)
        return parse(named.replace(ADDRESS, self._state.mail or ADDRESS))

    def follow(self) -> None:
        """Follow the page from where it stopped; raises WalkError where a step fails."""
        self.check_is_ours()
        checkout = self._store.folder / "scones"
        if not checkout.exists():
            self._setting.prepare(checkout)
        end_orphans(self._state.mark)
        self._observer.begin()
        try:
            self._await_rest()
            with self._terminal(checkout) as terminal:
                self._walk(terminal).follow(self.steps)
        finally:
            self._observer.end()

    def check_is_ours(self) -> None:
        """Raise TrialError if the stack of this name was not created by this trial."""
        stack = self._stack()
        if stack is None:
            return
        tags = {tag["Key"]: tag["Value"] for tag in stack.get("Tags", [])}
        if tags.get(_TAG) != self._state.mark and stack["StackId"] != self._state.stack_id:
            raise TrialError(
                f"There is a stack {self._state.name} in {self._state.account} {self._state.region} that this trial "
                "did not create; nothing was changed. Choose another --name."
            )

    def take_down(self) -> set[str]:
        """Remove everything that the trial created, data included; answers what remains."""
        self._say("\nTaking everything down.\n")
        end_orphans(self._state.mark)
        self.check_is_ours()
        self._remember()
        self._await_rest()
        # Only acts that began can have left anything.
        if self._state.begun and (self._store.folder / "scones").exists():
            with self._terminal(self._store.folder / "scones") as terminal:
                code, printed = terminal.run("scones --target aws destroy --yes --delete-data", seconds=_REST_SECONDS)
            if code:
                self._say(f"`scones destroy` ended with {code}: {printed[-2_000:]}\n")
        remove(self._client, self._state.name)
        return leftovers.find(self._client, self._state.name, self._state.key or None)

    def _walk(self, terminal: Terminal) -> Walk:
        known = {
            "bin": bin_folder(),
            "name": self._state.name,
            "mail": self._state.mail,
            "more": self._setting.more,
        }
        journal = DiskJournal(self._store, self._state, self._observer)
        return Walk(
            terminal,
            [*self._setting.table, *table(self._state.mail)],
            known,
            self._become,
            self._by_hand,
            self._achieved,
            self._say,
            journal,
            AGAIN,
            self._step_done,
        )

    def _terminal(self, folder: Path) -> Terminal:
        variables = self._setting.variables(self._state.name, self._state.mark, self._store.folder)
        return Terminal(folder, variables, self._say)

    def _become(self, step: Step) -> Mapping[str, str]:
        self._observer.enter(step.title)
        return {}

    def _by_hand(self, act: ByHand) -> None:
        if not self._state.mail:
            self._say("  (left out: no address was given with --mail)\n")
        elif re.search("[Cc]onfirm subscription", act.text):
            self._say(f"  (the mail is on its way to {self._state.mail}; the trial goes on when you have clicked)\n")
            self._await_confirmation()

    def _await_confirmation(self) -> None:
        deadline = time.monotonic() + _CONFIRM_SECONDS
        while time.monotonic() < deadline:
            pages = self._client("sns").get_paginator("list_subscriptions").paginate()
            for one in (entry for page in pages for entry in page["Subscriptions"]):
                mine = one["Endpoint"] == self._state.mail and f":{self._state.name}-people" in one["TopicArn"]
                if mine and one["SubscriptionArn"].startswith("arn:"):
                    return
            time.sleep(_POLL_SECONDS)
        raise WalkError(f"the subscription of {self._state.mail} was not confirmed within {_CONFIRM_SECONDS // 60} min")

    def _achieved(self, act: Command | ByHand, _: str) -> None:
        if isinstance(act, Command):
            self._remember()
        if isinstance(act, Command) and act.text.endswith("destroy --delete-data"):
            left = leftovers.find(self._client, self._state.name, self._state.key or None)
            if left:
                raise WalkError(f"there is left: {', '.join(sorted(left))}")

    def _remember(self) -> None:
        """Record the stack's ARN and key before they are deleted."""
        stack = self._stack()
        if stack:
            outputs = {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}
            self._state.stack_id = stack["StackId"]
            self._state.key = outputs.get("KeyArn", self._state.key)
            self._store.save(self._state)

    def _stack(self) -> dict[str, Any] | None:
        cloudformation = self._client("cloudformation")
        try:
            [stack] = cloudformation.describe_stacks(StackName=self._state.name)["Stacks"]
        except cloudformation.exceptions.ClientError as error:
            if "does not exist" not in str(error):
                raise
            return None
        found: dict[str, Any] = stack
        return found

    def _await_rest(self) -> None:
        """Wait until the stack is idle: CloudFormation continues after a trial is interrupted."""
        deadline = time.monotonic() + _REST_SECONDS
        while (stack := self._stack()) and str(stack["StackStatus"]).endswith("_IN_PROGRESS"):
            if stack["StackStatus"] == "REVIEW_IN_PROGRESS" or time.monotonic() > deadline:
                return
            time.sleep(_POLL_SECONDS)

    def _step_done(self, step: Step) -> None:
        self._observer.leave(step.title, self._state.stack_id or None)


def end_orphans(mark: str) -> None:
    """End the commands that a killed trial left running, found by the mark in their environment."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.pid != os.getpid() and process.environ().get("SCONES_TAGS") == f"{_TAG}={mark}":
                process.kill()
