"""Duties and memberships as projections: kept at each save, made again alike, and asked for any day.

A tiny set of programmes stands in for the real one: what it says of somebody is laid down by the test.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.storage.conftest import (
    PASSWORD,
    PERSON,
    STATION,
    UP,
    Place,
    add_resident,
    make_keeper,
    make_old,
    revision,
)

from jiandang_desktop.domain.records import FormId, RecordId, Revision, SubjectId
from jiandang_desktop.domain.settings import Setting, Settings
from jiandang_desktop.ports.care import DueQuery
from jiandang_desktop.programmes.bands import Band, band_of
from jiandang_desktop.programmes.duties import NEVER, Care, Duty, Filed, Membership, MembershipState
from jiandang_desktop.storage.vault import SqlCipherVault

VISIT = FormId("hypertension_followup")
DAY = "2026-11-24"


_DAYS_BETWEEN = Setting("days", "days", "integer", 90, "source", "practice")


@dataclass
class Rules:
    """Programmes that know two things: what the test laid down for a name, and a visit three months after another."""

    told: dict[str, Care] = field(default_factory=dict)
    resident_fields: frozenset[str] = frozenset({"name", "phone"})
    settings: Settings = field(default_factory=lambda: Settings([_DAYS_BETWEEN]))

    def care(
        self, resident: Mapping[str, Any], filed: Sequence[Filed], settings: Mapping[str, Any] | None = None
    ) -> Care:
        told = self.told.get(resident["name"], Care())
        visits = [each for each in filed if each.form_id == VISIT]
        return Care(told.memberships, [*told.duties, *_chain(visits, (settings or {}).get("days", 90))])


def _chain(visits: Sequence[Filed], days: int) -> Iterator[Duty]:
    for number, visit in enumerate(visits):
        after = visits[number + 1] if number + 1 < len(visits) else None
        due = (date.fromisoformat(visit.event_date) + timedelta(days=days)).isoformat()
        yield duty(
            id=f"after_{number}",
            known_from=visit.event_date,
            opens=due,
            target=due,
            closes=due,
            called_by=visit.record_id,
            done_on=after.event_date if after else "",
            done_by=after.record_id if after else None,
        )


def duty(**changes: Any) -> Duty:
    """A duty that is due on the test's day."""
    return replace(
        Duty(
            programme="hypertension",
            id="routine",
            form_id=VISIT,
            column="",
            known_from="2026-08-20",
            opens="2026-11-13",
            target="2026-11-18",
            closes="2026-12-01",
        ),
        **changes,
    )


@contextmanager
def opened(folder: Path, rules: Rules, mark: str = "one") -> Iterator[SqlCipherVault]:
    vault = make_keeper(rules=rules, mark=mark).open(folder, PERSON.name, PASSWORD)
    yield vault
    vault.close()


@pytest.fixture
def rules() -> Rules:
    return Rules()


@pytest.fixture
def vault(place: Place, made_once: tuple[Path, bytes], rules: Rules) -> Iterator[SqlCipherVault]:
    """A new vault with the test's programmes."""
    folder, key = made_once
    shutil.copytree(folder, place.folder)
    made = make_keeper(rules=rules, mark="one")._open(place.folder, key, PERSON.id, "sign_in")
    yield made
    made.close()


def register(vault: SqlCipherVault, name: str, number: int = 1, **more: Any) -> Revision:
    with vault.work("fill") as work:
        made = add_resident(work, name, number, **more)
        work.commit()
    return made


def file_visit(vault: SqlCipherVault, subject: str, day: str, **more: Any) -> Revision:
    made = revision(VISIT, subject, {"visit_date": day}, **more)
    with vault.work("fill") as work:
        work.add_own_revision(made, stream=UP)
        work.commit()
    return made


def change(vault: SqlCipherVault, before: Revision, **changes: Any) -> Revision:
    answers = {key: value for key, value in {**before.answers, **changes}.items() if value is not None}
    made = revision("resident", before.subject_id, answers, parents=(before.id,))
    with vault.work("fill") as work:
        work.add_own_revision(made, stream=UP)
        work.commit()
    return made


def duties(vault: SqlCipherVault, subject: str) -> list[Duty]:
    with vault.read() as reader:
        found = reader.care_of(SubjectId(subject))
    assert found is not None
    return list(found[1].duties)


