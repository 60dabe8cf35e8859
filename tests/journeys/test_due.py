"""Today's work through the services: who is asked, enrolled, visited, tried in vain, and why each line stands there."""

import dataclasses
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.urgent_visit import URGENT

from jiandang_desktop.bootstrap import make_workbench
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import SubjectId
from jiandang_desktop.printing import Text
from jiandang_desktop.programmes.bands import Band
from jiandang_desktop.programmes.duties import DutyState, MembershipState
from jiandang_desktop.services import (
    attempts,
    dispatch,
    due,
    due_forms,
    life_events,
    programme_settings,
    programmes,
    receipts,
    records,
    round_list,
)
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.due import DueFilter, DueLine

from .conftest import HOUSEHOLD, Pair, enrol, new_station, register
from .stations import reopen

TODAY = "2026-11-24"


def lines(desk: Desk, day: str | None = None, **where: object) -> list[DueLine]:
    return list(due.worklist(desk, day, DueFilter(**where)).lines)  # type: ignore[arg-type]


def of(desk: Desk, programme: str, day: str | None = None) -> list[tuple[str, Band, str]]:
    """Service, band and last day of a programme's lines."""
    found = lines(desk, day, programmes=frozenset({programme}))
    return [(line.id, line.band, line.closes) for line in found]


def state(desk: Desk, who: SubjectId, programme: str, day: str | None = None) -> list[tuple[MembershipState, str, str]]:
    found = due.of_resident(desk, who, day).memberships
    return [(each.state, each.since, each.why) for each in found if each.programme == programme]


def test_enrolled_today_the_first_visit_is_due(village: Desk) -> None:
    """Enrolling opens the stay and asks for a first visit within two weeks; each line says why."""
    who = register(village)
    assert of(village, "hypertension") == []
    programmes.enrol(village, who, "hypertension", TODAY, {"diagnosis_date": "2026-11-20"})
    assert of(village, "hypertension", "2026-11-23") == []
    first = next(line for line in lines(village) if line.programme == "hypertension")
    assert (first.id, first.band, first.closes, first.days) == ("first", Band.WEEK, "2026-12-08", 14)
    assert (bool(first.why), bool(first.what), first.form_id) == (True, True, "hypertension_followup")
    assert of(village, "hypertension", "2026-12-09")[0] == ("first", Band.OVERDUE, "2026-12-08")
    assert state(village, who, "hypertension") == [(MembershipState.OPEN, TODAY, "")]


def test_two_stays_at_once_are_refused_in_words(village: Desk) -> None:
    """A second pregnancy begins when the first is closed, and not before the day of closing."""
    who = register(village, birth_date="1996-03-05")
    programmes.enrol(village, who, "maternal", "2026-05-01", {"lmp_date": "2026-03-20"}, frozenset())
    with pytest.raises(Problem) as refused:
        programmes.enrol(village, who, "maternal", TODAY, {"lmp_date": "2026-09-01"})
    assert refused.value.code == "MEMBERSHIP_OPEN"
    assert len(records.list_records(village, who, "programme_membership")) == 1
    programmes.close(village, who, "maternal", "pregnancy_ended", "2026-07-01")
    with pytest.raises(Problem, match="MEMBERSHIP_OPEN"):
        programmes.enrol(village, who, "maternal", "2026-06-30", {"lmp_date": "2026-05-01"})
    programmes.enrol(village, who, "maternal", TODAY, {"lmp_date": "2026-09-01"})
    assert state(village, who, "maternal", "2026-06-30")[0][0] is MembershipState.OPEN
    assert state(village, who, "maternal", "2026-08-01")[0][0] is MembershipState.CLOSED
    assert state(village, who, "maternal")[0][:2] == (MembershipState.OPEN, TODAY)
    assert village.vault.check().faults == ()


def test_refused_is_asked_again_next_year(village: Desk) -> None:
    """A refusal with its reason ends the question until 1 January (rules 3.9)."""
    who = register(village)
    programmes.refuse(village, who, "hypertension", "not_so")
    assert state(village, who, "hypertension")[0][0] is MembershipState.REFUSED
    assert state(village, who, "hypertension")[0][2]
    assert of(village, "hypertension") == []
    (again,) = lines(village, "2027-01-01", programmes=frozenset({"hypertension"}))
    assert (again.proposal, again.band, again.form_id) == (True, Band.FOUND, "programme_membership")
    with pytest.raises(Problem, match="ANSWERS_INVALID"):
        programmes.refuse(village, who, "diabetes2", "because")


