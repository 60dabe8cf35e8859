"""Faults of a bundle's file at the township's door: known again, or refused with nothing changed (B…)."""

import os
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.services import intake, receipts, sign_in, submission
from jiandang_desktop.services.workbench import Workbench

from .conftest import LIMIT, PASSWORD, Pair, enrol, new_station, register


def state(pair: Pair) -> dict[str, int]:
    """Everything that the township's vault counts, but for what it writes down about refusals."""
    with pair.township.vault.read() as reader:
        return {key: value for key, value in reader.counts().items() if "audit" not in key}


def refused(pair: Pair, data: bytes) -> str:
    before = state(pair)
    began = time.monotonic()
    with pytest.raises(Problem) as caught:
        intake.plan(pair.township, data)
    assert time.monotonic() - began < 2
    assert state(pair) == before
    return caught.value.code


@pytest.fixture
def bundle(pair: Pair) -> bytes:
    register(pair.village)
    return pair.export()


def test_B07_ten_times_and_after_a_restart_it_is_known(pair: Pair, bundle: bytes, bench: Workbench) -> None:
    first = pair.take_in(bundle)
    before = state(pair)
    for _ in range(10):
        again = pair.take_in(bundle)
        assert (again.already, again.receipt, again.receipt_name) == (True, first.receipt, first.receipt_name)
    sign_in.lock(pair.township)
    pair.township = sign_in.sign_in(bench, pair.township.vault.folder, "王秀兰", PASSWORD)
    assert pair.take_in(bundle).receipt == first.receipt
    assert state(pair) == before


def test_B08_another_name_ending_or_time_is_the_same_bundle(pair: Pair, bundle: bytes, tmp_path: Path) -> None:
    first = pair.take_in(bundle)
    for number, name in enumerate(("JD-COPY.JDB", "副本 (2).jdb", "x.jdb")):
        copy = tmp_path / name
        copy.write_bytes(bundle)
        os.utime(copy, (315532800 + number * 10**9,) * 2)
        data = pair.township.bench.medium.read_file(copy, LIMIT)
        assert pair.take_in(data).receipt == first.receipt


def damaged(data: bytes) -> Iterator[tuple[str, bytes]]:
    """B04, B05, B06: more at the ends, two in one file, parts moved about."""
    for count in (1, 1024, 2**20):
        yield "more at the end", data + bytes(count)
        yield "more at the start", bytes(count) + data
    yield "two in one file", data + data
    yield "pairs exchanged", bytes(byte for pair in zip(data[1::2], data[::2], strict=False) for byte in pair)
    blocks = [data[place : place + 512] for place in range(0, len(data), 512)]
    yield "blocks reversed", b"".join(reversed(blocks))
    yield "last block missing", b"".join(blocks[:-1])
    yield "last block twice", b"".join((*blocks, blocks[-1]))
    yield "two blocks exchanged", b"".join((blocks[1], blocks[0], *blocks[2:]))


def test_B04_B05_B06_more_twice_or_moved_about_is_refused(pair: Pair, bundle: bytes) -> None:
    for what, data in damaged(bundle):
        assert refused(pair, data) in {"BUNDLE_SHAPE", "BUNDLE_PAYLOAD", "BUNDLE_SIZE"}, what


def test_B43_endless_lines_are_refused_within_the_limits(pair: Pair) -> None:
    """A header of 10 MiB, 100 MiB without a line's end: no more memory than the file itself, at once."""
    for data in (
        b"jiandang-bundle 1\n" + b'{"a":"' + b"x" * (10 << 20) + b'"}\n',
        b"x" * (100 << 20),
        b"jiandang-bundle 1\n" + b"{" * (100 << 20),
    ):
        tracemalloc.start()
        assert refused(pair, data) == "BUNDLE_SHAPE"
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 4 << 20


def test_B44_every_byte_of_header_and_armour_counts(pair: Pair, bundle: bytes) -> None:
    """A registered sender's genuine bundle, one byte changed in the two lines or the signature."""
    end = bundle.index(b"-----END SSH SIGNATURE-----") + 28
    before = state(pair)
    for place in range(0, end, 3):
        changed = bytearray(bundle)
        changed[place] ^= 0x10
        with pytest.raises(Problem) as caught:
            intake.verify(pair.township, bytes(changed))
        assert caught.value.code.startswith("BUNDLE_")
    assert state(pair) == before


def test_B37_a_receipt_damaged_or_of_others_confirms_nothing(
    pair: Pair, bundle: bytes, bench: Workbench, tmp_path: Path
) -> None:
    """Cut off, flipped, for another village, from another township: refused, everything waits as before."""
    genuine = pair.take_in(bundle).receipt
    other = new_station(bench, tmp_path / "other", "village", "150421204204")
    enrol(other, pair.township)
    register(other)
    for_other = pair.take_in(submission.export(other, tmp_path).path.read_bytes()).receipt
    elsewhere = new_station(bench, tmp_path / "elsewhere", "township", "150421205")
    third = new_station(bench, tmp_path / "third", "village", "150421205201")
    enrol(third, elsewhere)
    register(third)
    foreign = intake.archive(
        elsewhere, intake.plan(elsewhere, submission.export(third, tmp_path).path.read_bytes())
    ).receipt
    flipped = (
        genuine[:place] + bytes([genuine[place] ^ 1]) + genuine[place + 1 :] for place in range(0, len(genuine), 41)
    )
    for data in (genuine[:-1], genuine[: len(genuine) // 2], genuine + b"\n", for_other, foreign, *flipped):
        with pytest.raises(Problem) as caught:
            receipts.apply(pair.village, data)
        assert caught.value.code.startswith("BUNDLE_")
    assert submission.pending(pair.village).entries == 2
    assert receipts.apply(pair.village, genuine).up_to == 2
    for desk in (other, elsewhere, third):
        sign_in.lock(desk)
