"""What every panel is given."""

from __future__ import annotations

from dataclasses import dataclass, field

from console.joblogs import Tails
from console.page.poller import Poller
from console.page.source import Source


@dataclass(frozen=True)
class Context:
    """The target's readers, shared by all who watch, and whether the page may change something."""

    source: Source
    poller: Poller
    may_act: bool
    tails: Tails = field(default_factory=Tails)
