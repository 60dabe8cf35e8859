"""Enrolment: a village and its township come to know each other's keys (R9.1).

The request and the answer travel on a stick; what makes them trustworthy is that both sides compare the
fingerprint, in words, by telephone or face to face. Until then nothing is taken from the other.

A village whose computer was lost asks anew from an empty vault; the township takes the new keys in place of the old
ones, and the answer makes the new vault the old station again: a new generation of it.
"""

from dataclasses import dataclass, replace
from typing import Any

from jiandang_desktop import bundles
from jiandang_desktop.bundles import SigningKey, StationCard
from jiandang_desktop.domain import canonical
from jiandang_desktop.domain.chain import NO_HASH, read_entry
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import StationId
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.ports.vault import Mark, Reader, StationKey, StationRow, UnitOfWork
from jiandang_desktop.services import generations, keys, losses, programme_settings, succession
from jiandang_desktop.services.desk import Desk, read_station
from jiandang_desktop.services.keys import own_card, own_identities, own_keys


@dataclass(frozen=True, slots=True)
class EnrolmentFile:
    """A file to carry and the fingerprint to compare."""

    data: bytes
    file_name: str
    fingerprint: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EnrolmentView:
    """What somebody's enrolment file says of them, before anything is taken from it."""

    card: StationCard
    fingerprint: tuple[str, ...]
    replaceable: tuple[StationRow, ...] = ()
    """Stations of the same place that are known with other keys: the request may be from their new computer."""


_BELOW = {"township": "village", "banner": "township"}


def request(desk: Desk) -> EnrolmentFile:
    """The request to the station above (NOT_ALLOWED, ENROLMENT_NOT_HERE at the top level)."""
    desk.require(Right.MANAGE_KEYS)
    if desk.station.level == "banner":
        raise Problem("ENROLMENT_NOT_HERE")
    with desk.vault.read() as reader:
        card, signing = own_card(desk, reader), own_keys(reader).signing
    sealed = bundles.seal_introduction(kind="enrolment_request", card=card, signing=signing, made_at=desk.now_label())
    desk.vault.log("enrolment_request")
    return EnrolmentFile(sealed.data, bundles.file_name(sealed.header), _fingerprint(desk, card))


def read_request(desk: Desk, data: bytes) -> EnrolmentView:
    """What a request says (NOT_ALLOWED, BUNDLE_…, ENROLMENT_WRONG_LEVEL)."""
    desk.require(Right.MANAGE_KEYS)
    card = bundles.read_introduction(data, kind="enrolment_request", own=()).card
    if _BELOW.get(desk.station.level) != card.level:
        raise Problem("ENROLMENT_WRONG_LEVEL", name=card.name)
    with desk.vault.read() as reader:
        known = [row for row in reader.stations() if row.relation == "child" and row.key_id != card.key_id]
    same = tuple(row for row in known if row.division_code == card.division_code)
    return EnrolmentView(card, _fingerprint(desk, card), same)