def test_a_screening_is_put_off_with_its_reason(village: Desk) -> None:
    """First-time finding is dismissible; a reason of the form is asked for, and it comes back on 1 January."""
    who = register(village)
    (found,) = lines(village, programmes=frozenset({"screening_bp"}))
    assert (found.band, found.can_be_put_off) == (Band.FOUND, True)
    with pytest.raises(Problem, match="ANSWERS_INVALID"):
        programmes.refuse(village, who, "screening_bp", "because")
    for decision in ("1", "3"):
        with pytest.raises(Problem, match="ANSWERS_INVALID"):
            records.put_record(
                village,
                "programme_membership",
                who,
                {
                    "programme": "screening_bp",
                    "decision": decision,
                    "decision_date": TODAY,
                    "doctor_signature": "王秀兰",
                },
            )
    programmes.refuse(village, who, "screening_bp", "declined")
    assert of(village, "screening_bp") == of(village, "screening_bp", "2026-12-31") == []
    assert [name for name, _, _ in of(village, "screening_bp", "2027-01-01")] == ["measure"]
    assert village.vault.check().faults == ()


def test_a_screening_can_be_tried_for_in_vain(village: Desk) -> None:
    """F8 begins the note with the line's programme."""
    who = register(village)
    (found,) = lines(village, programmes=frozenset({"screening_bp"}))
    opening = due_forms.trying(found, TODAY)
    answers = {**opening.start, "method": "2", "result": "1", "doctor_signature": "王秀兰"}
    records.put_record(village, opening.form_id, who, answers)
    assert [line.attempts for line in lines(village, programmes=frozenset({"screening_bp"}))] == [1]


def test_closed_and_taken_back(village: Desk) -> None:
    """Closing changes the record that opened the stay; taking it back leaves the stay as it was."""
    who = register(village)
    with pytest.raises(Problem, match="MEMBERSHIP_NOT_OPEN"):
        programmes.close(village, who, "copd", "excluded")
    opened = programmes.enrol(village, who, "copd", "2026-10-01")
    closed = programmes.close(village, who, "copd", "excluded")
    assert closed.record.record_id == opened.record.record_id
    assert of(village, "copd") == []
    assert state(village, who, "copd")[0][0] is MembershipState.CLOSED
    programmes.reopen(village, who, "copd")
    assert state(village, who, "copd") == [(MembershipState.OPEN, "2026-10-01", "")]
    assert ("first", Band.OVERDUE, "2026-10-15") in of(village, "copd")
    with pytest.raises(Problem, match="MEMBERSHIP_NOT_CLOSED"):
        programmes.reopen(village, who, "copd")


def test_the_ages_stay_can_be_refused(village: Desk) -> None:
    """The elderly belong to their programme by age; somebody who refuses owes nothing until next year."""
    who = register(village, birth_date="1950-03-05")
    assert {band for _, band, _ in of(village, "elderly_65")} == {Band.YEAR}
    programmes.refuse(village, who, "elderly_65", "declined")
    assert of(village, "elderly_65") == []
    assert {line.proposal for line in lines(village, "2027-01-02", programmes=frozenset({"elderly_65"}))} == {True}


def test_nobody_is_in_a_programme_before_his_time(village: Desk) -> None:
    """What age opens some day neither hinders a decision nor can be closed yet."""
    who = register(village, birth_date="1975-05-20")
    with pytest.raises(Problem, match="MEMBERSHIP_NOT_OPEN"):
        programmes.close(village, who, "elderly_65", "declined")
    with pytest.raises(Problem) as asked:
        programmes.enrol(village, who, "elderly_65", TODAY)
    assert asked.value.code == "ANSWERS_UNSURE"
    assert {each.key for each in asked.value.findings} == {"elderly_only:programme"}  # type: ignore[attr-defined]


