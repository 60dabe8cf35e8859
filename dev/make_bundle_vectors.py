"""Make the test vectors of the bundle format: tests/bundles/vectors/*.jdb and manifest.toml.

Keys are fixed. Encryption isn't repeatable, so a file that exists is kept as it is: delete one to make it anew.
Usage: PYTHONPATH=src python dev/make_bundle_vectors.py
"""

import base64
import hashlib
import json
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyrage
import zstandard

from jiandang_desktop.bundles import SigningKey, armour
from jiandang_desktop.bundles.card import StationCard
from jiandang_desktop.domain import canonical
from jiandang_desktop.domain.chain import NO_HASH, entry_hash, entry_line

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "bundles" / "vectors"
GENERATION = "0123456789abcdef" * 2
MADE_AT = "2026-11-24T22:40:00+08:00"
HOLE = object()
"""In header changes: leave this key out."""


@dataclass(frozen=True)
class Party:
    """A station with fixed keys that protect nothing but these vectors."""

    name: str
    level: str
    division: str
    station: str
    secret: str
    key_of: str = ""
    """What its signing key is made from where that isn't the station's id."""

    @property
    def key(self) -> SigningKey:
        """Its signing key."""
        return SigningKey.from_seed(hashlib.sha256(f"vector {self.key_of or self.station}".encode()).digest())

    @property
    def recipient(self) -> str:
        """Its age recipient."""
        return str(pyrage.x25519.Identity.from_str(self.secret).to_public())

    @property
    def card(self) -> dict[str, Any]:
        """Its card as a plain object."""
        key = self.key.public
        return StationCard(self.station, self.name, self.level, self.division, key, self.recipient).as_object()


def _party(digit: str, name: str, level: str, division: str, secret: str) -> Party:
    return Party(name, level, division, digit * 16, f"AGE-SECRET-KEY-1{secret}")


VILLAGE = _party(
    "1", "向阳村卫生室", "village", "150423100201", "A5XPUMU4FA46G03LTW0DAZRXU8RVGGQ39GMXHJZCAYSS5AQJKYMSHK0REG"
)
TOWNSHIP = _party(
    "2", "红旗镇卫生院", "township", "150423100", "VQ5YTM99X8X2DTSRC24GUC9FMYPQJYLYHAHVL344J4H0ET6RDY2SQCRTM8"
)
OTHER = _party(
    "3", "青山村卫生室", "village", "150423100202", "ZRS3550YXMDT3N0QS3MCW647YW4NWD993NNJMEP46QX69P5633TQGSDVS5"
)
REVOKED = _party(
    "4", "旧站卫生室", "village", "150423100203", "E96LWKM8TQN4YNSUZNLXLZUY2L8833VV337H95ADKYVQRF5682DS6VPYZW"
)
EARLIER = replace(VILLAGE, key_of="earlier key of the village")
"""The village with a key that it replaced when two entries of its stream had been taken."""
UNKNOWN = _party(
    "5", "无名卫生室", "village", "150423100204", "AEU7UE550GKMK8WVXD0DEVAUTMQSWWRSZ3XR23L7SW9N2F3ZFQ7QTWQWXE"
)

UP = f"{VILLAGE.station}/up"
DOWN = f"{TOWNSHIP.station}/down/{VILLAGE.station}"


def entries(bodies: Sequence[bytes], stream: str = UP, first: int = 1, previous: str = NO_HASH) -> list[bytes]:
    """Chained lines."""
    lines = []
    for number, body in enumerate(bodies, start=first):
        lines.append(entry_line(stream, number, previous, "revision", body))
        previous = entry_hash(lines[-1])
    return lines


BODIES = [canonical.encode({"text": f"made-up entry {number}", "value": number / 4}) for number in range(1, 4)]
LINES = entries(BODIES)


def squeeze(plain: bytes, **options: Any) -> bytes:
    """A zstd frame."""
    return zstandard.ZstdCompressor(level=3, **options).compress(plain)


def lock(compressed: bytes, *parties: Party) -> bytes:
    """An age file."""
    return bytes(pyrage.encrypt(compressed, [pyrage.x25519.Recipient.from_str(party.recipient) for party in parties]))


def text_of(lines: Sequence[bytes]) -> bytes:
    """The plaintext of lines."""
    return b"".join(line + b"\n" for line in lines)


def sha(data: bytes) -> str:
    """SHA-256 in hex digits."""
    return hashlib.sha256(data).hexdigest()


