"""How one hyperparameter's text is read: each rule knows what it allows, in words and in code."""

from localaws.algorithms.rule import Rule


def positive_integer(at_least: int = 1) -> Rule:
    """Allow whole numbers from a smallest one on."""

    def read(text: str) -> int:
        value = int(text)
        if value < at_least:
            raise ValueError(text)
        return value

    return Rule(f"an integer of at least {at_least}", read)


def fraction() -> Rule:
    """Allow a number from 0 to 1, both included."""

    def read(text: str) -> float:
        value = float(text)
        if not 0 <= value <= 1:
            raise ValueError(text)
        return value

    return Rule("a number from 0 to 1", read)


def choice(*values: str) -> Rule:
    """Allow a few words."""

    def read(text: str) -> str:
        if text not in values:
            raise ValueError(text)
        return text

    return Rule(f"one of {', '.join(values)}", read)


def integer_choice(*values: int) -> Rule:
    """Allow a few whole numbers."""

    def read(text: str) -> int:
        if int(text) not in values:
            raise ValueError(text)
        return int(text)

    return Rule(f"one of {', '.join(str(value) for value in values)}", read)


def flag() -> Rule:
    """Allow 0 for no and 1 for yes."""
    words = {"0": False, "1": True}
    return Rule("0 or 1", lambda text: _look_up(words, text))


def boolean() -> Rule:
    """Allow True and False, in any case: the SDK writes both ``True`` and ``true``."""
    words = {"true": True, "false": False}
    return Rule("True or False", lambda text: _look_up(words, text.lower()))


def integer_list() -> Rule:
    """Allow positive whole numbers with commas between them, as in ``10,20``."""

    def read(text: str) -> tuple[int, ...]:
        values = tuple(int(part) for part in text.split(","))
        if min(values) < 1:
            raise ValueError(text)
        return values

    return Rule("epochs from 1 on with commas between them, such as 10,20", read)


def image_shape() -> Rule:
    """Allow ``channels,height,width`` with 1 or 3 channels."""

    def read(text: str) -> tuple[int, int, int]:
        channels, height, width = (int(part) for part in text.split(","))
        if channels not in (1, 3) or min(height, width) < 1:
            raise ValueError(text)
        return channels, height, width

    return Rule("channels,height,width in pixels with 1 or 3 channels, such as 3,224,224", read)


def _look_up(words: dict[str, bool], text: str) -> bool:
    if text not in words:
        raise ValueError(text)
    return words[text]
