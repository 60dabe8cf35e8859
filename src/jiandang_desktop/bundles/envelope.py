"""The age file inside a bundle: sealing, and opening in the one form that we allow.

The age format lets anybody add recipients of any type. A bundle's envelope holds one X25519 stanza per declared
recipient and nothing else, except the single ``…-grease`` stanza that the Rust implementation puts last to keep
readers tolerant; it is part of the signed payload like every other byte.
Format: C2SP, age-encryption.org/v1.
"""

import base64
import binascii
import re
from collections.abc import Sequence

import pyrage

from jiandang_desktop.bundles import limits
from jiandang_desktop.bundles.keys import Identity, check_recipient

_INTRO = b"age-encryption.org/v1\n"
_STANZA = re.compile(rb"-> (X25519) ([A-Za-z0-9+/]{43})\n([A-Za-z0-9+/]{43})\n")
_GREASE = re.compile(
    rb"-> [!-~]{0,32}-grease(?: [!-~]{1,64}){0,8}\n((?:[A-Za-z0-9+/]{64}\n){0,8}[A-Za-z0-9+/]{0,63}\n)"
)
_MAC = re.compile(rb"--- ([A-Za-z0-9+/]{43})\n")
_LEAST_BODY = 16 + 16 + 1
# A nonce, one authentication tag and one byte: an empty text is never sealed.


class NotOpened(ValueError):  # noqa: N818 - reads as a statement about the bytes
    """An envelope that isn't in the one form, isn't for us, or was damaged."""


def seal_envelope(plain: bytes, recipients: Sequence[str]) -> bytes:
    """Encrypt for age recipients (keys.WeakKey if one of them protects nothing)."""
    for recipient in recipients:
        check_recipient(recipient)
    parsed = [pyrage.x25519.Recipient.from_str(recipient) for recipient in recipients]
    sealed: bytes = pyrage.encrypt(plain, parsed)
    return sealed


def open_envelope(data: bytes, recipients: int, own: Sequence[Identity]) -> bytes:
    """The plaintext of an envelope with exactly ``recipients`` recipients, one of them ours (NotOpened)."""
    check_envelope(data, recipients)
    identities = [pyrage.x25519.Identity.from_str(identity.secret) for identity in own]
    try:
        plain: bytes = pyrage.decrypt(data, identities)
    except (pyrage.DecryptError, ValueError, OSError) as error:
        raise NotOpened("not decrypted") from error
    return plain


def check_envelope(data: bytes, recipients: int) -> None:
    """Refuse an envelope whose header is not the one form for that many recipients (NotOpened)."""
    head = data[: limits.MAX_ENVELOPE]
    if not head.startswith(_INTRO):
        raise NotOpened("not an age file")
    place = len(_INTRO)
    for _ in range(recipients):
        place = _take(_STANZA, head, place)
    if _GREASE.match(head, place):
        place = _take(_GREASE, head, place)
    place = _take(_MAC, head, place)
    if len(data) - place < _LEAST_BODY:
        raise NotOpened("cut off")


def _take(pattern: re.Pattern[bytes], head: bytes, place: int) -> int:
    """The place after a match whose base64 groups are in their one form."""
    found = pattern.match(head, place)
    if found is None:
        raise NotOpened("not the one form of an envelope")
    for text in found.groups():
        if text != b"X25519":
            _one_form(text.replace(b"\n", b""))
    return found.end()


def _one_form(text: bytes) -> None:
    """Refuse base64 without padding whose unused bits aren't zero (NotOpened)."""
    try:
        decoded = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error as error:
        raise NotOpened("not base64") from error
    if base64.b64encode(decoded).rstrip(b"=") != text:
        raise NotOpened("not the one form of base64")
