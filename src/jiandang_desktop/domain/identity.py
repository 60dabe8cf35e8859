"""Identity documents (R2.3): the kinds, their numbers' forms and checks, and what a number says of its owner.

GB 11643-1999 for 18 digits (MOD 11-2 check character), the older 15 digits converted, the other documents by form. All
rules and words are data: ``resources/codes/id_documents.toml``. Nothing typed is ever overwritten: a reading says
what is odd, and a person decides (decisions D25 to D37).
"""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from jiandang_desktop.domain.divisions import Divisions

OLDEST_AGE = 120
IDENTITY_CARD = "01"

_LEFT_OUT = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Pd"})
"""Blanks, control characters and every kind of hyphen."""


@dataclass(frozen=True, slots=True)
class IdFinding:
    """One thing that is odd about a number. ``severity``: error or warn; hints are listed apart."""

    code: str
    severity: str
    message: str
    confirmable: bool
    """May be kept if it is printed like that on the document (D34)."""


@dataclass(frozen=True, slots=True)
class IdentityReading:
    """What a number says. Sex and birth date are empty where it doesn't say, or where its check failed."""

    number: str
    kind: str
    sex: str = ""
    birth_date: str = ""
    division_code: str = ""
    division_name: str = ""
    """The name in the year of birth, with today's in brackets where it differs (D32)."""
    findings: tuple[IdFinding, ...] = ()
    hints: tuple[IdFinding, ...] = ()
    alias: str = ""
    """The 15-digit original of a converted number: kept as a former number."""
    proposed_kind: str = ""
    suggested_birth: str = ""
    alternatives: tuple[str, ...] = ()
    """Other 18-digit readings of a 15-digit number."""

    @property
    def valid(self) -> bool:
        """Whether no error was found."""
        return all(finding.severity != "error" for finding in self.findings)


@dataclass(frozen=True, slots=True)
class _Format:
    kind: str
    pattern: re.Pattern[str]
    check: str
    reads: frozenset[str]


