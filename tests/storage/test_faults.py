"""Bad disks, lost logs, old and newer files, two programs: said in words, nothing altered."""

import contextlib
import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as driver
from tests.storage.conftest import PASSWORD, PERSON, Place, add_resident, make_keeper

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.storage import schema
from jiandang_desktop.storage.connection import create_database, open_database
from jiandang_desktop.storage.vault import SqlCipherVault


def fill(vault: SqlCipherVault, first: int, count: int) -> None:
    """Save residents, each in a unit of work of its own."""
    for number in range(first, first + count):
        with vault.work("add_resident") as work:
            add_resident(work, "王小明", number)
            work.commit()


def abandon(place: Place, vault: SqlCipherVault, copy: Path) -> Place:
    """The folder as a crash would leave it: copied while the vault is open."""
    shutil.copytree(place.folder, copy)
    vault.close()
    return Place(copy, recovery=place.recovery)


class _DamagedError(Exception):
    """Refused as damaged, as it should be."""


@contextlib.contextmanager
def _only_damaged() -> Iterator[None]:
    try:
        yield
    except Problem as problem:
        raise (_DamagedError if problem.code == "VAULT_DAMAGED" else AssertionError)(problem.code) from problem


def residents(vault: SqlCipherVault) -> int:
    with vault.read() as reader:
        return reader.count_residents()


def test_crash_loses_nothing(place: Place, tmp_path: Path) -> None:
    """What was saved is in the log and comes back without help; the lock of a dead program is free."""
    vault = place.create()
    fill(vault, 1, 20)
    left = abandon(place, vault, tmp_path / "left")
    again = left.open()
    assert residents(again) == 20
    assert again.read_only_reason == ""
    assert again.check().faults == ()
    again.close()


