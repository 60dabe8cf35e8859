"""What is to be done for somebody, and the programmes that ask for it: cards of the resident's overview."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from jiandang_desktop.domain.records import FormId, RecordId
from jiandang_desktop.forms.functions import days_between
from jiandang_desktop.gui.forms.editors import Words
from jiandang_desktop.gui.kit import Badge, Card, LinkButton, SectionTitle, Tone, column, quiet_label, row
from jiandang_desktop.gui.theme import SMALL
from jiandang_desktop.programmes.duties import DutyState, MembershipState
from jiandang_desktop.services.due import DutyLine, MembershipLine, ResidentCare
from jiandang_desktop.services.due_forms import ANSWER
from jiandang_desktop.services.first_record import Part

_PRESSING = (DutyState.OVERDUE, DutyState.LOST, DutyState.DUE)
_TONES = {DutyState.OVERDUE: Tone.DUE, DutyState.LOST: Tone.DUE, DutyState.DUE: Tone.PLAIN}
_PART_TONES = {"missing": Tone.DUE, "draft": Tone.DUE}


@dataclass(frozen=True, slots=True)
class Wanted:
    """One sheet that does what is due: several programmes may ask for the same one."""

    first: DutyLine
    programmes: tuple[str, ...]


def wanted_now(care: ResidentCare) -> list[Wanted]:
    """What is due or overdue on the day, the most pressing first; one entry for each sheet."""
    found: dict[tuple[FormId, str, RecordId | None], list[DutyLine]] = {}
    for line in care.duties:
        if line.state in _PRESSING:
            slip = line.called_by if line.id == ANSWER else None  # each slip has its own answer
            found.setdefault((line.form_id, line.column, slip), []).append(line)
    entries = [Wanted(lines[0], tuple(dict.fromkeys(each.programme for each in lines))) for lines in found.values()]
    return sorted(entries, key=lambda each: (_PRESSING.index(each.first.state), each.first.closes))


class DueCard(Card):
    """``wanted(DutyLine)`` asks for its sheet, ``part_wanted(form)`` for one of the first record's forms."""

    wanted = Signal(object)
    part_wanted = Signal(str)

    def __init__(self, words: Words, badges: Words, parent: QWidget | None = None) -> None:
        super().__init__("overview_due", parent)
        self._words = words
        self._badges = badges
        self.body.addWidget(SectionTitle(words("resident.due.title")))
        self._lines = QVBoxLayout()
        self._lines.setSpacing(SMALL)
        self.body.addLayout(self._lines)
        self.nothing = quiet_label("", "due_nothing")
        self.body.addWidget(self.nothing)
        self._parts: Sequence[Part] = ()
        self._care: ResidentCare | None = None
        self._ended = ""

    def show_parts(self, parts: Sequence[Part], ended: str) -> None:
        """The forms of the first record that are still open; ``ended`` says that the record ended, '' where not."""
        self._parts, self._ended = parts, ended
        self._show()

    def show_care(self, care: ResidentCare) -> None:
        """What the programmes ask for."""
        self._care = care
        self._show()

    def forget(self) -> None:
        """Nobody's yet."""
        self._parts, self._care, self._ended = (), None, ""
        self._show()

    def first_button(self) -> LinkButton | None:
        """Where the keyboard comes in."""
        return next((each for each in self.findChildren(LinkButton) if not each.isHidden()), None)

    def _show(self) -> None:
        clear(self._lines)
        open_parts = [part for part in self._parts if part.state != "complete" and not self._ended]
        for part in open_parts:
            self._lines.addWidget(self._part(part))
        entries = wanted_now(self._care) if self._care is not None else []
        for entry in entries:
            self._lines.addWidget(self._entry(entry, self._care.day if self._care else ""))
        self.nothing.setText(self._ended or self._next())
        self.nothing.setVisible(not open_parts and not entries)

    def _next(self) -> str:
        if self._care is None:
            return ""
        coming = [line for line in self._care.duties if line.state is DutyState.UPCOMING]
        first = min(coming, key=lambda line: line.target, default=None)
        nothing = self._words("resident.due.nothing")
        return nothing + (self._words("resident.due.next", what=first.what, day=first.target) if first else "")

    def _part(self, part: Part) -> QWidget:
        button = LinkButton(part.title, f"part_{part.form_id}")
        button.setProperty("part", part.state)
        button.clicked.connect(lambda _=False, form_id=part.form_id: self.part_wanted.emit(form_id))
        badge = Badge(self._words(f"resident.part.{part.state}"), _PART_TONES[part.state])
        badge.setObjectName(f"part_state_{part.form_id}")
        return holding(badge, button, None, _one_line(self._words("resident.due.part")))

    def _entry(self, entry: Wanted, day: str) -> QWidget:
        line = entry.first
        button = LinkButton(line.what, f"due_{line.programme}_{line.id}")
        button.clicked.connect(lambda _=False: self.wanted.emit(line))
        late = int(days_between(line.closes, day) or 0)
        state = self._words(f"resident.due.{line.state.value}", days=late)
        when = self._words(f"resident.due.until.{line.state.value}", day=line.closes)
        others = entry.programmes if len(entry.programmes) > 1 else ()
        also = "\N{IDEOGRAPHIC COMMA}".join(self._badges(f"badge.{name}") for name in others)
        why = line.why + (self._words("resident.due.also", programmes=also) if also else "")
        if line.attempts:
            why += self._words("resident.due.attempts", count=line.attempts, day=line.last_attempt)
        head = row(Badge(state, _TONES[line.state]), button, None, _one_line(when))
        holder = QWidget()
        holder.setLayout(column(head, quiet_label(why, f"why_{line.programme}_{line.id}"), spacing=0))
        return holder


