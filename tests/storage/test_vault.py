"""Create, fill, close and open a vault; what went in comes out."""

import threading
from dataclasses import replace

import pytest
from tests.storage.conftest import OTHER_STATION, PERSON, STATION, UP, Place, add_resident, resident_answers, revision

from jiandang_desktop.domain.chain import NO_HASH, follow, read_entry
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import FormId, RecordId, RevisionId, StationId, SubjectId, new_id
from jiandang_desktop.domain.staff import Role, StaffId, StaffMember
from jiandang_desktop.ports.vault import (
    BundleRow,
    DraftRow,
    HeldRow,
    Mark,
    OwnKeys,
    ResidentFilter,
    StationRow,
    Verdict,
)
from jiandang_desktop.storage.vault import SqlCipherVault


def test_first_person_is_in_the_roster(place: Place, vault: SqlCipherVault) -> None:
    """A new vault knows its first person, and the sign-in list shows the name."""
    with vault.read() as reader:
        member = reader.staff_member(PERSON.id)
    assert member == StaffMember(PERSON.id, PERSON.name, PERSON.roles)
    assert place.keeper.people(place.folder) == [(PERSON.id, PERSON.name)]
    assert vault.staff_id == PERSON.id
    assert vault.read_only_reason == ""


def test_saved_things_are_there_after_opening_again(place: Place) -> None:
    """Residents, records, settings, staff, marks, keys, bundles survive closing and opening."""
    vault = place.create()
    with vault.work("fill") as work:
        made = add_resident(work)
        visit = revision("hypertension_followup", made.subject_id, {"visit_date": "2026-10-01", "systolic": 150})
        assert work.add_own_revision(visit, stream=UP) == 2
        work.set_setting("station", {"id": STATION, "名": [1, None]})
        work.put_staff(StaffMember(StaffId("b" * 32), "张伟", frozenset({Role.ARCHIVIST}), disabled=True))
        work.set_mark(Mark(UP, "received", "g" * 32, 1, "1" * 64))
        work.add_own_keys(OwnKeys(b"\x01" * 32, "AGE-SECRET-1", "k1"))
        work.add_own_keys(OwnKeys(b"\x02" * 32, "AGE-SECRET-2", "k2"))
        work.commit()
    vault.close()
    vault = place.open()
    with vault.read() as reader:
        row = reader.resident(made.subject_id)
        assert row is not None
        assert row.answers == made.answers
        assert (row.name, row.sex, row.last_number) == ("李桂芳", "2", 2)
        record = reader.record(visit.record_id)
        assert record is not None
        assert (record.event_date, record.number, record.answers) == ("2026-10-01", 2, visit.answers)
        assert record.heads == (visit.id,)
        assert reader.revision(visit.id) == visit
        assert reader.setting("station") == {"id": STATION, "名": [1, None]}
        assert reader.setting("none", 7) == 7
        assert [member.name for member in reader.staff()] == ["张伟", "王秀兰"]
        assert reader.mark(UP, "received") == Mark(UP, "received", "g" * 32, 1, "1" * 64)
        assert [keys.key_id for keys in reader.own_keys()] == ["k2", "k1"]
    vault.close()


