"""A form filled in with key events alone, as a person keys it in from paper."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from jiandang_desktop.forms.definition import Field, FieldType
from jiandang_desktop.gui.forms.editors import is_found_by_typing
from jiandang_desktop.gui.forms.form_panel import FormPanel


class Keys:
    """Presses keys at whatever has the focus, and counts them."""

    def __init__(self) -> None:
        self.count = 0

    def type(self, text: str) -> None:
        for character in text:
            self.press(None, character)

    def press(self, key: Qt.Key | None, character: str = "", held=Qt.KeyboardModifier.NoModifier) -> None:
        target = QApplication.focusWidget()
        assert target is not None, "nothing has the focus"
        self.count += 1
        if key is not None:
            QTest.keyClick(target, key, held)
        elif ord(character) < 128:
            QTest.keyClick(target, character)
        else:
            # A Chinese character arrives as a key that carries text.
            for action in (QTest.KeyAction.Press, QTest.KeyAction.Release):
                QTest.sendKeyEvent(action, target, Qt.Key.Key_unknown, character, held)

    def enter(self, text: str = "") -> None:
        """Answer one question and go on; a new line within an answer is Ctrl+Enter."""
        for place, line in enumerate(text.split("\n")):
            if place:
                self.press(Qt.Key.Key_Return, held=Qt.KeyboardModifier.ControlModifier)
            self.type(line)
        self.press(Qt.Key.Key_Return)

    def back(self) -> None:
        self.press(Qt.Key.Key_Return, held=Qt.KeyboardModifier.ShiftModifier)


def key_in(panel: FormPanel, keys: Keys, answers: Mapping[str, Any]) -> int:
    """Answer every open question in the paper's order, tables too; gives the number of questions visited."""
    done: list[bool] = []
    panel.finished.connect(lambda: done.append(True))
    visited = 0
    while not done:
        question = panel.sheet.cells[panel.place()].question
        visited += 1
        if question.columns:
            _key_table(keys, question, answers.get(question.id, []))
        else:
            _key_answer(keys, question, answers)
        assert visited < 1000, panel.place()
    return visited


def _key_answer(keys: Keys, question: Field, answers: Mapping[str, Any]) -> None:
    value = answers.get(question.id)
    codes = value if isinstance(value, list) else [value] if value is not None else []
    if isinstance(value, bool):
        keys.enter("1" if value else "2")
    elif question.options:
        keys.enter(" ".join(_numbers(question)[code] for code in codes))
        for option in question.options:
            if option.code in codes and option.has_text and not option.text_field:
                keys.enter(str(answers.get(question.text_key(option.code), "")))
    elif question.type is FieldType.DATE and value:
        keys.enter(value.replace("-", ""))
    else:
        keys.enter("" if value is None else str(value))


def _numbers(question: Field) -> dict[str, str]:
    """What is typed for an option: the printed number, or its place where codes aren't numbers.

    Among many options one is found by its code, or by its words where the paper prints no code.
    """
    shown = [option for option in question.options if option.selectable]
    if is_found_by_typing(question):
        return {option.code: option.code if question.printed_codes else option.label for option in shown}
    if all(option.code.isdigit() for option in shown):
        return {option.code: option.code for option in shown}
    return {option.code: str(place) for place, option in enumerate(shown, 1)}


def _key_table(keys: Keys, table: Field, rows: Sequence[Mapping[str, Any]]) -> None:
    if table.fixed_rows:
        by_id = {row["row"]: row for row in rows}
        rows = [by_id.get(fixed.id, {}) for fixed in table.fixed_rows]
    for row in rows:
        for column in table.columns:
            _key_answer(keys, column, row)
    if not table.fixed_rows:
        keys.enter()  # nothing at the beginning of the next row: on
