"""The form on the screen: filled in with keys alone, it gives what the command line's data would give."""

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from jiandang_desktop.forms.definition import Field, FieldType, Form, Option, Section, Severity
from jiandang_desktop.forms.validator import Finding, check, compute, normalise
from jiandang_desktop.gui.forms.tables import TableEditor

from .form_desk import RESOURCES, WOMAN, form, show_panel
from .keying import Keys


def small_form(*fields: Field) -> Form:
    return Form(id="small", version=1, title="小表", sections=(Section("one", "一", fields),))


SMALL = small_form(
    Field("sex", "性别", FieldType.CHOICE, options=(Option("1", "男"), Option("2", "女"))),
    Field(
        "symptoms",
        "症状",
        FieldType.MULTI_CHOICE,
        options=(
            Option("1", "无", exclusive=True),
            Option("2", "头痛"),
            Option("5", "胸闷"),
            Option("9", "其他", has_text=True),
        ),
    ),
    Field("on", "日期", FieldType.DATE),
    Field("weight", "体重", FieldType.DECIMAL, decimals=1, unit="kg"),
    Field("smoker", "吸烟", FieldType.BOOL),
    Field(
        "drugs",
        "用药",
        FieldType.TABLE,
        columns=(Field("drug", "药名", FieldType.TEXT), Field("times", "次", FieldType.INTEGER)),
    ),
    Field("note", "备注", FieldType.TEXT),
)


def test_digits_choose_and_enter_goes_on(qtbot):
    panel, keys = show_panel(qtbot, SMALL), Keys()
    keys.enter("2")
    keys.enter("2 5 9")
    keys.enter("20261122") if panel.place() == "on" else keys.enter("耳鸣")
    assert panel.answers()["sex"] == "2"
    assert panel.answers()["symptoms"] == ["2", "5", "9"]
    assert panel.answers()["symptoms.9"] == "耳鸣"
    assert panel.place() == "on"


def test_a_whole_small_form_by_keys(qtbot):
    panel, keys = show_panel(qtbot, SMALL), Keys()
    for text in ("1", "1", "20261122", "６５，５", "1", "阿司匹林", "2", "硝苯地平", "1", "", "好"):
        keys.enter(text)
    assert panel.answers() == {
        "sex": "1",
        "symptoms": ["1"],
        "on": "2026-11-22",
        "weight": 65.5,
        "smoker": True,
        "drugs": [{"drug": "阿司匹林", "times": 2}, {"drug": "硝苯地平", "times": 1}],
        "note": "好",
    }


def test_enter_past_the_end_says_finished(qtbot):
    panel, keys = show_panel(qtbot, SMALL), Keys()
    panel.go_to("note")
    with qtbot.waitSignal(panel.finished):
        keys.enter()


def test_shift_enter_goes_back(qtbot):
    panel, keys = show_panel(qtbot, SMALL), Keys()
    keys.enter("1")
    keys.back()
    assert panel.place() == "sex"


def test_a_second_digit_replaces_a_single_choice(qtbot):
    panel, keys = show_panel(qtbot, SMALL), Keys()
    keys.type("12")
    assert panel.answers()["sex"] == "2"


def test_a_number_that_is_no_option_is_found_and_not_dropped(qtbot):
    panel, keys = show_panel(qtbot, SMALL), Keys()
    keys.enter("7")
    panel.judge()
    assert [finding.field_id for finding in panel.shown_findings()] == ["sex"]
    assert panel.answers()["sex"] == "7"


def test_the_mouse_chooses_too_and_an_exclusive_option_stands_alone(qtbot):
    panel = show_panel(qtbot, SMALL)
    editor = panel.sheet.cells["symptoms"].editor
    for code in ("2", "5", "1"):
        place = next(rect for option, _key, rect in editor._places if option.code == code)
        qtbot.mouseClick(editor, Qt.MouseButton.LeftButton, pos=place.center())
    assert panel.answers()["symptoms"] == ["1"]


def test_ctrl_delete_removes_the_row(qtbot):
    panel, keys = show_panel(qtbot, SMALL), Keys()
    panel.set_answers({"drugs": [{"drug": "甲", "times": 1}, {"drug": "乙", "times": 2}]})
    panel.go_to("drugs")
    keys.press(Qt.Key.Key_Delete, held=Qt.KeyboardModifier.ControlModifier)
    assert panel.answers()["drugs"] == [{"drug": "乙", "times": 2}]


