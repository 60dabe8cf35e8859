"""One zstd frame, read with our own bounds: nothing that the frame declares is believed.

Format: RFC 8878.
"""

from collections.abc import Iterator

import zstandard

from jiandang_desktop.bundles import limits

_MAGIC = b"\x28\xb5\x2f\xfd"
_LEVEL = 3
_PIECE = 2**20
_CHECKSUM = 4


class NotOneFrame(ValueError):  # noqa: N818 - reads as a statement about the bytes
    """Bytes that aren't exactly one frame of the declared size."""


def compress(plain: bytes) -> bytes:
    """One frame that states its content's size."""
    return zstandard.ZstdCompressor(level=_LEVEL, write_content_size=True).compress(plain)


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    """The content of a frame, at most 1 MiB at a time and never more than ``size`` bytes in all (NotOneFrame).

    The frame must be alone, state ``size`` as its content's size, use no dictionary and a window within the limit.
    """
    _check_frame(data, size)
    left = size
    try:
        with zstandard.ZstdDecompressor(max_window_size=limits.MAX_WINDOW).stream_reader(data) as reader:
            while piece := reader.read(min(_PIECE, left + 1)):
                left -= len(piece)
                if left < 0:
                    raise NotOneFrame("more than declared")
                yield piece
    except zstandard.ZstdError as error:
        raise NotOneFrame("damaged") from error
    if left:
        raise NotOneFrame("less than declared")


def _check_frame(data: bytes, size: int) -> None:
    # Asked first: a skippable frame is none of ours, whatever the library makes of it.
    if not data.startswith(_MAGIC):
        raise NotOneFrame("not a frame")
    try:
        frame = zstandard.get_frame_parameters(data)
        start = zstandard.frame_header_size(data)
    except zstandard.ZstdError as error:
        raise NotOneFrame("not a frame") from error
    if frame.content_size != size or frame.dict_id or frame.window_size > limits.MAX_WINDOW:
        raise NotOneFrame("size, dictionary or window")
    if _frame_end(data, start) + (_CHECKSUM if frame.has_checksum else 0) != len(data):
        raise NotOneFrame("not exactly one frame")


def _frame_end(data: bytes, place: int) -> int:
    """Where the last block ends: block heads are 3 bytes (last, type, size); a repeated byte is stored once."""
    while place + 3 <= len(data):
        head = int.from_bytes(data[place : place + 3], "little")
        last, kind, size = head & 1, head >> 1 & 3, head >> 3
        place += 3 + (1 if kind == 1 else size)
        if last:
            return place
    raise NotOneFrame("cut off")
