"""Which value of a setting holds on a day, of what a township and its banner laid down."""

from typing import Any

import pytest

from jiandang_desktop.domain.settings import Setting, Settings, chosen_rows

KNOWN = Settings(
    [
        Setting("days", "days", "integer", 14, "source", "practice", minimum=1, maximum=30),
        Setting("limit", "limit", "decimal", 7.0, "source", "practice"),
        Setting("rule", "rule", "choice", "a", "source", "practice", options={"a": "A", "b": "B"}),
        Setting("asked", "asked", "bool", True, "source", "practice"),
    ]
)


def row(setting: str, value: str, valid_from: str) -> dict[str, Any]:
    return {"setting": setting, "value": value, "valid_from": valid_from}


def record(level: str, *rows: dict[str, Any]) -> dict[str, Any]:
    return {"level": level, "values": list(rows)}


def differing(day: str, *records: dict[str, Any]) -> dict[str, Any]:
    return KNOWN.differing(chosen_rows(records, day), day)


def test_a_value_holds_from_its_day_on() -> None:
    """The later of two days counts, and of one day the row further down."""
    told = record(
        "township", row("days", "20", "2026-05-01"), row("days", "10", "2026-01-01"), row("days", "12", "2026-01-01")
    )
    assert [differing(day, told) for day in ("2025-12-31", "2026-01-01", "2026-04-30", "2026-05-01")] == [
        {},
        {"days": 12},
        {"days": 12},
        {"days": 20},
    ]


def test_a_banners_word_goes_before_from_its_first_day() -> None:
    """Before that day the township's holds; what the banner doesn't speak of stays the township's."""
    township = record("township", row("days", "20", "2026-01-01"), row("rule", "b", "2026-01-01"))
    banner = record("banner", row("days", "10", "2026-03-01"))
    for records in ((township, banner), (banner, township)):
        assert differing("2026-02-28", *records) == {"days": 20, "rule": "b"}
        assert differing("2026-03-01", *records) == {"days": 10, "rule": "b"}


def test_the_last_record_of_a_level_counts() -> None:
    """Another township took the first one's place."""
    first, second = (
        record("township", row("days", "20", "2026-01-01")),
        record("township", row("rule", "b", "2026-01-01")),
    )
    assert differing("2026-06-01", first, second) == {"rule": "b"}


@pytest.mark.parametrize(
    ("setting", "value"),
    [("days", "0"), ("days", "31"), ("days", "1.5"), ("days", ""), ("rule", "c"), ("asked", "yes"), ("wonder", "1")],
)
def test_what_isnt_a_value_is_passed_over(setting: str, value: str) -> None:
    """A newer program may have written it; the default stays."""
    assert differing("2026-06-01", record("township", row(setting, value, "2026-01-01"))) == {}
