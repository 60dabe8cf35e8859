"""Genuine bundles whose content no honest window makes: twice the same, itself in a circle (table B)."""

import pytest

from jiandang_desktop.domain import canonical
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import RecordId, SubjectId, new_id
from jiandang_desktop.ports.vault import RecordRow, Verdict
from jiandang_desktop.services import duplicates, intake, prints, records, registry
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.intake import Kind

from .conftest import Pair, person, register

VISIT = {
    "subjective": "咳",
    "objective": "红",
    "assessment": "感冒",
    "plan": "水",
    "doctor": "王秀兰",
    "encounter_date": "2026-11-24",
}


def history(desk: Desk, record: RecordId) -> int:
    with desk.vault.read() as reader:
        return len(reader.history(record))


def filed(pair: Pair) -> RecordRow:
    return records.put_record(pair.village, "encounter_record", register(pair.village), VISIT).record


def test_B24_a_revision_twice_in_one_bundle_is_one_record(pair: Pair) -> None:
    visit = filed(pair)
    with pair.village.vault.work("forge") as work:
        revision = work.revision(visit.revision_id)
        assert revision is not None
        work.append_entry(pair.village.station.up_stream, "revision", revision.body)
        work.commit()
    plan = intake.plan(pair.township, pair.export())
    assert [item.kind for item in plan.items] == [Kind.NEW, Kind.NEW, Kind.NEW, Kind.KNOWN]
    assert intake.archive(pair.township, plan).counts == {Verdict.ARCHIVED: 4}
    assert history(pair.township, visit.record_id) == 1
    assert pair.township.vault.check().faults == ()


def test_B25_a_record_begun_twice_with_other_content_waits_for_a_person(pair: Pair) -> None:
    """A revision's id is its content, so neither can pass for the other: both are kept, and neither wins by itself."""
    visit = filed(pair)
    with pair.village.vault.work("forge") as work:
        other = pair.village.revision(
            pair.village.forms.current("encounter_record"),
            record_id=visit.record_id,
            subject_id=visit.subject_id,
            parents=(),
            answers={**VISIT, "plan": "茶"},
            complete=True,
        )
        work.add_own_revision(other, stream=pair.village.station.up_stream)
        work.commit()
    archived, _ = pair.carry()
    assert archived.counts == {Verdict.ARCHIVED: 3, Verdict.HELD: 1}
    assert [row.reason for row in intake.held(pair.township)] == ["parallel"]
    assert history(pair.township, visit.record_id) == 2
    assert pair.township.vault.check().faults == ()


@pytest.mark.parametrize("which", ["itself", "a person", "nobody"])
def test_B28_a_household_that_is_a_person_or_nowhere_holds_nobody(pair: Pair, which: str) -> None:
    """No household lies in a household; a person's household must be one, never that person or another."""
    resident = register(pair.village)
    own = SubjectId(new_id())
    home = {"itself": own, "a person": resident, "nobody": SubjectId(new_id())}[which]
    answers = {**person(name="魏雪梅"), "household_id": home, "record_code": "15042120420300099"}
    with pair.village.vault.work("forge") as work:
        registry.write_registry(pair.village, work, "resident", own, {**answers, "status": "1"})
        work.commit()
    plan = intake.plan(pair.township, pair.export())
    assert [(item.kind, item.reason) for item in plan.items][2:] == [(Kind.QUARANTINED, "household_missing")]
    intake.archive(pair.township, plan)
    with pair.township.vault.read() as reader:
        assert reader.resident(own) is None
    assert pair.township.vault.check().faults == ()


