"""The command line as a technician uses it: whole processes, real files, exit codes, words."""

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from jiandang_desktop.storage import key_file
from jiandang_desktop.storage.connection import open_database

TODAY = datetime.now().astimezone().date().isoformat()
"""Processes of their own have the machine's clock."""

RESIDENT = {
    "name": "王小满",
    "sex": "2",
    "birth_date": "1962-03-05",
    "id_type": "99D",
    "no_id_reason": "4",
    "ethnicity": "01",
    "relation_to_head": "02",
    "residence_type": "1",
    "filing_source": "1",
    "consent": "1",
    "consent_date": "2026-11-24",
    "consent_by": "1",
}


class Terminal:
    """Runs the program in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "stick").mkdir()
        (folder / "password").write_text("correct horse\n")

    def run(self, *arguments: str, answers: object = None) -> subprocess.CompletedProcess[bytes]:
        if answers is not None:
            (self.folder / "answers.json").write_text(json.dumps(answers, ensure_ascii=False), encoding="utf-8")
        environment = {
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[2] / "src"),
            "LC_ALL": "C",
        }
        command = [sys.executable, "-m", "jiandang_desktop", *arguments, "--password-file", "password"]
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, check=False)

    def say(self, *arguments: str, answers: object = None) -> dict[str, Any]:
        done = self.run(*arguments, "--json", answers=answers)
        assert done.returncode == 0, done.stderr.decode()
        found = json.loads(done.stdout)
        assert found.pop("version") == 1
        return found

    def refused(self, *arguments: str, answers: object = None) -> tuple[int, str]:
        """Exit code and problem code; a refusal is Chinese words with a code and never a traceback."""
        done = self.run(*arguments, answers=answers)
        words = done.stderr.decode("utf-8")
        assert done.stdout == b""
        assert "Traceback" not in words
        assert any("\u4e00" <= character <= "\u9fff" for character in words)
        return done.returncode, words[1 : words.index("]")]

    def stick(self, part: str) -> str:
        (found,) = (self.folder / "stick").glob(f"*{part}*.jdb")
        return str(found)


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path)


def set_up(terminal: Terminal, vault: str, level: str, division: str) -> None:
    place = ("--vault", vault, "--level", level, "--division", division)
    terminal.say("station", "init", *place, "--name", "和平卫生院", "--staff", "王秀兰")


@pytest.fixture(scope="session")
def stations(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A village ``v`` and a township ``t``, set up once and copied for each test."""
    terminal = Terminal(tmp_path_factory.mktemp("stations"))
    set_up(terminal, "v", "village", "150421204203")
    set_up(terminal, "t", "township", "150421204")
    return terminal.folder


@pytest.fixture
def village(terminal: Terminal, stations: Path) -> Terminal:
    for vault in ("v", "t"):
        shutil.copytree(stations / vault, terminal.folder / vault)
    return terminal


def register(terminal: Terminal, **changes: object) -> str:
    household = terminal.say("household", "add", "answers.json", "--vault", "v", answers={"address": "和平村3组12号"})
    answers = {**RESIDENT, **changes}
    place = ("resident", "add", household["household"]["id"], "answers.json", "--vault", "v")
    return str(terminal.say(*place, answers=answers)["resident"]["id"])


