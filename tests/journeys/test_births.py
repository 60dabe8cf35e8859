"""A child's registration tells its mother's programmes that she has given birth (孕产妇健康管理服务规范 产后访视)."""

import pytest

from jiandang_desktop.domain.records import SubjectId
from jiandang_desktop.programmes.duties import MembershipState
from jiandang_desktop.services import due, duplicates, life_events, programmes
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.due import DueFilter

from .conftest import Pair, Trio, register

BORN = {"name": "王小宝", "sex": "1", "birth_date": "2026-11-20", "consent": "1", "consent_date": "2026-11-24"}
LMP = "2026-02-13"
AFTER = [("pnc_home", "2026-11-24", "2026-12-04"), ("pnc_42", "2027-01-01", "2027-01-15")]
"""Known on the day of the file, the 4th of life; day 3 to 14 after delivery, then day 42."""


def woman(desk: Desk, name: str = "李桂英") -> SubjectId:
    return register(desk, name=name, birth_date="1996-03-05")


def owed(desk: Desk, who: SubjectId, day: str = "2026-11-24") -> list[tuple[str, str, str]]:
    found = due.of_resident(desk, who, day).duties
    return [
        (each.id, max(each.opens, each.known_from), each.closes)
        for each in found
        if each.programme == "maternal" and each.state.value in ("due", "upcoming", "overdue")
    ]


def test_the_mothers_visits_after_delivery_follow_from_the_childs_registration(village: Desk) -> None:
    """D28: day 3 to 14 after delivery; day 42. No check of the pregnancy is due any more."""
    her = woman(village)
    programmes.enrol(village, her, "maternal", "2026-11-24", {"lmp_date": LMP})
    assert {name for name, _, _ in owed(village, her)} == {"anc1", "anc5", "delivery"}
    life_events.birth(village, her, BORN)
    assert owed(village, her) == AFTER
    twin = life_events.birth(village, her, {**BORN, "name": "王小贝"}, frozenset({"twin"}))
    assert owed(village, her) == AFTER
    assert [each.state for each in due.of_resident(village, her).memberships] == [MembershipState.OPEN]
    assert owed(village, twin.id) == []
    assert village.vault.check().faults == ()


def test_a_mother_without_a_file_is_in_her_puerperium_all_the_same(village: Desk) -> None:
    """服务对象 are 孕产妇: the first that was heard of her pregnancy is the child."""
    her = woman(village)
    child = life_events.birth(village, her, BORN)
    assert owed(village, her) == AFTER
    life_events.ended(village, child.id, {"closure_date": "2026-11-24", "closure_reason": "6"})
    assert owed(village, her) == []
    assert village.vault.check().faults == ()


@pytest.mark.parametrize(
    ("birth_date", "expected"), [("2026-08-27", ["pnc_42"]), ("2026-08-26", []), ("2021-05-02", [])]
)
def test_a_child_registered_late_opens_nothing_that_is_over(
    village: Desk, birth_date: str, expected: list[str]
) -> None:
    """Ninety days after delivery nothing of the programme is left."""
    her = woman(village)
    life_events.birth(village, her, {**BORN, "birth_date": birth_date})
    assert [name for name, _, _ in owed(village, her)] == expected
    assert village.vault.check().faults == ()


def test_the_link_is_made_and_taken_away_later(village: Desk) -> None:
    her, other = woman(village), woman(village, "李桂兰")
    child = register(village, name="王小宝", sex="1", birth_date="2026-11-20", consent_by="2", guardian_name="李桂英")
    assert (owed(village, her), owed(village, other)) == ([], [])
    life_events.link_mother(village, child, other)
    assert owed(village, other) == AFTER
    life_events.link_mother(village, child, her)
    assert (owed(village, her), owed(village, other)) == (AFTER, [])
    life_events.link_mother(village, child, None)
    assert owed(village, her) == []
    assert village.vault.check().faults == ()


def test_the_township_knows_it_too(pair: Pair) -> None:
    her = woman(pair.village)
    life_events.birth(pair.village, her, BORN)
    pair.carry()
    found = due.worklist(pair.township, "2026-12-05", DueFilter(resident_id=her)).lines
    assert [(each.id, each.band.value) for each in found] == [("pnc_home", "overdue")]
    assert pair.township.vault.check().faults == ()


def test_two_folders_of_the_mother_become_one_and_two_again(trio: Trio) -> None:
    """What one folder's child says counts for whichever folder is the mother's now."""
    older = register(trio.first, name="李桂英", birth_date="1996-03-05", filing_date="2024-01-05")
    newer = woman(trio.second)
    life_events.birth(trio.second, newer, BORN)
    trio.up(trio.first)
    trio.up(trio.second)
    township = trio.township
    assert (owed(township, older), owed(township, newer)) == ([], AFTER)
    duplicates.same_person(township, older, newer)
    assert owed(township, older) == AFTER
    trio.down(trio.first)
    duplicates.separate(township, newer)
    assert (owed(township, older), owed(township, newer)) == ([], AFTER)
    township.vault.rebuild()
    assert owed(township, newer) == AFTER
    assert trio.all_sound()
