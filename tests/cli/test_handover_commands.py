"""A handover at the terminal: card, packet, counting, countersigning, the old station that only reads, the bags."""

import json
import shutil
from pathlib import Path

import pytest

from .test_commands import RESIDENT, Terminal

PLACES = {"old": "150421204203", "new": "150421204204"}


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    made = Terminal(tmp_path)
    for vault, division in {**PLACES, "above": "150421204"}.items():
        level = "township" if vault == "above" else "village"
        made.say(
            "station", "init", "--vault", vault, "--level", level, "--division", division, "--name", f"{vault}卫生室",
            "--staff", "王秀兰",
        )  # fmt: skip
    for vault in PLACES:
        folder = made.folder / f"stick-{vault}"
        folder.mkdir()
        made.say("station", "request", folder.name, "--vault", vault)
        (asked,) = folder.glob("*request*")
        made.say("station", "approve", str(asked), folder.name, "--vault", "above", "--yes")
        (answer,) = folder.glob("*answer*")
        made.say("station", "accept", str(answer), "--vault", vault, "--yes")
    return made


def test_the_whole_way(terminal: Terminal) -> None:
    household = terminal.say("household", "add", "answers.json", "--vault", "old", answers={"address": "3组12号"})
    terminal.say("resident", "add", household["household"]["id"], "answers.json", "--vault", "old", answers=RESIDENT)
    terminal.say("handover", "invite", "stick", "--vault", "new")
    card = terminal.stick("request")
    assert terminal.refused("handover", "make", "stick", "--to", card, "--reason", "撤站", "--vault", "old") == (
        3,
        "FINGERPRINT_NOT_COMPARED",
    )
    made = terminal.say("handover", "make", "stick", "--to", card, "--reason", "撤站", "--vault", "old", "--yes")
    assert {item["item"]: item["count"] for item in made["items"]}["form.resident"] == 2
    assert terminal.refused("household", "add", "answers.json", "--vault", "old", answers={"address": "x"}) == (
        3,
        "STATION_CLOSED",
    )
    seen = terminal.say("handover", "verify", "stick", "--vault", "new")
    assert (seen["trusted"], seen["differing"], seen["new"]) == (False, [], 4)
    assert terminal.refused("handover", "take", "stick", "--vault", "new") == (3, "FINGERPRINT_NOT_COMPARED")
    words = " ".join(seen["fingerprint"])
    taken = terminal.say(
        "handover", "take", "stick", "--vault", "new", "--fingerprint", words, "--remark", "paper=少一袋"
    )
    done = terminal.say("handover", "confirm", taken["receipt"], "--vault", "old")
    assert {item["item"]: item["remark"] for item in done["handover"]["items"]}["paper"] == "少一袋"
    assert terminal.say("handover", "show", "--vault", "old")["handover"] == done["handover"]
    assert terminal.say("resident", "find", "--vault", "new")["count"] == 1
    home = household["household"]["id"]
    assert terminal.refused("shelf", "lend", home, "--to", "赵医生", "--until", "2036-12-01", "--vault", "new") == (
        3,
        "BAG_UNPLACED",
    )
    terminal.say("shelf", "place", home, "--cabinet", "3", "--shelf", "2", "--number", "17", "--vault", "new")
    lent = terminal.say("shelf", "lend", home, "--to", "赵医生", "--until", "2036-12-01", "--vault", "new")
    assert (lent["bag"]["state"], lent["bag"]["place"]) == ("lent", "3-2-17")
    assert terminal.say("shelf", "list", "--out", "--vault", "new")["count"] == 1
    assert terminal.say("shelf", "print", "shelves.pdf", "--vault", "new")["pages"] == 1
    # Plain words without --json, and the same again does nothing.
    again = terminal.run("handover", "take", "stick", "--vault", "new")
    assert again.returncode == 0
    assert "以前已经接收" in again.stdout.decode()
    assert json.loads(terminal.run("handover", "show", "--vault", "new", "--json").stdout)["handover"] is None
    assert terminal.refused("handover", "withdraw", "--vault", "old") == (3, "HANDOVER_CONFIRMED")


def test_H02_called_off_too_late(terminal: Terminal) -> None:
    """The receipt closes the old station again; one more packet brings what was written meanwhile."""
    home = terminal.say("household", "add", "answers.json", "--vault", "old", answers={"address": "3组12号"})
    terminal.say("resident", "add", home["household"]["id"], "answers.json", "--vault", "old", answers=RESIDENT)
    terminal.say("handover", "invite", "stick", "--vault", "new")
    card = terminal.stick("request")
    terminal.say("handover", "make", "stick", "--to", card, "--reason", "撤站", "--vault", "old", "--yes")
    taken = terminal.say("handover", "take", "stick", "--vault", "new", "--yes")
    terminal.say("handover", "withdraw", "--vault", "old")
    terminal.say("household", "add", "answers.json", "--vault", "old", answers={"address": "5组1号"})
    found = terminal.run("handover", "confirm", taken["receipt"], "--vault", "old")
    assert "撤回不算数" in found.stdout.decode()
    assert terminal.say("handover", "show", "--vault", "old")["handover"]["supplement"]
    assert terminal.refused("household", "add", "answers.json", "--vault", "old", answers={"address": "x"}) == (
        3,
        "STATION_CLOSED",
    )
    second = terminal.folder / "second"
    second.mkdir()
    terminal.say("handover", "make", "second", "--vault", "old")
    again = terminal.say("handover", "take", "second", "--vault", "new")
    done = terminal.say("handover", "confirm", again["receipt"], "--vault", "old")["handover"]
    assert (done["supplement"], bool(done["confirmed_at"])) == (False, True)
    assert terminal.say("household", "list", "--vault", "new")["count"] == 2


