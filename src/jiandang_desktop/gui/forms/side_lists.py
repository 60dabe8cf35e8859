"""The two lists beside the sheet: sections with what is missing, and findings. Both jump."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import (
    QLabel,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from jiandang_desktop.forms.definition import Form, Severity
from jiandang_desktop.forms.findings import Finding
from jiandang_desktop.gui.forms.editors import Words
from jiandang_desktop.gui.theme import SMALL, colour

_NAME = Qt.ItemDataRole.UserRole
_SIDES = 12
"""A row's padding at both sides, as the style sheet says; above and below it is the list's."""
_TEXT_MARGIN = 3
"""What Qt leaves free on both sides of a row's text, in pixels."""


class _WholeSentence(QStyledItemDelegate):
    """Rows as high as their sentences need beside the style's padding, which Qt leaves out of its reckoning."""

    def __init__(self, owner: QListWidget, padding: int) -> None:
        super().__init__(owner)
        self._owner = owner
        self._padding = padding

    def sizeHint(  # noqa: N802 - Qt's name
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """The sentence wrapped at the width that is there now."""
        room = QRect(0, 0, self._owner.viewport().width() - 2 * (_SIDES + _TEXT_MARGIN), 10_000)
        text = str(index.data(Qt.ItemDataRole.DisplayRole))
        height = option.fontMetrics.boundingRect(room, Qt.TextFlag.TextWordWrap, text).height()
        return QSize(self._owner.viewport().width(), height + 2 * self._padding)


class _JumpList(QListWidget):
    """A list whose rows lead to a field: by click, or Enter."""

    jumped = Signal(str)

    def __init__(self, name: str, parent: QWidget, *, padding: int) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWordWrap(True)
        self.setResizeMode(QListWidget.ResizeMode.Adjust)  # the bar at the right takes room from what was laid out
        self.setItemDelegate(_WholeSentence(self, padding))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.itemClicked.connect(self._go)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter jumps."""
        item = self.currentItem()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and item is not None:
            self._go(item)
        else:
            super().keyPressEvent(event)

    def _go(self, item: QListWidgetItem) -> None:
        self.jumped.emit(str(item.data(_NAME)))


@dataclass(frozen=True, slots=True)
class SectionState:
    """How far a section is."""

    demanded: int
    """Answers that a complete form needs."""
    missing: int
    """How many of them aren't there."""
    answered: int
    """How many questions have an answer, demanded or not."""
    findings: int
    """What is shown to be corrected or confirmed."""
    wrong: bool = False
    """Whether anything of that must be corrected."""


class SectionList(_JumpList):
    """The form's sections; behind each how complete it is and what is to be seen to."""

    def __init__(self, form: Form, words: Words, parent: QWidget) -> None:
        super().__init__("section_list", parent, padding=4)
        self._form = form
        self._words = words
        self._shown: dict[str, SectionState] = {}
        for section in form.sections:
            item = QListWidgetItem(section.title, self)
            item.setData(_NAME, section.fields[0].id if section.fields else "")

    def show_states(self, states: Mapping[str, SectionState]) -> None:
        """States by section id."""
        if dict(states) == self._shown:
            return
        self._shown = dict(states)
        for place, section in enumerate(self._form.sections):
            state = states[section.id]
            item = self.item(place)
            item.setText(f"{section.title}\n{self._in_words(state)}")
            tone = "wrong" if state.wrong else "due" if state.findings else "text" if state.missing else "quiet"
            item.setForeground(QColor(colour(tone)))

    def _in_words(self, state: SectionState) -> str:
        if state.findings:
            return self._words("section.findings", count=state.findings)
        if state.missing:
            return self._words("section.missing", answered=state.demanded - state.missing, demanded=state.demanded)
        if state.demanded:
            return self._words("section.whole")
        return self._words("section.some", count=state.answered) if state.answered else self._words("section.free")

    def show_place(self, field_id: str) -> None:
        """Mark the section one is in."""
        for place, section in enumerate(self._form.sections):
            if any(item.id == field_id for item in section.fields):
                self.setCurrentRow(place)


class FindingsList(QWidget):
    """What is to be corrected (red) or confirmed (amber), in the paper's order."""

    jumped = Signal(str)

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("findings")
        self._words = words
        self.title = QLabel(words("findings.none"))
        self.title.setProperty("kind", "quiet")
        self.title.setWordWrap(True)
        self.list = _JumpList("findings_list", self, padding=8)
        self.list.jumped.connect(self.jumped)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SMALL)
        layout.addWidget(self.title)
        layout.addWidget(self.list, 1)
        self.list.hide()
        layout.addStretch(0)

    def show_findings(self, findings: Sequence[Finding], labels: Mapping[str, str]) -> None:
        """Show these instead."""
        self.list.clear()
        for finding in findings:
            root = finding.field_id.partition(".")[0]
            label = labels.get(finding.field_id) or labels.get(root, "")
            sentence = row_sentence(finding, self._words)
            item = QListWidgetItem(sentence if sentence.startswith(label) else f"{label}：{sentence}", self.list)
            item.setData(_NAME, root)
            item.setForeground(QColor(colour("wrong" if finding.severity is Severity.ERROR else "due")))
        self.list.setVisible(bool(findings))
        count = len(findings)
        self.title.setText(self._words("findings.some", count=count) if count else self._words("findings.none"))

    def next_after(self, field_id: str, order: Sequence[str]) -> str:
        """The field of the next finding after a field, from the top again after the last; '' if none."""
        names = [str(self.list.item(place).data(_NAME)) for place in range(self.list.count())]
        known = [name for name in order if name in names]
        place = order.index(field_id) if field_id in order else -1
        later = [name for name in known if order.index(name) > place]
        return (later or known or [""])[0]


def row_sentence(finding: Finding, words: Words) -> str:
    """A finding's sentence, with its row where it is about a table."""
    if finding.row is None:
        return finding.message
    return words("findings.row", row=finding.row + 1, sentence=finding.message)
