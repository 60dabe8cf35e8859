"""How a form lies on paper: the ``[paper]`` table at the end of a form's definition.

The rows of the official table are written as lists of cells. A cell without a placeholder is a label, a cell with
one shows answers, ``^`` continues the cell above it. Placeholders:

====================  =============================================================================================
``{weight}``          the answer as its type is printed: options with their boxes, a number on a line with its unit …
``{sex:options}``     the options only; ``{sex:box}`` the boxes only; ``{sex:stacked}`` one option a line, with boxes
``{unknown:box}``     of a yes/no question, a box to tick
``{signs:ticked}``    one option a line, a tick after the chosen ones
``{sex:choices}``     the options without blanks; ``{sex:list}`` the same, one option a line
``{salt:words}``      the options as words with a tick after the chosen one; ``{level:apart}`` with blanks between
``{month:chosen}``    the word of the chosen option only, as a column's head shows its month
``{ill.A:boxed}``     options whose codes begin with A, each with a tick box; behind a word (up to a blank) that several
                      share, these stand in brackets
``{name:plain}``      the words without a line under them; ``{name:line}`` a line as wide as there is room
``{id_type:note}``    the words in brackets, only where they aren't the field's default
``{drugs.1.name}``    a column of a table's first row; ``{drugs:rest}`` the rows that have no place of their own
``{past:slots}``      the rows of a table one after another as ``[paper.table.past] slot`` says; ``{number}`` is ①, ②, …
``{vaccine:group}``   in a table's column: a choice's word up to its blank, one cell for neighbouring rows that share it
``{vaccine:member}``  the rest of the word, or the words behind the option
``{teeth.row:cross}`` four columns of a table row around a cross, in the order of ``[paper.table.teeth] cross``
====================  =============================================================================================

A table whose rows aren't fixed may still have some printed: ``[paper.table.doses] rows`` lists codes of its column
``rows_by``; answered rows take the first free place of their code, others follow. A column's head ``<`` belongs to the
head before it.

A sheet whose columns have a meaning prints a cell as each column asks it: with its own options, without paragraphs
whose questions it doesn't ask, a dash where it asks none.

A page that is torn off and goes its own way is named in ``torn`` with the fields that begin it: a form that is
filled in prints it only once it is begun.

A form without ``[paper]`` gets a table derived from its sections and labels (``derive_layout``).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from jiandang_desktop.forms.definition import Field, FieldType, Form, Section
from jiandang_desktop.forms.faults import DefinitionFault

UP = "^"
_SLOT = re.compile(r"\{([A-Za-z_0-9.#]+)(?::([a-z]+))?\}")
_MODES = frozenset(
    [
        "options",
        "choices",
        "stacked",
        "ticked",
        "box",
        "list",
        "words",
        "apart",
        "chosen",
        "boxed",
        "plain",
        "line",
        "value",
        "note",
        "slots",
        "rest",
        "cross",
        "group",
        "member",
    ]
)
_KINDS = frozenset({"grid", "visits", "cover", "card", "growth"})


@dataclass(frozen=True, slots=True)
class Slot:
    """A placeholder: where the answer is (``path[0]`` is a field) and how it is shown."""

    path: tuple[str, ...]
    mode: str = ""


Paragraph = tuple[str | Slot, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the printed table."""

    paragraphs: tuple[Paragraph, ...]
    is_label: bool = False
    continues: bool = False
    """The cell above goes on here."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its cells, their shares of the width (any unit) and its least height in points."""

    cells: tuple[Cell, ...]
    widths: tuple[float, ...]
    height: float = 0.0


@dataclass(frozen=True, slots=True)
class Part:
    """Rows under one title in the section column ('' = the rows take the whole width)."""

    title: str
    rows: tuple[Row, ...]
    page: int = 1


@dataclass(frozen=True, slots=True)
class TableHint:
    """How a table field is printed."""

    widths: tuple[float, ...] = ()
    columns: tuple[tuple[str, Cell], ...] = ()
    """(Head, cell) of each printed column; empty = the table's own columns."""
    slot: tuple[Paragraph, ...] = ()
    separator: str = "/"
    cross: tuple[str, ...] = ()
    numbered: bool = False
    rows: tuple[str, ...] = ()
    """Codes of the column ``rows_by`` for which a row is printed in any case."""
    rows_by: str = ""


