"""Asks "are you sure?" in the page itself: the rare values one below the other, and two ways on."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QWidget

from jiandang_desktop.forms.findings import Finding
from jiandang_desktop.gui.forms.editors import Words
from jiandang_desktop.gui.forms.side_lists import row_sentence
from jiandang_desktop.gui.kit import Card, PlainButton, PrimaryButton, SectionTitle, row

_SHOWN = 6


class ConfirmCard(Card):
    """``confirmed`` or ``declined``; hidden until there is something to ask."""

    confirmed = Signal()
    declined = Signal()

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__("confirm_card", parent)
        self._words = words
        self._title = SectionTitle("", "confirm_title")
        self._sentences = QLabel()
        self._sentences.setObjectName("confirm_sentences")
        self._sentences.setWordWrap(True)
        self._sentences.setProperty("kind", "due")
        correct = PlainButton(words("page.correct"), "confirm_correct")
        self.sure = PrimaryButton(words("page.confirm"), "confirm_sure")
        correct.clicked.connect(self.declined)
        self.sure.clicked.connect(self.confirmed)
        self.body.addWidget(self._title)
        self.body.addWidget(self._sentences)
        self.body.addLayout(row(None, correct, self.sure))
        self.hide()

    def ask(self, findings: Sequence[Finding]) -> None:
        """Show what is rare."""
        sentences = [row_sentence(finding, self._words) for finding in findings[:_SHOWN]]
        self._title.setText(self._words("page.confirm_title", count=len(findings)))
        self._sentences.setText("\n".join(sentences) + ("\n…" if len(findings) > _SHOWN else ""))
        self.show()
        self.sure.setFocus()
