"""docs/form-definition.md stays true."""

import re
from typing import Any

from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.forms.functions import functions
from jiandang_desktop.forms.loader import read_form
from jiandang_desktop.forms.local_forms import LocalDefinition

from .conftest import REPOSITORY

TEXT = (REPOSITORY / "docs" / "form-definition.md").read_text(encoding="utf-8")


def test_the_examples_load(forms: FormCatalog, tables: Any) -> None:
    """A whole form, and questions laid over one."""
    whole, overlays = [], []
    for text in re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL):
        if "extends" in text:
            overlays.append(forms.read_local(LocalDefinition.of(text, "example.toml"), strict=True).id)
        else:
            whole.append(read_form(text, "example.toml", tables, strict=True).id)
    assert (whole, overlays) == (["example"], ["encounter_record"])


def test_every_function_is_described() -> None:
    assert [name for name in functions() if f"`{name}(" not in TEXT] == []