def test_a_pasted_text_is_never_cut_but_found_too_long(qtbot):
    panel = show_panel(qtbot, SMALL)
    panel.go_to("note")
    QApplication.clipboard().setText("长" * 40_000)
    QApplication.focusWidget().paste()
    assert len(panel.answers()["note"]) == 40_000
    panel.set_findings(())
    assert "note" in {finding.field_id for finding in panel.shown_findings()}


def test_hostile_text_is_just_text(qtbot):
    panel, keys = show_panel(qtbot, SMALL), Keys()
    panel.go_to("note")
    keys.type("'; DROP TABLE x;<b>=1+1")
    assert panel.answers()["note"] == "'; DROP TABLE x;<b>=1+1"


def test_what_this_edition_does_not_know_survives(qtbot):
    panel = show_panel(qtbot, SMALL)
    panel.set_answers({"sex": "1", "from_the_future": {"a": 1}, "drugs": [{"drug": "甲", "new_column": "x"}]})
    assert panel.answers() == {"sex": "1", "from_the_future": {"a": 1}, "drugs": [{"drug": "甲", "new_column": "x"}]}


def test_f4_takes_the_offered_value_over_and_nothing_is_copied_by_itself(qtbot):
    panel, keys = show_panel(qtbot, "hypertension_followup"), Keys()
    panel.set_offers({"weight_target": 60.0})
    assert "weight_target" not in panel.answers()
    assert "60.0 kg" in panel.sheet.cells["weight_target"].note
    panel.go_to("weight_target")
    keys.press(Qt.Key.Key_F4)
    assert panel.answers()["weight_target"] == 60.0
    assert panel.sheet.cells["weight_target"].note == ""


def test_derived_and_computed_fields_are_shown_and_not_typed(qtbot):
    panel = show_panel(qtbot, "physical_exam")
    panel.go_to("height")
    keys = Keys()
    keys.enter("160")
    keys.enter("64")
    panel.judge()
    bmi = panel.sheet.cells["bmi"]
    assert not bmi.open
    assert panel.answers()["bmi"] == pytest.approx(25.0)
    assert not panel.sheet.cells["name"].open
    assert panel.answers()["name"] == "王秀兰"


def test_questions_that_do_not_apply_are_skipped(qtbot):
    """A man's form skips the women's examinations."""
    man = replace(WOMAN, resident={**WOMAN.resident, "sex": "1"})
    panel = show_panel(qtbot, "physical_exam", man)
    skipped = {name for name, cell in panel.sheet.cells.items() if not cell.applies}
    assert "gyn_uterus" in skipped
    assert "prostate" not in skipped
    panel.go_to("gyn_uterus")
    assert panel.place() != "gyn_uterus"


def test_findings_stand_at_their_fields_and_the_list_jumps(qtbot):
    panel, keys = show_panel(qtbot, "hypertension_followup"), Keys()
    panel.go_to("systolic_bp")
    keys.enter("120")
    keys.enter("130")
    panel.judge()
    assert panel.sheet.cells["systolic_bp"].note or panel.sheet.cells["diastolic_bp"].note
    panel.findings.jumped.emit("diastolic_bp")
    assert panel.place() == "diastolic_bp"


def test_nothing_is_called_missing_before_the_first_try(qtbot):
    panel = show_panel(qtbot, "hypertension_followup")
    assert panel.shown_findings() == ()
    panel.set_findings((Finding("visit_date", Severity.ERROR, "没有填", "required"),))
    assert {"visit_date", "systolic_bp"} <= {finding.field_id for finding in panel.shown_findings()}
    assert panel.place() == "visit_date"


VISIT = {
    "visit_date": "20261124",
    "visit_method": "1",
    "symptoms": "1",
    "symptoms_other": "",
    "systolic_bp": "136",
    "diastolic_bp": "84",
    "weight": "62.5",
    "weight_target": "60",
    "bmi": "24.4",
    "bmi_target": "",
    "heart_rate": "72",
    "signs_other": "",
    "smoking_current": "0",
    "smoking_target": "0",
    "drinking_current": "0",
    "drinking_target": "0",
    "exercise_times_current": "5",
    "exercise_minutes_current": "30",
    "exercise_times_target": "7",
    "exercise_minutes_target": "30",
    "salt_current": "2",
    "salt_target": "1",
    "psychological_adjustment": "1",
    "compliance_behavior": "1",
    "auxiliary_exam": "",
    "medication_adherence": "1",
    "adverse_drug_reaction": "1",
    "new_complication": "",
    "emergency_signs": "",
    "visit_classification": "1",
    "medications": ("硝苯地平缓释片", "2", "20mg"),
    "other_medications": "",
    "referral_reason": "",
    "next_visit_date": "20270222",
    "doctor_signature": "李卫东",
}