def vault_sums(folder: Path) -> dict[str, str]:
    """Checksums of the database files, which a refusal at the door must not change."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.db")}


def test_the_loop_by_hand(village: Terminal) -> None:
    """docs/cli.md from ``station init`` to ``receipt apply``."""
    request = village.say("station", "request", "stick", "--vault", "v")
    words = " ".join(request["fingerprint"])
    assert village.refused("station", "approve", village.stick("request"), "stick", "--vault", "t") == (
        3,
        "FINGERPRINT_NOT_COMPARED",
    )
    village.say("station", "approve", village.stick("request"), "stick", "--vault", "t", "--fingerprint", words)
    village.say("station", "accept", village.stick("answer"), "--vault", "v", "--yes")
    resident = register(village, name="吴䶮妹")
    assert village.say("bundle", "export", "stick", "--vault", "v")["bundle"]["state"] == "written"
    taken = village.say("bundle", "intake", village.stick("submission"), "--vault", "t")
    assert taken["counts"] == {"archived": 2}
    assert village.say("receipt", "apply", taken["receipt"], "--vault", "v")["up_to"] == 2
    found = village.say("resident", "find", "䶮", "--vault", "t")
    assert [row["id"] for row in found["residents"]] == [resident]
    assert village.say("bundle", "status", "--vault", "v")["bundles"][0]["state"] == "archived"
    for vault in ("v", "t"):
        assert village.say("vault", "check", "--vault", vault)["faults"] == []
    again = village.say("bundle", "intake", village.stick("submission"), "--vault", "t")
    assert again["already"] is True


def test_an_activity_of_a_station_is_archived_by_the_township(village: Terminal) -> None:
    village.say("station", "request", "stick", "--vault", "v")
    village.say("station", "approve", village.stick("request"), "stick", "--vault", "t", "--yes")
    village.say("station", "accept", village.stick("answer"), "--vault", "v", "--yes")
    station = village.say("station", "show", "--vault", "v")["station"]
    answers = {
        "activity_time": TODAY,
        "place": "村委会",
        "activity_form": "举办健康知识讲座",
        "theme": "控盐",
        "organizer": "和平村卫生室",
        "speaker": "王秀兰",
        "audience_category": "老年人",
        "audience_count": 30,
        "materials": "无",
        "content": "讲控盐。",
        "summary": "好。",
        "archived_materials": ["5"],
        "filled_by": "王秀兰",
        "person_in_charge": "王秀兰",
        "fill_date": TODAY,
    }
    place = ("record", "put", "health_education_activity", station, "answers.json", "--vault", "v")
    village.say(*place, answers=answers)
    village.say("bundle", "export", "stick", "--vault", "v")
    taken = village.say("bundle", "intake", village.stick("submission"), "--vault", "t")
    assert taken["counts"] == {"archived": 1}


@pytest.fixture
def exchanged(village: Terminal) -> Terminal:
    """Two enrolled stations and a bundle on the stick."""
    village.say("station", "request", "stick", "--vault", "v")
    village.say("station", "approve", village.stick("request"), "stick", "--vault", "t", "--yes")
    village.say("station", "accept", village.stick("answer"), "--vault", "v", "--yes")
    register(village)
    village.say("bundle", "export", "stick", "--vault", "v")
    return village


def test_a_changed_byte_is_refused_with_its_class_and_nothing_changes(exchanged: Terminal) -> None:
    """Header, signature, payload, end, cut off, doubled: exit 3 and its class. ``verify`` leaves nothing behind,
    ``intake`` one line in the audit log (REFUSE); the checksum of everything else stays."""
    bundle = Path(exchanged.stick("submission"))
    whole = bundle.read_bytes()
    header, signature = whole.index(b"\n", whole.index(b"\n") + 1), whole.index(b"-----END SSH SIGNATURE")
    before = exchanged.say("vault", "check", "--vault", "t")
    payload = signature + (len(whole) - signature) // 2
    for place in (3, header // 2, header - 2, signature - 100, payload, len(whole) - 1):
        bundle.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        code, problem = exchanged.refused("bundle", "verify", str(bundle), "--vault", "t")
        assert (code, problem.partition("_")[0]) == (3, "BUNDLE")
    refusals = 0
    for data in (whole[:payload] + b"\0" + whole[payload + 1 :], whole[:200], whole + whole, b""):
        bundle.write_bytes(data)
        code, problem = exchanged.refused("bundle", "intake", str(bundle), "--vault", "t")
        assert (code, problem.partition("_")[0]) == (3, "BUNDLE")
        refusals += 1
        assert bundle.read_bytes() == data
    after = exchanged.say("vault", "check", "--vault", "t")
    assert after["content"] == before["content"]
    entries = exchanged.say("audit", "list", "--vault", "t", "--after", str(before["audit_entries"]))["entries"]
    said = [row["action"] for row in entries if row["action"] not in ("sign_in", "vault_check")]
    assert said == ["intake_refused"] * refusals


def test_a_folder_of_bundles_the_board_and_the_schedule(exchanged: Terminal) -> None:
    """Several places: what is refused is named with its exit code, the rest is taken."""
    (exchanged.folder / "stick" / "broken.jdb").write_bytes(b"jiandang-bundle 1\n")
    preview = exchanged.run("bundle", "intake", "stick", "--preview", "--vault", "t", "--json")
    assert [line["outcome"] for line in json.loads(preview.stdout)["lines"]] == ["ready", "refused"]
    done = exchanged.run("bundle", "intake", "stick", "--receipts", "stick", "--vault", "t", "--json")
    assert done.returncode == 3
    found = json.loads(done.stdout)
    assert [(line["outcome"], line["error"]) for line in found["lines"]] == [
        ("archived", None),
        ("refused", "BUNDLE_SHAPE"),
    ]
    assert len(found["receipts"]) == 1
    words = exchanged.run("bundle", "intake", "stick", "--vault", "t")
    assert "BUNDLE_SHAPE" in words.stdout.decode()
    assert exchanged.say("bundle", "parked", "--vault", "t") == {"parked": [], "count": 0}
    (village,) = exchanged.say("bundle", "board", "--vault", "t")["villages"]
    assert village["schedule"] == {"every": "month", "day": 25}
    assert village["missing"] == []
    below = exchanged.say("bundle", "schedule", village["station"], "--quarterly", "20", "--vault", "t")
    assert below["schedule"] == {"every": "quarter", "day": 20}
    assert exchanged.say("bundle", "schedule", "--monthly", "10", "--vault", "v")["schedule"]["day"] == 10
    assert exchanged.refused("bundle", "schedule", "--monthly", "32", "--vault", "v") == (3, "SCHEDULE_INVALID")


@pytest.fixture
def small_disk(exchanged: Terminal) -> Iterator[Path]:
    """A disk of 3 MB with the village's vault on it and no room left."""
    folder = exchanged.folder / "disk"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", folder], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("mounting a small disk needs root")
    shutil.copytree(exchanged.folder / "v", folder / "v")
    with contextlib.suppress(OSError), (folder / "ballast").open("wb", buffering=0) as ballast:
        while ballast.write(bytes(4096)):
            pass
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_is_said_and_nothing_is_half_saved(exchanged: Terminal, small_disk: Path) -> None:
    """The vault's disk: exit 4. The stick: exit 5. With room again both work."""
    vault = ("--vault", "disk/v")
    address = {"address": "和平村4组1号"}
    assert exchanged.refused("household", "add", "answers.json", *vault, answers=address) == (4, "VAULT_FULL")
    register(exchanged, name="赵满囤")
    assert exchanged.refused("bundle", "export", "disk", "--vault", "v") == (5, "MEDIUM_FULL")
    assert not list(small_disk.glob("*.jdb*"))
    (small_disk / "ballast").unlink()
    exchanged.say("household", "add", "answers.json", *vault, answers=address)
    assert exchanged.say("household", "list", *vault)["count"] == 2
    assert exchanged.say("bundle", "export", "disk", "--vault", "v")["bundle"]["state"] == "written"


