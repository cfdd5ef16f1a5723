"""What the panel Classify says of a file that the browser does not upload."""

from __future__ import annotations

import pytest

from console.page.classify.panel import explain_rejection


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("accept", "notes.txt is no PNG or JPEG image; choose one of these."),
        ("max-file-size", "notes.txt has 20.0 MB; at most 16 MB are allowed: choose a smaller image."),
        ("max-files", "notes.txt was not accepted (max-files); choose one PNG or JPEG image."),
    ],
)
def test_a_refused_file_is_told_by_its_name_and_the_rule_that_it_breaks(reason: str, sentence: str) -> None:
    assert explain_rejection("notes.txt", 20_000_000, reason) == sentence
