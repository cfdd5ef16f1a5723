"""Parameters are read as MXNet reads them and written byte for byte as it writes them."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from common.artifact.errors import BadArtifact
from common.artifact.params import format_params, load_params, parse_params

ARRAYS: dict[str, Any] = {
    "arg:conv0_weight": np.arange(24, dtype=np.float32).reshape(4, 3, 1, 2),
    "aux:bn0_moving_var": np.ones(3, np.float16),
    "arg:fc1_bias": np.array([[0.5, -1e300]]),
}


@pytest.fixture(scope="module")
def mx() -> Any:
    return pytest.importorskip("localaws.algorithms.image_classification.mxnet_network").mx


def test_what_is_written_is_read_again_in_its_order_and_its_types() -> None:
    read = parse_params(format_params(ARRAYS))
    assert list(read) == list(ARRAYS)
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(read[name], array, strict=True)


def test_what_is_read_can_be_written_to_and_keeps_no_file_in_memory() -> None:
    read = parse_params(format_params(ARRAYS))
    read["arg:fc1_bias"] += 1
    assert all(array.base is None or array.base.base is None for array in read.values())


def test_a_view_in_another_order_is_written_as_what_it_shows() -> None:
    turned = ARRAYS["arg:conv0_weight"].transpose(3, 2, 1, 0)
    np.testing.assert_array_equal(parse_params(format_params({"arg:w": turned}))["arg:w"], turned)


@pytest.mark.parametrize(
    "array", [np.zeros(3, np.int32), np.zeros(()), np.zeros((1,) * 5), np.zeros((2, 0)), np.zeros(2, bool)]
)
def test_what_would_not_be_read_is_not_written(array: Any) -> None:
    with pytest.raises(BadArtifact, match="'arg:w' has the shape"):
        format_params({"arg:w": array})


def test_a_name_without_its_kind_is_not_written() -> None:
    with pytest.raises(BadArtifact, match="'w' has the shape"):
        format_params({"w": np.zeros(2)})


@pytest.mark.parametrize(
    ("magic", "said"),
    [
        (0xF993FAC8, "of version 1 of MXNet's format"),
        (2, "of the first version of MXNet's format"),
        (0xDEADBEEF, "of the unknown version 0xdeadbeef"),
    ],
)
def test_another_version_of_the_format_is_refused_by_its_name(magic: int, said: str) -> None:
    written = bytearray(format_params({"arg:w": np.zeros(2)}))
    struct.pack_into("<I", written, 24, magic)
    with pytest.raises(BadArtifact, match=said):
        parse_params(bytes(written))


def test_arrays_saved_under_numpy_s_rules_and_from_a_gpu_have_the_same_values() -> None:
    written = bytearray(format_params({"arg:w": np.arange(2.0)}))
    struct.pack_into("<I", written, 24, 0xF993FACA)
    struct.pack_into("<ii", written, 24 + 12 + 8, 2, 3)
    np.testing.assert_array_equal(parse_params(bytes(written))["arg:w"], [0, 1])


def test_a_refused_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "x-0001.params").write_bytes(b"no parameters at all")
    with pytest.raises(BadArtifact, match=r"x-0001\.params cannot be used, as it is not a file of MXNet's parameters"):
        load_params(tmp_path / "x-0001.params")


def test_mxnet_writes_the_same_bytes(mx: Any, tmp_path: Path) -> None:
    mx.nd.save(str(tmp_path / "w.params"), {name: mx.nd.array(each, dtype=each.dtype) for name, each in ARRAYS.items()})
    assert format_params(ARRAYS) == (tmp_path / "w.params").read_bytes()


def test_mxnet_reads_the_same_values(mx: Any, tmp_path: Path) -> None:
    (tmp_path / "w.params").write_bytes(format_params(ARRAYS))
    read = mx.nd.load(str(tmp_path / "w.params"))
    assert list(read) == list(ARRAYS)
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(read[name].asnumpy(), array, strict=True)