@pytest.mark.parametrize("damage", ["gone", "emptied", "flipped", "cut"])
def test_lost_log_opens_for_reading_only_and_says_so(place: Place, tmp_path: Path, damage: str) -> None:
    """A log that lost saves is noticed (D11); what is left can be read, nothing can be written, the log is kept."""
    vault = place.create()
    fill(vault, 1, 3)
    vault.checkpoint()
    fill(vault, 4, 20)
    left = abandon(place, vault, tmp_path / "left")
    log = left.folder / "vault.db-wal"
    data = bytearray(log.read_bytes())
    if damage == "gone":
        log.unlink()
    elif damage == "emptied":
        log.write_bytes(b"")
    elif damage == "flipped":
        data[len(data) // 2] ^= 1
        log.write_bytes(data)
    else:
        log.write_bytes(data[: len(data) // 2])
    again = left.open()
    assert again.read_only_reason == "VAULT_BEHIND"
    assert 3 <= residents(again) < 23
    with pytest.raises(Problem, match="VAULT_READ_ONLY"), again.work("add_resident"):
        pass
    again.log("view")
    assert ("read_only", "VAULT_BEHIND") in again.check().faults
    again.close()
    if damage in ("flipped", "cut"):
        kept = (left.folder / "vault.db-wal.kept").read_bytes()
        assert len(kept) >= len(data) // 2
    still = left.open()
    assert still.read_only_reason == "VAULT_BEHIND"
    with still.accept_state():
        fill(still, 100, 1)
    assert still.check().faults == ()
    still.close()
    clean = left.open()
    assert clean.read_only_reason == ""
    clean.close()


def test_old_copy_of_the_database_is_noticed(place: Place) -> None:
    """An older database, genuine in every page, beside a newer head: VAULT_BEHIND, also when its saves went on."""
    vault = place.create()
    fill(vault, 1, 3)
    vault.close()
    old = (place.folder / "vault.db").read_bytes()
    vault = place.open()
    fill(vault, 4, 3)
    vault.close()
    (place.folder / "vault.db").write_bytes(old)
    again = place.open()
    assert again.read_only_reason == "VAULT_BEHIND"
    again.close()


def test_head_survives_a_torn_write_and_its_loss_is_said(place: Place) -> None:
    """One of the two places may be damaged; without any genuine head nothing is written."""
    vault = place.create()
    fill(vault, 1, 2)
    vault.close()
    path = place.folder / "head.json"
    whole = path.read_bytes()
    assert len(whole) == 1024
    for start in (0, 512):
        data = bytearray(whole)
        data[start : start + 512] = bytes(512)
        path.write_bytes(data)
        again = place.open()
        assert again.read_only_reason == ""
        again.close()
        whole = path.read_bytes()
    for damage in (None, b"", whole.replace(b'"mac": "', b'"mac": "0')):
        path.unlink(missing_ok=True)
        if damage is not None:
            path.write_bytes(damage)
        again = place.open()
        assert again.read_only_reason == "VAULT_HEAD_LOST"
        again.close()
    again = place.open()
    with again.accept_state():
        fill(again, 3, 1)
    again.close()
    again = place.open()
    assert again.read_only_reason == ""
    again.close()


def test_flipped_bits_of_the_database_never_pass(place: Place) -> None:
    """Whatever bit flips in a closed database: refused as damaged, or named by the check; never silent (T3)."""
    vault = place.create()
    fill(vault, 1, 5)
    vault.close()
    path = place.folder / "vault.db"
    whole = path.read_bytes()
    chance, key = random.Random(20261124), _key(place)
    for _ in range(100):
        data = bytearray(whole)
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path.write_bytes(data)
        with contextlib.suppress(Problem, driver.DatabaseError):
            connection = open_database(path, key)
            lines = connection.execute("PRAGMA cipher_integrity_check").fetchall()
            connection.close()
            assert lines
    path.write_bytes(whole)
    place.open().close()


def test_flipped_bit_is_named_by_the_check(place: Place) -> None:
    """A page that is damaged while everything needed for opening is whole shows up in the check's report."""
    vault = place.create()
    with vault.work("fill") as work:
        for number in range(1, 200):
            add_resident(work, "王小明", number)
        work.commit()
    vault.close()
    path = place.folder / "vault.db"
    data = bytearray(path.read_bytes())
    data[len(data) - 4096 * 5 + 100] ^= 1
    path.write_bytes(data)
    opened = place.open()
    assert any(code == "pages" for code, _ in opened.check().faults)
    opened.close()


@pytest.mark.parametrize("intruder", [b"", b"x", b"hello" * 5000, b"SQLite format 3\0" + bytes(8176)])
def test_intruder_in_the_database_s_place_is_left_alone(place: Place, intruder: bytes) -> None:
    """Emptied, cut, replaced by text or by a plain database: said, and not overwritten (D08, D09)."""
    place.create().close()
    path = place.folder / "vault.db"
    path.write_bytes(intruder)
    with pytest.raises(Problem, match="VAULT_DAMAGED"):
        place.open()
    assert path.read_bytes() == intruder
    path.unlink()
    with pytest.raises(Problem, match="VAULT_MISSING"):
        place.open()
    assert not path.exists()
    path.mkdir()
    with pytest.raises(Problem, match="VAULT_DAMAGED"):
        place.open()


def test_cut_database_is_damaged_or_names_its_loss(place: Place) -> None:
    """Cut at a page border or within a page (D08)."""
    vault = place.create()
    fill(vault, 1, 40)
    vault.close()
    path = place.folder / "vault.db"
    whole = path.read_bytes()
    for length in (4096, 8192, len(whole) // 2, len(whole) - 4096, len(whole) - 7):
        path.write_bytes(whole[:length])
        with contextlib.suppress(_DamagedError), _only_damaged():
            opened = place.open()
            assert opened.check().faults
            opened.close()


def test_newer_vault_is_refused_untouched(place: Place) -> None:
    """A vault of a newer program isn't opened and isn't changed (T23)."""
    place.create().close()
    connection = open_database(place.folder / "vault.db", _key(place))
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = (place.folder / "vault.db").read_bytes()
    with pytest.raises(Problem, match="VAULT_NEWER"):
        place.open()
    assert (place.folder / "vault.db").read_bytes() == before


def test_upgrade_copies_first_and_is_all_or_nothing(tmp_path: Path) -> None:
    """A step that fails leaves the old version; one that succeeds leaves an encrypted copy from before."""
    path, key = tmp_path / "vault.db", b"k" * 32
    connection = create_database(path, key)
    steps = schema.migrations()
    schema.bring_up(connection, path, steps)
    connection.execute("INSERT INTO settings VALUES ('a', '1')")
    with pytest.raises(driver.OperationalError):
        schema.bring_up(connection, path, (*steps, "CREATE TABLE half (x) STRICT; CREATE TABLE whole (x TEXT) STRICT;"))
    assert schema.version_of(connection) == len(steps)
    assert connection.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'whole'").fetchone() == (0,)
    schema.bring_up(connection, path, (*steps, "CREATE TABLE whole (x TEXT) STRICT;"))
    assert schema.version_of(connection) == len(steps) + 1
    connection.close()
    before = open_database(tmp_path / f"vault.before-{len(steps)}.db", key)
    assert schema.version_of(before) == len(steps)
    assert before.execute("SELECT value FROM settings").fetchone() == ("1",)
    before.close()


def test_second_program_is_told_who_has_it(place: Place) -> None:
    """A vault that is open isn't opened again; after closing it is free (D13)."""
    vault = place.create()
    with pytest.raises(Problem, match="VAULT_IN_USE"):
        place.open()
    fill(vault, 1, 1)
    vault.close()
    vault.close()
    again = place.open()
    assert residents(again) == 1
    again.close()


def test_closed_vault_shows_nothing(place: Place) -> None:
    """After locking nothing can be read or written."""
    vault = place.create()
    vault.close()
    with pytest.raises(Problem, match="VAULT_CLOSED"), vault.read():
        pass
    with pytest.raises(Problem, match="VAULT_CLOSED"), vault.work("x"):
        pass


def test_create_only_in_an_empty_folder(place: Place) -> None:
    """A folder that holds anything is left alone; an empty one is used; a cut-off creation leaves no vault."""
    place.folder.mkdir()
    place.create().close()
    with pytest.raises(Problem, match="VAULT_EXISTS"):
        place.create()
    other = Place(place.folder.with_name("other"))
    other.folder.mkdir()
    (other.folder / "letter.txt").write_text("x")
    with pytest.raises(Problem, match="VAULT_EXISTS"):
        other.create()
    assert [path.name for path in other.folder.iterdir()] == ["letter.txt"]
    assert not [path for path in place.folder.parent.iterdir() if path.name.endswith(".part")]


def test_nothing_is_plain_on_disk(place: Place, tmp_path: Path) -> None:
    """No name, number, note, key or password of ours is readable in any file, open or closed (T1)."""
    vault = place.create()
    with vault.work("fill") as work:
        add_resident(work, "标记人甲", 77, note="MARKERNOTE")
        work.commit()
    shutil.copytree(place.folder, tmp_path / "open")
    vault.check()
    vault.close()
    markers = ["标记人甲", "MARKERNOTE", "150102195003000077", "13900000077", "token0000000", PASSWORD, place.recovery]
    for path in [*place.folder.rglob("*"), *(tmp_path / "open").rglob("*")]:
        if path.is_file():
            data = path.read_bytes()
            assert not [marker for marker in markers if marker.encode() in data]
            assert not data.startswith(b"SQLite format 3")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 3 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", folder], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("mounting a small disk needs root")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_full_disk_fails_as_a_whole_and_works_again(small_disk: Path) -> None:
    """VAULT_FULL, nothing half saved, reading goes on; with room again saving goes on (D04)."""
    place = Place(small_disk / "vault")
    vault = place.create()
    fill(vault, 1, 3)
    ballast = small_disk / "ballast"
    with pytest.raises(OSError, match="No space"):
        ballast.write_bytes(bytes(4_000_000))
    with pytest.raises(Problem, match="VAULT_FULL"):
        fill(vault, 4, 1000)
    saved = residents(vault)
    assert 3 <= saved < 1003
    with pytest.raises(Problem, match="VAULT_FULL"):
        vault.store_bundle("a" * 64, bytes(100_000))
    with pytest.raises(Problem, match="VAULT_FULL"):
        vault.change_password(PERSON.id, "other-password")
    ballast.unlink()
    fill(vault, 5000, 1)
    assert vault.check().faults == ()
    vault.close()
    again = place.open()
    assert residents(again) == saved + 1
    again.close()


def test_read_only_disk_shows_everything_and_saves_nothing(tmp_path: Path) -> None:
    """A closed vault on a read-only disk opens for reading, with the reason (D06)."""
    place = Place(tmp_path / "disk" / "vault")
    vault = place.create()
    fill(vault, 1, 2)
    vault.close()
    disk = str(place.folder.parent)
    if subprocess.run(["mount", "--bind", "-o", "ro", disk, disk], capture_output=True, check=False).returncode:
        pytest.skip("mounting read-only needs root")
    subprocess.run(["mount", "-o", "remount,bind,ro", disk], check=True)
    try:
        opened = place.open()
        assert opened.read_only_reason == "VAULT_FOLDER_READ_ONLY"
        assert residents(opened) == 2
        opened.log("view")
        with pytest.raises(Problem, match="VAULT_READ_ONLY"), opened.work("x"):
            pass
        with pytest.raises(Problem, match="VAULT_READ_ONLY"):
            opened.change_password(PERSON.id, "other-password")
        assert opened.check().faults == (("read_only", "VAULT_FOLDER_READ_ONLY"),)
        opened.close()
    finally:
        subprocess.run(["umount", "-l", disk], check=True)
    assert os.access(disk, os.W_OK)


def test_odd_paths(tmp_path: Path) -> None:
    """Blanks, Chinese, emoji, per cent, question and hash marks, a long name (D19)."""
    for name in ("a b", "数据🐉", "50%25?x#y", "x" * 200, "it's"):
        place = Place(tmp_path / name)
        place.create().close()
        place.open().close()


def _key(place: Place) -> bytes:
    from jiandang_desktop.storage import key_file

    found = key_file.read(place.folder).open_with_password(PERSON.name, PASSWORD)
    assert found is not None
    return found[0]


def test_keeper_needs_no_state_of_its_own(place: Place) -> None:
    """Another keeper opens what the first one made."""
    place.create().close()
    make_keeper().open(place.folder, PERSON.name, PASSWORD).close()
