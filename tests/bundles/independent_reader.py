"""A second reader of docs/bundle-format.md that shares no code with the first.

Standard library, ssh-keygen, age and zstd only. It is written for plainness, not for speed or hostile sizes.
"""

import base64
import hashlib
import json
import re
import subprocess
import tempfile
import unicodedata
from datetime import datetime
from pathlib import Path
from typing import Any

ZEROS = "0" * 64
NOTHING = hashlib.sha256().hexdigest()
P = 2**255 - 19
GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493
KEYS = {
    *("suite", "kind", "sender", "sender_key", "recipients", "stream", "generation", "first", "last", "entries"),
    *("previous", "head", "attachments", "made_at", "payload_size", "payload_sha256", "plain_size", "plain_sha256"),
    *("acknowledges", "introduces"),
}
DIRECTIONS = {
    "submission": "up",
    "receipt": "down",
    "downward": "down",
    "enrolment_request": "",
    "enrolment_answer": "down",
    "handover": "over",
    "handover_receipt": "over",
    "transfer": "over",
}
INTRODUCING = {"enrolment_request", "enrolment_answer", "handover", "transfer"}
WEAK_SIGNING = {0, 1, P - 1} | {
    int.from_bytes(bytes.fromhex(text), "little")
    for text in (
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    )
}
WEAK_RECIPIENT = {0, 1, P - 1} | {
    int.from_bytes(bytes.fromhex(text), "little")
    for text in (
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    )
}


class Refused(Exception):  # noqa: N818 - reads as a statement
    """Carries the class without its BUNDLE_."""


def need(holds: object, refusal: str) -> None:
    if not holds:
        raise Refused(refusal)


def hexed(value: Any, digits: int) -> bool:
    return isinstance(value, str) and re.fullmatch(f"[0-9a-f]{{{digits}}}", value) is not None


def number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 2**40


def canonical(data: bytes) -> Any:
    """The value of canonical JSON bytes (ValueError)."""

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        for key, _ in items:
            if not (len(key) <= 200 and all(" " <= letter <= "~" for letter in key)):
                raise ValueError("key")
        return dict(items)

    value = json.loads(data.decode(), object_pairs_hook=pairs)
    again = write(value, 0)
    if again.encode() != data:
        raise ValueError("not canonical")
    return value


def write(value: Any, depth: int) -> str:
    if depth > 32:
        raise ValueError("deep")
    if isinstance(value, dict):
        inside = [f"{json.dumps(key)}:{write(value[key], depth + 1)}" for key in sorted(value)]
        return "{" + ",".join(inside) + "}"
    if isinstance(value, list):
        return "[" + ",".join(write(item, depth + 1) for item in value) + "]"
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        if abs(value) > 2**53:
            raise ValueError("large")
        return str(value)
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    if not 1e-4 <= abs(value) < 1e15 or float(text) != value:
        raise ValueError("decimal")
    return text


def recipient_bytes(text: str) -> bytes:
    """Bech32 (BIP 173) with the prefix age, lower case."""
    need(re.fullmatch("age1[qpzry9x8gf2tvdw0s3jn54khce6mua7l]{58}", text), "SHAPE")
    digits = ["qpzry9x8gf2tvdw0s3jn54khce6mua7l".index(letter) for letter in text[4:]]
    sum_ = 1
    for digit in [3, 3, 3, 0, 1, 7, 5, *digits]:
        top, sum_ = sum_ >> 25, (sum_ & 0x1FFFFFF) << 5 ^ digit
        for bit, term in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            sum_ ^= term if top >> bit & 1 else 0
    need(sum_ == 1, "SHAPE")
    whole = int("".join(f"{digit:05b}" for digit in digits[:52]), 2)
    need(whole & 15 == 0, "SHAPE")
    return (whole >> 4).to_bytes(32, "big")


def check_card(card: Any, header: dict[str, Any]) -> None:
    keys = {"station", "name", "level", "division_code", "signing_public", "recipient"}
    need(isinstance(card, dict) and set(card) == keys, "SHAPE")
    need(all(isinstance(text, str) for text in card.values()), "SHAPE")
    name = card["name"]
    need(1 <= len(name) <= 60 and name == name.strip(), "SHAPE")
    need(not {unicodedata.category(letter) for letter in name} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}, "SHAPE")
    digits = {"village": 12, "township": 9, "banner": 6}.get(card["level"])
    need(digits and re.fullmatch(f"[1-9][0-9]{{{digits - 1}}}", card["division_code"]), "SHAPE")
    need(hexed(card["signing_public"], 64), "SHAPE")
    public = bytes.fromhex(card["signing_public"])
    signing = int.from_bytes(public, "little") % 2**255
    need(signing < P and signing not in WEAK_SIGNING, "SHAPE")
    point = int.from_bytes(recipient_bytes(card["recipient"]), "little")
    need(point < P and point not in WEAK_RECIPIENT, "SHAPE")
    need(card["station"] == header["sender"], "SHAPE")
    need(hashlib.sha256(public).hexdigest()[:16] == header["sender_key"], "SHAPE")


