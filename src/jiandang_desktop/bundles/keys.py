"""A station's two key pairs: one signs what it sends, one opens what is sent to it.

Public keys that many private keys fit (points of small order) would let anybody sign or read; they are refused.
"""

import hashlib
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from pyrage import IdentityError, RecipientError, x25519

from jiandang_desktop.bundles import armour

_FIELD_PRIME = 2**255 - 19
# The y coordinates of the points of order 1, 2, 4 and 8 on the curve of Ed25519.
_SMALL_ORDER = frozenset(
    {
        0,
        1,
        _FIELD_PRIME - 1,
        0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7,
        0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
    }
)
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


class WeakKey(ValueError):  # noqa: N818 - reads as a statement about the key
    """Bytes that are no public key, or one that protects nothing."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An Ed25519 key pair. ``seed`` (32 bytes) is the secret; ``key_id`` names the public key in headers."""

    seed: bytes = field(repr=False)
    public: bytes
    key_id: str

    @classmethod
    def generate(cls) -> "SigningKey":
        """A fresh key pair."""
        return cls.from_seed(Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def from_seed(cls, seed: bytes) -> "SigningKey":
        """The key pair of a 32-byte seed."""
        public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
        return cls(seed, public, key_id(public))

    def sign(self, message: bytes, namespace: str = armour.BUNDLE) -> str:
        """An armoured OpenSSH signature (SSHSIG) over ``message``; a namespace keeps documents apart."""
        private = Ed25519PrivateKey.from_private_bytes(self.seed)
        signature = private.sign(armour.signed_bytes(message, namespace))
        return armour.wrap(self.public, signature, namespace)


@dataclass(frozen=True, slots=True)
class Identity:
    """An age X25519 key pair: ``secret`` opens what is sealed for ``recipient``."""

    secret: str = field(repr=False)
    recipient: str

    @classmethod
    def generate(cls) -> "Identity":
        """A fresh key pair."""
        return cls.from_secret(str(x25519.Identity.generate()))

    @classmethod
    def from_secret(cls, text: str) -> "Identity":
        """The key pair of an ``AGE-SECRET-KEY-1…`` text (ValueError if it is none)."""
        try:
            identity = x25519.Identity.from_str(text)
        except IdentityError as error:
            raise ValueError("not an age identity") from error
        return cls(text, str(identity.to_public()))


def key_id(public: bytes) -> str:
    """The short name of a public signing key: the first 16 hex digits of its SHA-256."""
    return hashlib.sha256(public).hexdigest()[:16]


def signature_holds(public: bytes, signature: bytes, message: bytes, namespace: str) -> bool:
    """Whether the 64-byte ``signature`` over ``message`` was made with the secret of ``public``."""
    try:
        check_signing_public(public)
        key = Ed25519PublicKey.from_public_bytes(public)
        key.verify(signature, armour.signed_bytes(message, namespace))
    except (InvalidSignature, ValueError):
        return False
    return True


def check_signing_public(public: bytes) -> None:
    """Refuse bytes that are not a canonical point, or one of small order (WeakKey)."""
    y = int.from_bytes(public, "little") & (2**255 - 1)
    if len(public) != 32 or y >= _FIELD_PRIME or y in _SMALL_ORDER:
        raise WeakKey("no usable signing key")


def check_recipient(recipient: str) -> None:
    """Refuse text that is not an age X25519 recipient in its one form, or whose point is of small order (WeakKey)."""
    try:
        if str(x25519.Recipient.from_str(recipient)) != recipient:
            raise WeakKey("recipient not in its one form")
        public = _recipient_bytes(recipient)
        if int.from_bytes(public, "little") >= _FIELD_PRIME:
            raise WeakKey("recipient not in its one form")
        # The exchange fails exactly for points of small order: their shared secret is zero for everybody.
        X25519PrivateKey.from_private_bytes(b"\x01" * 32).exchange(X25519PublicKey.from_public_bytes(public))
    except (RecipientError, ValueError) as error:
        raise WeakKey("no usable recipient") from error


def _recipient_bytes(recipient: str) -> bytes:
    digits = recipient[len("age1") : -6]
    number = 0
    for digit in digits:
        number = number * 32 + _BECH32.index(digit)
    return (number >> (5 * len(digits) - 256)).to_bytes(32, "big")
