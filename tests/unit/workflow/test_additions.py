"""What is added to the SDK's definition, and that nothing else is changed."""

from typing import Any

from workflow.additions import complete, distribute


def _task() -> dict[str, Any]:
    return {"Type": "Task", "Retry": [{"ErrorEquals": ["Throttled"]}], "End": True}


def test_retries_get_jitter_inside_of_maps_too() -> None:
    inner = {"StartAt": "B", "States": {"B": _task()}}
    made = complete({"States": {"A": _task(), "M": {"Type": "Map", "ItemProcessor": inner}}})
    for retry in (made["States"]["A"]["Retry"][0], inner["States"]["B"]["Retry"][0]):  # type: ignore[index]
        assert retry == {"ErrorEquals": ["Throttled"], "JitterStrategy": "FULL", "MaxDelaySeconds": 20}


def test_failures_say_what_the_function_said() -> None:
    made = complete({"States": {"PictureRefused": {"Type": "Fail"}, "Other": {"Type": "Fail"}}})
    assert made["States"]["PictureRefused"]["CausePath"] == "$.failure.errorMessage"
    assert made["States"]["Other"] == {"Type": "Fail"}


def test_the_sdk_s_iterator_becomes_a_distributed_processor() -> None:
    made = distribute({"States": {"M": {"Type": "Map", "Iterator": {"StartAt": "B", "States": {}}}}}, "M")["States"][
        "M"
    ]
    assert "Iterator" not in made
    assert made["ItemProcessor"]["ProcessorConfig"]["Mode"] == "DISTRIBUTED"
    assert made["ItemProcessor"]["StartAt"] == "B"
    assert made["Label"] == "M"