class ProgrammesCard(Card):
    """``asked(programme)``: somebody wants to confirm or refuse a proposal. Hidden where there is nothing."""

    asked = Signal(str)

    def __init__(self, words: Words, badges: Words, parent: QWidget | None = None) -> None:
        super().__init__("overview_programmes", parent)
        self._words = words
        self._badges = badges
        self.body.addWidget(SectionTitle(words("resident.programmes.title")))
        self._lines = QVBoxLayout()
        self._lines.setSpacing(SMALL)
        self.body.addLayout(self._lines)
        self.hide()

    def show_care(self, care: ResidentCare, summaries: Mapping[RecordId, str]) -> None:
        """Show the stays that are open and those that are proposed."""
        clear(self._lines)
        shown = [each for each in care.memberships if each.state in (MembershipState.OPEN, MembershipState.PROPOSED)]
        for stay in shown:
            is_open = stay.state is MembershipState.OPEN
            self._lines.addWidget(self._open(stay, care, summaries) if is_open else self._proposed(stay))
        self.setVisible(bool(shown))

    def _open(self, stay: MembershipLine, care: ResidentCare, summaries: Mapping[RecordId, str]) -> QWidget:
        own = [line for line in care.duties if line.programme == stay.programme]
        done = [(line.done_on, summaries.get(line.done_by, ""), line.what) for line in own if line.done_by is not None]
        coming = [line for line in own if line.state is DutyState.UPCOMING]
        first = min(coming, key=lambda line: line.target, default=None)
        last = self._words("resident.programmes.none")
        if done:
            day, said, what = max(done)
            last = self._words("resident.programmes.last", day=day, what=said or what)
        below = self._words("resident.programmes.since", day=stay.opened_on or stay.since)
        if first is not None:
            below = self._words("resident.programmes.next", since=below, day=first.target, what=first.what)
        badge = Badge(self._badges(f"badge.{stay.programme}"), Tone.PLAIN)
        said_last = QLabel(last)
        said_last.setObjectName(f"last_{stay.programme}")
        said_last.setWordWrap(True)
        head = row(badge, said_last)
        head.setStretch(1, 1)
        holder = QWidget()
        holder.setLayout(column(head, quiet_label(below, f"next_{stay.programme}"), spacing=0))
        return holder

    def _proposed(self, stay: MembershipLine) -> QWidget:
        name = self._badges(f"badge.{stay.programme}")
        badge = Badge(self._words("resident.programmes.proposed", what=name), Tone.DUE)
        button = LinkButton(self._words("resident.programmes.decide"), f"decide_{stay.programme}")
        button.clicked.connect(lambda _=False: self.asked.emit(stay.programme))
        holder = QWidget()
        holder.setLayout(column(row(badge, None, button), quiet_label(stay.why), spacing=0))
        return holder


def holding(*items: QWidget | None) -> QWidget:
    """Items beside one another in a widget of their own; None takes the free room."""
    holder = QWidget()
    holder.setLayout(row(*items))
    return holder


def clear(layout: QVBoxLayout) -> None:
    """Take everything out of a layout."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()


def _one_line(text: str) -> QLabel:
    label = quiet_label(text)
    label.setWordWrap(False)
    return label
