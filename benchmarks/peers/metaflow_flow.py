"""Five trivial steps in Metaflow."""

from metaflow import FlowSpec, step


class FiveSteps(FlowSpec):
    """start, three in the middle, end: five steps in a row."""

    @step
    def start(self):
        """Do nothing."""
        self.next(self.second)

    @step
    def second(self):
        """Do nothing."""
        self.next(self.third)

    @step
    def third(self):
        """Do nothing."""
        self.next(self.fourth)

    @step
    def fourth(self):
        """Do nothing."""
        self.next(self.end)

    @step
    def end(self):
        """Do nothing."""


if __name__ == "__main__":
    FiveSteps()
