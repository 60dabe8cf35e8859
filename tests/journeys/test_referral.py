"""Referrals and consultations between a village and its township: asked, seen, answered, home (R7, issue 5)."""

import subprocess
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from tests.urgent_visit import URGENT

from jiandang_desktop.bootstrap import make_workbench
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import RecordId, StationId, SubjectId
from jiandang_desktop.programmes.duties import DutyState
from jiandang_desktop.services import (
    dispatch,
    due,
    due_forms,
    folders,
    life_events,
    moving,
    receipts,
    records,
    referrals,
    referring,
    sign_in,
    stations,
)
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.due import DueFilter
from jiandang_desktop.services.records import Filed
from jiandang_desktop.services.referrals import Slip, SlipState

from .conftest import PASSWORD, Pair, Trio, enrol, new_station, register

CHINA = timezone(timedelta(hours=8))
VISITED = "2026-11-24"
VISIT: dict[str, Any] = {
    "visit_date": VISITED,
    **URGENT,
    "visit_method": "2",
    "medications": [{"drug_name": "硝苯地平控释片", "times_per_day": 1, "dose_each": "30mg"}],
    "doctor_signature": "王秀兰",
}
ANSWER = {
    "record_no": "ZY2026112801",
    "return_date": "2026-11-28",
    "diagnosis": "高血压3级，很高危",
    "main_results": "心电图：左室高电压。",
    "treatment_and_advice": "加用缬沙坦80mg每日1次，两周后复查血压。",
    "returning_doctor_phone": "0471-6000000",
}


class Calendar:
    """A clock whose day a test sets."""

    def __init__(self) -> None:
        self.day = date.fromisoformat(VISITED)

    def now(self) -> datetime:
        return datetime(self.day.year, self.day.month, self.day.day, 12, tzinfo=CHINA)

    def today(self) -> date:
        return self.day

    def go_to(self, day: str) -> None:
        self.day = date.fromisoformat(day)


@pytest.fixture
def calendar() -> Calendar:
    return Calendar()


@pytest.fixture
def pair(calendar: Calendar, tmp_path: Path) -> Iterator[Pair]:
    bench = make_workbench(clock=calendar)
    village = new_station(bench, tmp_path / "village", "village", "150421204203")
    new = stations.NewStation("township", "红星镇卫生院", "150421204", "李建国", PASSWORD)
    township = stations.create_station(bench, tmp_path / "township", new).desk
    enrol(village, township)
    stick = tmp_path / "stick"
    stick.mkdir()
    yield Pair(village, township, stick)
    for desk in (village, township):
        sign_in.lock(desk)


def come_down(pair: Pair) -> receipts.ReceiptApplied:
    """What the township wrote goes home on the stick."""
    path, _ = dispatch.send(pair.township, StationId(pair.village.station.id), pair.stick)
    return receipts.apply(pair.village, path.read_bytes())


def surely(desk: Desk, form_id: str, resident: SubjectId, answers: dict[str, Any]) -> Filed:
    """File a form with what it proposes, confirming what is rare."""
    entry = records.open_entry(desk, form_id, resident)
    whole = {**records.filled_in(answers, entry, {item.id for item in entry.form.fields()}), **answers}
    try:
        return records.file_record(desk, entry, whole)
    except Problem as problem:
        sure = frozenset(finding.key for finding in problem.findings)
        return records.file_record(desk, entry, whole, sure)


def refer(desk: Desk, visit: RecordId) -> Slip:
    """One action: the slip with what is known; the doctor adds the telephone and files it."""
    entry = referring.begin(desk, visit)
    typed = {"doctor_phone_out": "13900000090", "past_history": "高血压5年。"}
    filed = records.file_record(desk, entry, {**entry.answers, **typed})
    return referrals.show(desk, filed.record.record_id)


def text_of(desk: Desk, record_id: RecordId, folder: Path) -> str:
    """The printed form, read back from its PDF, without blanks."""
    pages = folders.record_pages(desk, record_id)
    file = folder / "slip.pdf"
    file.write_bytes(folders.write_pdf(desk, pages, "slip"))
    done = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, check=True)
    return "".join(done.stdout.decode().split())


def asked(desk: Desk, resident: SubjectId) -> dict[tuple[str, str], tuple[DutyState, str]]:
    """What today's worklist asks for somebody: programme and duty, how it stands, the last day for it."""
    lines = due.worklist(desk, where=DueFilter(resident_id=resident)).lines
    return {(line.programme, line.id): (line.state, line.closes) for line in lines if not line.proposal}


def ill(desk: Desk) -> SubjectId:
    return register(desk, phone="13900000021", current_address="和平村3组12号")