@pytest.mark.parametrize("circle", [1, 2, 3])
def test_B28_nobody_is_her_own_mother_or_grandmother(pair: Pair, circle: int) -> None:
    """The link that closes the circle is quarantined, whether the rest came before or in the same bundle."""
    people = [register(pair.village, name=name, birth_date="1970-01-01") for name in ("王一", "王二", "王三")[:circle]]
    pair.carry()
    with pair.village.vault.work("forge") as work:
        for child, mother in zip(people, people[1:] + people[:1], strict=True):
            registry.revise_registry(pair.village, work, child, {"mother_id": mother})
        work.commit()
    plan = intake.plan(pair.township, pair.export())
    told = [(item.kind, item.reason) for item in plan.items]
    assert told == [*[(Kind.CHANGED, "")] * (circle - 1), (Kind.QUARANTINED, "mother_circle")]
    intake.archive(pair.township, plan)
    assert not registry.show_resident(pair.township, people[-1]).answers.get("mother_id")
    assert pair.township.vault.check().faults == ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ["王", "五"]},
        {"name": None},
        {"name": "王\u202e五"},
        {"name": "王" * 70_000},
        {"birth_date": "2026-02-31"},
        {"birth_date": {"year": 1970}},
        {"cards": [3]},
        {"cards": "卡"},
        {"status": 1},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_B31_T02_what_is_no_answer_at_all_is_not_filed(pair: Pair, wrong: dict[str, object]) -> None:
    """Another type, no date, hostile characters: quarantined, and what is there is still listed and printed."""
    whole = register(pair.village)
    pair.carry()
    home = registry.show_resident(pair.village, whole).household_id
    odd = SubjectId(new_id())
    answers = {**person(name="王五"), "household_id": home, "record_code": "15042120420300099", "status": "1", **wrong}
    with pair.village.vault.work("forge") as work:
        revision = pair.village.revision(
            pair.village.forms.current("resident"),
            record_id=RecordId(odd),
            subject_id=odd,
            parents=(),
            answers=answers,
            complete=True,
        )
        work.append_entry(pair.village.station.up_stream, "revision", revision.body)
        work.commit()
    plan = intake.plan(pair.township, pair.export())
    assert [(item.kind, item.reason) for item in plan.items] == [(Kind.QUARANTINED, "answers_malformed")]
    intake.archive(pair.township, plan)
    assert duplicates.waiting(pair.township) == []
    assert prints.print_households(pair.township, [home]).pages
    assert pair.township.vault.check().faults == ()


def test_B20_a_revision_s_time_that_is_none_or_an_author_s_hostile_name_is_not_filed(pair: Pair) -> None:
    """The time is a label and may be wrong, but it has to be one."""
    visit = filed(pair)
    pair.carry()
    for label in ({"made_at": "昨天"}, {"author_name": "王\x00秀兰"}, {"author_name": "王" * 1000}):
        with pair.village.vault.work("forge") as work:
            revision = work.revision(visit.revision_id)
            assert revision is not None
            body = canonical.encode({**canonical.decode(revision.body), **label})
            work.append_entry(pair.village.station.up_stream, "revision", body)
            work.commit()
    plan = intake.plan(pair.township, pair.export())
    assert [(item.kind, item.reason) for item in plan.items] == [(Kind.QUARANTINED, "answers_malformed")] * 3


def test_B28_folders_are_not_merged_in_a_circle(pair: Pair) -> None:
    """A into B and B into A: refused at the township, quarantined where a village says so."""
    first, second = register(pair.village), register(pair.village, name="魏雪梅", birth_date="1970-01-01")
    pair.carry()
    survivor = duplicates.same_person(pair.township, first, second)
    merged = second if survivor.id == first else first
    for one, other in ((merged, survivor.id), (survivor.id, merged), (survivor.id, survivor.id)):
        with pytest.raises(Problem) as refused:
            duplicates.same_person(pair.township, one, other)
        assert refused.value.code in ("ALREADY_MERGED", "SAME_FOLDER")
    with pair.village.vault.work("forge") as work:
        registry.revise_registry(pair.village, work, survivor.id, {"merged_into": merged})
        work.commit()
    plan = intake.plan(pair.township, pair.export())
    assert [(item.kind, item.reason) for item in plan.items] == [(Kind.QUARANTINED, "above_only")]
    intake.archive(pair.township, plan)
    row = registry.show_resident(pair.township, survivor.id)
    assert not row.merged_into
    assert pair.township.vault.check().faults == ()
