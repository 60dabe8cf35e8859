"""No damaged bundle is accepted, and none brings the reader down. Long form: dev/mutate_bundles.py."""

import importlib.util
from collections.abc import Callable, Iterable
from pathlib import Path

from jiandang_desktop.bundles import Sealed, VerifiedBundle, read_header
from jiandang_desktop.domain.problems import Problem

from .conftest import Side
from .mutations import bits, junk, lengths, structural

Opener = Callable[[bytes], VerifiedBundle]
LONG_RUN = Path(__file__).parents[2] / "dev" / "mutate_bundles.py"


def all_refused(copies: Iterable[bytes], opened: Opener) -> set[str]:
    """The classes seen; anything but a BUNDLE_ refusal fails the test by itself."""
    seen = set()
    for data in copies:
        try:
            opened(data)
        except Problem as problem:
            seen.add(problem.code)
        else:
            raise AssertionError(f"accepted: {data!r}")
    assert all(code.startswith("BUNDLE_") for code in seen)
    return seen


def test_every_bit_of_every_byte_counts(submission: Sealed, opened: Opener) -> None:
    seen = all_refused(bits(submission.data, (1, 2, 4, 8, 16, 32, 64, 128)), opened)
    assert seen >= {"BUNDLE_SHAPE", "BUNDLE_SENDER", "BUNDLE_SIGNATURE", "BUNDLE_PAYLOAD"}


def test_every_shorter_file_is_refused(submission: Sealed, opened: Opener) -> None:
    assert all_refused(lengths(submission.data), opened) == {"BUNDLE_SHAPE", "BUNDLE_PAYLOAD"}


def test_junk_at_the_ends_is_refused(submission: Sealed, opened: Opener) -> None:
    all_refused(junk(submission.data), opened)


def test_structural_damage_is_refused(submission: Sealed, opened: Opener) -> None:
    all_refused(structural(submission.data, 2000, seed=1), opened)


def test_damage_inside_a_signed_envelope_is_refused(village: Side, township: Side, submission: Sealed) -> None:
    """A registered sender that signs a damaged payload: the age file itself must hold (every fourth bit place)."""
    from jiandang_desktop.bundles.envelope import NotOpened, open_envelope

    payload = submission.data[-read_header(submission.data).payload_size :]
    for data in (*bits(payload, (1, 128)), *lengths(payload)):
        try:
            open_envelope(data, 1, [township.identity])
        except NotOpened:
            continue
        raise AssertionError("accepted")


def test_damage_inside_a_frame_is_never_another_failure(submission: Sealed, lines: list[bytes]) -> None:
    """The compressed frame may survive a flipped bit with other content; it must never bring the reader down."""
    from jiandang_desktop.bundles.compression import NotOneFrame, compress, pieces

    plain = b"".join(line + b"\n" for line in lines)
    frame = compress(plain)
    for data in (*bits(frame, (1, 4, 16, 128)), *lengths(frame), *structural(frame, 2000, seed=2)):
        try:
            size = sum(len(piece) for piece in pieces(data, len(plain)))
        except NotOneFrame:
            continue
        assert size == len(plain)


def test_nothing_that_stations_carry_is_accepted_damaged() -> None:
    """Bundles, receipts, enrolment files, new keys, certificates: at the reader and at the doors of real stations."""
    spec = importlib.util.spec_from_file_location("mutate_bundles", LONG_RUN)
    assert spec is not None
    assert spec.loader is not None
    long_run = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(long_run)
    tally = long_run.mutate(1200, seed=1)
    assert tally.refused.total() == 1200
    assert len(tally.refused) == 16