def test_a_pregnancy_of_years_ago_is_asked_about(village: Desk) -> None:
    """A year typed wrong would leave the worklist empty without a word."""
    who = register(village, birth_date="1996-03-05")
    with pytest.raises(Problem) as asked:
        programmes.enrol(village, who, "maternal", TODAY, {"lmp_date": "2025-09-01"})
    assert {each.key for each in asked.value.findings} == {"pregnancy_long_ago:lmp_date"}  # type: ignore[attr-defined]
    programmes.enrol(village, who, "maternal", TODAY, {"lmp_date": "2026-09-01"})


def test_a_programme_that_isnt_there(village: Desk) -> None:
    """Unknown programmes, days and people are named; nothing is written."""
    who = register(village)
    for act, code in (
        (lambda: programmes.enrol(village, who, "wonder"), "NO_SUCH_PROGRAMME"),
        (lambda: programmes.enrol(village, who, "screening_bp"), "NO_SUCH_PROGRAMME"),
        (lambda: programmes.enrol(village, SubjectId("x"), "copd"), "NO_SUCH_RESIDENT"),
        (lambda: programmes.enrol(village, who, "copd", "2026-02-30"), "DAY_INVALID"),
        (lambda: due.worklist(village, "soon"), "DAY_INVALID"),
        (lambda: lines(village, programmes=frozenset({"wonder"})), "NO_SUCH_PROGRAMME"),
        (lambda: due.worklist(village, within=-1), "WITHIN_INVALID"),
        (lambda: due.of_resident(village, SubjectId("x")), "NO_SUCH_RESIDENT"),
        (lambda: attempts.add(village, who, "9", "1"), "ANSWERS_INVALID"),
    ):
        with pytest.raises(Problem) as refused:
            act()
        assert refused.value.code == code
    assert records.list_records(village, who) == []


def test_three_times_in_vain_is_lost_until_reached(village: Desk) -> None:
    """Tried on three days in 90: the line moves to the lost ones; a telephone call that reaches brings it back."""
    who = register(village)
    programmes.enrol(village, who, "hypertension", "2026-11-01")
    assert attempts.add(village, who, "2", "1", "2026-11-10", half_day="am").lost == ()
    assert attempts.add(village, who, "1", "2", "2026-11-12").lost == ()
    tried = lines(village, "2026-11-13", programmes=frozenset({"hypertension"}))[0]
    assert (tried.band, tried.attempts, tried.last_attempt) == (Band.WEEK, 2, "2026-11-12")
    assert attempts.add(village, who, "2", "4", "2026-11-14", note="外出打工").lost == ("hypertension",)
    assert {band for _, band, _ in of(village, "hypertension", "2026-11-14")} == {Band.LOST}
    assert {band for _, band, _ in of(village, "hypertension", "2026-11-13")} == {Band.WEEK, Band.YEAR}
    attempts.add(village, who, "1", "5", "2026-11-20")
    assert {band for _, band, _ in of(village, "hypertension")} == {Band.OVERDUE, Band.YEAR}
    assert [row.event_date for row in attempts.history(village, who)] == [
        "2026-11-20",
        "2026-11-14",
        "2026-11-12",
        "2026-11-10",
    ]


def test_nothing_is_due_for_the_dead(village: Desk) -> None:
    """From the day of death on nothing is due; the days before are as they were; nobody dead is enrolled."""
    who = register(village, filing_date="2026-01-05", consent_date="2026-01-05")
    programmes.enrol(village, who, "hypertension", "2026-11-01")
    life_events.death(village, who, {"death_date": "2026-11-20", "death_cause": "脑出血"})
    assert [line for line in lines(village) if line.person.id == who] == []
    assert of(village, "hypertension", "2026-11-19") != []
    with pytest.raises(Problem, match="MEMBERSHIP_LEFT"):
        programmes.enrol(village, who, "copd")


_CHILD = {"birth_date": "2023-09-01", "relation_to_head": "20", "consent_by": "2", "guardian_name": "王小满"}


