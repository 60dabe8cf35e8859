"""Rules of the forms about the archive itself: household sheet, closing, access, handing over."""

from typing import Any

import pytest

from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.forms.validator import check, compute, offers, proposals


def found(form: Any, answers: Any, context: Any) -> set[str]:
    return {item.rule_id for item in check(form, compute(form, answers, context), context)}


HEAD = {"name": "朝鲁", "sex": "1", "birth_date": "1955-03-02", "relation_to_head": "02"}
WIFE = {"name": "苏日娜", "sex": "2", "birth_date": "1958-06-12", "relation_to_head": "12"}
SON = {"name": "巴雅尔", "sex": "1", "birth_date": "1984-10-21", "relation_to_head": "20"}
HOUSE = {
    "household_id": "0021",
    "head_name": "朝鲁",
    "address": "一组3号",
    "responsible_doctor": "王医生",
    "total_persons": 3,
    "filing_date": "2026-01-05",
    "filing_institution": "某村卫生室",
    "filing_person": "王医生",
    "members": [HEAD, WIFE, SON],
}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, set()),
        ({"members": [WIFE, SON], "total_persons": 2}, {"one_head", "head_named"}),
        ({"members": [HEAD, {**HEAD, "name": "达来"}], "total_persons": 2}, {"one_head"}),
        ({"head_name": "苏日娜"}, {"head_named"}),
        ({"total_persons": 4}, {"member_count"}),
        ({"present_persons": 3}, set()),
        ({"present_persons": 4}, {"present_le_total"}),
        ({"members": [HEAD, {**WIFE, "sex": "1"}, SON]}, {"relation_sex"}),
        ({"members": [HEAD, {**WIFE, "sex": "9"}, SON]}, set()),
        ({"members": [HEAD, WIFE, {**SON, "birth_date": "1955-03-02"}]}, {"relation_age_children"}),
        ({"members": [HEAD, WIFE, {**SON, "relation_to_head": "51"}]}, {"relation_age_parents"}),
        ({"members": [HEAD, WIFE, {**SON, "relation_to_head": "01"}]}, {"not_selectable"}),
        ({"members": [HEAD, WIFE, {**SON, "birth_date": "2026-11-23"}]}, {"births_not_future"}),
        ({"head_id_no": "11010519491231002X"}, set()),
        ({"head_id_no": "110105194912310021"}, {"head_id_no_check"}),
        ({"filing_date": "2026-11-23"}, {"filing_not_future"}),
    ],
)
def test_household_sheet(more: Any, expected: set[str], forms: FormCatalog, make_context: Any) -> None:
    """one_head (ID29), member_count, present_le_total, relations against sex and age (ID30)."""
    assert found(forms.current("household_folder"), {**HOUSE, **more}, make_context()) == expected


def test_household_sheet_takes_over_the_registry(forms: FormCatalog, make_context: Any) -> None:
    """What the registry knows of the household is offered, and the number of people from the list."""
    form, context = forms.current("household_folder"), make_context()
    assert offers(form, context)["fuel_type"] == "2"
    assert proposals(form, {"members": [HEAD, WIFE]}, context)["total_persons"] == 2


CLOSED = {"closure_reason": "2", "closure_date": "2026-10-18", "recorder": "王医生"}
GONE = {"move_out_date": "2026-10-18", "destination_address": "前进村", "handover_date": "2026-10-20"}
DEAD = {"closure_reason": "1", "death_date": "2026-10-18", "death_cause": "脑出血"}
LOST = {"closure_reason": "3", "lost_date": "2026-10-18", "lost_reason": "外出务工"}