def sound(vault: SqlCipherVault) -> bool:
    return vault.check().faults == ()


def test_a_visit_ends_one_duty_and_begins_the_next(vault: SqlCipherVault) -> None:
    """Filed, corrected and taken back, the duties are those of the records as they are."""
    person = register(vault, "李桂芳")
    first = file_visit(vault, person.subject_id, "2026-02-01")
    second = file_visit(vault, person.subject_id, "2026-05-01")
    assert [(each.known_from, each.done_on) for each in duties(vault, person.subject_id)] == [
        ("2026-02-01", "2026-05-01"),
        ("2026-05-01", ""),
    ]
    file_visit(vault, person.subject_id, "2026-01-01", record_id=second.record_id, parents=(second.id,))
    assert [(each.known_from, each.called_by) for each in duties(vault, person.subject_id)] == [
        ("2026-01-01", second.record_id),
        ("2026-02-01", first.record_id),
    ]
    assert sound(vault)


def test_visits_of_one_day_stand_as_they_came(vault: SqlCipherVault) -> None:
    """A correction doesn't put a visit behind one that came later on the same day."""
    person = register(vault, "李桂芳")
    first = file_visit(vault, person.subject_id, "2026-02-01")
    second = file_visit(vault, person.subject_id, "2026-02-01")
    file_visit(vault, person.subject_id, "2026-02-01", record_id=first.record_id, parents=(first.id,))
    assert [each.called_by for each in duties(vault, person.subject_id)] == [first.record_id, second.record_id]
    assert sound(vault)


def test_what_isnt_complete_counts_for_nothing(vault: SqlCipherVault) -> None:
    """An unfinished visit calls for nothing."""
    person = register(vault, "李桂芳")
    file_visit(vault, person.subject_id, "2026-02-01", complete=False)
    assert duties(vault, person.subject_id) == []
    assert sound(vault)


def test_a_merged_folder_counts_for_the_one_that_took_it_in(vault: SqlCipherVault) -> None:
    """Visits before and after a merge lead on; undone, it leaves each its own; nobody is listed twice."""
    kept, other = register(vault, "李桂芳", 1), register(vault, "李桂芬", 2)
    file_visit(vault, kept.subject_id, "2026-02-01")
    file_visit(vault, other.subject_id, "2026-05-01")
    merged = change(vault, other, merged_into=kept.subject_id)
    assert [each.known_from for each in duties(vault, kept.subject_id)] == ["2026-02-01", "2026-05-01"]
    file_visit(vault, other.subject_id, "2026-07-01")
    assert [each.known_from for each in duties(vault, kept.subject_id)] == ["2026-02-01", "2026-05-01", "2026-07-01"]
    with vault.read() as reader:
        assert {row.person.id for row in reader.due(DueQuery(DAY, DAY))} == {kept.subject_id}
    assert sound(vault)
    change(vault, merged, merged_into=None)
    assert [each.known_from for each in duties(vault, kept.subject_id)] == ["2026-02-01"]
    assert [each.known_from for each in duties(vault, other.subject_id)] == ["2026-05-01", "2026-07-01"]
    assert sound(vault)


def _days(value: int, valid_from: str = "2026-01-01") -> dict[str, Any]:
    """Answers of a record of settings."""
    return {"level": "township", "values": [{"setting": "days", "value": str(value), "valid_from": valid_from}]}


def test_a_setting_changes_everybodys_days(vault: SqlCipherVault) -> None:
    """A record of settings, and one that replaces it, work everybody's duties out again."""
    people = [register(vault, "李桂芳", number) for number in range(1, 4)]
    for person in people:
        file_visit(vault, person.subject_id, "2026-02-01")
    made = revision("programme_settings", STATION, _days(30))
    with vault.work("fill") as work:
        work.add_own_revision(made, stream=UP)
        work.commit()
    assert {duties(vault, person.subject_id)[0].opens for person in people} == {"2026-03-03"}
    assert sound(vault)
    later = revision("programme_settings", STATION, _days(60), record_id=made.record_id, parents=(made.id,))
    with vault.work("fill") as work:
        work.add_own_revision(later, stream=UP)
        work.commit()
    assert {duties(vault, person.subject_id)[0].opens for person in people} == {"2026-04-02"}
    assert sound(vault)