def test_a_vault_of_a_newer_program_is_left_alone(village: Terminal) -> None:
    """Exit 4, and no byte of it is changed (T23)."""
    slots = key_file.read(village.folder / "v").open_with_password("王秀兰", "correct horse")
    assert slots
    connection = open_database(village.folder / "v" / "vault.db", slots[0])
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = {path.name: path.read_bytes() for path in (village.folder / "v").iterdir() if path.is_file()}
    assert village.refused("resident", "find", "x", "--vault", "v") == (4, "VAULT_NEWER")
    assert {path.name: path.read_bytes() for path in (village.folder / "v").iterdir() if path.is_file()} == before


def test_filing_a_form_and_reading_it_back(village: Terminal) -> None:
    resident = register(village)
    answers = {
        "subjective": "咳嗽三天'; DROP TABLE residents; --",
        "objective": "<b>咽红</b>",
        "assessment": "=1+1",
        "plan": "多饮水",
        "doctor": "王秀兰",
        "encounter_date": TODAY,
    }
    place = ("encounter_record", resident, "answers.json", "--vault", "v")
    filed = village.say("record", "put", *place, answers=answers)["record"]
    got = village.say("record", "get", filed["record"], "--vault", "v")["record"]
    assert {key: got["answers"][key] for key in answers} == answers
    assert village.say("record", "history", filed["record"], "--vault", "v")["count"] == 1
    assert village.say("record", "list", resident, "--vault", "v")["count"] == 1