def check_header(line: bytes) -> dict[str, Any]:
    try:
        h = canonical(line)
    except (ValueError, RecursionError) as error:
        raise Refused("SHAPE") from error
    need(isinstance(h, dict), "SHAPE")
    need(isinstance(h.get("suite"), str) and re.fullmatch("[a-z0-9]{1,16}", h["suite"]), "SHAPE")
    need(isinstance(h.get("kind"), str) and re.fullmatch("[a-z_]{1,32}", h["kind"]), "SHAPE")
    need(h["suite"] == "1" and h["kind"] in DIRECTIONS, "VERSION")
    need(set(h) == KEYS, "SHAPE")
    need(hexed(h["sender"], 16) and hexed(h["sender_key"], 16), "SHAPE")
    to = h["recipients"]
    need(isinstance(to, list) and len(to) <= 16 and all(hexed(one, 16) for one in to), "SHAPE")
    need(to == sorted(set(to)), "SHAPE")
    need(
        all(number(h[key]) for key in ("first", "last", "entries", "payload_size", "plain_size", "attachments")),
        "SHAPE",
    )
    need(all(hexed(h[key], 64) for key in ("previous", "head", "payload_sha256", "plain_sha256")), "SHAPE")
    need(h["attachments"] == 0, "SHAPE")
    need(isinstance(h["made_at"], str), "SHAPE")
    need(re.fullmatch(r"[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}[+-][0-9]{2}:[0-9]{2}", h["made_at"]), "SHAPE")
    try:
        datetime.fromisoformat(h["made_at"])
    except ValueError as error:
        raise Refused("SHAPE") from error
    check_mark(h["acknowledges"])
    need((h["introduces"] is not None) == (h["kind"] in INTRODUCING), "SHAPE")
    if h["introduces"] is not None:
        check_card(h["introduces"], h)
    check_piece(h)
    need(h["payload_size"] <= 2**29 and h["plain_size"] <= 2**30 and h["entries"] <= 1_000_000, "SIZE")
    return h


def check_mark(mark: Any) -> None:
    if mark is None:
        return
    need(isinstance(mark, dict) and set(mark) == {"stream", "generation", "number", "hash"}, "SHAPE")
    need(isinstance(mark["stream"], str), "SHAPE")
    need(re.fullmatch("[0-9a-f]{16}/(up|(down|over)/[0-9a-f]{16})", mark["stream"]), "SHAPE")
    need(hexed(mark["generation"], 32) and number(mark["number"]) and hexed(mark["hash"], 64), "SHAPE")
    need((mark["number"] == 0) == (mark["hash"] == ZEROS), "SHAPE")


def check_piece(h: dict[str, Any]) -> None:
    direction = DIRECTIONS[h["kind"]]
    if not direction:
        empty = {
            "recipients": [],
            "stream": "",
            "generation": "",
            "acknowledges": None,
            "head": ZEROS,
            "previous": ZEROS,
        }
        empty |= {"payload_sha256": NOTHING, "plain_sha256": NOTHING}
        empty |= dict.fromkeys(("first", "last", "entries", "payload_size", "plain_size"), 0)
        need(all(h[key] == value for key, value in empty.items()), "SHAPE")
        return
    streams = [f"{h['sender']}/{direction}/{one}" for one in h["recipients"]]
    if direction == "up":
        streams = [f"{h['sender']}/up"]
    need(h["recipients"] and h["stream"] in streams and hexed(h["generation"], 32), "SHAPE")
    need(h["first"] >= 1 and h["entries"] >= 1 and h["last"] - h["first"] + 1 == h["entries"], "SHAPE")
    need((h["first"] == 1) == (h["previous"] == ZEROS), "SHAPE")
    need(h["payload_size"] >= 1 and h["plain_size"] >= 1, "SHAPE")