def approve(desk: Desk, data: bytes, in_place_of: StationId | None = None, reason: str = "") -> EnrolmentFile:
    """Take a station in after the fingerprints were compared, and write the answer.

    ``in_place_of``: the request is from a known station whose keys are lost; its old keys end with the ``reason``, and
    an empty vault gets all that the station had sent. Approving the same request again gives an equal trust and a new
    answer file. Problems: NOT_ALLOWED, BUNDLE_…, ENROLMENT_WRONG_LEVEL, ENROLMENT_OTHER_KEY where the station is known
    with another key, ENROLMENT_REVOKED (a key that ended never comes back), ENROLMENT_OTHER_PLACE, NO_SUCH_STATION,
    REASON_MISSING.
    """
    card = read_request(desk, data).card
    asked = card.station
    with desk.vault.work("enrolment_approve") as work:
        known = next((row for row in work.stations() if row.id == (in_place_of or asked)), None)
        if in_place_of is not None:
            card = _replacement(known, card, in_place_of, reason)
        _check_key(work, card, known, replacing=in_place_of is not None)
        again = known is not None and known.key_id == card.key_id
        mine, signing = own_card(desk, work), own_keys(work).signing
        certificate = bundles.certify(signing, desk.station.id, card, desk.now_label())
        stream = desk.station.down_stream(card.station)
        if known is not None and not again:
            _take_over(desk, work, known, reason, empty=asked != known.id)
        keys.know(work, card, certificate, "child")
        keys.introduced(work, stream)
        if not again or not _certified(work, stream, signing):
            work.append_entry(stream, keys.CERTIFICATE, canonical.encode(_answer_body(work, card, certificate)))
        number, previous, line = _answer_line(work, stream)
        work.note(station=card.station)
        sealed = bundles.seal(
            kind="enrolment_answer",
            sender=desk.station.id,
            signing=signing,
            recipients=[(station, card.recipient) for station in sorted({asked, card.station})],
            stream=stream,
            generation=desk.station.generation,
            first=number,
            previous=previous,
            lines=[line],
            made_at=desk.now_label(),
            introduces=mine,
        )
        if not again:
            programme_settings.send_to_new(desk, work, StationId(card.station))
        work.commit()
    return EnrolmentFile(sealed.data, bundles.file_name(sealed.header), _fingerprint(desk, mine))


def read_answer(desk: Desk, data: bytes) -> EnrolmentView:
    """What an answer says of the station above (NOT_ALLOWED, BUNDLE_…, ENROLMENT_WRONG_LEVEL)."""
    desk.require(Right.MANAGE_KEYS)
    card = _answer(desk, data).card
    return EnrolmentView(card, _fingerprint(desk, card))


def accept(desk: Desk, data: bytes) -> StationRow:
    """Take the station above as ours after the fingerprints were compared.

    An empty vault becomes the station that the answer names, where that is another one: its computer was lost. A known
    station above with another key takes that in place of the old ones; an older answer changes nothing.
    Problems: NOT_ALLOWED, BUNDLE_…, ENROLMENT_WRONG_LEVEL, ENROLMENT_OTHER_PARENT, ENROLMENT_NOT_OURS,
    ENROLMENT_NOT_EMPTY, ENROLMENT_REVOKED.
    """
    desk.require(Right.MANAGE_KEYS)
    introduction = _answer(desk, data)
    card = introduction.card
    before = desk.station.parent_id
    if before and before != card.station:
        with desk.vault.read() as reader:
            if not succession.known(reader).carries_on(before, card.station):
                raise Problem("ENROLMENT_OTHER_PARENT", name=desk.station.parent_name)
    entry = introduction.entries[0]
    with desk.vault.work("enrolment_accept") as work:
        certificate = bundles.read_certificate(entry.body["certificate"].encode(), card.signing_public)
        said = certificate.card
        if certificate.issuer != card.station or replace(said, station=desk.station.id) != own_card(desk, work):
            raise Problem("ENROLMENT_NOT_OURS")
        if said.station != desk.station.id:
            _become(desk, work, StationId(said.station))
        keys.introduced(work, f"{said.station}/up")
        if before and before != card.station:
            _leave_parent(desk, work, StationId(before))
        row = _trust_parent(desk, work, card, introduction.header.stream)
        if row.key_id == card.key_id:
            _note_parent(work, card, entry.body)
            _take_first(work, introduction)
            if "codes" in entry.body:
                generations.skip_serials(desk, work, entry.body["codes"])
                generations.learn_past(work, entry.body["generations"])
        work.note(station=card.station)
        work.commit()
    with desk.vault.read() as reader:
        desk.station = read_station(reader)
    return row


def stations(desk: Desk) -> list[StationRow]:
    """Every station this one knows, itself too."""
    with desk.vault.read() as reader:
        return reader.stations()


