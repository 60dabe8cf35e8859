"""Earlier visits beside the one being filled in: which of them is looked at, and its answers in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from jiandang_desktop.domain.records import Answers
from jiandang_desktop.forms.definition import Field, Form
from jiandang_desktop.gui.forms.answer_words import answer_words
from jiandang_desktop.gui.forms.editors import Words
from jiandang_desktop.gui.kit import quiet_label
from jiandang_desktop.gui.theme import MEDIUM, SMALL

_LONGEST = 160


@dataclass(frozen=True)
class Compared:
    """An earlier visit of a form."""

    form: Form
    """As the visit's column of the sheet asks it."""
    answers: Answers

    def words(self) -> dict[str, str]:
        """Its answers in words, by question; what the program fills in by itself is left out."""
        shown = {item.id: answer_words(item, self.answers, _LONGEST) for item in self.form.fields() if not item.derived}
        return {name: words for name, words in shown.items() if words}

    def answer_for(self, question: Field) -> dict[str, object]:
        """Its answer as ``question`` would hold it; empty where another column means something else by it."""
        own = self.form.field(question.id)
        value = self.answers.get(question.id)
        if own is None or value is None or question.derived:
            return {}
        for code in value if isinstance(value, list) else [value]:
            was, now = own.option(str(code)), question.option(str(code))
            if question.options and (was is None or now is None or was.label != now.label):
                return {}
        keys = (question.id, *question.word_keys())
        return {key: self.answers[key] for key in keys if key in self.answers}


class EarlierVisits(QWidget):
    """Above the sheet: which visit stands beside it. ``chosen`` gives its place, newest first, or -1 for none."""

    chosen = Signal(int)

    def __init__(self, form: Form, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("earlier_visits")
        self._form = form
        self._words = words
        self.hint = quiet_label(words("earlier.hint"), "earlier_hint")
        self.hint.setWordWrap(False)
        self.box = QComboBox()
        self.box.setObjectName("earlier_box")
        self.box.setAccessibleName(words("earlier.which"))
        self.box.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.box.setMinimumWidth(220)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, MEDIUM, 0)
        layout.setSpacing(SMALL)
        layout.addStretch(1)
        layout.addWidget(self.hint)
        layout.addWidget(self.box)
        self.box.currentIndexChanged.connect(self._changed)
        self.hide()

    def show_visits(self, visits: Sequence[tuple[str, Answers]]) -> None:
        """The visits to choose from, newest first; the newest is looked at."""
        self.box.blockSignals(True)
        self.box.clear()
        titles = {column.id: column.title for column in self._form.columns}
        for place, (day, answers) in enumerate(visits):
            column = titles.get(str(answers.get(self._form.column_field, "")), "")
            key = "earlier.other" if place else "earlier.last"
            self.box.addItem(self._words(key, day=day, column=column).strip(), place)
        self.box.addItem(self._words("earlier.none"), -1)
        self.box.blockSignals(False)
        self.setVisible(bool(visits))

    def step(self, forwards: int) -> None:
        """The next older (+1) or newer (-1) visit, round and round."""
        if self.box.count() > 1:
            self.box.setCurrentIndex((self.box.currentIndex() + forwards) % self.box.count())

    def _changed(self, place: int) -> None:
        self.chosen.emit(self.box.itemData(place) if place >= 0 else -1)