def test_from_182_114_to_controlled(pair: Pair, calendar: Calendar, tmp_path: Path) -> None:
    """Visit, class, urgent referral, slip on paper, bundle, answer, bundle home, follow-up due, done, controlled."""
    village, township = pair.village, pair.township
    resident = ill(village)
    pair.carry()

    visit = surely(village, "hypertension_followup", resident, VISIT).record
    assert visit.answers["visit_classification"] == "2"
    assert visit.answers["next_visit_date"] == "2026-12-08"
    proposed = referring.proposal(village, visit.record_id)
    assert proposed is not None
    assert (proposed.urgent, proposed.written, proposed.slip) == (True, False, None)
    assert "180/110" in proposed.reasons[0]

    assert asked(village, resident)["hypertension", "recall"] == (DutyState.DUE, "2026-12-08")

    slip = refer(village, visit.record_id)
    assert slip.state is SlipState.ISSUED
    assert (slip.asked_on, slip.answer_by) == (VISITED, "2026-12-08")
    assert slip.to == township.station.name
    answers = slip.record.answers
    assert answers["initial_impression"] == "高血压，控制不满意"
    assert "血压182/114 mmHg" in answers["present_illness"]
    assert "硝苯地平控释片每日1次，每次30mg" in answers["treatment_course"]
    again = referring.proposal(village, visit.record_id)
    assert again is not None
    assert again.slip == slip.record.record_id

    paper = text_of(village, slip.record.record_id, tmp_path)
    assert "存根（转出）" in paper
    assert "双向转诊（转出）单" in paper
    assert "血压182/114mmHg" in paper
    assert "回转" not in paper, "nobody has turned back yet"

    pair.carry()
    record_id = slip.record.record_id
    assert referrals.show(village, record_id).state is SlipState.RECEIVED
    (waiting,) = referrals.listing(township)
    assert (waiting.record.record_id, waiting.state, waiting.overdue) == (record_id, SlipState.RECEIVED, False)

    calendar.go_to("2026-11-25")
    assert referrals.accept(township, record_id).state is SlipState.ACCEPTED
    come_down(pair)
    assert referrals.show(village, record_id).state is SlipState.ACCEPTED

    calendar.go_to("2026-11-28")
    answered = referrals.answer(township, record_id, ANSWER)
    assert answered.state is SlipState.ANSWERED
    assert answered.record.answers["back_to_institution"] == village.station.name
    assert answered.record.answers["returning_institution"] == township.station.name
    come_down(pair)
    home = referrals.show(village, record_id)
    assert (home.state, home.result, home.answered_on) == (SlipState.HOME, ANSWER["diagnosis"], "2026-11-28")
    assert "双向转诊（回转）单" in text_of(village, record_id, tmp_path)
    assert referrals.counts(village) == referrals.Counts(waiting=0, overdue=0, fresh=1)

    # What became of the patient is known; within two weeks he is seen again.
    assert asked(village, resident)["hypertension", "recall"] == (DutyState.DUE, "2026-12-12")
    assert ("referral", "answer") not in asked(village, resident)
    calendar.go_to("2026-12-13")
    assert asked(village, resident)["hypertension", "recall"] == (DutyState.OVERDUE, "2026-12-12")

    # The township learns that the answer arrived with the village's next bundle.
    assert referrals.show(township, record_id).state is SlipState.ANSWERED
    calendar.go_to("2026-12-08")
    better = {**VISIT, "visit_date": "2026-12-08", "systolic_bp": 128, "diastolic_bp": 82, "symptoms": ["1"]}
    visit = surely(village, "hypertension_followup", resident, better).record
    assert visit.answers["visit_classification"] == "1"
    assert referring.proposal(village, visit.record_id) is None
    assert ("hypertension", "recall") not in asked(village, resident), "done, and controlled"
    pair.carry()
    assert referrals.show(township, record_id).state is SlipState.HOME
    assert ("hypertension", "recall") not in asked(township, resident)
    assert village.vault.check().faults == township.vault.check().faults == ()


@pytest.mark.parametrize(("day", "overdue"), [("2026-12-08", False), ("2026-12-09", True)])
def test_an_answer_is_overdue_at_both_ends_after_14_days(
    pair: Pair, calendar: Calendar, day: str, overdue: bool
) -> None:
    """RF02: more than 14 days without an answer."""
    resident = ill(pair.village)
    visit = surely(pair.village, "hypertension_followup", resident, VISIT).record
    slip = refer(pair.village, visit.record_id)
    pair.carry()
    calendar.go_to(day)
    for desk in (pair.village, pair.township):
        (found,) = referrals.listing(desk)
        assert (found.record.record_id, found.overdue) == (slip.record.record_id, overdue)
        assert referrals.counts(desk).overdue == int(overdue)
        state = asked(desk, resident)["referral", "answer"][0]
        assert (state is DutyState.OVERDUE) is overdue, "the worklist says the same"


