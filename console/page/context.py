"""What every panel is given."""

from __future__ import annotations

from dataclasses import dataclass, field

from console.joblogs import Tails
from console.page.data.source import Source
from console.page.poller import Poller


@dataclass(frozen=True)
class Context:
    """The target's readers, shared by all who watch, and whether the page may change something."""

    source: Source
    poller: Poller
    may_act: bool
    tails: Tails = field(default_factory=Tails)
