"""The top of the window: find anybody from anywhere, who is signed in, lock."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget
from shiboken6 import isValid

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.gui.kit import PlainButton, SearchBox, row
from jiandang_desktop.gui.people_words import age_words, sex_words
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.theme import LARGE, MEDIUM, SMALL, TIGHT
from jiandang_desktop.ports.vault import ResidentRow
from jiandang_desktop.services import cards, search
from jiandang_desktop.services.desk import Desk

_FOUND = 8


class TopBar(QFrame):
    """``resident_chosen(resident id)`` from the list, ``card_shown(resident id)`` by a card; ``lock_wanted``."""

    resident_chosen = Signal(str)
    card_shown = Signal(str)
    lock_wanted = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("top_bar")
        self.setProperty("kind", "top")
        self._session = session
        self._asked = ""
        self._before: QWidget | None = None
        self.search = SearchBox("top_search", session.text("top.search"))
        self.search.setMinimumWidth(460)
        self.search.setMaximumWidth(620)
        self.lock = PlainButton(session.text("top.lock"), "top_lock")
        self.lock.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        bar = row(self.search, None, self.lock, spacing=MEDIUM)
        bar.setContentsMargins(LARGE, SMALL, LARGE, SMALL)
        self.setLayout(bar)
        self.popup = FoundPopup(self)
        self.lock.clicked.connect(self.lock_wanted)
        self.search.searched.connect(self._look)
        self.search.chosen.connect(self._choose)
        self.search.moved_down.connect(self._into_list)
        self.search.left.connect(self._leave)
        self.popup.chosen.connect(self._chosen)

    def enter(self) -> None:
        """Come in with F3."""
        now = self.window().focusWidget()
        if now is not self.search and not (now is not None and self.popup.isAncestorOf(now)):
            self._before = now
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _look(self, text: str) -> None:
        self._asked = text
        if not text:
            self.popup.hide()
            return
        self._session.ask(self, lambda desk: (text, search.find(desk, text, limit=_FOUND)), self._show_found)

    def _show_found(self, found: tuple[str, list[ResidentRow]]) -> None:
        text, people = found
        if text != self._asked or self.window().focusWidget() is not self.search:
            return  # typed on meanwhile, or gone elsewhere
        today = self._session.bench.clock.today()
        lines = []
        for person in people:
            parts = (
                person.name,
                sex_words(self._session, person.sex),
                age_words(self._session, person.birth_date, today),
                person.address,
            )
            lines.append((person.id, "　".join(part for part in parts if part)))
        self.popup.show_lines(lines, self._session.text("top.none"), self.search)

    def _choose(self, text: str) -> None:
        """Enter: a card's token opens its folder, otherwise the first one found."""
        if cards.token_in(text):
            self.scan(text)
        elif text == self._asked and self.popup.first():
            self._chosen(self.popup.first())
        elif text:
            self._asked = text
            self._session.ask(self, lambda desk: _first(desk, text), self._only)

    def scan(self, text: str) -> None:
        """A card was scanned, or its token typed: open its folder, or say why it opens none."""
        token = cards.token_in(text)
        self._session.ask(self, lambda desk: cards.by_token(desk, token), self._carded, failed=self._no_card)

    def _carded(self, person: ResidentRow) -> None:
        self._asked = ""
        self.search.clear()
        self.popup.hide()
        self.card_shown.emit(person.id)

    def _no_card(self, problem: Problem) -> None:
        self.popup.show_lines([], self._session.sentence(problem), self.search)

    def _only(self, person: ResidentRow | None) -> None:
        if person is not None:
            self._chosen(person.id)
        else:
            self.popup.show_lines([], self._session.text("top.none"), self.search)

    def _leave(self) -> None:
        """Esc: back to where one worked before F3."""
        self.popup.hide()
        before = self._before
        if before is not None and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _into_list(self) -> None:
        if self.popup.isVisible():
            self.popup.enter()

    def _chosen(self, resident_id: str) -> None:
        self._asked = ""
        self.search.clear()
        self.popup.hide()
        self.resident_chosen.emit(resident_id)


class FoundPopup(QFrame):
    """People found, under the search box; gone as soon as one works elsewhere."""

    chosen = Signal(str)

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner)
        self.setObjectName("found_popup")
        self.setProperty("kind", "popup")
        self._owner = owner
        self._box: QWidget | None = None
        self.list = QListWidget()
        self.list.setObjectName("found_list")
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.nothing = QLabel()
        self.nothing.setProperty("kind", "quiet")
        self.nothing.setWordWrap(True)
        self.nothing.setMargin(SMALL)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(TIGHT, TIGHT, TIGHT, TIGHT)
        layout.addWidget(self.list)
        layout.addWidget(self.nothing)
        self.list.itemActivated.connect(self._activated)
        self.list.itemClicked.connect(self._activated)
        self.hide()

    def show_lines(self, lines: Sequence[tuple[str, str]], nothing: str, box: QWidget) -> None:
        """Show what was found below the box, or one sentence."""
        if self._box is None:
            for watched in (box, self.list):
                watched.installEventFilter(self)
        self._box = box
        self.list.clear()
        for resident_id, words in lines:
            item = QListWidgetItem(words)
            item.setData(Qt.ItemDataRole.UserRole, resident_id)
            self.list.addItem(item)
        self.list.setVisible(bool(lines))
        self.nothing.setText(nothing)
        self.nothing.setVisible(not lines)
        # Within the workplace, so that nobody's name outlives the lock.
        place = self._owner.parentWidget() or self._owner
        self.setParent(place)
        row_height = max(self.list.sizeHintForRow(0), 32)
        height = row_height * len(lines) + 16 if lines else self.nothing.sizeHint().height() + 44
        self.resize(box.width(), height)
        self.move(box.mapTo(place, QPoint(0, box.height() + 2)))
        self.show()
        self.raise_()

    def first(self) -> str:
        """Who is first, ''."""
        item = self.list.item(0) if self.isVisible() else None
        return str(item.data(Qt.ItemDataRole.UserRole)) if item is not None else ""

    def enter(self) -> None:
        """Into the list with the keyboard."""
        if self.list.count():
            self.list.setCurrentRow(0)
            self.list.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Esc goes back to the box."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
            if self._box is not None:
                self._box.setFocus()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """The focus went from the box or the list: to the other of the two, or away."""
        if event.type() == QEvent.Type.FocusOut and isinstance(event, QFocusEvent):
            stays = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
            if event.reason() not in stays:
                QTimer.singleShot(0, self, self._maybe_go)
        return super().eventFilter(watched, event)

    def _maybe_go(self) -> None:
        now = self.window().focusWidget()
        if now is not self._box and not (now is not None and self.isAncestorOf(now)):
            self.hide()

    def _activated(self, item: QListWidgetItem) -> None:
        self.chosen.emit(str(item.data(Qt.ItemDataRole.UserRole)))


def _first(desk: Desk, text: str) -> ResidentRow | None:
    return next(iter(search.find(desk, text, limit=1)), None)
