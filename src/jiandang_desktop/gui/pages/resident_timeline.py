"""What happened to somebody, newest first: records with what they say in short, drafts, and the events of a life."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from jiandang_desktop.gui.forms.editors import Words
from jiandang_desktop.gui.kit import Card, DataTable, SectionTitle, Tone, quiet_label
from jiandang_desktop.gui.models.rows import Column, Rows
from jiandang_desktop.gui.pages.resident_records import RecordLine
from jiandang_desktop.services.overview import Overview

_LEAST = 240
"""Least height of the list, in pixels."""


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One line; ``line`` is the record behind it, None for an event."""

    day: str
    title: str
    content: str
    state: str
    tone: Tone | None
    line: RecordLine | None


class Timeline(Card):
    """``opened(RecordLine)``."""

    opened = Signal(object)

    def __init__(self, words: Words, terms: Words, parent: QWidget | None = None) -> None:
        super().__init__("overview_recent", parent)
        self._words = words
        self._terms = terms
        self._lines: Sequence[RecordLine] = ()
        self._seen: Overview | None = None
        columns: tuple[Column[TimelineRow], ...] = (
            Column(words("resident.column.date"), lambda each: each.day),
            Column(words("resident.column.form"), lambda each: each.title),
            Column(words("resident.column.content"), lambda each: each.content),
            Column(words("resident.column.state"), lambda each: each.state, tone=lambda each: each.tone),
        )
        self.model = Rows(columns, self)
        self.table = DataTable("recent_records", self.model)
        self.table.set_widths(112, 124, 0, 104)
        self.table.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.table.setMinimumHeight(_LEAST)
        self.nothing = quiet_label(words("resident.nothing_title"), "overview_none")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.body.addWidget(SectionTitle(words("resident.timeline")))
        self.body.addWidget(self.nothing, 1)
        self.body.addWidget(self.table, 1)
        self.table.row_chosen.connect(self._choose)

    def show_lines(self, lines: Sequence[RecordLine]) -> None:
        """Records and drafts, as ``record_lines`` gives them."""
        self._lines = lines
        self._seen = None
        self._show()

    def show_overview(self, seen: Overview) -> None:
        """What the records say, and the events."""
        self._seen = seen
        self._show()

    def _show(self) -> None:
        rows = [self._row(line) for line in self._lines]
        if self._seen is not None:
            rows += [
                TimelineRow(each.day, self._terms(f"life_event.{each.kind}"), each.detail, "", None, None)
                for each in self._seen.events
            ]
        drafts = [each for each in rows if each.line is not None and each.line.record is None]
        others = [each for each in rows if each not in drafts]
        self.model.show_rows([*drafts, *sorted(others, key=lambda each: each.day, reverse=True)])
        self.table.setVisible(bool(rows))
        self.nothing.setVisible(not rows)

    def _row(self, line: RecordLine) -> TimelineRow:
        seen = self._seen
        short = seen.short_titles.get(line.form_id, line.title) if seen is not None else line.title
        said = seen.summaries.get(line.record_id, "") if seen is not None and line.record_id else ""
        content = "\N{IDEOGRAPHIC SPACE}".join(part for part in (line.reason, said) if part)
        return TimelineRow(line.date, short, content, line.state_words, line.tone, line)

    def _choose(self, place: int) -> None:
        found = self.model.row(place)
        if found is not None and found.line is not None:
            self.opened.emit(found.line)
