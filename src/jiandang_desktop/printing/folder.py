"""A household's folder: bag label, contents, forms about the household, then each member's papers.

A paper folder grows. Each sheet has a name that stays, and page numbers that stay: what was added since the last print
goes on after the last number, a sheet that changed takes the place of the old one under the old number. So the sheets
are numbered, and label, contents and notes are not.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from jiandang_desktop.domain.records import RecordId, RevisionId
from jiandang_desktop.forms.paper import layout_of
from jiandang_desktop.printing.display import Page, Text
from jiandang_desktop.printing.documents import (
    FilledForm,
    FolderDocument,
    LyingSheet,
    MemberPart,
    PaperContext,
    Progress,
    SetFolder,
)
from jiandang_desktop.printing.fonts import FontBook
from jiandang_desktop.printing.footer import foot
from jiandang_desktop.printing.forms import form_body
from jiandang_desktop.printing.front import Change, ContentsLine, bag_label, change_note, contents
from jiandang_desktop.printing.trends import ORDER as TRENDS_ORDER
from jiandang_desktop.printing.trends import trend_pages

LABEL, CONTENTS = "label", "contents"
"""Names of the sheets in front, which have no page numbers."""

TRENDS = "trends"
"""What the sheet of trends is called where others have their form's id."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A sheet that belongs into the folder now."""

    order: int
    sheet: str
    content: str
    name: str
    title: str
    context: PaperContext
    lay_out: Callable[[], list[Page]]
    records: Mapping[RecordId, RevisionId]


def layout_folder(document: FolderDocument, fonts: FontBook, progress: Progress) -> list[Page]:
    """The whole folder (GLYPH_MISSING). ``progress`` counts sheets and may raise; nothing is left then."""
    return set_folder(document, fonts, progress).pages


def set_folder(
    document: FolderDocument,
    fonts: FontBook,
    progress: Progress,
    lying: Sequence[LyingSheet] | None = None,
) -> SetFolder:
    """The whole folder, or with ``lying`` only what differs from the paper that lies there (GLYPH_MISSING).

    Without any difference there are no pages. ``progress`` counts sheets and may raise; nothing is left then.
    """
    return _Setter(document, fonts, lying).run(progress)