@dataclass(frozen=True, slots=True)
class PaperLayout:
    """The printed look of a form."""

    kind: str
    parts: tuple[Part, ...]
    title: str = ""
    head: Paragraph | None = None
    """The line above the table, left of the code boxes."""
    code: str = ""
    """Field whose digits stand in the boxes at the top right."""
    size: float = 9.0
    height: float = 17.0
    """Least height of a row in points."""
    margin: float = 42.0
    omit: frozenset[str] = frozenset()
    """Fields that aren't printed."""
    torn: Mapping[int, frozenset[str]] = field(default_factory=dict)
    """Pages that are papers of their own: a filled form prints one once any of these fields is answered."""
    tables: Mapping[str, TableHint] = field(default_factory=dict)

    def parts_for(self, answers: Mapping[str, Any]) -> tuple[Part, ...]:
        """What is printed of a form so filled in; all of a blank one."""
        begun = {page for page, names in self.torn.items() if any(name in answers for name in names)}
        return tuple(part for part in self.parts if not begun or part.page not in self.torn or part.page in begun)

    def slots(self) -> Iterator[Slot]:
        """Every placeholder of the sheet."""
        yield from _slots_of((self.head or (),))
        for part in self.parts:
            for row in part.rows:
                for cell in row.cells:
                    yield from _slots_of(cell.paragraphs)

    def shown(self) -> frozenset[str]:
        """Ids of the fields that have a place on the sheet."""
        return frozenset({self.code, *(slot.path[0] for slot in self.slots())})

    def prints_words(self, field_id: str, code: str) -> bool:
        """Whether the sheet has a blank for the words behind an option."""
        return any(
            slot.path == (field_id, code)
            or (slot.path == (field_id,) and slot.mode in ("", "options", "stacked"))
            or (slot.mode == "boxed" and slot.path[0] == field_id and code.startswith(slot.path[1:] or ("",)))
            for slot in self.slots()
        )


def parse_paper(raw: Mapping[str, Any], form: Form) -> PaperLayout:
    """The ``[paper]`` table of a form (DefinitionFault for unknown keys, fields and ways of showing)."""
    return _PaperReader(form).layout(raw)


def layout_of(form: Form) -> PaperLayout:
    """The form's own printed look, or one derived from its sections."""
    return form.paper if isinstance(form.paper, PaperLayout) else derive_layout(form)


class _PaperReader:
    """Reads hints against the fields of one form."""

    def __init__(self, form: Form) -> None:
        self._form = form

    def layout(self, raw: Mapping[str, Any]) -> PaperLayout:
        keys = "layout title head code size height margin omit torn table part row_pad"
        self._known(raw, keys, "[paper]")
        derived = derive_layout(self._form)
        kind = raw.get("layout", derived.kind)
        if kind not in _KINDS:
            raise self._fault(f"layout {kind!r} is unknown", f"Use one of {sorted(_KINDS)}")
        omit = frozenset(raw.get("omit", ()))
        torn = {int(page): frozenset(names) for page, names in raw.get("torn", {}).items()}
        for field_id in omit.union(*torn.values()):
            self._field(field_id)
        parts = tuple(map(self._part, raw["part"])) if "part" in raw else derived.parts
        return PaperLayout(
            kind=kind,
            parts=parts,
            title=raw.get("title", ""),
            head=self._paragraphs(raw["head"])[0] if "head" in raw else derived.head,
            code=raw.get("code", derived.code),
            size=float(raw.get("size", 9)),
            height=float(raw.get("height", 17)),
            margin=float(raw.get("margin", 42)),
            omit=omit,
            torn=torn,
            tables={name: self._table(name, hint) for name, hint in raw.get("table", {}).items()},
        )

    def _part(self, raw: Mapping[str, Any]) -> Part:
        self._known(raw, "section title page rows widths", "[[paper.part]]")
        section = raw.get("section")
        known = {part.id: part.title for part in self._form.sections}
        if section is not None and section not in known:
            raise self._fault(f"section {section!r} is unknown", f"Use one of {sorted(known)}")
        widths = {len(entry): tuple(map(float, entry)) for entry in raw.get("widths", ())}
        rows = tuple(self._row(entry, widths) for entry in raw["rows"])
        return Part(raw.get("title", known[section] if section else ""), rows, raw.get("page", 1))

    def _row(self, raw: Any, widths: Mapping[int, tuple[float, ...]]) -> Row:
        entry = raw if isinstance(raw, dict) else {"cells": raw}
        self._known(entry, "cells widths height", "row")
        cells = tuple(self._cell(text) for text in entry["cells"])
        shares = tuple(map(float, entry.get("widths", ()))) or widths.get(len(cells)) or _shares(len(cells))
        if len(shares) != len(cells):
            raise self._fault(f"{len(cells)} cells but {len(shares)} widths", "Give a width for each cell")
        return Row(cells, shares, float(entry.get("height", 0)))

    def _cell(self, text: str) -> Cell:
        if text == UP:
            return Cell((), continues=True)
        return Cell(self._paragraphs(text), is_label=not _SLOT.search(text))

    def _table(self, name: str, raw: Mapping[str, Any]) -> TableHint:
        self._known(raw, "widths columns slot separator cross numbered rows rows_by", f"[paper.table.{name}]")
        column = self._field(name).column(raw.get("rows_by", ""))
        if "rows" in raw and (column is None or not all(column.option(code) for code in raw["rows"])):
            raise self._fault(f"rows of [paper.table.{name}]", "Name in rows_by the column that has these codes")
        return TableHint(
            widths=tuple(map(float, raw.get("widths", ()))),
            columns=tuple((entry["head"], self._column_cell(entry["show"])) for entry in raw.get("columns", ())),
            slot=_paragraphs(raw["slot"]) if "slot" in raw else (),
            separator=raw.get("separator", "/"),
            cross=tuple(raw.get("cross", ())),
            numbered=raw.get("numbered", False),
            rows=tuple(raw.get("rows", ())),
            rows_by=raw.get("rows_by", ""),
        )

    def _column_cell(self, text: str) -> Cell:
        return Cell(_paragraphs(text))

    def _paragraphs(self, text: str) -> tuple[Paragraph, ...]:
        paragraphs = _paragraphs(text)
        for slot in _slots_of(paragraphs):
            self._field(slot.path[0])
            if slot.mode and slot.mode not in _MODES:
                raise self._fault(f"{slot.mode!r} is no way to show an answer", f"Use one of {sorted(_MODES)}")
        return paragraphs

    def _field(self, field_id: str) -> Field:
        found = self._form.field(field_id)
        if found is None:
            raise self._fault(f"{field_id!r} in [paper] is not a field", "Name a field of this form")
        return found

    def _known(self, raw: Mapping[str, Any], keys: str, where: str) -> None:
        unknown = sorted(set(raw) - set(keys.split()))
        if unknown:
            raise self._fault(f"{where} has the unknown key {unknown[0]!r}", f"Use only {keys}")

    def _fault(self, text: str, cure: str) -> DefinitionFault:
        return DefinitionFault(f"{self._form.id}.toml", 0, text, cure)