def test_rebuilding_makes_the_same_rows(vault: SqlCipherVault, rules: Rules) -> None:
    """Rows thrown away or scribbled on are named by the check and made again."""
    rules.told["王秀兰"] = Care([Membership("elderly", MembershipState.PROPOSED, "2026-01-01", reason="r")], [duty()])
    register(vault, "王秀兰", 2)
    file_visit(vault, register(vault, "李桂芳").subject_id, "2026-02-01")
    before = _rows(vault)
    assert len(before) == 3
    for sql in (
        "DELETE FROM duties",
        "UPDATE duties SET closes = '2030-01-01'",
        "UPDATE memberships SET state = 'open'",
    ):
        vault._connection.execute(sql)
        assert {code for code, _ in vault.check().faults} == {"projection"}
        vault.rebuild()
        assert _rows(vault) == before
        assert sound(vault)


def _rows(vault: SqlCipherVault) -> list[tuple[Any, ...]]:
    return [
        row
        for table in ("duties", "memberships")
        for row in sorted(vault._connection.execute(f"SELECT * FROM {table}"))
    ]


def test_other_programmes_are_worked_out_at_the_next_opening(place: Place, vault: SqlCipherVault, rules: Rules) -> None:
    """A program with other programmes finds everybody's duties by itself; with the same it changes nothing."""
    person = register(vault, "李桂芳")
    vault.close()
    rules.told["李桂芳"] = Care((), [duty()])
    with opened(place.folder, rules) as again:
        assert duties(again, person.subject_id) == []
        before = again.check().audit_entries
    with opened(place.folder, rules, "two") as again:
        assert duties(again, person.subject_id) == [duty()]
        assert again.check().audit_entries == before + 2
        assert sound(again)


def test_an_older_vault_is_filled_at_its_opening(place: Place, vault: SqlCipherVault, rules: Rules) -> None:
    """After the step of the schema everybody has duties, a doctor, and an address in walking order."""
    person = register(vault, "李桂芳", village_group="3组", responsible_doctor="王大夫")
    file_visit(vault, person.subject_id, "2026-02-01")
    before, row = _rows(vault), vault._connection.execute("SELECT * FROM residents").fetchall()
    make_old(vault, 4)
    vault.close()
    with opened(place.folder, rules) as again:
        assert _rows(again) == before
        assert again._connection.execute("SELECT * FROM residents").fetchall() == row
        assert sound(again)


def test_lines_stand_as_one_walks(vault: SqlCipherVault, rules: Rules) -> None:
    """2组 before 10组, 9号 before 12号; pages follow one another without a gap."""
    homes = [("10组", "10组1号"), ("2组", "2组12号"), ("2组", "2组9号"), ("三组", "三组1号"), ("十一组", "十一组1号")]
    more = [duty(id="second", target="2026-12-01"), duty(id="third", target="2026-12-01")]
    for number, (group, address) in enumerate(homes, 1):
        rules.told[f"甲{number}"] = Care((), [duty(), *more[: number % 3], duty(id="exam", closes="2026-11-01")])
        register(vault, f"甲{number}", number, village_group=group, current_address=address, household_id=f"h{number}")
    with vault.read() as reader:
        rows = reader.due(DueQuery(DAY, DAY))
        paged = [row for offset in range(0, 18, 3) for row in reader.due(DueQuery(DAY, DAY), limit=3, offset=offset)]
        for bands in (frozenset[Band](), frozenset({Band.WEEK})):
            query = DueQuery(DAY, DAY, bands=bands)
            whole = reader.due(query)
            for offset in range(18):
                for limit in (1, 2, 3, 20, -1):
                    page, counts = reader.due_and_counts(query, limit=limit, offset=offset)
                    assert page == whole[offset:][: limit if limit >= 0 else None]
                    assert counts == reader.count_due(query)
    walked = list(dict.fromkeys(row.person.address for row in rows))
    assert walked == ["2组9号", "2组12号", "三组1号", "10组1号", "十一组1号"]
    assert [row.band for row in rows[:2]] == [Band.OVERDUE, Band.WEEK]
    assert paged == rows


