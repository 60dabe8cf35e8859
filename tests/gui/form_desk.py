"""Forms for the window's tests: the shipped definitions, the shipped words, keys pressed one by one."""

import tomllib
from functools import cache
from pathlib import Path

from PySide6.QtWidgets import QApplication

from jiandang_desktop.domain.code_tables import load_code_tables
from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.forms.definition import Form
from jiandang_desktop.forms.validator import FormContext
from jiandang_desktop.gui.forms.form_panel import FormPanel
from jiandang_desktop.gui.theme import apply_theme

from .keying import Keys

__all__ = ["RESOURCES", "WOMAN", "Keys", "catalog", "dress", "form", "show_panel", "words"]

RESOURCES = Path(__file__).parents[2] / "resources"
WOMAN = FormContext(
    today="2026-11-24",
    resident={"name": "王秀兰", "sex": "2", "birth_date": "1950-03-01", "record_code_short": "001-00012"},
    previous={"systolic_bp": 150, "weight_target": 60.0},
)


@cache
def catalog() -> FormCatalog:
    return FormCatalog.load(RESOURCES / "forms", load_code_tables(RESOURCES / "codes"))


def form(form_id: str) -> Form:
    return catalog().current(form_id)


@cache
def _texts() -> dict:
    return tomllib.loads((RESOURCES / "texts" / "form_window.toml").read_text("utf-8"))


def words(key: str, **values: object) -> str:
    found = _texts()
    for part in key.split("."):
        found = found[part]
    sentence = str(found)
    for name, value in values.items():
        sentence = sentence.replace("{" + name + "}", str(value))
    return sentence


@cache
def dress() -> None:
    apply_theme(QApplication.instance(), RESOURCES)


def show_panel(qtbot, form_id: str | Form, context: FormContext = WOMAN, size=(1140, 640)) -> FormPanel:
    dress()
    panel = FormPanel(form(form_id) if isinstance(form_id, str) else form_id, words)
    qtbot.addWidget(panel)
    panel.resize(*size)
    panel.set_context(context)
    panel.set_answers({})
    with qtbot.waitExposed(panel):
        panel.show()
    panel.activateWindow()
    panel.go_to("")
    return panel
