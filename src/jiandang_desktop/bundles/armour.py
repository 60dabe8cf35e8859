"""OpenSSH signatures (SSHSIG) in the one form that we write: Ed25519, SHA-512, lines of 70 characters.

Every length in such a signature is fixed, so the armour is a template with two holes: the public key (32 bytes)
and the signature (64 bytes). Reading cuts the two out, fills the template again and compares.
Format: OpenSSH, file PROTOCOL.sshsig.
"""

import base64
import binascii
import hashlib

BUNDLE = "bundle@jiandang"
"""Namespace of bundle headers."""

CERTIFICATE = "certificate@jiandang"
"""Namespace of certificates."""

_BEGIN = "-----BEGIN SSH SIGNATURE-----\n"
_END = "-----END SSH SIGNATURE-----\n"
_WIDTH = 70
_KEY_AT = len("SSHSIG") + 4 + 4 + 4 + len("ssh-ed25519") + 4
# Where the public key begins: after the magic, the version, two lengths, the key type and its own length.


class NotArmour(ValueError):  # noqa: N818 - reads as a statement about the bytes
    """Bytes that aren't a signature in the one form."""


def _string(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def signed_bytes(message: bytes, namespace: str) -> bytes:
    """What an SSHSIG signature over ``message`` really signs."""
    digest = hashlib.sha512(message).digest()
    return b"SSHSIG" + _string(namespace.encode()) + _string(b"") + _string(b"sha512") + _string(digest)


def wrap(public: bytes, signature: bytes, namespace: str) -> str:
    """The armoured text, ending in a newline."""
    blob = (
        b"SSHSIG\x00\x00\x00\x01"
        + _string(_string(b"ssh-ed25519") + _string(public))
        + _string(namespace.encode())
        + _string(b"")
        + _string(b"sha512")
        + _string(_string(b"ssh-ed25519") + _string(signature))
    )
    text = base64.b64encode(blob).decode()
    lines = [text[start : start + _WIDTH] + "\n" for start in range(0, len(text), _WIDTH)]
    return _BEGIN + "".join(lines) + _END


def length(namespace: str) -> int:
    """Bytes of an armoured text: the same for every signature of a namespace."""
    return len(wrap(bytes(32), bytes(64), namespace))


def unwrap(data: bytes, namespace: str) -> tuple[bytes, bytes]:
    """Public key and signature of an armoured text (NotArmour unless it is byte for byte what ``wrap`` writes)."""
    body = data[len(_BEGIN) : -len(_END)].replace(b"\n", b"")
    try:
        blob = base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise NotArmour("not base64") from error
    public, signature = blob[_KEY_AT : _KEY_AT + 32], blob[-64:]
    if len(public) != 32 or len(signature) != 64 or wrap(public, signature, namespace).encode() != data:
        raise NotArmour("not the one form of a signature")
    return public, signature
