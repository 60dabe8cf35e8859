"""The round list on paper: whom to visit in walking order, what for and why, with room for the result (R6.2)."""

from datetime import date

from jiandang_desktop import printing
from jiandang_desktop.domain.ages import spoken_age
from jiandang_desktop.domain.staff import Right
from jiandang_desktop.printing import FontBook, Listing, Page, PaperContext
from jiandang_desktop.programmes.bands import Band
from jiandang_desktop.services.desk import Desk
from jiandang_desktop.services.due import EVERYTHING, WITHIN, DueFilter, DueLine, Worklist, worklist

_PRESSING = frozenset({Band.OVERDUE, Band.WEEK, Band.LOST})
_SHARES = (25, 23, 26, 13, 23)


def pages(desk: Desk, day: str | None = None, where: DueFilter = EVERYTHING, *, within: int = WITHIN) -> list[Page]:
    """Lines of the bands asked for; without any: overdue, this week's and lost ones.

    Problems: NOT_ALLOWED, DAY_INVALID, WITHIN_INVALID, GLYPH_MISSING.
    """
    desk.require(Right.PRINT)
    bands = where.bands or _PRESSING
    wanted = DueFilter(
        bands=bands,
        programmes=where.programmes,
        village_group=where.village_group,
        doctor=where.doctor,
        station_id=where.station_id,
        resident_id=where.resident_id,
        household_id=where.household_id,
    )
    found = worklist(desk, day, wanted, within=within, limit=-1)
    fonts = desk.bench.paper
    words = fonts.words
    people = [line.person.id for line in found.lines]
    listing = Listing(
        title=words.text("round.title"),
        head=_head(desk, found, where),
        columns=words.lines("round.columns"),
        shares=_SHARES,
        rows=_rows(found, fonts, several=desk.station.level != "village" and where.station_id is None),
        total=words.text("round.total", people=len(set(people)), lines=len(people)),
        centred=frozenset({3}),
        merged=tuple(0 if before == now else -1 for before, now in zip(["", *people], people, strict=False)),
    )
    context = PaperContext(station=desk.station.name, printed_by=desk.staff.name, printed_at=desk.now_label())
    return printing.layout_list(listing, context, fonts)


def _head(desk: Desk, found: Worklist, where: DueFilter) -> str:
    words = desk.bench.paper.words
    parts = [words.text("round.head", station=desk.station.name, day=found.day, until=found.until)]
    if where.village_group:
        parts.append(words.text("round.group", group=where.village_group))
    if where.doctor:
        parts.append(words.text("round.doctor", doctor=where.doctor))
    return words.text("round.gap").join(parts)


def _rows(found: Worklist, fonts: FontBook, *, several: bool) -> list[tuple[str, ...]]:
    """``several``: over more than one village, so that an address is told whole."""
    number, last, rows = 0, "", list[tuple[str, ...]]()
    for line in found.lines:
        number += line.person.id != last
        last = line.person.id
        person = _person(number, line, found.day, fonts, line.person.address if several else line.person.door)
        rows.append((person, line.what, _why(line, fonts), _until(line, fonts), ""))
    return rows


def _person(number: int, line: DueLine, day: str, fonts: FontBook, address: str) -> str:
    """Number, name, sex and age; telephone; address: what one looks for at the door."""
    person, words = line.person, fonts.words
    age = spoken_age(person.birth_date, date.fromisoformat(day))
    facts = [
        words.text(
            "round.person",
            number=number,
            name=person.name,
            sex=words.text(f"sex.{person.sex}") if person.sex in ("1", "2") else "",
            age=words.text(f"round.age_{age[0]}", number=age[1]) if age is not None else "",
        ),
        person.phone,
        address,
    ]
    return "\n".join(fact.strip() for fact in facts if fact.strip())


def _why(line: DueLine, fonts: FontBook) -> str:
    if not line.attempts:
        return line.why
    return line.why + fonts.words.text("round.attempts", count=line.attempts, day=line.last_attempt)


def _until(line: DueLine, fonts: FontBook) -> str:
    """The last day, marked where it passed."""
    return fonts.words.text(f"round.{'overdue' if line.band is Band.OVERDUE else 'until'}", day=line.closes)
