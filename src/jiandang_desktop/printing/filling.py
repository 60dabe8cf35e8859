"""Cells of the printed table filled with answers: placeholders become text, lines, options and boxes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from jiandang_desktop.domain.records import Answers
from jiandang_desktop.forms.definition import Field, FieldType, FixedRow, Form, Option
from jiandang_desktop.forms.paper import Cell, PaperLayout, Paragraph, Slot, TableHint
from jiandang_desktop.printing.answers import codes, has_printed_options, option_words, words_of
from jiandang_desktop.printing.atoms import Atom, Blank, Boxes, Cross, Run, Together, Words
from jiandang_desktop.printing.words import PaperWords

_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_WIDTHS = {
    FieldType.INTEGER: 3.0,
    FieldType.DECIMAL: 3.6,
    FieldType.DATE: 7.0,
    FieldType.CODE: 8.0,
    FieldType.SIGNATURE: 6.0,
    FieldType.TEXT: 5.0,
}
"""Width of an empty line in sizes."""
_OPTION_MODES = frozenset({"", "options", "choices", "words", "apart", "box", "chosen"})
_BESIDE = 4
"""More boxes than this take a line of their own below options that stand one a line."""
_MOST_BOXES = 6
"""Boxes of a question of several choices where the form doesn't say how many it has."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a placeholder's answer comes from: the field, its answer and the mapping that holds option words."""

    item: Field
    value: Any
    around: Mapping[str, Any]


class Filler:
    """Fills cells of one form."""

    def __init__(self, form: Form, layout: PaperLayout, words: PaperWords) -> None:
        self._whole = form
        self._form = form
        self._layout = layout
        self._words = words

    def runs(self, cell: Cell, answers: Mapping[str, Any]) -> list[Run]:
        """A cell's paragraphs with answers filled in; on a sheet, as the answers' column asks them."""
        self._form = self._whole.of_answers(answers)
        paragraphs = self._asked(cell, answers)
        if not paragraphs and cell.paragraphs:
            return [Run((Words(self._words.text("answer.not_asked")),))]
        alone = len(paragraphs) == 1 and len(paragraphs[0]) == 1
        runs: list[Run] = []
        for paragraph in paragraphs:
            runs += self._paragraph(paragraph, answers, alone)
        return runs

    def is_dash(self, cell: Cell, answers: Answers) -> bool:
        """Whether none of a cell's questions is asked in this column of the sheet."""
        return bool(cell.paragraphs) and not self._asked(cell, answers)

    def _asked(self, cell: Cell, answers: Answers) -> tuple[Paragraph, ...]:
        """The paragraphs of a cell without those whose questions aren't asked in this column of the sheet."""
        column = answers.get(self._whole.column_field) if self._whole.column_field else None
        if column is None or cell.is_label:
            return cell.paragraphs
        kept = tuple(line for line in cell.paragraphs if self._is_asked(line, column))
        return kept if any(isinstance(piece, Slot) for line in kept for piece in line) else ()

    def _is_asked(self, paragraph: Paragraph, column: object) -> bool:
        items = [self._whole.field(piece.path[0]) for piece in paragraph if isinstance(piece, Slot)]
        return not items or any(item and (not item.applies_to or column in item.applies_to) for item in items)

    def table(self, slot: Slot) -> tuple[Field, TableHint] | None:
        """The table that a placeholder alone in its cell prints as rows of its own."""
        item = self._form.field(slot.path[0])
        if item is None or item.type is not FieldType.TABLE or slot.mode or len(slot.path) > 1:
            return None
        return item, self._layout.tables.get(item.id, TableHint())

    def row_runs(self, cell: Cell, table: Field, row: Mapping[str, Any], number: int) -> list[Run]:
        """A cell of a table's row: placeholders name its columns."""
        alone = len(cell.paragraphs) == 1 and len(cell.paragraphs[0]) == 1
        return [run for paragraph in cell.paragraphs for run in self._in_row(paragraph, table, row, number, alone)]

    # -- paragraphs

    def _paragraph(self, paragraph: Paragraph, answers: Mapping[str, Any], alone: bool) -> list[Run]:
        atoms: list[Atom] = []
        boxes: list[Boxes] = []
        more: list[Run] = []
        for piece in paragraph:
            if isinstance(piece, str):
                atoms.append(Words(piece))
            elif piece.mode == "slots":
                self._slots(piece, answers, atoms, more)
            elif piece.mode == "boxed":
                atoms += self._boxed(piece, answers)
            elif piece.mode == "list":
                more += self._option_list(piece)
            elif piece.mode == "ticked":
                more += self._ticked_list(piece, answers)
            elif piece.mode == "stacked":
                more += self._stacked(piece, answers)
            elif piece.mode == "rest":
                atoms += self._rest(piece, answers)
            elif piece.mode == "cross":
                atoms.append(self._cross(piece, answers))
            else:
                self._show(self._place(piece.path, answers), piece.mode, alone, atoms, boxes)
        return [Run(_last_stretches(atoms), tuple(boxes)), *more] if atoms or boxes or not more else more

    def _in_row(
        self, paragraph: Paragraph, table: Field, row: Mapping[str, Any], number: int, alone: bool
    ) -> Iterator[Run]:
        atoms: list[Atom] = []
        boxes: list[Boxes] = []
        for piece in paragraph:
            if isinstance(piece, str):
                atoms.append(Words(piece))
            elif piece.path[0] == "row":
                atoms.append(Words(_row_label(table, row)))
            elif piece.path[0] == "number":
                atoms.append(Words(_CIRCLED[number] if number < len(_CIRCLED) else str(number + 1)))
            else:
                column = table.column(piece.path[0])
                if column is None:
                    raise KeyError(f"{table.id}.{piece.path[0]}")
                self._show(Place(column, row.get(column.id), row), piece.mode, alone, atoms, boxes)
        yield Run(tuple(atoms), tuple(boxes))

    def _place(self, path: Sequence[str], answers: Mapping[str, Any]) -> Place:
        item = self._form.field(path[0])
        if item is None:
            raise KeyError(path[0])
        if len(path) == 1:
            return Place(item, answers.get(item.id), answers)
        if item.type is not FieldType.TABLE:
            return Place(_option_text(item, path[1]), answers.get(item.text_key(path[1])), answers)
        rows = answers.get(item.id) or []
        if path[1].isdigit():
            number = int(path[1]) - 1
            row = rows[number] if number < len(rows) else {}
            column = item.column(path[2])
        else:
            row, column = {}, item.column(path[1])
        if column is None:
            raise KeyError(".".join(path))
        return Place(column, row.get(column.id), row)

    # -- ways to show

    def _show(self, place: Place, mode: str, alone: bool, atoms: list[Atom], boxes: list[Boxes]) -> None:
        item = place.item
        if item.options and mode in _OPTION_MODES and has_printed_options(item):
            self._choice(place, mode, atoms, boxes)
            return
        if mode in ("group", "member"):
            words = self._split_words(place)[mode == "member"]
            atoms += [Words(words)] if words else []
            return
        if item.type is FieldType.BOOL and mode == "box":
            atoms.append(Boxes((self._words.text("answer.tick"),) if place.value else ()))
            return
        text = words_of(item, place.value, self._words)
        if mode == "note":
            default = place.value is not None and str(place.value) == str(item.default or "")
            if text and not default:
                atoms.append(Words(self._words.text("answer.note", text=text)))
            return
        if item.type is FieldType.DATE and not text:
            atoms += self._empty_date(item)
        elif mode == "plain" or (alone and mode == "" and not item.unit):
            atoms += [Words(text)] if text else []
        else:
            text_like = item.type in (FieldType.TEXT, FieldType.SIGNATURE, FieldType.CODE)
            atoms.append(Blank(text, _WIDTHS.get(item.type, 4.0), stretch=mode == "line" or (alone and text_like)))
        if mode != "value":
            atoms += self._unit(item)

    def _choice(self, place: Place, mode: str, atoms: list[Atom], boxes: list[Boxes]) -> None:
        item, chosen = place.item, codes(place.value)
        if mode in ("words", "apart"):
            atoms += self._ticked_words(item, chosen, "/" if mode == "words" else "  ")
            return
        if mode == "chosen":
            atoms += [Words(option.label) for option in item.options if option.code in chosen]
            return
        if mode in ("", "options", "choices"):
            for number, option in enumerate(item.options):
                atoms.append(Words("  " if number else ""))
                atoms.append(self._option(place, option, option.code in chosen, blank=mode != "choices"))
        if mode in ("", "box") and (item.printed_codes or mode == "box"):
            boxes.append(Boxes(tuple(chosen), _box_count(item)))

    def _split_words(self, place: Place) -> tuple[str, str | None]:
        """A choice's word up to its blank, and the rest or the words behind the option; None where neither can be."""
        option = place.item.option(str(place.value))
        if option is None:
            return "", ""
        group, _, member = option.label.partition(" ")
        words = place.around.get(place.item.text_key(option.code), "") if option.has_text else None
        if option.text_field:
            words = None  # they have a place of their own
        return group, member or words

    def split_words(self, cell: Cell, table: Field, row: Mapping[str, Any]) -> tuple[str, str | None] | None:
        """Both parts of the word where the cell shows a choice's ``group``, else None."""
        slot = cell.paragraphs[0][0] if len(cell.paragraphs) == 1 and len(cell.paragraphs[0]) == 1 else None
        column = table.column(slot.path[0]) if isinstance(slot, Slot) and slot.mode == "group" else None
        return self._split_words(Place(column, row.get(column.id), row)) if column else None

    def _option(self, place: Place, option: Option, chosen: bool, *, blank: bool) -> Atom:
        """An option with its number or tick box and the blank for its words."""
        item = place.item
        parts: list[Words | Blank | Boxes] = []
        if not item.printed_codes:
            parts.append(Boxes((self._words.text("answer.tick"),) if chosen else ()))
            parts.append(Words(" "))
        parts.append(Words(option_words(option, with_code=item.printed_codes), whole=True))
        if option.has_text and blank:
            parts.append(self._option_blank(item, option, place.around))
            parts += [Words(option.number_unit, whole=True)] if option.number_unit else []
        return parts[0] if len(parts) == 1 else Together(tuple(parts))

    def _boxed(self, slot: Slot, answers: Mapping[str, Any]) -> list[Atom]:
        """Options whose codes begin alike, each with a tick box; options that share a word behind it in brackets."""
        place = self._place(slot.path[:1], answers)
        start, chosen = "".join(slot.path[1:]), codes(place.value)
        shown = [option for option in place.item.options if option.code.startswith(start)]
        atoms: list[Atom] = []
        for shared, options in groupby(shown, lambda option: option.label.partition(" ")[0]):
            ticked = [self._boxed_option(place, option, option.code in chosen) for option in options]
            is_group = len(ticked) > 1
            atoms += [Words(f"{shared}（", whole=True)] if is_group else []
            for number, atom in enumerate(ticked):
                atoms += [Words(" "), atom] if number else [atom]
            atoms += [Words("）  ")] if is_group else [Words("  ")]
        return atoms[:-1]

    def _boxed_option(self, place: Place, option: Option, chosen: bool) -> Atom:
        mark = Boxes((self._words.text("answer.tick"),) if chosen else ())
        words = Words(" " + (option.label.partition(" ")[2] or option.label), whole=True)
        blank = (self._option_blank(place.item, option, place.around),) if option.has_text else ()
        return Together((mark, words, *blank))

    def _option_blank(self, item: Field, option: Option, around: Mapping[str, Any]) -> Blank:
        value = around.get(item.text_key(option.code))
        return Blank("" if value is None else str(value), 2.5 if option.number_unit else 4.0)

    def _ticked_words(self, item: Field, chosen: Sequence[str], between: str) -> list[Atom]:
        tick = self._words.text("answer.tick")
        shown = (option.label + (tick if option.code in chosen else "") for option in item.options)
        return [Words(between.join(shown), whole=True)]

    def _empty_date(self, item: Field) -> list[Atom]:
        year, month, day = (self._words.text(f"answer.{unit}") for unit in ("year", "month", "day"))
        gap = " " * 4
        text = f"{' ' * 8}{year}{gap}{month}" + ("" if item.precision == "month" else f"{gap}{day}")
        return [Words(text, whole=True)]

    def _unit(self, item: Field) -> list[Atom]:
        if not item.unit:
            return []
        base, power, rest = item.unit.replace("m2", "m²").partition("^")
        if not power:
            return [Words(f" {base}", whole=True)]
        digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
        return [Together((Words(f" {base}"), Words(digits, raised=True), Words(rest[len(digits) :])))]

    # -- tables in running text

    def _slots(self, slot: Slot, answers: Mapping[str, Any], atoms: list[Atom], more: list[Run]) -> None:
        table, hint = self._slot_table(slot)
        rows = self.rows_of(table, answers)
        for number, row in enumerate(rows):
            for paragraph in hint.slot:
                for run in self._in_row(paragraph, table, row, number, False):
                    if hint.separator == "\n":
                        more.append(run)
                        continue
                    atoms += [Words(hint.separator)] if number else []
                    inner = [atom for atom in (*run.boxes, *run.atoms) if isinstance(atom, Words | Blank | Boxes)]
                    atoms.append(Together(tuple(inner)))

    def _slot_table(self, slot: Slot) -> tuple[Field, TableHint]:
        table = self._form.field(slot.path[0])
        if table is None or table.type is not FieldType.TABLE:
            raise KeyError(slot.path[0])
        return table, self._layout.tables[table.id]

    def rows_of(self, table: Field, answers: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """The rows to print: the fixed ones in their order, else the answered ones and empty ones up to the form's."""
        rows: list[Mapping[str, Any]] = list(answers.get(table.id) or [])
        if table.fixed_rows:
            by_id = {row.get("row"): row for row in rows}
            known: list[Mapping[str, Any]] = [by_id.get(row.id, {"row": row.id}) for row in table.fixed_rows]
            return known + [row for row in rows if row.get("row") not in {fixed.id for fixed in table.fixed_rows}]
        empty: Mapping[str, Any] = {}
        hint = self._layout.tables.get(table.id, TableHint())
        if hint.rows:
            return _in_places(hint, rows)
        return rows + [empty] * max(0, max(1, table.printed_rows) - len(rows))

    def _rest(self, slot: Slot, answers: Mapping[str, Any]) -> list[Atom]:
        table = self._form.field(slot.path[0])
        if table is None:
            return []
        rest = (answers.get(table.id) or [])[table.printed_rows :]
        shown = [
            " ".join(self._told(column, row.get(column.id)) for column in table.columns if column.id in row)
            for row in rest
        ]
        return [Words(self._words.text("answer.and").join(shown))] if shown else []

    def _told(self, column: Field, value: Any) -> str:
        return words_of(column, value, self._words) + column.unit

    def _cross(self, slot: Slot, answers: Mapping[str, Any]) -> Atom:
        table = self._form.field(slot.path[0])
        if table is None:
            raise KeyError(slot.path[0])
        rows = {row.get("row"): row for row in answers.get(table.id) or []}
        row = rows.get(slot.path[1], {})
        upper_left, upper_right, lower_left, lower_right = (
            str(row.get(column, "")) for column in self._layout.tables[table.id].cross
        )
        return Cross((upper_left, upper_right, lower_left, lower_right))

    def _stacked(self, slot: Slot, answers: Mapping[str, Any]) -> list[Run]:
        """One option a line with the blank for its words, the boxes at the last one's right or, if many, below."""
        place = self._place(slot.path, answers)
        boxes: list[Boxes] = []
        self._choice(place, "box", [], boxes)
        chosen = codes(place.value)
        lines = [
            _last_stretches((Words(""), self._option(place, option, option.code in chosen, blank=True)))
            for option in place.item.options
        ]
        if boxes[0].count > _BESIDE:
            return [*(Run(atoms) for atoms in lines), Run((), tuple(boxes))]
        return [*(Run(atoms) for atoms in lines[:-1]), *(Run(atoms, tuple(boxes)) for atoms in lines[-1:])]

    def _ticked_list(self, slot: Slot, answers: Mapping[str, Any]) -> list[Run]:
        """One option a line, a tick after each chosen one."""
        place = self._place(slot.path, answers)
        chosen, tick = codes(place.value), self._words.text("answer.tick")
        return [
            Run((Words(option_words(option, with_code=True) + (f" {tick}" if option.code in chosen else "")),))
            for option in place.item.options
        ]

    def _option_list(self, slot: Slot) -> list[Run]:
        item = self._form.field(slot.path[0])
        if item is None:
            return []
        return [Run((Words(option_words(option, with_code=item.printed_codes)),)) for option in item.options]


def _in_places(hint: TableHint, rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Rows in the places that are printed for their code; those without a place come after."""
    left = list(rows)
    placed: list[Mapping[str, Any]] = []
    for code in hint.rows:
        own = next((row for row in left if row.get(hint.rows_by) == code), None)
        placed.append(own if own is not None else {hint.rows_by: code})
        if own is not None:
            left.remove(own)
    return placed + left


def _box_count(item: Field) -> int:
    """How many code boxes a question has: room for every choice where the form doesn't say how many."""
    if item.type is not FieldType.MULTI_CHOICE:
        return 1
    together = sum(not option.exclusive for option in item.options)
    return max(1, item.max_selections or min(together, _MOST_BOXES))


def _row_label(table: Field, row: Mapping[str, Any]) -> str:
    fixed: FixedRow | None = next((item for item in table.fixed_rows if item.id == row.get("row")), None)
    return fixed.label if fixed else str(row.get("row", ""))


def _option_text(item: Field, code: str) -> Field:
    option = item.option(code)
    return Field(id=item.text_key(code), label=option.label if option else code, type=FieldType.TEXT)


def _last_stretches(atoms: Sequence[Atom]) -> tuple[Atom, ...]:
    """A line for words at a paragraph's end takes the room that is left."""
    if len(atoms) < 2:
        return tuple(atoms)
    match atoms[-1]:
        case Blank(text, width) if width >= 4.0:
            return (*atoms[:-1], Blank(text, width, stretch=True))
        case Together((*first, Blank(text, width))) if width >= 4.0 and isinstance(first[-1], Words):
            return (*atoms[:-1], Together((*first, Blank(text, width, stretch=True))))
        case _:
            return tuple(atoms)