def test_filing_a_form_about_a_household(village: Terminal) -> None:
    """The subject is the household's id; a resident's id isn't one."""
    household = village.say("household", "add", "answers.json", "--vault", "v", answers={"address": "和平村3组12号"})
    answers = {
        "household_id": "15042120420300001",
        "head_name": "王小满",
        "address": "和平村3组12号",
        "responsible_doctor": "王秀兰",
        "total_persons": 1,
        "filing_date": TODAY,
        "filing_institution": "和平卫生院",
        "filing_person": "王秀兰",
        "members": [{"name": "王小满", "sex": "2", "birth_date": "1962-03-05", "relation_to_head": "02"}],
    }
    subject = str(household["household"]["id"])
    place = ("record", "put", "household_folder", subject, "answers.json", "--vault", "v")
    filed = village.say(*place, answers=answers)["record"]
    assert village.say("record", "get", filed["record"], "--vault", "v")["record"]["answers"] == answers
    assert village.say("record", "list", subject, "--vault", "v")["count"] == 1
    stranger = ("record", "put", "household_folder", filed["record"], "answers.json", "--vault", "v")
    assert village.refused(*stranger, answers=answers) == (3, "NO_SUCH_HOUSEHOLD")
    assert village.say("vault", "check", "--vault", "v")["faults"] == []


def test_filing_a_form_about_the_station(village: Terminal) -> None:
    """An activity belongs to the station, is listed and read under its id, and to no other subject."""
    station = village.say("station", "show", "--vault", "v")["station"]
    answers = {
        "activity_time": TODAY,
        "place": "村委会",
        "activity_form": "举办健康知识讲座",
        "theme": "控盐",
        "organizer": "和平村卫生室",
        "speaker": "王秀兰",
        "audience_category": "老年人",
        "audience_count": 30,
        "materials": "无",
        "content": "讲控盐。",
        "summary": "好。",
        "archived_materials": ["5"],
        "filled_by": "王秀兰",
        "person_in_charge": "王秀兰",
        "fill_date": TODAY,
    }
    file = ("answers.json", "--vault", "v")
    filed = village.say("record", "put", "health_education_activity", station, *file, answers=answers)["record"]
    assert village.say("record", "get", filed["record"], "--vault", "v")["record"]["answers"] == answers
    assert village.say("record", "list", station, "--vault", "v")["count"] == 1
    for subject in (register(village), "0" * 16):
        refusal = village.refused("record", "put", "health_education_activity", subject, *file, answers=answers)
        assert refusal == (3, "NO_SUCH_STATION")
    assert village.say("vault", "check", "--vault", "v")["faults"] == []


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"encounter_date": "2026-02-30"}, "encounter_date"),
        ({"encounter_date": "2099-01-01"}, "encounter_date"),
        ({"subjective": "a\u0000b"}, "subjective"),
        ({"subjective": 7}, "subjective"),
        ({"subjective": "长" * 100_000}, "subjective"),
        ({"nonsense": "x"}, "nonsense"),
        ({"plan": None}, "plan"),
    ],
)
def test_bad_answers_are_refused_at_their_field(village: Terminal, answers: dict[str, object], field: str) -> None:
    resident = register(village)
    good = {"subjective": "咳", "objective": "红", "assessment": "感冒", "plan": "水", "doctor": "王秀兰"}
    given = {**good, "encounter_date": TODAY, **answers}
    place = ("record", "put", "encounter_record", resident, "answers.json", "--vault", "v")
    done = village.run(*place, "--json", answers={key: value for key, value in given.items() if value is not None})
    assert done.returncode == 3
    said = json.loads(done.stderr)
    assert said["error"] == "ANSWERS_INVALID"
    assert field in {finding["field"] for finding in said["findings"]}
    assert village.say("record", "list", resident, "--vault", "v")["count"] == 0