@pytest.mark.parametrize(
    ("more", "status", "expected"),
    [
        (GONE, "4", set()),
        ({}, "4", {"required"}),
        ({**GONE, "closure_date": "2026-10-19"}, "4", {"closed_on_moving"}),
        (GONE, "1", set()),
        ({**GONE, "death_date": "2026-10-18"}, "4", {"not_applicable"}),
        ({**GONE, "handover_date": "2026-11-23"}, "4", {"handover_not_future"}),
        (DEAD, "3", set()),
        ({**DEAD, "death_date": "2026-10-17"}, "3", {"closed_on_death"}),
        (
            {**DEAD, "death_date": "1950-02-28", "closure_date": "1950-02-28"},
            "3",
            {"death_range", "closure_after_filing"},
        ),
        ({**DEAD, "death_cause_code": "I61.9"}, "3", set()),
        ({**DEAD, "death_cause_code": "脑出血"}, "3", {"death_code_form"}),
        (LOST, "2", set()),
        ({**LOST, "last_contact_date": "2026-10-19"}, "2", {"last_contact_before_loss"}),
        ({"closure_reason": "6"}, "9", set()),
        ({"closure_reason": "9"}, "9", {"text_missing"}),
        ({"closure_reason": "9", "closure_reason.9": "重复建档"}, "9", set()),
    ],
)
def test_closing(more: Any, status: str, expected: set[str], forms: FormCatalog, make_context: Any) -> None:
    """date_needed: the closing date is the date of death, moving or loss; D39: the reason decides the status."""
    found_here = found(forms.current("record_closure"), {**CLOSED, **more}, make_context(status=status))
    assert {rule for rule in found_here if not rule.startswith(("date_", "visit_"))} == expected


def test_an_end_before_the_last_visit_is_asked_about(forms: FormCatalog, make_context: Any) -> None:
    form = forms.current("record_closure")
    for last, expected in (("2026-10-18", set()), ("2026-10-19", {"closure_after_visits"})):
        context = make_context(status="2", last_visit_date=last)
        assert found(form, {**CLOSED, **LOST, "closure_reason": "3"}, context) >= expected
    assert "closure_after_visits" not in found(form, {**CLOSED, **LOST, "closure_reason": "3"}, make_context())


def test_the_closing_date_is_proposed(forms: FormCatalog, make_context: Any) -> None:
    form, context = forms.current("record_closure"), make_context()
    assert proposals(form, {**DEAD}, context)["closure_date"] == "2026-10-18"
    assert "closure_date" not in proposals(form, {"closure_reason": "2"}, context)
    assert proposals(form, {"closure_reason": "4"}, context)["closure_date"] == "2026-11-22"


ASKED = {
    "request_no": "7",
    "request_date": "2026-11-10",
    "purpose_type": "1",
    "purpose": "转诊",
    "applicant_type": "1",
    "applicant_name": "朝鲁",
    "applicant_id_no": "460302195503029313",
    "applicant_phone": "13900000020",
    "records": [{"archive_no": "15012520020100001", "name": "朝鲁", "parts": "体检表"}],
    "approval": "1",
    "approver": "王院长",
    "approval_date": "2026-11-10",
    "archivist": "王医生",
}
BORROWED = {"purpose_type": "3", "received_by": "朝鲁", "received_date": "2026-11-11", "due_date": "2026-11-25"}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, set()),
        ({"purpose_type": "3"}, {"required"}),
        (BORROWED, set()),
        ({**BORROWED, "due_date": "2026-11-22"}, set()),
        ({**BORROWED, "due_date": "2026-11-21"}, {"overdue"}),
        ({**BORROWED, "due_date": "2026-11-21", "returned_date": "2026-11-20"}, {"required"}),
        ({**BORROWED, "due_date": "2026-11-21", "returned_date": "2026-11-20", "return_condition": "1"}, set()),
        ({**BORROWED, "return_condition": "1"}, {"required"}),
        ({**BORROWED, "returned_date": "2026-11-10", "return_condition": "1"}, {"returned_after_received"}),
        ({"approval": "2", "approval.2": "没有授权"}, set()),
        ({"approval": "2", "approval.2": "没有授权", "received_by": "朝鲁"}, {"approval_before_release"}),
        ({"received_date": "2026-11-09"}, {"received_after_approval"}),
        ({"approval_date": "2026-11-09"}, {"approval_after_request"}),
        ({"applicant_type": "4"}, {"required"}),
        ({"applicant_type": "3", "relation": "子", "authorization_attached": True}, set()),
        ({"applicant_type": "3", "relation": "子", "authorization_attached": False}, {"authorized"}),
        ({"applicant_type": "5", "applicant_unit": "旗公安局"}, {"required"}),
        ({"applicant_id_no": "460302195503029314"}, {"applicant_id_check"}),
    ],
)
def test_access_to_records(more: Any, expected: set[str], forms: FormCatalog, make_context: Any) -> None:
    """approval_before_release, overdue, and what each kind of applicant has to show."""
    assert found(forms.current("archive_access_request"), {**ASKED, **more}, make_context()) == expected


