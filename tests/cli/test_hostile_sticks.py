"""A stick full of what is found on sticks, at the terminal: passed over, named, and quickly (U09, U10)."""

import time

from tests.devices.sticks import fill_with_hostile_files

from .test_ejecting import Terminal, enrolled, terminal  # noqa: F401 - fixtures


def test_U09_U10_a_hostile_stick_is_taken_in_as_quickly_as_a_clean_one(enrolled: Terminal) -> None:  # noqa: F811
    """50,000 foreign files, links, pipes, 100 GB of nothing, names in every script: within 2 s, said once."""
    enrolled.done("low", "bundle", "export")
    began = time.monotonic()
    enrolled.done("high", "bundle", "intake", str(enrolled.stick.path), "--preview")
    clean = time.monotonic() - began
    fill_with_hostile_files(enrolled.stick.path)
    began = time.monotonic()
    code, looked = enrolled.run("high", "bundle", "intake", str(enrolled.stick.path), "--preview")
    assert time.monotonic() - began < clean + 2
    assert [line["outcome"] for line in looked["lines"]].count("ready") == 1
    passed = [(item["name"], item["reason"]) for item in looked["passed_over"]]
    assert sorted(set(passed)) == [
        ("???.jdb", "name"),
        ("passwd.jdb", "link"),
        ("pipe.jdb", "special"),
        ("sparse.jdb", "large"),
    ]
    began = time.monotonic()
    code, taken = enrolled.run("high", "bundle", "intake", str(enrolled.stick.path))
    assert time.monotonic() - began < clean + 3
    assert [line["outcome"] for line in taken["lines"]].count("archived") == 1
    assert code == 0
