"""Who works here: list, add, new password, end of access; and one's own password."""

from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from jiandang_desktop.domain.changes import Changes
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.staff import Right, Role, StaffMember
from jiandang_desktop.gui.kit import (
    Card,
    DataTable,
    LabelledRow,
    MessageBar,
    PlainButton,
    PrimaryButton,
    SectionTitle,
    Tone,
    line_edit,
    row,
)
from jiandang_desktop.gui.models.rows import Column, Rows
from jiandang_desktop.gui.session import Session
from jiandang_desktop.gui.theme import MEDIUM
from jiandang_desktop.services import sign_in, staff
from jiandang_desktop.services.desk import Desk

_STAFF = Changes(staff=True)


class StaffTab(QWidget):
    """People and passwords."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("staff_tab")
        self._session = session
        self.message = MessageBar("staff_message")
        self.model = Rows(self._columns(), self)
        self.table = DataTable("staff_table", self.model)
        self.table.set_widths(160, 0, 96)
        managing = session.desk is not None and session.desk.may(Right.MANAGE_STAFF)
        left = QVBoxLayout()
        left.setSpacing(MEDIUM)
        left.addWidget(self.table, 1)
        reset = self._reset_row()
        left.addWidget(reset)
        add = self._add_card()
        right = QVBoxLayout()
        right.setSpacing(MEDIUM)
        right.addWidget(add)
        right.addWidget(self._own_card())
        right.addStretch(1)
        sides = row(left, right, spacing=MEDIUM)
        sides.setStretch(0, 3)
        sides.setStretch(1, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, MEDIUM, 0, 0)
        layout.addWidget(self.message)
        layout.addLayout(sides, 1)
        reset.setVisible(managing)
        add.setVisible(managing)

    def _columns(self) -> tuple[Column[StaffMember], ...]:
        say, bench = self._session.text, self._session.bench
        return (
            Column(say("columns.name"), lambda who: who.name),
            Column(
                say("columns.roles"),
                lambda who: "、".join(bench.text("terms", f"role.{role.value}") for role in sorted(who.roles)),
            ),
            Column(
                say("columns.state"),
                lambda who: say("management.disabled" if who.disabled else "management.active"),
                lambda who: Tone.DUE if who.disabled else Tone.PLAIN,
            ),
        )

    def _reset_row(self) -> QWidget:
        say = self._session.text
        self.new_password = line_edit("staff_new_password", say("management.new_password"), secret=True)
        self.reset = PlainButton(say("management.reset"), "staff_reset")
        self.disable = PlainButton(say("management.disable"), "staff_disable")
        self.reset.clicked.connect(self._reset)
        self.disable.clicked.connect(self._disable)
        holder = QWidget()
        holder.setLayout(row(self.new_password, self.reset, self.disable))
        return holder

    def _add_card(self) -> Card:
        say = self._session.text
        card = Card("staff_add")
        self.name = line_edit("staff_name")
        self.password = line_edit("staff_password", secret=True)
        self.roles = {role: QCheckBox(self._session.bench.text("terms", f"role.{role.value}")) for role in Role}
        for role, box in self.roles.items():
            box.setObjectName(f"role_{role.value}")
        self.add = PrimaryButton(say("management.save"), "staff_add_go")
        self.add.clicked.connect(self._add)
        card.body.addWidget(SectionTitle(say("management.add")))
        card.body.addWidget(LabelledRow(say("management.name"), self.name))
        card.body.addWidget(LabelledRow(say("management.password"), self.password, say("sign_in.password_rule")))
        boxes = list(self.roles.values())
        card.body.addLayout(row(*boxes[:2], None))
        card.body.addLayout(row(*boxes[2:], None, self.add))
        return card

    def _own_card(self) -> Card:
        say = self._session.text
        card = Card("own_password")
        self.old = line_edit("own_old", say("management.old_password"), secret=True)
        self.new = line_edit("own_new", say("management.new_password"), secret=True)
        self.change = PlainButton(say("management.change"), "own_change")
        self.change.clicked.connect(self._change)
        card.body.addWidget(SectionTitle(say("management.own_password")))
        card.body.addLayout(row(self.old, self.new, self.change))
        return card

    def refresh(self) -> None:
        """Read the roster again."""
        self._session.ask(self, staff.list_staff, self.model.show_rows)

    def _chosen(self) -> StaffMember | None:
        who: StaffMember | None = self.model.row(self.table.chosen_row())
        if who is None:
            self.message.say(self._session.text("management.choose_person"), Tone.DUE)
        return who

    def _add(self) -> None:
        name, password = self.name.text(), self.password.text()
        roles = frozenset(role for role, box in self.roles.items() if box.isChecked())
        self._session.ask(
            self,
            lambda desk: staff.add_staff(desk, name, frozenset(staff.parse_roles([*roles])), password),
            self._added,
            changes=_STAFF,
            failed=self._refused,
            holding=(self.add,),
        )

    def _added(self, who: StaffMember) -> None:
        self.name.clear()
        self.password.clear()
        for box in self.roles.values():
            box.setChecked(False)
        self._say("added", who.name)

    def _reset(self) -> None:
        who, password = self._chosen(), self.new_password.text()
        if who is None:
            return

        def work(desk: Desk) -> str:
            staff.reset_password(desk, who.id, password)
            return who.name

        self._session.ask(self, work, self._was_reset, failed=self._refused, holding=(self.reset,))

    def _was_reset(self, name: str) -> None:
        self.new_password.clear()
        self._say("was_reset", name)

    def _disable(self) -> None:
        who = self._chosen()
        if who is not None:
            self._session.ask(
                self,
                lambda desk: staff.disable_staff(desk, who.id),
                self._was_disabled,
                changes=_STAFF,
                failed=self._refused,
                holding=(self.disable,),
            )

    def _was_disabled(self, who: StaffMember) -> None:
        self._say("was_disabled", who.name)

    def _change(self) -> None:
        old, new = self.old.text(), self.new.text()
        self._session.ask(
            self,
            lambda desk: sign_in.change_password(desk, old, new),
            self._changed,
            failed=self._refused,
            holding=(self.change,),
        )

    def _changed(self, _nothing: object) -> None:
        self.old.clear()
        self.new.clear()
        self._say("changed", "")

    def _say(self, key: str, name: str) -> None:
        self.message.say(self._session.text(f"management.{key}", name=name))
        self.refresh()

    def _refused(self, problem: Problem) -> None:
        self.message.say(self._session.sentence(problem), Tone.WRONG)
