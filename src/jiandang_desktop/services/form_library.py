"""Check form definitions, as a county's author of local forms needs it (R3.2)."""

from pathlib import Path

from jiandang_desktop.forms.definition import Form
from jiandang_desktop.forms.loader import DefinitionFault, load_form
from jiandang_desktop.forms.local_forms import LocalDefinition
from jiandang_desktop.services.definition_words import definition_problem
from jiandang_desktop.services.workbench import Workbench


def check_definition(bench: Workbench, path: Path) -> Form:
    """Load a definition file whole (FILE_…, FORM_DEFINITION with file, line and cure)."""
    data = bench.medium.read_file(path, 4 * 1024 * 1024)
    try:
        if b"extends" in data:
            return bench.forms.read_local(LocalDefinition.of(data.decode("utf-8"), path.name), strict=True)
        return load_form(
            path, bench.tables, growth=bench.forms.growth, settings=bench.forms.settings.defaults, strict=True
        )
    except DefinitionFault as fault:
        raise definition_problem(bench, fault, path.name) from fault
