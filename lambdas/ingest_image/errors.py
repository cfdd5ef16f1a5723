"""Why an image is put aside, and what makes an event worth another delivery."""


class Refusal(Exception):
    """The image goes to quarantine: `reason` names the folder, the message is a sentence for who sent it."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


class Changed(Exception):
    """Somebody put another object in the place of the one that was read; the next delivery takes that one."""


class BatchUnfinished(Exception):
    """There are more images than fit in one invocation; the next delivery goes on from here."""
