"""The station's own keys and whom it trusts, as the bundle container wants them.

New keys travel as an entry ``card`` in each stream that the station writes, in bundles that the key before signed. A
station signs with new keys to somebody who has confirmed that entry; until then the old ones go on. Once a bundle
signed with the newest key was taken, the keys before end: what was taken under them stays valid, nothing new is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from jiandang_desktop import bundles
from jiandang_desktop.bundles import ROTATED, Identity, SigningKey, StationCard, TrustedSender
from jiandang_desktop.domain import canonical
from jiandang_desktop.domain.chain import Entry
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import StationId
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.ports.vault import OwnKeys, Reader, StationKey, StationRow, UnitOfWork
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.freshness import taken_mark

CARD = "card"
"""Kind of the entry that names a station's next keys."""

CERTIFICATE = "certificate"
"""Kind of the entry that holds the word of the station above about one below."""


@dataclass(frozen=True, slots=True)
class StationKeys:
    """A pair that belongs together."""

    signing: SigningKey
    identity: Identity


@dataclass(frozen=True, slots=True)
class Rotated:
    """New keys of this station. ``announced``: how many stations have to confirm them before they are used."""

    card: StationCard
    fingerprint: tuple[str, ...]
    announced: int


def own_keys(reader: Reader, stream: str = "") -> StationKeys:
    """The newest keys; for a stream, the newest of which its reader knows."""
    known = reader.own_keys()
    return _pair(next(keys for keys in known if not stream or _confirmed(reader, keys.key_id, stream)))


def own_pairs(reader: Reader) -> tuple[StationKeys, ...]:
    """All keys that this station has or had, newest first."""
    return tuple(map(_pair, reader.own_keys()))


def own_identities(reader: Reader) -> tuple[Identity, ...]:
    """Every identity that a bundle for us may be encrypted to, newest first."""
    return tuple(pair.identity for pair in own_pairs(reader))


def own_card(desk: Desk, reader: Reader, stream: str = "") -> StationCard:
    """How this station introduces itself: with its newest keys, or for a stream those that its reader knows."""
    keys = own_keys(reader, stream)
    return StationCard(
        station=desk.station.id,
        name=desk.station.name,
        level=desk.station.level,
        division_code=desk.station.division_code,
        signing_public=keys.signing.public,
        recipient=keys.identity.recipient,
    )


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A signing key of this station or another one. ``ended``: '' while it is valid."""

    key_id: str
    station_id: StationId
    name: str
    ended: str
    reason: str
    ended_on: str
    waiting: int
    """For this station's newest key: how many stations haven't confirmed it yet."""
    words: tuple[str, ...] = ()
    """The fingerprint of a station's newest card, for people to compare."""
    relation: str = ""
    division_code: str = ""


def overview(desk: Desk) -> list[KeyLine]:
    """This station's newest key, every key that another station has or had, station by station in the order of their
    divisions and what is in force first, then stations that handed over to it."""
    with desk.vault.read() as reader:
        own = own_card(desk, reader)
        rows = {row.id: row for row in reader.stations()}
        waiting = waiting_for(reader)
        ranks = {station_id: rank for rank, station_id in enumerate(rows)}
        keys = sorted(reader.station_keys(), key=lambda key: (ranks[key.station_id], bool(key.ended), key.ended_on))
    place = ("self", own.division_code)
    lines = [KeyLine(own.key_id, desk.station.id, own.name, "", "", "", waiting, _words(desk, own), *place)]
    for key in keys:
        row = rows[key.station_id]
        newest = key.key_id == row.key_id and not key.ended
        words = _words(desk, card_of(row)) if newest else ()
        facts = (key.ended, key.reason, key.ended_on)
        lines.append(KeyLine(key.key_id, row.id, row.name, *facts, 0, words, row.relation, row.division_code))
    seen = {line.station_id for line in lines}
    for row in rows.values():
        if row.id not in seen:
            lines.append(KeyLine(row.key_id, row.id, row.name, "", "", "", 0, (), row.relation, row.division_code))
    return lines


def _words(desk: Desk, card: StationCard) -> tuple[str, ...]:
    return bundles.fingerprint(card, desk.bench.fingerprint_words)


