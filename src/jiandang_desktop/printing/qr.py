"""A QR code as one path."""

from jiandang_desktop.printing.display import Path


def qr_path(text: str, x: float, y: float, side: float) -> Path:
    """The code of ``text`` in a square of ``side`` points with its quiet zone; error correction M."""
    import segno  # Takes longer to load than everything else here; most runs print no code.

    rows = list(segno.make(text, error="m", micro=False, boost_error=False).matrix)
    unit = side / (len(rows) + 8)
    outlines = []
    for number, row in enumerate(rows):
        start = None
        for column, dark in enumerate([*row, 0]):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                left, right = x + (start + 4) * unit, x + (column + 4) * unit
                top = y + (number + 4) * unit
                outlines.append(((left, top), (right, top), (right, top + unit), (left, top + unit)))
                start = None
    return Path(tuple(outlines))
