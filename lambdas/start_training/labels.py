"""What AWS takes as a value of a model version's metadata: up to 256 letters, digits, spaces and _.:/=+-@.

What breaks the rule would be trained on for the whole time and fail at the registration.
"""

from __future__ import annotations

import re

LONGEST = 256
_FORBIDDEN = re.compile(r"[^\w .:/=+\-@]")


def clean_label(text: str) -> str:
    """Make a sentence recordable with the model, as the pipeline's own rule does."""
    return _FORBIDDEN.sub("-", text)[:LONGEST]


def is_recordable(text: str) -> bool:
    """Whether AWS would take a value as it is."""
    return clean_label(text) == text