def check_armour(text: bytes) -> tuple[bytes, int]:
    """The public key and the number S of a signature in its one form."""
    rows = text.decode("latin-1").split("\n")
    need(rows[0] == "-----BEGIN SSH SIGNATURE-----" and rows[5:] == ["-----END SSH SIGNATURE-----", ""], "SHAPE")
    need([len(row) for row in rows[1:5]] == [70, 70, 70, 38], "SHAPE")
    base = "".join(rows[1:5])
    try:
        blob = base64.b64decode(base, validate=True)
    except ValueError as error:
        raise Refused("SHAPE") from error
    key = b"\0\0\0\x0bssh-ed25519"
    need(base64.b64encode(blob).decode() == base and len(blob) == 185, "SHAPE")
    need(blob[:33] == b"SSHSIG\0\0\0\x01\0\0\0\x33" + key + b"\0\0\0\x20", "SHAPE")
    middle = b"\0\0\0\x0fbundle@jiandang\0\0\0\0\0\0\0\x06sha512\0\0\0\x53" + key + b"\0\0\0\x40"
    need(blob[65:-64] == middle, "SHAPE")
    return blob[33:65], int.from_bytes(blob[-32:], "little")


def check_age_header(data: bytes, recipients: int) -> None:
    """Section 5: the lines of the age header, one after another."""
    lines = data[: 16 * 1024].split(b"\n")
    need(lines.pop(0) == b"age-encryption.org/v1", "DECRYPT")
    for _ in range(recipients):
        need(len(lines) > 2, "DECRYPT")
        words = lines.pop(0).split(b" ")
        need(len(words) == 3 and words[:2] == [b"->", b"X25519"] and based(words[2], 43), "DECRYPT")
        need(based(lines.pop(0), 43), "DECRYPT")
    need(lines, "DECRYPT")
    words = lines[0].split(b" ")
    if words[0] == b"->":
        lines.pop(0)
        need(2 <= len(words) <= 10 and words[1].endswith(b"-grease") and len(words[1]) <= 39, "DECRYPT")
        need(all(re.fullmatch(b"[!-~]{1,64}", word) for word in words[1:]), "DECRYPT")
        full = 0
        while lines and len(lines[0]) == 64 and full < 8:
            need(based(lines.pop(0), 64), "DECRYPT")
            full += 1
        need(lines and len(lines[0]) < 64 and based(lines.pop(0), None), "DECRYPT")
    need(lines and lines[0].startswith(b"--- ") and based(lines[0][4:], 43), "DECRYPT")


def based(text: bytes, length: int | None) -> bool:
    if length is not None and len(text) != length:
        return False
    try:
        raw = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except ValueError:
        return False
    return base64.b64encode(raw).rstrip(b"=") == text


def check_frame(data: bytes, size: int) -> None:
    """Section 5: one frame, to the last byte, that states its size, without dictionary or wide window."""
    need(data[:4] == bytes.fromhex("28b52ffd") and len(data) >= 6, "COMPRESSION")
    flags = data[4]
    single, checksum, dictionary, wide = flags >> 5 & 1, flags >> 2 & 1, flags & 3, flags >> 6
    need(flags & 8 == 0, "COMPRESSION")
    window_byte = 0 if single else data[5]
    place = 5 if single else 6
    place += (0, 1, 2, 4)[dictionary]
    need(int.from_bytes(data[place - (0, 1, 2, 4)[dictionary] : place], "little") == 0, "COMPRESSION")
    need(single or wide, "COMPRESSION")
    length = (1, 2, 4, 8)[wide]
    stated = int.from_bytes(data[place : place + length], "little") + (256 if length == 2 else 0)
    need(stated == size, "COMPRESSION")
    base = 1 << 10 + (window_byte >> 3)
    window = stated if single else base + base // 8 * (window_byte & 7)
    need(window <= 8 * 2**20, "COMPRESSION")
    place += length
    last = False
    while not last:
        need(place + 3 <= len(data), "COMPRESSION")
        block = int.from_bytes(data[place : place + 3], "little")
        last = bool(block & 1)
        place += 3 + (1 if block >> 1 & 3 == 1 else block >> 3)
    need(place + 4 * checksum == len(data), "COMPRESSION")


