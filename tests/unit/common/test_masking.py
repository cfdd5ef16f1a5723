"""Secrets are hidden by the names of values and by their looks, and nothing else is."""

from __future__ import annotations

import json

import pytest

from common.masking import HIDDEN, is_secret_name, mask_arguments, mask_document, mask_text, mask_value, mask_words

SECRET = ["API_TOKEN", "api_token", "apiToken", "password", "db-passwd", "DBPASSWORD", "dbPwd", "AWS_SECRET_ACCESS_KEY"]
SECRET += [
    "--token",
    "AuthKey",
    "stripe.api.key",
    "SENTRY_DSN",
    "GH_PAT",
    "privateKey",
    "X-Amz-Signature",
    "ssh_passphrase",
]
PLAIN = [
    "num_layers",
    "epochs",
    "KmsKeyId",
    "author",
    "path",
    "compass",
    "S3Key",
    "mini_batch_size",
    "Seed",
    "StartedBy",
]
PLAIN += [
    "DatasetVersion",
    "ModelApprovalStatus",
    "checkpoint_frequency",
    "use_pretrained_model",
    "PatienceEpochs",
    "--quick",
]


@pytest.mark.parametrize("name", SECRET)
def test_a_value_of_a_secret_s_name_is_hidden(name: str) -> None:
    assert is_secret_name(name)
    assert mask_value(name, "value") == HIDDEN
    assert mask_value(name, "") == ""


@pytest.mark.parametrize("name", PLAIN)
def test_a_value_of_another_name_is_shown(name: str) -> None:
    assert mask_value(name, "value") == "value"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("postgres://me:hunter2@db:5432/x", "postgres://(hidden)@db:5432/x"),
        ("mysql://me:p@ss/word@db/x", "mysql://(hidden)@db/x"),
        ("redis://:hunter2@cache", "redis://(hidden)@cache"),
        ("https://hunter2@github.com/me/it.git", "https://(hidden)@github.com/me/it.git"),
        ("git+https://me:hunter2@host/a b", "git+https://(hidden)@host/a b"),
        ("https://host/x?token=hunter2&y=1", "https://host/x?token=(hidden)&y=1"),
        ("https://b.s3/x?X-Amz-Signature=hunter2", "https://b.s3/x?X-Amz-Signature=(hidden)"),
        ("run --password hunter2 --epochs 3", "run --password (hidden) --epochs 3"),
        ("env: TOKEN=hunter2", "env: TOKEN=(hidden)"),
        ("--db-password=hunter2", "--db-password=(hidden)"),
        ("PASSWORD='hunter 2' run", "PASSWORD=(hidden) run"),
        ("Server=db;Password=hunter2;Port=1", "Server=db;Password=(hidden);Port=1"),
        ('{"api_key": "hunter 2", "n": 1}', '{"api_key": (hidden), "n": 1}'),
        ("Authorization: Bearer hunter2hunter2", "Authorization: (hidden) (hidden)"),
        ("curl -H 'x: Bearer hunter2hunter2'", "curl -H 'x: Bearer (hidden)'"),
        ("ghp_hunter2hunter2hunter2", "(hidden)"),
        ("key AKIAHUNTER2HUNTER22X here", "key (hidden) here"),
        ("eyJhbGciOiJub25lIn0.eyJodW50ZXIiOjJ9.hunter2", "(hidden)"),
        ("-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----", "(hidden)"),
    ],
)
def test_a_secret_within_a_value_is_hidden_whatever_its_name(given: str, shown: str) -> None:
    assert mask_value("x", given) == shown


@pytest.mark.parametrize(
    "text",
    [
        "s3://bucket/key@2x.png",
        "http://127.0.0.1:4566/path",
        "arn:aws:s3:::bucket/x",
        "images,labels=1;seed=3",
        "--epochs 3 --train /opt/ml",
        "3,28,28",
        "2026-11-28T07:00:00Z",
        "a@example.com",
        "sha256:0bee7276f83efd4a1ee05bbbf4281d95ed28e079220a9457f25a93e3f1e3c31b",
    ],
)
def test_what_holds_no_secret_is_shown_as_it_is(text: str) -> None:
    assert mask_text(text) == text


def test_arguments_are_rows_and_what_follows_a_secret_s_option_is_hidden() -> None:
    words = [
        "--train",
        "/opt/x",
        "--quick",
        "--password",
        "--odd",
        "--api-token=abc",
        "--n=1",
        "db://u:p@h",
        "-p",
        "x",
        "",
    ]
    assert list(mask_arguments(words)) == [
        ("--train", "/opt/x"),
        ("--quick", ""),
        ("--password", HIDDEN),
        ("--api-token=(hidden)", ""),
        ("--n=1", ""),
        ("db://(hidden)@h", ""),
        ("-p", "x"),
        ("", ""),
    ]
    assert len(mask_words(words)) == len(words)


def test_a_document_keeps_its_form_and_loses_its_secrets() -> None:
    document = {
        "Parameters": [{"Name": "DbPassword", "Type": "String", "DefaultValue": "hunter2"}],
        "Environment": {
            "API_TOKEN": {"Get": "Parameters.DbPassword"},
            "DATABASE_URL": "pg://me:hunter2@db",
            "PIN_TOKEN": 7,
        },
        "ContainerArguments": ["--password", "hunter2", "--seed", "1"],
        "Tags": [{"Key": "secret", "Value": "hunter2"}, {"Key": "team", "Value": "bikes"}],
        "Flags": [True, None, 2.5],
    }
    masked = mask_document(document)
    assert "hunter2" not in json.dumps(masked)
    assert masked["Environment"] == {
        "API_TOKEN": {"Get": "Parameters.DbPassword"},
        "DATABASE_URL": "pg://(hidden)@db",
        "PIN_TOKEN": HIDDEN,
    }
    assert masked["ContainerArguments"] == ["--password", HIDDEN, "--seed", "1"]
    assert masked["Tags"][1] == {"Key": "team", "Value": "bikes"}
    assert masked["Flags"] == [True, None, 2.5]


def test_a_long_value_is_masked_at_once() -> None:
    text = "a://b:" * 20_000
    assert mask_text(text) == text
