"""``jiandang event …`` as a technician uses it."""

from .test_commands import TODAY, Terminal, register, stations, terminal, village

__all__ = ["stations", "terminal", "village"]


def test_a_life_by_hand(village: Terminal) -> None:
    """docs/cli.md: birth, another household, death, a mistake put right, and the list of it all."""
    her = register(village, name="李桂英", birth_date="1998-03-05")
    born = {"name": "王小宝", "sex": "1", "birth_date": TODAY, "consent": "1", "consent_date": TODAY}
    child = village.say("event", "birth", her, "answers.json", "--vault", "v", answers=born)["resident"]
    assert (child["id_no"], child["answers"]["mother_id"]) == ("", her)
    split = {"address": "和平村3组13号"}
    where = ("--new", "answers.json", "--relation", "02", "--reason", "3")
    moved = village.say("event", "move-household", her, *where, "--vault", "v", answers=split)
    assert moved["resident"]["address"] == "和平村3组13号"
    assert moved["left_without_head"] is True
    died = {"death_date": TODAY, "death_cause": "脑出血"}
    ended = village.say("event", "death", her, "answers.json", "--vault", "v", answers=died)
    assert (ended["resident"]["status"], ended["record"]["form"]) == ("3", "record_closure")
    back = ("event", "returned", her, "--reason", "误报", "--date", TODAY, "--vault", "v")
    assert village.refused(*back) == (3, "ANSWERS_UNSURE")
    assert village.say(*back, "--yes")["resident"]["status"] == "1"
    events = village.say("event", "list", her, "--vault", "v")["events"]
    assert [each["kind"] for each in events] == ["registered", "household", "status_3", "returned"]


def test_what_cannot_be_is_refused_with_its_words(village: Terminal) -> None:
    him = register(village, name="王大山", sex="1")
    answers = {"name": "王小宝", "sex": "1", "birth_date": TODAY}
    assert village.refused("event", "birth", him, "answers.json", "--vault", "v", answers=answers) == (
        3,
        "MOTHER_NOT_FEMALE",
    )
    early = {"death_date": "1900-01-01", "death_cause": "不详"}
    place = ("event", "death", him, "answers.json", "--vault", "v")
    assert village.refused(*place, answers=early) == (3, "ANSWERS_INVALID")
    assert village.say("resident", "show", him, "--vault", "v")["resident"]["status"] == "1"