def test_filters(vault: SqlCipherVault, rules: Rules) -> None:
    """Each filter alone, and counts that agree with the lines."""
    open_ = Membership("maternal", MembershipState.PROPOSED, "2026-11-01")
    rules.told["甲"] = Care([open_], [duty(), duty(programme="elderly", id="exam", closes="2026-11-01")])
    rules.told["乙"] = Care((), [duty()])
    one = register(vault, "甲", 1, village_group="1组", responsible_doctor="王大夫", household_id="h1")
    two = register(vault, "乙", 2, village_group="2组", responsible_doctor="李大夫", household_id="h2")

    def whom(**filters: Any) -> list[tuple[str, str]]:
        query = DueQuery(DAY, "2026-11-30", **filters)
        with vault.read() as reader:
            rows = reader.due(query)
            counts = reader.count_due(query)
        shown = query.bands or frozenset(Band)
        assert sum(count for (band, _), count in counts.lines.items() if band in shown) == len(rows)
        for band in shown:
            assert counts.people[band] == len({row.person.id for row in rows if row.band is band})
        return [(row.person.name, (row.duty or row.proposal).programme) for row in rows]  # type: ignore[union-attr]

    everything = [("甲", "elderly"), ("甲", "hypertension"), ("甲", "maternal"), ("乙", "hypertension")]
    assert whom() == everything
    assert whom(programmes=frozenset({"hypertension"})) == [("甲", "hypertension"), ("乙", "hypertension")]
    assert whom(bands=frozenset({Band.OVERDUE})) == [("甲", "elderly")]
    assert whom(bands=frozenset({Band.FOUND})) == [("甲", "maternal")]
    assert whom(village_group="2组") == whom(doctor="李大夫") == whom(household_id="h2") == everything[3:]
    assert whom(resident_id=one.subject_id) == everything[:3]
    assert whom(resident_id=two.subject_id) == everything[3:]
    assert whom(station_id=STATION) == everything
    assert whom(station_id="other") == whom(doctor="没有") == []
    assert whom(findings=frozenset({"hypertension"}), bands=frozenset({Band.FOUND})) == [
        everything[2],
        everything[1],
        everything[3],
    ]


def test_a_proposal_stands_from_its_day_until_it_is_decided(vault: SqlCipherVault, rules: Rules) -> None:
    """Rows of spans: what was proposed on a past day is found on that day."""
    asked = Membership("diabetes2", MembershipState.PROPOSED, "2026-03-01", until="2026-05-01")
    rules.told["甲"] = Care([asked, Membership("diabetes2", MembershipState.OPEN, "2026-05-01")])
    register(vault, "甲")
    days = ["2026-02-28", "2026-03-01", "2026-04-30", "2026-05-01"]
    with vault.read() as reader:
        found = [[row.proposal for row in reader.due(DueQuery(day, day))] for day in days]
    assert found == [[], [asked], [asked], []]


def test_one_sheet_serves_several_programmes(vault: SqlCipherVault, rules: Rules) -> None:
    """An examination that three programmes ask for is one line, until only one of them asks for it."""
    exam = duty(
        form_id=FormId("physical_exam"), opens="2026-01-01", target="2026-01-01", closes="2026-12-31", yearly=True
    )
    asking = [
        replace(exam, programme="elderly_65", id="annual", lapses="2027-05-01"),
        replace(exam, programme="hypertension", id="exam"),
        replace(
            exam, programme="diabetes2", id="exam", opens="2027-01-01", closes="2027-12-31", known_from="2026-10-01"
        ),
    ]
    rules.told["甲"] = Care((), [*asking, duty()])
    register(vault, "甲")

    def lines(day: str, **filters: Any) -> list[tuple[str, tuple[str, ...]]]:
        query = DueQuery(day, day, bands=frozenset({Band.YEAR}), **filters)
        with vault.read() as reader:
            rows = reader.due(query)
            counts = reader.count_due(query).lines
        assert sum(count for (band, _), count in counts.items() if band is Band.YEAR) == len(rows)
        return [(row.duty.programme, row.also) for row in rows if row.duty]

    assert lines("2026-11-24") == [("elderly_65", ("hypertension",))]
    assert lines("2027-02-01") == [("diabetes2", ("elderly_65", "hypertension"))]
    assert lines("2027-06-01") == [("diabetes2", ("hypertension",))]
    assert lines("2026-11-24", programmes=frozenset({"hypertension"})) == [("hypertension", ("elderly_65",))]


