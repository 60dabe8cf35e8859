"""Certificates, cards, fingerprints and keys."""

import dataclasses
from pathlib import Path

import pytest
from pypinyin import lazy_pinyin

from jiandang_desktop.bundles import (
    SerialBlock,
    StationCard,
    certify,
    fingerprint,
    fingerprint_digits,
    load_words,
    read_certificate,
)
from jiandang_desktop.bundles.card import NotACard
from jiandang_desktop.bundles.keys import WeakKey, check_signing_public
from jiandang_desktop.domain.problems import Problem

from .conftest import MADE_AT, Side
from .mutations import bits, lengths

WORDS = load_words(Path(__file__).parents[2] / "resources" / "codes" / "fingerprint_words.txt")
BLOCKS = (SerialBlock("17", 1, 40000), SerialBlock("16", 1, 4000))
P = 2**255 - 19


def test_certificate_comes_back_as_it_was_given(village: Side, township: Side) -> None:
    data = certify(township.signing, township.station, village.card, MADE_AT, BLOCKS)
    certificate = read_certificate(data, township.signing.public)
    assert (certificate.card, certificate.blocks) == (village.card, BLOCKS)
    assert (certificate.issuer, certificate.issuer_key) == (township.station, township.signing.key_id)


def test_certificate_of_another_issuer_or_damaged_is_refused(village: Side, township: Side, stranger: Side) -> None:
    data = certify(township.signing, township.station, village.card, MADE_AT, BLOCKS)
    copies = [*bits(data, (1, 32)), *lengths(data), data + b"\n", b"\n" + data]
    for copy, public in [(data, stranger.signing.public), *((copy, township.signing.public) for copy in copies)]:
        with pytest.raises(Problem) as caught:
            read_certificate(copy, public)
        assert caught.value.code == "CERTIFICATE_INVALID"


def test_bundle_signature_does_not_serve_for_a_certificate(village: Side, township: Side) -> None:
    data = certify(township.signing, township.station, village.card, MADE_AT, ())
    signed = data[: data.index(b"-----BEGIN")]
    with pytest.raises(Problem):
        read_certificate(signed + township.signing.sign(signed).encode(), township.signing.public)


@pytest.mark.parametrize("block", [("17", 0, 5), ("17", 6, 5), ("17", 1, 10**9), ("", 1, 5), ("17", True, 5)])
def test_impossible_serial_blocks_are_refused(block: tuple[str, int, int]) -> None:
    with pytest.raises(ValueError, match="block"):
        SerialBlock(*block)


def test_fingerprint_is_eight_words_and_twenty_digits(village: Side, stranger: Side) -> None:
    words = fingerprint(village.card, WORDS)
    assert len(words) == 8
    assert set(words) <= set(WORDS)
    assert len(fingerprint_digits(village.card).replace(" ", "")) == 20
    assert words != fingerprint(stranger.card, WORDS)


@pytest.mark.parametrize("change", [{"name": "向阳村卫生院"}, {"station": "0" * 16}, {"division_code": "150423100209"}])
def test_fingerprint_covers_the_whole_card(village: Side, change: dict[str, str]) -> None:
    assert fingerprint(dataclasses.replace(village.card, **change), WORDS) != fingerprint(village.card, WORDS)


def test_fingerprint_words_are_plain_and_sound_different() -> None:
    """Two common characters each; no two alike even where zh and z, n and l, n and ng are spoken alike."""
    heard = set()
    for word in WORDS:
        assert len(word) == 2
        assert len(word.encode("gb2312")) == 4
        sound = " ".join(lazy_pinyin(word))
        for plain, broad in (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"), ("l", "n")):
            sound = sound.replace(plain, broad)
        heard.add(sound)
    assert len(heard) == 256


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": " 卫生室"},
        {"name": "卫生\u200b室"},
        {"level": "county"},
        {"division_code": "050423100201"},
        {"signing_public": bytes(32)},
        {"signing_public": b"short"},
        {"recipient": "age1"},
        {"recipient": ""},
        {"recipient": "age1é"},
    ],
)
def test_unfit_cards_are_refused(village: Side, change: dict[str, object]) -> None:
    with pytest.raises(NotACard):
        StationCard(**{**{name: getattr(village.card, name) for name in StationCard.__slots__}, **change})


def test_every_point_of_small_order_is_refused() -> None:
    """All points whose eightfold is the neutral one, found on the curve itself: halving y = 0 gives the order 8."""
    d = -121665 * pow(121666, -1, P) % P
    root = pow(2, (P - 1) // 4, P)
    small = []
    # (x, y) has order 8 exactly if twice it has y = 0, which means x² = -y².
    # Then -x² + y² = 2y² = 1 + d·x²·y² = 1 - d·y⁴: a quadratic in y².
    inverse = pow(d, -1, P)
    under = (inverse * inverse + inverse) % P
    square = _root(under, root)
    for sign in (1, -1):
        y2 = (-inverse + sign * square) % P
        if pow(y2, (P - 1) // 2, P) == 1:
            y = _root(y2, root)
            small += [y, P - y]
    assert len(small) == 2
    for y in (*small, 0, 1, P - 1, P, P + 1):
        for sign_bit in (0, 2**255):
            with pytest.raises(WeakKey):
                check_signing_public((y + sign_bit).to_bytes(32, "little"))


def _root(square: int, root_of_minus_one: int) -> int:
    found = pow(square, (P + 3) // 8, P)
    if found * found % P != square:
        found = found * root_of_minus_one % P
    assert found * found % P == square
    return found
