"""Every filled example, once at the terminal and once through the keys: what is stored is the same."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from jiandang_desktop.demo.examples import load_example
from jiandang_desktop.forms.validator import compute, normalise
from jiandang_desktop.gui.forms.form_panel import FormPanel
from jiandang_desktop.services import records

from .example_desk import ExampleDesk, make_example_desk
from .form_desk import RESOURCES, dress, words
from .keying import Keys, key_in

EXAMPLES = sorted(path.stem for path in (RESOURCES / "demo" / "examples").glob("[a-z]*.toml"))
VISITS = 2
"""More visits of a sheet than this are filed as data on both sides: the keys are the same."""


@pytest.fixture(scope="module")
def desks(tmp_path_factory) -> Iterator[tuple[ExampleDesk, ExampleDesk]]:
    made = tuple(make_example_desk(tmp_path_factory.mktemp(name) / "vault") for name in ("data", "keys"))
    yield made
    for each in made:
        each.desk.vault.close()


def keyed(qtbot, entry: records.Entry, wanted) -> FormPanel:
    dress()
    panel = FormPanel(entry.form, words)
    qtbot.addWidget(panel)
    panel.resize(1100, 640)
    panel.set_context(entry.context)
    panel.set_answers(entry.answers)
    panel.set_offers(entry.offers)
    panel.set_earlier([(visit.date, visit.answers) for visit in entry.earlier])
    with qtbot.waitExposed(panel):
        panel.show()
    panel.activateWindow()
    if any(cell.open for cell in panel.sheet.cells.values()):
        panel.go_to("")
        key_in(panel, Keys(), wanted)
    QApplication.processEvents()
    return panel


@pytest.mark.parametrize("form_id", EXAMPLES)
def test_keyed_and_filed_as_data_is_the_same(qtbot, desks, form_id):
    example = load_example(RESOURCES, form_id)
    by_data, by_keys = desks
    subjects = [each.subject(form_id, example) for each in desks]
    for place, visit in enumerate(example.visits):
        stored = by_data.file_at_the_terminal(form_id, subjects[0], visit)
        if place < VISITS:
            entry = records.open_entry(by_keys.desk, form_id, subjects[1])
            wanted = compute(entry.form, normalise(entry.form, visit), entry.context)
            panel = keyed(qtbot, entry, wanted)
            assert panel.answers() == wanted
            assert by_keys.file_entry(entry, panel.answers()) == stored
        else:
            assert by_keys.file(form_id, subjects[1], visit) == stored
