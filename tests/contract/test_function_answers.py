"""What functions answer, and how broken ones are called, as AWS's own runtime client for Python does it."""

from __future__ import annotations

import json
import math
import sys
from collections import namedtuple
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from localaws.ministack_patches.lambda_.runtime_client import Fault, fault_of, plain

bootstrap = pytest.importorskip("awslambdaric.bootstrap", reason="AWS has it for Linux alone")
marshaller = pytest.importorskip("awslambdaric.lambda_runtime_marshaller")
exceptions = pytest.importorskip("awslambdaric.lambda_runtime_exception")

Point = namedtuple("Point", "x y")
ANSWERS: list[Any] = [
    *(None, True, 0, -1.5, "Größe", "", [], {}, (1, 2), [[1], {"a": [None]}]),
    *({"body": {"image_data": b"iVBORw0KGgo=", "inferences": []}}, [b"a", "b"], {b"key": 1}),
    *(Decimal("1.10"), Decimal(3), Decimal("1E+2"), {"price": Decimal("-0.5")}, Decimal("NaN"), float("nan")),
    *(Point(1, b"two"), {1: "a", 2.5: "b", None: "c"}),
]
REFUSED: dict[str, Any] = {
    "a set": {1, 2},
    "an object": object(),
    "bytes that are no text": {"a": b"\xff"},
    "a set within": {"a": [{1}]},
    "a tuple as a key": {(1, 2): 3},
}
BROKEN = {
    "absent": ("import nothing_of_this_name\n", "handler"),
    "misspelt": ("def handler(event, context:\n", "handler"),
    "missing": ("def other(event, context):\n    return 1\n", "handler"),
}


def same(left: Any, right: Any) -> bool:
    if isinstance(left, float) and math.isnan(left):
        return isinstance(right, float) and math.isnan(right)
    return bool(left == right)


@pytest.mark.parametrize("number", range(len(ANSWERS)))
def test_an_answer_is_what_the_runtime_client_writes(number: int) -> None:
    answer = ANSWERS[number]
    written, kind = marshaller.LambdaMarshaller().marshal_response(answer)
    assert kind == "application/json"
    assert same(json.loads(json.dumps(plain(answer))), json.loads(written))


@pytest.mark.parametrize("name", REFUSED)
def test_an_answer_that_the_runtime_client_cannot_write_is_a_fault_of_the_same_name(name: str) -> None:
    answer = REFUSED[name]
    with pytest.raises(exceptions.FaultException) as theirs:
        marshaller.LambdaMarshaller().marshal_response(answer)
    with pytest.raises(Fault) as ours:
        plain(answer)
    assert ours.value.kind == theirs.value.exception_type
    assert str(ours.value).startswith("Unable to marshal response: ")


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_module_is_called_as_the_runtime_client_calls_it(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, handler = BROKEN[name]
    (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(exceptions.FaultException) as theirs:
        bootstrap._get_handler(f"{name}.{handler}")
    sys.modules.pop(name, None)
    try:
        getattr(__import__(name), handler)
    except Exception as error:
        assert fault_of(error, name, handler) == {
            "errorType": theirs.value.exception_type,
            "errorMessage": theirs.value.msg,
        }
    else:
        pytest.fail("nothing was broken")
