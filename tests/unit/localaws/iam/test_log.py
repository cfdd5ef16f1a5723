"""The access log: distinct lines that outlive the process."""

from __future__ import annotations

import json
from pathlib import Path

from localaws.iam.log import AccessLog


def test_a_call_is_noted_once_also_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "access.jsonl"
    for _ in range(2):
        log = AccessLog(path)
        log.note("reader", "s3:GetObject", "arn:aws:s3:::b/k", allowed=True)
        log.note("reader", "s3:GetObject", "arn:aws:s3:::b/k", allowed=True)
        log.note("reader", "s3:GetObject", "arn:aws:s3:::b/k", allowed=False)
    noted = [json.loads(line) for line in path.read_text().splitlines()]
    assert noted == [
        {"role": "reader", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "allowed": allowed}
        for allowed in (True, False)
    ]


def test_a_folder_of_many_pictures_does_not_fill_the_log(tmp_path: Path) -> None:
    log = AccessLog(tmp_path / "access.jsonl")
    for number in range(500):
        log.note("reader", "s3:GetObject", f"arn:aws:s3:::b/raw/{number}.png", allowed=True)
    log.note("reader", "s3:GetObject", "arn:aws:s3:::b/runs/1.png", allowed=True)
    lines = (tmp_path / "access.jsonl").read_text().splitlines()
    assert 1 < len(lines) < 50
    assert "runs/1.png" in lines[-1]


def test_only_objects_stand_for_their_like(tmp_path: Path) -> None:
    log = AccessLog(tmp_path / "access.jsonl")
    asked = [f"arn:aws:iam::000000000000:role/scones-{number}" for number in range(50)]
    asked += [f"arn:aws:states:us-east-1:000000000000:stateMachine:scones-{number}" for number in range(50)]
    for resource in asked:
        log.note("deployer", "iam:PassRole", resource, allowed=True)
    noted = [json.loads(line)["resource"] for line in (tmp_path / "access.jsonl").read_text().splitlines()]
    assert noted == asked
