"""Bounds of a bundle. What lies beyond them is refused before it costs memory or time."""

MAX_FILE = 512 * 2**20
"""Bytes of a whole bundle file."""

MAX_PLAIN = 2**30
"""Bytes of the journal lines before compression."""

MAX_HEADER_LINE = 64 * 2**10
"""Bytes of the header line with its newline."""

MAX_HEAD = 128 * 2**10
"""Bytes that hold the first two lines and the signature of any bundle."""

MAX_ENTRIES = 1_000_000
"""Journal entries in one bundle."""

MAX_ENTRY_LINE = 4 * 2**20
"""Bytes of one journal entry's line, without its newline."""

MAX_RECIPIENTS = 16
"""Stations that one bundle can be sealed for."""

MAX_NUMBER = 2**40
"""Highest journal number. Far above any station's life, far below where integers differ between languages."""

MAX_WINDOW = 8 * 2**20
"""Bytes of memory that the compressed frame may ask for."""

MAX_ENVELOPE = 16 * 2**10
"""Bytes of the age file's own header."""
