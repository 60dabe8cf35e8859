"""移交 on the 管理 page: give this station away item by item, or take another one over."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFileDialog, QVBoxLayout, QWidget

from jiandang_desktop.bundles import StationCard
from jiandang_desktop.domain.changes import Changes
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.gui.enrolment import FingerprintLabel
from jiandang_desktop.gui.kit import (
    Card,
    DataTable,
    MessageBar,
    PlainButton,
    PrimaryButton,
    ProgressPanel,
    SectionTitle,
    Tone,
    quiet_label,
    row,
)
from jiandang_desktop.gui.kit.inputs import line_edit
from jiandang_desktop.gui.leaving_dialogs import ArriveDialog
from jiandang_desktop.gui.models.rows import Column, Rows
from jiandang_desktop.gui.places import PlaceChooser
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.tasks import Task
from jiandang_desktop.gui.theme import MEDIUM
from jiandang_desktop.gui.written import say_written
from jiandang_desktop.services import handover, takeover
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.enrolment import EnrolmentFile, EnrolmentView
from jiandang_desktop.services.handover import Written
from jiandang_desktop.services.handover_packet import Item, label
from jiandang_desktop.services.handover_state import Handover
from jiandang_desktop.services.takeover import Packet, TakenOver
from jiandang_desktop.services.work import Progress

_LARGEST = 512 * 2**20
_CHANGES = Changes(registry=True, records=True, submissions=True)


class HandoverTab(QWidget):
    """Two cards, giving and taking, and the list of items below. ``list_wanted``: print the list."""

    list_wanted = Signal()
    shown = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("handover_tab")
        self._session = session
        self._say = partial(session.bench.text, "handover")
        self._task: Task | None = None
        self._card: StationCard | None = None
        self._known: Handover | None = None
        self._packet: Packet | None = None
        self._remarks: dict[str, str] = {}
        self._sure = False
        self.message = MessageBar("handover_message")
        self.progress = ProgressPanel("handover_progress", session.text)
        self.progress.stopped.connect(self._stop)
        self.give, self.take = self._build_give(), self._build_take()
        self.model = Rows(self._columns(), self)
        self.table = DataTable("handover_items", self.model)
        self.table.set_widths(0, 90, 170, 230)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, MEDIUM, 0, 0)
        layout.setSpacing(MEDIUM)
        for item in (self.message, self.progress, self.give, self.take):
            layout.addWidget(item)
        layout.addWidget(self.table, 1)
        layout.addStretch()

    def _build_give(self) -> Card:
        say = self._say
        card = Card("handover_give")
        self.read = PlainButton(say("give.read"), "handover_read")
        self.above = PlainButton("", "handover_above")
        self.print = PlainButton(say("give.print"), "handover_print")
        self.withdraw = PlainButton(say("give.withdraw"), "handover_withdraw")
        self.confirm = PlainButton(say("give.confirm"), "handover_confirm")
        self.how = quiet_label(say("give.how"), "handover_how")
        self.who = quiet_label(name="handover_who")
        self.words = FingerprintLabel("handover_words")
        self.warn = quiet_label(say("give.warn"), "handover_warn")
        self.reason = line_edit("handover_reason", say("give.reason"))
        self.begin = PrimaryButton(say("give.begin"), "handover_begin")
        self.differ = PlainButton(say("give.differ"), "handover_differ")
        self.place = PlaceChooser(self._session, "handover_place")
        self.write = PrimaryButton(say("give.write"), "handover_write")
        card.body.addLayout(
            row(SectionTitle(say("give.title")), None, self.above, self.read, self.print, self.withdraw, self.confirm)
        )
        for item in (self.how, self.who, self.words, self.warn):
            card.body.addWidget(item)
        card.body.addLayout(row(self.reason, self.differ, self.begin))
        card.body.addLayout(row(self.place, self.write))
        self.read.clicked.connect(partial(self._browse, self.read_card))
        self.above.clicked.connect(self._choose_above)
        self.begin.clicked.connect(self._begin)
        self.differ.clicked.connect(self._differ)
        self.write.clicked.connect(self._write)
        self.confirm.clicked.connect(partial(self._browse, self.read_receipt))
        self.withdraw.clicked.connect(self._withdraw)
        self.print.clicked.connect(self.list_wanted)
        return card

    def _build_take(self) -> Card:
        say = self._say
        card = Card("handover_take")
        self.invite = PlainButton(say("take.invite"), "takeover_invite")
        self.count = PlainButton(say("take.count"), "takeover_count")
        self.arrive = PlainButton(say("arrive.button"), "takeover_arrive")
        self.take_place = PlaceChooser(self._session, "takeover_place")
        self.take_how = quiet_label(say("take.how"), "takeover_how")
        self.take_who = quiet_label(name="takeover_who")
        self.take_words = FingerprintLabel("takeover_words")
        self.compared = QCheckBox(say("take.compared"))
        self.compared.setObjectName("takeover_compared")
        self.remark = line_edit("takeover_remark", say("take.remark"))
        self.note = PlainButton(say("take.note"), "takeover_note")
        self.sign = PrimaryButton(say("take.take"), "takeover_sign")
        card.body.addWidget(SectionTitle(say("take.title")))
        card.body.addWidget(self.take_how)
        card.body.addLayout(row(self.take_place, self.invite, self.count, self.arrive))
        for item in (self.take_who, self.take_words, self.compared):
            card.body.addWidget(item)
        card.body.addLayout(row(self.remark, self.note, self.sign))
        self.invite.clicked.connect(self._invite)
        self.count.clicked.connect(self._count)
        self.arrive.clicked.connect(lambda: ArriveDialog(self._session, self).open())
        self.compared.toggled.connect(self._show)
        self.note.clicked.connect(self._note)
        self.sign.clicked.connect(self._sign)
        return card

    def _columns(self) -> tuple[Column[Item], ...]:
        say = self._say
        return (
            Column(say("columns.item"), self._label),
            Column(say("columns.count"), lambda item: f"{item.count:,}", right=True),
            Column(say("columns.sum"), lambda item: item.sha256[:16]),
            Column(say("columns.remark"), self._opinion, self._tone),
        )

    def _label(self, item: Item) -> str:
        desk = self._session.desk
        return label(desk, item.name) if desk is not None else item.name

    def _opinion(self, item: Item) -> str:
        if self._packet is not None:
            if item.name in self._packet.differing:
                return self._say("columns.differs")
            return self._remarks.get(item.name) or self._say("columns.agrees")
        if self._known is not None and not self._known.confirmed_at:
            return self._say("columns.open")
        return item.remark or self._say("columns.agrees")

    def _tone(self, item: Item) -> Tone:
        if self._packet is not None:
            wrong = item.name in self._packet.differing or item.name in self._remarks
            return Tone.WRONG if wrong else Tone.PLAIN
        if self._known is not None and not self._known.confirmed_at:
            return Tone.PLAIN
        return Tone.WRONG if item.remark else Tone.CONFIRMED

    def refresh(self) -> None:
        """Ask again how things stand."""
        self._session.ask(self, handover.state, self._stands)

    def _stands(self, known: Handover | None) -> None:
        self._known = known
        self._show()
        self.shown.emit()

    def _show(self, *_: object) -> None:
        """Show what can be done now, and nothing else."""
        known, packet, card = self._known, self._packet, self._card
        desk = self._session.desk
        choosing = known is None and packet is None
        enrolled = desk is not None and desk.station.enrolled
        stranger = packet is not None and not packet.trusted
        open_ = known is not None and not known.confirmed
        fits = packet is not None and not packet.differing
        _show(packet is None, self.give)
        _show(known is None and card is None, self.take)
        _show(choosing and card is None, self.read, self.how)
        _show(choosing and card is None and enrolled, self.above)
        _show(choosing and card is not None, self.words, self.warn, self.reason, self.begin, self.differ)
        _show(known is not None or card is not None, self.who)
        _show(open_, self.place, self.write, self.confirm)
        _show(known is not None and not known.confirmed_at, self.withdraw)
        _show(known is not None, self.print)
        _show(packet is None, self.take_place, self.invite, self.count, self.arrive, self.take_how)
        _show(packet is not None, self.take_who)
        _show(stranger or (packet is None and bool(self.take_words.text())), self.take_words)
        _show(stranger, self.compared)
        _show(fits, self.remark, self.note, self.sign)
        _show(known is not None or packet is not None, self.table)
        if desk is not None:
            self.above.setText(self._say("give.above", name=desk.station.parent_name))
        self.sign.setEnabled(fits and (not stranger or self.compared.isChecked()))
        if known is not None:
            self.who.setText(self._state_words(known))
            self.model.show_rows(known.items)

    def _state_words(self, known: Handover) -> str:
        name, by = known.successor.name, known.confirmed_by
        at = (known.confirmed_at or known.begun_at)[:16].replace("T", " ")
        if known.supplement:
            return self._say("give.supplement", name=name, by=by, at=at)
        if not known.confirmed:
            return self._say("give.begun", name=name, at=at, reason=known.reason)
        remarks = sum(bool(item.remark) for item in known.items)
        key = "give.confirmed_remarks" if remarks else "give.confirmed"
        return self._say(key, name=name, by=by, at=at, count=remarks)

    # Giving

    def read_card(self, path: Path) -> None:
        """Read the successor's card file."""
        medium = self._session.bench.medium
        self._session.ask(
            self,
            lambda desk: handover.read_invitation(desk, medium.read_file(path, _LARGEST)),
            partial(self._chosen, "give.says"),
            failed=self._refused,
            holding=(self.read,),
        )

    def _choose_above(self) -> None:
        def look(desk: Desk) -> EnrolmentView:
            card = handover.card_above(desk)
            return EnrolmentView(card, handover.fingerprint(desk, card))

        self._session.ask(self, look, partial(self._chosen, "give.above_says"), failed=self._refused)

    def _chosen(self, key: str, view: EnrolmentView) -> None:
        self.message.hide()
        self._card = view.card
        self.who.setText(self._say(key, name=view.card.name, code=view.card.division_code))
        self.words.show_words(view.fingerprint)
        self._show()
        self.reason.setFocus()

    def _differ(self) -> None:
        self._card = None
        self.message.say(self._say("give.differ_next"), Tone.WRONG)
        self._show()

    def _begin(self) -> None:
        card, reason = self._card, self.reason.text()
        if card is None:
            return
        self._work("give.working", lambda desk, go: handover.begin(desk, card, reason, go), self._begun)

    def _begun(self, known: Handover) -> None:
        self._done()
        self._card = None
        self._stands(known)

    def _write(self) -> None:
        place = self.place.place()
        if place is None:
            self.message.say(self._session.text("places.choose_first"), Tone.DUE)
            return
        self._work("give.writing", lambda desk, go: handover.write(desk, place, go), self._written)

    def _written(self, done: Written) -> None:
        self._done()
        words = self._say("give.written", count=len(done.paths))
        words += self._say("give.notices", count=done.notices) if done.notices else ""
        say_written(self._session, self.message, words, done.paths)

    def read_receipt(self, path: Path) -> None:
        """Read the successor's receipt."""
        self.message.hide()
        medium = self._session.bench.medium
        self._session.ask(
            self,
            lambda desk: handover.confirm(desk, medium.read_file(path, _LARGEST)),
            self._stands,
            changes=_CHANGES,
            failed=self._refused,
            holding=(self.confirm,),
        )

    def _withdraw(self) -> None:
        if not self._sure:
            self._sure = True
            self.message.say(self._say("give.withdraw_sure"), Tone.DUE)
            return
        self._sure = False
        self._session.ask(
            self,
            handover.call_off,
            self._withdrawn,
            changes=_CHANGES,
            failed=self._refused,
            holding=(self.withdraw,),
        )

    def _withdrawn(self, _nothing: object) -> None:
        self.message.say(self._say("give.withdrawn"))
        self.refresh()

    # Taking

    def _invite(self) -> None:
        place = self.take_place.place()
        if place is None:
            self.message.say(self._session.text("places.choose_first"), Tone.DUE)
            return

        def write(desk: Desk) -> tuple[Path, EnrolmentFile]:
            made = handover.invite(desk)
            return desk.bench.medium.write_file(place, made.file_name, made.data), made

        self._session.ask(self, write, self._invited, failed=self._refused, holding=(self.invite,))

    def _invited(self, result: tuple[Path, EnrolmentFile]) -> None:
        path, made = result
        say_written(self._session, self.message, self._say("take.invited", file=path.name), [path])
        self.take_words.show_words(made.fingerprint)
        self._show()

    def _count(self) -> None:
        folder = self.take_place.folder()
        if folder is None:
            self.message.say(self._session.text("places.choose_first"), Tone.DUE)
            return

        def look(desk: Desk, progress: Progress) -> Packet | None:
            paths = takeover.find(desk, folder)
            return takeover.verify(desk, paths, progress) if paths else None

        self._work("take.counting", look, self._counted)

    def _counted(self, packet: Packet | None) -> None:
        self._done()
        if packet is None:
            self.message.say(self._say("take.nothing"), Tone.DUE)
            return
        self._packet, self._remarks = packet, {}
        at = packet.made_at[:16].replace("T", " ")
        told = [self._say("take.from", name=packet.card.name, by=packet.made_by, at=at, reason=packet.reason)]
        told += [] if packet.trusted else [self._say("take.compare")]
        self.take_who.setText("\n".join(told))
        self.take_words.show_words(packet.fingerprint)
        self.compared.setChecked(False)
        self.model.show_rows(packet.items)
        self._show()
        self.message.say(*self._verdict(packet))

    def _verdict(self, packet: Packet) -> tuple[str, Tone]:
        if packet.differing:
            return self._say("take.differs", count=len(packet.differing)), Tone.WRONG
        if packet.already:
            return self._say("take.already"), Tone.PLAIN
        words = self._say("take.new", items=len(packet.items), new=packet.new)
        waiting = sum(packet.waiting.values())
        return (words + self._say("take.waiting", count=waiting), Tone.DUE) if waiting else (words, Tone.PLAIN)

    def _note(self) -> None:
        """Write a remark to the item under the cursor; an empty one takes it away."""
        item = self.model.row(self.table.chosen_row())
        if item is None or self._packet is None:
            return
        words = self.remark.text().strip()
        self._remarks.pop(item.name, None)
        if words:
            self._remarks[item.name] = words
        self.remark.clear()
        self.model.show_rows(self._packet.items)

    def _sign(self) -> None:
        folder, place = self.take_place.folder(), self.take_place.place()
        remarks, sure = dict(self._remarks), self.compared.isChecked()
        if folder is None or place is None:
            return

        def take(desk: Desk, progress: Progress) -> tuple[TakenOver, Path]:
            done = takeover.take(desk, takeover.find(desk, folder), remarks, compared=sure, progress=progress)
            return done, desk.bench.medium.write_file(place, done.receipt_name, done.receipt)

        self._work("take.counting", take, self._taken)

    def _taken(self, result: tuple[TakenOver, Path]) -> None:
        done, path = result
        self._done()
        self._packet = None
        self.take_words.setText("")
        self._show()
        key = "take.again" if done.packet.already else "take.taken"
        words = self._say(key, name=done.packet.card.name, file=path.name)
        say_written(self._session, self.message, words, [path], Tone.CONFIRMED)

    # Both

    def _work(self, key: str, work: Callable[[Desk, Progress], Any], done: Callable[[Any], None]) -> None:
        self.message.hide()
        self._sure = False
        self.progress.begin(self._say(key))
        self._task = self._session.work(
            self,
            work,
            done,
            advanced=self.progress.advance,
            stopped=self._done,
            changes=_CHANGES,
            failed=self._refused,
            holding=(self.begin, self.write, self.count, self.sign),
        )

    def _done(self) -> None:
        self._task = None
        self.progress.finish()

    def _refused(self, problem: Problem) -> None:
        self._done()
        self.message.say(self._session.sentence(problem), Tone.WRONG)

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _browse(self, read: Callable[[Path], None], _checked: bool = False) -> None:
        dialog = QFileDialog(self, self._session.text("places.file_title"))
        dialog.setNameFilter("*.jdb")
        dialog.fileSelected.connect(lambda chosen: read(Path(chosen)))
        dialog.open()


def _show(shown: bool, *items: QWidget) -> None:
    for item in items:
        item.setVisible(shown)
