"""Make docs/screens/*.png from the running program with generated people (1366x768, or --size WxH).

    python dev/screens.py [--out FOLDER] [--size 1920x1080] [--residents 300]

Plays the whole loop of ``jiandang demo`` into a temporary folder, then opens the window on the village and on the
township and takes a picture of every page.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from PySide6.QtCore import QEventLoop, Qt, QTimer  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication, QWidget  # noqa: E402

from jiandang_desktop.bootstrap import make_workbench  # noqa: E402
from jiandang_desktop.demo.loop import PASSWORD, run_demo  # noqa: E402
from jiandang_desktop.domain.changes import Changes  # noqa: E402
from jiandang_desktop.domain.records import SubjectId  # noqa: E402
from jiandang_desktop.gui.garbage import GarbageCollector  # noqa: E402
from jiandang_desktop.gui.main_window import MainWindow  # noqa: E402
from jiandang_desktop.gui.session import Session  # noqa: E402
from jiandang_desktop.gui.tasks import TaskRunner  # noqa: E402
from jiandang_desktop.gui.theme import apply_theme  # noqa: E402
from jiandang_desktop.services import enrolment, records, referring, registry, search, sign_in  # noqa: E402
from jiandang_desktop.services.desk import Desk  # noqa: E402
from jiandang_desktop.services.workbench import Workbench  # noqa: E402


class Camera:
    """A window on one vault, and the pictures taken of it."""

    def __init__(self, bench: Workbench, folder: Path, size: tuple[int, int], out: Path) -> None:
        self.out = out
        self.tasks = TaskRunner()
        self.tasks.bug_met.connect(self._bug)
        self.session = Session(bench, folder, self.tasks)
        self.window = MainWindow(self.session)
        self.window.resize(*size)
        self.window.show()
        self.settle()

    def settle(self) -> None:
        """Let the window come to rest."""
        app = QApplication.instance()
        for _ in range(400):
            loop = QEventLoop()
            QTimer.singleShot(15, loop.quit)
            loop.exec()
            if app is not None and not self.tasks.busy:
                break
        for _ in range(3):
            QApplication.processEvents()

    def take(self, name: str) -> None:
        """A picture."""
        self.settle()
        loop = QEventLoop()
        QTimer.singleShot(200, loop.quit)
        loop.exec()
        self.settle()
        self.window.grab().save(str(self.out / f"{name}.png"))

    def enter(self, name: str, password: str) -> None:
        """Sign in."""
        bench, folder = self.session.bench, self.session.folder
        self.tasks.run(
            self.session, lambda _progress: sign_in.sign_in(bench, folder, name, password), self.session.enter
        )
        self.settle()

    def ask(self, work: Callable[[Desk], Any]) -> Any:
        """Do something at the desk and wait for it."""
        found: list[Any] = []
        self.session.ask(self.session, work, found.append, changes=Changes(registry=True, submissions=True))
        self.settle()
        return found[0]

    def click(self, name: str) -> None:
        """Click a button by its object name and wait."""
        QTest.mouseClick(self.find(name), Qt.MouseButton.LeftButton)
        self.settle()

    def type(self, name: str, text: str) -> None:
        """Type into a widget."""
        widget = self.find(name)
        widget.setFocus()
        if text.isascii():
            QTest.keyClicks(widget, text)
        else:
            widget.insert(text)
        self.settle()

    def find(self, name: str) -> Any:
        """A widget by its object name."""
        found = self.window.findChild(QWidget, name)
        if found is None:
            raise LookupError(name)
        return found

    def close(self) -> None:
        """Lock and end."""
        self.session.leave()
        self.settle()
        self.tasks.stop()
        self.window.deleteLater()

    def _bug(self, _owner: object, error: BaseException) -> None:
        raise error


def main() -> int:
    """Take every picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "screens")
    parser.add_argument("--size", default="1366x768")
    parser.add_argument("--residents", type=int, default=300)
    arguments = parser.parse_args()
    width, height = (int(part) for part in arguments.size.split("x"))
    arguments.out.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    bench = make_workbench()
    if isinstance(app, QApplication):
        apply_theme(app, bench.resources)
    GarbageCollector(app)
    with tempfile.TemporaryDirectory() as folder:
        first_start(Camera(bench, Path(folder) / "new", (width, height), arguments.out))
        data = run_demo(bench, Path(folder) / "demo", residents=arguments.residents, seed=1).data
        stick = Path(folder) / "stick"
        stick.mkdir()
        village(Camera(bench, Path(data["village_vault"]), (width, height), arguments.out), stick)
        township(Camera(bench, Path(data["township_vault"]), (width, height), arguments.out), stick)
    return 0


