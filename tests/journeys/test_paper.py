"""What lies on paper: folders that grow, the log of prints, cards given out, lost and replaced."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from jiandang_desktop import printing
from jiandang_desktop.demo.people import Village
from jiandang_desktop.demo.records import records_for
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import RecordId, SubjectId
from jiandang_desktop.printing import Page, Text
from jiandang_desktop.services import (
    cards,
    folders,
    intake,
    life_events,
    prints,
    records,
    registration,
    registry,
    search,
    sign_in,
    stations,
    submission,
    transfer,
)
from jiandang_desktop.services.cards import CardChoice, CardEvent, CardStatus
from jiandang_desktop.services.desk import Desk, form_for
from jiandang_desktop.services.prints import Mode
from jiandang_desktop.services.registration import NewMember

from .conftest import HOUSEHOLD, PASSWORD, Pair, enrol, register


@dataclass
class Home:
    """A registered household with papers, printed whole."""

    id: SubjectId
    people: tuple[SubjectId, ...]
    hypertensive: SubjectId
    """Somebody whose last sheet of visits has an empty column."""


def with_papers(desk: Desk, residents: int = 60) -> list[registration.Registered]:
    generated = Village.load(desk.bench.resources, 1, desk.bench.clock.today())
    made = []
    for family in generated.generate(residents):
        members = [
            NewMember(
                person.answers,
                [(paper.form_id, paper.answers) for paper in records_for(person, generated.words, generated.today)],
            )
            for person in family.members
        ]
        made.append(registration.register_household(desk, family.answers, members))
    return made


@pytest.fixture
def home(village: Desk) -> Home:
    for made in with_papers(village):
        with village.vault.read() as reader:
            for person in made.resident_ids:
                if len(reader.records_of(person, "hypertension_followup")) % 4:
                    printed(village, made.household_id, Mode.ALL)
                    return Home(made.household_id, made.resident_ids, person)
    raise AssertionError("the generated village has somebody with hypertension")


def printed(desk: Desk, household: SubjectId, mode: Mode) -> prints.FolderPrint:
    found = prints.folder(desk, household, mode)
    prints.note(desk, [found.row])
    return found


def visit(desk: Desk, person: SubjectId, day: str, record_id: RecordId | None = None) -> None:
    """Another visit like the last one, or a change of it."""
    with desk.vault.read() as reader:
        last = reader.records_of(person, "hypertension_followup")[0]
    answers = {**last.answers, "visit_date": day, "next_visit_date": "2027-02-20"}
    put(desk, "hypertension_followup", person, answers, record_id)


def put(
    desk: Desk, form: str, person: SubjectId, answers: Mapping[str, Any], record_id: RecordId | None = None
) -> None:
    try:
        records.put_record(desk, form, person, answers, record_id)
    except Problem as problem:
        sure = frozenset(finding.key for finding in problem.findings)  # type: ignore[attr-defined]
        records.put_record(desk, form, person, answers, record_id, confirmed=sure)


def words(page: Page) -> str:
    return "".join(op.text for op in page.ops if isinstance(op, Text))


def texts(page: Page) -> set[str]:
    return {op.text for op in page.ops if isinstance(op, Text)}


def nothing_new(desk: Desk, household: SubjectId) -> bool:
    with pytest.raises(Problem) as refused:
        prints.folder(desk, household, Mode.NEW)
    return refused.value.code == "NOTHING_NEW"


def test_a_household_that_was_never_printed_is_printed_whole(village: Desk) -> None:
    """Asking for what is new gives everything, once."""
    made = with_papers(village, 4)[0]
    first = printed(village, made.household_id, Mode.NEW)
    assert first.row.mode == "all"
    assert next(sheet.first for sheet in first.row.sheets if sheet.first) == 1
    assert nothing_new(village, made.household_id)


def test_a_visit_on_a_half_full_sheet_takes_the_place_of_that_sheet(village: Desk, home: Home) -> None:
    """The sheet keeps its number, and the first page says which page it replaces."""
    with village.vault.read() as reader:
        before = {sheet.sheet: sheet for sheet in reader.printed_sheets(home.id)}
        visits = len(reader.records_of(home.hypertensive, "hypertension_followup"))
    visit(village, home.hypertensive, "2026-11-20")
    new = printed(village, home.id, Mode.NEW)
    name = f"{home.hypertensive}/hypertension_followup/{visits // 4 + 1}"
    sheet = next(each for each in new.row.sheets if each.sheet == name)
    assert (sheet.first, sheet.numbers) == (before[name].first, before[name].numbers)
    assert len(sheet.records) == visits % 4 + 1
    assert f"换下原来的第 {sheet.first} 页" in words(new.pages[0])
    page = next(
        page for page in new.pages[1:] if "高血压患者随访服务记录表" in words(page) and "2026年11月20日" in words(page)
    )
    assert f"第 {sheet.first} 页" in words(page)
    assert nothing_new(village, home.id)


def test_added_sheets_go_on_from_the_last_number(village: Desk, home: Home) -> None:
    with village.vault.read() as reader:
        last = max(sheet.first + sheet.numbers - 1 for sheet in reader.printed_sheets(home.id))
        exam = reader.records_of(home.hypertensive, "physical_exam")[0]
    put(village, "physical_exam", home.hypertensive, {**exam.answers, "exam_date": "2026-11-24"})
    new = printed(village, home.id, Mode.NEW)
    sheet = next(each for each in new.row.sheets if each.form_id == "physical_exam")
    assert (sheet.first, sheet.numbers, sheet.pages) == (last + 1, 4, 4)
    assert f"新增，放在第 {last} 页后面" in words(new.pages[0])
    assert any(f"第 {last + 4} 页" in words(page) for page in new.pages[2:])
    again = prints.folder(village, home.id, Mode.ALL)
    numbered = [each for each in again.row.sheets if each.first]
    assert [each.first for each in numbered][:2] == [1, 2]


def test_a_changed_record_is_new_and_an_unchanged_one_is_not(village: Desk, home: Home) -> None:
    with village.vault.read() as reader:
        info = next(
            reader.records_of(person, "personal_info")[0]
            for person in home.people
            if reader.records_of(person, "personal_info")
        )
    put(village, "personal_info", info.subject_id, info.answers, info.record_id)
    assert nothing_new(village, home.id), "saved again without a change: the paper is right"
    put(village, "personal_info", info.subject_id, {**info.answers, "contact_name": "赵大宝"}, info.record_id)
    new = printed(village, home.id, Mode.NEW)
    forms = {sheet.form_id for sheet in new.row.sheets}
    assert "personal_info" in forms
    assert "physical_exam" not in forms
    log = prints.history(village, home.id)
    assert [row.mode for row in log] == ["new", "all"]
    sheet = next(each for each in log[0].sheets if each.form_id == "personal_info")
    with village.vault.read() as reader:
        now = reader.records_of(info.subject_id, "personal_info")[0]
    assert dict(sheet.records) == {now.record_id: now.revision_id}
    assert (log[0].staff_name, log[0].pages) == (village.staff.name, len(new.pages))


def test_a_sheet_that_grew_counts_its_pages_under_its_last_number(village: Desk, home: Home) -> None:
    """A replaced sheet of two pages where there was one: 5 and 5-1; nothing behind it is renumbered."""
    with village.vault.read() as reader:
        info = next(
            reader.records_of(person, "personal_info")[0]
            for person in home.people
            if reader.records_of(person, "personal_info")
        )
        old = next(
            sheet for sheet in reader.printed_sheets(home.id) if sheet.sheet == f"{info.subject_id}/personal_info"
        )
    longer = {
        **info.answers,
        "surgery_flag": "2",
        "surgery_list": [{"name": f"第{n}次手术" * 8, "occurred_on": "2020-01-01"} for n in range(40)],
    }
    put(village, "personal_info", info.subject_id, longer, info.record_id)
    new = printed(village, home.id, Mode.NEW)
    sheet = next(each for each in new.row.sheets if each.sheet == old.sheet)
    assert (sheet.first, sheet.numbers) == (old.first, old.numbers)
    assert sheet.pages > old.numbers
    assert any(f"第 {old.first}-1 页" in words(page) for page in new.pages)
    # A line may end before the number.
    assert f"多出的{old.first}-1" in words(new.pages[0]).replace(" ", "")
    assert nothing_new(village, home.id)


def test_who_moves_away_is_taken_out_of_the_paper_folder(village: Desk, home: Home) -> None:
    mover = home.people[-1]
    other = registry.add_household(village, HOUSEHOLD)
    with village.vault.read() as reader:
        gone = [sheet.sheet for sheet in reader.printed_sheets(home.id) if sheet.subject_id == mover]
    life_events.move_household(village, mover, other.id, "02")
    new = printed(village, home.id, Mode.NEW)
    assert {sheet.sheet for sheet in new.row.sheets if sheet.pages == 0} == set(gone)
    assert "抽出" in words(new.pages[0])
    assert nothing_new(village, home.id)
    assert printed(village, other.id, Mode.NEW).row.mode == "all"


def test_a_job_that_is_stopped_leaves_nothing(village: Desk) -> None:
    """Stopped after the second household: no log, no document."""
    made = [each.household_id for each in with_papers(village, 12)]

    class Stopped(Exception):  # noqa: N818 - a person's wish
        pass

    def stop(done: int, total: int) -> None:
        assert total == len(made)
        if done == 2:
            raise Stopped

    with pytest.raises(Stopped):
        prints.print_households(village, made, Mode.ALL, stop)
    assert [prints.history(village, each) for each in made] == [[] for _ in made]


def test_the_log_survives_a_rebuild(village: Desk, home: Home) -> None:
    before = prints.history(village, home.id)
    village.vault.rebuild()
    assert prints.history(village, home.id) == before
    assert village.vault.check().faults == ()
    assert nothing_new(village, home.id)


def test_a_township_prints_and_files_for_a_village_that_numbers_otherwise(pair: Pair, tmp_path: Path) -> None:
    """Codes are shortened by the scheme that they were issued in."""
    new = stations.NewStation("village", "安乐村卫生室", "150421204204", "王秀兰", PASSWORD, "16-6325")
    other = stations.create_station(pair.township.bench, tmp_path / "sixteen", new).desk
    enrol(other, pair.township)
    resident = register(other)
    bundle = submission.export(other, pair.stick).path.read_bytes()
    intake.archive(pair.township, intake.plan(pair.township, bundle))
    row = registry.show_resident(pair.township, resident)
    assert row.record_code == "1504212040400001"
    pages = prints.folder(pair.township, SubjectId(row.household_id), Mode.ALL).pages
    assert any("04-00001" in words(page) for page in pages)
    with pair.township.vault.read() as reader:
        form = form_for(pair.township, "encounter_record")
        context = records.form_context(pair.township, reader, form, resident, None)
    assert context.resident["record_code_short"] == "04-00001"
    sign_in.lock(other)


def test_households_of_a_group_are_one_job(village: Desk) -> None:
    made = with_papers(village, 20)
    with village.vault.read() as reader:
        group = reader.household(made[0].household_id).village_group  # type: ignore[union-attr]
    rows = prints.households(village, group)
    assert 0 < len(rows) < len(made)
    done = prints.print_households(village, [row.id for row in rows])
    prints.note(village, done.rows)
    assert len({row.job for row in done.rows}) == 1
    assert done.pdf.startswith(b"%PDF")
    with pytest.raises(Problem) as refused:
        prints.print_households(village, [row.id for row in rows], Mode.NEW)
    assert refused.value.code == "NOTHING_NEW"


def test_households_are_numbered_in_order_and_the_number_is_on_the_label(village: Desk) -> None:
    first, second = (registry.add_household(village, HOUSEHOLD) for _ in range(2))
    assert [row.answers["household_code"] for row in (first, second)] == ["203-0001", "203-0002"]
    assert "203-0002" in words(prints.folder(village, second.id).pages[0])
    with pytest.raises(Problem) as refused:
        registry.edit_household(village, first.id, {"household_code": "203-9999"})
    assert refused.value.code == "FIELD_NOT_YOURS"
    assert registry.edit_household(village, first.id, {"phone": "1"}).answers["household_code"] == "203-0001"


# Cards


def test_printing_cards_writes_down_that_they_were_given_out(village: Desk) -> None:
    person = register(village)
    assert cards.show(village, person).status is CardStatus.NONE
    assert [row.id for row in cards.choose(village, CardChoice(missing=True))] == [person]
    assert len(folders.card_pages(village, [person])) == 2
    assert cards.issue(village, [person]) == 1
    state = cards.show(village, person)
    assert (state.status, state.day, state.person) == (CardStatus.ISSUED, "2026-11-24", village.staff.name)
    assert cards.choose(village, CardChoice(missing=True)) == []
    assert cards.issue(village, [person]) == 0, "printed again is not given out again"


def test_a_lost_card_is_refused_by_name_and_its_successor_opens(village: Desk) -> None:
    person = register(village)
    cards.issue(village, [person])
    old = cards.show(village, person).token
    assert cards.by_token(village, old).id == person
    state = cards.replace(village, person, CardEvent.LOST)
    assert state.status is CardStatus.LOST
    with pytest.raises(Problem) as refused:
        cards.by_token(village, old)
    assert refused.value.code == "CARD_LOST"
    assert "还没有发" in refused.value.values_["then"]
    assert search.find(village, old) == []
    with pytest.raises(Problem) as twice:
        cards.replace(village, person, CardEvent.LOST)
    assert twice.value.code == "CARD_NOT_ISSUED"
    cards.issue(village, [person])
    with pytest.raises(Problem) as refused:
        cards.by_token(village, old)
    assert "已换新卡" in refused.value.values_["then"]
    new = cards.show(village, person)
    assert cards.by_token(village, new.token).id == person
    assert [event["event"] for event in new.events] == ["1", "2", "1"]
    village.vault.rebuild()
    with pytest.raises(Problem):
        cards.by_token(village, old)
    assert village.vault.check().faults == ()


@pytest.mark.parametrize("event", [CardEvent.DAMAGED, CardEvent.ENDED])
def test_a_replaced_card_says_so(village: Desk, event: CardEvent) -> None:
    person = register(village)
    cards.issue(village, [person])
    old = cards.show(village, person).token
    cards.replace(village, person, event)
    with pytest.raises(Problem) as refused:
        cards.by_token(village, old)
    assert refused.value.code == "CARD_REPLACED"


@pytest.mark.parametrize("token", ["", "0" * 20, "王小满", "x" * 5000])
def test_what_is_no_card_is_unknown(village: Desk, token: str) -> None:
    register(village)
    with pytest.raises(Problem) as refused:
        cards.by_token(village, token)
    assert refused.value.code == "CARD_UNKNOWN"


def test_old_cards_are_known_at_the_township_too(pair: Pair) -> None:
    """Events travel as revisions of the resident; the township refuses the old card with the same words."""
    person = register(pair.village)
    cards.issue(pair.village, [person])
    old = cards.show(pair.village, person).token
    pair.carry()
    cards.replace(pair.village, person, CardEvent.LOST)
    pair.carry()
    with pytest.raises(Problem) as refused:
        cards.by_token(pair.township, old)
    assert refused.value.code == "CARD_LOST"
    assert cards.show(pair.township, person).status is CardStatus.LOST


def test_a_card_may_not_be_changed_as_an_answer(village: Desk) -> None:
    person = register(village)
    for field, value in (("card_token", "x"), ("cards", [])):
        with pytest.raises(Problem) as refused:
            registry.edit_resident(village, person, {field: value})
        assert refused.value.code == "FIELD_NOT_YOURS"


# Lists and labels


def test_the_list_of_a_submission_names_what_it_brings(pair: Pair) -> None:
    """Household, resident, forms, counts; the township prints the same list of the bundle it took in."""
    made = with_papers(pair.village, 12)
    pair.carry()
    document = transfer.transfer_list(pair.village)
    people = [person for each in made for person in each.resident_ids]
    assert len([line for line in document.lines if line.record_code]) == len(people)
    first = document.lines[0]
    assert (first.household_code, first.name) == ("203-0001", "（本户）")
    with pair.village.vault.read() as reader:
        row = reader.resident(people[0])
        filed = len({record.record_id for record in reader.records_of(people[0])})
    assert row is not None
    line = next(line for line in document.lines if line.record_code == row.record_code)
    assert (line.name, sum(count for _, count in line.forms)) == (row.name, filed)
    theirs = transfer.transfer_list(pair.township, document.digest)
    assert theirs.lines == document.lines
    assert (theirs.first, theirs.last) == (document.first, document.last)
    pages = transfer.pages(pair.village)
    assert "接收单位（盖章）" in words(pages[-1])
    assert sum("移交单位（盖章）" in words(page) for page in pages) == 1
    total = sum(count for each in document.lines for _, count in each.forms)
    assert f"合计：{len(made)} 户，{len(people)} 人，{total} 份。" in words(pages[-1])


def test_the_second_list_holds_only_what_came_since(pair: Pair) -> None:
    person = register(pair.village)
    pair.carry()
    registry.edit_resident(pair.village, person, {"phone": "14000000001"})
    pair.carry()
    (line,) = transfer.transfer_list(pair.village).lines
    assert line.forms == (("居民登记", 1),)


@pytest.mark.parametrize("lines", [1, 18, 19, 20, 21, 22, 23, 24, 60])
def test_signatures_never_fall_off_the_list(village: Desk, lines: int) -> None:
    """However many lines there are, the last page has room for both signatures."""
    people = tuple(
        printing.TransferLine("203-0001", "王小满", f"甲{n}", f"{n:017d}", (("健康体检表", 2),)) for n in range(lines)
    )
    document = printing.TransferList("和平村卫生室", "", "x.jdb", "0" * 64, 1, 9, "2026-11-24T12:00:00", people)
    pages = printing.layout_transfer_list(document, printing.PaperContext(), village.bench.paper)
    assert sum(f"甲{n}" in texts(page) for page in pages for n in range(lines)) == lines
    signed = next(op.y for op in pages[-1].ops if isinstance(op, Text) and op.text.startswith("日期"))
    assert signed < 842 - 40


def test_labels_are_in_order_and_ten_to_a_sheet(village: Desk) -> None:
    rows = [registry.add_household(village, {**HOUSEHOLD, "address": f"{n}号" * 30}) for n in range(11)]
    pages = folders.label_pages(village, [row.id for row in reversed(rows)])
    assert len(pages) == 2
    assert "203-0001" in texts(pages[0])
    assert "203-0011" in texts(pages[1])
