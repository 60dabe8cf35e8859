"""Check form definitions, as a county's author of local forms needs it (R3.2)."""

from pathlib import Path

from jiandang_desktop.forms.definition import Form
from jiandang_desktop.forms.loader import DefinitionFault, read_form
from jiandang_desktop.forms.local_forms import LocalDefinition
from jiandang_desktop.services.definition_words import definition_problem
from jiandang_desktop.services.text_files import text_of
from jiandang_desktop.services.workbench import Workbench


def check_definition(bench: Workbench, path: Path) -> Form:
    """Load a definition file whole (FILE_…, TEXT_NOT_UTF8, FORM_DEFINITION with file, line, cure)."""
    text = text_of(bench.medium.read_file(path, 4 * 1024 * 1024), path.name)
    forms = bench.forms
    try:
        if "extends" in text:
            return forms.read_local(LocalDefinition.of(text, path.name), strict=True)
        return read_form(
            text, path.name, bench.tables, growth=forms.growth, settings=forms.settings.defaults, strict=True
        )
    except DefinitionFault as fault:
        raise definition_problem(bench, fault, path.name) from fault
