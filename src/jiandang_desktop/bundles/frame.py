"""The three parts of a bundle file: two lines, a signature, the payload to the end of the file."""

import re
from dataclasses import dataclass

from jiandang_desktop.bundles import armour, limits
from jiandang_desktop.bundles.header import Header, parse_header
from jiandang_desktop.domain.problems import Problem

FIRST_LINE = b"jiandang-bundle 1\n"
_OTHER_VERSION = re.compile(rb"jiandang-bundle [1-9][0-9]{0,5}\n")


@dataclass(frozen=True, slots=True)
class Frame:
    """A bundle taken apart. ``signed`` are the two lines that ``signature`` is over; nothing is verified yet."""

    header: Header
    signed: bytes
    public: bytes
    signature: bytes
    payload: memoryview


def join_frame(header: Header, armoured: str, payload: bytes) -> bytes:
    """The file."""
    return signed_lines(header) + armoured.encode() + payload


def signed_lines(header: Header) -> bytes:
    """The first two lines, which the signature is over."""
    return FIRST_LINE + header.encode()


def split_frame(data: bytes) -> Frame:
    """The parts of a file. Problems: BUNDLE_SIZE, BUNDLE_SHAPE, BUNDLE_VERSION."""
    if len(data) > limits.MAX_FILE:
        raise Problem("BUNDLE_SIZE")
    if not data.startswith(FIRST_LINE):
        raise Problem("BUNDLE_VERSION" if _OTHER_VERSION.match(data) else "BUNDLE_SHAPE")
    start = len(FIRST_LINE)
    end = data.find(b"\n", start, start + limits.MAX_HEADER_LINE) + 1
    if not end:
        raise Problem("BUNDLE_SHAPE")
    header = parse_header(data[start:end])
    payload = end + armour.length(armour.BUNDLE)
    try:
        public, signature = armour.unwrap(data[end:payload], armour.BUNDLE)
    except armour.NotArmour as error:
        raise Problem("BUNDLE_SHAPE") from error
    return Frame(header, data[:end], public, signature, memoryview(data)[payload:])
