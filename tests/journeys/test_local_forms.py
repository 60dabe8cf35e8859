"""A county's own questions: added by a file, filled in, printed, carried to the township with what they mean."""

import pytest

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import FormId, SubjectId
from jiandang_desktop.ports.vault import Verdict
from jiandang_desktop.printing import Text
from jiandang_desktop.services import folders, local_forms, records

from .conftest import Pair, register

OVERLAY = """
namespace = "x152223"
extends = "encounter_record"
version = {version}

[[section]]
id = "record"
after = "objective"

[[section.field]]
id = "x152223_brucellosis"
label = "接触牛羊"
type = "choice"
required = true
options = [{{ code = "1", label = "是" }}, {{ code = "2", label = "{no}" }}]

[[rule]]
id = "x152223_ask"
check = "x152223_brucellosis != '1' || size(plan) > 3"
message = "接触牛羊的，请在处置计划里写明是否查布病。"
fields = ["plan"]
severity = "warn"
origin = "proposal"
"""
FORM = """
id = "x152223_echinococcosis"
version = 1
title = "包虫病筛查登记"
repeats = true
date_field = "event_date"

[[section]]
id = "screening"
title = "筛查"

[[section.field]]
id = "event_date"
label = "筛查日期"
type = "date"
required = true

[[section.field]]
id = "result"
label = "B超结果"
type = "choice"
required = true
options = [{ code = "1", label = "未见异常" }, { code = "2", label = "疑似" }]
"""
ENCOUNTER = {
    "subjective": "乏力", "objective": "体温37.5℃", "assessment": "发热待查", "plan": "查布病抗体", "doctor": "王秀兰",
    "encounter_date": "2026-11-24",
}  # fmt: skip


def overlay(version: int = 1, no: str = "否") -> bytes:
    return OVERLAY.format(version=version, no=no).encode()


def add(desk, data: bytes):
    return local_forms.add(desk, data, "file.toml")


def test_added_questions_are_asked_kept_printed_and_carried(pair: Pair) -> None:
    resident = SubjectId(register(pair.village))
    edition = 1000 + pair.village.bench.forms.current(FormId("encounter_record")).version
    assert add(pair.village, overlay()).version == edition
    assert add(pair.village, overlay()).version == edition
    with pytest.raises(Problem, match="ANSWERS_INVALID"):
        records.put_record(pair.village, "encounter_record", resident, ENCOUNTER)
    with pytest.raises(Problem, match="ANSWERS_UNSURE"):
        records.put_record(
            pair.village, "encounter_record", resident, {**ENCOUNTER, "plan": "无", "x152223_brucellosis": "1"}
        )
    filed = records.put_record(
        pair.village, "encounter_record", resident, {**ENCOUNTER, "x152223_brucellosis": "1"}
    ).record
    assert filed.form_version == edition
    pages = folders.record_pages(pair.village, filed.record_id)
    assert "接触牛羊" in "".join(op.text for page in pages for op in page.ops if isinstance(op, Text))
    archived, _ = pair.carry()
    assert set(archived.counts) == {Verdict.ARCHIVED}
    there = records.get_record(pair.township, filed.record_id)
    form = pair.township.forms.edition(there.form_id, there.form_version)
    assert dict(records.answers_in_words(form, there.answers))["接触牛羊"] == "是"


def test_a_record_stays_bound_to_the_version_it_was_filled_in_with(pair: Pair) -> None:
    """Version 2 means something else by a code; what was answered before keeps its words, here and there."""
    resident = SubjectId(register(pair.village))
    plain = records.put_record(pair.village, "encounter_record", resident, ENCOUNTER).record
    add(pair.village, overlay())
    answers = {**ENCOUNTER, "x152223_brucellosis": "2"}
    old = records.put_record(pair.village, "encounter_record", resident, answers).record
    add(pair.village, overlay(2, "不接触"))
    new = records.put_record(pair.village, "encounter_record", resident, answers).record
    pair.carry()
    for desk in (pair.village, pair.township):
        said = []
        for record in (plain, old, new):
            row = records.get_record(desk, record.record_id)
            form = desk.forms.edition(row.form_id, row.form_version)
            said.append(dict(records.answers_in_words(form, row.answers)).get("接触牛羊", ""))
        assert said == ["", "否", "不接触"]


def test_a_form_of_the_countys_own(pair: Pair) -> None:
    resident = SubjectId(register(pair.village))
    add(pair.village, FORM.encode())
    filed = records.put_record(
        pair.village, "x152223_echinococcosis", resident, {"event_date": "2026-11-20", "result": "1"}
    ).record
    assert filed.event_date == "2026-11-20"
    pair.carry()
    assert records.get_record(pair.township, filed.record_id).event_date == "2026-11-20"
    assert [known.form.title for known in local_forms.local_forms(pair.township)] == ["包虫病筛查登记"]


@pytest.mark.parametrize(
    ("data", "code", "named"),
    [
        (b"\xff", "TEXT_NOT_UTF8", ""),
        (b"id = ", "FORM_DEFINITION", "TOML"),
        (FORM.replace("x152223_", "").encode(), "FORM_DEFINITION", "旗县的代号"),
        (FORM.replace("event_date", "day").encode(), "FORM_DEFINITION", "date_field"),
        (FORM.replace("version = 1", "version = 1000").encode(), "FORM_DEFINITION", "版次"),
        (overlay().replace(b"x152223_brucellosis", b"cattle"), "FORM_DEFINITION", "旗县的代号"),
        (overlay().replace(b'"x152223_ask"', b'"ask"'), "FORM_DEFINITION", "旗县的代号"),
        (overlay().replace(b'after = "objective"', b'after = "nothing"'), "FORM_DEFINITION", "nothing"),
        (overlay().replace(b'id = "record"', b'id = "elsewhere"'), "FORM_DEFINITION", "elsewhere"),
        (overlay().replace(b"size(plan) > 3", b"size(plann) > 3"), "FORM_DEFINITION", "plann"),
        (overlay().replace(b"encounter_record", b"no_form"), "NO_SUCH_FORM", ""),
        (overlay() + b"\ncolour = 1\n", "FORM_DEFINITION", "colour"),
    ],
)
def test_a_faulty_definition_is_refused_and_changes_nothing(pair: Pair, data: bytes, code: str, named: str) -> None:
    """File, line and cure; the forms stay as they are."""
    with pytest.raises(Problem, match=code) as caught:
        add(pair.village, data)
    assert named in str(caught.value.values_)
    assert local_forms.local_forms(pair.village) == []


def test_the_same_version_with_another_text_is_refused(pair: Pair) -> None:
    add(pair.village, overlay(2))
    with pytest.raises(Problem, match="LOCAL_FORM_CHANGED"):
        add(pair.village, overlay(2, "没有"))
    with pytest.raises(Problem, match="LOCAL_FORM_OLD"):
        add(pair.village, overlay(1))


def test_two_texts_of_one_version_are_never_mixed_at_the_township(pair: Pair) -> None:
    """What the village means by it isn't what the township knows: its definition and its records wait, named."""
    add(pair.township, overlay(1, "从不"))
    resident = SubjectId(register(pair.village))
    add(pair.village, overlay())
    archived, _ = pair.carry()
    assert archived.counts == {Verdict.ARCHIVED: 2, Verdict.QUARANTINED: 1}
    assert resident
