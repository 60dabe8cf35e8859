"""Answers that the official table has no place for: practice additions, words behind options, further rows."""

from collections.abc import Iterator

from jiandang_desktop.domain.records import Answers
from jiandang_desktop.forms.definition import Field, FieldType, Form
from jiandang_desktop.forms.paper import PaperLayout
from jiandang_desktop.printing.answers import words_of
from jiandang_desktop.printing.words import PaperWords


def unplaced(form: Form, layout: PaperLayout, answers: Answers, words: PaperWords) -> Iterator[tuple[str, str]]:
    """(Label, words) of every answer that isn't printed in the table and that the layout doesn't leave out."""
    placed = layout.shown() | layout.omit
    for item in form.of_answers(answers).fields():
        if item.id in answers and item.id not in placed:
            told = _told(item, answers, words)
            if told not in ("", words.text("answer.no")):
                yield item.label, told
        elif item.id not in layout.omit:
            yield from _option_words(item, layout, answers)


def _told(item: Field, answers: Answers, words: PaperWords) -> str:
    value = answers[item.id]
    if item.type is FieldType.TABLE:
        return words.text("form.row_gap").join(_row(item, row, words) for row in value)
    told = words_of(item, value, words) + item.unit
    texts = [
        str(answers[key]) + option.number_unit
        for option in item.options
        if (key := f"{item.id}.{option.code}") in answers
    ]
    return told + "".join(words.text("answer.note", text=text) for text in texts)


def _row(table: Field, row: Answers, words: PaperWords) -> str:
    fixed = next((entry.label for entry in table.fixed_rows if entry.id == row.get("row")), "")
    cells = [words_of(column, row[column.id], words) + column.unit for column in table.columns if column.id in row]
    return " ".join(part for part in (fixed, *cells) if part)


def _option_words(item: Field, layout: PaperLayout, answers: Answers) -> Iterator[tuple[str, str]]:
    """Words behind the options of a field that is printed without their blanks."""
    for option in item.options:
        key = f"{item.id}.{option.code}"
        if key in answers and not layout.prints_words(item.id, option.code):
            yield f"{item.label} {option.label}", str(answers[key]) + option.number_unit
