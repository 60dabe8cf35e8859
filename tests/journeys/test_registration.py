"""Households and residents: what is asked, what is refused, what stays."""

import pytest

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import SubjectId
from jiandang_desktop.domain.staff import Role
from jiandang_desktop.services import cards, life_events, registry, search, sign_in, staff
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.workbench import Workbench

from .conftest import HOUSEHOLD, PASSWORD, Pair, person, register


def artificial(bench: Workbench, first: str = "46030219900101999") -> str:
    return first + bench.id_documents.check_character(first)


def numbered(bench: Workbench, **changes: object) -> dict[str, object]:
    number = {"id_type": "01", "id_no": artificial(bench), "no_id_reason": None, "sex": None, "birth_date": None}
    return {**number, **changes}


def test_sex_and_birth_date_come_from_the_number(village: Desk, bench: Workbench) -> None:
    row = registry.show_resident(village, register(village, **numbered(bench)))
    assert (row.sex, row.birth_date) == ("1", "1990-01-01")


def test_a_contradiction_is_asked_and_stays_as_typed_once_confirmed(village: Desk, bench: Workbench) -> None:
    household = registry.add_household(village, HOUSEHOLD)
    answers = person(**numbered(bench, sex="2", birth_date="1990-01-01"))
    with pytest.raises(Problem) as asked:
        registry.add_resident(village, household.id, answers)
    assert asked.value.code == "ANSWERS_UNSURE"
    keys = frozenset(finding.key for finding in asked.value.findings)  # type: ignore[attr-defined]
    row = registry.add_resident(village, household.id, answers, keys)
    assert row.sex == "2"
    # A later change of something else doesn't ask again.
    assert registry.edit_resident(village, row.id, {"phone": "14000000001"}).phone == "14000000001"


def test_a_wrong_check_character_is_refused(village: Desk, bench: Workbench) -> None:
    number = artificial(bench)
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    with pytest.raises(Problem) as refused:
        register(village, **numbered(bench, id_no=wrong))
    assert refused.value.code == "ANSWERS_INVALID"
    assert search.count(village) == 0


def test_the_same_number_is_refused_and_the_same_name_and_birth_date_asked(village: Desk, bench: Workbench) -> None:
    register(village, **numbered(bench))
    with pytest.raises(Problem) as refused:
        register(village, **numbered(bench, name="魏雪梅"))
    assert refused.value.code == "RESIDENT_SAME_NUMBER"
    register(village)
    with pytest.raises(Problem) as asked:
        register(village)
    assert asked.value.code == "RESIDENT_LIKE_ANOTHER"


def test_record_codes_are_issued_in_order_and_never_again(village: Desk) -> None:
    first = registry.show_resident(village, register(village))
    second = registry.show_resident(village, register(village, name="魏雪梅"))
    life_events.death(village, second.id, {"death_date": "2026-11-24", "death_cause": "脑出血"})
    third = registry.show_resident(village, register(village, name="吴䶮妹"))
    serials = [int(row.record_code[-5:]) for row in (first, second, third)]
    assert serials == [1, 2, 3]


def test_a_new_card_ends_the_old_one(village: Desk) -> None:
    resident = register(village)
    old = str(registry.show_resident(village, resident).answers["card_token"])
    new = cards.replace(village, resident, cards.CardEvent.DAMAGED).token
    assert cards.by_token(village, new).id == resident
    with pytest.raises(Problem) as refused:
        cards.by_token(village, old)
    assert refused.value.code == "CARD_REPLACED"


@pytest.mark.parametrize("text", ["王小满", "小满", "满", "wangxiaoman", "wxm", "0001", "'; DROP", "%", "_"])
def test_finding_by_any_part(village: Desk, text: str) -> None:
    resident = register(village)
    found = [row.id for row in search.find(village, text)]
    assert found == ([] if text in {"'; DROP", "%", "_"} else [resident])


@pytest.mark.parametrize("name", ["", "王", "王\x00满", "王" * 51, "=1+1", "<b>王</b>", "'; DROP TABLE"])
def test_impossible_names_are_refused(village: Desk, name: str) -> None:
    with pytest.raises(Problem) as refused:
        register(village, name=name)
    assert refused.value.code == "ANSWERS_INVALID"


@pytest.mark.parametrize("dot", ["·", "•", "・"])
def test_every_middle_dot_is_one_dot(village: Desk, dot: str) -> None:
    """R2.5: names with a dot find each other however it was typed."""
    resident = register(village, name=f"阿依古丽{dot}买买提")
    assert registry.show_resident(village, resident).name == "阿依古丽·买买提"
    assert [row.id for row in search.find(village, "古丽买买")] == [resident]


def test_an_administrator_alone_may_not_see_or_write_records(village: Desk, bench: Workbench) -> None:
    """R1.3: rights are asked in the services, whoever calls."""
    staff.add_staff(village, "李管理", frozenset({Role.ADMINISTRATOR}), PASSWORD)
    folder = village.vault.folder
    resident = register(village)
    sign_in.lock(village)
    other = sign_in.sign_in(bench, folder, "李管理", PASSWORD)
    for forbidden in (
        lambda: search.find(other, "王"),
        lambda: registry.show_resident(other, SubjectId(resident)),
        lambda: registry.add_household(other, HOUSEHOLD),
    ):
        with pytest.raises(Problem) as refused:
            forbidden()
        assert refused.value.code == "NOT_ALLOWED"
    sign_in.lock(other)


def test_a_disabled_person_can_do_nothing_more_at_once(village: Desk) -> None:
    member = staff.add_staff(village, "李管理", frozenset({Role.ADMINISTRATOR}), PASSWORD)
    staff.disable_staff(village, village.staff.name)
    with pytest.raises(Problem) as refused:
        search.find(village, "王")
    assert refused.value.code == "NOT_ALLOWED"
    assert not member.disabled


def test_homes_are_listed_as_one_walks_and_found_by_address_or_by_whoever_lives_there(village: Desk) -> None:
    """Group 8 before group 10, door 9 before door 10; the same order for households and residents."""
    walk = [("8", "和平村8组9号"), ("8", "和平村8组10号"), ("10", "和平村10组1号"), ("十一", "和平村十一组1号")]
    homes = {}
    for place, (group, address) in enumerate(reversed(walk)):
        house = registry.add_household(village, {"address": address, "village_group": group})
        homes[address] = house.id
        registry.add_resident(village, house.id, person(name="王小" + "甲乙丙丁"[place]))
    addresses = [address for _, address in walk]
    assert [row.address for row in registry.list_households(village)] == addresses
    assert [row.address for row in search.find(village, "")] == addresses
    assert [row.address for row in registry.find_households(village, "")] == addresses
    assert [row.address for row in registry.find_households(village, "8组")] == addresses[:2]
    assert [row.id for row in registry.find_households(village, "王小甲")] == [homes[addresses[-1]]]
    assert registry.find_households(village, "没有这一家") == []
    village.vault.rebuild()
    assert [row.address for row in registry.list_households(village)] == addresses
    assert village.vault.check().faults == ()


def test_a_township_has_no_codes_to_give(pair: Pair) -> None:
    township = pair.township
    household = registry.add_household(township, HOUSEHOLD)
    with pytest.raises(Problem) as refused:
        registry.add_resident(township, household.id, person())
    assert refused.value.code == "NO_VILLAGE_SEGMENT"
    assert search.count(township) == 0
