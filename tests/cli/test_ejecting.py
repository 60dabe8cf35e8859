"""``--eject`` after every kind of write to a stick: only then it is called safe (U03)."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.devices.sticks import FolderSticks, folder_stick

from jiandang_desktop.bootstrap import make_workbench
from jiandang_desktop.cli.main import run
from jiandang_desktop.devices.files import FileMedium
from jiandang_desktop.ports.medium import Drive

from .test_commands import RESIDENT


@dataclass
class Terminal:
    """The program in this process, with one folder that acts as a stick."""

    folder: Path
    stick: Drive
    sticks: FolderSticks
    capsys: Any

    def run(self, vault: str, *words: str) -> tuple[int, dict[str, Any]]:
        self.sticks.drives, self.sticks.ejected = [self.stick], []
        arguments = [*words, "--vault", str(self.folder / vault), "--password-file", str(self.folder / "pw")]
        code = run(
            [*arguments, "--json", "--yes"],
            lambda: make_workbench(medium=FileMedium(self.sticks)),
            self.folder / "none",
            lambda _folder: 0,
        )
        printed = self.capsys.readouterr()
        return code, json.loads(printed.out or printed.err)

    def done(self, vault: str, *words: str) -> dict[str, Any]:
        code, found = self.run(vault, *words)
        assert code == 0, found
        return found

    def ejected(self, vault: str, *words: str) -> dict[str, Any]:
        """It writes to the stick and takes it out."""
        before = self.files()
        found = self.done(vault, *words, "--eject")
        assert found["ejected"] is True
        assert self.sticks.ejected == [self.stick]
        assert self.files() > before
        return found

    def files(self) -> set[Path]:
        return {path for path in self.stick.path.rglob("*") if path.is_file()}

    def newest(self, part: str) -> str:
        return str(max((path for path in self.files() if part in path.name), key=lambda path: path.stat().st_mtime_ns))

    def answers(self, content: object) -> str:
        path = self.folder / "answers.json"
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        return str(path)


@pytest.fixture
def terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Terminal:
    (tmp_path / "pw").write_text("correct horse\n")
    stick = folder_stick(tmp_path / "stick")
    made = Terminal(tmp_path, stick, FolderSticks(stick), capsys)
    for vault, level, code in (("low", "village", "150102001201"), ("high", "township", "150102001")):
        made.done(vault, "station", "init", "--level", level, "--name", vault, "--division", code, "--staff", "李卫东")
    return made


@pytest.fixture
def enrolled(terminal: Terminal) -> Terminal:
    terminal.ejected("low", "station", "request")
    terminal.ejected("high", "station", "approve", terminal.newest("request"))
    terminal.done("low", "station", "accept", terminal.newest("answer"))
    household = terminal.done("low", "household", "add", terminal.answers({"address": "和平村3组12号"}))
    terminal.done("low", "resident", "add", household["household"]["id"], terminal.answers(RESIDENT))
    return terminal


def test_U03_every_writer_ejects(enrolled: Terminal) -> None:
    enrolled.ejected("low", "bundle", "export")
    enrolled.ejected("high", "bundle", "intake", str(enrolled.stick.path))
    receipt = enrolled.newest("receipt")
    enrolled.done("low", "receipt", "apply", receipt)
    station = enrolled.done("low", "station", "show")["station"]
    code, _ = enrolled.run("high", "bundle", "send", station)
    assert code == 0  # the receipt again: the village hasn't said that it has it
    (resident,) = enrolled.done("high", "resident", "find")["residents"]
    enrolled.done("high", "resident", "edit", resident["id"], enrolled.answers({"phone": "13900000001"}))
    enrolled.ejected("high", "bundle", "send", station)
    enrolled.ejected("high", "handover", "invite")
    card = enrolled.newest("invitation") if any("invitation" in path.name for path in enrolled.files()) else ""
    made = ("--to", card) if card else ("--above",)
    enrolled.ejected("low", "handover", "make", *made, "--reason", "撤点")
    packet = str(Path(enrolled.newest("handover")).parent)
    enrolled.ejected("high", "handover", "take", packet)
    enrolled.ejected("high", "print", "blank", "encounter_record", str(enrolled.stick.path / "blank.pdf"))


def test_U03_without_it_nothing_is_called_safe(enrolled: Terminal) -> None:
    assert enrolled.done("low", "bundle", "export")["ejected"] is False
    assert enrolled.sticks.ejected == []


def test_to_a_folder_that_is_on_no_stick_nothing_is_written(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    for words in (("station", "request"), ("bundle", "export"), ("handover", "invite")):
        code, found = terminal.run("low", *words, str(tmp_path / "elsewhere"), "--eject")
        assert (code, found["error"]) == (2, "USAGE")
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize("refusal", ["MEDIUM_BUSY", "MEDIUM_NOT_EJECTED"])
def test_U03_what_was_written_stays_said_where_ejecting_fails(terminal: Terminal, refusal: str) -> None:
    terminal.sticks.refusal = refusal
    code, found = terminal.run("low", "station", "request", "--eject")
    assert (code, found["ejected"], found["error"]) == (5, False, refusal)
    assert Path(found["file"]).is_file()