def _paragraphs(text: str) -> tuple[Paragraph, ...]:
    return tuple(tuple(_pieces(line)) for line in text.split("\n"))


def _pieces(line: str) -> Iterator[str | Slot]:
    start = 0
    for match in _SLOT.finditer(line):
        if match.start() > start:
            yield line[start : match.start()]
        yield Slot(tuple(match[1].split(".")), match[2] or "")
        start = match.end()
    if start < len(line):
        yield line[start:]


def _slots_of(paragraphs: tuple[Paragraph, ...]) -> Iterator[Slot]:
    for paragraph in paragraphs:
        for piece in paragraph:
            if isinstance(piece, Slot):
                yield piece


def _shares(count: int) -> tuple[float, ...]:
    known = {1: (1,), 2: (20, 80), 3: (12, 16, 72), 4: (20, 30, 20, 30), 5: (12, 16, 24, 20, 28)}
    return tuple(map(float, known.get(count, (1,) * count)))


# -- derived from the sections ---------------------------------------------------------------------------------------

_HEAD = ("name", "archive_no_short")
_SHORT = (FieldType.INTEGER, FieldType.DECIMAL, FieldType.DATE, FieldType.CODE, FieldType.SIGNATURE)


def derive_layout(form: Form) -> PaperLayout:
    """The look of a form without hints: a row for each question, short ones side by side, in the paper's order."""
    kind = "visits" if form.is_sheet else "grid"
    parts = tuple(part for part in (_derived_part(section, kind) for section in form.sections) if part.rows)
    has_code = form.field("archive_no_short") is not None
    name = form.field("name")
    head: Paragraph | None = (f"{name.label}：", Slot(("name",), "plain")) if name else None
    return PaperLayout(kind=kind, parts=parts, head=head, code="archive_no_short" if has_code else "")


def _derived_part(section: Section, kind: str) -> Part:
    printed = [item for item in section.fields if item.id not in _HEAD and not item.practice_addition]
    groups = [_group(item) for item in printed]
    rows: list[Row] = []
    position = 0
    while position < len(printed):
        item, group = printed[position], groups[position]
        following = printed[position + 1] if position + 1 < len(printed) else None
        shared = group and group in (groups[position - 1] if position else "", *groups[position + 1 : position + 2])
        if shared:
            first = position == 0 or groups[position - 1] != group
            rows.append(
                _derived_row([_label(group) if first else _UP_CELL, _label(item.label[len(group) + 1 :]), item])
            )
        elif kind == "grid" and following and _is_short(item) and _is_short(following) and not groups[position + 1]:
            rows.append(_derived_row([_label(item.label), item, _label(following.label), following]))
            position += 1
        else:
            rows.append(_derived_row([_label(item.label), item]))
        position += 1
    title = "" if section.id == "header" else section.title
    return Part(title, tuple(rows), section.page)


def _group(item: Field) -> str:
    group, blank, _ = item.label.partition(" ")
    return group if blank else ""


def _is_short(item: Field) -> bool:
    return item.type in _SHORT and not item.options


def _label(text: str) -> Cell:
    return Cell(_paragraphs(text), is_label=True)


_UP_CELL = Cell((), continues=True)


def _derived_row(entries: list[Cell | Field]) -> Row:
    cells = tuple(entry if isinstance(entry, Cell) else Cell(((Slot((entry.id,)),),)) for entry in entries)
    return Row(cells, _shares(len(cells)))
