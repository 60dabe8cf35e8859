"""When a form was filed: what is said on the page one comes back to, and what it offers to do next."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from jiandang_desktop.domain.records import RecordId
from jiandang_desktop.gui.kit import Page, Tone
from jiandang_desktop.gui.session import Session
from jiandang_desktop.programmes.slips import REFERRAL
from jiandang_desktop.services import referring
from jiandang_desktop.services.records import Entry, Filed
from jiandang_desktop.services.referring import Proposal

OpenForm = Callable[[str, str, RecordId | None], None]


class AfterFiling(QObject):
    """A visit that asks for a referral offers to begin one, a referral offers to be printed; an answer goes home.

    ``open_form`` and ``print_record`` lead there (form, subject, record).
    """

    def __init__(self, session: Session, open_form: OpenForm, print_record: OpenForm, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._open_form = open_form
        self._print_record = print_record

    def tell(self, filed: Filed, page: Page) -> None:
        """Say that it was filed, and what follows from it."""
        record = filed.record
        say = self._session.bench.text
        title = self._session.bench.form_title(record.form_id)
        words = say("form_window", "page.filed_of" if filed.name else "page.filed", name=filed.name, form=title)
        if filed.completed_it:
            words += say("form_window", "page.first_record_complete")
        if self._session.bench.slips.kind_of(record.form_id) is not None and self._is_above():
            words += self._words("notice.goes_home")
        if record.form_id == REFERRAL:

            def print_slip() -> None:
                self._print_record(record.form_id, record.subject_id, record.record_id)

            page.message.say(words, Tone.PLAIN, self._words("do.print_slip"), print_slip)
            return
        page.message.say(words, Tone.PLAIN)
        if record.form_id in self._session.bench.slips.sources:
            self._session.ask(
                page,
                lambda desk: referring.proposal(desk, record.record_id),
                lambda found: self._propose(found, filed.name, page),
            )

    def begin_referral(self, visit_id: RecordId) -> None:
        """Open a referral with what a visit and the folder say."""

        def show(entry: Entry) -> None:
            self._open_form(REFERRAL, entry.subject_id, None)

        self._session.ask(self, lambda desk: referring.begin(desk, visit_id), show)

    def _propose(self, found: Proposal | None, name: str, page: Page) -> None:
        if found is None or found.slip is not None:
            return
        key = "notice.urgent" if found.urgent else "notice.proposed" if found.reasons else "notice.written"
        words = self._words(key, name=name, reason=found.reasons[0] if found.reasons else "")
        tone = Tone.WRONG if found.urgent else Tone.DUE
        page.message.say(words, tone, self._words("do.refer"), lambda: self.begin_referral(found.visit.record_id))

    def _is_above(self) -> bool:
        desk = self._session.desk
        return desk is not None and desk.station.level != "village"

    def _words(self, key: str, **values: object) -> str:
        return self._session.bench.text("referrals", key, **values)