def test_filters_and_counts_agree(village: Desk) -> None:
    """Counts are those of the lines, whatever the filter; choices hold what occurs."""
    one = register(village, birth_date="1950-03-05", responsible_doctor="王大夫")
    two = register(village, **_CHILD, village_group="12组", responsible_doctor="李大夫")
    programmes.enrol(village, one, "hypertension", "2026-10-01")
    whole = due.worklist(village)
    assert {line.person.id for line in whole.lines} == {one, two}
    assert whole.total == len(whole.lines) == sum(whole.programmes.values())
    for band in Band:
        in_band = [line for line in whole.lines if line.band is band]
        assert (whole.counts[band].duties, whole.counts[band].people) == (
            len(in_band),
            len({line.person.id for line in in_band}),
        )
    assert {line.person.id for line in lines(village, doctor="李大夫")} == {two}
    assert {line.person.id for line in lines(village, village_group="12组")} == {two}
    overdue = due.worklist(village, where=DueFilter(bands=frozenset({Band.OVERDUE})))
    assert overdue.counts == whole.counts
    assert [line.band for line in overdue.lines] == [Band.OVERDUE] * overdue.total
    pages = [due.worklist(village, limit=2, offset=at).lines for at in range(0, whole.total, 2)]
    assert tuple(line for page in pages for line in page) == whole.lines
    choices = due.choices(village)
    assert choices.doctors == ("李大夫", "王大夫")
    assert "hypertension" in dict(choices.programmes)


def test_members_of_a_programme(village: Desk) -> None:
    """Who is in a programme on a day, in walking order, and how many."""
    one = register(village, current_address="和平村3组9号")
    two = register(village, name="王小雪", current_address="和平村3组12号")
    programmes.enrol(village, one, "hypertension", "2026-10-01")
    programmes.enrol(village, two, "hypertension", "2026-11-01")
    assert [each.person.id for each in programmes.members(village, "hypertension")] == [one, two]
    assert [each.person.id for each in programmes.members(village, "hypertension", day="2026-10-15")] == [one]
    figures = {each.id: each.people for each in programmes.programmes(village)}
    assert figures["hypertension"][MembershipState.OPEN] == 2
    assert figures["copd"][MembershipState.OPEN] == 0


def test_one_residents_care_says_what_when_and_why(village: Desk) -> None:
    """Open duties first, then what comes, then what was done."""
    who = register(village, birth_date="1950-03-05")
    programmes.enrol(village, who, "hypertension", "2026-10-01")
    care = due.of_resident(village, who)
    assert care.person.name == "王小满"
    assert {each.programme for each in care.memberships} == {"elderly_65", "hypertension"}
    assert care.duties[0].state is DutyState.OVERDUE
    assert all(each.what and each.why for each in care.duties)


def test_the_round_list(village: Desk) -> None:
    """Whom to visit, telephone, what, why: overdue and this week's only, unless asked for more."""
    who = register(village, birth_date="1950-03-05", phone="13900001234")
    programmes.enrol(village, who, "hypertension", "2026-10-01")

    def told(**where: object) -> str:
        pages = round_list.pages(village, where=DueFilter(**where))  # type: ignore[arg-type]
        return "".join(op.text for page in pages for op in page.ops if isinstance(op, Text))

    pressing = told()
    assert [word for word in ("王小满", "13900001234", "3组12号") if word not in pressing] == []
    assert "中医" not in pressing
    assert "中医" in told(bands=frozenset({Band.YEAR}))
    assert "王小满" not in told(village_group="没有")


def test_a_setting_goes_down_and_changes_what_is_due(pair: Pair) -> None:
    """The township gives a month for the first visit: the village hears of it with the next bundle, forms do too."""
    who = register(pair.village)
    programmes.enrol(pair.village, who, "hypertension", TODAY)
    with pytest.raises(Problem, match="SETTING_FROM_ABOVE"):
        programme_settings.set_setting(pair.village, "first_visit_days", "30")
    for value in ("x", "-1", "5000"):
        with pytest.raises(Problem, match="SETTING_VALUE"):
            programme_settings.set_setting(pair.township, "first_visit_days", value)
    with pytest.raises(Problem, match="NO_SUCH_SETTING"):
        programme_settings.set_setting(pair.township, "wonder", "1")
    line = programme_settings.set_setting(pair.township, "first_visit_days", "30")
    assert line.value == 30
    later = programme_settings.set_setting(pair.township, "first_visit_days", "10", "2027-01-01")
    assert (later.value, later.later) == (30, (("2027-01-01", 10),))
    assert of(pair.village, "hypertension")[0][2] == "2026-12-08"
    pair.carry()
    assert of(pair.village, "hypertension")[0][2] == "2026-12-24"
    assert of(pair.township, "hypertension")[0][2] == "2026-12-24"
    for desk in (pair.village, pair.township):
        values = {each.setting.id: each.value for each in programme_settings.settings(desk)}
        assert values["first_visit_days"] == 30
        assert desk.vault.check().faults == ()
    entry = records.open_entry(pair.village, "hypertension_followup", who)
    assert entry.context.settings == {"first_visit_days": 30}
    assert entry.context.programmes["hypertension"]["state"] == "open"


