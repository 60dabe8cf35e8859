"""Enrolment: a village and its township come to know each other's keys (R9.1).

The request and the answer travel on a stick; what makes them trustworthy is that both sides compare the
fingerprint, in words, by telephone or face to face. Until then nothing is taken from the other.
"""

from dataclasses import dataclass, replace

from jiandang_desktop import bundles
from jiandang_desktop.bundles import StationCard
from jiandang_desktop.domain import canonical
from jiandang_desktop.domain.chain import NO_HASH
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import StationId
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.ports.vault import Mark, Reader, StationRow, UnitOfWork
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


_BELOW = {"township": "village", "banner": "township"}


def request(desk: Desk) -> EnrolmentFile:
    """The request to the station above (NOT_ALLOWED, ENROLMENT_NOT_HERE at the top level)."""
    desk.require(Right.MANAGE_KEYS)
    if desk.station.level == "banner":
        raise Problem("ENROLMENT_NOT_HERE")
    with desk.vault.read() as reader:
        card, keys = own_card(desk, reader), own_keys(reader)
    sealed = bundles.seal_introduction(
        kind="enrolment_request", card=card, signing=keys.signing, made_at=desk.now_label()
    )
    desk.vault.log("enrolment_request")
    return EnrolmentFile(sealed.data, bundles.file_name(sealed.header), _fingerprint(desk, card))


def read_request(desk: Desk, data: bytes) -> EnrolmentView:
    """What a request says (NOT_ALLOWED, BUNDLE_…, ENROLMENT_WRONG_LEVEL)."""
    desk.require(Right.MANAGE_KEYS)
    card = bundles.read_introduction(data, kind="enrolment_request", own=()).card
    if _BELOW.get(desk.station.level) != card.level:
        raise Problem("ENROLMENT_WRONG_LEVEL", name=card.name)
    return EnrolmentView(card, _fingerprint(desk, card))


def approve(desk: Desk, data: bytes) -> EnrolmentFile:
    """Take a station in after the fingerprints were compared, and write the answer.

    Approving the same request again gives an equal trust and a new answer file.
    Problems: NOT_ALLOWED, BUNDLE_…, ENROLMENT_WRONG_LEVEL, ENROLMENT_OTHER_KEY where the station is known with
    another key (rotation is a matter of its own).
    """
    view = read_request(desk, data)
    card = view.card
    with desk.vault.work("enrolment_approve") as work:
        known = next((row for row in work.stations() if row.id == card.station), None)
        if known is not None and known.signing_public != card.signing_public:
            raise Problem("ENROLMENT_OTHER_KEY", name=known.name)
        if known is not None and known.revoked:
            raise Problem("ENROLMENT_REVOKED", name=known.name)
        keys, mine = own_keys(work), own_card(desk, work)
        certificate = bundles.certify(keys.signing, desk.station.id, card, desk.now_label())
        work.put_station(_station_row(card, certificate, "child"))
        stream = desk.station.down_stream(card.station)
        if known is None:
            body = canonical.encode({"certificate": certificate.decode(), "serial_share": [0, 40]})
            work.append_entry(stream, "certificate", body)
        work.note(station=card.station)
        lines = [line for _, line in work.stream_lines(stream)][:1]
        sealed = bundles.seal(
            kind="enrolment_answer",
            sender=desk.station.id,
            signing=keys.signing,
            recipients=[(card.station, card.recipient)],
            stream=stream,
            generation=desk.station.generation,
            first=1,
            previous=NO_HASH,
            lines=lines,
            made_at=desk.now_label(),
            introduces=mine,
        )
        work.commit()
    return EnrolmentFile(sealed.data, bundles.file_name(sealed.header), _fingerprint(desk, mine))


def read_answer(desk: Desk, data: bytes) -> EnrolmentView:
    """What an answer says of the station above (NOT_ALLOWED, BUNDLE_…, ENROLMENT_WRONG_LEVEL)."""
    desk.require(Right.MANAGE_KEYS)
    card = _answer(desk, data).card
    return EnrolmentView(card, _fingerprint(desk, card))


def accept(desk: Desk, data: bytes) -> StationRow:
    """Take the station above as ours after the fingerprints were compared.

    Problems: NOT_ALLOWED, BUNDLE_…, ENROLMENT_WRONG_LEVEL, ENROLMENT_OTHER_PARENT, ENROLMENT_NOT_OURS.
    """
    desk.require(Right.MANAGE_KEYS)
    introduction = _answer(desk, data)
    card = introduction.card
    if desk.station.parent_id and desk.station.parent_id != card.station:
        raise Problem("ENROLMENT_OTHER_PARENT", name=desk.station.parent_name)
    entry = introduction.entries[0]
    with desk.vault.work("enrolment_accept") as work:
        mine = own_card(desk, work)
        certificate = bundles.read_certificate(entry.body["certificate"].encode(), card.signing_public)
        if certificate.card != mine:
            raise Problem("ENROLMENT_NOT_OURS")
        row = _station_row(card, b"", "parent")
        work.put_station(row)
        _note_parent(work, card, entry.body["serial_share"])
        stream = introduction.header.stream
        if work.stream_head(stream).number == 0:
            work.append_entry(stream, entry.kind, entry.body_bytes)
            work.set_mark(Mark(stream, "taken", introduction.header.generation, entry.number, entry.hash))
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
    """Take nothing more from a station's key (NOT_ALLOWED, NO_SUCH_STATION, REASON_MISSING)."""
    desk.require(Right.MANAGE_KEYS)
    if not reason.strip():
        raise Problem("REASON_MISSING")
    with desk.vault.work("enrolment_revoke") as work:
        row = next((row for row in work.stations() if row.id == station_id and row.relation == "child"), None)
        if row is None:
            raise Problem("NO_SUCH_STATION", id=station_id)
        revoked = _revoked(row, reason.strip())
        work.put_station(revoked)
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


def _note_parent(work: UnitOfWork, card: StationCard, share: list[int]) -> None:
    raw = dict(work.setting("station"))
    raw |= {"parent_id": card.station, "parent_name": card.name, "serial_share": share}
    work.set_setting("station", raw)


def _station_row(card: StationCard, certificate: bytes, relation: str) -> StationRow:
    return StationRow(
        id=StationId(card.station),
        name=card.name,
        level=card.level,
        division_code=card.division_code,
        key_id=bundles.key_id(card.signing_public),
        signing_public=card.signing_public,
        recipient=card.recipient,
        certificate=certificate,
        relation=relation,
    )


def _revoked(row: StationRow, reason: str) -> StationRow:
    return replace(row, revoked=True, revoked_reason=reason)


def parent_of(reader: Reader) -> StationRow:
    """The station above (NOT_ENROLLED)."""
    row = next((row for row in reader.stations() if row.relation == "parent"), None)
    if row is None:
        raise Problem("NOT_ENROLLED")
    return row