def first_start(camera: Camera) -> None:
    """The wizard from the first step to the last, then the empty pages."""
    camera.take("first-start-1-welcome")
    camera.click("first_start_next")
    for name, code in (("county", "150102"), ("township", "150102001"), ("village", "")):
        box = camera.find(f"division_{name}")
        _choose(camera, box, code)
    camera.take("first-start-2-place")
    camera.find("station_code").clear()
    camera.click("first_start_next")
    camera.take("first-start-2-place-wrong")
    camera.type("station_code", "150102001201")
    camera.click("first_start_next")
    camera.type("person_name", camera.session.bench.text("demo", "staff.village"))
    camera.type("person_password", PASSWORD)
    camera.type("person_again", PASSWORD)
    camera.take("first-start-3-person")
    camera.click("first_start_next")
    camera.take("first-start-4-recovery")
    step = camera.find("step_recovery")
    groups = step.state["recovery_code"].split("-")
    camera.type("recovery_first", groups[step.asked[0]])
    camera.type("recovery_second", groups[step.asked[1]])
    camera.click("first_start_next")
    camera.take("first-start-5-enrol")
    camera.click("first_start_next")
    camera.take("first-start-6-ready")
    camera.click("first_start_next")
    camera.take("residents-empty")
    for name in ("worklist", "submission", "management"):
        camera.click(f"rail_{name}")
        camera.take(f"{name}-empty")
    camera.close()


def _choose(camera: Camera, box: Any, code: str) -> None:
    if camera.find("division_prefecture").currentData() == "":
        camera.find("division_prefecture").setCurrentIndex(1)
    box.setCurrentIndex(max(box.findData(code), 1) if code else 1)
    camera.settle()


def village(camera: Camera, stick: Path) -> None:
    """A village with generated people."""
    camera.take("sign-in")
    camera.type("sign_in_password", "wrong-one")
    camera.click("sign_in_go")
    camera.take("sign-in-wrong")
    camera.enter(camera.session.bench.text("demo", "staff.village"), PASSWORD)
    people = camera.ask(lambda desk: search.find(desk, "", limit=40))
    camera.ask(lambda desk: [registry.edit_resident(desk, who.id, {"phone": "14000900001"}) for who in people[:12]])
    camera.ask(lambda desk: _unfinished(desk, people[3].household_id))
    camera.click("rail_worklist")
    camera.take("worklist")
    camera.click("worklist_print")
    camera.take("printing-round")
    camera.click("rail_worklist")
    camera.click("band_found")
    camera.take("worklist-found")
    camera.click("rail_residents")
    camera.take("residents")
    camera.type("residents_search", "w")
    camera.take("residents-search")
    camera.type("top_search", "l")
    camera.take("search-popup")
    camera.find("top_search").clear()
    workplace = camera.find("workplace")
    workplace.open_resident(people[0].id)
    camera.take("resident")
    workplace.open_form("physical_exam", people[0].id, None)
    camera.take("form")
    followed = camera.ask(_followed)
    if followed is not None:
        workplace.open_form("hypertension_followup", followed, None)
        camera.take("form-followup")
        camera.ask(lambda desk: _referred(desk, followed))
        workplace.show_page("referrals")
        camera.take("referrals")
    workplace.new_household()
    camera.take("household-new")
    camera.click("registry_save")
    camera.take("household-finding")
    workplace.new_member(people[0].household_id)
    camera.take("resident-new")
    workplace.to_paper.folder(people[0].household_id)
    camera.take("printing")
    camera.find("printing").chooser.choose_kind("households")
    camera.take("printing-many")
    camera.find("printing").chooser.choose_kind("cards")
    camera.click("printing_show")
    camera.take("printing-cards")
    camera.click("rail_submission")
    _plug(camera, "submission_place", stick)
    camera.take("submission")
    camera.click("submission_export")
    camera.take("submission-done")
    camera.click("rail_management")
    camera.take("management-staff")
    tabs = camera.find("management_tabs")
    for name in ("enrolment", "local_forms", "vault"):
        tabs.setCurrentWidget(camera.find(f"{name}_tab"))
        camera.take(f"management-{name}")
    camera.click("vault_check")
    camera.take("management-vault-checked")
    camera.ask(lambda desk: (stick / "shenqing.jdb").write_bytes(enrolment.request(desk).data))
    camera.close()