# -- the SQL says what Duty.state says

_EDGES = [
    f"{year}-{day}"
    for year in (2023, 2024, 2025, 2026, 2027, 2028)
    for day in ("01-01", "01-02", "02-28", "03-01", "12-30", "12-31")
] + ["2024-02-29", "2028-02-29"]
_PHONES = count()
_DAYS = st.sampled_from(_EDGES) | st.dates(date(2023, 1, 1), date(2028, 12, 31)).map(date.isoformat)


def _later(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


@st.composite
def _duties(draw: st.DrawFn) -> Duty:
    opens = draw(_DAYS)
    target = _later(opens, draw(st.sampled_from([0, 0, 1, 6, 7, 30, 200])))
    closes = _later(target, draw(st.sampled_from([0, 1, 6, 7, 30, 61, 92, 93, 364])))
    return duty(
        programme=draw(st.sampled_from(["hypertension", "screening"])),
        known_from=draw(st.just(opens) | _DAYS),
        opens=opens,
        target=target,
        closes=closes,
        lapses=draw(st.just(NEVER) | _DAYS),
        yearly=draw(st.booleans()),
        done_on=draw(st.just("") | _DAYS),
        lost_on=draw(st.just("") | st.just("") | _DAYS),
        found_on=draw(st.just("") | _DAYS),
    )


_LEAP = duty(opens="2024-02-29", target="2024-02-29", closes="2024-02-29", known_from="2024-01-01", yearly=True)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=st.lists(_duties(), min_size=1, max_size=12), day=_DAYS, within=st.sampled_from([0, 6, 30]))
@example(made=[_LEAP], day="2025-02-28", within=0)
@example(made=[_LEAP], day="2025-03-01", within=0)
@example(made=[_LEAP], day="2028-02-28", within=6)
@example(made=[replace(_LEAP, closes="2025-02-28")], day="2027-12-31", within=6)
def test_a_days_worklist_is_what_each_duty_says_of_itself(
    vault: SqlCipherVault, rules: Rules, made: list[Duty], day: str, within: int
) -> None:
    """Any duties, any day: exactly those that stand in a band, each in its band, unchanged."""
    numbered = [replace(each, id=f"d{number}", column=f"c{number}") for number, each in enumerate(made)]
    rules.told["甲"] = Care((), numbered)
    with vault.read() as reader:
        known = reader.residents_by_name("甲")
    if known:
        with vault.read() as reader:
            current = reader.revision(reader.record(RecordId(known[0].id)).revision_id)  # type: ignore[union-attr]
        assert current is not None
        change(vault, current, phone=f"138{next(_PHONES):08d}")
    else:
        register(vault, "甲")
    findings = frozenset({"screening"})
    until = _later(day, within)
    with vault.read() as reader:
        rows = reader.due(DueQuery(day, until, findings), limit=-1)
    expected = {each.id: (band, each) for each in numbered if (band := band_of(each, day, until, findings))}
    assert {row.duty.id: (row.band, row.duty) for row in rows if row.duty} == expected


def test_the_years_of_a_yearly_duty(vault: SqlCipherVault, rules: Rules) -> None:
    """An examination of each calendar year, aimed at 29 February, over a common and a leap year."""
    exam = duty(
        id="exam", known_from="2023-01-01", opens="2024-01-01", target="2024-02-29", closes="2024-12-31", yearly=True
    )
    rules.told["甲"] = Care((), [exam])
    register(vault, "甲")
    bands = {}
    with vault.read() as reader:
        for day in ("2023-12-31", "2024-01-01", "2024-02-23", "2025-02-21", "2025-02-22", "2027-12-25", "2028-02-22"):
            bands[day] = [row.band for row in reader.due(DueQuery(day, _later(day, 6)))]
    assert bands == {
        "2023-12-31": [],
        "2024-01-01": [Band.YEAR],
        "2024-02-23": [Band.WEEK],
        "2025-02-21": [Band.YEAR],
        "2025-02-22": [Band.WEEK],
        "2027-12-25": [Band.WEEK],
        "2028-02-22": [Band.YEAR],
    }
