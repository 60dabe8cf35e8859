"""The list that goes with a submission (移交/报送清单): what was handed over, signed by both sides."""

from dataclasses import dataclass

from jiandang_desktop.printing.display import Page
from jiandang_desktop.printing.documents import PaperContext
from jiandang_desktop.printing.fonts import FontBook
from jiandang_desktop.printing.listing import Listing, layout_list

_SHARES = (6.0, 13.0, 13.0, 21.0, 40.0, 7.0)
_CENTRED = frozenset({0, 5})


@dataclass(frozen=True, slots=True)
class TransferLine:
    """One resident, or one household's own papers."""

    household_code: str
    head: str
    name: str
    record_code: str
    forms: tuple[tuple[str, int], ...]
    """Titles of the forms and how many of each."""


@dataclass(frozen=True, slots=True)
class TransferList:
    """A submission as people sign it."""

    sender: str
    receiver: str
    file_name: str
    digest: str
    first: int
    last: int
    made_at: str
    lines: tuple[TransferLine, ...]


def layout_transfer_list(document: TransferList, context: PaperContext, fonts: FontBook) -> list[Page]:
    """The list with its foot; the signatures stand on the last page (GLYPH_MISSING)."""
    words = fonts.words
    head = words.text(
        "transfer.head",
        sender=document.sender,
        receiver=document.receiver or "＿" * 10,
        file=document.file_name,
        first=document.first,
        last=document.last,
        time=document.made_at[:16].replace("T", " "),
        digest=document.digest[:16],
    )
    households = len({line.household_code or line.head for line in document.lines})
    people = len({line.record_code for line in document.lines if line.record_code})
    papers = sum(count for line in document.lines for _, count in line.forms)
    listing = Listing(
        title=words.text("transfer.title"),
        head=head,
        columns=words.lines("transfer.columns"),
        shares=_SHARES,
        rows=_texts(document, fonts),
        total=words.text("transfer.total", households=households, people=people, papers=papers),
        centred=_CENTRED,
        merged=_merged(document),
        signatures=("transfer.giver", "transfer.taker"),
    )
    return layout_list(listing, context, fonts)


def _merged(document: TransferList) -> tuple[int, ...]:
    """A household stands once beside all of its people."""
    places = [(line.household_code, line.head) for line in document.lines]
    same = [before == now and bool(now[0]) for before, now in zip([("", ""), *places], places, strict=False)]
    return tuple(1 if each else -1 for each in same)


def _texts(document: TransferList, fonts: FontBook) -> list[tuple[str, ...]]:
    words = fonts.words
    found: list[tuple[str, ...]] = []
    for number, line in enumerate(document.lines, 1):
        forms = words.text("answer.and").join(
            title if count == 1 else words.text("transfer.several", title=title, count=count)
            for title, count in line.forms
        )
        papers = str(sum(count for _, count in line.forms))
        code = line.household_code or words.text("transfer.no_code")
        found.append((str(number), f"{code}\n{line.head}".strip(), line.name, line.record_code, forms, papers))
    return found
