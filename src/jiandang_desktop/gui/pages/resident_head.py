"""The strip at the top of a resident's folder: enough to know that it is the right person, and what to beware of."""

from collections.abc import Sequence
from datetime import date

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from jiandang_desktop.domain.ages import spoken_age
from jiandang_desktop.domain.records import FormId
from jiandang_desktop.forms.definition import Field
from jiandang_desktop.gui.forms.editors import Words
from jiandang_desktop.gui.kit import Badge, Card, ElidedLabel, LinkButton, Tone, row
from jiandang_desktop.gui.theme import MEDIUM, TIGHT
from jiandang_desktop.services.records import in_words
from jiandang_desktop.services.resident_folder import ResidentFolder

_LONG_NAME = 12
"""Characters that have room at the size of a title beside the buttons."""
_NO_ALLERGY = "1"
"""Code of 无 in 药物过敏史 (personal_info)."""


class ResidentHead(Card):
    """Name, sex, age, code, masked number, telephone, household; drug allergies in red."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__("resident_head", parent)
        self._words = words
        self._number = ""
        self.name = ElidedLabel(name="resident_name")
        self.name.setProperty("kind", "title")
        self.facts = QLabel()
        self.facts.setObjectName("resident_facts")
        self.closed = Badge("", Tone.DUE)
        self.warning = Badge("", Tone.WRONG)
        self.warning.setObjectName("resident_warning")
        self.number = LinkButton("", "resident_number")
        self.number.setProperty("align", "left")
        self.number.setToolTip(words("resident.masked"))
        self.number.clicked.connect(self._reveal)
        self.contact = ElidedLabel(name="resident_contact")
        self.contact.setProperty("kind", "quiet")
        self._first = row(self.name, self.facts, None, spacing=MEDIUM)
        self._groups = row()
        self._marks = QWidget()
        self._marks.setLayout(row(self.closed, self.warning, self._groups, None))
        lines = QVBoxLayout()
        lines.setSpacing(TIGHT)
        lines.addLayout(self._first)
        lines.addLayout(row(self.number, self.contact, None))
        lines.addWidget(self._marks)
        self.body.setContentsMargins(MEDIUM, 8, MEDIUM, 8)
        self.body.addLayout(lines)
        self.clear()

    def add_action(self, button: QWidget) -> None:
        """Put a button at the right end."""
        self._first.addWidget(button)

    def clear(self) -> None:
        """Show nobody."""
        for label in (self.name, self.facts, self.contact):
            label.setText("")
        for widget in (self.closed, self.warning, self.number):
            widget.hide()
        self.show_groups(())

    def show_groups(self, titles: Sequence[str]) -> None:
        """The programmes that somebody is in."""
        while (item := self._groups.takeAt(0)) is not None:
            badge = item.widget()
            if badge is not None:
                badge.hide()
                badge.setParent(None)
                badge.deleteLater()
        for title in titles:
            self._groups.addWidget(Badge(title, Tone.PLAIN))
        self._fold()

    def _fold(self) -> None:
        """The line of marks is there only while there are any."""
        marked = not (self.closed.isHidden() and self.warning.isHidden()) or self._groups.count() > 0
        self._marks.setVisible(marked)

    def show_resident(self, folder: ResidentFolder, today: date, allergy: Field | None, ended: str = "") -> None:
        """Show whose folder it is; ``allergy`` is the question 药物过敏史 of the personal form, ``ended`` how and when
        the record ended."""
        resident = folder.resident
        self._show_name(resident.name)
        code = self._words("resident.code", code=resident.record_code) if resident.record_code else ""
        sex = self._words(f"resident.sex.{resident.sex}") if resident.sex in {"0", "1", "2", "9"} else ""
        facts = (sex, age_words(resident.birth_date, today, self._words))
        self.facts.setText("　".join(fact for fact in facts if fact))
        self.closed.setText(ended)
        self.closed.setVisible(bool(ended))
        self._show_number(resident.id_no)
        phone = self._words("resident.phone", phone=resident.phone) if resident.phone else ""
        home = folder.household
        household = self._words("resident.household", head=home.head_name, address=home.address) if home else ""
        number = code or self._words("resident.no_code")
        parts = (number, phone or self._words("resident.no_phone"), household)
        self.contact.setText("　　".join(part for part in parts if part))
        self._show_allergy(folder, allergy)
        self._fold()

    def _show_name(self, name: str) -> None:
        """The longest names are shown smaller rather than cut."""
        self.name.setProperty("kind", "section" if len(name) > _LONG_NAME else "title")
        self.name.style().unpolish(self.name)
        self.name.style().polish(self.name)
        self.name.setText(name)

    def _show_number(self, number: str) -> None:
        if number != self._number:
            self._number = number
            self.number.setText(masked(number))
        self.number.setVisible(bool(number))

    def _reveal(self) -> None:
        hidden = self.number.text() != self._number
        self.number.setText(self._number if hidden else masked(self._number))

    def _show_allergy(self, folder: ResidentFolder, allergy: Field | None) -> None:
        info = next((item for item in folder.records if item.form_id == FormId("personal_info")), None)
        codes = info.answers.get("drug_allergy", []) if info else []
        words = [code for code in codes if code != _NO_ALLERGY] if isinstance(codes, list) else []
        self.warning.setVisible(bool(words))
        if info is not None and words:
            shown = in_words(allergy, words, info.answers) if allergy is not None else " ".join(words)
            self.warning.setText(self._words("resident.warning_allergy", allergy=shown))


def masked(number: str) -> str:
    """The number with its middle hidden; short ones whole but for the last two signs."""
    if len(number) >= 15:
        return f"{number[:6]}{'*' * (len(number) - 10)}{number[-4:]}"
    return f"{number[:-4]}****" if len(number) > 6 else number


def age_words(birth_date: str, today: date, words: Words) -> str:
    """An age as people say it; '' for an unknown day of birth."""
    age = spoken_age(birth_date, today)
    if age is None:
        return ""
    unit, number = age
    return words(f"resident.age_{unit}", **{unit: number})
