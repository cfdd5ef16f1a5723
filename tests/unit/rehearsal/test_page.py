"""The page is read as its readers read it: commands, what they show, what is asked, what is done by hand."""

from __future__ import annotations

import pytest

from tests.rehearsal.page import PAGE, ByHand, Command, PageError, parse

TEXT = """# Going

Before: `$ not a command`.

## 1. Deploy

Rights: [who deploys](permissions.md#who-deploys-for-the-first-time). Minutes.

```console
$ scones deploy \\
    --set A=b
...
Execute this change set? [y/N] y
done
$ scones status
```

```json
{"$ neither": 1}
```

**By hand:** open the mail
and click.

## Other ways

```console
$ never followed
```
"""


def test_a_step_has_its_commands_hands_and_rights_in_their_order() -> None:
    [step] = parse(TEXT)
    assert (step.name, step.line, step.rights) == ("step 1 (Deploy)", 5, "who-deploys-for-the-first-time")
    shows = ("...", "Execute this change set? [y/N]", "done")
    assert step.acts == (
        Command(10, "scones deploy \\\n    --set A=b", shows, ("y",)),
        Command(15, "scones status"),
        ByHand(22, "open the mail and click."),
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (TEXT.replace("## 1.", "## 2."), r"Line 5: step 2 \(Deploy\) follows step 0"),
        (TEXT.replace("## 1. Deploy", "## Deploy"), "no numbered step"),
        (TEXT.replace("```json", "text"), "does not end"),
        (TEXT.replace("$ scones deploy", "scones deploy"), "Line 10: a console block begins with a command"),
    ],
)
def test_a_page_that_cannot_be_followed_is_refused_with_its_line(text: str, sentence: str) -> None:
    with pytest.raises(PageError, match=sentence):
        parse(text)


def test_every_step_of_the_page_says_or_inherits_whose_rights_it_needs_and_has_something_to_do() -> None:
    steps = parse(PAGE.read_text(encoding="utf-8"))
    assert all(step.acts for step in steps)
    # The first two come before anybody has signed in, and the third says who has.
    assert steps[2].rights == "who-deploys-for-the-first-time"
