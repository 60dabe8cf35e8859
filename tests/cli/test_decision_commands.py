"""Conflicts, second folders and moves at the terminal: the shapes of docs/cli.md."""

import json
from pathlib import Path
from typing import Any

import pytest

from .test_commands import RESIDENT, TODAY, Terminal


class Office:
    """A township and a village that know each other."""

    def __init__(self, folder: Path) -> None:
        self.terminal = Terminal(folder)
        for vault, level, division, name in (
            ("v", "village", "150421204203", "和平村卫生室"),
            ("w", "village", "150421204204", "安乐村卫生室"),
            ("t", "township", "150421204", "红星镇卫生院"),
        ):
            self.at(
                vault, "station", "init", "--level", level, "--division", division, "--name", name, "--staff", "王秀兰"
            )
        for vault in ("v", "w"):
            request = self.at(vault, "station", "request", "stick")["file"]
            answer = self.at("t", "station", "approve", request, "stick", "--yes")["file"]
            self.at(vault, "station", "accept", answer, "--yes")

    def at(self, vault: str, *arguments: str, answers: object = None) -> dict[str, Any]:
        return self.terminal.say(*arguments, "--vault", vault, answers=answers)

    def up(self, vault: str) -> None:
        file = self.at(vault, "bundle", "export", "stick")["file"]
        receipt = self.at("t", "bundle", "intake", file)["receipt"]
        self.at(vault, "receipt", "apply", receipt)

    def register(self, vault: str) -> str:
        home = self.at(vault, "household", "add", "answers.json", answers={"address": "和平村3组12号"})["household"]
        person = {**RESIDENT, "consent_date": TODAY}
        return self.at(vault, "resident", "add", home["id"], "answers.json", answers=person)["resident"]["id"]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_a_conflict_is_shown_resolved_undone_and_sent_back(office: Office) -> None:
    resident = office.register("v")
    office.up("v")
    office.at("t", "resident", "edit", resident, "answers.json", answers={"phone": "13900000077"})
    office.at("v", "resident", "edit", resident, "answers.json", answers={"phone": "13900000088"})
    office.up("v")
    (case,) = office.at("t", "conflict", "list")["cases"]
    assert (case["record"], case["reason"], case["station"]) == (resident, "parallel", "和平村卫生室")
    shown = office.at("t", "conflict", "show", resident)
    (question,) = shown["questions"]
    assert (question["field"], question["open"]) == ("phone", True)
    assert set(question["words"]) == {"13900000077", "13900000088"}
    done = office.terminal.run("conflict", "resolve", resident, "--vault", "t", "--json")
    assert done.returncode == 3
    assert json.loads(done.stderr)["error"] == "CONFLICT_OPEN"
    record = office.at("t", "conflict", "resolve", resident, "--write", "phone=13900000099")["record"]
    assert record["answers"]["phone"] == "13900000099"
    first = office.at("t", "record", "history", resident)["revisions"][0]["revision"]
    record = office.at("t", "conflict", "undo", resident, "--to", first)["record"]
    assert "phone" not in record["answers"]
    words = "电话要补上"
    revision = record["revision"]
    assert office.at("t", "conflict", "return", revision, "--words", words)["returned"] == revision
    assert office.at("t", "record", "get", resident)["record"]["verdict_words"] == words
    assert office.at("t", "conflict", "list")["count"] == 0


def test_second_folders_and_moves(office: Office) -> None:
    one, other = office.register("v"), office.register("w")
    office.up("v")
    office.up("w")
    (pair,) = office.at("t", "duplicate", "list")["pairs"]
    assert pair["reason"] == "same_name_birth"
    assert office.at("t", "duplicate", "show", one, other)["pair"]["keepers"]
    survivor = office.at("t", "duplicate", "same", one, other)["resident"]
    merged = other if survivor["id"] == one else one
    assert office.at("t", "duplicate", "undo", merged)["resident"]["id"] == merged
    assert office.at("t", "duplicate", "two", one, other)["apart"] == [one, other]
    assert office.at("t", "duplicate", "list")["count"] == 0
    stations = {row["name"]: row["id"] for row in office.at("t", "station", "show")["known"]}
    home = office.at("t", "resident", "show", one)["resident"]["household"]
    moved = office.at("t", "household", "transfer", home, stations["安乐村卫生室"])
    assert moved["residents"] == [one]
    assert moved["revisions"] > 2
    there = {"address": "和平村1组1号"}
    (office.terminal.folder / "there.json").write_text(json.dumps(there), encoding="utf-8")
    back = stations["和平村卫生室"]
    office.at("t", "resident", "transfer", one, back, "--address", "there.json")
    assert office.at("t", "resident", "show", one)["resident"]["station"] == back


def test_what_was_put_aside_at_intake_is_listed_and_archived(office: Office) -> None:
    office.register("v")
    file = office.at("v", "bundle", "export", "stick")["file"]
    plan = office.at("t", "bundle", "verify", file)
    revision = next(item["revision"] for item in plan["items"] if item["form"] == "居民登记")
    office.at("t", "bundle", "intake", file, "--decide", f"{revision}=held")
    listed = office.terminal.run("conflict", "list", "--vault", "t")
    assert "接收时放着待定" in listed.stdout.decode()
    (case,) = office.at("t", "conflict", "list")["cases"]
    assert (case["reason"], case["revision"]) == ("put_aside", revision)
    office.at("t", "conflict", "adopt", revision)
    assert office.at("t", "conflict", "list")["cases"] == []