def test_H03_an_old_backup_writes_again(terminal: Terminal) -> None:
    """A closed station's folder is put back: the township names what it writes, the receipt says that it is closed."""
    home = terminal.say("household", "add", "answers.json", "--vault", "old", answers={"address": "3组12号"})
    terminal.say("resident", "add", home["household"]["id"], "answers.json", "--vault", "old", answers=RESIDENT)
    shutil.copytree(terminal.folder / "old", terminal.folder / "backup")
    terminal.say("handover", "invite", "stick", "--vault", "new")
    card = terminal.stick("request")
    terminal.say("handover", "make", "stick", "--to", card, "--reason", "撤站", "--vault", "old", "--yes")
    terminal.say("handover", "take", "stick", "--vault", "new", "--yes")
    terminal.say(
        "bundle", "intake", terminal.say("bundle", "export", "stick", "--vault", "new")["file"], "--vault", "above"
    )
    shutil.rmtree(terminal.folder / "old")
    shutil.move(terminal.folder / "backup", terminal.folder / "old")
    terminal.say("household", "add", "answers.json", "--vault", "old", answers={"address": "5组1号"})
    export = terminal.say("bundle", "export", "stick", "--vault", "old")["file"]
    done = terminal.say("bundle", "intake", export, "--vault", "above")
    assert done["counts"] == {"archived": 2, "held": 1}
    (case,) = terminal.say("conflict", "list", "--vault", "above")["cases"]
    assert (case["reason"], case["who"]) == ("closed_station", "5组1号")
    assert terminal.say("receipt", "apply", done["receipt"], "--vault", "old")["handed_to"] == "new卫生室"
    assert terminal.refused("household", "add", "answers.json", "--vault", "old", answers={"address": "x"}) == (
        3,
        "STATION_CLOSED",
    )


def test_to_another_area_and_there(terminal: Terminal) -> None:
    """The receiving station's card, the folder that ends here, the folder that begins there."""
    home = terminal.say("household", "add", "answers.json", "--vault", "old", answers={"address": "3组12号"})
    who = terminal.say("resident", "add", home["household"]["id"], "answers.json", "--vault", "old", answers=RESIDENT)
    code = who["resident"]["record_code"]
    terminal.say(
        "station", "init", "--vault", "far", "--level", "village", "--division", "150102001001", "--name", "新华卫生室",
        "--staff", "王秀兰",
    )  # fmt: skip
    terminal.say("handover", "invite", "stick", "--vault", "far")
    card = terminal.stick("request")
    away = ("resident", "send-away", who["resident"]["id"], "stick", "--to", card, "--vault", "old")
    assert terminal.refused(*away) == (3, "FINGERPRINT_NOT_COMPARED")
    assert terminal.refused(*away, "--yes") == (3, "ANSWERS_INVALID")
    day = who["resident"]["answers"]["filing_date"]
    sent = terminal.say(*away, "--date", day, "--destination", "呼和浩特市", "--yes")
    seen = terminal.say("resident", "arrive", sent["file"], "--vault", "far")["arrival"]
    (one,) = seen["people"]
    assert (one["name"], one["record_code"], seen["trusted"]) == (RESIDENT["name"], code, False)
    there = ("resident", "arrive", sent["file"], "--address", "answers.json", "--vault", "far")
    assert terminal.refused(*there, answers={"address": "1号"}) == (3, "FINGERPRINT_NOT_COMPARED")
    words = " ".join(seen["fingerprint"])
    (came,) = terminal.say(*there, "--fingerprint", words, answers={"address": "1号"})["residents"]
    assert came["answers"]["transferred_from"] == "old卫生室"
    assert terminal.say("resident", "find", code, "--vault", "far")["count"] == 1


def test_a_household_goes_to_another_area_in_one_step(terminal: Terminal) -> None:
    home = terminal.say("household", "add", "answers.json", "--vault", "old", answers={"address": "3组12号"})
    house = home["household"]["id"]
    wife = {**RESIDENT, "name": "魏雪梅", "sex": "2", "relation_to_head": "10"}
    add = ("resident", "add", house, "answers.json", "--vault", "old", "--yes")
    people = [terminal.say(*add, answers=answers)["resident"] for answers in (RESIDENT, wife)]
    terminal.say("handover", "invite", "stick", "--vault", "new")
    away = ("household", "send-away", house, "stick", "--to", terminal.stick("request"), "--vault", "old", "--yes")
    sent = terminal.say(*away, "--date", people[0]["answers"]["filing_date"], "--destination", "呼和浩特市")
    assert len(sent["residents"]) == 2
    there = ("resident", "arrive", sent["file"], "--address", "answers.json", "--vault", "new", "--yes")
    assert terminal.refused(*there, "--person", "1", answers={"address": "1号"}) == (3, "NO_SUCH_NEWCOMER")
    came = terminal.say(*there, answers={"address": "1号"})["residents"]
    assert {row["name"] for row in came} == {RESIDENT["name"], wife["name"]}
    assert len({row["household"] for row in came}) == 1
    gone = ("household", "send-away", "unknown", "stick", "--to", terminal.stick("request"), "--vault", "old", "--yes")
    assert terminal.refused(*gone) == (3, "NO_SUCH_HOUSEHOLD")


def test_a_restore_from_the_originals_says_what_they_lack(terminal: Terminal) -> None:
    """Every village below is named: it brings back what was decided here."""
    found = terminal.say("vault", "restore-archive", "--vault", "above")
    assert sorted(found["holders"]) == ["new卫生室", "old卫生室"]
    done = terminal.run("vault", "restore-archive", "--vault", "above")
    assert "要联系的村：" + "、".join(found["holders"]) in done.stdout.decode()
