"""What a tab is called, and the way to what it shows."""

from __future__ import annotations

import pytest

from console.page.trail import list_trail, write_title


@pytest.mark.parametrize(
    ("address", "title"),
    [
        ("/", "Overview · Scones"),
        ("/runs?q=accuracy", "Runs · Scones"),
        ("/execution/abc", "Run abc · Runs · Scones"),
        ("/execution/abc/TrainModel", "TrainModel · Run abc · Runs · Scones"),
        ("/version/7", "Version 7 · Registry · Scones"),
        ("/version/7/card", "Model card · Version 7 · Registry · Scones"),
        ("/nothing", "No such page · Scones"),
        ("/version/7/more", "No such page · Scones"),
    ],
)
def test_a_tab_is_called_by_what_tells_it_from_others(address: str, title: str) -> None:
    assert write_title(address) == title


def test_each_step_of_the_way_has_its_address() -> None:
    assert list_trail("/execution/abc/Train%20it") == [
        ("Runs", "/runs"),
        ("Run abc", "/execution/abc"),
        ("Train it", "/execution/abc/Train%20it"),
    ]
