"""From the data set to the monitoring, each thing with its address."""

from __future__ import annotations

from console.page.parts.lineage import Lineage, list_places, trace_version


def _addresses(known: Lineage) -> list[tuple[str, str]]:
    return [(place.words, place.address) for place in list_places(known)]


def test_a_live_version_leads_from_its_data_to_its_monitoring() -> None:
    facts = {"dataset_version": "b818f0f8b97c3276", "execution_id": "e0"}
    assert _addresses(trace_version(3, facts, 3)) == [
        ("b818f0f8b97c", "/dataset/e0"),
        ("e0", "/execution/e0"),
        ("3", "/version/3"),
        ("of version 3", "/version/3/card"),
        ("serves it", "/endpoint"),
        ("of version 3", "/monitoring"),
    ]


def test_what_another_version_serves_is_not_claimed_of_this_one() -> None:
    words = [words for words, _ in _addresses(trace_version(2, {}, 3))]
    assert words == ["unknown", "unknown", "2", "of version 2", "serves version 3", "of version 3"]


def test_a_run_without_a_version_leads_to_none() -> None:
    assert _addresses(Lineage("b8", "e0"))[2:] == [
        ("none yet", ""),
        ("none yet", ""),
        ("what serves", "/endpoint"),
        ("of what it serves", "/monitoring"),
    ]
