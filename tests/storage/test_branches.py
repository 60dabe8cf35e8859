"""A peer's stream that several generations wrote: branches, their marks, and old vaults that knew none."""

import hashlib

import pytest

from jiandang_desktop.domain.chain import NO_HASH
from jiandang_desktop.ports.vault import Mark, StationKey, StationRow
from jiandang_desktop.storage import schema
from jiandang_desktop.storage.vault import SqlCipherVault

from .conftest import OTHER_STATION, Place, make_old

PEER = f"{OTHER_STATION}/up"
FIRST, SECOND, THIRD = "1" * 32, "2" * 32, "3" * 32


def append(vault: SqlCipherVault, generation: str, texts: str, base: tuple[str, int] | None = None) -> None:
    with vault.work("intake") as work:
        work.follow(PEER, generation, base)
        for text in texts:
            number = work.append_entry(PEER, "note", f'{{"x":"{text}"}}'.encode())
        work.set_mark(Mark(PEER, "taken", generation, number, work.stream_hash(PEER, number)))
        work.commit()


def test_each_generation_goes_on_from_an_entry_of_another(vault: SqlCipherVault) -> None:
    append(vault, FIRST, "abcd")
    append(vault, SECOND, "xy", (FIRST, 2))
    append(vault, THIRD, "z", (SECOND, 3))
    append(vault, FIRST, "e")
    with vault.read() as reader:
        assert reader.generations(PEER) == {FIRST: None, SECOND: (FIRST, 2), THIRD: (SECOND, 3)}
        assert [reader.stream_head(PEER, name).number for name in (FIRST, SECOND, THIRD)] == [5, 4, 4]
        assert [number for number, _ in reader.stream_lines(PEER, 0, THIRD)] == [4]
        shared = reader.stream_hash(PEER, 2, FIRST)
        assert reader.stream_hash(PEER, 2, SECOND) == reader.stream_hash(PEER, 2, THIRD) == shared
        assert reader.stream_hash(PEER, 3, SECOND) == reader.stream_hash(PEER, 3, THIRD)
        assert reader.stream_hash(PEER, 3, SECOND) != reader.stream_hash(PEER, 3, FIRST)
        with pytest.raises(LookupError):
            reader.stream_hash(PEER, 5, THIRD)
        marks = [reader.mark(PEER, "taken", name) for name in (FIRST, SECOND, THIRD)]
        assert [mark.number for mark in marks if mark] == [5, 4, 4]
        # Without a generation the one that began last is meant.
        assert reader.mark(PEER, "taken") == marks[2]
        for number, line in reader.stream_lines(PEER, 0, SECOND):
            assert hashlib.sha256(line).hexdigest() == reader.stream_hash(PEER, number, SECOND)
    assert vault.check().faults == ()


def test_a_generation_may_start_from_nothing(vault: SqlCipherVault) -> None:
    append(vault, FIRST, "ab")
    append(vault, SECOND, "ab")
    with vault.read() as reader:
        assert reader.stream_hash(PEER, 0, SECOND) == NO_HASH
        assert reader.stream_hash(PEER, 2, FIRST) == reader.stream_hash(PEER, 2, SECOND)
    assert vault.check().faults == ()


def test_an_old_vault_learns_generations_and_keys_when_it_is_upgraded(place: Place) -> None:
    """What it had taken belongs to the generation of its mark; stations keep their keys."""
    vault = place.create()
    valid = StationRow(OTHER_STATION, "东村", "village", "1" * 12, "k" * 16, b"p" * 32, "age1x", b"c", "child")
    with vault.work("fill") as work:
        number = work.append_entry(PEER, "note", b"{}")
        work.set_mark(Mark(PEER, "taken", FIRST, number, work.stream_hash(PEER, number)))
        work.put_station(valid)
        work.commit()
    make_old(vault, 2)
    vault.close()
    vault = place.open()
    assert schema.version_of(vault._connection) == len(schema.migrations())
    with vault.read() as reader:
        assert reader.generations(PEER) == {FIRST: None}
    append(vault, FIRST, "b")
    with vault.read() as reader:
        assert reader.station_keys() == [StationKey("k" * 16, OTHER_STATION, b"p" * 32)]
        assert reader.stream_head(PEER).number == 2
    assert vault.check().faults == ()
    vault.close()
