"""Whole generated records keyed in without the mouse: the same answers as the data, and how many keys it took."""

from datetime import date

import pytest

from jiandang_desktop.demo.people import Village
from jiandang_desktop.demo.records import records_for
from jiandang_desktop.forms.validator import FormContext, check, compute, normalise

from .form_desk import RESOURCES, form, show_panel
from .keying import Keys, key_in

TODAY = date(2026, 11, 24)


def generated(form_id: str, number: int = 0):
    """A generated record of this form, with the person's registry answers."""
    village = Village.load(RESOURCES, 3, TODAY)
    found = [
        (person, record)
        for household in village.generate(200)
        for person in household.members
        for record in records_for(person, village.words, TODAY, 3)
        if record.form_id == form_id
    ]
    found.sort(key=lambda pair: -len(pair[1].answers))
    return found[number]


@pytest.mark.parametrize("form_id", ["physical_exam", "personal_info", "hypertension_followup"])
def test_a_generated_record_keyed_in_equals_its_data(qtbot, record_property, form_id):
    person, record = generated(form_id)
    resident = {**person.answers, "record_code_short": "201-00001"}
    context = FormContext(today=TODAY.isoformat(), resident=resident, household=person.household)
    shipped = form(form_id)
    expected = compute(shipped, normalise(shipped, record.answers), context)
    panel, keys = show_panel(qtbot, form_id, context), Keys()
    panel.judge()
    key_in(panel, keys, expected)
    panel.judge()
    assert panel.answers() == expected
    assert check(shipped, panel.answers(), context) == check(shipped, expected, context)
    open_fields = sum(cell.open for cell in panel.sheet.cells.values())
    record_property("keystrokes", keys.count)
    record_property("open_fields", open_fields)
    print(f"{form_id}: {keys.count} keystrokes for {open_fields} questions, {len(expected)} answers")
    assert keys.count < 1200