def test_a_banners_word_goes_before_and_reaches_the_village_over_the_township(pair: Pair, tmp_path: Path) -> None:
    """What the banner set, the township passes on; a village that is enrolled later learns all of it."""
    banner = new_station(pair.village.bench, tmp_path / "banner", "banner", "150421")
    programme_settings.set_setting(pair.township, "first_visit_days", "30")
    programme_settings.set_setting(pair.township, "recall_days", "10")
    programme_settings.set_setting(banner, "first_visit_days", "7")
    enrol(pair.township, banner)
    down, _ = dispatch.send(banner, pair.township.station.id, tmp_path / "stick")
    receipts.apply(pair.township, down.read_bytes())

    def values(desk: Desk) -> tuple[object, object]:
        found = {each.setting.id: each.value for each in programme_settings.settings(desk)}
        return found["first_visit_days"], found["recall_days"]

    assert values(pair.township) == (7, 10)
    down, _ = dispatch.send(pair.township, pair.village.station.id, tmp_path / "stick")
    receipts.apply(pair.village, down.read_bytes())
    assert values(pair.village) == (7, 10)
    late = new_station(pair.village.bench, tmp_path / "late", "village", "150421204204")
    enrol(late, pair.township)
    down, _ = dispatch.send(pair.township, late.station.id, tmp_path / "stick")
    receipts.apply(late, down.read_bytes())
    assert values(late) == (7, 10)
    assert late.vault.check().faults == ()


def test_the_township_sees_all_villages_and_a_merged_folder_once(pair: Pair) -> None:
    """The archivist's worklist over the villages, by village."""
    who = register(pair.village)
    programmes.enrol(pair.village, who, "hypertension", TODAY)
    pair.carry()
    assert {line.person.id for line in lines(pair.township, programmes=frozenset({"hypertension"}))} == {who}
    assert lines(pair.township, station_id=pair.village.station.id) != []
    with pytest.raises(Problem, match="NO_SUCH_STATION"):
        lines(pair.township, station_id="0" * 32)
    pages = round_list.pages(pair.township)
    assert HOUSEHOLD["address"] in "".join(op.text for page in pages for op in page.ops if isinstance(op, Text))
    assert due.choices(pair.township).stations == ((pair.village.station.id, "和平村卫生室"),)
    assert pair.township.vault.check().faults == ()


def test_who_may(village: Desk) -> None:
    """An assessor reads the worklist and decides nothing."""
    from jiandang_desktop.domain.staff import Role
    from jiandang_desktop.services import staff

    who = register(village)
    member = staff.add_staff(village, "考核员", frozenset({Role.ASSESSOR}), "correct horse 2")
    assessor = Desk(village.bench, village.vault, member, village.station)
    assert due.worklist(assessor).total >= 0
    for act in (
        lambda: programmes.enrol(assessor, who, "copd"),
        lambda: programmes.refuse(assessor, who, "copd", "not_so"),
        lambda: programmes.close(assessor, who, "copd", "excluded"),
        lambda: programmes.reopen(assessor, who, "copd"),
        lambda: attempts.add(assessor, who, "1", "1"),
        lambda: round_list.pages(assessor),
    ):
        with pytest.raises(Problem, match="NOT_ALLOWED"):
            act()


@dataclasses.dataclass
class _Calendar:
    """A clock that stands at noon of a day that the test turns."""

    day: str = TODAY

    def now(self) -> datetime:
        return datetime.fromisoformat(f"{self.day}T12:00:00+08:00")

    def today(self) -> date:
        return self.now().date()