def _followed(desk: Desk) -> str | None:
    """Somebody with a hypertension visit, to be looked at beside the next one."""
    people = search.find(desk, "", limit=300)
    return next((who.id for who in people if records.list_records(desk, who.id, "hypertension_followup")), None)


def _referred(desk: Desk, resident_id: str) -> str:
    """A referral after somebody's last visit."""
    visit = records.list_records(desk, SubjectId(resident_id), "hypertension_followup")[0]
    entry = referring.begin(desk, visit.record_id)
    typed = {"doctor_phone_out": "14000900001", "past_history": desk.bench.form_title("hypertension_followup")[:3]}
    return records.file_record(desk, entry, {**typed, **entry.answers}).record.record_id


def _unfinished(desk: Desk, household_id: str) -> Mapping[str, Any]:
    """A child whose record isn't complete yet."""
    name = desk.bench.text("demo", "staff.village")
    answers = {
        "name": name,
        "sex": "2",
        "birth_date": "1971-02-03",
        "no_id_reason": "1",
        "relation_to_head": "99",
        "residence_type": "1",
        "filing_source": "1",
        "consent": "1",
        "consent_date": desk.today(),
        "consent_by": "1",
        "ethnicity": "01",
    }
    from jiandang_desktop.domain.problems import Problem

    try:
        return registry.add_resident(desk, household_id, answers, frozenset({"twin"})).answers
    except Problem as problem:
        keys = frozenset(finding.key for finding in problem.findings) | {"twin"}
        return registry.add_resident(desk, household_id, answers, keys).answers


def _plug(camera: Camera, chooser: str, stick: Path) -> None:
    """Let a folder stand for a stick, under a stick's name."""
    place = camera.find(chooser)
    place.set_folder(stick)
    words = camera.session.text("places.stick_ready", name="JIANDANG", free="14.6 GB")
    place.box.setItemText(place.box.currentIndex(), words)


def township(camera: Camera, stick: Path) -> None:
    """The township that takes the village's bundle in."""
    camera.enter(camera.session.bench.text("demo", "staff.township"), PASSWORD)
    camera.take("intake")
    (stick / "broken.jdb").write_bytes(b"jiandang-bundle 1\n")
    _plug(camera, "intake_place", stick)
    camera.click("intake_look")
    camera.take("intake-preview")
    camera.click("intake_archive")
    camera.take("intake-done")
    camera.click("rail_worklist")
    camera.take("due-township")
    camera.click("rail_residents")
    camera.take("archive")
    camera.click("rail_referrals")
    camera.take("referrals-township")
    camera.click("referrals_answer")
    camera.take("referrals-answer")
    camera.click("rail_shelves")
    camera.take("shelves")
    camera.click("rail_management")
    camera.find("management_tabs").setCurrentIndex(1)
    camera.find("enrol_request").read(stick / "shenqing.jdb")
    camera.take("management-enrolment-request")
    camera.close()


if __name__ == "__main__":
    sys.exit(main())
