"""Metadata: what AWS takes, and what is made of the rest."""

import pytest

from common.metadata import clean_value
from pipelines.errors import PipelineError
from pipelines.metadata import check_metadata


def test_addresses_digests_and_letters_of_any_language_pass() -> None:
    check_metadata({"InputDataUri": "s3://b/raw/Fahrräder 2026_a+b=c@d.tar.gz", "CommitId": "0f" * 20})


@pytest.mark.parametrize("value", ["a,b", "a(1)", "a\tb", "x" * 257])
def test_what_aws_refuses_is_refused_with_the_value_and_the_rule(value: str) -> None:
    with pytest.raises(PipelineError) as caught:
        check_metadata({"DatasetVersion": value})

    assert str(caught.value).startswith(f"DatasetVersion is {value!r}; it is recorded with the model")


def test_a_label_keeps_its_readable_part() -> None:
    assert clean_value("BAKERY\\anna") == "BAKERY-anna"
    assert len(clean_value("x" * 300)) == 256