def test_a_result_learnt_by_telephone_ends_the_waiting(pair: Pair, calendar: Calendar) -> None:
    """RF02, D20: what became of it counts, however it was learnt."""
    visit = surely(pair.village, "hypertension_followup", ill(pair.village), VISIT).record
    slip = refer(pair.village, visit.record_id)
    calendar.go_to("2026-12-20")
    told = {"tracked_date": "2026-12-20", "tracked_result": "旗医院住院一周，好转出院。"}
    records.change_record(pair.village, slip.record.record_id, told)
    assert referrals.show(pair.village, slip.record.record_id).state is SlipState.TRACKED
    assert referrals.counts(pair.village).waiting == 0


def test_nobody_waits_for_the_dead(pair: Pair, calendar: Calendar) -> None:
    resident = ill(pair.village)
    visit = surely(pair.village, "hypertension_followup", resident, VISIT).record
    slip = refer(pair.village, visit.record_id)
    calendar.go_to("2026-12-20")
    assert referrals.counts(pair.village).overdue == 1
    life_events.death(pair.village, resident, {"death_date": "2026-12-01", "death_cause": "脑出血"})
    assert referrals.show(pair.village, slip.record.record_id).state is SlipState.ENDED
    assert referrals.counts(pair.village) == referrals.Counts(waiting=0, overdue=0, fresh=0)


def test_changes_on_both_sides_are_joined(pair: Pair, calendar: Calendar) -> None:
    """The village corrects the slip while the township answers: neither is lost, nobody has to decide."""
    visit = surely(pair.village, "hypertension_followup", ill(pair.village), VISIT).record
    slip = refer(pair.village, visit.record_id)
    pair.carry()
    calendar.go_to("2026-11-28")
    record_id = slip.record.record_id
    referrals.answer(pair.township, record_id, ANSWER)
    records.change_record(pair.village, record_id, {"past_history": "高血压8年。"})
    come_down(pair)
    beside = referrals.show(pair.village, record_id)
    assert len(beside.record.heads) == 2
    assert beside.state is SlipState.HOME, "the answer is here, whatever is still to be joined"
    pair.carry()
    joined = referrals.show(pair.village, record_id).record
    assert len(joined.heads) == 1
    assert joined.answers["diagnosis"] == ANSWER["diagnosis"]
    assert joined.answers["past_history"] == "高血压8年。"


def test_a_consultation_is_asked_and_answered(pair: Pair, calendar: Calendar) -> None:
    resident = ill(pair.village)
    request = {
        "reason": "血压波动大，请会诊。",
        "requested_from": pair.township.station.name,
        "requested_date": VISITED,
        "responsible_doctor": "王秀兰",
    }
    filed = records.put_record(pair.village, "consultation_record", resident, request).record
    assert referrals.show(pair.village, filed.record_id).state is SlipState.ISSUED
    pair.carry()
    calendar.go_to("2026-11-30")
    (waiting,) = referrals.listing(pair.township, "consultation")
    assert waiting.about == request["reason"]
    with pytest.raises(Problem, match="ANSWERS_INVALID"):
        referrals.answer(pair.township, filed.record_id, {"opinion": "加用利尿剂。"})
    opinion = {
        "opinion": "加用利尿剂。",
        "consultants": [{"institution": "红星镇卫生院", "doctor_signature_1": "李建国"}],
        "consultation_date": "2026-11-30",
    }
    assert referrals.answer(pair.township, filed.record_id, opinion).state is SlipState.ANSWERED
    come_down(pair)
    home = referrals.show(pair.village, filed.record_id)
    assert (home.state, home.result) == (SlipState.HOME, "加用利尿剂。")


def test_what_never_waited_is_no_slip(pair: Pair) -> None:
    """A consultation on the spot, a patient whom a hospital sends back by itself."""
    resident = ill(pair.village)
    spot = {
        "reason": "血压波动大。",
        "opinion": "加用利尿剂。",
        "consultants": [{"institution": "红星镇卫生院", "doctor_signature_1": "李建国"}],
        "responsible_doctor": "王秀兰",
        "consultation_date": VISITED,
    }
    filed = records.put_record(pair.village, "consultation_record", resident, spot).record
    assert referrals.listing(pair.village) == []
    with pytest.raises(Problem, match="NO_SUCH_SLIP"):
        referrals.show(pair.village, filed.record_id)