def card_of(row: StationRow) -> StationCard:
    """How a known station introduces itself with its newest key."""
    return StationCard(row.id, row.name, row.level, row.division_code, row.signing_public, row.recipient)


def waiting_for(reader: Reader) -> int:
    """How many stations haven't confirmed this station's newest keys yet."""
    newest = reader.own_keys()[0].key_id
    return sum(not _confirmed(reader, newest, stream) for stream in reader.setting(_ANNOUNCED, {}).get(newest, {}))


def rotate(desk: Desk) -> Rotated:
    """Make new keys and announce them; they are used once they were confirmed (NOT_ALLOWED)."""
    desk.require(Right.MANAGE_KEYS)
    signing, identity = SigningKey.generate(), Identity.generate()
    with desk.vault.work("rotate_keys") as work:
        before = own_keys(work).signing.key_id
        work.add_own_keys(OwnKeys(signing.seed, identity.secret, signing.key_id))
        card = own_card(desk, work)
        work.put_station(station_row(card, b"", "self"))
        body = canonical.encode({"card": card.as_object(), "replaces": before})
        rows = [row for row in work.stations() if not row.revoked]
        streams = [desk.station.up_stream for row in rows if row.relation == "parent"]
        streams += [desk.station.down_stream(row.id) for row in rows if row.relation == "child"]
        announced = dict(work.setting(_ANNOUNCED, {}))
        announced[signing.key_id] = {stream: work.append_entry(stream, CARD, body) for stream in streams}
        work.set_setting(_ANNOUNCED, announced)
        work.note(key=signing.key_id)
        work.commit()
    return Rotated(card, bundles.fingerprint(card, desk.bench.fingerprint_words), len(streams))


def introduced(work: UnitOfWork, stream: str) -> None:
    """The reader of a stream learnt the newest keys otherwise: by an enrolment."""
    announced = work.setting(_ANNOUNCED, {})
    work.set_setting(
        _ANNOUNCED,
        {key: {name: at for name, at in places.items() if name != stream} for key, places in announced.items()},
    )


def trusted(reader: Reader, relation: str) -> Mapping[str, TrustedSender]:
    """Known senders of one relation (``child``, ``parent``) by key id; ended keys are named as such."""
    rows = {row.id: row for row in reader.stations() if row.relation == relation}
    return {
        key.key_id: TrustedSender(
            station=key.station_id,
            signing_public=key.signing_public,
            ended=key.ended,
            name=rows[key.station_id].name,
            valid_to=_valid_to(reader, rows[key.station_id], key),
        )
        for key in reader.station_keys()
        if key.station_id in rows
    }


def known_keys(reader: Reader, station_id: str) -> Mapping[bytes, str]:
    """Every signing key under which a station is known here, and how it ended ('' where it is valid)."""
    rows = {row.signing_public: "" for row in reader.stations() if row.id == station_id}
    return rows | {key.signing_public: key.ended for key in reader.station_keys() if key.station_id == station_id}


def trusted_by_card(reader: Reader, card: StationCard) -> Mapping[str, TrustedSender]:
    """The keys under which a station may answer whose card two people compared: the card's, and all known of it here.

    An answer is no piece of a stream that goes on, so one under a key that was rotated since is as good; revoked keys
    are named as such.
    """
    known = {
        key.key_id: TrustedSender(
            station=key.station_id,
            signing_public=key.signing_public,
            ended="" if key.ended == ROTATED else key.ended,
            name=card.name,
        )
        for key in reader.station_keys()
        if key.station_id == card.station
    }
    return {card.key_id: TrustedSender(card.station, card.signing_public, name=card.name), **known}


def refuse_ended(reader: Reader, card: StationCard) -> None:
    """Nothing is sealed to a key that may be in anybody's hands (HANDOVER_KEY_ENDED)."""
    if trusted_by_card(reader, card)[card.key_id].ended:
        raise Problem("HANDOVER_KEY_ENDED", name=card.name, key=card.key_id)


def _valid_to(reader: Reader, row: StationRow, key: StationKey) -> tuple[str, int]:
    """How far an ended key may still speak of its station's stream.

    A key that was rotated: of all that was taken by now, for what came under the next one may have been sealed under it
    before. A revoked one: of what was taken until then, for nobody knows who has it since.
    """
    if key.ended != ROTATED:
        return key.generation, key.number
    own = reader.setting("station")["id"]
    stream = f"{row.id}/up" if row.relation == "child" else f"{row.id}/down/{own}"
    return key.generation, taken_mark(reader, stream, key.generation).number


