"""localaws/stacks/handlers.json against cfn-lint's copy of the registry: SCONES_WRITE_GOLDEN=1 writes it anew."""

from __future__ import annotations

import json
import os
from pathlib import Path

import localaws.stacks
from localaws.stacks.names import known_kinds
from tests.contract.stack.handlers import extract

FILE = Path(localaws.stacks.__file__).with_name("handlers.json")


def test_what_cloudformation_asks_is_what_the_registry_says() -> None:
    wanted = {kind: extract(kind) for kind in sorted(known_kinds())}
    if os.environ.get("SCONES_WRITE_GOLDEN"):
        FILE.write_text(json.dumps(wanted, indent=1) + "\n", encoding="utf-8")
    assert json.loads(FILE.read_text(encoding="utf-8")) == wanted
