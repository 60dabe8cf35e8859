"""The signed, encrypted container in stock formats: bytes in, bytes out."""

from jiandang_desktop.bundles.card import StationCard, fingerprint, fingerprint_digits, load_words
from jiandang_desktop.bundles.certificate import Certificate, SerialBlock, certify, read_certificate
from jiandang_desktop.bundles.header import Acknowledged, Header, is_real_time
from jiandang_desktop.bundles.keys import Identity, SigningKey, key_id
from jiandang_desktop.bundles.limits import MAX_HEAD
from jiandang_desktop.bundles.opening import (
    ROTATED,
    Introduction,
    TrustedSender,
    VerifiedBundle,
    open_sealed,
    read_claim,
    read_header,
    read_introduction,
    read_unopened,
)
from jiandang_desktop.bundles.sealing import SUFFIX, Sealed, file_name, seal, seal_introduction

__all__ = [
    "MAX_HEAD",
    "ROTATED",
    "SUFFIX",
    "Acknowledged",
    "Certificate",
    "Header",
    "Identity",
    "Introduction",
    "Sealed",
    "SerialBlock",
    "SigningKey",
    "StationCard",
    "TrustedSender",
    "VerifiedBundle",
    "certify",
    "file_name",
    "fingerprint",
    "fingerprint_digits",
    "is_real_time",
    "key_id",
    "load_words",
    "open_sealed",
    "read_certificate",
    "read_claim",
    "read_header",
    "read_introduction",
    "read_unopened",
    "seal",
    "seal_introduction",
]