def test_lone_surrogates_in_a_file_are_refused(village: Terminal) -> None:
    (village.folder / "bad.json").write_text('{"name": "\\ud800"}')
    assert village.refused("household", "add", "bad.json", "--vault", "v") == (3, "ANSWERS_NOT_JSON")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("nonsense",), (2, "USAGE")),
        (("record", "put"), (2, "USAGE")),
        (("resident", "find", "x", "--vault", "nowhere"), (4, "VAULT_MISSING")),
        (("resident", "show", "0" * 32, "--vault", "v"), (3, "NO_SUCH_RESIDENT")),
        (("form", "show", "nonsense"), (3, "NO_SUCH_FORM")),
        (("bundle", "inspect", "absent.jdb"), (5, "FILE_MISSING")),
        (("bundle", "export", "absent", "--vault", "v"), (3, "NOT_ENROLLED")),
        (
            (
                "station",
                "init",
                "--vault",
                "v",
                "--level",
                "village",
                "--name",
                "另一个站",
                "--division",
                "150421204203",
                "--staff",
                "李建国",
            ),
            (3, "VAULT_EXISTS"),
        ),
    ],
)
def test_refusals_say_why_with_the_right_exit_code(
    village: Terminal, arguments: tuple[str, ...], expected: tuple[int, str]
) -> None:
    assert village.refused(*arguments) == expected


def test_a_wrong_password_changes_nothing(village: Terminal) -> None:
    before = vault_sums(village.folder / "v")
    (village.folder / "password").write_text("wrong wrong\n")
    assert village.refused("resident", "find", "x", "--vault", "v") == (4, "VAULT_PASSWORD")
    assert vault_sums(village.folder / "v") == before


def test_a_damaged_vault_is_said_and_left_alone(village: Terminal) -> None:
    database = next((village.folder / "v").glob("*.db"))
    damaged = b"\x00" * 4096 + database.read_bytes()[4096:]
    database.write_bytes(damaged)
    assert village.refused("resident", "find", "x", "--vault", "v") == (4, "VAULT_DAMAGED")
    assert database.read_bytes() == damaged


def test_forms_can_be_listed_without_a_vault(terminal: Terminal) -> None:
    forms = terminal.say("form", "list")["forms"]
    assert {"archive_cover", "personal_info", "physical_exam", "health_record_card"} <= {form["id"] for form in forms}
    shown = terminal.say("form", "show", "hypertension_followup")["form"]
    assert [section["id"] for section in shown["sections"]][:2] == ["header", "visit"]
    fields = {item["id"]: item for section in shown["sections"] for item in section["fields"]}
    assert fields["smoking_current"]["minimum"] == 0
    assert fields["symptoms"]["max_selections"] == 8
    assert fields["symptoms"]["options"][0] == {"code": "1", "label": "无症状", "exclusive": True}
    assert "printed_codes" not in fields["symptoms"]
    assert fields["salt_current"]["printed_codes"] is False


def test_the_terminal_never_loads_qt() -> None:
    code = "import sys, jiandang_desktop.__main__ as m; m.main(['form', 'list']); print('PySide6' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
    assert done.stdout.decode().splitlines()[-1] == "False"


def test_the_demo_leaves_bundles_receipts_a_folder_and_a_summary(terminal: Terminal) -> None:
    made = terminal.say("demo", "--out", "demo", "--residents", "30")
    folder = Path(made["folder"])
    assert made["waiting"] == 0
    assert len(list((folder / "stick").glob("*submission*"))) == 2
    assert len(list((folder / "stick").glob("*receipt*"))) == 2
    assert (folder / "printed" / "folder.pdf").read_bytes().startswith(b"%PDF")
    assert (folder / "summary.txt").read_text(encoding="utf-8")
    again = terminal.say("demo", "--out", "demo", "--residents", "10")
    assert again["folder"] != made["folder"]