def test_a_hypertension_visit_by_keys_equals_the_same_visit_as_data(qtbot):
    """Keys alone, no mouse: same cleaned answers as the command line's data, and few keystrokes."""
    panel, keys = show_panel(qtbot, "hypertension_followup"), Keys()
    while True:
        place = panel.place()
        given = VISIT.get(place, "")
        if place == "medications":
            for cell in given:
                keys.enter(cell)
            keys.enter("")  # the new row stays empty
        else:
            keys.enter(given)
        if place == "doctor_signature":
            break
    as_data = {key: value for key, value in VISIT.items() if value and key != "medications"}
    as_data["symptoms"] = ["1"]
    as_data["medications"] = [{"drug_name": "硝苯地平缓释片", "times_per_day": 2, "dose_each": "20mg"}]
    shipped = form("hypertension_followup")
    expected = compute(shipped, normalise(shipped, as_data), WOMAN)
    assert panel.answers() == expected
    assert [f for f in check(shipped, expected, WOMAN) if f.severity is Severity.ERROR] == []
    typed = sum(len("".join(value)) for value in VISIT.values())
    assert keys.count <= typed + len(VISIT) + 6


SHIPPED = sorted(path.stem for path in (RESOURCES / "forms").glob("*.toml") if "@" not in path.stem)


@pytest.mark.parametrize("form_id", SHIPPED)
def test_every_form_opens_walks_to_its_end_and_gives_back_what_it_was_given(qtbot, form_id):
    if form(form_id).role == "data":
        pytest.skip("nobody fills it in")
    panel, keys = show_panel(qtbot, form_id), Keys()
    before = panel.answers()
    if not any(cell.open for cell in panel.sheet.cells.values()):
        assert before["name"] == "王秀兰"  # all of it comes from the register
        return
    seen = []
    with qtbot.waitSignal(panel.finished, timeout=20_000):
        for _ in range(400):
            seen.append(panel.place())
            keys.enter()
            if panel.sheet.current == seen[-1] and not panel.sheet.cells[seen[-1]].question.columns:
                break
    assert panel.answers() == before
    open_fields = {name for name, cell in panel.sheet.cells.items() if cell.open}
    assert open_fields <= set(seen)


@pytest.mark.parametrize("form_id", ["physical_exam", "newborn_visit", "elderly_tcm_constitution"])
def test_long_forms_open_at_once(qtbot, form_id):
    """Under 200 ms of the window's thread on a quiet machine; a loaded one gets room."""
    took = []
    for _ in range(3):
        began = time.thread_time()
        panel = show_panel(qtbot, form_id)
        took.append(time.thread_time() - began)
        panel.close()
    assert min(took) < 0.6


def test_a_key_is_answered_at_once_in_a_full_form(qtbot):
    """The judgement of a whole examination after each question stays far below what a person feels."""
    panel, keys = show_panel(qtbot, "physical_exam"), Keys()
    panel.set_answers({"temperature": 36.5, "pulse_rate": 72, "height": 160.0, "weight": 60.0, "symptoms": ["2", "3"]})
    took = []
    for _ in range(20):
        began = time.thread_time()
        keys.enter()
        took.append(time.thread_time() - began)
    assert sorted(took)[10] < 0.1


# An earlier visit beside the new one

EARLIER = [
    ("2026-08-20", {"visit_date": "2026-08-20", "systolic_bp": 152, "symptoms": ["2", "5"], "weight_target": 60.0}),
    ("2026-05-21", {"visit_date": "2026-05-21", "systolic_bp": 148}),
]


