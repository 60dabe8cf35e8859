"""The forms that a program has: one file each in a folder, read when first asked for."""

import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from jiandang_desktop.domain.growth import GrowthStandards
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import FormId
from jiandang_desktop.forms.definition import Form
from jiandang_desktop.forms.loader import load_form
from jiandang_desktop.forms.words import NO_WORDS, FormWords

if TYPE_CHECKING:
    from jiandang_desktop.domain.code_tables import CodeTable

_FILE = re.compile(r"([a-z][a-z0-9_]*?)(?:@(\d+))?\.toml")


class FormCatalog:
    """Forms by id and version.

    ``<id>.toml`` is the current edition; ``<id>@<version>.toml`` is an older one, kept for the records filled in it.
    """

    def __init__(
        self, files: Mapping[tuple[str, int | None], Path], tables: Mapping[str, "CodeTable"], resources: Path
    ) -> None:
        self._files = dict(files)
        self._tables = tables
        self._texts = resources / "texts" / "forms.toml"
        self.growth = GrowthStandards(resources / "growth")
        """What ratings of growth go by."""
        self._loaded: dict[tuple[str, int | None], Form] = {}

    @classmethod
    def load(cls, folder: Path, tables: Mapping[str, "CodeTable"]) -> "FormCatalog":
        """The catalog of a folder; no file is read yet. Beside the folder lie ``texts/forms.toml`` and ``growth``."""
        files = {}
        for path in sorted(folder.glob("*.toml")):
            match = _FILE.fullmatch(path.name)
            if match:
                files[match.group(1), int(match.group(2)) if match.group(2) else None] = path
        return cls(files, tables, folder.parent)

    def current(self, form_id: FormId | str) -> Form:
        """The edition that is filled in today (NO_SUCH_FORM)."""
        return self._get(form_id, None)

    def edition(self, form_id: FormId | str, version: int) -> Form:
        """The edition that a record was filled in (NO_SUCH_FORM)."""
        if (form_id, version) in self._files:
            return self._get(form_id, version)
        form = self.current(form_id)
        if form.version != version:
            raise Problem("NO_SUCH_FORM", form=f"{form_id} {version}")
        return form

    def all(self) -> tuple[Form, ...]:
        """Every current form in the household folder's official order."""
        current = [self.current(name) for name, version in self._files if version is None]
        return tuple(sorted(current, key=lambda form: (form.order, form.id)))

    @cached_property
    def _words(self) -> FormWords:
        return FormWords.load(self._texts) if self._texts.exists() else NO_WORDS

    def _get(self, form_id: str, version: int | None) -> Form:
        key = (form_id, version)
        if key not in self._loaded:
            path = self._files.get(key)
            if path is None:
                raise Problem("NO_SUCH_FORM", form=form_id)
            self._loaded[key] = load_form(path, self._tables, growth=self.growth, words=self._words)
        return self._loaded[key]
