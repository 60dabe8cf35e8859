"""Key slots: the vault's random key, wrapped once per person and once for the recovery sheet.

A person's slot is Argon2id over the password, then AES-256-GCM; the recovery slot is HKDF over the code's 160 bits,
then the same. Everything a slot says about itself (owner, cost of stretching) is authenticated with the wrapped key,
so it can't be made cheaper by hand. A key check value tells a wrong key from a damaged database.
"""

import base64
import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from jiandang_desktop.domain import canonical
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.staff import StaffId

SHORTEST_PASSWORD = 8
_MEBIBYTES, _PASSES, _LANES = 64, 3, 1
_LONGEST_STRETCH = 4096
"""Mebibytes: what a slot that somebody edited may make us use at most."""


@dataclass(frozen=True, slots=True)
class Slot:
    """The key wrapped for one person; ``memory`` in MiB."""

    id: str
    name: str
    salt: bytes
    memory: int
    passes: int
    lanes: int
    wrapped: bytes


@dataclass(frozen=True, slots=True)
class KeySlots:
    """All slots of a vault. ``change`` rises with every change and tells the newer of two copies."""

    change: int
    check: bytes
    people: tuple[Slot, ...]
    recovery_salt: bytes
    recovery_wrapped: bytes

    def person(self, name_or_id: str) -> Slot | None:
        """The slot of a person by name or id."""
        wanted = unicodedata.normalize("NFC", name_or_id).strip()
        return next((slot for slot in self.people if wanted in (slot.name, slot.id)), None)

    def with_person(self, key: bytes, staff_id: StaffId, name: str, password: str) -> "KeySlots":
        """The slots with a new or renewed one for this person (PASSWORD_RULE)."""
        slot = _wrap_for(key, staff_id, unicodedata.normalize("NFC", name), password)
        people = [other for other in self.people if other.id != staff_id]
        return replace(self, change=self.change + 1, people=(*people, slot))

    def without_person(self, staff_id: StaffId) -> "KeySlots":
        """The slots without this person's."""
        people = tuple(slot for slot in self.people if slot.id != staff_id)
        return replace(self, change=self.change + 1, people=people)

    def with_recovery(self, key: bytes, secret: bytes) -> "KeySlots":
        """The slots with another recovery sheet."""
        salt = secrets.token_bytes(16)
        wrapped = _seal(_stretch_code(secret, salt), key, _recovery_facts(salt))
        return replace(self, change=self.change + 1, recovery_salt=salt, recovery_wrapped=wrapped)

    def open_with_password(self, name: str, password: str) -> tuple[bytes, Slot] | None:
        """The key and whose slot gave it; None for an unknown name or a wrong password, at the same cost."""
        slot = self.person(name)
        shown = slot or Slot("", "", bytes(16), _MEBIBYTES, _PASSES, _LANES, bytes(60))
        key = self._checked(_unseal(_stretch(password, shown), shown.wrapped, _facts(shown)))
        return (key, slot) if key is not None and slot is not None else None

    def open_with_code(self, secret: bytes) -> bytes | None:
        """The key; None where the code is not this vault's."""
        stretched = _stretch_code(secret, self.recovery_salt)
        return self._checked(_unseal(stretched, self.recovery_wrapped, _recovery_facts(self.recovery_salt)))

    def _checked(self, key: bytes | None) -> bytes | None:
        return key if key is not None and hmac.compare_digest(key_check(key), self.check) else None


def first_slots(key: bytes, recovery_secret: bytes) -> KeySlots:
    """Slots of a new vault: nobody's yet, and the recovery sheet's."""
    return KeySlots(0, key_check(key), (), b"", b"").with_recovery(key, recovery_secret)


def key_check(key: bytes) -> bytes:
    """A value that only the right key gives and that tells nothing of it."""
    return hmac.digest(key, b"jiandang key check 1", "sha256")