def test_the_last_visit_stands_beside_and_another_can_be_chosen(qtbot):
    panel, keys = show_panel(qtbot, "hypertension_followup"), Keys()
    panel.set_earlier(EARLIER)
    assert panel.earlier.isVisible()
    cell = panel.sheet.cells["systolic_bp"]
    assert cell.earlier == "152 mmHg"
    assert panel.sheet.cells["symptoms"].earlier.startswith("2 ")
    assert cell.beside.y() == cell.rect.y()
    assert cell.beside.left() >= cell.rect.right()
    assert "systolic_bp" not in panel.answers()
    keys.press(Qt.Key.Key_F7)
    assert cell.earlier == "148 mmHg"
    keys.press(Qt.Key.Key_F7)
    assert cell.earlier == ""
    assert cell.beside.isEmpty()
    keys.press(Qt.Key.Key_F7)
    assert cell.earlier == "152 mmHg"


def test_one_key_takes_an_earlier_value_over_and_the_day_stays_ones_own(qtbot):
    panel, keys = show_panel(qtbot, "hypertension_followup"), Keys()
    panel.set_earlier(EARLIER)
    for name in ("visit_date", "symptoms", "systolic_bp"):
        panel.go_to(name)
        keys.press(Qt.Key.Key_F4, held=Qt.KeyboardModifier.ShiftModifier)
    assert "visit_date" not in panel.answers()
    assert panel.answers()["symptoms"] == ["2", "5"]
    assert panel.answers()["systolic_bp"] == 152


def test_what_is_proposed_goes_before_what_was(qtbot):
    """F4 takes the program's proposal, Shift+F4 the value of the visit beside."""
    panel, keys = show_panel(qtbot, "hypertension_followup"), Keys()
    panel.set_earlier([("2026-08-20", {"weight_target": 61.0})])
    panel.set_offers({"weight_target": 60.0})
    panel.go_to("weight_target")
    assert panel.sheet.cells["weight_target"].key == "Shift+F4"
    keys.press(Qt.Key.Key_F4)
    assert panel.answers()["weight_target"] == 60.0
    keys.press(Qt.Key.Key_F4, held=Qt.KeyboardModifier.ShiftModifier)
    assert panel.answers()["weight_target"] == 61.0


def test_another_columns_number_is_not_taken_over_where_it_means_something_else(qtbot):
    """A child's check of another month has other options under the same numbers."""
    shipped = form("child_check_1_8m")
    differing = next(item for item in shipped.fields() if item.options_by_column)
    first, last = (column.id for column in (shipped.columns[0], shipped.columns[-1]))
    was, now = (shipped.of_column(name).field(differing.id) for name in (first, last))
    code = next(
        (o.code for o in was.options if now.option(o.code) is None or now.option(o.code).label != o.label), None
    )
    if code is None:
        pytest.skip("the options agree")
    panel = show_panel(qtbot, "child_check_1_8m")
    panel.set_answers({shipped.column_field: last})
    value = [code] if differing.type is FieldType.MULTI_CHOICE else code
    panel.set_earlier([("2026-08-20", {shipped.column_field: first, differing.id: value})])
    panel.take_over(differing.id, earlier=True)
    assert differing.id not in panel.answers()


# What is wrong is said on leaving


def test_a_finding_stands_at_the_field_the_moment_it_is_left(qtbot):
    panel, keys = show_panel(qtbot, "hypertension_followup"), Keys()
    panel.go_to("systolic_bp")
    keys.enter("999")
    assert panel.sheet.cells["systolic_bp"].tone == "wrong"
    assert [finding.field_id for finding in panel.shown_findings()] == ["systolic_bp"]
    panel.go_to("systolic_bp")
    keys.press(Qt.Key.Key_A, held=Qt.KeyboardModifier.ControlModifier)
    keys.enter("136")
    assert panel.shown_findings() == ()


def test_options_that_exclude_each_other_are_found_on_leaving(qtbot):
    panel, keys = show_panel(qtbot, SMALL), Keys()
    panel.go_to("symptoms")
    keys.enter("1 2")
    assert {finding.rule_id for finding in panel.shown_findings()} == {"exclusive"}


def test_the_keys_go_to_the_question_that_applies_now(qtbot):
    """However fast: no stop at a question that the answer just given makes void."""
    panel, keys = show_panel(qtbot, "physical_exam"), Keys()
    panel.go_to("exercise_frequency")
    keys.enter("4")
    assert panel.sheet.cells[panel.place()].applies
    assert not panel.sheet.cells["exercise_minutes"].applies


DATED = [form_id for form_id in SHIPPED if form(form_id).date_field and form(form_id).subject == "resident"]


