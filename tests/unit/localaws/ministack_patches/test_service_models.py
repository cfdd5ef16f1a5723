"""Whether AWS has a service that a request is signed for, asked of lists instead of all services' descriptions."""

from __future__ import annotations

import pytest

from localaws.ministack_patches import service_models


def _search_all(name: str) -> bool:
    raise AssertionError(f"All descriptions would be read for {name}.")


@pytest.mark.parametrize("name", ["servicequotas", "codecommit", "glacier", "ce"])
def test_a_service_is_known_by_the_name_that_requests_to_it_are_signed_for(name: str) -> None:
    assert service_models._knowing(_search_all)(name)


@pytest.mark.parametrize("known", [True, False])
def test_a_name_that_no_list_has_is_searched_for(known: bool) -> None:
    assert service_models._knowing(lambda name: known and name == "data.qapps")("data.qapps") is known
