"""What a station works with before anyone has signed in: forms, words, tables, the keeper of vaults.

Packages that only some of the work needs are imported when it is done: the sign-in window must come at once.
"""

import tomllib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jiandang_desktop.domain.problems import Problem, ProblemCatalog

if TYPE_CHECKING:
    from jiandang_desktop.domain.code_tables import CodeTable
    from jiandang_desktop.domain.divisions import Divisions
    from jiandang_desktop.domain.identity import IdDocuments
    from jiandang_desktop.domain.pinyin import Pinyin
    from jiandang_desktop.domain.record_codes import RecordCodeScheme
    from jiandang_desktop.forms.catalog import FormCatalog
    from jiandang_desktop.ports.clock import Clock
    from jiandang_desktop.ports.medium import Medium
    from jiandang_desktop.ports.vault import VaultKeeper
    from jiandang_desktop.printing import FontBook
    from jiandang_desktop.programmes.first_record import FirstRecord
    from jiandang_desktop.programmes.immunization import ImmunizationSchedule
    from jiandang_desktop.programmes.programme import Programmes
    from jiandang_desktop.programmes.slips import Slips


class Workbench:
    """Shared, read-only things. Everything that takes time to load is loaded when first needed."""

    def __init__(
        self,
        *,
        resources: Path,
        problems: ProblemCatalog,
        keeper: "VaultKeeper",
        clock: "Clock",
        medium: "Medium",
    ) -> None:
        self.resources = resources
        self.problems = problems
        self.keeper = keeper
        self.clock = clock
        self.medium = medium
        self._texts: dict[str, dict[str, Any]] = {}

    @cached_property
    def tables(self) -> "Mapping[str, CodeTable]":
        """Code tables by name."""
        from jiandang_desktop.domain.code_tables import load_code_tables

        return load_code_tables(self.resources / "codes")

    @cached_property
    def forms(self) -> "FormCatalog":
        """The forms that this program has."""
        from jiandang_desktop.forms.catalog import FormCatalog

        return FormCatalog.load(self.resources / "forms", self.tables)

    @cached_property
    def schemes(self) -> "Mapping[str, RecordCodeScheme]":
        """Schemes of record codes by id."""
        from jiandang_desktop.domain.record_codes import load_schemes

        return load_schemes(self.resources / "codes" / "record_code_schemes.toml")

    @cached_property
    def divisions(self) -> "Divisions":
        """Division codes and names."""
        from jiandang_desktop.domain.divisions import Divisions

        return Divisions.load(self.resources / "divisions")

    @cached_property
    def id_documents(self) -> "IdDocuments":
        """Kinds of identity document and their checks."""
        from jiandang_desktop.domain.identity import IdDocuments

        return IdDocuments.load(self.resources / "codes" / "id_documents.toml", self.divisions)

    @cached_property
    def pinyin(self) -> "Pinyin":
        """Readings of characters."""
        from jiandang_desktop.domain.pinyin import Pinyin

        return Pinyin.load(self.resources / "codes")

    @cached_property
    def fingerprint_words(self) -> tuple[str, ...]:
        """The words that fingerprints are compared in."""
        from jiandang_desktop.bundles import load_words

        return load_words(self.resources / "codes" / "fingerprint_words.txt")

    @cached_property
    def first_record(self) -> "FirstRecord":
        """Which forms make a first record complete (plan 二(一)4)."""
        from jiandang_desktop.programmes.first_record import FirstRecord

        return FirstRecord.load(self.resources / "programmes" / "first_record.toml")

    @cached_property
    def immunization(self) -> "ImmunizationSchedule":
        """Which vaccine doses a child needs when."""
        from jiandang_desktop.programmes.immunization import ImmunizationSchedule

        return ImmunizationSchedule.load(self.resources / "programmes")

    @cached_property
    def programmes(self) -> "Programmes":
        """What residents are due for, by programme."""
        from jiandang_desktop.programmes.programme import Programmes

        return Programmes.load(self.resources / "programmes")

    @cached_property
    def slips(self) -> "Slips":
        """Referrals and consultations: how far one is, what it takes from the visit before."""
        from jiandang_desktop.programmes.slips import Slips

        return Slips.load(self.resources / "referrals.toml")

    @cached_property
    def paper(self) -> "FontBook":
        """The fonts that pages are laid out with (FONT_DAMAGED)."""
        from jiandang_desktop.printing import FontBook

        return FontBook(self.resources / "fonts")

    def form_title(self, form_id: str) -> str:
        """A form's title; the id itself for a form of a newer program."""
        try:
            return self.forms.current(form_id).title
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
