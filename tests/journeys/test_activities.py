"""Health education: who came is on the activity, found in the folder, printed behind the form (R7)."""

import subprocess
from pathlib import Path

import pytest

from jiandang_desktop.demo.examples import load_example
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import RecordId, SubjectId
from jiandang_desktop.services import activities, folders, overview, records, registry
from jiandang_desktop.services.desk import Desk

from .conftest import HOUSEHOLD, Pair, person, register


def held(desk: Desk, **changes: object) -> RecordId:
    """An activity that was filed."""
    example = load_example(desk.bench.resources, activities.FORM)
    assert example
    answers = {**example.visits[0], "activity_time": "2026-11-20", "fill_date": "2026-11-20", **changes}
    sure = frozenset({"unusual:audience_count"})
    filed = records.put_record(desk, activities.FORM, SubjectId(desk.station.id), answers, confirmed=sure)
    return filed.record.record_id


def attended(desk: Desk, resident: SubjectId) -> list[str]:
    with desk.vault.read() as reader:
        row = reader.resident(resident)
        assert row is not None
        return [each.theme for each in activities.attended(desk, reader, row)]


def test_who_came_is_found_in_the_folder_at_both_ends(pair: Pair) -> None:
    resident = register(pair.village, phone="13900000021")
    record = held(pair.village, theme="预防脑卒中")
    held(pair.village, theme="合理用药")
    activity = activities.sign_in(pair.village, record, [resident], ["外村来的老张"])
    assert [each.name for each in activity.participants] == ["王小满", "外村来的老张"]
    known, stranger = activity.participants
    assert known.resident is not None
    assert known.resident.id == resident
    assert stranger.resident is None
    assert activity.count == 36, "the form says how many came; not all of them signed"
    pair.carry()
    for desk in (pair.village, pair.township):
        events = [(each.day, each.detail) for each in overview.look(desk, resident).events if each.kind == "attended"]
        assert events == [("2026-11-20", "预防脑卒中")]
        assert attended(desk, resident) == ["预防脑卒中"]
        assert [each.theme for each in activities.listing(desk)].count("预防脑卒中") == 1


def test_more_sign_in_than_were_counted(village: Desk) -> None:
    record = held(village, audience_count=1)
    home = registry.add_household(village, HOUSEHOLD)
    people = [
        registry.add_resident(village, home.id, person(name=name, birth_date=day)).id
        for name, day in (("王大", "1950-01-01"), ("王二", "1951-02-02"))
    ]
    assert activities.sign_in(village, record, people).count == 2


def test_a_folder_signs_in_once_and_can_be_struck(village: Desk) -> None:
    resident = register(village)
    record = held(village)
    activities.sign_in(village, record, [resident])
    before = village.vault.check().content
    with pytest.raises(Problem, match="SIGNED_IN"):
        activities.sign_in(village, record, [resident])
    assert village.vault.check().content == before
    assert activities.strike(village, record, 0).participants == ()
    assert attended(village, resident) == []


def test_the_list_on_paper(village: Desk, tmp_path: Path) -> None:
    record = held(village)
    resident = register(village, name="艾力库尔班江·买买提·阿不都热合曼·吐尔逊尼亚孜")
    blank = text_of(village, record, tmp_path)
    assert "签名" in blank
    activities.sign_in(village, record, [resident])
    paper = text_of(village, record, tmp_path)
    assert "艾力库尔班江" in paper
    assert "签到1人" in paper


def text_of(desk: Desk, record: RecordId, folder: Path) -> str:
    file = folder / "list.pdf"
    file.write_bytes(folders.write_pdf(desk, activities.attendance_pages(desk, record), "list"))
    done = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, check=True)
    return "".join(done.stdout.decode().split())
