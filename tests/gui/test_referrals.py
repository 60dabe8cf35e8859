"""Referrals through the real window: from the visit to the slip, the township's answer, and home again."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from tests.urgent_visit import URGENT

from jiandang_desktop.domain.records import StationId, SubjectId
from jiandang_desktop.gui.forms.form_page import FormPage
from jiandang_desktop.gui.pages.referrals import ReferralsPage
from jiandang_desktop.gui.pages.resident import ResidentPage
from jiandang_desktop.gui.pages.worklist import WorklistPage
from jiandang_desktop.programmes.bands import Band
from jiandang_desktop.services import (
    dispatch,
    due,
    enrolment,
    intake,
    receipts,
    records,
    referrals,
    registry,
    submission,
)
from jiandang_desktop.services.due import DueFilter
from jiandang_desktop.services.referrals import SlipState

from .window_desk import Shown, close, show_window, township, village

PERSON = {
    "name": "艾力库尔班江·买买提·阿不都热合曼·吐尔逊尼亚孜",
    "sex": "1",
    "birth_date": "1962-03-05",
    "no_id_reason": "4",
    "id_type": "99D",
    "ethnicity": "05",
    "relation_to_head": "02",
    "residence_type": "1",
    "filing_source": "1",
    "consent": "1",
    "consent_by": "1",
    "phone": "13900000021",
    "current_address": "和平村3组12号",
}
VISIT: dict[str, Any] = {
    **URGENT,
    "visit_classification": "2",
    "doctor_signature": "李卫东",
}


@pytest.fixture
def pair(qtbot: Any, tmp_path: Path) -> Iterator[tuple[Shown, Shown]]:
    """A village's and a township's window; the stations know each other."""
    lower = show_window(qtbot, tmp_path / "village", station=village())
    upper = show_window(qtbot, tmp_path / "township", station=township())
    request = lower.ask(enrolment.request)
    answer = upper.ask(lambda desk: enrolment.approve(desk, request.data))
    lower.ask(lambda desk: enrolment.accept(desk, answer.data))
    yield lower, upper
    close(lower)
    close(upper)


def up(lower: Shown, upper: Shown, stick: Path) -> None:
    path = lower.ask(lambda desk: submission.export(desk, stick)).path
    archived = upper.ask(lambda desk: intake.archive(desk, intake.plan(desk, path.read_bytes())))
    lower.ask(lambda desk: receipts.apply(desk, archived.receipt))


def bring_to_front(shown: Shown) -> None:
    shown.window.activateWindow()
    shown.qtbot.waitUntil(shown.window.isActiveWindow, timeout=5_000)


def fill(shown: Shown, answers: dict[str, Any]) -> FormPage:
    """Type into the form that is open."""
    page = shown.page()
    assert isinstance(page, FormPage)
    assert page.panel is not None
    page.panel.set_answers({**page.panel.answers(), **answers})
    page.panel.judge()
    return page


def test_from_182_114_to_controlled(pair: tuple[Shown, Shown], qtbot: Any, tmp_path: Path) -> None:
    lower, upper = pair
    stick = tmp_path / "stick"
    stick.mkdir()
    today = lower.session.bench.clock.today()
    ten_days_ago = today - timedelta(days=10)

    def settle_in(desk: Any) -> SubjectId:
        household = registry.add_household(desk, {"address": "和平村3组12号"})
        since = {"consent_date": "2020-01-05", "filing_date": "2020-01-05"}
        return registry.add_resident(desk, household.id, {**PERSON, **since}).id

    resident = lower.ask(settle_in)
    workplace = lower.window.workplace
    assert workplace is not None

    # The visit ten days ago, keyed in today: filed with F2, the rare values confirmed; the window offers the slip.
    workplace.open_resident(resident)
    lower.settle()
    workplace.open_form("hypertension_followup", resident, None)
    lower.settle()
    again = {"visit_date": ten_days_ago.isoformat(), "next_visit_date": (today + timedelta(days=4)).isoformat()}
    visit = fill(lower, {**VISIT, **again})
    lower.click("form_file")
    visit.confirm.confirmed.emit()
    lower.settle()
    folder = lower.page()
    assert isinstance(folder, ResidentPage)
    assert "紧急转诊" in folder.message.text.text()
    lower.click("resident_message_action")

    # The slip: what is known stands there; two things are typed.
    form = fill(lower, {"doctor_phone_out": "13900000090", "past_history": "高血压5年。"})
    assert form.entry is not None
    assert form.panel.answers()["initial_impression"] == "高血压，控制不满意"
    assert form.panel.answers()["to_institution"] == "海东路卫生院"
    lower.click("form_file")
    folder = lower.page()
    assert isinstance(folder, ResidentPage)
    assert folder.message.action.text() == "打印转诊单"
    lower.click("resident_message_action")
    assert lower.page().objectName() == "printing"
    up(lower, upper, stick)

    # The township: seen, answered, on the same record.
    bring_to_front(upper)
    upper.click("rail_referrals")
    slips = upper.page()
    assert isinstance(slips, ReferralsPage)
    assert slips.model.row(0).resident.name == PERSON["name"]
    upper.click("referrals_accept")
    assert "登记" in slips.message.text.text()
    upper.click("referrals_answer")
    answer = fill(
        upper,
        {
            "record_no": "ZY1",
            "diagnosis": "高血压3级",
            "main_results": "心电图正常",
            "treatment_and_advice": "加用缬沙坦，两周后复查。",
            "returning_doctor_phone": "0471-6000000",
        },
    )
    assert answer.panel.answers()["back_to_institution"] == "和平村卫生室"
    assert answer.panel.place() == "record_no"
    upper.click("form_file")
    assert upper.page() is slips, "back to the list one came from"
    upper.click("referrals_answered")
    assert slips.model.row(0).state is SlipState.ANSWERED

    # Home by bundle: the home page says so, the list shows it.
    station = lower.session.desk.station.id
    path, _ = upper.ask(lambda desk: dispatch.send(desk, StationId(station), stick))
    lower.ask(lambda desk: receipts.apply(desk, path.read_bytes()))
    bring_to_front(lower)
    lower.click("rail_worklist")
    assert "新收到 1 份回复" in lower.find("referral_notice_words").text()
    lower.click("referral_notice_open")
    lower.click("referrals_answered")
    page = lower.page()
    assert isinstance(page, ReferralsPage)
    assert page.model.row(0).state is SlipState.HOME
    assert "加用缬沙坦" in lower.find("referrals_told").text()
    lower.press(Qt.Key.Key_Escape)

    # The follow-up that is due: Enter opens it, filed it is done and controlled.
    work = lower.page()
    assert isinstance(work, WorklistPage)
    lower.click(f"band_{Band.WEEK}")
    line = work.due_rows.row(0)
    assert (line.programme, line.person.id) == ("hypertension", resident)
    work.due_table.choose_row(0)
    work.due_table.enter()
    lower.press(Qt.Key.Key_Return)
    better = {**VISIT, "systolic_bp": 128, "diastolic_bp": 82, "symptoms": ["1"], "visit_classification": "1"}
    better |= {"visit_date": today.isoformat(), "next_visit_date": (today + timedelta(days=80)).isoformat()}
    visit = fill(lower, better)
    assert visit.entry is not None
    assert visit.entry.form.id == "hypertension_followup"
    lower.click("form_file")
    if visit.confirm.isVisible():
        visit.confirm.confirmed.emit()
        lower.settle()
    assert lower.page() is work
    asked = lower.ask(lambda desk: due.worklist(desk, where=DueFilter(programmes=frozenset({"hypertension"}))))
    assert [each.id for each in asked.lines if each.band in (Band.OVERDUE, Band.WEEK)] == []


def issue(desk: Any, day: str) -> None:
    """Somebody is referred to a hospital on a day."""
    household = registry.add_household(desk, {"address": "和平村3组12号"})
    known = {**PERSON, "consent_date": day, "filing_date": day}
    resident = registry.add_resident(desk, household.id, known)
    entry = records.open_entry(desk, "two_way_referral", resident.id)
    typed = {
        "referral_date": day,
        "initial_impression": "胸痛待查",
        "present_illness": "胸痛2小时",
        "past_history": "无",
        "treatment_course": "吸氧",
        "doctor_phone_out": "13900000090",
        "to_institution": "旗人民医院",
    }
    sections = desk.bench.slips.referral.out
    out = {item.id for part in entry.form.sections if part.id in sections for item in part.fields}
    answers = {**typed, **records.filled_in(typed, entry, out)}
    records.file_record(desk, entry, answers)


def test_a_result_is_noted_by_telephone(pair: tuple[Shown, Shown]) -> None:
    """A hospital that sends no slip back: what the doctor was told ends the waiting."""
    lower, _ = pair
    lower.ask(lambda desk: issue(desk, desk.today()))
    lower.click("rail_worklist")
    lower.click("worklist_referrals")
    workplace = lower.window.workplace
    assert workplace is not None
    lower.type("referrals_result", "住院一周，好转出院")
    lower.click("referrals_track")
    assert "不用再等回复" in workplace.page("referrals").message.text.text()
    (slip,) = lower.ask(referrals.listing)
    assert (slip.state, slip.result) == (SlipState.TRACKED, "住院一周，好转出院")
    assert lower.find("referrals_empty").isVisible()


def test_slips_of_years_ago_are_listed_where_they_are_asked_for(qtbot: Any, tmp_path: Path) -> None:
    lower = show_window(qtbot, tmp_path / "village", station=village())
    old = lower.session.bench.clock.today() - timedelta(days=3 * 365)
    lower.ask(lambda desk: issue(desk, old.isoformat()))
    lower.click("rail_worklist")
    lower.click("worklist_referrals")
    assert lower.find("referrals_empty").isVisible()
    lower.click("referrals_older")
    assert not lower.find("referrals_empty").isVisible()
    assert lower.find("referrals_head").text() == PERSON["name"]
    lower.click("referrals_older")
    assert lower.find("referrals_empty").isVisible()
    close(lower)
