"""The recovery sheet: the code that opens the vault when every password is forgotten, in groups to type back."""

from collections.abc import Sequence

from jiandang_desktop.printing.display import A4, Lines, Page, Rect, Text
from jiandang_desktop.printing.flow import set_text
from jiandang_desktop.printing.fonts import FontBook

_LEFT = 70.0
_WIDTH = A4[0] - 2 * _LEFT


def layout_recovery_sheet(
    *, station_name: str, person: str, groups: Sequence[str], made_at: str, fonts: FontBook
) -> list[Page]:
    """The sheet as one page. It is printed, never stored (GLYPH_MISSING)."""
    words = fonts.words
    page = Page()
    title = words.text("recovery.title")
    page.ops.append(Text((A4[0] - fonts.width(title, 24, "bold")) / 2, 100, title, 24, "bold"))
    made = made_at[:16].replace("T", " ")
    head = set_text(words.text("recovery.head", station=station_name, person=person, time=made), _WIDTH, 12, fonts)
    page.ops += head.draw(_LEFT, 130)
    y = 130 + head.height + 22
    y = _groups(page, groups, y, fonts)
    keep = set_text("\n".join(words.lines("recovery.rules")), _WIDTH, 12, fonts)
    page.ops += keep.draw(_LEFT, y + 24)
    y += 24 + keep.height + 40
    for key in ("recovery.keeper", "recovery.place", "recovery.date"):
        label = words.text(key)
        page.ops.append(Text(_LEFT, y, label, 12))
        start = _LEFT + fonts.width(label, 12) + 4
        page.ops.append(Lines(((start, y + 3, _LEFT + _WIDTH * 0.7, y + 3),), 0.6))
        y += 34
    return [page]


def _groups(page: Page, groups: Sequence[str], y: float, fonts: FontBook) -> float:
    """The numbered groups, two to a line, large enough to be read without glasses."""
    size, height, half = 21.0, 48.0, _WIDTH / 2
    for number, group in enumerate(groups):
        x, top = _LEFT + (number % 2) * half, y + (number // 2) * height
        page.ops.append(Rect(x, top, half, height, 0.8))
        page.ops.append(Text(x + 10, top + 29, str(number + 1), 11))
        shrunk = size * min(1.0, (half - 50) / max(1.0, fonts.width(group, size, "bold")))
        page.ops.append(Text(x + 36, top + 32, group, shrunk, "bold"))
    return y + height * ((len(groups) + 1) // 2)