def derived_key(key: bytes, purpose: bytes) -> bytes:
    """Another key for another purpose, from the vault's key."""
    return hmac.digest(key, b"jiandang derived 1 " + purpose, "sha256")


def checked_password(password: str) -> bytes:
    """The bytes that are stretched: NFC, so that composed and decomposed typing agree (PASSWORD_RULE)."""
    try:
        normal = unicodedata.normalize("NFC", password)
        if len(normal) < SHORTEST_PASSWORD:
            raise Problem("PASSWORD_RULE", shortest=SHORTEST_PASSWORD)
        return normal.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Problem("PASSWORD_RULE", shortest=SHORTEST_PASSWORD) from error


def encode(slots: KeySlots) -> bytes:
    """The slot file: JSON with a sum over all of it, because a flipped bit must not look like a wrong password."""
    body = {
        "change": slots.change,
        "check": _text(slots.check),
        "format": 1,
        "people": [
            {
                "id": slot.id,
                "lanes": slot.lanes,
                "memory": slot.memory,
                "name": slot.name,
                "passes": slot.passes,
                "salt": _text(slot.salt),
                "wrapped": _text(slot.wrapped),
            }
            for slot in slots.people
        ],
        "recovery": {"salt": _text(slots.recovery_salt), "wrapped": _text(slots.recovery_wrapped)},
        "suite": "argon2id hkdf-sha256 aes-256-gcm",
    }
    return canonical.encode({**body, "sum": hashlib.sha256(canonical.encode(body)).hexdigest()})


def decode(data: bytes) -> KeySlots:
    """The slots of a file (ValueError where any byte is wrong; VAULT_NEWER for a newer format)."""
    raw = canonical.decode(data)
    try:
        said = raw.pop("sum")
        if hashlib.sha256(canonical.encode(raw)).hexdigest() != said:
            raise ValueError("the sum doesn't agree")
        if raw["format"] != 1:
            raise Problem("VAULT_NEWER")
        return KeySlots(
            change=raw["change"],
            check=_bytes(raw["check"]),
            people=tuple(map(_slot, raw["people"])),
            recovery_salt=_bytes(raw["recovery"]["salt"]),
            recovery_wrapped=_bytes(raw["recovery"]["wrapped"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not a slot file") from error


def _slot(raw: Mapping[str, Any]) -> Slot:
    if not 1 <= raw["memory"] <= _LONGEST_STRETCH:
        raise ValueError("a slot that can't be meant")
    wrapped, salt = _bytes(raw["wrapped"]), _bytes(raw["salt"])
    return Slot(raw["id"], raw["name"], salt, raw["memory"], raw["passes"], raw["lanes"], wrapped)


def _wrap_for(key: bytes, staff_id: str, name: str, password: str) -> Slot:
    checked_password(password)
    empty = Slot(staff_id, name, secrets.token_bytes(16), _MEBIBYTES, _PASSES, _LANES, b"")
    return replace(empty, wrapped=_seal(_stretch(password, empty), key, _facts(empty)))


def _stretch(password: str, slot: Slot) -> bytes:
    from argon2.low_level import Type, hash_secret_raw

    secret = unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
    return hash_secret_raw(secret, slot.salt, slot.passes, slot.memory * 1024, slot.lanes, 32, Type.ID)


def _stretch_code(secret: bytes, salt: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), 32, salt, b"jiandang recovery 1").derive(secret)


def _facts(slot: Slot) -> bytes:
    return canonical.encode([1, slot.id, slot.name, _text(slot.salt), slot.memory, slot.passes, slot.lanes])


def _recovery_facts(salt: bytes) -> bytes:
    return canonical.encode([1, "recovery", _text(salt)])


def _seal(wrapping: bytes, key: bytes, facts: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(wrapping).encrypt(nonce, key, facts)


def _unseal(wrapping: bytes, wrapped: bytes, facts: bytes) -> bytes | None:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(wrapping).decrypt(wrapped[:12], wrapped[12:], facts)
    except InvalidTag:
        return None


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