def run(words: list[str], folder: Path, given: bytes = b"", limit: int | None = None) -> bytes | None:
    """What a tool writes, or None if it fails or writes more than ``limit``."""
    with subprocess.Popen(
        words, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as tool:
        if limit is None:
            out, _ = tool.communicate(given)
            return out if tool.returncode == 0 else None
        out = tool.stdout.read(limit + 1) if tool.stdout else b""
        if len(out) > limit:
            tool.kill()
            return None
        tool.communicate()
        return out if tool.returncode == 0 else None


def check_entries(plain: bytes, h: dict[str, Any]) -> None:
    lines = plain.split(b"\n")
    need(lines.pop() == b"" and len(lines) == h["entries"], "ENTRIES")
    before = h["previous"]
    for expected, line in enumerate(lines, start=h["first"]):
        need(len(line) <= 4 * 2**20, "ENTRIES")
        try:
            entry = canonical(line)
        except (ValueError, RecursionError) as error:
            raise Refused("ENTRIES") from error
        need(isinstance(entry, dict), "ENTRIES")
        need(set(entry) == {"body", "kind", "number", "previous", "stream"}, "ENTRIES")
        need(isinstance(entry["body"], dict) and isinstance(entry["kind"], str), "ENTRIES")
        need(re.fullmatch("[a-z_]{1,32}", entry["kind"]), "ENTRIES")
        need(entry["number"] == expected and entry["number"] is not True, "ENTRIES")
        need((entry["previous"], entry["stream"]) == (before, h["stream"]), "ENTRIES")
        before = hashlib.sha256(line).hexdigest()
    need(before == h["head"], "ENTRIES")


def check(data: bytes, reader: str, stations: dict[str, Any], folder: Path) -> None:
    need(len(data) <= 2**29, "SIZE")
    first = data.split(b"\n", 1)[0] if b"\n" in data[:30] else b""
    if first != b"jiandang-bundle 1":
        need(not re.fullmatch(rb"jiandang-bundle [1-9][0-9]{0,5}", first), "VERSION")
        raise Refused("SHAPE")
    end = data.find(b"\n", 18, 18 + 65536)
    need(end > 0, "SHAPE")
    h = check_header(data[18:end])
    signed, armoured, payload = data[: end + 1], data[end + 1 : end + 311], data[end + 311 :]
    public, second = check_armour(armoured)
    own = stations["readers"][reader]
    known = [row for row in stations["trust"] if row["key_id"] == h["sender_key"] and row["station"] == h["sender"]]
    if reader == "introduction":
        need(h["introduces"], "SENDER")
        known = [{"public": h["introduces"]["signing_public"], "revoked": False}]
    need(known, "SENDER")
    if known[0]["revoked"]:
        generation, number = known[0]["valid_to"]
        need(h["generation"] == generation and h["last"] <= number, "REVOKED")
    need(public.hex() == known[0]["public"], "SIGNATURE")
    need(second < GROUP_ORDER, "SIGNATURE")  # ssh-keygen doesn't ask
    key = base64.b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + public).decode()
    (folder / "senders").write_text(f"{h['sender']} ssh-ed25519 {key}\n")
    (folder / "signed.sig").write_bytes(armoured)
    words = [
        "ssh-keygen",
        "-Y",
        "verify",
        "-f",
        "senders",
        "-I",
        h["sender"],
        "-n",
        "bundle@jiandang",
        "-s",
        "signed.sig",
    ]
    need(run(words, folder, signed) is not None, "SIGNATURE")
    need(own["station"] in h["recipients"] or (reader == "introduction" and not DIRECTIONS[h["kind"]]), "RECIPIENT")
    need(len(payload) == h["payload_size"] and hashlib.sha256(payload).hexdigest() == h["payload_sha256"], "PAYLOAD")
    if h["payload_size"]:
        check_payload(payload, h, own["identity"], folder)


def check_payload(payload: bytes, h: dict[str, Any], identity: str, folder: Path) -> None:
    check_age_header(payload, len(h["recipients"]))
    (folder / "identity").write_text(identity + "\n")
    (folder / "identity").chmod(0o600)
    (folder / "payload").write_bytes(payload)
    frame = run(["age", "-d", "-i", "identity", "payload"], folder)
    need(frame, "DECRYPT")
    check_frame(frame or b"", h["plain_size"])
    (folder / "frame").write_bytes(frame or b"")
    plain = run(["zstd", "-d", "-q", "-c", "frame"], folder, limit=h["plain_size"])
    need(plain is not None and len(plain) == h["plain_size"], "COMPRESSION")
    need(hashlib.sha256(plain or b"").hexdigest() == h["plain_sha256"], "PLAINTEXT")
    check_entries(plain or b"", h)


def class_of(data: bytes, reader: str, stations: dict[str, Any]) -> str:
    """OK or the class that the specification demands."""
    with tempfile.TemporaryDirectory() as name:
        try:
            check(data, reader, stations, Path(name))
        except Refused as refusal:
            return f"BUNDLE_{refusal}"
    return "OK"
