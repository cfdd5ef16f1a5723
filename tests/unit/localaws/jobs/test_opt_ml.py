"""A container's /opt/ml: which text names it, and where it lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from localaws.jobs.opt_ml import inside, rewrite, rewrite_scripts

ROOT = Path("/home/of/job")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/opt/ml", "/home/of/job"),
        ("/opt/ml/model", "/home/of/job/model"),
        ("--dir=/opt/ml/model", "--dir=/home/of/job/model"),
        ("'/opt/ml/a':\"/opt/ml/b\"", "'/home/of/job/a':\"/home/of/job/b\""),
        ("/opt/ml:/usr/bin", "/home/of/job:/usr/bin"),
        ("file:///opt/ml/model", "file:///home/of/job/model"),
    ],
)
def test_paths_below_opt_ml_are_rewritten(text: str, expected: str) -> None:
    assert rewrite(text, ROOT) == expected


@pytest.mark.parametrize(
    "text",
    [
        "/opt/mlx",
        "/opt/ml-data/x",
        "/opt/ml_2",
        "/opt/ml.bak",
        "s3://bucket/opt/ml/model",
        "http://127.0.0.1:8080/opt/ml",
        "/srv/opt/ml/x",
        "opt/ml",
    ],
)
def test_what_only_looks_like_opt_ml_is_left_alone(text: str) -> None:
    assert rewrite(text, ROOT) == text


def test_a_root_with_backslashes_is_taken_as_it_is() -> None:
    assert rewrite("/opt/ml/x", Path(r"/home/\1/g")) == r"/home/\1/g/x"


def test_scripts_are_rewritten_and_data_is_not(tmp_path: Path) -> None:
    script, shell, data = tmp_path / "code/run.py", tmp_path / "run.sh", tmp_path / "data.csv"
    script.parent.mkdir()
    source = "open('/opt/ml/x')  # Größe \udcff".encode("utf-8", errors="surrogateescape")
    for file in (script, shell, data):
        file.write_bytes(source)
    rewrite_scripts(tmp_path, ROOT)
    assert script.read_bytes() == shell.read_bytes() == source.replace(b"/opt/ml", b"/home/of/job")
    assert data.read_bytes() == source


def test_a_container_s_path_lies_below_its_root(tmp_path: Path) -> None:
    assert inside(tmp_path, "/opt/ml/processing/in") == tmp_path / "processing/in"


@pytest.mark.parametrize("path", ["/opt/ml/../x", "/opt/ml/a/../../../x", "/etc/passwd", "/opt/mlx/y", "relative"])
def test_a_path_outside_opt_ml_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(ValueError, match="is not a path below /opt/ml"):
        inside(tmp_path, path)