class _Setter:
    def __init__(self, document: FolderDocument, fonts: FontBook, lying: Sequence[LyingSheet] | None) -> None:
        self._document = document
        self._fonts = fonts
        self._words = fonts.words
        self._only_new = lying is not None
        self._lying = {each.sheet: each for each in lying or ()}
        self._last = max((each.first + each.numbers - 1 for each in self._lying.values()), default=0)
        self._context = PaperContext(
            station=str(document.station.get("name", "")),
            printed_by=document.printed_by,
            printed_at=document.printed_at,
        )
        self._changes: list[tuple[int, Change]] = []
        self._sheets: list[LyingSheet] = []
        self._contents: list[ContentsLine] = []
        self._bodies: list[Page] = []
        self._records: dict[str, Mapping[RecordId, RevisionId]] = {}

    def run(self, progress: Progress) -> SetFolder:
        parts = self._parts()
        progress(0, len(parts))
        for done, part in enumerate(parts, 1):
            self._part(part)
            progress(done, len(parts))
        self._take_out({part.sheet for part in parts})
        front = self._front()
        return SetFolder(front + self._bodies, tuple(self._sheets), self._records, self._last)

    # -- sheets

    def _parts(self) -> list[_Part]:
        """Everything that belongs into the folder, in the official order."""
        head = str(self._document.household.get("head_name", ""))
        parts = [
            self._form(filled, f"household/{number}", head, self._context)
            for number, filled in enumerate(self._document.forms)
        ]
        for place, member in enumerate(self._document.members):
            parts += sorted(self._member(member, str(place)), key=lambda part: part.order)
        return parts

    def _member(self, member: MemberPart, place: str) -> list[_Part]:
        context = self._context.of(member.resident)
        name = str(member.resident.get("name", ""))
        parts = [
            self._form(filled, f"{place}/{number}", name, context, member.card_token)
            for number, filled in enumerate(member.forms)
        ]
        if member.trends:
            parts.append(
                _Part(
                    TRENDS_ORDER,
                    f"{member.id or place}/{TRENDS}",
                    _digest([asdict(trend) for trend in member.trends]),
                    name,
                    self._words.text("trends.title"),
                    context,
                    lambda: trend_pages(member.trends, context, self._fonts),
                    {},
                )
            )
        return parts

    def _form(self, filled: FilledForm, place: str, name: str, context: PaperContext, token: str = "") -> _Part:
        token = token if layout_of(filled.form).kind == "card" else ""
        return _Part(
            filled.form.order,
            filled.sheet or place,
            fingerprint(filled, token),
            name,
            filled.form.title,
            context,
            lambda: form_body(filled, context, self._fonts, token),
            filled.records,
        )

    def _part(self, part: _Part) -> None:
        """Lay a sheet out, unless it lies there already as it is."""
        old = self._lying.get(part.sheet)
        lies = old is not None and old.pages > 0
        if old is not None and lies and old.content == part.content:
            self._contents.append(ContentsLine(part.name, part.title, _span(old.first, old.numbers)))
            return
        body = part.lay_out()
        if old is not None and lies:
            first, numbers, key = old.first, old.numbers, "changes.instead"
        else:
            first, numbers, key = self._last + 1, len(body), "changes.added"
            self._last += len(body)
        for page, label in zip(body, labels(first, numbers, len(body)), strict=True):
            foot(page, self._words.text("footer.only", page=label), part.context, self._fonts)
        self._bodies += body
        self._contents.append(ContentsLine(part.name, part.title, _span(first, numbers)))
        self._changes.append((first, self._change(part.name, part.title, first, numbers, len(body), key)))
        self._sheets.append(LyingSheet(part.sheet, part.content, first, numbers, len(body), part.name, part.title))
        self._records[part.sheet] = part.records

    def _change(self, name: str, title: str, first: int, numbers: int, count: int, key: str) -> Change:
        shown = _span(first, min(numbers, count))
        what = self._words.text(key, pages=_span(first, numbers), before=first - 1)
        if count > numbers:
            what += self._words.text("changes.more", pages=" ".join(labels(first, numbers, count)[numbers:]))
        if count < numbers:
            what += self._words.text("changes.fewer", pages=_span(first + count, numbers - count))
        return Change(shown, name, title, what)

    def _take_out(self, here: set[str]) -> None:
        """Sheets that don't belong here any more, such as those of somebody who moved away."""
        for old in self._lying.values():
            if old.pages and old.sheet not in here and old.sheet not in (LABEL, CONTENTS):
                shown = _span(old.first, old.numbers)
                change = Change(shown, old.name, old.title, self._words.text("changes.out"))
                self._changes.append((old.first, change))
                self._sheets.append(LyingSheet(old.sheet, "", old.first, old.numbers, 0, old.name, old.title))

    # -- in front

    def _front(self) -> list[Page]:
        label = [bag_label(self._document, self._fonts)]
        listed = contents(self._contents, self._last, self._fonts)
        if not self._only_new:
            self._remember(LABEL, label)
            self._remember(CONTENTS, listed)
            return self._feet(label, "") + self._feet(listed, "contents.page")
        front: list[Page] = []
        for sheet, pages, key in ((LABEL, label, ""), (CONTENTS, listed, "contents.page")):
            old = self._lying.get(sheet)
            if old is None or old.content != _texts(pages):
                self._remember(sheet, pages)
                what = self._words.text(f"changes.{sheet}_what")
                self._changes.append((0, Change("", "", self._words.text(f"changes.{sheet}"), what)))
                front += self._feet(pages, key)
        if not self._changes:
            return []
        in_order = sorted(self._changes, key=lambda pair: pair[0])
        note = change_note(self._document, [each for _, each in in_order], self._last, self._fonts)
        return self._feet(note, "changes.page") + front

    def _remember(self, sheet: str, pages: Sequence[Page]) -> None:
        self._sheets.append(LyingSheet(sheet, _texts(pages), 0, 0, len(pages)))
        self._records[sheet] = {}

    def _feet(self, pages: list[Page], key: str) -> list[Page]:
        for number, page in enumerate(pages, 1):
            words = self._words.text(key, page=number) if key else ""
            foot(page, words, self._context, self._fonts)
        return pages


def fingerprint(filled: FilledForm, card_token: str = "") -> str:
    """Tells whether a sheet shows something else than when it was printed."""
    shown = [
        str(filled.form.id),
        filled.form.version,
        dict(filled.answers),
        [dict(answers) for answers in filled.columns],
        card_token,
    ]
    return _digest(shown)


def labels(first: int, numbers: int, count: int) -> list[str]:
    """The page numbers of a sheet that owns ``numbers`` of them; pages beyond those are counted under the last one."""
    own = [str(first + place) for place in range(min(numbers, count))]
    last = first + numbers - 1
    return own + [f"{last}-{extra}" for extra in range(1, count - numbers + 1)]


def _span(first: int, numbers: int) -> str:
    return str(first) if numbers == 1 else f"{first}-{first + numbers - 1}"


def _texts(pages: Sequence[Page]) -> str:
    """Fingerprint of the words on pages without their foot."""
    shown = "\n".join(op.text for page in pages for op in page.ops if isinstance(op, Text))
    return _digest(shown)


def _digest(shown: Any) -> str:
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:32]