class IdDocuments:
    """Every kind of document, and how its numbers are read."""

    def __init__(self, raw: Mapping[str, Any], divisions: Divisions) -> None:
        self._divisions = divisions
        self._labels: dict[str, str] = {item["code"]: item["label"] for item in raw["entry"]}
        self._formats = tuple(
            _Format(item["kind"], re.compile(item["pattern"]), item["check"], frozenset(item.get("reads", ())))
            for item in raw["format"]
        )
        self._proposals = tuple((re.compile(item["pattern"]), str(item["kind"])) for item in raw["proposal"])
        standard = raw["gb11643"]
        self._weights: list[int] = standard["weights"]
        self._check_characters: str = standard["check_characters"]
        self._county_free = frozenset(standard["cities_without_counties"])
        self._centenarian_orders = frozenset(standard["centenarian_orders"])
        self._words: dict[str, dict[str, Any]] = raw["finding"]

    @classmethod
    def load(cls, path: Path, divisions: Divisions) -> "IdDocuments":
        """The documents of one definition file."""
        with path.open("rb") as file:
            return cls(tomllib.load(file), divisions)

    def kinds(self) -> tuple[str, ...]:
        """Codes of all kinds, in the order they are offered."""
        return tuple(self._labels)

    def label(self, kind: str) -> str:
        """The name of a kind of document; the code itself for a newer one."""
        return self._labels.get(kind, kind)

    def check_character(self, first_seventeen: str) -> str:
        """The 18th character that GB 11643 demands after 17 digits."""
        total = sum(int(digit) * weight for digit, weight in zip(first_seventeen, self._weights, strict=True))
        return self._check_characters[total % 11]

    def read(self, kind: str, number: str, today: str) -> IdentityReading:
        """Everything that a typed number of a kind says; ``today`` is an ISO date. An empty number says nothing."""
        number = normalised(number)
        if kind not in self._labels:
            return IdentityReading(number, kind, findings=(self._finding("ID_KIND_UNKNOWN"),))
        if not number:
            return IdentityReading(number, kind)
        form = next((item for item in self._formats if item.kind == kind and item.pattern.fullmatch(number)), None)
        proposed = self._proposed_kind(kind, number)
        if proposed:
            finding = self._finding("ID_KIND_PROPOSED", kind=self.label(proposed))
            return IdentityReading(number, kind, findings=(finding,), proposed_kind=proposed)
        if form is None:
            return IdentityReading(number, kind, findings=(self._wrong_form(kind, number),))
        if form.check == "birth19":
            return self._read_fifteen(number, form, today)
        return self._read_formed(number, form, today)

    def _proposed_kind(self, kind: str, number: str) -> str:
        if kind != IDENTITY_CARD:
            return ""
        return next((other for pattern, other in self._proposals if pattern.fullmatch(number)), "")

    def _wrong_form(self, kind: str, number: str) -> IdFinding:
        if kind == IDENTITY_CARD and len(number) not in {15, 18}:
            return self._finding("ID_LENGTH", length=len(number))
        code = "ID_NOT_EXPECTED" if kind == "99D" else "ID_CHARACTERS"
        return self._finding(code, kind=self.label(kind))

    def _read_fifteen(self, original: str, form: _Format, today: str) -> IdentityReading:
        reading = self._read_formed(self._eighteen(original, "19"), form, today)
        findings = reading.findings
        alternatives: tuple[str, ...] = ()
        order = original[12:]
        if order in self._centenarian_orders:
            findings = (*findings, self._finding("ID_CENTENARIAN", order=order, year=original[6:8]))
            alternatives = (self._eighteen(original, "18"),)
        hints = (self._finding("ID_CONVERTED"),)
        return replace(reading, findings=findings, hints=hints, alias=original, alternatives=alternatives)

    def _eighteen(self, original: str, century: str) -> str:
        first = original[:6] + century + original[6:]
        return first + self.check_character(first)

    def _read_formed(self, number: str, form: _Format, today: str) -> IdentityReading:
        findings: list[IdFinding] = []
        birth = ""
        if form.reads & {"birth", "suggested_birth"}:
            birth, finding = self._birth(number, today)
            if finding is not None and "birth" in form.reads:
                findings.append(finding)
        if form.check == "gb11643" and self.check_character(number[:17]) != number[17]:
            findings.append(self._finding("ID_CHECK"))
        sound = not findings
        if "division" in form.reads and birth:
            findings += self._division_findings(number[:6], int(birth[:4]))
        placed = bool(form.reads & {"division", "origin"})
        return IdentityReading(
            number,
            form.kind,
            sex=("1" if int(number[16]) % 2 else "2") if sound and "sex" in form.reads else "",
            birth_date=birth if sound and "birth" in form.reads else "",
            division_code=number[:6] if placed else "",
            division_name=self._division_name(number[:6], birth) if placed else "",
            findings=tuple(findings),
            suggested_birth=birth if sound and "suggested_birth" in form.reads else "",
        )

    def _birth(self, number: str, today: str) -> tuple[str, IdFinding | None]:
        digits = number[6:14]
        text = f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
        try:
            born = date.fromisoformat(text)
        except ValueError:
            return "", self._finding("ID_DATE", date=text)
        now = date.fromisoformat(today)
        if born > now:
            return "", self._finding("ID_FUTURE", date=text)
        if _age(born, now) > OLDEST_AGE:
            return "", self._finding("ID_TOO_OLD", date=text)
        return text, None

    def _division_findings(self, code: str, birth_year: int) -> list[IdFinding]:
        if not self._divisions.eras(code) or (code.endswith("00") and code not in self._county_free):
            return [self._finding("ID_DIVISION_UNKNOWN", division=code)]
        last = self._divisions.last_year(code)
        if last is not None and last < birth_year:
            name = self._divisions.name_at(code, birth_year)
            return [self._finding("ID_DIVISION_ABOLISHED", division=code, name=name, year=last)]
        return []

    def _division_name(self, code: str, birth: str) -> str:
        era = self._divisions.era_at(code, int(birth[:4])) if birth else None
        today = self._divisions.full_name(code)
        if era is None:
            return today or ""
        province = self._divisions.name(code[:2]) or ""
        then = era.name if era.name == province else province + era.above + era.name
        return then if today is None or then == today else f"{then}（{today}）"

    def _finding(self, code: str, **values: object) -> IdFinding:
        words = self._words[code]
        message = str(words["text"])
        for name, value in values.items():
            message = message.replace("{" + name + "}", str(value))
        return IdFinding(code, str(words["severity"]), message, bool(words["confirmable"]))


def normalised(number: str) -> str:
    """A typed number without blanks and hyphens, full-width characters as ASCII, letters upper case (D37)."""
    folded = unicodedata.normalize("NFKC", number).upper()
    return "".join(character for character in folded if unicodedata.category(character) not in _LEFT_OUT)


def _age(born: date, now: date) -> int:
    return now.year - born.year - ((now.month, now.day) < (born.month, born.day))