def revoke(desk: Desk, station_id: StationId, reason: str) -> StationRow:
    """Take nothing new under a station's keys; what was taken before stays valid.

    Problems: NOT_ALLOWED, NO_SUCH_STATION, REASON_MISSING.
    """
    desk.require(Right.MANAGE_KEYS)
    if not reason.strip():
        raise Problem("REASON_MISSING")
    with desk.vault.work("enrolment_revoke") as work:
        row = next((row for row in work.stations() if row.id == station_id and row.relation == "child"), None)
        if row is None:
            raise Problem("NO_SUCH_STATION", id=station_id)
        revoked = replace(row, revoked=True, revoked_reason=reason.strip())
        work.put_station(revoked)
        keys.end(desk, work, _keys_of(work, row.id), "revoked", reason.strip(), f"{row.id}/up")
        work.note(station=station_id)
        work.commit()
    return revoked


def _answer(desk: Desk, data: bytes) -> bundles.Introduction:
    with desk.vault.read() as reader:
        identities = own_identities(reader)
    found = bundles.read_introduction(data, kind="enrolment_answer", own=identities, own_station=desk.station.id)
    if _BELOW.get(found.card.level) != desk.station.level:
        raise Problem("ENROLMENT_WRONG_LEVEL", name=found.card.name)
    entry = found.entries[0] if found.entries else None
    shape_ok = (
        entry is not None
        and entry.kind == "certificate"
        and isinstance(entry.body.get("certificate"), str)
        and _is_share(entry.body.get("serial_share"))
        and _is_past(entry.body)
    )
    if not shape_ok:
        raise Problem("BUNDLE_ENTRIES")
    return found


def _fingerprint(desk: Desk, card: StationCard) -> tuple[str, ...]:
    return bundles.fingerprint(card, desk.bench.fingerprint_words)


def _is_share(value: object) -> bool:
    if not (isinstance(value, list) and len(value) == 2 and all(type(part) is int for part in value)):
        return False
    first, last = (int(part) for part in value)
    return 0 <= first < last <= 100


def _is_past(body: dict[str, Any]) -> bool:
    """Whether what a re-enrolment says of the station's past, if anything, has its shape."""
    lists = [body[name] for name in ("codes", "generations") if name in body]
    return len(lists) != 1 and all(isinstance(each, list) and all(isinstance(x, str) for x in each) for each in lists)


def _replacement(known: StationRow | None, card: StationCard, station_id: StationId, reason: str) -> StationCard:
    """The card of a known station with the keys that ask in its place."""
    if known is None or known.relation != "child":
        raise Problem("NO_SUCH_STATION", id=station_id)
    if not reason.strip():
        raise Problem("REASON_MISSING")
    if (known.level, known.division_code) != (card.level, card.division_code):
        raise Problem("ENROLMENT_OTHER_PLACE", name=known.name)
    return replace(card, station=str(station_id))


def _check_key(work: UnitOfWork, card: StationCard, known: StationRow | None, *, replacing: bool) -> None:
    """Trust never grows by an old file: a key that ended, or that is another station's, is taken no more."""
    key = next((key for key in work.station_keys() if key.key_id == card.key_id), None)
    if key is not None and key.ended:
        raise Problem("ENROLMENT_REVOKED", name=card.name)
    if key is not None and key.station_id != card.station:
        raise Problem("ENROLMENT_OTHER_KEY", name=card.name)
    if known is None:
        return
    if known.relation != "child" or (known.key_id != card.key_id and not replacing):
        raise Problem("ENROLMENT_OTHER_KEY", name=known.name)


def _take_over(desk: Desk, work: UnitOfWork, known: StationRow, reason: str, *, empty: bool) -> None:
    """End a station's keys; for a vault that starts empty, put all that the station ever wrote on its way back."""
    up = f"{known.id}/up"
    keys.end(desk, work, _keys_of(work, known.id), "lost", reason.strip(), up)
    if empty:
        stream = desk.station.down_stream(known.id)
        work.set_mark(Mark(stream, "received", desk.station.generation, 0, NO_HASH))
        losses.append_missing(work, stream, losses.written_by_all(work, up))


