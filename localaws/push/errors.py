"""What goes wrong with a repository or a build, said in one sentence."""

from __future__ import annotations


class PushError(Exception):
    """A sentence for who pushed or deployed: what was given, what is allowed, what to do."""