def test_folders_grow_and_cards_are_written_down(village: Terminal) -> None:
    """``print folder``, ``print households``, ``print log``, ``print cards`` and ``resident card``."""
    resident = register(village, name="吴䶮妹")
    household = village.say("resident", "show", resident, "--vault", "v")["resident"]["household"]
    first = village.say("print", "folder", household, "folder.pdf", "--vault", "v")
    assert (first["households"], first["nothing_new"]) == (1, 0)
    assert (village.folder / "folder.pdf").read_bytes().startswith(b"%PDF")
    assert village.refused("print", "folder", household, "new.pdf", "--new", "--vault", "v") == (3, "NOTHING_NEW")
    assert not (village.folder / "new.pdf").exists()
    other = register(village, name="魏雪梅")
    both = village.say("print", "households", "new.pdf", "--all", "--new", "--vault", "v")
    assert (both["households"], both["nothing_new"]) == (1, 1)
    assert village.refused("print", "households", "x.pdf", "--vault", "v") == (2, "USAGE")
    (log,) = village.say("print", "log", household, "--vault", "v")["prints"]
    assert (log["mode"], log["pages"]) == ("all", first["pages"])
    made = village.say("print", "cards", "cards.pdf", "--resident", resident, "--vault", "v")
    assert (made["cards"], made["issued"], made["pages"]) == (1, 1, 2)
    assert village.say("print", "cards", "more.pdf", "--missing", "--vault", "v")["cards"] == 1
    assert village.refused("print", "cards", "no.pdf", "--missing", "--vault", "v") == (3, "NO_CARDS_WANTED")
    before = village.say("resident", "card", other, "--vault", "v")
    assert before["status"] == "issued"
    lost = village.say("resident", "card", other, "--reason", "lost", "--vault", "v")
    assert lost["status"] == "lost"
    assert lost["card_token"] != before["card_token"]
    assert [event["event"] for event in lost["events"]] == ["1", "2"]
    assert village.say("resident", "card", other, "--reason", "issued", "--vault", "v")["status"] == "issued"
    assert village.say("vault", "check", "--vault", "v")["faults"] == []


def test_keys_generations_and_a_lost_computer_at_the_terminal(village: Terminal) -> None:
    """``station rotate``, ``keys``, ``reenrol``, ``revoke``; ``vault accept``; ``bundle send`` carries all home."""
    set_up(village, "new", "village", "150421204203")
    enrol(village, "v", "t")
    register(village)
    rotated = village.say("station", "rotate", "--vault", "v")
    assert (len(rotated["fingerprint"]), rotated["waiting"]) == (8, 1)
    carry(village, "v", "t")
    keys = village.say("station", "keys", "--vault", "t")["keys"]
    assert [(row["name"], row["ended"]) for row in keys[1:]] == [("和平卫生院", "")] * 2
    assert village.refused("vault", "accept", "--vault", "v") == (3, "ACCEPT_NOT_CONFIRMED")
    begun = village.say("vault", "accept", "--yes", "--vault", "v")
    assert len(begun["generation"]) == 32
    assert carry(village, "v", "t")["up_to"] == 4
    assert village.refused("bundle", "again", "--vault", "v") == (3, "NOTHING_ASKED")
    station = village.say("station", "show", "--vault", "v")["station"]
    file = village.say("station", "request", "stick", "--vault", "new")["file"]
    arguments = ("station", "reenrol", station, file, "stick", "--vault", "t", "--reason", "电脑坏了")
    assert village.refused(*arguments) == (3, "FINGERPRINT_NOT_COMPARED")
    answer = village.say(*arguments, "--yes")["file"]
    village.say("station", "accept", answer, "--yes", "--vault", "new")
    sent = village.say("bundle", "send", station, "stick", "--vault", "t")["file"]
    assert village.say("receipt", "apply", sent, "--vault", "new")["came"] == {"archived": 2}
    assert village.say("resident", "find", "--vault", "new")["count"] == 1
    assert village.say("station", "show", "--vault", "new")["station"] == station
    done = village.say("station", "revoke", station, "--reason", "撤并", "--vault", "t")
    assert done["revoked"]["revoked"] is True
    states = [row["ended"] for row in village.say("station", "keys", "--vault", "t")["keys"]]
    assert sorted(states) == ["", "lost", "revoked", "rotated"]


def enrol(terminal: Terminal, below: str, above: str) -> None:
    request = terminal.say("station", "request", "stick", "--vault", below)["file"]
    answer = terminal.say("station", "approve", request, "stick", "--yes", "--vault", above)["file"]
    terminal.say("station", "accept", answer, "--yes", "--vault", below)


def carry(terminal: Terminal, below: str, above: str) -> dict[str, Any]:
    """One round; what the receipt said."""
    file = terminal.say("bundle", "export", "stick", "--vault", below)["file"]
    receipt = terminal.say("bundle", "intake", file, "--receipts", "stick", "--vault", above)["receipt"]
    return terminal.say("receipt", "apply", receipt, "--vault", below)