def read_card(desk: Desk, entry: Entry, sender: str) -> StationCard:
    """The card of an entry ``card`` (BUNDLE_ENTRIES unless the sender speaks of itself with a key of its own)."""
    try:
        card = StationCard.from_object(entry.body["card"])
        if not isinstance(entry.body["replaces"], str) or len(entry.body) != 2:
            raise ValueError("keys")
    except (KeyError, ValueError) as error:
        raise Problem("BUNDLE_ENTRIES") from error
    with desk.vault.read() as reader:
        row = _station(reader, sender)
        owner = next((key.station_id for key in reader.station_keys() if key.key_id == card.key_id), sender)
        own = {keys.key_id for keys in reader.own_keys()}
    same = (row.id, row.level, row.division_code) == (card.station, card.level, card.division_code)
    if not same or owner != sender or card.key_id in own:
        raise Problem("BUNDLE_ENTRIES")
    return card


def take_card(desk: Desk, work: UnitOfWork, entry: Entry, sender: str) -> bool:
    """Trust a station's next keys beside the present ones; False where this is an old story.

    Only what replaces the newest known key counts: keys that ended don't come back by an old entry.
    """
    card, row = read_card(desk, entry, sender), _station(work, sender)
    known = {key.key_id for key in work.station_keys()}
    if entry.body["replaces"] != row.key_id or card.key_id in known:
        return False
    certificate = row.certificate
    if row.relation == "child":
        stream = desk.station.down_stream(sender)
        signing = own_keys(work, stream).signing
        certificate = bundles.certify(signing, desk.station.id, card, desk.now_label())
        work.append_entry(stream, CERTIFICATE, canonical.encode({"certificate": certificate.decode()}))
    know(work, card, certificate, row.relation)
    return True


def know(work: UnitOfWork, card: StationCard, certificate: bytes, relation: str) -> StationRow:
    """Write down a station with its newest key."""
    row = station_row(card, certificate, relation)
    work.put_station(row)
    work.put_station_key(StationKey(row.key_id, row.id, row.signing_public))
    return row


def settle(desk: Desk, work: UnitOfWork, sender: str, key_id: str, stream: str) -> None:
    """A bundle signed with the newest key is taken: the keys before end here. Called before its entries are."""
    if key_id == _station(work, sender).key_id:
        others = (key for key in work.station_keys() if key.station_id == sender and key.key_id != key_id)
        end(desk, work, others, ROTATED, "", stream)


def end(desk: Desk, work: UnitOfWork, keys: Iterable[StationKey], how: str, reason: str, stream: str) -> None:
    """Take nothing new under these keys; what was taken of the sender's stream until now stays valid."""
    taken = taken_mark(work, stream)
    for key in keys:
        if not key.ended:
            work.put_station_key(
                replace(
                    key,
                    ended=how,
                    reason=reason,
                    ended_on=desk.now_label(),
                    generation=taken.generation,
                    number=taken.number,
                )
            )


def station_row(card: StationCard, certificate: bytes, relation: str) -> StationRow:
    """The row of a station that introduced itself so."""
    return StationRow(
        id=StationId(card.station),
        name=card.name,
        level=card.level,
        division_code=card.division_code,
        key_id=card.key_id,
        signing_public=card.signing_public,
        recipient=card.recipient,
        certificate=certificate,
        relation=relation,
    )


_ANNOUNCED = "announced_keys"
"""Setting: key id → stream → number of the entry that announces it there."""


def _confirmed(reader: Reader, key_id: str, stream: str) -> bool:
    at = reader.setting(_ANNOUNCED, {}).get(key_id, {}).get(stream, 0)
    received = reader.mark(stream, "received")
    return bool(at <= (received.number if received else 0))


def _pair(keys: OwnKeys) -> StationKeys:
    return StationKeys(SigningKey.from_seed(keys.signing_seed), Identity.from_secret(keys.identity_secret))


def _station(reader: Reader, station_id: str) -> StationRow:
    return next(row for row in reader.stations() if row.id == station_id)
