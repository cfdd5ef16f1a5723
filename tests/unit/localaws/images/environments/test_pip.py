"""What pip is told of the user's settings, and what its lines tell of the progress."""

from __future__ import annotations

from localaws.images.environments.pip import PipReader, measure_in_lines, pip_variables


def test_where_packages_come_from_is_handed_on_and_where_they_go_is_not() -> None:
    given = {
        "PIP_INDEX_URL": "https://index.example.com/simple",
        "PIP_NO_INDEX": "1",
        "PIP_TARGET": "/elsewhere",
        "PIP_USER": "1",
        "HOME": "/home/me",
        "https_proxy": "http://proxy:3128",
        "SSL_CERT_FILE": "/certificates.pem",
    }
    found = pip_variables(given)
    assert found["PIP_INDEX_URL"] == "https://index.example.com/simple"
    assert found["PIP_NO_INDEX"] == "1"
    # Jobs reach the local AWS directly; only their pip takes the proxy.
    assert (found["PIP_PROXY"], found["PIP_CERT"]) == ("http://proxy:3128", "/certificates.pem")
    assert not {"PIP_TARGET", "PIP_USER", "HOME", "https_proxy"} & set(found)


def test_what_the_user_set_for_pip_is_not_replaced() -> None:
    found = pip_variables({"PIP_PROXY": "http://own:1", "https_proxy": "http://proxy:3128", "PIP_RETRIES": "9"})
    assert (found["PIP_PROXY"], found["PIP_RETRIES"]) == ("http://own:1", "9")


def test_lines_of_pip_say_what_is_done_how_much_is_fetched_and_what_went_wrong() -> None:
    told: list[str] = []
    reader = PipReader(told.append)
    for line in (
        "Looking in indexes: https://pypi.org/simple",
        "Collecting numpy==1.26.4 (from -r /home/me/requirements.txt (line 1))",
        "  Downloading numpy-1.26.4-cp311-cp311-manylinux_2_17_x86_64.whl (18.3 MB)",
        "  Downloading six-1.17.0-py2.py3-none-any.whl (11 kB)",
        "ERROR: Could not find a version that satisfies the requirement absent",
        "ERROR: No matching distribution found for absent",
    ):
        reader.take(line)
    assert told[0] == "Collecting numpy==1.26.4"
    assert len(told) == 3
    assert reader.announced == 18_300_000 + 11_000
    assert reader.error == "No matching distribution found for absent."


def test_a_long_fetch_is_told_of_where_there_is_something_new() -> None:
    told: list[str] = []
    measure = measure_in_lines(told.append, seconds=0)
    for done in (0, 1_000_000, 1_000_000, 5_000_000):
        measure(done, 5_000_000)
    assert told == ["Fetched 1 of 5 MB ...", "Fetched 5 of 5 MB ..."]
