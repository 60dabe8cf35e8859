"""转诊: slips that went out and what became of them; where one waits, the way to its answer."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QFrame, QLabel, QScrollArea, QStackedWidget, QWidget

from jiandang_desktop.domain.changes import Changes
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.gui.kit import (
    Badge,
    Card,
    DataTable,
    EmptyState,
    Page,
    PlainButton,
    PrimaryButton,
    SectionTitle,
    Tone,
    column,
    line_edit,
    quiet_label,
    row,
)
from jiandang_desktop.gui.models.rows import Column, Rows
from jiandang_desktop.gui.people_words import age_words, sex_words
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.theme import MEDIUM, SMALL
from jiandang_desktop.services import referrals
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.referrals import Slip, SlipState

FILTERS = ("waiting", "overdue", "answered", "all")
_CARD = 400


class ReferralsPage(Page):
    """The list at the left, the slip under the cursor at the right.

    ``entry_wanted(form, subject, record, start, question)``, ``print_wanted(form, subject, record)``,
    ``resident_wanted(resident)``; ``left`` by Esc at a village, where the page isn't in the rail.
    """

    entry_wanted = Signal(str, str, object, object, str)
    print_wanted = Signal(str, str, object)
    resident_wanted = Signal(str)
    left = Signal()
    shown = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("referrals", session.bench.text("referrals", "title"), parent)
        self._session = session
        self._say = partial(session.bench.text, "referrals")
        desk = session.desk
        self._village = desk is not None and desk.station.level == "village"
        self._slips: list[Slip] = []
        self._chosen: Slip | None = None
        self.back_button = PlainButton(self._say("do.back"), "referrals_back")
        self.back_button.clicked.connect(self.left)
        self.add_action(self.back_button)
        self.back_button.setVisible(self._village)
        leave = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        leave.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        leave.activated.connect(self._leave)
        self.buttons = QButtonGroup(self)
        self.filters = {name: self._filter(name) for name in FILTERS}
        self.filters["waiting"].setChecked(True)
        self.older = PlainButton(self._say("filter.older"), "referrals_older")
        self.older.setProperty("kind", "filter")
        self.older.setCheckable(True)
        self.older.clicked.connect(self.refresh)
        self.model = Rows(self._columns(), self)
        self.table = DataTable("referrals_table", self.model)
        self.table.set_widths(120, 64, 0, 0, 142)
        self.empty = EmptyState("referrals_empty", self._say("empty.title"), "")
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        self.card = self._build_card()
        self.body.addLayout(row(*self.filters.values(), None, self.older))
        sides = row(self.stack, self.card, spacing=MEDIUM)
        sides.setStretch(0, 1)
        self.body.addLayout(sides, 1)
        self.setFocusProxy(self.table)
        self.buttons.buttonClicked.connect(lambda _button: self._show_filtered())
        self.table.row_changed.connect(self._moved)
        self.table.row_chosen.connect(lambda _place: self._open())

    def refresh(self) -> None:
        """Read the slips again; the cursor stays with its slip."""
        older = self.older.isChecked()
        self._session.ask(self, lambda desk: referrals.listing(desk, everything=older), self._show)

    def _leave(self) -> None:
        if self._village:
            self.left.emit()

    def _filter(self, name: str) -> PlainButton:
        button = PlainButton(self._say(f"filter.{name}"), f"referrals_{name}")
        button.setProperty("kind", "filter")
        button.setCheckable(True)
        self.buttons.addButton(button)
        return button

    def _columns(self) -> tuple[Column[Slip], ...]:
        say = self._say
        other = "to" if self._village else "from"
        return (
            Column(say("columns.date"), lambda slip: slip.asked_on),
            Column(say("columns.kind"), lambda slip: self._session.bench.text("terms", f"slip_kind.{slip.kind.id}")),
            Column(say("columns.name"), lambda slip: slip.resident.name),
            Column(say(f"columns.{other}"), lambda slip: slip.to if self._village else slip.sender),
            Column(say("columns.state"), self._state_words, _tone),
        )

    def _state_words(self, slip: Slip) -> str:
        desk = self._session.desk
        return referrals.state_words(desk, slip, short=True) if desk is not None else ""

    def _build_card(self) -> Card:
        say = self._say
        card = Card("referrals_card")
        card.setFixedWidth(_CARD)
        self.head = SectionTitle("", "referrals_head")
        self.about = quiet_label(name="referrals_about")
        self.state = Badge()
        self.state.setObjectName("referrals_state")
        self.told = QLabel()
        self.told.setObjectName("referrals_told")
        self.told.setWordWrap(True)
        self.told.setTextFormat(Qt.TextFormat.PlainText)
        self.told.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self.told)
        self.result = line_edit("referrals_result", say("do.tracked"))
        self.track_button = PlainButton(say("do.track"), "referrals_track")
        self.track_box = QWidget()
        self.track_box.setLayout(row(self.result, self.track_button))
        self.answer_button = PrimaryButton(say("do.answer"), "referrals_answer")
        self.accept_button = PlainButton(say("do.accept"), "referrals_accept")
        self.print_button = PlainButton(say("do.print"), "referrals_print")
        self.folder_button = PlainButton(say("do.folder"), "referrals_folder")
        for item in (self.head, self.about, self.state, scroll, self.track_box):
            card.body.addWidget(item)
        card.body.setStretch(3, 1)
        card.body.addLayout(
            column(
                row(self.folder_button, self.print_button, None),
                row(None, self.accept_button, self.answer_button),
                spacing=SMALL,
            )
        )
        for button, slot in (
            (self.answer_button, self._open),
            (self.accept_button, self._accept),
            (self.print_button, self._print),
            (self.folder_button, self._folder),
            (self.track_button, self._track),
        ):
            button.clicked.connect(slot)
        self.result.returnPressed.connect(self._track)
        return card

    def _show(self, slips: list[Slip]) -> None:
        self._slips = slips
        for name, button in self.filters.items():
            button.setText(f"{self._say(f'filter.{name}')} {len(self._of(name))}")
        self._show_filtered()

    def _of(self, name: str) -> Sequence[Slip]:
        match name:
            case "waiting":
                return [slip for slip in self._slips if slip.waits]
            case "overdue":
                return [slip for slip in self._slips if slip.overdue]
            case "answered":
                return [slip for slip in self._slips if not slip.waits]
            case _:
                return self._slips

    def _show_filtered(self) -> None:
        name = next(name for name, button in self.filters.items() if button.isChecked())
        kept = self._chosen.record.record_id if self._chosen is not None else ""
        rows = self._of(name)
        self.model.show_rows(rows)
        key = "village" if self._village and not self._slips else name
        self.empty.sentence.setText(self._say(f"empty.{key}"))
        self.stack.setCurrentWidget(self.table if rows else self.empty)
        self.card.setVisible(bool(rows))
        places = [at for at, slip in enumerate(rows) if slip.record.record_id == kept]
        self.table.choose_row(places[0] if places else 0)
        if not rows:
            self._show_slip(None)
        self.shown.emit()

    def _moved(self, place: int) -> None:
        self._show_slip(self.model.row(place))

    def _show_slip(self, slip: Slip | None) -> None:
        if slip is None:
            return
        if self._chosen is None or self._chosen.record.record_id != slip.record.record_id:
            self.result.clear()  # read again, the same slip keeps what is being typed
        self._chosen = slip
        say, who, session = self._say, slip.resident, self._session
        today = session.bench.clock.today()
        self.head.setText(who.name)
        born = age_words(session, who.birth_date, today)
        person = say("card.about", sex=sex_words(session, who.sex), age=born, phone=who.phone)
        key = "card.from" if slip.kind.id == "referral" else "card.asked"
        self.about.setText(person.strip() + "\n" + say(key, sender=slip.sender, to=slip.to, date=slip.asked_on))
        desk = session.desk
        self.state.show_state(referrals.state_words(desk, slip) if desk is not None else "", _tone(slip))
        told = referrals.told(desk, slip) if desk is not None else ()
        self.told.setText("\n\n".join(f"{label}\n{words}" for label, words in told))
        may = desk is not None and desk.may(Right.WRITE_RECORDS)
        writes = self._may_answer()
        self.accept_button.setVisible(writes and slip.can_be_accepted)
        self.track_box.setVisible(may and slip.waits and bool(slip.kind.tracked))
        key = "open" if not writes else "answer" if slip.waits else "change"
        self.answer_button.setText(say(f"do.{key}"))

    # What can be done with a slip

    def _open(self) -> None:
        """The slip itself; where it waits for an answer from here, at the answer, with what is known filled in."""
        slip = self._chosen
        if slip is None:
            return
        if slip.waits and self._may_answer():
            record_id = slip.record.record_id
            self._session.ask(
                self,
                lambda desk: referrals.begin_answer(desk, record_id),
                lambda _entry: self._enter(slip),
                failed=self._refused,
            )
        else:
            self._enter(slip)

    def _enter(self, slip: Slip) -> None:
        place = slip.kind.answer_at(asking=self._village) if slip.waits or not self._village else ""
        self.entry_wanted.emit(slip.record.form_id, slip.record.subject_id, slip.record.record_id, {}, place)

    def _may_answer(self) -> bool:
        desk = self._session.desk
        return not self._village and desk is not None and desk.may(Right.WRITE_RECORDS)

    def _print(self) -> None:
        slip = self._chosen
        if slip is not None:
            self.print_wanted.emit(slip.record.form_id, slip.record.subject_id, slip.record.record_id)

    def _folder(self) -> None:
        if self._chosen is not None:
            self.resident_wanted.emit(self._chosen.resident.id)

    def _accept(self) -> None:
        self._change(lambda desk, slip: referrals.accept(desk, slip.record.record_id), "done.accepted")

    def _track(self) -> None:
        words = self.result.text().strip()
        if words:
            self._change(lambda desk, slip: referrals.track(desk, slip.record.record_id, words), "done.tracked")

    def _change(self, change: Callable[[Desk, Slip], Slip], done: str) -> None:
        slip = self._chosen
        if slip is None:
            return
        self.message.hide()
        self._session.ask(
            self,
            lambda desk: change(desk, slip),
            lambda _slip: self._done(done, slip),
            changes=Changes(records=True, submissions=True),
            failed=self._refused,
            holding=(self.accept_button, self.track_button),
        )

    def _done(self, key: str, slip: Slip) -> None:
        self.result.clear()
        self.message.say(self._say(key, name=slip.resident.name))

    def _refused(self, problem: Problem) -> None:
        self.message.say(self._session.sentence(problem), Tone.WRONG)


def _tone(slip: Slip) -> Tone:
    if slip.waits:
        return Tone.WRONG if slip.overdue else Tone.DUE
    return Tone.CONFIRMED if slip.state is SlipState.HOME else Tone.PLAIN
