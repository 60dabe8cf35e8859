"""docs/form-definition.md stays true."""

import re
from typing import Any

from jiandang_desktop.forms.functions import functions
from jiandang_desktop.forms.loader import read_form

from .conftest import REPOSITORY

TEXT = (REPOSITORY / "docs" / "form-definition.md").read_text(encoding="utf-8")


def test_the_example_loads(tables: Any) -> None:
    example = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    assert [read_form(text, "example.toml", tables, strict=True).id for text in example] == ["example"]


def test_every_function_is_described() -> None:
    assert [name for name in functions() if f"`{name}(" not in TEXT] == []