def sshsig(
    public: bytes,
    signature: bytes,
    namespace: str = armour.BUNDLE,
    digest: str = "sha512",
    kind: bytes = b"ssh-ed25519",
    width: int = 70,
    newline: str = "\n",
    version: int = 1,
) -> bytes:
    """An armoured signature, right or wrong."""

    def string(data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + data

    blob = b"SSHSIG" + version.to_bytes(4, "big") + string(string(kind) + string(public)) + string(namespace.encode())
    blob += string(b"") + string(digest.encode()) + string(string(kind) + string(signature))
    text = base64.b64encode(blob).decode()
    rows = [text[place : place + width] for place in range(0, len(text), width)]
    return newline.join(["-----BEGIN SSH SIGNATURE-----", *rows, "-----END SSH SIGNATURE-----", ""]).encode()


def sign(signed: bytes, party: Party = VILLAGE, **form: Any) -> bytes:
    """An armoured signature over bytes, in the given form."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    digest = form.get("digest", "sha512")
    name = form.get("namespace", armour.BUNDLE).encode()
    message = b"SSHSIG" + len(name).to_bytes(4, "big") + name + bytes(4) + len(digest).to_bytes(4, "big")
    hashed = hashlib.new(digest, signed).digest()
    message += digest.encode() + len(hashed).to_bytes(4, "big") + hashed
    return sshsig(party.key.public, Ed25519PrivateKey.from_private_bytes(party.key.seed).sign(message), **form)


def make(
    lines: Sequence[bytes] = LINES,
    *,
    sender: Party = VILLAGE,
    signer: Party | None = None,
    to: Sequence[Party] = (TOWNSHIP,),
    plain: bytes | None = None,
    compressed: bytes | None = None,
    payload: bytes | None = None,
    changes: Mapping[str, Any] | None = None,
    line: Callable[[bytes], bytes] = lambda line: line,
    first_line: bytes = b"jiandang-bundle 1\n",
    armoured: Callable[[bytes], bytes] | None = None,
) -> bytes:
    """A bundle from its parts; whatever isn't given is right for what is."""
    plain = text_of(lines) if plain is None else plain
    compressed = squeeze(plain) if compressed is None else compressed
    payload = lock(compressed, *to) if payload is None else payload
    header: dict[str, Any] = {
        "acknowledges": None,
        "attachments": 0,
        "entries": len(lines),
        "first": 1,
        "generation": GENERATION,
        "head": entry_hash(lines[-1]) if lines else NO_HASH,
        "introduces": None,
        "kind": "submission",
        "last": len(lines),
        "made_at": MADE_AT,
        "payload_sha256": sha(payload),
        "payload_size": len(payload),
        "plain_sha256": sha(plain),
        "plain_size": len(plain),
        "previous": NO_HASH,
        "recipients": sorted(party.station for party in to),
        "sender": sender.station,
        "sender_key": sender.key.key_id,
        "stream": UP,
        "suite": "1",
    }
    header |= changes or {}
    header = {key: value for key, value in header.items() if value is not HOLE}
    text = json.dumps(header, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    signed = first_line + line(text.encode() + b"\n")
    signature = armoured(signed) if armoured else sign(signed, signer or sender)
    return signed + signature + payload


def request(**changes: Any) -> bytes:
    """An enrolment request of the unknown village; ``extra`` bytes may stand after the signature."""
    extra = changes.pop("extra", b"")
    empty = {"kind": "enrolment_request", "stream": "", "generation": "", "first": 0, "last": 0}
    sizes = {"payload_size": 0, "payload_sha256": sha(b""), "plain_sha256": sha(b""), "recipients": []}
    header = empty | sizes | {"introduces": UNKNOWN.card} | changes
    return make([], plain=b"", payload=b"", to=(), sender=UNKNOWN, changes=header) + extra


def down(kind: str, **changes: Any) -> bytes:
    """A bundle of the township for the village."""
    lines = entries([canonical.encode({"verdict": "archived"})], DOWN)
    header = {"kind": kind, "stream": DOWN} | changes
    return make(lines, sender=TOWNSHIP, to=(VILLAGE,), changes=header)


def over(kind: str, to: Party = VILLAGE, **changes: Any) -> bytes:
    """A bundle of the other village for its successor."""
    stream = f"{OTHER.station}/over/{to.station}"
    lines = entries([canonical.encode({"reason": "closing"})], stream)
    return make(lines, sender=OTHER, to=(to,), changes={"kind": kind, "stream": stream} | changes)


def by_stock_tools() -> bytes:
    """A bundle whose payload and signature were made by zstd, age and ssh-keygen."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "plain").write_bytes(text_of(LINES))

        def run(*words: str) -> None:
            subprocess.run(words, cwd=folder, check=True, capture_output=True)

        run("zstd", "-q", "-3", "plain", "-o", "plain.zst")
        run("age", "-r", TOWNSHIP.recipient, "-o", "payload", "plain.zst")

        def keygen(signed: bytes) -> bytes:
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
            from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

            key = Ed25519PrivateKey.from_private_bytes(VILLAGE.key.seed)
            pem = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
            (folder / "key").write_bytes(pem)
            (folder / "key").chmod(0o600)
            (folder / "signed").write_bytes(signed)
            run("ssh-keygen", "-q", "-Y", "sign", "-f", "key", "-n", armour.BUNDLE, "signed")
            return (folder / "signed.sig").read_bytes()

        return make(payload=(folder / "payload").read_bytes(), armoured=keygen)


def resign(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    """A change of the header line."""

    def change(line: bytes) -> bytes:
        if old not in line:
            raise ValueError(f"{old!r} is not in the header")
        return line.replace(old, new, 1)

    return change


def parts(data: bytes) -> tuple[bytes, bytes, bytes]:
    """The signed lines, the signature and the payload of a right bundle."""
    rows = data.split(b"\n", 8)
    return b"\n".join(rows[:2]) + b"\n", b"\n".join(rows[2:8]) + b"\n", rows[8]


def tampered(find: bytes, put: bytes) -> bytes:
    """A bundle whose header was changed after it was signed."""
    signed, signature, payload = parts(make())
    if find not in signed:
        raise ValueError(f"{find!r} is not in the header")
    return signed.replace(find, put, 1) + signature + payload


def enveloped(change: Callable[[bytes], bytes]) -> bytes:
    """A bundle whose age file was changed before the header was made and signed."""
    return make(payload=change(lock(squeeze(text_of(LINES)), TOWNSHIP)))


def stanzas(payload: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    """Intro line, X25519 stanza, grease stanza, rest of an age file for one recipient."""
    rows = payload.split(b"\n", 3)
    mac = payload.index(b"\n--- ") + 1
    place = len(b"\n".join(rows[:3])) + 1
    return rows[0] + b"\n", payload[len(rows[0]) + 1 : place], payload[place:mac], payload[mac:]


def grease_first(payload: bytes) -> bytes:
    """The two stanzas exchanged."""
    intro, ours, grease, rest = stanzas(payload)
    return intro + grease + ours + rest


def grease_twice(payload: bytes) -> bytes:
    """The grease stanza doubled."""
    intro, ours, grease, rest = stanzas(payload)
    return intro + ours + grease + grease + rest


def foreign_stanza(payload: bytes) -> bytes:
    """A stanza of another type in place of the grease."""
    intro, ours, _, rest = stanzas(payload)
    return intro + ours + b"-> ssh-ed25519 " + b"AAAAAA " + b"A" * 43 + b"\n" + b"A" * 43 + b"\n" + rest


def flip(data: bytes, place: int) -> bytes:
    """One bit changed."""
    changed = bytearray(data)
    changed[place] ^= 1
    return bytes(changed)


def lying_frame(stated: int, real: bytes) -> bytes:
    """A frame that states another size for its content (in a field of 4 bytes)."""
    block = len(real) << 3 | 1
    return b"\x28\xb5\x2f\xfd\xa0" + stated.to_bytes(4, "little") + block.to_bytes(3, "little") + real


def bomb() -> bytes:
    """A frame of 1 MiB of repeated-byte blocks that would open to 8 GiB, and states the size of LINES."""
    blocks = b"".join((0x20000 << 3 | 2).to_bytes(3, "little") + b"A" for _ in range(1000))
    last = (0x20000 << 3 | 3).to_bytes(3, "little") + b"A"
    stated = len(text_of(LINES)).to_bytes(4, "little")
    return b"\x28\xb5\x2f\xfd\x80\x58" + stated + blocks + last


def rechained(change: Callable[[list[bytes]], list[bytes]]) -> bytes:
    """A bundle whose entries were changed before they were sealed; the head is that of the last line."""
    return make(change(list(LINES)), changes={"entries": 3, "last": 3})


def spliced(old: bytes, new: bytes, number: int = 2) -> bytes:
    """A bundle in one line of which something was exchanged; everything about it declared truly."""
    return rechained(lambda lines: [*lines[: number - 1], lines[number - 1].replace(old, new), *lines[number:]])


def body(raw: bytes) -> bytes:
    """A bundle with one entry whose body is just these bytes."""
    return make(entries([raw]))


SIGNED, SIGNATURE, PAYLOAD = parts(make())
GOOD = SIGNED + SIGNATURE + PAYLOAD
HIGH_S = 2**252 + 27742317777372353535851937790883648493


def high_s(signed: bytes) -> bytes:
    """The signature's second half with the group's order added."""
    public, signature = armour.unwrap(sign(signed), armour.BUNDLE)
    second = int.from_bytes(signature[32:], "little") + HIGH_S
    return sshsig(public, signature[:32] + second.to_bytes(32, "little"))


OK_VECTORS: dict[str, Callable[[], bytes]] = {
    "three-entries": make,
    "one-entry": lambda: make(LINES[:1]),
    "taken-before-the-key-ended": lambda: make(LINES[:2], sender=EARLIER),
    "later-piece": lambda: make(
        entries(BODIES, UP, 7, "ab" * 32), changes={"first": 7, "last": 9, "previous": "ab" * 32}
    ),
    "two-recipients": lambda: make(to=(OTHER, TOWNSHIP)),
    "stock-tools": by_stock_tools,
    "made-1980": lambda: make(changes={"made_at": "1980-01-01T00:00:00+08:00"}),
    "made-2099": lambda: make(changes={"made_at": "2099-12-31T23:59:59+08:00"}),
    "made-in-utc": lambda: make(changes={"made_at": "2026-11-24T14:40:00+00:00"}),
    "acknowledges": lambda: make(
        changes={"acknowledges": {"generation": GENERATION, "hash": "cd" * 32, "number": 5, "stream": DOWN}}
    ),
    "acknowledges-nothing-yet": lambda: make(
        changes={"acknowledges": {"generation": GENERATION, "hash": NO_HASH, "number": 0, "stream": DOWN}}
    ),
    "rare-characters": lambda: body(canonical.encode({"name": "𬸚㐂\U000323af", "note": '"\\/\b\f\n\r\t\x01\x7f é'})),
    "high-number": lambda: make(
        entries(BODIES, UP, 2**40 - 2, "ab" * 32),
        changes={"first": 2**40 - 2, "last": 2**40, "previous": "ab" * 32},
    ),
    "unknown-entry-kind": lambda: make([LINES[0].replace(b'"kind":"revision"', b'"kind":"something_newer"')]),
}

OK_DOWN_VECTORS: dict[str, Callable[[], bytes]] = {
    "receipt": lambda: down(
        "receipt", acknowledges={"generation": GENERATION, "hash": "cd" * 32, "number": 5, "stream": UP}
    ),
    "downward": lambda: down("downward"),
    "handover-receipt": lambda: over(
        "handover_receipt",
        acknowledges={
            "generation": GENERATION,
            "hash": "cd" * 32,
            "number": 5,
            "stream": f"{VILLAGE.station}/over/{OTHER.station}",
        },
    ),
}

OK_INTRODUCTIONS: dict[str, Callable[[], bytes]] = {
    "enrolment-request": request,
    "enrolment-answer": lambda: down("enrolment_answer", introduces=TOWNSHIP.card),
    "handover": lambda: over("handover", introduces=OTHER.card),
    "transfer": lambda: over("transfer", introduces=OTHER.card),
}


def _header_holes() -> dict[str, Callable[[], bytes]]:
    keys = json.loads(SIGNED.split(b"\n")[1])
    return {
        f"header-without-{key.replace('_', '-')}": lambda key=key: make(changes={key: HOLE}) for key in sorted(keys)
    }


def _header_nulls() -> dict[str, Callable[[], bytes]]:
    keys = sorted(json.loads(SIGNED.split(b"\n")[1]).keys() - {"acknowledges", "introduces"})
    return {f"header-null-{key.replace('_', '-')}": lambda key=key: make(changes={key: None}) for key in keys}


def _changed(key: str, *values: Any) -> dict[str, Callable[[], bytes]]:
    """Headers with another value for one key, all else true."""
    name = key.replace("_", "-")
    return {
        f"header-{name}-{number}": lambda value=value: make(changes={key: value})
        for number, value in enumerate(values, start=1)
    }


SHAPE_VECTORS: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "one-byte": lambda: b"j",
    "magic-only": lambda: b"jiandang-bundle 1",
    "first-line-only": lambda: b"jiandang-bundle 1\n",
    "not-a-bundle": lambda: b"PK\x03\x04" + bytes(200),
    "header-line-not-ended": lambda: SIGNED[:-1],
    "header-line-too-long": lambda: b"jiandang-bundle 1\n" + b" " * 65537 + b"\n",
    "cut-in-armour": lambda: SIGNED + SIGNATURE[:100],
    "armour-without-last-newline": lambda: SIGNED + SIGNATURE[:-1],
    "byte-order-mark": lambda: b"\xef\xbb\xbf" + GOOD,
    "blank-line-first": lambda: b"\n" + GOOD,
    "text-first": lambda: b"see below\n" + GOOD,
    "blank-line-between": lambda: SIGNED + b"\n" + SIGNATURE + PAYLOAD,
    "text-between": lambda: SIGNED + b"comment\n" + SIGNATURE + PAYLOAD,
    "lines-exchanged": lambda: b"\n".join(reversed(SIGNED.split(b"\n")[:2])) + b"\n" + SIGNATURE + PAYLOAD,
    "header-twice": lambda: SIGNED + SIGNED.split(b"\n")[1] + b"\n" + SIGNATURE + PAYLOAD,
    "first-line-twice": lambda: make(first_line=b"jiandang-bundle 1\n" * 2),
    "first-line-crlf": lambda: make(first_line=b"jiandang-bundle 1\r\n"),
    "first-line-blank-at-end": lambda: make(first_line=b"jiandang-bundle 1 \n"),
    "first-line-upper-case": lambda: make(first_line=b"JIANDANG-BUNDLE 1\n"),
    "first-line-01": lambda: make(first_line=b"jiandang-bundle 01\n"),
    "first-line-1.0": lambda: make(first_line=b"jiandang-bundle 1.0\n"),
    "first-line-0": lambda: make(first_line=b"jiandang-bundle 0\n"),
    "first-line-no-number": lambda: make(first_line=b"jiandang-bundle\n"),
    "header-crlf": lambda: make(line=resign(b"\n", b"\r\n")),
    "header-blank": lambda: make(line=resign(b",", b", ")),
    "header-blank-at-end": lambda: make(line=resign(b"\n", b" \n")),
    "header-key-order": lambda: make(
        line=resign(b'"acknowledges":null,"attachments":0', b'"attachments":0,"acknowledges":null')
    ),
    "header-decimal": lambda: make(line=resign(b'"attachments":0', b'"attachments":0.0')),
    "header-exponent": lambda: make(line=resign(b'"entries":3', b'"entries":3e0')),
    "header-minus-zero": lambda: make(line=resign(b'"attachments":0', b'"attachments":-0')),
    "header-escaped-letter": lambda: make(line=resign(b'"submission"', b'"\\u0073ubmission"')),
    "header-key-twice": lambda: make(line=resign(b'"attachments":0', b'"attachments":0,"attachments":0')),
    "header-nan": lambda: make(line=resign(b'"attachments":0', b'"attachments":NaN')),
    "header-infinity": lambda: make(line=resign(b'"attachments":0', b'"attachments":1e999')),
    "header-trailing-comma": lambda: make(line=resign(b"}\n", b",}\n")),
    "header-comment": lambda: make(line=resign(b"}\n", b"}//\n")),
    "header-nested-deep": lambda: make(line=lambda _: b"[" * 30000 + b"]" * 30000 + b"\n"),
    "header-long-number": lambda: make(line=resign(b'"first":1', b'"first":' + b"1" * 10000)),
    "header-not-utf8": lambda: make(line=resign(b'"suite":"1"', b'"suite":"\xff"')),
    "header-array": lambda: make(line=lambda line: b"[" + line[:-1] + b"]\n"),
    "header-extra-key": lambda: make(changes={"zone": "x"}),
    **_header_holes(),
    **_header_nulls(),
    **_changed("first", -1, 0, 2, "1", True, [1]),
    **_changed("last", 2, 4, 2**31, 2**53, 2**63 - 1, 2**64),
    **_changed("entries", 0, 2, 4),
    **_changed("attachments", 1, -1),
    **_changed("payload_size", 0, -1),
    **_changed("plain_size", 0, "9"),
    **_changed("made_at", "2026-02-31T10:00:00+08:00", "yesterday", "2026-11-24T22:40:00", "2026-11-24 22:40:00+08:00"),
    **_changed("generation", "", "0123", GENERATION.upper()),
    **_changed("head", "zz" * 32, "ab" * 31, "AB" * 32),
    **_changed("previous", "ab" * 32),
    **_changed("payload_sha256", "", "00"),
    **_changed("sender", "1111", "111111111111111G", "1" * 15 + "A"),
    **_changed("recipients", [], "2222222222222222", ["2" * 16, "2" * 16], ["3" * 16, "2" * 16], ["../../x"]),
    **_changed("stream", "", f"{OTHER.station}/up", DOWN, f"{VILLAGE.station}/down/{TOWNSHIP.station}"),
    **_changed("acknowledges", {}, {"generation": GENERATION, "hash": NO_HASH, "number": 5, "stream": DOWN}),
    "first-above-1-without-previous": lambda: make(changes={"first": 4, "last": 6}),
    "too-many-recipients": lambda: make(changes={"recipients": [f"{number:016x}" for number in range(17)]}),
    "submission-introduces": lambda: make(changes={"introduces": VILLAGE.card}),
    "kind-against-stream": lambda: make(changes={"kind": "receipt"}),
    "signature-absent": lambda: SIGNED + PAYLOAD,
    "signature-begins-twice": lambda: SIGNED + b"-----BEGIN SSH SIGNATURE-----\n" + SIGNATURE + PAYLOAD,
    "signature-crlf": lambda: make(armoured=lambda signed: sign(signed, newline="\r\n")),
    "signature-rewrapped": lambda: make(armoured=lambda signed: sign(signed, width=64)),
    "signature-other-namespace": lambda: make(armoured=lambda signed: sign(signed, namespace="backup@jiandang")),
    "signature-of-a-file": lambda: make(armoured=lambda signed: sign(signed, namespace="file")),
    "signature-sha256": lambda: make(armoured=lambda signed: sign(signed, digest="sha256")),
    "signature-other-key-type": lambda: make(armoured=lambda signed: sign(signed, kind=b"ssh-ed25518")),
    "signature-certificate-type": lambda: make(
        armoured=lambda signed: sign(signed, kind=b"ssh-ed25519-cert-v01@openssh.com")
    ),
    "signature-version-2": lambda: make(armoured=lambda signed: sign(signed, version=2)),
    "signature-lower-case-armour": lambda: make(
        armoured=lambda signed: sign(signed).replace(b"BEGIN SSH", b"Begin SSH")
    ),
}

INTRODUCTION_VECTORS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "request-without-card": ("BUNDLE_SHAPE", lambda: request(introduces=None)),
    "request-card-of-another": ("BUNDLE_SHAPE", lambda: request(introduces=OTHER.card)),
    "request-card-other-station": ("BUNDLE_SHAPE", lambda: request(introduces=UNKNOWN.card | {"station": "6" * 16})),
    "request-card-extra-key": ("BUNDLE_SHAPE", lambda: request(introduces=UNKNOWN.card | {"phone": "1"})),
    "request-card-bad-level": ("BUNDLE_SHAPE", lambda: request(introduces=UNKNOWN.card | {"level": "county"})),
    "request-card-bad-division": ("BUNDLE_SHAPE", lambda: request(introduces=UNKNOWN.card | {"division_code": "15"})),
    "request-card-name-turned-round": (
        "BUNDLE_SHAPE",
        lambda: request(introduces=UNKNOWN.card | {"name": "村\u202e卫"}),
    ),
    "request-card-name-too-long": ("BUNDLE_SHAPE", lambda: request(introduces=UNKNOWN.card | {"name": "村" * 61})),
    "request-card-recipient-upper-case": (
        "BUNDLE_SHAPE",
        lambda: request(introduces=UNKNOWN.card | {"recipient": UNKNOWN.recipient.upper()}),
    ),
    "request-card-recipient-mistyped": (
        "BUNDLE_SHAPE",
        lambda: request(introduces=UNKNOWN.card | {"recipient": UNKNOWN.recipient[:-1] + "q"}),
    ),
    "request-card-recipient-zero": (
        "BUNDLE_SHAPE",
        lambda: request(introduces=UNKNOWN.card | {"recipient": bech32("age", bytes(32))}),
    ),
    "request-card-recipient-low-order": (
        "BUNDLE_SHAPE",
        lambda: request(introduces=UNKNOWN.card | {"recipient": bech32("age", LOW_ORDER_U)}),
    ),
    **{
        f"request-card-low-order-{number}": ("BUNDLE_SHAPE", lambda public=public: low_order_request(public))
        for number, public in enumerate(
            (
                bytes(32),
                b"\x01" + bytes(31),
                (2**255 - 20).to_bytes(32, "little"),
                bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
                bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"),
                (2**255 - 18).to_bytes(32, "little"),
            ),
            start=1,
        )
    },
    "request-signed-by-another": ("BUNDLE_SIGNATURE", lambda: signed_by_another()),  # noqa: PLW0108 - defined below
    "request-with-payload": ("BUNDLE_PAYLOAD", lambda: request(extra=b"x")),
    "request-with-stream": ("BUNDLE_SHAPE", lambda: request(stream=f"{UNKNOWN.station}/up")),
    "request-with-recipient": ("BUNDLE_SHAPE", lambda: request(recipients=[TOWNSHIP.station])),
    "answer-for-another": (
        "BUNDLE_RECIPIENT",
        lambda: make(
            entries(BODIES, f"{TOWNSHIP.station}/down/{OTHER.station}"),
            sender=TOWNSHIP,
            to=(OTHER,),
            changes={
                "kind": "enrolment_answer",
                "stream": f"{TOWNSHIP.station}/down/{OTHER.station}",
                "introduces": TOWNSHIP.card,
            },
        ),
    ),
    "submission-as-introduction": ("BUNDLE_SENDER", make),
    "handover-for-another": ("BUNDLE_RECIPIENT", lambda: over("handover", TOWNSHIP, introduces=OTHER.card)),
    "transfer-without-card": ("BUNDLE_SHAPE", lambda: over("transfer")),
    "transfer-for-another": ("BUNDLE_RECIPIENT", lambda: over("transfer", TOWNSHIP, introduces=OTHER.card)),
    "handover-without-card": ("BUNDLE_SHAPE", lambda: over("handover")),
    "handover-of-another": ("BUNDLE_SHAPE", lambda: over("handover", introduces=TOWNSHIP.card)),
    "handover-stream-of-another": (
        "BUNDLE_SHAPE",
        lambda: over("handover", introduces=OTHER.card, stream=f"{TOWNSHIP.station}/over/{VILLAGE.station}"),
    ),
    "handover-on-the-way-down": (
        "BUNDLE_SHAPE",
        lambda: over("handover", introduces=OTHER.card, stream=f"{OTHER.station}/down/{VILLAGE.station}"),
    ),
    "handover-receipt-introduces": ("BUNDLE_SHAPE", lambda: over("handover_receipt", introduces=OTHER.card)),
}

LOW_ORDER_U = 0xB8495F16056286FDB1329CEB8D09DA6AC49FF1FAE35616AEB8413B7C7AEBE0.to_bytes(32, "little")


def low_order_request(public: bytes) -> bytes:
    """A request whose key is a point of small order: a signature of zeros may hold for anything."""
    card = UNKNOWN.card | {"signing_public": public.hex()}
    signed, _, _ = parts(request(introduces=card, sender_key=sha(public)[:16]) + b"\n")
    return signed + sshsig(public, b"\x01" + bytes(63))


def signed_by_another() -> bytes:
    """A request signed by another key than the one it introduces."""
    signed, _, _ = parts(request() + b"\n")
    return signed + sign(signed, OTHER)


def bech32(prefix: str, data: bytes) -> str:
    """Bech32 text of 32 bytes (BIP 173)."""
    letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    number = int.from_bytes(data, "big") << 4
    digits = [number >> 5 * (51 - place) & 31 for place in range(52)]
    expanded = [ord(letter) >> 5 for letter in prefix] + [0] + [ord(letter) & 31 for letter in prefix]
    check = 1
    for value in [*expanded, *digits, 0, 0, 0, 0, 0, 0]:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, term in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= term if top >> bit & 1 else 0
    check ^= 1
    digits += [check >> 5 * (5 - place) & 31 for place in range(6)]
    return prefix + "1" + "".join(letters[digit] for digit in digits)


REFUSED: dict[str, dict[str, Callable[[], bytes]]] = {
    "BUNDLE_SHAPE": SHAPE_VECTORS,
    "BUNDLE_VERSION": {
        "version-2": lambda: make(first_line=b"jiandang-bundle 2\n"),
        "version-999": lambda: make(first_line=b"jiandang-bundle 999\n"),
        "suite-2": lambda: make(changes={"suite": "2"}),
        "suite-sm": lambda: make(changes={"suite": "sm"}),
        "suite-none": lambda: make(changes={"suite": "none"}),
        "kind-report": lambda: make(changes={"kind": "report"}),
        "kind-update-with-new-key": lambda: make(changes={"kind": "update", "zone": "x"}),
    },
    "BUNDLE_SIZE": {
        "payload-size-over-limit": lambda: make(changes={"payload_size": 512 * 2**20 + 1}),
        "plain-size-over-limit": lambda: make(changes={"plain_size": 2**30 + 1}),
        "entries-over-limit": lambda: make(changes={"entries": 1_000_001, "last": 1_000_001}),
    },
    "BUNDLE_SENDER": {
        "unknown-key": lambda: make(sender=UNKNOWN, changes={"stream": f"{UNKNOWN.station}/up"}),
        "unknown-key-known-station": lambda: make(changes={"sender_key": UNKNOWN.key.key_id}, signer=UNKNOWN),
        "known-key-of-another-station": lambda: make(changes={"sender_key": OTHER.key.key_id}, signer=OTHER),
    },
    "BUNDLE_REVOKED": {
        "revoked-key": lambda: make(sender=REVOKED, changes={"stream": f"{REVOKED.station}/up"}),
        "beyond-what-was-taken-under-the-key": lambda: make(sender=EARLIER),
        "another-generation-under-an-ended-key": lambda: make(
            LINES[:1], sender=EARLIER, changes={"generation": "f" * 32}
        ),
    },
    "BUNDLE_SIGNATURE": {
        "signed-by-another": lambda: make(signer=OTHER),
        "signature-zero": lambda: make(armoured=lambda _: sshsig(VILLAGE.key.public, bytes(64))),
        "signature-one-bit": lambda: make(armoured=wrong_bit),
        "signature-high-s": lambda: make(armoured=high_s),
        "signature-key-zero": lambda: make(armoured=lambda _: sshsig(bytes(32), bytes(64))),
        "signature-key-low-order": lambda: make(armoured=lambda _: sshsig(b"\x01" + bytes(31), b"\x01" + bytes(63))),
        "signature-of-another-bundle": lambda: SIGNED + parts(make(LINES[:1]))[1] + PAYLOAD,
        "time-changed-after": lambda: tampered(b"22:40:00", b"22:41:00"),
        "size-changed-after": lambda: tampered(b'"plain_size":', b'"plain_size":1'),
        "recipient-changed-after": lambda: tampered(b"2222222222222222", b"3333333333333333"),
        "generation-changed-after": lambda: tampered(GENERATION.encode(), b"f" * 32),
    },
    "BUNDLE_RECIPIENT": {
        "for-another-station": lambda: make(to=(OTHER,)),
        "for-us-but-not-declared": lambda: make(
            payload=lock(squeeze(text_of(LINES)), TOWNSHIP), changes={"recipients": [OTHER.station]}
        ),
    },
    "BUNDLE_PAYLOAD": {
        "payload-absent": lambda: SIGNED + SIGNATURE,
        "payload-one-byte-less": lambda: GOOD[:-1],
        "payload-one-byte-more": lambda: GOOD + b"\n",
        "payload-kilobyte-more": lambda: GOOD + bytes(1024),
        "payload-one-bit": lambda: flip(GOOD, -1),
        "payload-of-another-bundle": lambda: SIGNED + SIGNATURE + parts(make())[2],
        "two-bundles": lambda: GOOD * 2,
        "signature-then-blank-line": lambda: SIGNED + SIGNATURE + b"\n" + PAYLOAD,
        "signature-then-signature": lambda: SIGNED + SIGNATURE * 2 + PAYLOAD,
        "payload-halves-exchanged": lambda: SIGNED + SIGNATURE + PAYLOAD[200:] + PAYLOAD[:200],
        "payload-size-less-by-one": lambda: make(payload=PAYLOAD, changes={"payload_size": len(PAYLOAD) - 1}),
        "payload-hash-wrong": lambda: make(changes={"payload_sha256": "ab" * 32}),
    },
    "BUNDLE_DECRYPT": {
        "one-recipient-undeclared": lambda: make(
            payload=lock(squeeze(text_of(LINES)), TOWNSHIP, OTHER), changes={"recipients": [TOWNSHIP.station]}
        ),
        "one-recipient-missing": lambda: make(
            payload=lock(squeeze(text_of(LINES)), TOWNSHIP),
            changes={"recipients": [TOWNSHIP.station, OTHER.station]},
        ),
        "declared-but-not-for-us": lambda: make(payload=lock(squeeze(text_of(LINES)), OTHER)),
        "not-encrypted": lambda: make(payload=squeeze(text_of(LINES))),
        "passphrase": lambda: make(payload=pyrage.passphrase.encrypt(squeeze(text_of(LINES)), "12345678")),
        "age-armoured": lambda: make(
            payload=pyrage.encrypt(
                squeeze(text_of(LINES)), [pyrage.x25519.Recipient.from_str(TOWNSHIP.recipient)], armored=True
            )
        ),
        "age-version-2": lambda: enveloped(lambda payload: payload.replace(b"/v1\n", b"/v2\n", 1)),
        "age-crlf": lambda: enveloped(lambda payload: payload.replace(b"/v1\n", b"/v1\r\n", 1)),
        "age-header-mac": lambda: enveloped(lambda payload: flip(payload, payload.index(b"\n--- ") + 8)),
        "age-stanza-bit": lambda: enveloped(lambda payload: flip(payload, 40)),
        "age-chunk-bit": lambda: enveloped(lambda payload: flip(payload, -1)),
        "age-nonce-bit": lambda: enveloped(lambda payload: flip(payload, payload.index(b"\n--- ") + 50)),
        "age-cut-by-one": lambda: enveloped(lambda payload: payload[:-1]),
        "age-one-byte-more": lambda: enveloped(lambda payload: payload + b"x"),
        "age-header-only": lambda: enveloped(lambda payload: payload[: payload.index(b"\n--- ") + 49]),
        "age-grease-first": lambda: enveloped(grease_first),
        "age-grease-twice": lambda: enveloped(grease_twice),
        "age-other-stanza": lambda: enveloped(foreign_stanza),
        "age-stanza-blank-at-end": lambda: enveloped(lambda payload: payload.replace(b"\n--- ", b" \n--- ", 1)),
        "age-text-for-one-byte": lambda: make(plain=text_of(LINES), payload=lock(b"", TOWNSHIP)),
    },
    "BUNDLE_COMPRESSION": {
        "not-compressed": lambda: make(compressed=text_of(LINES)),
        "two-frames": lambda: make(compressed=squeeze(text_of(LINES)) + squeeze(b"x")),
        "two-frames-one-text": lambda: make(compressed=squeeze(text_of(LINES)[:90]) + squeeze(text_of(LINES)[90:])),
        "empty-frame-after": lambda: make(compressed=squeeze(text_of(LINES)) + squeeze(b"")),
        "byte-after-frame": lambda: make(compressed=squeeze(text_of(LINES)) + b"\n"),
        "skippable-frame-before": lambda: make(
            compressed=b"\x50\x2a\x4d\x18\x01\x00\x00\x00x" + squeeze(text_of(LINES))
        ),
        "skippable-frame-after": lambda: make(
            compressed=squeeze(text_of(LINES)) + b"\x50\x2a\x4d\x18\x01\x00\x00\x00x"
        ),
        "frame-cut": lambda: make(compressed=squeeze(text_of(LINES))[:-1]),
        "frame-bit": lambda: make(compressed=flip(squeeze(text_of(LINES), write_checksum=True), -1)),
        "frame-without-size": lambda: make(compressed=squeeze(text_of(LINES), write_content_size=False)),
        "frame-states-less": lambda: make(compressed=lying_frame(len(text_of(LINES)) - 1, text_of(LINES))),
        "frame-states-more": lambda: make(compressed=lying_frame(len(text_of(LINES)) + 1, text_of(LINES))),
        "frame-holds-more": lambda: make(compressed=lying_frame(len(text_of(LINES)), text_of(LINES) + b"\n")),
        "frame-holds-less": lambda: make(compressed=lying_frame(len(text_of(LINES)), text_of(LINES)[:-1])),
        "frame-window-64-mib": lambda: make(compressed=wide_frame()),
        "frame-dictionary": lambda: make(compressed=dictionary_frame()),
        "frame-reserved-bit": lambda: make(compressed=b"\x28\xb5\x2f\xfd\x28" + squeeze(text_of(LINES))[5:]),
        "bomb": lambda: make(compressed=bomb()),
        "plain-size-less-by-one": lambda: make(changes={"plain_size": len(text_of(LINES)) - 1}),
        "plain-size-more-by-one": lambda: make(changes={"plain_size": len(text_of(LINES)) + 1}),
        "empty-text": lambda: make(compressed=squeeze(b"")),
    },
    "BUNDLE_PLAINTEXT": {
        "plain-hash-wrong": lambda: make(changes={"plain_sha256": "ab" * 32}),
        "other-text-same-size": lambda: make(compressed=squeeze(text_of(LINES).replace(b"entry 2", b"entry 9"))),
    },
    "BUNDLE_ENTRIES": {
        "entry-previous-wrong": lambda: rechained(
            lambda lines: [lines[0], lines[1].replace(entry_hash(lines[0]).encode(), b"ab" * 32), lines[2]]
        ),
        "entry-number-wrong": lambda: spliced(b'"number":2', b'"number":5'),
        "entry-number-zero": lambda: spliced(b'"number":1', b'"number":0', 1),
        "entry-number-text": lambda: spliced(b'"number":2', b'"number":"2"'),
        "entry-number-true": lambda: spliced(b'"number":1', b'"number":true', 1),
        "entry-other-stream": lambda: make(entries(BODIES, f"{OTHER.station}/up")),
        "entry-kind-upper-case": lambda: spliced(b'"kind":"revision"', b'"kind":"Revision"'),
        "entry-without-kind": lambda: spliced(b'"kind":"revision",', b""),
        "entry-extra-key": lambda: spliced(b'"stream"', b'"more":1,"stream"'),
        "entry-key-twice": lambda: spliced(b'"number":2', b'"number":2,"number":2'),
        "entry-body-array": lambda: body(b"[1]"),
        "entry-body-text": lambda: body(b'"x"'),
        "entry-body-null": lambda: body(b"null"),
        "entry-blank": lambda: spliced(b'"kind":', b'"kind": '),
        "entry-escaped-letter": lambda: spliced(b"made-up", b"\\u006dade-up"),
        "entry-decimal-zero": lambda: body(b'{"value":1.0}'),
        "entry-exponent": lambda: body(b'{"value":1e3}'),
        "entry-seven-places": lambda: body(b'{"value":0.1234567}'),
        "entry-minus-zero": lambda: body(b'{"value":-0}'),
        "entry-nan": lambda: body(b'{"value":NaN}'),
        "entry-infinity": lambda: body(b'{"value":1e999}'),
        "entry-large-number": lambda: body(b'{"value":9007199254740993}'),
        "entry-lone-surrogate": lambda: body(b'{"value":"\\ud800"}'),
        "entry-not-utf8": lambda: body(b'{"value":"\xff"}'),
        "entry-byte-order-mark": lambda: body(b'\xef\xbb\xbf{"value":1}'),
        "entry-key-not-ascii": lambda: body('{"值":1}'.encode()),
        "entry-key-order": lambda: body(b'{"b":1,"a":2}'),
        "entry-trailing-comma": lambda: body(b'{"a":2,}'),
        "entry-nested-deep": lambda: body(b'{"a":' * 100000 + b"1" + b"}" * 100000),
        "entry-nested-33": lambda: body(b'{"a":' * 33 + b"1" + b"}" * 33),
        "entry-long-number": lambda: body(b'{"a":' + b"1" * 10000 + b"}"),
        "entry-line-too-long": lambda: body(b'{"a":"' + b"x" * (4 * 2**20) + b'"}'),
        "entry-missing": lambda: make(LINES[:2], changes={"entries": 3, "last": 3}),
        "entry-too-many": lambda: make(changes={"entries": 2, "last": 2}),
        "entries-exchanged": lambda: rechained(lambda lines: [lines[1], lines[0], lines[2]]),
        "entry-twice": lambda: rechained(lambda lines: [lines[0], lines[0], lines[1]]),
        "head-wrong": lambda: make(changes={"head": "ab" * 32}),
        "previous-not-that-of-the-first": lambda: make(
            entries(BODIES, UP, 7, "ab" * 32), changes={"first": 7, "last": 9, "previous": "cd" * 32}
        ),
        "first-not-that-of-the-first": lambda: make(
            entries(BODIES, UP, 7, "ab" * 32), changes={"first": 8, "last": 10, "previous": "ab" * 32}
        ),
        "last-line-not-ended": lambda: make(plain=text_of(LINES)[:-1]),
        "blank-line": lambda: make(plain=text_of(LINES) + b"\n"),
        "blank-line-first": lambda: make(plain=b"\n" + text_of(LINES)),
        "lines-crlf": lambda: make(plain=text_of(LINES).replace(b"\n", b"\r\n")),
        "no-line": lambda: make(plain=b"\n"),
    },
}


def wrong_bit(signed: bytes) -> bytes:
    """A signature with one bit changed."""
    public, signature = armour.unwrap(sign(signed), armour.BUNDLE)
    return sshsig(public, flip(signature, 3))


def wide_frame() -> bytes:
    """A frame that asks for a window of 64 MiB."""
    text = text_of(LINES)
    block = (len(text) << 3 | 1).to_bytes(3, "little")
    return b"\x28\xb5\x2f\xfd\x80\x80" + len(text).to_bytes(4, "little") + block + text


def dictionary_frame() -> bytes:
    """A frame that names a dictionary."""
    text = text_of(LINES)
    block = (len(text) << 3 | 1).to_bytes(3, "little")
    return b"\x28\xb5\x2f\xfd\xa1\x07" + len(text).to_bytes(4, "little") + block + text


def vectors() -> list[tuple[str, str, str, Callable[[], bytes]]]:
    """Every vector: name, who reads it and how, expected class, builder."""
    found = [(name, "township", "OK", build) for name, build in OK_VECTORS.items()]
    found += [(name, "village", "OK", build) for name, build in OK_DOWN_VECTORS.items()]
    for name, build in OK_INTRODUCTIONS.items():
        found.append((name, "introduction", "OK", build))
        if name == "enrolment-request":
            found.append((f"{name}-taken-for-a-bundle", "township", "BUNDLE_SENDER", build))
    for code, group in REFUSED.items():
        prefix = code.removeprefix("BUNDLE_").lower()
        found += [(f"{prefix}-{name}", "township", code, build) for name, build in group.items()]
    found += [(name, "introduction", code, build) for name, (code, build) in INTRODUCTION_VECTORS.items()]
    return found


def stations_json() -> str:
    """Who reads the vectors and whom they trust."""
    never: tuple[str, int] = ("", 0)
    known = (
        (VILLAGE, False, never),
        (TOWNSHIP, False, never),
        (OTHER, False, never),
        (REVOKED, True, never),
        (EARLIER, True, (GENERATION, 2)),
    )
    trust = [
        {
            "key_id": party.key.key_id,
            "station": party.station,
            "public": party.key.public.hex(),
            "revoked": revoked,
            "valid_to": list(valid_to),
        }
        for party, revoked, valid_to in known
    ]
    readers = {
        "township": {"station": TOWNSHIP.station, "identity": TOWNSHIP.secret},
        "village": {"station": VILLAGE.station, "identity": VILLAGE.secret},
    }
    return json.dumps({"trust": trust, "readers": readers | {"introduction": readers["village"]}}, indent=1) + "\n"


def main() -> None:
    """Write what is missing, and the manifest."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    rows = ["# Made by dev/make_bundle_vectors.py. `reader` names who reads it, see stations.json.\n"]
    names = set()
    for name, reader, expected, build in vectors():
        if name in names:
            raise ValueError(f"two vectors are called {name}")
        names.add(name)
        path = FOLDER / f"{name}.jdb"
        if not path.exists():
            path.write_bytes(build())
        rows.append(f'[[vector]]\nfile = "{name}.jdb"\nreader = "{reader}"\nexpected = "{expected}"\n')
    (FOLDER / "manifest.toml").write_text("\n".join(rows), encoding="utf-8")
    (FOLDER / "stations.json").write_text(stations_json(), encoding="utf-8")
    print(f"{len(names)} vectors")


if __name__ == "__main__":
    main()