def test_the_residents_own_record_is_proposed(forms: FormCatalog, make_context: Any) -> None:
    """One row with code and name; an applicant who is the resident gives the resident's name and number."""
    taken = proposals(forms.current("archive_access_request"), {"applicant_type": "1"}, make_context())
    assert taken["records"] == [{"archive_no": "15012520020100001", "name": "巴特尔·其其格"}]
    assert taken["applicant_name"] == "巴特尔·其其格"
    other = proposals(forms.current("archive_access_request"), {"applicant_type": "3"}, make_context())
    assert "applicant_name" not in other


ROW = {"seq": 1, "archive_no": "15012520020100001", "name": "朝鲁"}
HANDED = {
    "transfer_no": "2",
    "transfer_date": "2026-11-20",
    "from_institution": "某村卫生室",
    "to_institution": "某镇卫生院",
    "reason": "1",
    "records": [ROW],
    "check_result": "1",
    "handed_over_by": "王医生",
    "taken_over_by": "李医生",
}
MOVING = {
    "reason": "3",
    "move_type": "2",
    "scope": "1",
    "person": "朝鲁",
    "contact": "13900000020",
    "old_address": "一组3号",
    "new_address": "前进村",
    "from_doctor": "王医生",
    "apply_date": "2026-11-18",
    "to_doctor": "李医生",
    "confirm_date": "2026-11-20",
    "status": "4",
}
ENDED = {
    "archive_no": "15012520020100001",
    "reason_code": "2",
    "termination_date": "2026-11-18",
    "moved_to": "前进村",
    "handover": "已交接",
    "registrar": "王医生",
}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, set()),
        ({"records": [ROW, {**ROW, "archive_no": "15012520020100002"}]}, {"numbered_through"}),
        ({"records": [ROW, {**ROW, "seq": 2}]}, {"listed_once"}),
        ({"records": [{**ROW, "archive_no": "201-00001"}]}, {"archive_no_form"}),
        ({"records": []}, {"required"}),
        ({"taken_over_by": "王医生"}, {"two_people"}),
        ({"to_institution": "某村卫生室"}, {"another_station"}),
        ({"move_type": "2"}, {"not_applicable"}),
        ({"reason": "3"}, {"required"}),
        (MOVING, {"termination_owed"}),
        ({**MOVING, **ENDED}, set()),
        ({**MOVING, **ENDED, "confirm_date": "2026-11-17"}, {"move_dates"}),
        ({"reason": "4", "archive_no": "15012520020100001"}, {"required"}),
        (ENDED, {"not_applicable"}),
    ],
)
def test_handing_over(more: Any, expected: set[str], forms: FormCatalog, make_context: Any) -> None:
    """count_matches, both_signed; a migration only where residents move; a begun termination is finished."""
    form, context = forms.current("archive_transfer_list"), make_context()
    answers = {key: value for key, value in {**HANDED, **more}.items() if value != []}
    assert found(form, answers, context) == expected | ({"required"} if "records" not in answers else set())


def test_the_list_is_counted(forms: FormCatalog, make_context: Any) -> None:
    form, context = forms.current("archive_transfer_list"), make_context()
    two = {**HANDED, "records": [ROW, {**ROW, "seq": 2}], "total_records": 9}
    assert compute(form, two, context)["total_records"] == 2