def _answer_body(work: UnitOfWork, card: StationCard, certificate: bytes) -> dict[str, Any]:
    """The certificate; for a station that was here before, the highest codes and the generations that are known."""
    body: dict[str, Any] = {"certificate": certificate.decode(), "serial_share": [0, 40]}
    known = work.generations(f"{card.station}/up")
    if known:
        body |= {"codes": work.highest_codes(StationId(card.station)), "generations": list(known)}
    return body


def _certified(work: UnitOfWork, stream: str, signing: SigningKey) -> bool:
    """Whether the newest answer for a station holds under the present key: this station may have changed its own."""
    _, _, line = _answer_line(work, stream)
    try:
        bundles.read_certificate(read_entry(line).body["certificate"].encode(), signing.public)
    except Problem:
        return False
    return True


def _answer_line(work: UnitOfWork, stream: str) -> tuple[int, str, bytes]:
    """Number, hash before and line of the newest certificate in a stream that goes down."""
    found = [
        (number, line)
        for number, line in work.stream_lines(stream)
        if read_entry(line).kind == keys.CERTIFICATE and "serial_share" in read_entry(line).body
    ]
    number, line = found[-1]
    return number, work.stream_hash(stream, number - 1), line


def _keys_of(reader: Reader, station_id: str) -> list[StationKey]:
    return [key for key in reader.station_keys() if key.station_id == station_id]


def _become(desk: Desk, work: UnitOfWork, station_id: StationId) -> None:
    """An empty vault goes on as a station whose computer was lost (ENROLMENT_NOT_EMPTY)."""
    if desk.station.enrolled or work.counts()["revisions"]:
        raise Problem("ENROLMENT_NOT_EMPTY")
    work.set_setting("station", {**work.setting("station"), "id": station_id})
    work.rename_station(desk.station.id, station_id)


def _leave_parent(desk: Desk, work: UnitOfWork, before: StationId) -> None:
    """The station above was taken over: its successor hears everything from the first entry on."""
    for row in work.stations():
        if row.id == before:
            work.put_station(replace(row, relation=succession.PREDECESSOR))
    work.set_setting(succession.ABOVE, "")
    work.set_mark(Mark(desk.station.up_stream, "received", desk.station.generation, 0, NO_HASH))


def _trust_parent(desk: Desk, work: UnitOfWork, card: StationCard, stream: str) -> StationRow:
    """The station above with its newest key; one that an older answer names changes nothing."""
    known = next((row for row in work.stations() if row.id == card.station), None)
    key = next((key for key in work.station_keys() if key.key_id == card.key_id), None)
    if key is not None and (key.ended or key.station_id != card.station):
        raise Problem("ENROLMENT_REVOKED", name=card.name)
    if key is not None and known is not None:
        return known
    if known is not None:
        keys.end(desk, work, _keys_of(work, known.id), "lost", "", stream)
    return keys.know(work, card, b"", "parent")


def _note_parent(work: UnitOfWork, card: StationCard, body: dict[str, Any]) -> None:
    raw = dict(work.setting("station"))
    raw |= {"parent_id": card.station, "parent_name": card.name, "serial_share": body["serial_share"]}
    work.set_setting("station", raw)


def _take_first(work: UnitOfWork, introduction: bundles.Introduction) -> None:
    """The answer's entry begins the stream from above, unless that has begun or goes on from entries yet to come."""
    header, entry = introduction.header, introduction.entries[0]
    if entry.number == 1 and work.stream_head(header.stream).number == 0:
        work.follow(header.stream, header.generation)
        work.append_entry(header.stream, entry.kind, entry.body_bytes)
        work.set_mark(Mark(header.stream, "taken", header.generation, entry.number, entry.hash))


def parent_of(reader: Reader) -> StationRow:
    """The station above (NOT_ENROLLED)."""
    row = next((row for row in reader.stations() if row.relation == "parent"), None)
    if row is None:
        raise Problem("NOT_ENROLLED")
    return row