def test_a_setting_for_later_holds_from_the_first_opening_on_its_day(tmp_path: Path) -> None:
    """Duties are worked out again when the vault is opened on the day or later; until then they are as they were."""
    clock = _Calendar()
    bench = make_workbench(clock=clock)
    village = new_station(bench, tmp_path / "village", "village", "150421204203")
    township = new_station(bench, tmp_path / "township", "township", "150421204")
    enrol(village, township)
    who = register(village)
    programmes.enrol(village, who, "hypertension", TODAY)
    programme_settings.set_setting(township, "first_visit_days", "30", "2026-12-01")
    down, _ = dispatch.send(township, village.station.id, tmp_path)
    receipts.apply(village, down.read_bytes())
    assert of(village, "hypertension")[0][2] == "2026-12-08"
    for day, closes in (("2026-11-30", "2026-12-08"), ("2026-12-01", "2026-12-24"), ("2026-12-02", "2026-12-24")):
        clock.day = day
        village = reopen(village)
        assert of(village, "hypertension")[0][2] == closes
        assert village.vault.check().faults == ()
        asked = records.open_entry(village, "personal_info", who).context.settings
        assert asked == ({"first_visit_days": 30} if day >= "2026-12-01" else {})
    village.vault.close()
    township.vault.close()


def test_a_first_visit_without_any_diagnosis_is_asked_about_once(village: Desk) -> None:
    """Words at the day of the visit, nothing kept; confirmed it opens the programme, and the next visit isn't asked."""
    who = register(village)
    visit = {**URGENT, "visit_date": "2026-11-20", "systolic_bp": 128, "diastolic_bp": 82, "symptoms": ["1"]}
    visit |= {"visit_classification": "1", "next_visit_date": "2027-02-18", "doctor_signature": "王秀兰"}
    with pytest.raises(Problem) as asked:
        records.put_record(village, "hypertension_followup", who, visit)
    keys = frozenset(each.key for each in asked.value.findings)  # type: ignore[attr-defined]
    assert keys == {"known_illness:visit_date"}
    assert records.list_records(village, who) == []
    records.put_record(village, "hypertension_followup", who, visit, confirmed=keys)
    assert state(village, who, "hypertension")[-1][:2] == (MembershipState.OPEN, "2026-11-20")
    later = {**visit, "visit_date": "2026-11-23", "next_visit_date": "2027-02-21"}
    assert records.put_record(village, "hypertension_followup", who, later).record.complete
    (first,) = (each for each in records.list_records(village, who) if each.event_date == "2026-11-20")

    def correct(**changes: object) -> None:
        records.put_record(village, "hypertension_followup", who, {**visit, **changes}, first.record_id)

    correct(systolic_bp=130)
    with pytest.raises(Problem) as again:
        correct(visit_date="2026-11-19")
    assert {each.key for each in again.value.findings} == keys  # type: ignore[attr-defined]
    with pytest.raises(Problem) as rare:
        correct(systolic_bp=88, diastolic_bp=60)
    assert {each.key for each in rare.value.findings} == {"unusual:systolic_bp"}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("day", "refer"), [("2026-09-20", False), ("2026-10-10", True), ("2026-10-20", False), ("2026-11-01", False)]
)
def test_a_visit_filled_in_late_is_judged_by_the_one_before_its_day(village: Desk, day: str, refer: bool) -> None:
    """连续两次控制不满意 is about the visits' days, not the order in which paper slips are keyed."""
    who = register(village)
    uncontrolled = {**URGENT, "systolic_bp": 152, "diastolic_bp": 94, "doctor_signature": "王秀兰"}
    controlled = {**uncontrolled, "systolic_bp": 128, "diastolic_bp": 82}

    def file(visit: dict[str, Any], on: str) -> set[str]:
        """File a visit with what the form proposes for it; what it asked, at least about the headache."""
        entry = records.open_entry(village, "hypertension_followup", who)
        answers = {**visit, "visit_date": on}
        whole = {**records.filled_in(answers, entry, {item.id for item in entry.form.fields()}), **answers}
        with pytest.raises(Problem) as asked:
            records.file_record(village, entry, whole)
        keys = frozenset(each.key for each in asked.value.findings)  # type: ignore[attr-defined]
        records.file_record(village, entry, whole, keys)
        return set(keys)

    programmes.enrol(village, who, "hypertension", "2026-09-01")
    file(uncontrolled, "2026-10-01")
    file(controlled, "2026-10-20")
    assert ("referral_owed:referral_reason" in file(uncontrolled, day)) is refer