def test_leaving_without_commit_keeps_nothing(vault: SqlCipherVault) -> None:
    """Neither an exception nor a forgotten commit leaves a trace, not even in the audit log."""
    with vault.read() as reader:
        before = reader.counts()
    with vault.work("forgotten") as work:
        add_resident(work)
    with pytest.raises(ZeroDivisionError), vault.work("broken") as work:
        add_resident(work, number=1 // 0)
    with vault.read() as reader:
        assert reader.counts() == before
        assert reader.find_residents("李桂芳") == []
        assert reader.stream_head(UP).number == 0


def test_reading_inside_a_unit_of_work_sees_it(vault: SqlCipherVault) -> None:
    """The second member of a household is checked against the first one before the commit."""
    with vault.work("fill") as work:
        made = add_resident(work)
        assert [row.id for row in work.find_residents("ligf")] == []
        assert [row.id for row in work.find_residents("liguifang")] == [made.subject_id]
        with vault.read() as reader:
            assert [row.id for row in reader.residents_by_id_no("150102195003000001")] == [made.subject_id]
        assert work.highest_serial("150102001001", 1, 99999) == 1
        work.commit()


def test_stream_is_a_chain_without_holes(vault: SqlCipherVault) -> None:
    """Lines of own revisions and other entries follow each other; hashes answer for each number."""
    with vault.work("fill") as work:
        made = add_resident(work)
        assert work.append_entry(UP, "acknowledgement", b'{"upto":3}') == 2
        work.commit()
    with vault.work("more") as work:
        add_resident(work, "王五", 2)
        work.commit()
    with vault.read() as reader:
        previous = NO_HASH
        lines = list(reader.stream_lines(UP))
        for number, line in lines:
            entry = read_entry(line)
            follow(entry, UP, number, previous)
            previous = entry.hash
            assert reader.stream_hash(UP, number) == previous
        assert [number for number, _ in lines] == [1, 2, 3]
        assert reader.stream_head(UP).hash == previous
        assert list(reader.stream_lines(UP, 2)) == lines[2:]
        assert list(reader.stream_lines(UP, 3)) == []
        assert list(reader.stream_lines("0" * 16 + "/up")) == []
        assert reader.stream_revision_ids(UP, 1, 2) == [made.id]
        assert reader.count_by_form(UP, 0) == {"resident": 2}
        assert reader.stream_hash(UP, 0) == NO_HASH


def test_foreign_revision_twice_is_one_revision(vault: SqlCipherVault) -> None:
    """A revision that is here already isn't stored again, but the sender's stream goes on."""
    stream = f"{OTHER_STATION}/up"
    made = revision("resident", new_id(), resident_answers(), station=OTHER_STATION)
    with vault.work("intake") as work:
        assert work.add_foreign_revision(made, bundle_digest="d" * 64, stream=stream) is True
        assert work.add_foreign_revision(made, bundle_digest="d" * 64, stream=stream) is False
        work.commit()
    with vault.read() as reader:
        assert reader.stream_head(stream).number == 2
        assert reader.counts()["revisions"] == 1
        row = reader.resident(made.subject_id)
        assert row is not None
        assert (row.station_id, row.last_number) == (OTHER_STATION, 0)


def test_parallel_revisions_keep_both_heads(vault: SqlCipherVault) -> None:
    """Two revisions of one parent are both heads; the same one is current wherever they arrive in whichever order."""
    subject = new_id()
    first = revision("resident", subject, resident_answers())
    left = revision("resident", subject, resident_answers("李桂芬"), parents=(first.id,))
    right = revision("resident", subject, resident_answers("李桂香"), parents=(first.id,))
    longer = revision("resident", subject, resident_answers("李桂英"), parents=(right.id,))
    with vault.work("fill") as work:
        for each in (first, left, right):
            work.add_own_revision(each, stream=UP)
        row = work.record(RecordId(subject))
        assert row is not None
        assert row.heads == tuple(sorted([left.id, right.id]))
        work.add_own_revision(longer, stream=UP)
        row = work.record(RecordId(subject))
        assert row is not None
        assert row.heads == (longer.id, left.id)
        assert [each.id for each in work.find_residents("李桂英")] == [subject]
        assert work.find_residents("李桂芬") == []
        merged = revision("resident", subject, resident_answers("李桂莲"), parents=(left.id, longer.id))
        work.add_own_revision(merged, stream=UP)
        row = work.record(RecordId(subject))
        assert row is not None
        assert row.heads == (merged.id,)
        history = [each.id for each in work.history(RecordId(subject))]
        assert history[0] == first.id
        assert history[-1] == merged.id
        assert len(history) == 5
        work.commit()
    assert vault.check().faults == ()


def test_search_by_any_fragment(vault: SqlCipherVault) -> None:
    """Name, pinyin, initials, number, phone, code and token find a resident; exact names come first."""
    with vault.work("fill") as work:
        add_resident(work, "李桂芳", 1)
        add_resident(work, "古丽·买买提", 2)
        add_resident(work, "李桂芳华", 3, former_names="赵小妹、钱二")
        work.commit()
    with vault.read() as reader:

        def found(query: str) -> list[str]:
            return [row.name for row in reader.find_residents(query)]

        assert found("李桂芳") == ["李桂芳", "李桂芳华"]
        assert found("桂芳") == ["李桂芳", "李桂芳华"]
        assert found("lgf") == ["李桂芳", "李桂芳华"]
        assert found("古丽买买提") == found("古丽·买") == ["古丽·买买提"]
        assert found("钱二") == ["李桂芳华"]
        assert found("03000002") == found("00000002") == found("token000000000000002") == ["古丽·买买提"]
        assert found("' OR 1=1 --") == found("%") == found("_") == found("x" * 10_000) == []
        assert len(found("")) == 3
        assert [row.name for row in reader.find_residents("李桂芳", limit=1, offset=1)] == ["李桂芳华"]
        assert reader.resident_by_token("token000000000000003") is not None
        assert reader.resident_by_token("") is None


def test_old_words_of_a_resident_find_nothing(vault: SqlCipherVault) -> None:
    """After a change of name and phone only the new ones are found; a code stays findable for ever."""
    with vault.work("fill") as work:
        made = add_resident(work)
        changed = resident_answers("李桂兰", phone="13700000009", record_code="15010200100100077")
        work.add_own_revision(revision("resident", made.subject_id, changed, parents=(made.id,)), stream=UP)
        work.commit()
    with vault.read() as reader:
        assert reader.find_residents("李桂芳") == reader.find_residents("13900000001") == []
        assert [row.id for row in reader.find_residents("桂兰")] == [made.subject_id]
        for code in ("15010200100100001", "15010200100100077"):
            row = reader.resident_by_code(code)
            assert row is not None
            assert row.id == made.subject_id
        assert reader.highest_serial("150102001001", 1, 50) == 1
        assert reader.highest_serial("150102001001", 1, 99999) == 77
        assert reader.highest_serial("150102001001", 2, 70) is None
        assert reader.highest_serial("150102001002", 1, 99999) is None


def test_lists_and_filters(vault: SqlCipherVault) -> None:
    """Lists are in the order of the village and show what their filter says, page by page."""
    with vault.work("fill") as work:
        for number in range(1, 8):
            add_resident(work, "张三", number, village_group=f"{number % 2}组", household_id=f"h{number % 3}")
        gone = add_resident(work, "张四", 9, status="3")
        work.commit()
    with vault.read() as reader:
        groups = [row.village_group for row in reader.residents()]
        assert groups == sorted(groups)
        assert reader.count_residents() == 8
        assert reader.count_residents(ResidentFilter(village_group="1组")) == 5
        assert reader.count_residents(ResidentFilter(status="active")) == 7
        assert reader.count_residents(ResidentFilter(above_number=6)) == 2
        assert reader.count_residents(ResidentFilter(established=False, station_id=STATION)) == 8
        assert reader.count_residents(ResidentFilter(station_id=OTHER_STATION)) == 0
        assert [row.id for row in reader.find_residents("张", ResidentFilter(status="3"))] == [gone.subject_id]
        pages = reader.residents(limit=3) + reader.residents(limit=3, offset=3) + reader.residents(limit=3, offset=6)
        assert pages == reader.residents()
        assert len(reader.members(SubjectId("h1"))) == 3


def test_household_shows_head_and_members(vault: SqlCipherVault) -> None:
    """A household row names its head and counts its members."""
    household = revision("household", new_id(), {"address": "测试村1组1号", "village_group": "1组", "phone": "1"})
    with vault.work("fill") as work:
        work.add_own_revision(household, stream=UP)
        add_resident(work, "妻", 1, household_id=household.subject_id, relation_to_head="12")
        add_resident(work, "户主", 2, household_id=household.subject_id, relation_to_head="02")
        add_resident(work, "本人", 3, household_id=household.subject_id, relation_to_head="01")
        row = work.household(household.subject_id)
        assert row is not None
        assert (row.head_name, row.members, row.address) == ("户主", 3, "测试村1组1号")
        assert [member.name for member in work.members(household.subject_id)] == ["户主", "本人", "妻"]
        assert work.households() == [row]
        work.commit()


def test_first_record_is_established_when_every_part_is_filed(vault: SqlCipherVault) -> None:
    """Filing the last missing part establishes a resident; an incomplete record doesn't."""
    with vault.work("fill") as work:
        made = add_resident(work)
        parts = vault._projector.needed(made.answers)
        assert parts
        for part in parts[:-1]:
            work.add_own_revision(revision(part, made.subject_id, {"x": "1"}), stream=UP)
        last = revision(parts[-1], made.subject_id, {"x": "1"}, complete=False)
        work.add_own_revision(last, stream=UP)
        assert work.count_residents(ResidentFilter(established=True)) == 0
        done = revision(
            parts[-1], made.subject_id, {"x": "2"}, record_id=last.record_id, parents=(last.id,), complete=True
        )
        work.add_own_revision(done, stream=UP)
        assert work.count_residents(ResidentFilter(established=True)) == 1
        work.commit()
    assert vault.check().faults == ()


def test_drafts_one_per_person_form_subject_and_record(vault: SqlCipherVault) -> None:
    """Saving again replaces; drafts alone leave no audit entry."""
    draft = DraftRow("d1", PERSON.id, FormId("encounter"), SubjectId("s"), None, {"a": "半句"}, "a", "2026-11-24")
    with vault.read() as reader:
        audited = reader.counts()["audit"]
    for each in (draft, replace(draft, id="d2", answers={"a": "半句话"})):
        with vault.work("keep_draft") as work:
            work.save_draft(each)
            work.commit()
    with vault.read() as reader:
        assert reader.drafts() == [replace(draft, id="d2", answers={"a": "半句话"})]
        assert reader.drafts(StaffId("nobody")) == []
        assert reader.draft(PERSON.id, FormId("encounter"), SubjectId("s"), None) == reader.drafts()[0]
        assert reader.draft(PERSON.id, FormId("encounter"), SubjectId("s"), RecordId("r")) is None
        assert reader.counts()["audit"] == audited
    with vault.work("drop_draft") as work:
        work.drop_draft("d2")
        work.commit()
    with vault.read() as reader:
        assert reader.drafts() == []


def test_stations_bundles_held_and_verdicts(vault: SqlCipherVault) -> None:
    """What intake and receipts write is read back; a stored receipt stays when the state changes."""
    station = StationRow(OTHER_STATION, "东村", "village", "1" * 12, "k" * 16, b"p" * 32, "age1x", b"c", "child")
    bundle = BundleRow(
        "d" * 64, "in", "submission", OTHER_STATION, UP, "g", 1, 2, "h", "f.jdb", "t", "archived", {"n": 1}
    )
    held = HeldRow(RevisionId("e" * 64), OTHER_STATION, Verdict.HELD, "same_number", "d" * 64, b'{"x":"y"}')
    with vault.work("intake") as work:
        made = add_resident(work)
        work.put_station(station)
        work.put_bundle(bundle, receipt=b"receipt")
        work.put_bundle(replace(bundle, state="returned"))
        work.put_held(held)
        work.put_held(replace(held, outcome=Verdict.QUARANTINED))
        work.set_verdict(made.id, Verdict.RETURNED, "answers")
        work.commit()
    with vault.read() as reader:
        assert reader.station_by_key("k" * 16) == station
        assert reader.stations() == [station]
        assert reader.bundles("in", OTHER_STATION) == [replace(bundle, state="returned")]
        assert reader.bundles("out") == []
        assert reader.bundle("d" * 64) == replace(bundle, state="returned")
        assert reader.receipt_for("d" * 64) == b"receipt"
        assert reader.held(Verdict.QUARANTINED) == [replace(held, outcome=Verdict.QUARANTINED)]
        assert reader.held(Verdict.HELD) == []
        assert reader.verdict(made.id) == "returned"
        assert reader.verdict(RevisionId("no id")) == ""
        assert [row.record_id for row in reader.records_by_verdict(Verdict.RETURNED)] == [made.record_id]
        assert reader.records_by_verdict(Verdict.RETURNED)[0].verdict_reason == "answers"


def test_original_bundles_are_kept(vault: SqlCipherVault) -> None:
    """A stored bundle is read back byte for byte; one that was changed is refused and named by the check."""
    import hashlib

    data = b"jiandang-bundle 1\n" + bytes(range(256))
    digest = hashlib.sha256(data).hexdigest()
    bundle = BundleRow(digest, "in", "submission", STATION, UP, "g", 1, 1, "h", "f", "t", "archived", {})
    vault.store_bundle(digest, data)
    vault.store_bundle(digest, data)
    with vault.work("archive_bundle") as work:
        work.put_bundle(bundle)
        work.commit()
    assert vault.read_bundle(digest) == data
    assert vault.read_bundle("0" * 64) is None
    assert vault.check().faults == ()
    path = next((vault.folder / "archive").rglob("*.jdb"))
    path.write_bytes(data[:-1] + b"x")
    with pytest.raises(Problem, match="VAULT_DAMAGED"):
        vault.read_bundle(digest)
    assert vault.check().faults == (("archive", digest),)


def test_every_unit_of_work_and_view_is_audited(vault: SqlCipherVault) -> None:
    """The log says who, what and about whom, with ids and counts only."""
    with vault.work("add_resident") as work:
        made = add_resident(work, "不可见")
        work.note(count=1)
        work.commit()
    vault.log("view", subject_id=made.subject_id)
    with vault.read() as reader:
        rows = reader.audit_rows()
    assert [row.action for row in rows] == ["create_vault", "open_vault", "sign_in", "add_resident", "view"]
    assert [row.number for row in rows] == [1, 2, 3, 4, 5]
    assert rows[3].subject_id == rows[4].subject_id == made.subject_id
    assert rows[3].detail["count"] == 1
    assert {row.staff_id for row in rows} == {PERSON.id}
    assert "不可见" not in repr(rows)


def test_another_thread_is_refused(vault: SqlCipherVault) -> None:
    """A vault belongs to the thread that opened it."""
    seen: list[BaseException] = []

    def read() -> None:
        try:
            with vault.read():
                pass
        except AssertionError as error:
            seen.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    thread.join()
    assert len(seen) == 1


def test_unknown_ids_find_nothing(vault: SqlCipherVault) -> None:
    """Ids that people type may be anything."""
    with vault.read() as reader:
        assert reader.resident(SubjectId("?")) is None
        assert reader.household(SubjectId("")) is None
        assert reader.record(RecordId("'")) is None
        assert reader.revision(RevisionId("zz")) is None
        assert reader.history(RecordId("x")) == []
        assert reader.bundle("x") is None
        assert reader.station_by_key("x") is None
        assert reader.staff_member(StaffId("x")) is None
        assert reader.stations() == []
        assert reader.resident_by_code("") is None
        assert reader.records_of(SubjectId("x"), FormId("y")) == []
        assert StationId("x") not in {row.id for row in reader.stations()}
