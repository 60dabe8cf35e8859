"""What is sealed at one station comes out at the other, byte for byte, and nowhere else."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiandang_desktop.bundles import (
    Acknowledged,
    Header,
    Identity,
    Sealed,
    TrustedSender,
    VerifiedBundle,
    file_name,
    open_sealed,
    read_header,
    read_introduction,
    seal,
    seal_introduction,
)
from jiandang_desktop.domain.chain import NO_HASH, BrokenChain, entry_hash
from jiandang_desktop.domain.problems import Problem

from .conftest import GENERATION, MADE_AT, Side, journal

Opener = Callable[[bytes], VerifiedBundle]


def refusal(work: Callable[[], object]) -> str:
    with pytest.raises(Problem) as caught:
        work()
    return caught.value.code


def test_entries_come_out_as_they_went_in(submission: Sealed, lines: list[bytes], opened: Opener) -> None:
    bundle = opened(submission.data)
    assert [entry.hash for entry in bundle.entries] == [entry_hash(line) for line in lines]
    assert [entry.body for entry in bundle.entries] == [{"text": f"第{n}条"} for n in range(3)]
    assert (bundle.header, bundle.digest) == (submission.header, submission.digest)


def test_header_tells_numbers_and_heads(submission: Sealed, lines: list[bytes]) -> None:
    header = read_header(submission.data)
    assert (header.first, header.last, header.entries, header.previous) == (1, 3, 3, NO_HASH)
    assert header.head == entry_hash(lines[-1])


def test_nothing_personal_is_readable_in_the_file(submission: Sealed, village: Side) -> None:
    """Neither an entry nor the station's name stands in clear; the file's name holds ids and numbers only."""
    assert "第0条".encode() not in submission.data
    assert village.name.encode() not in submission.data
    assert file_name(submission.header) == f"jd-{village.station[:8]}-submission-1-3.jdb"


@settings(max_examples=25, deadline=None)
@given(
    texts=st.lists(st.text(max_size=200), min_size=1, max_size=20),
    first=st.integers(min_value=2, max_value=2**39),
)
def test_any_texts_survive_the_round_trip(village: Side, township: Side, texts: list[str], first: int) -> None:
    stream = f"{village.station}/up"
    lines = journal(stream, [{"text": text} for text in texts], first, "ab" * 32)
    sealed = seal(
        kind="submission",
        sender=village.station,
        signing=village.signing,
        recipients=[(township.station, township.identity.recipient)],
        stream=stream,
        generation=GENERATION,
        first=first,
        previous="ab" * 32,
        lines=lines,
        made_at=MADE_AT,
    )
    bundle = open_sealed(
        sealed.data,
        trust={village.signing.key_id: village.trusted},
        own=[township.identity],
        own_station=township.station,
    )
    assert [entry.body["text"] for entry in bundle.entries] == texts


def test_several_recipients_can_each_open(village: Side, township: Side, stranger: Side, lines: list[bytes]) -> None:
    sides = [township, stranger]
    sealed = seal(
        kind="submission",
        sender=village.station,
        signing=village.signing,
        recipients=[(side.station, side.identity.recipient) for side in sides],
        stream=f"{village.station}/up",
        generation=GENERATION,
        first=1,
        previous=NO_HASH,
        lines=lines,
        made_at=MADE_AT,
    )
    for side in sides:
        trust = {village.signing.key_id: village.trusted}
        assert open_sealed(sealed.data, trust=trust, own=[side.identity], own_station=side.station).entries


def test_receipt_goes_down_and_acknowledges(village: Side, township: Side) -> None:
    """A receipt is the same container in the other direction, with the mark that the township has reached."""
    stream = f"{township.station}/down/{village.station}"
    mark = Acknowledged(f"{village.station}/up", GENERATION, 3, "cd" * 32)
    sealed = seal(
        kind="receipt",
        sender=township.station,
        signing=township.signing,
        recipients=[(village.station, village.identity.recipient)],
        stream=stream,
        generation=GENERATION,
        first=1,
        lines=journal(stream, [{"verdict": "archived"}]),
        made_at=MADE_AT,
        acknowledges=mark,
    )
    bundle = open_sealed(
        sealed.data,
        trust={township.signing.key_id: township.trusted},
        own=[village.identity],
        own_station=village.station,
    )
    assert bundle.header.acknowledges == mark


def open_with(sealed: Sealed, village: Side, side: Side, **other: Any) -> VerifiedBundle:
    values: dict[str, Any] = {
        "trust": {village.signing.key_id: village.trusted},
        "own": [side.identity],
        "own_station": side.station,
    }
    return open_sealed(sealed.data, **(values | other))


def test_each_reason_has_its_class(submission: Sealed, village: Side, township: Side, stranger: Side) -> None:
    key = village.signing.key_id
    revoked = dataclasses.replace(village.trusted, ended="revoked")
    rotated = dataclasses.replace(village.trusted, ended="rotated")
    elsewhere = TrustedSender(stranger.station, village.signing.public)
    other_key = TrustedSender(village.station, stranger.signing.public)

    def refused(**other: Any) -> str:
        return refusal(lambda: open_with(submission, village, township, **other))

    assert refused(trust={}) == "BUNDLE_SENDER"
    assert refused(trust={key: elsewhere}) == "BUNDLE_SENDER"
    assert refused(trust={key: revoked}) == "BUNDLE_REVOKED"
    assert refused(trust={key: rotated}) == "BUNDLE_REPLACED"
    assert refused(trust={key: other_key}) == "BUNDLE_SIGNATURE"
    assert refused(own_station=stranger.station) == "BUNDLE_RECIPIENT"
    assert refused(own=[stranger.identity]) == "BUNDLE_DECRYPT"
    assert refused(own=[]) == "BUNDLE_DECRYPT"


def test_freshness_speaks_before_anything_is_opened(submission: Sealed, village: Side, township: Side) -> None:
    def stale(header: Header) -> None:
        raise Problem("BUNDLE_GAP", number=header.first)

    code = refusal(lambda: open_with(submission, village, township, freshness=stale, own=[]))
    assert code == "BUNDLE_GAP"


def test_sealing_refuses_lines_that_do_not_follow(village: Side, township: Side, lines: list[bytes]) -> None:
    values: dict[str, Any] = {
        "kind": "submission",
        "sender": village.station,
        "signing": village.signing,
        "recipients": [(township.station, township.identity.recipient)],
        "stream": f"{village.station}/up",
        "generation": GENERATION,
        "first": 1,
        "made_at": MADE_AT,
    }
    for wrong in ([], lines[1:], [lines[0], lines[2]], [lines[0] + b"\n"]):
        with pytest.raises(BrokenChain):
            seal(**values, lines=wrong)


def test_enrolment_request_introduces_its_sender(village: Side, township: Side) -> None:
    sealed = seal_introduction(kind="enrolment_request", card=village.card, signing=village.signing, made_at=MADE_AT)
    bundle = read_introduction(sealed.data, kind="enrolment_request")
    assert bundle.card == village.card
    assert refusal(lambda: read_introduction(sealed.data, kind="enrolment_answer")) == "BUNDLE_KIND"
    assert bundle.entries == ()
    assert file_name(sealed.header) == f"jd-{village.station[:8]}-enrolment-request.jdb"
    # It is no way into the archive, not even from a sender that is trusted already.
    assert refusal(lambda: open_with(sealed, village, township)) == "BUNDLE_RECIPIENT"


def test_enrolment_answer_is_for_one_village_only(village: Side, township: Side, stranger: Side) -> None:
    stream = f"{township.station}/down/{village.station}"
    sealed = seal(
        kind="enrolment_answer",
        sender=township.station,
        signing=township.signing,
        recipients=[(village.station, village.identity.recipient)],
        stream=stream,
        generation=GENERATION,
        first=1,
        lines=journal(stream, [{"certificate": "…"}]),
        made_at=MADE_AT,
        introduces=township.card,
    )
    bundle = read_introduction(sealed.data, own=[village.identity], own_station=village.station)
    assert bundle.header.introduces == township.card
    assert len(bundle.entries) == 1
    other = refusal(
        lambda: read_introduction(sealed.data, own=[stranger.identity], own_station=stranger.station),
    )
    assert other == "BUNDLE_RECIPIENT"


def test_submission_introduces_nobody(submission: Sealed, township: Side) -> None:
    code = refusal(
        lambda: read_introduction(submission.data, own=[township.identity], own_station=township.station),
    )
    assert code == "BUNDLE_SENDER"


def test_secrets_stay_out_of_what_python_prints(village: Side) -> None:
    identity = Identity.generate()
    assert identity.secret not in repr(identity)
    assert repr(village.signing.seed) not in repr(village.signing)
