"""Numbered choices, as the paper prints them: a box for the numbers, the options beside it.

Digits choose: one number, or several ("1 2 5"). The box always shows what is chosen, so that keys, mouse and paper
agree. A blank that belongs to an option opens behind it.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from jiandang_desktop.forms.definition import Field, FieldType, Option
from jiandang_desktop.gui.forms.editors import LINE_HEIGHT, Editor, Words
from jiandang_desktop.gui.forms.entry_line import EntryLine
from jiandang_desktop.gui.theme import SMALL, colour

_BOX, _SEVERAL_BOX, _BLANK, _NUMBER = 56, 132, 220, 64
_ROW = 34
_PAD = 6


class ChoiceEditor(Editor):
    """One choice or several."""

    def __init__(self, field: Field, words: Words, parent: QWidget) -> None:
        super().__init__(field, words, parent)
        self._several = field.type is FieldType.MULTI_CHOICE
        self._chosen: list[str] = []
        self._strange: list[str] = []
        """Typed numbers that are no option: kept, so that the finding can name them."""
        self._blanks: dict[str, EntryLine] = {}
        self._places: list[tuple[Option, str, QRect]] = []
        self.box = EntryLine(self, self, digits=True)
        self.box.setAccessibleName(field.label)
        self.box.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.box.textEdited.connect(self._typed)
        self._read_options()

    def _read_options(self) -> None:
        self._options = self._shown_options()
        digits = all(option.code.isdigit() for option in self._options)
        self._keys = [option.code if digits else str(place) for place, option in enumerate(self._options, 1)]
        self._short = all(len(key) == 1 for key in self._keys)
        metrics = self.fontMetrics()
        self._widths = [
            metrics.horizontalAdvance(f"{key} {option.label}") + 2 * _PAD
            for key, option in zip(self._keys, self._options, strict=True)
        ]
        has_blank = any(option.has_text and not option.text_field for option in self._options)
        line = self._box_width() + sum(self._widths) + SMALL * len(self._widths)
        self.natural_width = 0 if has_blank else line
        self.wide = has_blank or self._several or line > 210

    def ask(self, field: Field) -> None:
        """Show another column's options. A choice goes along by its words: the same number may mean something else."""
        old = {option.code: option.label for option in self._options}
        texts = {old[code]: blank.text() for code, blank in self._blanks.items() if code in old}
        labels = [old[code] for code in self._chosen]
        super().ask(field)
        self._read_options()
        self._chosen = [option.code for option in self._options if option.label in labels]
        for blank in self._blanks.values():
            blank.hide()
            blank.deleteLater()
        self._blanks = {}
        self._write_box()
        self._open_blanks({field.text_key(option.code): texts.get(option.label, "") for option in self._options})
        self._place()
        self.host.editor_resized(self)

    def _shown_options(self) -> list[Option]:
        return [option for option in self.field.options if option.selectable]

    # Answers

    def raw(self) -> dict[str, Any]:
        """What is typed."""
        found: dict[str, Any] = {}
        if self._several:
            order = {option.code: place for place, option in enumerate(self._options)}
            codes = sorted(dict.fromkeys(self._chosen), key=lambda code: order.get(code, len(order)))
            if codes or self._strange:
                found[self.field.id] = [*codes, *self._strange]
        elif self._chosen or self._strange:
            found[self.field.id] = self._to_answer((self._chosen or self._strange)[0])
        for code, blank in self._blanks.items():
            if code in self._chosen and blank.text().strip():
                found[self.field.text_key(code)] = blank.text()
        return found

    def show_answers(self, answers: Mapping[str, Any]) -> None:
        """Show the answers that belong here."""
        value = answers.get(self.field.id)
        codes = [str(code) for code in value] if isinstance(value, list) else self._from_answer(value)
        known = {option.code for option in self._options}
        self._chosen = [code for code in codes if code in known]
        self._strange = [code for code in codes if code not in known]
        self._write_box()
        self._open_blanks(answers)
        self._place()

    def _to_answer(self, code: str) -> object:
        return code

    def _from_answer(self, value: object) -> list[str]:
        return [] if value is None else [str(value)]

    def choose(self, code: str) -> None:
        """Choose an option, or undo it; an option that excludes the others stands alone."""
        self._strange = []
        if code in self._chosen:
            self._chosen.remove(code)
        elif self._several:
            alone = {option.code for option in self._options if option.exclusive}
            self._chosen = [code] if code in alone else [old for old in self._chosen if old not in alone] + [code]
        else:
            self._chosen = [code]
        self._write_box()
        self._after()

    def _typed(self, text: str) -> None:
        tokens = self._tokens(unicodedata.normalize("NFKC", text))
        by_key = dict(zip(self._keys, (option.code for option in self._options), strict=True))
        self._chosen = list(dict.fromkeys(by_key[token] for token in tokens if token in by_key))
        self._strange = [token for token in tokens if token not in by_key]
        if not self._several and len(tokens) == 1 and tokens[0] != text:
            self.box.setText(tokens[0])
        self._after()

    def _tokens(self, text: str) -> list[str]:
        """The numbers in the box. A second digit replaces the first where one choice has one digit."""
        if self._several:
            parts = re.findall(r"[^\s,，、/]+", text)
            return [digit for part in parts for digit in part] if self._short else parts
        text = text.strip()
        if text and text not in self._keys and text[-1] in self._keys:
            return [text[-1]]
        return [text] if text else []

    def _after(self) -> None:
        self._open_blanks(None)
        self._place()
        self.tell_changed()

    def _write_box(self) -> None:
        by_code = {option.code: key for key, option in zip(self._keys, self._options, strict=True)}
        shown = " ".join([*(by_code[code] for code in self._chosen), *self._strange])
        if self.box.text() != shown:
            self.box.setText(shown)

    def tidy(self) -> None:
        """Show what was understood."""
        self._write_box()

    # Blanks behind options

    def _open_blanks(self, answers: Mapping[str, Any] | None) -> None:
        for option in self._options:
            wanted = option.has_text and not option.text_field and option.code in self._chosen
            if wanted and option.code not in self._blanks:
                blank = EntryLine(self, self, digits=bool(option.number_unit))
                blank.setPlaceholderText("" if option.number_unit else self.words("choice.blank"))
                blank.setAccessibleName(option.label)
                blank.textEdited.connect(self.tell_changed)
                self._blanks[option.code] = blank
            blank_there = self._blanks.get(option.code)
            if blank_there is not None:
                if answers is not None:
                    blank_there.setText(str(answers.get(self.field.text_key(option.code), "")))
                blank_there.setVisible(wanted)
                blank_there.setEnabled(self.box.isEnabled())

    def stops(self) -> list[QWidget]:
        """The widgets that the keys visit."""
        blanks = (self._blanks.get(option.code) for option in self._options if option.code in self._chosen)
        return [self.box, *(blank for blank in blanks if blank is not None)]

    # Where things are

    def lock(self, *, locked: bool) -> None:
        """Show only, and only what is chosen."""
        super().lock(locked=locked)
        self._place()

    def height_for(self, width: int) -> int:
        """Height needed at a width."""
        return max(LINE_HEIGHT, self._flow(width)[1])

    def _box_width(self) -> int:
        return _SEVERAL_BOX if self._several else _BOX

    def _flow(self, width: int) -> tuple[list[tuple[Option, str, QRect]], int]:
        left = self._box_width() + SMALL
        x, y, step, found = left, 3, _ROW + 2, []
        for option, key, wide in zip(self._options, self._keys, self._widths, strict=True):
            if not self.box.isEnabled() and self._chosen and option.code not in self._chosen:
                continue  # worked out by the program: the other options are no choice
            blank = self._blank_width(option) if self._blank_shown(option) else 0
            if x > left and x + wide + blank > width:
                x, y, step = left, y + step, _ROW + 2
            step = LINE_HEIGHT + 4 if blank else step  # the blanks of two lines don't touch
            found.append((option, key, QRect(x, y, min(wide, max(width - left, 40)), _ROW)))
            x += wide + SMALL + (blank + SMALL if blank else 0)
        return found, y + _ROW + 3

    def _blank_shown(self, option: Option) -> bool:
        return option.code in self._blanks and option.code in self._chosen

    def _blank_width(self, option: Option) -> int:
        """Width of an option's blank, with the unit drawn behind it."""
        unit = option.number_unit
        return _NUMBER + SMALL + self.fontMetrics().horizontalAdvance(unit) if unit else _BLANK

    def _place(self) -> None:
        before = self.height()
        needed = self._arrange()
        if before and max(needed, LINE_HEIGHT) != before:
            self.host.editor_resized(self)

    def _arrange(self) -> int:
        """Put the options and their blanks in their places; returns the height that they need."""
        self._places, needed = self._flow(self.width())
        for option, _key, rect in self._places:
            if self._blank_shown(option):
                least, wanted = (_NUMBER, _NUMBER) if option.number_unit else (80, _BLANK)
                room = max(min(wanted, self.width() - rect.right() - SMALL), least)
                self._blanks[option.code].setGeometry(rect.right() + SMALL, rect.top() - 3, room, LINE_HEIGHT)
        self.update()
        return needed

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Flow the options anew. The host isn't told: it gave the size, or is about to give one."""
        super().resizeEvent(event)
        self.box.setGeometry(0, 0, self._box_width(), LINE_HEIGHT)
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the options; the chosen ones on the accent."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        live = self.box.isEnabled()
        for option, key, rect in self._places:
            if not rect.intersects(event.rect()):
                continue
            chosen = option.code in self._chosen
            if chosen:
                painter.setPen(QPen(colour("accent" if live else "line_strong"), 1))
                painter.setBrush(colour("accent_soft" if live else "ground"))
                painter.drawRoundedRect(rect.adjusted(0, 1, -1, -1), 6, 6)
            inside = rect.adjusted(_PAD, 0, -_PAD, 0)
            ink = "faint" if not live and not chosen else "accent_dark" if chosen and live else "quiet"
            painter.setPen(colour(ink))
            flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(inside, flags, key)
            painter.setPen(colour("faint" if not live and not chosen else "text"))
            shift = painter.fontMetrics().horizontalAdvance(f"{key} ")
            painter.drawText(inside.adjusted(shift, 0, 0, 0), flags, option.label)
            if option.number_unit and self._blank_shown(option):
                behind = rect.translated(rect.width() + SMALL + _NUMBER + SMALL // 2, 0)
                painter.drawText(behind, flags, option.number_unit)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Choose with the mouse."""
        option = self._option_at(event.position().toPoint())
        if option is not None and self.box.isEnabled():
            self.box.setFocus(Qt.FocusReason.MouseFocusReason)
            self.choose(option.code)

    def _option_at(self, point: QPoint) -> Option | None:
        return next((option for option, _key, rect in self._places if rect.contains(point)), None)


class BoolEditor(ChoiceEditor):
    """Yes or no, as 1 and 2."""

    def _shown_options(self) -> list[Option]:
        return [Option("1", self.words("choice.yes")), Option("2", self.words("choice.no"))]

    def _to_answer(self, code: str) -> object:
        return {"1": True, "2": False}.get(code, code)

    def _from_answer(self, value: object) -> list[str]:
        if isinstance(value, bool):
            return ["1" if value else "2"]
        return super()._from_answer(value)