@pytest.mark.parametrize("form_id", DATED)
@pytest.mark.parametrize(("day", "tone"), [("20991231", "wrong"), ("19400101", "wrong")])
def test_a_day_before_birth_or_after_today_is_said_at_once(qtbot, form_id, day, tone):
    panel, keys = show_panel(qtbot, form_id), Keys()
    name = panel.form.date_field
    if not panel.sheet.cells[name].open:
        pytest.skip("the program gives the day")
    panel.go_to(name)
    keys.enter(day)
    assert panel.sheet.cells[name].tone == tone


# Sections


def test_sections_say_how_complete_they_are_and_keys_go_from_one_to_the_next(qtbot):
    panel, keys = show_panel(qtbot, "hypertension_followup"), Keys()
    words = [panel.sections.item(place).text() for place in range(panel.sections.count())]
    assert any("0/" in text for text in words)
    first = panel.place()
    keys.press(Qt.Key.Key_PageDown)
    second = panel.place()
    assert second != first
    keys.press(Qt.Key.Key_Down, held=Qt.KeyboardModifier.ControlModifier)
    assert panel.place() not in (first, second)
    keys.press(Qt.Key.Key_PageUp)
    assert panel.place() == second
    keys.press(Qt.Key.Key_PageUp)
    assert panel.place() == first
    panel.set_answers({"visit_date": "2026-11-24", "visit_method": "1", "symptoms": ["1"]})
    assert "✓" in panel.sections.item(1).text() or "✓" in panel.sections.item(0).text()
    panel.set_findings((Finding("systolic_bp", Severity.ERROR, "没有填", "required"),))
    place = next(n for n, part in enumerate(panel.form.sections) if any(f.id == "systolic_bp" for f in part.fields))
    assert "处要看" in panel.sections.item(place).text()


# Tables by keys alone


def test_a_table_by_keys_new_row_delete_row_up_down_and_out(qtbot):
    panel, keys = show_panel(qtbot, SMALL), Keys()
    control = Qt.KeyboardModifier.ControlModifier
    panel.go_to("drugs")
    for text in ("甲", "1"):
        keys.enter(text)
    for text in ("乙", "2"):
        keys.enter(text)
    keys.press(Qt.Key.Key_Up)
    keys.press(Qt.Key.Key_Insert)  # the begun row
    keys.type("丙")
    keys.press(Qt.Key.Key_Up)
    keys.press(Qt.Key.Key_Delete, held=control)
    assert panel.answers()["drugs"] == [{"drug": "甲", "times": 1}, {"drug": "丙"}]
    keys.press(Qt.Key.Key_Return, held=control)
    assert panel.place() == "note"
    keys.back()
    assert panel.place() == "drugs"
    keys.press(Qt.Key.Key_Insert)
    keys.enter("")
    assert panel.place() == "note"
    assert panel.answers()["drugs"] == [{"drug": "甲", "times": 1}, {"drug": "丙"}]
    assert len(panel.sheet.cells["drugs"].editor._rows) == 2


def test_one_of_many_options_is_found_by_typing(qtbot):
    """The card's thirty-six vaccines: part of a word is enough, the program's own codes are never shown."""
    panel = show_panel(qtbot, "vaccination_card")
    panel.go_to("doses")
    line = QApplication.focusWidget()
    qtbot.keyClicks(line, "hepb_2")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert line.text() == "乙肝疫苗 2"
    assert panel.answers()["doses"][0]["vaccine_and_dose"] == "hepb_2"
    assert line.height() < 60


@pytest.mark.parametrize("width", [720, 1140, 1800])
def test_no_cell_of_a_wide_table_is_cut(qtbot, width):
    """Eight columns that don't fit beside one another stand in two lines; each cell lies in the table."""
    panel = show_panel(qtbot, "vaccination_card", size=(width, 640))
    table = panel.findChild(TableEditor)
    assert all(cell.geometry().right() < table.width() for row in table._rows for cell in row)
    lines = len({cell.y() for cell in table._rows[0]})
    assert lines == {1140: 2, 1800: 1}.get(width, lines)
    assert table.height_for(table.width()) <= table.height()


def test_what_is_wrong_in_a_draft_is_said_when_it_is_opened(qtbot):
    panel = show_panel(qtbot, "hypertension_followup")
    panel.set_answers({"systolic_bp": 999, "diastolic_bp": 80})
    assert [finding.field_id for finding in panel.shown_findings()] == ["systolic_bp"]
