"""The load of a round: images for workflow and intake, an approval; and what was acknowledged."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.faults.accepted import Image
from tests.faults.site import Site, image

IMAGES = 3
_PIXELS = 32 * 32 * 3


@dataclass
class Load:
    """Images by name, objects for incoming/ with their content, the version to approve and the one before it."""

    images: list[Image]
    contents: dict[str, bytes]
    approved: str
    before: str
    # Whether S3 answered for each object, and SageMaker for the approval.
    incoming: dict[str, bool] = field(default_factory=dict)
    acknowledged: bool = False

    @classmethod
    def drawn(cls, site: Site, name: str, chance: random.Random) -> Load:
        """The load of a round of this name."""
        images = [Image(f"{name}-{index}") for index in range(IMAGES)]
        approved = chance.choice(site.versions())
        contents = {f"incoming/bicycle/{name}.png": image(chance.randbytes(_PIXELS))}
        return cls(images, contents, approved, site.approved, dict.fromkeys(contents, False))

    def work(self, site: Site) -> list[Callable[[], None]]:
        """The actions, each for a thread of its own."""
        return [
            lambda: self._approve(site),
            *(lambda one=one: self._ask(site, one) for one in self.images),
            *(lambda key=key: self.put(site, key) for key in self.contents),
        ]

    def put(self, site: Site, key: str) -> None:
        """Put an object under incoming/."""
        site.put(key, self.contents[key])
        self.incoming[key] = True

    def _approve(self, site: Site) -> None:
        site.approve(self.approved)
        self.acknowledged = True

    def _ask(self, site: Site, one: Image) -> None:
        site.ask(one.name)
        one.acknowledged = time.time()
