"""Today's work at the terminal: the worklist, one resident, decisions, attempts, settings, the round list."""

from pathlib import Path

import pytest

from .test_commands import RESIDENT, TODAY, Terminal


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    made = Terminal(tmp_path)
    for vault, level, division in (("v", "village", "150421204203"), ("t", "township", "150421204")):
        made.say(
            "station", "init", "--vault", vault, "--level", level, "--division", division, "--name", f"{level}卫生室",
            "--staff", "王秀兰",
        )  # fmt: skip
    return made


@pytest.fixture
def resident(terminal: Terminal) -> str:
    home = {"address": "和平村3组12号", "village_group": "3组"}
    household = terminal.say("household", "add", "answers.json", "--vault", "v", answers=home)["household"]["id"]
    answers = {**RESIDENT, "consent_date": TODAY, "responsible_doctor": "李大夫"}
    made = terminal.say("resident", "add", household, "answers.json", "--vault", "v", answers=answers)
    return str(made["resident"]["id"])


def test_from_enrolling_to_the_round_list(terminal: Terminal, resident: str) -> None:
    facts = {"diagnosis_institution": "旗医院"}
    done = terminal.say("programme", "enrol", resident, "hypertension", "answers.json", "--vault", "v", answers=facts)
    assert done["record"]["answers"]["decision"] == "1"
    assert done["record"]["answers"]["diagnosis_institution"] == "旗医院"
    assert terminal.refused("programme", "enrol", resident, "hypertension", "--vault", "v") == (3, "MEMBERSHIP_OPEN")
    found = terminal.say("due", "list", "--programme", "hypertension", "--band", "week", "--vault", "v")
    (line,) = found["lines"]
    assert (line["resident"]["id"], line["band"], line["duty"], line["days"]) == (resident, "week", "first", 14)
    assert (found["total"], found["count"], found["bands"]["week"]) == (1, 1, {"lines": 1, "people": 1})
    assert set(found["bands"]) == {"overdue", "week", "lost", "year", "found"}
    late = terminal.say("due", "list", "--date", "2099-06-01", "--band", "overdue", "--vault", "v")
    assert {each["duty"] for each in late["lines"]} >= {"first"}
    week = ("due", "list", "--band", "week", "--vault", "v", "--doctor")
    assert len(terminal.say(*week, "李大夫")["lines"]) == 1
    assert terminal.refused(*week, "王大夫") == (3, "NO_SUCH_DOCTOR")
    shown = terminal.say("due", "show", resident, "--vault", "v")
    assert [each["programme"] for each in shown["memberships"]] == ["hypertension"]
    assert {each["state"] for each in shown["duties"]} <= {"due", "upcoming"}
    assert terminal.say("due", "print", "round.pdf", "--vault", "v")["pages"] == 1
    assert (terminal.folder / "round.pdf").read_bytes().startswith(b"%PDF")
    words = terminal.run("due", "list", "--vault", "v").stdout.decode()
    assert "王小满" in words
    assert "本周应做" in words
    assert terminal.refused("due", "list", "--date", "soon", "--vault", "v") == (3, "DAY_INVALID")
    assert terminal.refused("due", "list", "--within", "-2", "--vault", "v") == (3, "WITHIN_INVALID")
    assert terminal.refused("due", "list", "--band", "never", "--vault", "v") == (2, "USAGE")
    assert terminal.refused("due", "show", "nobody", "--vault", "v") == (3, "NO_SUCH_RESIDENT")


def test_decisions_and_attempts(terminal: Terminal, resident: str) -> None:
    assert terminal.refused("programme", "refuse", resident, "copd", "--reason", "x", "--vault", "v") == (
        3,
        "ANSWERS_INVALID",
    )
    terminal.say("programme", "refuse", resident, "copd", "--reason", "not_so", "--vault", "v")
    terminal.say("programme", "enrol", resident, "diabetes2", "--vault", "v")
    figures = {each["programme"]: each for each in terminal.say("programme", "list", "--vault", "v")["programmes"]}
    assert (figures["copd"]["refused"], figures["diabetes2"]["open"]) == (1, 1)
    (member,) = terminal.say("programme", "show", "copd", "--state", "refused", "--vault", "v")["members"]
    assert member["resident"]["name"] == "王小满"
    assert member["why"]
    tried = terminal.say("attempt", "add", resident, "--method", "2", "--result", "1", "--note", "锁门", "--vault", "v")
    assert tried["lost"] == []
    assert terminal.say("attempt", "list", resident, "--vault", "v")["count"] == 1
    assert "锁门" in terminal.run("attempt", "list", resident, "--vault", "v").stdout.decode()
    assert terminal.refused("attempt", "add", resident, "--method", "7", "--result", "1", "--vault", "v") == (
        3,
        "ANSWERS_INVALID",
    )
    closed = terminal.say("programme", "close", resident, "diabetes2", "--reason", "mistake", "--vault", "v")
    assert closed["record"]["answers"]["closing_reason"] == "mistake"
    again = terminal.say("programme", "reopen", resident, "diabetes2", "--vault", "v")
    assert again["record"]["answers"]["decision"] == "1"
    assert terminal.refused("programme", "show", "wonder", "--vault", "v") == (3, "NO_SUCH_PROGRAMME")
    assert "暂不纳入" in terminal.run("programme", "list", "--vault", "v").stdout.decode()


def test_settings(terminal: Terminal) -> None:
    assert terminal.refused("setting", "set", "recall_days", "10", "--vault", "v") == (3, "SETTING_FROM_ABOVE")
    assert terminal.refused("setting", "set", "recall_days", "many", "--vault", "t") == (3, "SETTING_VALUE")
    assert terminal.refused("setting", "set", "wonder", "1", "--vault", "t") == (3, "NO_SUCH_SETTING")
    done = terminal.say("setting", "set", "recall_days", "10", "--vault", "t")["setting"]
    assert (done["value"], done["default"]) == (10, 14)
    later = terminal.say("setting", "set", "recall_days", "12", "--from", "2099-01-01", "--vault", "t")["setting"]
    assert later["later"] == [{"from": "2099-01-01", "value": 12}]
    found = {each["setting"]: each for each in terminal.say("setting", "list", "--vault", "t")["settings"]}
    assert found["recall_days"] == later
    assert all(each["label"] and each["source"] and each["allowed"] for each in found.values())
    words = terminal.run("setting", "list", "--vault", "t").stdout.decode()
    assert "原定 14" in words
