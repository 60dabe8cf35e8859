"""Sheets with a column for each age: the panel asks what the record's column asks."""

import pytest

from jiandang_desktop.demo.examples import load_example
from jiandang_desktop.forms.validator import FormContext, check, compute, normalise

from .form_desk import RESOURCES, form, show_panel
from .keying import Keys, key_in

BABY = FormContext(
    today="2026-08-01",
    resident={"name": "那日苏", "sex": "1", "birth_date": "2026-01-31", "record_code_short": "001-00012"},
)


def options(panel, name: str) -> list[str]:
    return [option.label for option, _key, _rect in panel.sheet.cells[name].editor._places]


def choose(panel, column: str) -> None:
    panel.go_to("check_age")
    panel.sheet.cells["check_age"].editor.choose(column)
    panel.judge()


def test_the_column_is_offered_by_age_and_asked_first(qtbot):
    panel = show_panel(qtbot, "child_check_1_8m", BABY)
    assert panel.place() == "check_age"
    assert "6月龄" in panel.sheet.cells["check_age"].note


def test_questions_that_differ_wait_for_the_column(qtbot):
    panel = show_panel(qtbot, "child_check_1_8m", BABY)
    waiting = panel.sheet.cells["development_warning"]
    assert not waiting.open
    assert waiting.note == "先选月龄"
    assert panel.sheet.cells["skin"].open
    choose(panel, "m3")
    assert waiting.open
    assert waiting.note == ""
    assert options(panel, "development_warning")[0] == "对很大声音没有反应"


def test_options_and_questions_are_the_columns(qtbot):
    panel = show_panel(qtbot, "child_check_1_8m", BABY)
    choose(panel, "m6")
    assert options(panel, "complexion") == ["红润", "其他"]
    assert panel.sheet.cells["hearing"].open
    assert not panel.sheet.cells["oral_cavity"].open
    choose(panel, "m1")
    assert options(panel, "complexion") == ["红润", "黄染", "其他"]
    assert options(panel, "umbilicus")[0] == "未脱"
    assert not panel.sheet.cells["hearing"].open
    assert not panel.sheet.cells["development_warning"].open


def test_another_column_keeps_the_words_chosen_not_their_numbers(qtbot):
    """3 is 其他 at three months and 2 is at six; a sign of one age is no sign of another."""
    panel, keys = show_panel(qtbot, "child_check_1_8m", BABY), Keys()
    choose(panel, "m3")
    panel.go_to("complexion")
    keys.enter("3")
    keys.enter("苍白")
    panel.go_to("development_warning")
    keys.enter("1")
    choose(panel, "m6")
    answers = panel.answers()
    assert (answers["complexion"], answers["complexion.2"]) == ("2", "苍白")
    assert "complexion.3" not in answers
    assert "development_warning" not in answers


def test_while_the_column_is_typed_anew_nothing_is_lost(qtbot):
    panel, keys = show_panel(qtbot, "child_check_1_8m", BABY), Keys()
    choose(panel, "m3")
    panel.go_to("development_warning")
    keys.enter("2")
    panel.go_to("check_age")
    panel.sheet.cells["check_age"].editor.choose("m3")  # undone
    panel.judge()
    panel.sheet.cells["check_age"].editor.choose("m3")
    panel.judge()
    assert panel.answers()["development_warning"] == ["2"]


def test_an_answer_the_new_column_does_not_ask_can_be_emptied(qtbot):
    """It is found, stays open, and closes once it is empty and left."""
    panel, keys = show_panel(qtbot, "child_check_1_8m", BABY), Keys()
    choose(panel, "m6")
    panel.go_to("teeth_count")
    keys.enter("2")
    choose(panel, "m3")
    teeth = panel.sheet.cells["teeth_count"]
    assert teeth.open
    assert "not_applicable" in {finding.rule_id for finding in panel.shown_findings()}
    panel.go_to("teeth_count")
    teeth.editor.line.selectAll()
    keys.press(None, "\b")
    keys.enter()
    panel.judge()
    assert "teeth_count" not in panel.answers()
    assert not teeth.open


def test_a_record_of_one_column_is_shown_and_given_back(qtbot):
    shipped = form("child_check_1_8m")
    given = normalise(
        shipped,
        {
            "check_age": "m6",
            "visit_date": "2026-08-01",
            "complexion": "2",
            "complexion.2": "苍白",
            "rickets_signs": ["6", "7"],
            "illness_between_visits": ["2", "3"],
            "illness_between_visits.2": "1",
            "illness_between_visits.3": "2",
        },
    )
    expected = compute(shipped, given, BABY)
    panel = show_panel(qtbot, shipped, BABY)
    panel.set_answers(expected)
    assert panel.answers() == expected
    assert check(shipped, panel.answers(), BABY) == check(shipped, expected, BABY)


def test_a_number_stands_before_its_unit(qtbot):
    """肺炎 1 次: the blank takes a number, the unit is drawn behind it and is no part of the answer."""
    panel, keys = show_panel(qtbot, "child_check_1_8m", BABY), Keys()
    choose(panel, "m6")
    panel.go_to("illness_between_visits")
    keys.enter("2")
    keys.enter("3")
    assert panel.answers()["illness_between_visits.2"] == "3"
    blank = panel.sheet.cells["illness_between_visits"].editor._blanks["2"]
    assert blank.width() < 100


def test_the_next_visit_is_offered_once_the_column_is_known(qtbot):
    panel = show_panel(qtbot, "child_check_1_8m", BABY)
    panel.set_answers({"visit_date": "2026-08-01"})
    assert panel.sheet.cells["next_visit_date"].note == ""
    choose(panel, "m6")
    assert "2026-09-30" in panel.sheet.cells["next_visit_date"].note


@pytest.mark.parametrize("visit", range(4))
def test_a_check_keyed_in_without_the_mouse_equals_its_data(qtbot, visit):
    shipped = form("child_check_1_8m")
    example = load_example(RESOURCES, "child_check_1_8m")
    context, expected = example.contexts()[visit], example.filled(shipped)[visit]
    panel, keys = show_panel(qtbot, shipped, context), Keys()
    key_in(panel, keys, expected)
    panel.judge()
    assert panel.answers() == expected