def test_bad_days_change_nothing(pair: Pair) -> None:
    visit = surely(pair.village, "hypertension_followup", ill(pair.village), VISIT).record
    record_id = refer(pair.village, visit.record_id).record.record_id
    pair.carry()
    before = pair.township.vault.check().content
    for day in ("2026-11-23", "2026-11-25", "gestern"):
        with pytest.raises(Problem, match="ANSWERS_INVALID"):
            referrals.accept(pair.township, record_id, day)
    assert pair.township.vault.check().content == before


def test_only_some_forms_lead_to_a_referral(pair: Pair) -> None:
    resident = ill(pair.village)
    talk = {"subjective": "胸痛2小时", "objective": "血压100/60", "assessment": "冠心病？", "plan": "阿司匹林300mg嚼服"}
    visit = surely(pair.village, "encounter_record", resident, talk).record
    assert referring.proposal(pair.village, visit.record_id) is None
    answers = referring.begin(pair.village, visit.record_id).answers
    assert answers["initial_impression"] == "冠心病？"
    assert answers["present_illness"] == "胸痛2小时，血压100/60"
    slip = refer(pair.village, visit.record_id)
    with pytest.raises(Problem, match="NO_REFERRAL_FROM"):
        referring.begin(pair.village, slip.record.record_id)


def test_a_suspect_of_tuberculosis_is_asked_after_within_a_week(pair: Pair, calendar: Calendar) -> None:
    """Tuberculosis service: suspects who were referred are telephoned within a week."""
    resident = ill(pair.village)
    talk = {"subjective": "咳嗽咳痰3周", "objective": "消瘦", "assessment": "肺结核？", "plan": "无"}
    visit = surely(pair.village, "encounter_record", resident, talk).record
    slip = refer(pair.village, visit.record_id)
    assert slip.answer_by == "2026-12-01"
    calendar.go_to("2026-12-02")
    assert referrals.show(pair.village, slip.record.record_id).days_late == 1


def test_whoever_moves_takes_the_slip_along(trio: Trio) -> None:
    """The old village waits for nobody whom it doesn't keep any more; the answer goes to the new one."""
    resident = ill(trio.first)
    visit = surely(trio.first, "hypertension_followup", resident, VISIT).record
    record_id = refer(trio.first, visit.record_id).record.record_id
    trio.up(trio.first)
    with trio.township.vault.read() as reader:
        row = reader.resident(resident)
    assert row is not None
    address = {"address": "安乐村1组2号", "village_group": "1"}
    second = StationId(trio.second.station.id)
    moving.move_household(trio.township, SubjectId(row.household_id), second, address)
    trio.down(trio.first)
    trio.down(trio.second)
    assert referrals.listing(trio.first) == []
    assert [slip.record.record_id for slip in referrals.listing(trio.second)] == [record_id]
    referrals.answer(trio.township, record_id, {**ANSWER, "return_date": VISITED})
    trio.down(trio.second)
    assert referrals.show(trio.second, record_id).state is SlipState.HOME


def test_a_slip_can_be_asked_about_in_vain(pair: Pair, calendar: Calendar) -> None:
    """F8 begins the note with the line's programme."""
    village = pair.village
    who = ill(village)
    refer(village, surely(village, "hypertension_followup", who, VISIT).record.record_id)
    calendar.go_to("2026-12-05")
    slips = DueFilter(programmes=frozenset({"referral"}), resident_id=who)
    (line,) = due.worklist(village, where=slips).lines
    opening = due_forms.trying(line, "2026-12-05")
    answers = {**opening.start, "method": "2", "result": "1", "doctor_signature": "王秀兰"}
    records.put_record(village, opening.form_id, who, answers)
    assert [each.attempts for each in due.worklist(village, where=slips).lines] == [1]


def test_a_screening_of_190_over_115_is_referred_at_once(pair: Pair) -> None:
    """筛查 and the emergency of 随访评估: who isn't known as a patient yet is referred, too, to be confirmed."""
    village, who = pair.village, ill(pair.village)
    high = {"measured_on": VISITED, "systolic_bp": 190, "diastolic_bp": 115, "doctor_signature": "王秀兰"}
    check = surely(village, "blood_pressure_check", who, high).record.record_id
    proposed = referring.proposal(village, check)
    assert proposed is not None
    assert proposed.urgent
    entry = referring.begin(village, check)
    assert "190/115" in entry.answers["present_illness"]
    typed = {"doctor_phone_out": "13900000090", "past_history": "无", "treatment_course": "卧床休息"}
    slip = records.file_record(village, entry, {**entry.answers, **typed}).record.record_id
    assert referrals.show(village, slip).about == "血压高，待确诊"
    assert asked(village, who)["screening_bp", "again"][1] == "2026-12-08"
    lower = {**high, "systolic_bp": 178, "diastolic_bp": 108}
    assert referring.proposal(village, surely(village, "blood_pressure_check", who, lower).record.record_id) is None
