"""The forms that a program has: one file each in a folder, read when first asked for."""

import re
from collections.abc import Iterable, Mapping
from copy import copy
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from jiandang_desktop.domain.growth import GrowthStandards
from jiandang_desktop.domain.problems import Problem
from jiandang_desktop.domain.records import FormId
from jiandang_desktop.domain.settings import Settings
from jiandang_desktop.forms.definition import Form
from jiandang_desktop.forms.loader import load_form
from jiandang_desktop.forms.local_forms import (
    DATE_FIELD,
    STEP,
    LocalDefinition,
    is_local,
    lay_over,
    read_local_form,
)
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
        self._settings = resources / "programmes" / "settings.toml"
        self._loaded: dict[tuple[str, int | None], Form] = {}
        self._local: dict[str, dict[int, LocalDefinition]] = {}
        self._laid: dict[tuple[str, int, int], Form] = {}

    @classmethod
    def load(cls, folder: Path, tables: Mapping[str, "CodeTable"]) -> "FormCatalog":
        """The catalog of a folder; no file is read yet. Beside it lie ``texts``, ``growth`` and ``programmes``."""
        files = {}
        for path in sorted(folder.glob("*.toml")):
            match = _FILE.fullmatch(path.name)
            if match:
                files[match.group(1), int(match.group(2)) if match.group(2) else None] = path
        return cls(files, tables, folder.parent)

    @cached_property
    def settings(self) -> Settings:
        """What a banner may change: limits and spans that forms read as ``settings.<id>``."""
        return Settings.load(self._settings)

    def with_local(self, definitions: Iterable[LocalDefinition]) -> "FormCatalog":
        """This catalog and a place's own definitions; the program's forms are read once for both."""
        found = copy(self)
        found._local = {}
        found._laid = {}
        for definition in definitions:
            found._local.setdefault(definition.form_id, {})[definition.version] = definition
        return found

    def local(self) -> list[LocalDefinition]:
        """The place's own definitions, all versions."""
        return [definition for versions in self._local.values() for definition in versions.values()]

    def current(self, form_id: FormId | str) -> Form:
        """The edition that is filled in today (NO_SUCH_FORM)."""
        versions = self._local.get(form_id)
        if not versions:
            return self._get(form_id, None)
        newest = max(versions)
        return self._laid_over(form_id, newest, self._get(form_id, None) if versions[newest].is_overlay else None)

    def edition(self, form_id: FormId | str, version: int) -> Form:
        """The edition that a record was filled in (NO_SUCH_FORM)."""
        overlay, program = divmod(version, STEP)
        versions = self._local.get(form_id, {})
        if is_local(form_id):
            overlay, program = version, 0
        if overlay and overlay not in versions:
            raise Problem("NO_SUCH_FORM", form=f"{form_id} {version}")
        if overlay:
            return self._laid_over(form_id, overlay, self._edition(form_id, program) if program else None)
        return self._edition(form_id, program)

    def date_field(self, form_id: FormId | str, version: int) -> str:
        """The field that dates a record, '' for none or for a form of a newer program; local forms need no file."""
        if is_local(form_id):
            return DATE_FIELD
        try:
            return self._edition(form_id, version % STEP).date_field
        except Problem:
            return ""

    def all(self) -> tuple[Form, ...]:
        """Every current form in the household folder's official order."""
        names = {name for name, version in self._files if version is None} | self._local.keys()
        return tuple(sorted(map(self.current, names), key=lambda form: (form.order, form.id)))

    def read_local(self, definition: LocalDefinition, *, strict: bool = False) -> Form:
        """What a local definition makes (DefinitionFault, NO_SUCH_FORM where it adds to a form that isn't there)."""
        if not definition.is_overlay:
            return read_local_form(
                definition,
                self._tables,
                growth=self.growth,
                words=self._words,
                settings=self.settings.defaults,
                strict=strict,
            )
        base = self._get(definition.form_id, None)
        return lay_over(base, definition, self._tables, growth=self.growth, strict=strict)

    def _edition(self, form_id: str, version: int) -> Form:
        if (form_id, version) in self._files:
            return self._get(form_id, version)
        form = self._get(form_id, None)
        if form.version != version:
            raise Problem("NO_SUCH_FORM", form=f"{form_id} {version}")
        return form

    def _laid_over(self, form_id: str, version: int, base: Form | None) -> Form:
        key = (form_id, version, base.version if base else 0)
        if key not in self._laid:
            definition = self._local[form_id][version]
            if base is None:
                self._laid[key] = self.read_local(definition)
            else:
                self._laid[key] = lay_over(base, definition, self._tables, growth=self.growth)
        return self._laid[key]

    @cached_property
    def _words(self) -> FormWords:
        return FormWords.load(self._texts) if self._texts.exists() else NO_WORDS

    def _get(self, form_id: str, version: int | None) -> Form:
        key = (form_id, version)
        if key not in self._loaded:
            path = self._files.get(key)
            if path is None:
                raise Problem("NO_SUCH_FORM", form=form_id)
            self._loaded[key] = load_form(
                path, self._tables, growth=self.growth, words=self._words, settings=self.settings.defaults
            )
        return self._loaded[key]
