"""What AWS takes as the value of a tag or of a version's metadata: 256 letters, digits, spaces and _.:/=+-@.

What breaks the rule would be trained on for the whole time and be refused at the registration.
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Tag.html
"""

from __future__ import annotations

import re

LONGEST = 256
ALLOWED = f"up to {LONGEST} letters, digits, spaces and _.:/=+-@"
_FORBIDDEN = re.compile(r"[^\w .:/=+\-@]")


def clean_value(text: str) -> str:
    """Make a text recordable: `dependabot[bot]` becomes `dependabot-bot-`."""
    return _FORBIDDEN.sub("-", text)[:LONGEST]


def is_allowed(text: str) -> bool:
    """Whether AWS takes a value as it is."""
    return clean_value(text) == text
