"""What a station works with before anyone has signed in: forms, words, tables, the keeper of vaults."""

import tomllib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from jiandang_desktop.bundles import load_words
from jiandang_desktop.domain.code_tables import CodeTable
from jiandang_desktop.domain.divisions import Divisions
from jiandang_desktop.domain.identity import IdDocuments
from jiandang_desktop.domain.pinyin import Pinyin
from jiandang_desktop.domain.problems import Problem, ProblemCatalog
from jiandang_desktop.domain.record_codes import RecordCodeScheme
from jiandang_desktop.domain.records import FormId
from jiandang_desktop.forms.catalog import FormCatalog
from jiandang_desktop.ports.clock import Clock
from jiandang_desktop.ports.medium import Medium
from jiandang_desktop.ports.vault import VaultKeeper
from jiandang_desktop.printing import FontBook
from jiandang_desktop.programmes.first_record import FirstRecord


class Workbench:
    """Shared, read-only things. Everything that takes time to load is loaded when first needed."""

    def __init__(
        self,
        *,
        resources: Path,
        problems: ProblemCatalog,
        forms: FormCatalog,
        tables: Mapping[str, CodeTable],
        schemes: Mapping[str, RecordCodeScheme],
        keeper: VaultKeeper,
        clock: Clock,
        medium: Medium,
    ) -> None:
        self.resources = resources
        self.problems = problems
        self.forms = forms
        self.tables = tables
        self.schemes = schemes
        self.keeper = keeper
        self.clock = clock
        self.medium = medium
        self._texts: dict[str, dict[str, Any]] = {}

    @cached_property
    def divisions(self) -> Divisions:
        """Division codes and names."""
        return Divisions.load(self.resources / "divisions")

    @cached_property
    def id_documents(self) -> IdDocuments:
        """Kinds of identity document and their checks."""
        return IdDocuments.load(self.resources / "codes" / "id_documents.toml", self.divisions)

    @cached_property
    def pinyin(self) -> Pinyin:
        """Readings of characters."""
        return Pinyin.load(self.resources / "codes")

    @cached_property
    def fingerprint_words(self) -> tuple[str, ...]:
        """The words that fingerprints are compared in."""
        return load_words(self.resources / "codes" / "fingerprint_words.txt")

    @cached_property
    def first_record(self) -> FirstRecord:
        """Which forms make a first record complete (plan 二(一)4)."""
        return FirstRecord.load(self.resources / "programmes" / "first_record.toml")

    @cached_property
    def paper(self) -> FontBook:
        """The fonts that pages are laid out with (FONT_DAMAGED)."""
        return FontBook(self.resources / "fonts")

    def form_title(self, form_id: str) -> str:
        """A form's title; the id itself for a form of a newer program."""
        try:
            return self.forms.current(FormId(form_id)).title
        except Problem:
            return form_id

    def text(self, file: str, key: str, /, **values: object) -> str:
        """The words at a dotted ``key`` of ``resources/texts/<file>.toml``, with ``{name}`` filled in."""
        if file not in self._texts:
            with (self.resources / "texts" / f"{file}.toml").open("rb") as stream:
                self._texts[file] = tomllib.load(stream)
        found: Any = self._texts[file]
        for part in key.split("."):
            found = found[part]
        words = str(found)
        for name, value in values.items():
            words = words.replace("{" + name + "}", str(value))
        return words
